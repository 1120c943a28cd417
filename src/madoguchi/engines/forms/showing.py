"""`show`: an answer as people read it, in Japanese, plain Japanese or English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from madoguchi.engines.japanese import DateProblem, wareki_year

from .definition import Question
from .lists import Lists, NoLists
from .shapes import shape
from .texts import pick

MASKED = "＊" * 12
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WORDS: Mapping[str, Mapping[str, str]] = {
    "yes": {"ja": "はい", "en": "Yes"},
    "no": {"ja": "いいえ", "en": "No"},
    "declared": {"ja": "確認しました", "en": "Confirmed"},
    "later": {"ja": "あとで出します", "en": "To be handed in later"},
    "ordinary": {"ja": "普通", "en": "ordinary account"},
    "current": {"ja": "当座", "en": "current account"},
    "savings": {"ja": "貯蓄", "en": "savings account"},
}
_Shower: TypeAlias = Callable[[Question, Any, str, Lists], str]


def _word(key: str, language: str) -> str:
    return pick(_WORDS[key], language)


def show_date(day: date, language: str) -> str:
    """2026年2月3日（令和8年）, in English 3 February 2026."""
    if language == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日{_era(day)}"


def _era(day: date) -> str:
    try:
        return f"（{wareki_year(day)}）"
    except DateProblem:  # before 1873 there is no era we could name with certainty
        return ""


def _date(_question: Question, value: Any, language: str, _lists: Lists) -> str:
    return show_date(date.fromisoformat(value), language)


def _year_month(_question: Question, value: Any, language: str, _lists: Lists) -> str:
    day = date.fromisoformat(f"{value}-01")
    if language == "en":
        return f"{_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{_era(day)}"


def _number(question: Question, value: Any, language: str, _lists: Lists) -> str:
    unit = pick(question.unit, language)
    return f"{Decimal(value):,f}" + (f" {unit}" if unit and unit.isascii() else unit)


def _yen(_question: Question, value: Any, language: str, _lists: Lists) -> str:
    return f"{value:,} yen" if language == "en" else f"{value:,}円"


def _person_name(_question: Question, value: Any, language: str, _lists: Lists) -> str:
    name = f"{value.get('family', '')} {value.get('given', '')}".strip()
    kana = f"{value.get('family_kana', '')} {value.get('given_kana', '')}".strip()
    if not (name and kana):
        return name or kana
    return f"{name} ({kana})" if language == "en" else f"{name}（{kana}）"


def _address(_question: Question, value: Any, _language: str, _lists: Lists) -> str:
    """In the order of the envelope, in every language: that is how the post and the register know it."""
    lines = "".join(value.get(part, "") for part in ("prefecture", "city", "town", "block"))
    postal = f"〒{value['postal']}" if value.get("postal") else ""
    return " ".join(each for each in (postal, lines, value.get("building", "")) if each)


def _yes_no(_question: Question, value: Any, language: str, _lists: Lists) -> str:
    return _word("yes" if value else "no", language)


def _choice(question: Question, value: Any, language: str, _lists: Lists) -> str:
    choice = question.choice(value)
    return pick(choice.label, language) if choice else ""


def _choices(question: Question, value: Any, language: str, lists: Lists) -> str:
    return (", " if language == "en" else "、").join(_choice(question, each, language, lists) for each in value)


def _label(code_list: str, value: Any, language: str, lists: Lists) -> str:
    """The label as it was seen; for another language than Japanese, the list's own where it has one."""
    entry = lists.get(code_list, value["id"]) if language != "ja" else None
    return (pick(entry.label, language) if entry and entry.label.get(language) else "") or value["label"] or value["id"]


def _lookup(question: Question, value: Any, language: str, lists: Lists) -> str:
    return _label(question.list, value, language, lists)


def _ranked(question: Question, value: Any, language: str, lists: Lists) -> str:
    return "\n".join(f"{number}. {_label(question.list, each, language, lists)}" for number, each in enumerate(value, start=1))


def _bank_account(_question: Question, value: Any, language: str, lists: Lists) -> str:
    bank, branch = value.get("bank"), value.get("branch")
    shown = [_label("banks", bank, language, lists)] if bank else []
    if branch:
        shown.append(_label(f"bank-branches:{bank['id'] if bank else ''}", branch, language, lists))
    shown.append(_word(value["kind"], language) if value.get("kind") in _WORDS else "")
    shown += [value.get("number", ""), value.get("holder", "")]
    return " ".join(each for each in shown if each)


def _mynumber(_question: Question, _value: Any, _language: str, _lists: Lists) -> str:
    return MASKED


def _declaration(_question: Question, _value: Any, language: str, _lists: Lists) -> str:
    return _word("declared", language)


def _file(_question: Question, value: Any, language: str, _lists: Lists) -> str:
    names = [str(each.get("name") or each["id"]) for each in value["files"]]
    return "\n".join(names + ([_word("later", language)] if value["later"] else []))


def _calculated(question: Question, value: Any, language: str, lists: Lists) -> str:
    shower = {"number": _number, "yen": _yen, "date": _date}.get(question.format)
    try:
        return shower(question, value, language, lists) if shower else str(value)
    except (ArithmeticError, TypeError, ValueError):  # a value that is none of ours: nothing to show
        return ""


_SHOWERS: Mapping[str, _Shower] = {
    "person_name": _person_name,
    "date": _date,
    "year_month": _year_month,
    "address": _address,
    "number": _number,
    "yen": _yen,
    "yes_no": _yes_no,
    "choice": _choice,
    "choices": _choices,
    "lookup": _lookup,
    "ranked": _ranked,
    "bank_account": _bank_account,
    "mynumber": _mynumber,
    "file": _file,
    "declaration": _declaration,
}


def show(question: Question, value: Any, language: str, *, lists: Lists | None = None) -> str:
    """The answer for people; "" for no answer, or for what is no value of that type. An individual number is always masked.

    Several lines (long_text, ranked, file) are separated by line feeds.
    """
    if question.type == "calculated":
        return "" if value is None else _calculated(question, value, language, lists or NoLists())
    sound = shape(question, value)
    if sound is None:
        return ""
    shower = _SHOWERS.get(question.type)
    return shower(question, sound, language, lists or NoLists()) if shower else str(sound)
