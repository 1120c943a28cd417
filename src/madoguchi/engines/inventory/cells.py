"""One cell of a dirty sheet, understood: what it says, and what is doubtful about it. Nothing is dropped without a word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from madoguchi.engines.inventory.columns import Column, fold
from madoguchi.engines.japanese import DateProblem, parse_year_month

NOTHING: Final = frozenset({"", "-", "ー", "―", "—", "‐", "–", "/", "//", "n/a", "na", "不明", "未回答", "記入なし", "該当なし", "未定"})
ABOUT: Final = re.compile(r"^(約|およそ|概ね|おおむね|推計|見込み?|概算)|(程度|前後|くらい|ぐらい|位|見込み?|弱|強|余り?)$")
UNIT: Final = re.compile(r"(件|円|分|人|名|回|通|枚|世帯|戸|台|部|冊|個|か所|箇所|校|日|%)(/年|毎年)?$")
UNITS: Final = {"fee_yen": "円", "minutes_paper": "分", "minutes_online": "分"}  # of the others: 件
THOUSANDS: Final = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])")
DIGIT: Final = re.compile(r"[\d〇一二三四五六七八九千万]")
RANGE: Final = re.compile(r"[~〜～]|から|(?<=\d)-(?=\d)")
BETWEEN: Final = re.compile(r"[;；、，,\n\r/／|｜]+")
LOOSE: Final = re.compile(r"[・･\s　&＆及び]+")
DAYS: Final = re.compile(r"^(\d{1,9})(日?営業日|日?開庁日|日|週間?|か月|カ月|ヶ月|ヵ月|箇月|月|年)?(以内|間|程度)*$")
IN_DAYS: Final = {"週": 7, "週間": 7, "か月": 30, "カ月": 30, "ヶ月": 30, "ヵ月": 30, "箇月": 30, "月": 30, "年": 365}
KANJI: Final = str.maketrans("〇一二三四五六七八九", "0123456789")
ROUND: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([万千])")
MIXED: Final = re.compile(r"(?:(\d{1,9})万)?(?:(\d?)千(\d{3})?|(\d{3,4}))")
TICK: Final = re.compile(r"〇+(?![\d〇一二三四五六七八九])")
LARGE: Final = {"万": 10_000, "千": 1_000}
MOST: Final = 2_000_000_000
MOST_DAYS: Final = 3660
NUMBERED: Final = re.compile(r"([0-9]+(?:-[0-9]+)?)(.*)", re.DOTALL)
APART: Final = ".:、) \t\r\n"  # what parts a code's number from its label, NFKC


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` as it is kept (text, int, a code, a list of codes; None for nothing). `doubt` is a fixed word, "" for none:

    about (an estimate was taken as a number), range, not_a_number, negative, other_unit (a count of something else), unknown_code,
    some_unknown, months_as_days, working_days (taken as days of the calendar), no_days, not_a_year.
    """

    value: Any
    doubt: str = ""
    unread: tuple[str, ...] = ()  # the parts that were not understood


def read_cell(column: Column, text: str) -> Cell:
    """What a cell says, by the kind of its column."""
    tidy = unicodedata.normalize("NFKC", text).strip()
    if column.kind == "text":
        return Cell(re.sub(r"[ \t　]+", " ", text.strip()) or None)
    if column.kind != "codes" and fold(tidy) in NOTHING and fold(tidy) not in column.known:
        return Cell(None)
    return _READERS[column.kind](column, tidy)


def write_cell(column: Column, value: Any) -> str | int | None:
    """A value as a sheet shows it, so that `read_cell` gives the same value again."""
    if value is None or value == []:
        return None
    if column.kind == "code":
        return _code_text(column, value)
    if column.kind == "codes":
        return "；".join(_code_text(column, each) for each in value)
    if column.kind == "year":
        return f"{value}年度"
    return int(value) if column.kind in ("count", "days") else str(value)


def _code_text(column: Column, code: str) -> str:
    label = column.label(code)
    return f"{code} {label}" if code != label and code[:1].isdigit() else label


# -- numbers -----------------------------------------------------------------------------------------------------------------


def _count(column: Column, text: str) -> Cell:
    if fold(re.sub(r"[()]", "", text)) in ("なし", "無", "無し", "0", "ゼロ", "実績なし"):
        return Cell(0)
    if RANGE.search(re.sub(r"[\s()]", "", text)):
        return Cell(None, "range", (text,))
    plain, unit, is_about = _undressed(_one_number(text))
    number = _number(plain)
    if number is None or number > MOST:
        return Cell(None, "negative" if re.match(r"^[-−▲△]\d", text) else "not_a_number", (text,))
    if unit not in ("", UNITS.get(column.id, "件")):
        return Cell(None, "other_unit", (text,))  # 500円 are not 500 filings
    return Cell(number, "about" if is_about else "")


def _one_number(text: str) -> str:
    """A text without blanks, brackets and thousands separators; "" where that would glue two numbers together.

    `100 (50)` and `10,20` hold two numbers, and which is meant nobody can say. A 〇 alone (〇日) is a tick or a blank to fill in, no zero.
    """
    pieces = [piece for piece in re.split(r"[\s()]+", text) if piece]
    if sum(bool(DIGIT.search(piece)) for piece in pieces) > 1 or TICK.match("".join(pieces)):
        return ""
    return THOUSANDS.sub(lambda found: found[0].replace(",", ""), "".join(pieces))


