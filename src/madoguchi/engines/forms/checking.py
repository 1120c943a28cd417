"""`check`: what is wrong with the answers that count."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from .definition import Answers, Form
from .limits import limits, required
from .lists import Lists, NoLists
from .logic import RuleError, Scope, holds
from .problems import Problem
from .reading import read
from .shapes import parts_of, shape
from .walked import Item, Walk, WalkedPage
from .walking import walk

TypedTexts = Mapping[str, Mapping[str, str]]
# A canonical value of these types says nothing that reading its own text would not; the others are judged by reading.
_SHAPE_IS_ENOUGH = frozenset({"text", "long_text", "date", "year_month", "yes_no", "choice", "choices", "declaration", "file"})
_MANY_TEXTS = frozenset({"ranked"})


def check(
    form: Form,
    answers: Answers,
    *,
    on: date,
    lists: Lists | None = None,
    typed: TypedTexts | None = None,
    pages: Collection[str] | None = None,
) -> tuple[Problem, ...]:
    """Every problem of what counts, in the form's order; errors of rules among them.

    `typed` ({path: {part: text}}) holds texts as typed: those that do not parse give their problem instead of "required".
    `pages` limits to pages, or to single rows of repeating ones (`page/row`).
    """
    known = lists or NoLists()
    walked = walk(form, answers, on=on, lists=known)
    checker = _Checker(walked, answers if isinstance(answers, Mapping) else {}, on, known, typed or {})
    return tuple(checker.problems(pages))


def check_walk(
    walked: Walk, answers: Answers, *, lists: Lists | None = None, typed: TypedTexts | None = None, pages: Collection[str] | None = None
) -> tuple[Problem, ...]:
    """The same for a walk that was already made."""
    return tuple(_Checker(walked, answers, walked.on, lists or NoLists(), typed or {}).problems(pages))


def _asked(pages: Collection[str] | None, page: str, row: str | None) -> bool:
    return pages is None or page in pages or (row is not None and f"{page}/{row}" in pages)


class _Checker:
    def __init__(self, walked: Walk, answers: Answers, on: date, lists: Lists, typed: TypedTexts) -> None:
        self.walked, self.answers, self.on, self.lists, self.typed = walked, answers, on, lists, typed

    def problems(self, pages: Collection[str] | None) -> Iterator[Problem]:
        for page in self.walked.pages:
            yield from self.of_page(page, pages)
        for error in self.walked.errors:
            if pages is None or not error.page or error.page in pages:
                yield error
        ended = self.walked.ended
        if ended and pages is None:
            yield Problem("", "form.ended", "error", {"label": ended.page.title}, None, ended.page.id)

    def of_page(self, page: WalkedPage, pages: Collection[str] | None) -> Iterator[Problem]:
        if _asked(pages, page.page.id, None):
            yield from self.of_repeats(page)
        for group in page.groups:
            if _asked(pages, page.page.id, group.row.id if group.row and page.page.repeat else None):
                for item in group.items:
                    yield from self.of_item(item, page.page.id)

    def of_repeats(self, page: WalkedPage) -> Iterator[Problem]:
        for repeat in page.repeats:
            count = len(self.walked.rows(repeat.id))
            params = {"label": repeat.item, "item": repeat.item, "min": repeat.min, "max": repeat.max, "count": count}
            if count < repeat.min:
                yield Problem(repeat.id, "repeat.too_few", "error", params, None, page.page.id)
            elif count > repeat.max:
                yield Problem(repeat.id, "repeat.too_many", "error", params, None, page.page.id)

    def of_item(self, item: Item, page: str) -> Iterator[Problem]:
        found = list(self.of_value(item))
        params: dict[str, Any] = {"label": item.question.label}
        for key, level, more, part in found:
            yield Problem(item.path, key, "warning" if level == "warning" else "error", {**params, **more}, None, page, part)
        if not any(level == "error" for _, level, _, _ in found):
            yield from self.of_author(item, page)

    def of_value(self, item: Item) -> Iterator[tuple[str, str, Mapping[str, Any], str]]:
        """Problems as (key, level, params, part): of the typed text first, else of the value."""
        if not item.question.is_typed:
            return
        unread = list(self.of_typed(item)) or list(self.of_raw(item))
        if unread:
            yield from unread
        elif item.value is None:
            yield from required(item)
        else:
            yield from limits(item, self.lists)

    def of_typed(self, item: Item) -> Iterator[tuple[str, str, Mapping[str, Any], str]]:
        texts = self.typed.get(item.path)
        if not isinstance(texts, Mapping):
            return
        many = item.question.type in _MANY_TEXTS
        parts = {part: text.split("\n") if many else [text] for part, text in texts.items() if isinstance(text, str)}
        for problem in read(item.question, parts, on=self.on, lists=self.lists, value=item.value).problems:
            yield problem.key, "error", problem.params, problem.part

    def of_raw(self, item: Item) -> Iterator[tuple[str, str, Mapping[str, Any], str]]:
        """Values that came ready-made, by the API or from an earlier version, and that reading would have refused."""
        raw = self.raw(item)
        question = item.question
        if shape(question, raw) is None:
            if raw not in (None, "", [], {}) and not (question.type == "declaration" and raw is False):
                yield "value.unreadable", "error", {}, ""
            return
        if question.type in _SHAPE_IS_ENOUGH or (question.type == "mynumber" and isinstance(raw, Mapping)):
            return
        texts = {"": [raw]} if question.type == "mynumber" else parts_of(question, item.value)
        for problem in read(question, texts, on=self.on, lists=self.lists, value=item.value).problems:
            yield problem.key, "error", problem.params, problem.part

    def raw(self, item: Item) -> Any:
        if item.row is None:
            return self.answers.get(item.question.id)
        rows = self.answers.get(item.row.repeat.id, ())
        found = (each for each in rows if isinstance(each, Mapping) and each.get("row") == item.row.id)
        return next(found, {}).get(item.question.id)

    def of_author(self, item: Item, page: str) -> Iterator[Problem]:
        """The author's own checks; a check that is unknown passes."""
        scope: Scope = self.walked.scope_of(item)
        for own in item.question.checks:
            try:
                passed = holds(own.that, scope) is not False
            except RuleError as error:
                params = {"rule": error.path, "reason": error.reason, "label": item.question.label}
                yield Problem(item.path, "rule.error", "error", params, None, page)
                continue
            if not passed:
                yield Problem(item.path, "check", own.level, {"label": item.question.label}, own.say, page)
