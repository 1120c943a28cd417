"""One cell of a dirty sheet, understood: what it says, and what is doubtful about it. Nothing is dropped without a word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from madoguchi.engines.inventory.columns import Column, fold
from madoguchi.engines.japanese import DateProblem, parse_year_month

NOTHING: Final = frozenset({"", "-", "ー", "―", "—", "‐", "–", "/", "//", "n/a", "na", "不明", "未回答", "記入なし", "該当なし", "未定"})
ABOUT: Final = re.compile(r"^(約|およそ|概ね|おおむね|推計|見込み?|概算)|(程度|前後|くらい|ぐらい|位|見込み?|弱|強|余り?)$")
UNIT: Final = re.compile(r"(件|円|人|回|通|枚|世帯)(/年|毎年)?$")
RANGE: Final = re.compile(r"[~〜～]|から|(?<=\d)-(?=\d)")
BETWEEN: Final = re.compile(r"[;；、，,\n\r/／|｜]+")
LOOSE: Final = re.compile(r"[・･\s　&＆及び]+")
DAYS: Final = re.compile(r"^(\d+)(日|営業日|開庁日|週間?|か月|カ月|ヶ月|ヵ月|箇月|月|年)?(以内|間|程度)*$")
IN_DAYS: Final = {"週": 7, "週間": 7, "か月": 30, "カ月": 30, "ヶ月": 30, "ヵ月": 30, "箇月": 30, "月": 30, "年": 365}
KANJI: Final = str.maketrans("〇一二三四五六七八九", "0123456789")
LARGE: Final = {"万": 10_000, "千": 1_000}
MOST: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` as it is kept (text, int, a code, a list of codes; None for nothing). `doubt` is a fixed word, "" for none:

    about (an estimate was taken as a number), range, not_a_number, negative, unknown_code, some_unknown, months_as_days, no_days,
    not_a_year, other_unit.
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


def _count(_column: Column, text: str) -> Cell:
    bare = re.sub(r"[\s,，()（）]", "", text)
    if fold(bare) in ("なし", "無", "無し", "0", "ゼロ", "実績なし"):
        return Cell(0)
    if RANGE.search(bare):
        return Cell(None, "range", (text,))
    plain = bare
    while (shorter := ABOUT.sub("", UNIT.sub("", plain))) != plain:
        plain = shorter
    number = _number(plain)
    if number is None or number > MOST:
        return Cell(None, "negative" if re.match(r"^[-−▲△]\d", bare) else "not_a_number", (text,))
    return Cell(number, "about" if ABOUT.search(bare) or ABOUT.search(UNIT.sub("", bare)) else "")


def _number(text: str) -> int | None:
    """1200, 1.2万, 1万2千, 千二百 is not; a fraction is none unless 万 or 千 makes it whole."""
    text = text.translate(KANJI)
    if re.fullmatch(r"\d+(\.0+)?", text):
        return int(float(text))
    total, rest = 0.0, text
    for sign, size in LARGE.items():
        head, found, tail = rest.partition(sign)
        if found:
            if not re.fullmatch(r"\d+(\.\d+)?", head or "1"):
                return None
            total, rest = total + float(head or "1") * size, tail
    if rest == text or not re.fullmatch(r"\d*", rest):
        return None
    return round(total) + int(rest or 0)


def _days(_column: Column, text: str) -> Cell:
    bare = re.sub(r"[\s,()（）]", "", text)
    if bare in ("即日", "当日", "即時", "その場"):
        return Cell(0)
    found = DAYS.match(re.sub(r"^(概ね|おおむね|約)", "", bare).translate(KANJI))
    if found is None:
        return Cell(None, "no_days", (text,))
    size = IN_DAYS.get(found[2] or "", 1)
    doubt = "months_as_days" if size >= 30 else "about" if ABOUT.search(bare) else ""
    return Cell(int(found[1]) * size, doubt)


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
    key = re.sub(r"^[(（]?([0-9]+(-[0-9]+)?)[)）.．:：、]?", r"\1", fold(text))
    tries = [key, fold(text), re.sub(r"^[0-9]+(-[0-9]+)?", "", key), re.sub(r"\(.*?\)", "", key)]
    number = re.match(r"[0-9]+(-[0-9]+)?(?=\D|$)", key)
    found = next((column.known[one] for one in tries if one in column.known), None)
    if found is None and number is not None and number[0] in column.known:
        return column.known[number[0]]
    return found


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