def _undressed(text: str) -> tuple[str, str, bool]:
    """(what is left, the unit, whether it is an estimate) of `約1200件程度`."""
    unit, is_about = "", False
    while True:
        found = UNIT.search(text)
        shorter = text[: found.start()] if found else ABOUT.sub("", text)
        if shorter == text:
            return text, unit, is_about
        unit, is_about = (found[1], is_about) if found else (unit, True)
        text = shorter


def _number(text: str) -> int | None:
    """1200, 1.2万, 1万2千, 三千; a fraction is none unless 万 or 千 makes it whole.

    Behind 万 or 千 three or four digits are a number (1万500); fewer are not (1万5 may be 15000).
    """
    text = text.translate(KANJI)
    if re.fullmatch(r"\d+(\.0+)?", text):
        return _whole(Decimal(text))
    if found := ROUND.fullmatch(text):
        return _whole(Decimal(found[1]) * LARGE[found[2]])
    if found := MIXED.fullmatch(text):
        thousands = 0 if found[2] is None else int(found[2] or 1)
        return _whole(Decimal(int(found[1] or 0) * LARGE["万"] + thousands * LARGE["千"] + int(found[3] or found[4] or 0)))
    return None


def _whole(number: Decimal) -> int | None:
    return int(number) if number <= MOST and number == int(number) else None


def _days(_column: Column, text: str) -> Cell:
    bare = _one_number(text)
    if bare in ("即日", "当日", "即時", "その場"):
        return Cell(0)
    found = DAYS.match(re.sub(r"^(概ね|おおむね|約)", "", bare).translate(KANJI))
    unit = found[2] or "" if found is not None else ""
    size = IN_DAYS.get(unit, 1)
    if found is None or int(found[1]) * size > MOST_DAYS:
        return Cell(None, "no_days", (text,))
    number = int(found[1]) * size
    if unit.endswith(("営業日", "開庁日")):
        return Cell(number, "working_days", (text,))  # ten of them are two weeks, or more
    return Cell(number, "months_as_days" if size >= 30 else "about" if ABOUT.search(bare) else "")


def _year(_column: Column, text: str) -> Cell:
    """A fiscal year: 2027, 令和9年度, R9, R9.4."""
    bare = re.sub(r"\s|年度?$|度$|以降|まで|中", "", text)
    era = re.fullmatch(r"(令和|平成|r|h)(\d{1,2}|元)", bare.casefold())
    if era is not None:
        number = 1 if era[2] == "元" else int(era[2])
        return Cell(number + (2018 if era[1] in ("令和", "r") else 1988))
    if re.fullmatch(r"(19|20)\d\d", bare):
        return Cell(int(bare))
    try:
        year, month = parse_year_month(text)
    except (DateProblem, ValueError):
        return Cell(None, "not_a_year", (text,))
    return Cell(year - (month < 4))  # a fiscal year begins in April


# -- codes -------------------------------------------------------------------------------------------------------------------


def _code(column: Column, text: str) -> Cell:
    found = _known(column, text)
    return Cell(found) if found is not None else Cell(None, "unknown_code", (text,))


def _known(column: Column, text: str) -> str | None:
    """The code that a text names: whole, by its number, or with a remark in brackets or behind it."""
    whole = fold(text)
    if whole in column.known:
        return column.known[whole]
    tidy = re.sub(r"^\(([0-9]+(-[0-9]+)?)\)", r"\1)", unicodedata.normalize("NFKC", text).strip())
    numbered = NUMBERED.fullmatch(tidy)
    if numbered is not None:
        return _numbered(column, numbered[1], numbered[2])
    return column.known.get(_without_remarks(whole))


def _numbered(column: Column, number: str, behind: str) -> str | None:
    """A number in front is the code only where nothing follows, or what follows agrees: 5年度に実施済 is not code 5.

    A number and a label that stand for two codes contradict each other, and nothing is taken.
    """
    code, rest = column.known.get(number), fold(behind.lstrip(APART))
    if not rest:
        return code
    if rest[0].isdigit():
        return None
    label = column.known.get(rest) or column.known.get(_without_remarks(rest))
    if label is not None:
        return label if code in (None, label) else None
    return code if code is not None and behind[0] in APART and _agrees(column, code, rest) else None


def _agrees(column: Column, code: str, rest: str) -> bool:
    """A shortened label, or one with more around it; of two labels within a text the longer is meant (一部実施済, not 実施済)."""
    label = fold(column.label(code))
    within = [way for way in column.known if way in rest and (len(way) > 1 or way == label)]
    return label.startswith(rest) or (bool(within) and column.known[max(within, key=len)] == code)


def _without_remarks(folded: str) -> str:
    return re.sub(r"\(.*?\)", "", folded)


def _codes(column: Column, text: str) -> Cell:
    """Several codes between any separators; an option may itself hold the sign that others are separated by."""
    if fold(text) in NOTHING:
        return Cell([])
    values: list[str] = []
    unread: list[str] = []
    for part in filter(None, (piece.strip() for piece in BETWEEN.split(text))):
        known = _known(column, part)
        _add(values, unread, column, [part] if known else [piece for piece in LOOSE.split(part) if piece] or [part])
    return Cell(values, "some_unknown" if unread else "", tuple(unread))


def _add(values: list[str], unread: list[str], column: Column, pieces: Sequence[str]) -> None:
    for piece in pieces:
        known = _known(column, piece)
        if known is None:
            unread.append(piece)
        elif known not in values:
            values.append(known)


_READERS: Final = {"count": _count, "days": _days, "year": _year, "code": _code, "codes": _codes}
