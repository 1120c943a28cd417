"""`diff`: which answers differ between two revisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .answers import rows_of
from .definition import Answers, Form, Question, Section


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. For a whole row that came or went, `question` is None and the path is the row's, before its answers'."""

    path: str
    question: Question | None
    before: Any
    after: Any
    kind: Literal["added", "removed", "changed"]


def diff(form: Form, old: Answers, new: Answers) -> tuple[Change, ...]:
    """The changes from old to new canonical answers, in the form's order; rows are matched by id, their order is no change.

    A row that came or went is one `Change` for itself, then one for each of its answers.
    """
    return tuple(_changes(form, old, new))


def _changes(form: Form, old: Answers, new: Answers) -> Iterator[Change]:
    for page in form.pages:
        if page.repeat:
            yield from _rows(page.repeat.id, page.sections, old, new)
            continue
        for section in page.sections:
            if section.repeat:
                yield from _rows(section.repeat.id, (section,), old, new)
            else:
                yield from _section(section, "", old, new)


def _rows(repeat: str, sections: tuple[Section, ...], old: Answers, new: Answers) -> Iterator[Change]:
    before = {row["row"]: row for row in rows_of(old, repeat)}
    after = {row["row"]: row for row in rows_of(new, repeat)}
    for row in dict.fromkeys((*before, *after)):
        path = f"{repeat}[{row}]"
        if row not in before or row not in after:
            yield _change(path, None, before.get(row), after.get(row))
        for section in sections:
            yield from _section(section, f"{path}.", before.get(row, {}), after.get(row, {}))


def _section(section: Section, prefix: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for question in section.questions:
        before, after = old.get(question.id), new.get(question.id)
        if before is not after and not _equal(before, after):
            yield _change(prefix + question.id, question, before, after)


def _equal(a: Any, b: Any) -> bool:
    """JSON's equality: true is not 1."""
    return bool(a == b) and isinstance(a, bool) is isinstance(b, bool)


def _change(path: str, question: Question | None, before: Any, after: Any) -> Change:
    return Change(path, question, before, after, "added" if before is None else "removed" if after is None else "changed")
