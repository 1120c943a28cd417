"""A PDF form as a grid of texts: the cells that its lines draw, or its fields with the words beside them.

The file is read by a process of its own (lib/drawing/reading.py); here its characters are put into cells and lines.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, Final

from madoguchi.lib.sheets import Grid, UnreadableSheet

SECONDS: Final = 40
LEAST_CHARACTERS: Final = 10  # fewer are a page number or a stamp on a scan
NEAR: Final = 2.0  # points by which lines and texts may miss each other
MOST_CELLS: Final = 60  # in one row
LARGEST: Final = 5_000  # points; an A0 sheet has 3,370
_SOURCE: Final = Path(__file__).resolve().parents[2]
YES_OR_NO: Final = "はい・いいえ"


def read_pdf(data: bytes) -> Grid:
    """Rows as on paper: a drawn table cell by cell (empty cells too), other lines of text as one row each, fields with what they offer.

    Raises UnreadableSheet: broken files are not_a_sheet, those with a password locked, those that are pictures only scan.
    """
    pages = [_Page(one) for one in _read(data)]
    if any(page.fields for page in pages):
        return [row for page in pages for row in page.field_rows()]
    if sum(len(page.characters) for page in pages) < LEAST_CHARACTERS:
        raise UnreadableSheet("scan" if any(page.pictures for page in pages) else "empty")
    return [row for page in pages for row in page.rows()]


def _read(data: bytes) -> list[Mapping[str, Any]]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "madoguchi.lib.drawing.reading"],
            cwd=_SOURCE,
            env={"PYTHONPATH": str(_SOURCE), "PYTHONIOENCODING": "utf-8"},  # none of our settings and keys
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise UnreadableSheet("not_a_sheet") from error
    if "error" in answer:
        raise UnreadableSheet("locked" if answer["error"] == "locked" else "not_a_sheet")
    pages: list[Mapping[str, Any]] = answer["pages"]
    return pages


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float
    text: str = ""

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class _Field:
    box: _Box
    kind: str
    name: str
    words: str
    options: tuple[str, ...]


@dataclass(slots=True)
class _Cell:
    """A cell of a drawn table and the characters in it."""

    box: _Box
    characters: list[_Box] = field(default_factory=list)


class _Page:
    """One page: places count from the top left."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self.width, self.height, self.pictures = found["width"], found["height"], found["pictures"]
        self.characters = [_Box(*one) for one in found["characters"]]
        self.fields = [_Field(_Box(*one[:4]), one[4], one[5], one[6], tuple(one[7])) for one in found["fields"]]
        lines = {_Box(*(round(place, 1) for place in one)) for one in found["lines"]}
        self.level, self.upright = defaultdict[int, list[_Box]](list), defaultdict[int, list[_Box]](list)
        for one in lines:  # by the strips that they cross, so that a point looks at those near it only
            if one.bottom - one.top < 1:
                for strip in range(_strip(one.left - NEAR), _strip(one.right + NEAR) + 1):
                    self.level[strip].append(one)
            else:
                for strip in range(_strip(one.top - NEAR), _strip(one.bottom + NEAR) + 1):
                    self.upright[strip].append(one)

    # -- tables ------------------------------------------------------------------------------------------------------------------

    def cell_at(self, x: float, y: float) -> _Box | None:
        """The cell that lines draw around a point; None where one side is open."""
        sides = [one.left for one in self.upright[_strip(y)] if _spans(one.top, y, one.bottom)]
        edges = [one.top for one in self.level[_strip(x)] if _spans(one.left, x, one.right)]
        left, right = max((one for one in sides if one <= x), default=None), min((one for one in sides if one > x), default=None)
        top, bottom = max((one for one in edges if one <= y), default=None), min((one for one in edges if one > y), default=None)
        if left is None or right is None or top is None or bottom is None:
            return None
        return _Box(round(left), round(top), round(right), round(bottom))

    def rows(self) -> Grid:
        """The table's rows and the lines outside of it, from top to bottom."""
        cells: dict[_Box, _Cell] = {}
        outside: list[_Box] = []
        for one in self.characters:
            box = self.cell_at(*one.middle)
            if box is None:
                outside.append(one)
            else:
                cells.setdefault(box, _Cell(box)).characters.append(one)
        found: list[tuple[float, list[str]]] = [(line[0].middle[1], _spread(line)) for line in _lines(outside)]
        found += self._table(cells)
        return [row for _top, row in sorted(found, key=lambda one: one[0])]

    def _table(self, cells: Mapping[_Box, _Cell]) -> Iterator[tuple[float, list[str]]]:
        """Rows of cells that begin at one height; the empty ones to the right of a text belong to its row."""
        rows: dict[float, list[_Cell]] = {}
        for cell in sorted(cells.values(), key=lambda one: (one.box.top, one.box.left)):
            near = next((top for top in rows if abs(top - cell.box.top) <= NEAR), cell.box.top)
            rows.setdefault(near, []).append(cell)
        for top, row in rows.items():
            texts: list[str] = []
            ends = [*(cell.box.left for cell in row[1:]), self.width]
            for cell, end in zip(row, ends, strict=True):
                texts.append(_text_of(cell.characters))
                texts += [""] * self._empty_between(cell.box, end)
            yield top + NEAR, texts

    def _empty_between(self, box: _Box, until: float) -> int:
        """How many empty cells stand to the right of a cell before `until`."""
        y, x, number = box.top + min(6.0, (box.bottom - box.top) / 2), box.right, 0
        while number < MOST_CELLS and x + NEAR < until and (beside := self.cell_at(x + NEAR, y)) is not None and beside.right > x:
            if beside.right - beside.left > 2 * NEAR:  # no double line
                number += 1
            x = beside.right
        return number

    # -- fields ------------------------------------------------------------------------------------------------------------------

    def field_rows(self) -> Iterator[list[str]]:
        """Each field with the words that name it; radio buttons and ticks of one name are one field."""
        shown: set[str] = set()
        for one in sorted(self.fields, key=lambda each: (round(each.box.top / 8), each.box.left)):
            if one.name in shown and one.kind in ("radio", "check"):
                continue
            shown.add(one.name)
            if label := one.words or self._label_of(one) or one.name:
                yield [label, self._offered(one)]

    def _offered(self, one: _Field) -> str:
        """What is to be ticked, as a paper form writes it."""
        if one.kind == "choice":
            return " ".join(f"□{option}" for option in one.options if option)
        together = [each for each in self.fields if each.name == one.name and each.kind == one.kind]
        if one.kind in ("radio", "check") and len(together) > 1:
            return " ".join(f"□{words}" for each in together if (words := self._right_of(each) or next(iter(each.options), "")))
        return YES_OR_NO if one.kind == "check" else ""

    def _label_of(self, one: _Field) -> str:
        """The text to the left of a field on its line, else the text above it; of a lonely tick the text to its right."""
        if one.kind == "check" and (words := self._right_of(one)):
            return words
        beside = [each for each in self.characters if each.right <= one.box.left + NEAR and _overlap(each, one.box)]
        cut = max(
            (each.box.right for each in self.fields if each is not one and each.box.right <= one.box.left and _overlap(each.box, one.box)),
            default=0.0,
        )
        if text := _text_of([each for each in beside if each.left >= cut - NEAR]):
            return text
        high = one.box.bottom - one.box.top
        above = [
            each
            for each in self.characters
            if each.left >= one.box.left - NEAR
            and each.right <= one.box.right + NEAR
            and 0 <= one.box.top - each.bottom + NEAR <= max(high, 14.0)
        ]
        return _text_of(above)

    def _right_of(self, one: _Field) -> str:
        """The words behind a tick, up to the next field or gap."""
        until = min(
            (each.box.left for each in self.fields if each.box.left > one.box.right and _overlap(each.box, one.box)), default=self.width
        )
        behind = [each for each in self.characters if one.box.right - NEAR <= each.left < until and _overlap(each, one.box)]
        return next(iter(_spread(sorted(behind, key=lambda each: each.left))), "") if behind else ""


