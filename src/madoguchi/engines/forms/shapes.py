"""The canonical values: which JSON is one, what a rule sees in it, and the texts a page puts back into its boxes.

Answers may come from anywhere (a draft of an earlier version, the API), so everything here takes any JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from .definition import Question
from .logic import Value
from .parsing import MAX_NUMBER, PARTS

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")
ENTRY_PARTS = frozenset({"bank", "branch"})


def _string(_question: Question, value: Any) -> Any:
    return value if isinstance(value, str) and value else None


def _boolean(_question: Question, value: Any) -> Any:
    return value if isinstance(value, bool) else None


def _true(_question: Question, value: Any) -> Any:
    return True if value is True else None


def _day(_question: Question, value: Any) -> Any:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        date.fromisoformat(value)
    except ValueError:
        return None
    return value


def _month(_question: Question, value: Any) -> Any:
    return value if isinstance(value, str) and _MONTH.fullmatch(value) and value[:4] != "0000" else None


def _whole(_question: Question, value: Any) -> Any:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < MAX_NUMBER else None


def _number(question: Question, value: Any) -> Any:
    if not question.decimals:
        return _whole(question, value)
    return value if isinstance(value, str) and _DECIMAL.fullmatch(value) else None


def entry(value: Any) -> dict[str, str] | None:
    """An entry of a code list as stored: {"id", "label"}."""
    if not isinstance(value, Mapping) or not isinstance(value.get("id"), str) or not value["id"]:
        return None
    label = value.get("label")
    return {"id": value["id"], "label": label if isinstance(label, str) else ""}


def _entry(_question: Question, value: Any) -> Any:
    return entry(value)


def _entries(_question: Question, value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return None
    unique = {each["id"]: each for each in map(entry, value) if each}
    return list(unique.values()) or None


def _compound(question: Question, value: Any) -> Any:
    if not isinstance(value, Mapping):
        return None
    sound: dict[str, Any] = {}
    for part in value:
        if part in PARTS[question.type]:
            each = entry(value[part]) if part in ENTRY_PARTS else value[part] if isinstance(value[part], str) else None
            if each is not None:
                sound[part] = each
    return sound if any(sound.values()) else None


def _choice(question: Question, value: Any) -> Any:
    return value if isinstance(value, str) and question.choice(value) else None


def _choices(question: Question, value: Any) -> Any:
    chosen = [each for each in value if isinstance(each, str)] if isinstance(value, list | tuple) else []
    return [choice.id for choice in question.choices if choice.id in chosen] or None


def _mynumber(_question: Question, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {"secret": value["secret"]} if isinstance(value.get("secret"), str | int) and value["secret"] else None
    return value if isinstance(value, str) and value else None


def _file(_question: Question, value: Any) -> Any:
    if not isinstance(value, Mapping):
        return None
    raw = value.get("files")
    files = [dict(each) for each in raw if isinstance(each, Mapping) and each.get("id")] if isinstance(raw, list | tuple) else []
    later = value.get("later") is True
    return {"files": files, "later": later} if files or later else None


def _nothing(_question: Question, _value: Any) -> Any:
    return None


_SHAPES: Mapping[str, Callable[[Question, Any], Any]] = {
    "person_name": _compound,
    "address": _compound,
    "bank_account": _compound,
    "date": _day,
    "year_month": _month,
    "number": _number,
    "yen": _whole,
    "yes_no": _boolean,
    "declaration": _true,
    "choice": _choice,
    "choices": _choices,
    "lookup": _entry,
    "ranked": _entries,
    "mynumber": _mynumber,
    "file": _file,
    "calculated": _nothing,
    "information": _nothing,
}


def shape(question: Question, value: Any) -> Any:
    """The value in its canonical shape, or None where it is nothing of the kind. Says nothing about its limits."""
    return None if value is None else _SHAPES.get(question.type, _string)(question, value)


# -- for rules ---------------------------------------------------------------------------------------------------------


def _calculated_value(question: Question, value: Any) -> Value:
    if question.format == "date":
        return date.fromisoformat(value)
    return Decimal(value) if question.format in ("number", "yen") else str(value)


def _given(_question: Question, _value: Any) -> Value:
    """A rule may ask whether an individual number is there, never what it is."""
    return True


_FOR_RULES: Mapping[str, Callable[[Question, Any], Value]] = {
    "date": lambda _, value: date.fromisoformat(value),
    "year_month": lambda _, value: date.fromisoformat(value + "-01"),  # the first day: so months compare with days
    "number": lambda _, value: Decimal(value),
    "yen": lambda _, value: Decimal(value),
    "choices": lambda _, value: tuple(value),
    "lookup": lambda _, value: value["id"],
    "ranked": lambda _, value: tuple(each["id"] for each in value),
    "file": lambda _, value: tuple(str(each["id"]) for each in value["files"]),
    "mynumber": _given,
    "calculated": _calculated_value,
}


def for_rules(question: Question, value: Any) -> Value:
    """What a rule sees of a canonical value (None stays unknown)."""
    if value is None:
        return None
    convert = _FOR_RULES.get(question.type)
    seen: Value = convert(question, value) if convert else value
    return seen


def parts_for_rules(question: Question, value: Any) -> dict[str, Value]:
    """The parts of a compound answer that a rule may name after a dot. Empty parts are unknown."""
    if question.type in PARTS:
        return {part: (each["id"] if isinstance(each, Mapping) else each) or None for part, each in value.items()}
    return {"id": value["id"], "label": value["label"]} if question.type == "lookup" else {}


# -- for boxes ---------------------------------------------------------------------------------------------------------


def _one(value: Any) -> dict[str, list[str]]:
    return {"": [str(value)]}


_FOR_BOXES: Mapping[str, Callable[[Any], dict[str, list[str]]]] = {
    "yes_no": lambda value: {"": ["yes" if value else "no"]},
    "declaration": lambda _: {"": ["yes"]},
    "choices": lambda value: {"": list(value)},
    "lookup": lambda value: {"": [value["id"]]},
    "ranked": lambda value: {"": [each["id"] for each in value]},
    "mynumber": lambda _: {},  # never put back into a page
    "file": lambda value: {"later": ["yes"]} if value["later"] else {},
    "calculated": lambda _: {},
    "information": lambda _: {},
}


def parts_of(question: Question, value: Any) -> dict[str, list[str]]:
    """The texts that `read` turns into this value, by part: what a page puts back into its boxes."""
    sound = shape(question, value)
    if sound is None:
        return {}
    if question.type in PARTS:
        return {part: [each["id"] if isinstance(each, Mapping) else each] for part, each in sound.items() if each}
    return _FOR_BOXES.get(question.type, _one)(sound)
