"""What was typed as the value of a comparison, read as people write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.engines.forms.conditions import AMONG, ANSWERED, OPERATORS
from madoguchi.engines.japanese import DateProblem, parse_date, to_halfwidth

MOST_DIGITS = 15
BETWEEN = re.compile(r"[、,，]")  # several choices, written in one box


def kind_of(question: Mapping[str, Any]) -> str:
    """What an answer is: its type; of what is calculated its format."""
    return str(question.get("format") if question.get("type") == "calculated" else question.get("type", ""))


def operators_of(question: Mapping[str, Any]) -> tuple[str, ...]:
    own = OPERATORS.get(kind_of(question), ())
    return own if question.get("type") == "calculated" or "value" in question else (*own, *ANSWERED)


def value_of(question: Mapping[str, Any], operator: str, text: str) -> Any:
    """What was typed as the value of a comparison. Raises ValueError with a sentence."""
    if operator in ANSWERED:
        return None
    if operator in AMONG:
        return tuple(_choice(one.strip(), question) for one in BETWEEN.split(_filled(text)))
    kind = "number" if operator.startswith("age") else kind_of(question)
    return READERS[kind](text, question) if kind in READERS else _filled(text)


def _filled(text: str) -> str:
    if not text:
        raise ValueError(_("値を入力してください。"))
    return text


def _yes_or_no(text: str, _question: Mapping[str, Any]) -> bool:
    for value, words in ((True, ("はい", "yes", str(_("はい")))), (False, ("いいえ", "no", str(_("いいえ"))))):
        if text.casefold() in [one.casefold() for one in words]:
            return value
    raise ValueError(_("「はい」か「いいえ」で入力してください。"))


def _choice(text: str, question: Mapping[str, Any]) -> str:
    """A choice's id, from its words in any language or its id."""
    choices = question.get("choices", ())
    found = next((one["id"] for one in choices if text in (one.get("label") or {}).values()), None)
    found = found or next((one["id"] for one in choices if text == one["id"]), None)
    if found is None:
        raise ValueError(_("選択肢の文をそのまま入力してください。"))
    return str(found)


def _number(text: str, _question: Mapping[str, Any]) -> int:
    return whole_of(text)


def whole_of(text: str) -> int:
    """A whole number as people write it. Raises ValueError with a sentence."""
    digits = to_halfwidth(text).replace(",", "").removesuffix("歳").removesuffix("円")
    if not digits.removeprefix("-").isdecimal():
        raise ValueError(_("数字で入力してください。"))
    if len(digits) > MOST_DIGITS:
        raise ValueError(_("15けたまでの数で入力してください。"))
    return int(digits)


def _day(text: str, _question: Mapping[str, Any]) -> str:
    return day_of(text)


def day_of(text: str) -> str:
    """A day as ISO text, or "today". Raises ValueError with a sentence."""
    if text.casefold() in ("今日", "today", str(_("今日")).casefold()):
        return "today"
    try:
        return parse_date(text).isoformat()
    except DateProblem as problem:
        raise ValueError(_("日付を読み取れません。例：2026-04-15、令和8年4月15日")) from problem


READERS: Mapping[str, Callable[[str, Mapping[str, Any]], Any]] = {
    "yes_no": _yes_or_no, "choice": _choice, "choices": _choice, "number": _number, "yen": _number, "date": _day, "year_month": _day,
}  # fmt: skip