def _strip(place: float) -> int:
    """Which strip of the page, 12 points wide."""
    return int(min(max(place, 0), LARGEST) // 12)


def _spans(first: float, at: float, last: float) -> bool:
    return first - NEAR <= at <= last + NEAR


def _overlap(one: _Box, other: _Box) -> bool:
    """Whether a text stands at the height of a box."""
    return other.top - NEAR <= one.middle[1] <= other.bottom + NEAR


def _lines(characters: Sequence[_Box]) -> list[list[_Box]]:
    """Characters by the lines on which they stand, each from left to right."""
    lines: list[list[_Box]] = []
    for one in sorted(characters, key=lambda each: each.middle[1]):
        if lines and abs(lines[-1][0].middle[1] - one.middle[1]) <= max(3.0, (one.bottom - one.top) / 2):
            lines[-1].append(one)
        else:
            lines.append([one])
    return [sorted(line, key=lambda each: each.left) for line in lines]


def _text_of(characters: Sequence[_Box]) -> str:
    """The characters as text, line by line."""
    return "\n".join(_line_of(line) for line in _lines(characters))


def _line_of(line: Sequence[_Box]) -> str:
    """Letters side by side; Latin words get the blanks between them, which are gaps on paper."""
    text = line[0].text if line else ""
    for one, two in pairwise(line):
        is_gap = two.left - one.right > (one.bottom - one.top) / 8 and one.text.isascii() and two.text.isascii()
        text += f" {two.text}" if is_gap else two.text
    return text


def _spread(line: Sequence[_Box]) -> list[str]:
    """A line as cells: where there is a wide gap, another one begins. Letters that are only spread out (氏　　名) stay together."""
    if not line:
        return []
    gaps = [two.left - one.right for one, two in pairwise(line)]
    wide = max(3 * median(one.bottom - one.top for one in line), 2.5 * median(gaps) if gaps else 0)
    cells = [[line[0]]]
    for gap, one in zip(gaps, line[1:], strict=True):
        if gap > wide:
            cells.append([one])
        else:
            cells[-1].append(one)
    return [_line_of(cell) for cell in cells]
