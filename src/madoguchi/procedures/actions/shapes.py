"""An answer rebuilt in its type's canonical shape, with nothing else in it (docs/engines/forms.md §1): what an example may carry outside."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from madoguchi.engines.forms import Lists, Question, pick

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
NUMBER = re.compile(r"-?\d{1,6}(\.\d{1,6})?")
NAME, ADDRESS = ("family", "given", "family_kana", "given_kana"), ("postal", "prefecture", "city", "town", "block", "building")
FILE_TYPES = frozenset({"application/pdf", "image/jpeg", "image/png", "image/heic"})
MOST_DIGITS = 10**7  # a longer number could be somebody's
Shape = Callable[[Question, Any, Lists], Any]


def sound(question: Question, value: Any, lists: Lists) -> Any:
    """The value, rebuilt; raises ValueError for what is no answer of this type."""
    return _SHAPES[question.type](question, value, lists)


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError


def _text(_question: Question, value: Any, _lists: Lists) -> str:
    _require(isinstance(value, str))
    return str(value)


def _parts(names: tuple[str, ...]) -> Shape:
    def shape(_question: Question, value: Any, _lists: Lists) -> dict[str, str]:
        _require(isinstance(value, Mapping) and all(isinstance(value.get(name, ""), str) for name in names))
        made = {name: value[name] for name in names if name in value}
        _require(bool(made.get(names[0])) or names is ADDRESS)
        return {names[0]: "", names[1]: "", **made}

    return shape


def _date(_question: Question, value: Any, _lists: Lists) -> str:
    _require(isinstance(value, str))
    return date.fromisoformat(value).isoformat()


def _month(_question: Question, value: Any, _lists: Lists) -> str:
    _require(isinstance(value, str) and MONTH.fullmatch(value) is not None)
    return str(value)


def _number(_question: Question, value: Any, _lists: Lists) -> int | str:
    is_whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < MOST_DIGITS
    _require(is_whole or (isinstance(value, str) and NUMBER.fullmatch(value) is not None))
    return value if isinstance(value, int) else str(value)


def _yen(question: Question, value: Any, lists: Lists) -> int:
    _require(isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**10)
    return int(value)


def _flag(_question: Question, value: Any, _lists: Lists) -> bool:
    _require(isinstance(value, bool))
    return bool(value)


def _choice(question: Question, value: Any, _lists: Lists) -> str:
    _require(isinstance(value, str) and question.choice(value) is not None)
    return str(value)


def _choices(question: Question, value: Any, lists: Lists) -> list[str]:
    _require(isinstance(value, list))
    return [_choice(question, one, lists) for one in value]


def _entry(name: str, value: Any, lists: Lists) -> dict[str, str]:
    _require(isinstance(value, Mapping) and isinstance(value.get("id"), str))
    known = lists.get(name, value["id"])
    if known is None:
        raise ValueError(name)
    return {"id": known.id, "label": pick(known.label, "ja")}


def _lookup(question: Question, value: Any, lists: Lists) -> dict[str, str]:
    return _entry(question.list, value, lists)


def _ranked(question: Question, value: Any, lists: Lists) -> list[dict[str, str]]:
    _require(isinstance(value, list))
    return [_entry(question.list, one, lists) for one in value]


def _account(_question: Question, value: Any, lists: Lists) -> dict[str, Any]:
    _require(isinstance(value, Mapping) and all(isinstance(value.get(name), str) for name in ("number", "holder")))
    _require(value.get("kind") in ("ordinary", "current", "savings"))
    bank = _entry("banks", value.get("bank"), lists)
    branch = _entry(f"bank-branches:{bank['id']}", value.get("branch"), lists)
    return {"bank": bank, "branch": branch, "kind": value["kind"], "number": value["number"], "holder": value["holder"]}


def _file(_question: Question, value: Any, _lists: Lists) -> dict[str, Any]:
    _require(isinstance(value, Mapping) and isinstance(value.get("files"), list))
    files = value["files"]
    _require(all(isinstance(one, Mapping) and one.get("type") in FILE_TYPES and isinstance(one.get("size"), int) for one in files))
    kept = [{"id": "", "name": "", "type": one["type"], "size": one["size"]} for one in files]
    return {"files": kept, "later": value.get("later") is True}


_SHAPES: Mapping[str, Shape] = {
    "text": _text,
    "long_text": _text,
    "kana": _text,
    "phone": _text,
    "email": _text,
    "mynumber": _text,
    "corporate_number": _text,
    "person_name": _parts(NAME),
    "address": _parts(ADDRESS),
    "date": _date,
    "year_month": _month,
    "number": _number,
    "yen": _yen,
    "yes_no": _flag,
    "declaration": _flag,
    "choice": _choice,
    "choices": _choices,
    "lookup": _lookup,
    "ranked": _ranked,
    "bank_account": _account,
    "file": _file,
}
