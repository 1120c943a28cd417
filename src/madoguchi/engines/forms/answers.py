"""Answers as they are kept: nested dicts, addressed by paths such as `name` and `child[r1].child_birth`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from .definition import Answers, Question

if TYPE_CHECKING:
    from .walked import Row

_ID = r"[a-z][a-z0-9_-]{0,39}"  # with hyphens: a problem's path may be that of a page or section
_PATH = re.compile(rf"({_ID})(?:\[(r[0-9a-z]{{1,12}})\](?:\.({_ID}))?)?")
ROW_ID = re.compile(r"r[0-9a-z]{1,12}")


class Place(NamedTuple):
    """A split path. `child[r1].x` is ("child", "r1", "x"), `child[r1]` is ("child", "r1", None), `x` is (None, None, "x")."""

    repeat: str | None
    row: str | None
    question: str | None


def split_path(path: str) -> Place:
    """The parts of a path, of an answer or of a `Problem`. Raises ValueError where it is none.

    A repeat's own path looks like a question's; "", the path of what concerns the whole form, has no parts.
    """
    if not path:
        return Place(None, None, None)
    match = _PATH.fullmatch(path)
    if match is None:
        raise ValueError(f"not a path of an answer: {path[:80]!r}")
    head, row, question = match.groups()
    return Place(head, row, question) if row else Place(None, None, head)


def path_of(question: Question | str, row: Row | None = None) -> str:
    """The path of a question's answer, in a row where one is given."""
    name = question if isinstance(question, str) else question.id
    return name if row is None else f"{row.path}.{name}"


def rows_of(answers: Answers, repeat_id: str) -> list[Mapping[str, Any]]:
    """The sound rows of a group in the answers; what is no row, or has the id of an earlier one, is left out."""
    raw = answers.get(repeat_id) if isinstance(answers, Mapping) else None
    rows: dict[str, Mapping[str, Any]] = {}
    for each in raw if isinstance(raw, list | tuple) else ():
        row_id = each.get("row") if isinstance(each, Mapping) else None
        if isinstance(row_id, str) and ROW_ID.fullmatch(row_id):
            rows.setdefault(row_id, each)
    return list(rows.values())


def get(answers: Answers, path: str) -> Any:
    """The answer at a path (a whole row for `child[r1]`), None where there is none. Raises ValueError for a bad path."""
    place = split_path(path)
    if place.repeat is None:
        return answers.get(_question(place))
    row = next((each for each in rows_of(answers, place.repeat) if each["row"] == place.row), None)
    return row if row is None or place.question is None else row.get(place.question)


def put(answers: Answers, path: str, value: Any) -> dict[str, Any]:
    """New answers with the value at the path; None takes it away. A row that is missing is added at the end, for a value.

    The answers given are never changed. `put(answers, "child[r1]", {...})` replaces a row, with None removes it.
    """
    place = split_path(path)
    if place.repeat is None:
        return _with(answers, _question(place), value)
    rows = [dict(each) for each in rows_of(answers, place.repeat)]
    index = next((i for i, each in enumerate(rows) if each["row"] == place.row), len(rows))
    if value is None and index == len(rows):
        return dict(answers)
    if place.question is not None:
        rows[index : index + 1] = [_with(rows[index] if index < len(rows) else {"row": place.row}, place.question, value)]
    else:
        rows[index : index + 1] = [] if value is None else [{**value, "row": place.row}]
    return _with(answers, place.repeat, rows)


def _question(place: Place) -> str:
    if place.question is None:
        raise ValueError("the whole form has no answer")
    return place.question


def _with(mapping: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    rest = {each: old for each, old in mapping.items() if each != key or value is not None}
    return rest if value is None else rest | {key: value}
