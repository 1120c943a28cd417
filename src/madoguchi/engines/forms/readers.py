"""How each type is read. `SIMPLE` is the table; compound types and code lists stand in `readers_compound`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from madoguchi.engines.japanese import (
    ContactProblem,
    DateProblem,
    is_corporate_number,
    is_katakana,
    is_mynumber,
    normalise_email,
    normalise_hyphens,
    normalise_phone,
    parse_date,
    parse_number,
    parse_year_month,
    read_digits,
    to_halfwidth,
    to_katakana,
)

from .definition import Question
from .lists import Lists
from .shapes import shape
from .showing import show_date

MAX_TYPED = 20_000
DOUBTFUL_PHONES = frozenset({"phone.foreign", "phone.unknown_number"})
MASK = frozenset("＊*●•・ 　")


@dataclass(frozen=True, slots=True)
class ReadingProblem:
    """Why a text could not be understood; `key` is in messages.json, `part` names the box."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a posted text.

    `typed` (by part) is set where the text differs from what is stored or could not be read; several texts of one part
    are joined by line feeds. `understood` (by language) is what to show back where something was interpreted.
    """

    value: Any
    typed: Mapping[str, str] | None = None
    understood: Mapping[str, str] | None = None
    problems: tuple[ReadingProblem, ...] = ()

    @property
    def problem(self) -> ReadingProblem | None:
        """The first problem."""
        return self.problems[0] if self.problems else None


@dataclass(frozen=True, slots=True)
class Typed:
    """What a reader gets: cleaned texts by part, none of them empty."""

    question: Question
    texts: Mapping[str, tuple[str, ...]]
    on: date
    lists: Lists
    value: Any

    def text(self, part: str = "") -> str:
        """The first text of a part, "" where there is none."""
        return next(iter(self.texts.get(part, ())), "")


def _people(params: Mapping[str, object]) -> dict[str, Any]:
    """Params as JSON: a day becomes a text in each language."""
    return {
        name: {language: show_date(value, language) for language in ("ja", "plain", "en")} if isinstance(value, date) else value
        for name, value in params.items()
    }


Outcome: TypeAlias = tuple[Any, tuple[ReadingProblem, ...]]
Reader: TypeAlias = Callable[[Typed], Outcome]
NOTHING: Outcome = (None, ())


def failed(key: str, params: Mapping[str, Any] | None = None, part: str = "") -> Outcome:
    """A text that could not be understood."""
    return None, (ReadingProblem(key, params or {}, part),)


def _text(typed: Typed) -> Outcome:
    text = typed.text()
    if len(text) > MAX_TYPED:
        return failed("text.far_too_long", {"max": MAX_TYPED})
    return text or None, ()


def _kana(typed: Typed) -> Outcome:
    text = to_katakana(typed.text())
    if not text:
        return NOTHING
    return (text, ()) if is_katakana(text) else failed("kana.unreadable")


def _date(typed: Typed) -> Outcome:
    if not typed.text():
        return NOTHING
    try:
        return parse_date(typed.text(), today=typed.on).isoformat(), ()
    except DateProblem as problem:
        return failed(problem.key, _people(problem.params))


def _year_month(typed: Typed) -> Outcome:
    if not typed.text():
        return NOTHING
    try:
        year, month = parse_year_month(typed.text(), today=typed.on)
    except DateProblem as problem:
        return failed("year_month.incomplete" if problem.key == "date.incomplete" else problem.key, _people(problem.params))
    return f"{year:04}-{month:02}", ()


def _phone(typed: Typed) -> Outcome:
    """A number the tables do not know, or one abroad, is kept as typed; `check` asks to look again.

    The tables age while new ranges are allotted, and people who move abroad have no other number to give.
    """
    if not typed.text():
        return NOTHING
    try:
        return normalise_phone(typed.text()), ()
    except ContactProblem as problem:
        if problem.key in DOUBTFUL_PHONES:
            return re.sub(r"[^0-9+]+", "-", normalise_hyphens(to_halfwidth(typed.text()))).strip("-"), ()
        return failed(problem.key, _people(problem.params))


def _email(typed: Typed) -> Outcome:
    if not typed.text():
        return NOTHING
    try:
        return normalise_email(typed.text()), ()
    except ContactProblem as problem:
        return failed(problem.key, _people(problem.params))


def _parsed(text: str, decimals: int) -> Decimal | str:
    """The number, or how it fails: the end of a problem's key."""
    try:
        return parse_number(text, decimals=decimals)
    except ValueError:
        pass
    try:
        parse_number(text, decimals=12)
    except ValueError:
        return "unreadable"
    return "too_many_decimals" if decimals else "no_decimals"


def _number(typed: Typed) -> Outcome:
    text, decimals = typed.text(), typed.question.decimals
    if not text:
        return NOTHING
    unit = (typed.question.unit or {}).get("ja", "")
    number = _parsed(text.removesuffix(unit).strip() if unit else text, decimals)
    if isinstance(number, str):
        return failed(f"{typed.question.type}.{number}", {"decimals": decimals})
    if abs(number) >= 10**15:
        return failed("number.far_too_big")
    return (f"{number.normalize():f}" if number else "0") if decimals else int(number), ()


def _yes_no(typed: Typed) -> Outcome:
    return {"yes": True, "はい": True, "true": True, "no": False, "いいえ": False, "false": False}.get(typed.text().lower()), ()


def _declaration(typed: Typed) -> Outcome:
    return True if typed.text().lower() in ("yes", "on", "true", "はい") else None, ()


def _choice(typed: Typed) -> Outcome:
    return shape(typed.question, typed.text()), ()


def _choices(typed: Typed) -> Outcome:
    return shape(typed.question, typed.texts.get("", ())), ()


def _mynumber(typed: Typed) -> Outcome:
    text = typed.text()
    if not text:
        return NOTHING
    if set(text) <= MASK:  # the masked box came back untouched
        return shape(typed.question, typed.value), ()
    digits = _digits(text)
    if digits is None:
        return failed("mynumber.unreadable")
    if len(digits) != 12:
        return failed("mynumber.wrong_length")
    return (digits, ()) if is_mynumber(digits) else failed("mynumber.check_digit")


def _corporate_number(typed: Typed) -> Outcome:
    text = typed.text()
    if not text:
        return NOTHING
    digits = _digits(text)
    if digits is None:
        return failed("corporate_number.unreadable")
    if len(digits) != 13:
        return failed("corporate_number.wrong_length", {"digits": len(digits)})
    return (digits, ()) if is_corporate_number(digits) else failed("corporate_number.check_digit")


def _digits(text: str) -> str | None:
    try:
        return read_digits(text[:100])
    except ValueError:
        return None


def _file(typed: Typed) -> Outcome:
    stored = shape(typed.question, typed.value) or {"files": [], "later": False}
    later = typed.question.later and typed.text("later").lower() in ("yes", "on", "true")
    return shape(typed.question, stored | {"later": later}), ()


SIMPLE: Mapping[str, Reader] = {
    "text": _text,
    "long_text": _text,
    "kana": _kana,
    "date": _date,
    "year_month": _year_month,
    "phone": _phone,
    "email": _email,
    "number": _number,
    "yen": _number,
    "yes_no": _yes_no,
    "choice": _choice,
    "choices": _choices,
    "mynumber": _mynumber,
    "corporate_number": _corporate_number,
    "file": _file,
    "declaration": _declaration,
}
