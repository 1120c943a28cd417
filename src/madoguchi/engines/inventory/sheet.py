"""A sheet of an inventory, understood row by row. Real sheets have several header rows, merged cells, totals, notes and examples.

In: a grid of texts (merged cells already spread over their range). Out: what was read, and everything that was not, with its row.
A grid may know more than its texts (lib.sheets.Sheet): `merged`, the ranges that were spread, and `formulas`, the cells whose text is a
formula that nobody calculated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from madoguchi.engines.inventory.cells import NOTHING, read_cell
from madoguchi.engines.inventory.columns import columns, fold

HEADER_WITHIN: Final = 15  # titles and notes stand above the header, but not more than that
DEEPEST: Final = 3  # header rows
FILLED_DOWN: Final = ("division", "section", "law")  # what stands once for the rows below it
TOTAL: Final = re.compile(r"^(合計|小計|総計|計|総件数計|累計|課計|部計)$")
REMARK: Final = re.compile(r"^(※|\*|[(\[【〔<]注|注(意事項|意|記)?([\d()\]:\s]|$)|備考)")  # NFKC; 注射済票の交付 is a procedure
EXAMPLE: Final = re.compile(r"^(例|記入例|記載例|（例）|\(例\)|サンプル)$")
Grid = Sequence[Sequence[str]]


class NoHeader(ValueError):
    """No row among the first names a column for the name of the procedure."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A cell that was not understood, or not wholly. `word` is that of the cell (cells.Cell), or filled_down, online_exceeds, sum,
    merged (a count over several rows, taken for the first), formula (never calculated, so not taken)."""

    row: int
    column: str
    text: str
    word: str


@dataclass(frozen=True, slots=True)
class Passed:
    """A row that was not read, and why: no_name, total, note, example, header_again, twice."""

    row: int
    text: str
    word: str


@dataclass
class Understood:
    """`rows` are (row of the sheet, {column id: value}); a column that the sheet lacks is not in them, one that it leaves empty is None."""

    header: tuple[int, int]
    columns: dict[str, str]
    unknown: list[tuple[str, str]]
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)


def understand(grid: Grid) -> Understood:
    """Read a sheet. Raises NoHeader."""
    first, depth, places, unknown = _header(grid)
    texts = _texts(grid, first, depth)
    found = Understood((first + 1, first + depth), {name: texts[place] for place, name in places.items()}, unknown)
    marks = _Marks(grid, places)
    above: dict[str, str] = {}
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(grid[first + depth :], first + depth + 1):
        if not any(cell.strip() for cell in row):
            continue
        cells = marks.known_of(number, {name: row[place].strip() if place < len(row) else "" for place, name in places.items()})
        why = _pass_over(cells, row, found.columns)
        if why:
            found.passed.append(Passed(number, next(cell for cell in row if cell.strip())[:80], why))
            continue
        found.doubts.extend(marks.doubts(number, row, found.columns))
        _fill_down(number, cells, above, found)
        values = dict(_values(number, cells, found))
        key = key_of(values)
        if key in seen:
            found.passed.append(Passed(number, f"{cells['name'][:60]} ← {seen[key]}", "twice"))
            continue
        seen[key] = number
        found.doubts.extend(_counts_agree(number, values, found.columns))
        found.rows.append((number, values))
    return found


class _Marks:
    """What a grid knows beyond its texts: which cells do not say for themselves what stands in them."""

    def __init__(self, grid: Grid, places: Mapping[int, str]) -> None:
        self.places = {name: place for place, name in places.items()}
        self.words: dict[tuple[int, str], str] = {}
        counts = {place: name for place, name in places.items() if name.startswith("count_") and columns()[name].kind == "count"}
        for left, top, right, bottom in getattr(grid, "merged", ()):
            for place in counts.keys() & range(left - 1, right):  # a fee or a period does hold for each row; a count is for all
                self.words |= {(row, counts[place]): "merged" for row in range(top, bottom + 1) if (row, place) != (top, left - 1)}
        for row, column in getattr(grid, "formulas", ()):
            if column - 1 in places:
                self.words[row, places[column - 1]] = "formula"

    def known_of(self, number: int, cells: Mapping[str, str]) -> dict[str, str]:
        """The cells without what is not to be taken; a division stays, or the one above would be filled in for it."""
        return {name: "" if (number, name) in self.words and name != "division" else text for name, text in cells.items()}

    def doubts(self, number: int, row: Sequence[str], headers: Mapping[str, str]) -> Iterator[Doubt]:
        for name, place in self.places.items():
            word = self.words.get((number, name))
            if word and place < len(row):
                yield Doubt(number, headers[name], row[place], word)


def key_of(values: Mapping[str, Any]) -> tuple[str, ...]:
    """What tells one row from another: the state's id where it has one, else number, name, law, article and authority in between; each
    within its division. A number alone may be a mere running number.
    """
    own = _key_parts(values, ("procedure_id", "division"))
    if own[0]:
        return own
    return _key_parts(values, ("division", "number", "name", "law", "article", "via"))


def _key_parts(values: Mapping[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    parts = (fold(str(values.get(name) or "")) for name in names)
    return tuple("" if part in NOTHING else part for part in parts)


# -- the header --------------------------------------------------------------------------------------------------------------


def _header(grid: Grid) -> tuple[int, int, dict[int, str], list[tuple[str, str]]]:
    """(first row, rows, {place: column}, unknown headers as (letter, text)) of the header that knows the most columns."""
    best: tuple[int, int, int] | None = None
    for first in range(min(HEADER_WITHIN, len(grid))):
        for depth in range(1, DEEPEST + 1):
            names = set(_places(_candidates(grid, first, depth)).values())
            if "name" in names and (best is None or len(names) > best[0]):
                best = (len(names), first, depth)
    if best is None:
        raise NoHeader
    _, first, depth = best
    places = _places(_candidates(grid, first, depth))
    texts = _texts(grid, first, depth)
    unknown = [(letter(place), text) for place, text in enumerate(texts) if text and place not in places]
    return first, depth, places, unknown


def letter(place: int) -> str:
    """A column as spreadsheets name it: 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def _candidates(grid: Grid, first: int, depth: int) -> list[list[str]]:
    """For each place the names that its header may mean: all its rows together, then the lowest with a text."""
    rows = [list(row) for row in grid[first : first + depth]]
    width = max((len(row) for row in rows), default=0)
    rows = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows]
    for above, below in pairwise(rows):
        for place in range(1, width):
            if not above[place] and below[place] and rows[-1][place - 1] != "":
                above[place] = above[place - 1]  # a heading over several columns stands over the first of them
    found = []
    for place in range(width):
        parts = list(dict.fromkeys(row[place] for row in rows if row[place]))
        found.append(["".join(parts), parts[-1]] if parts else [])
    return found


def _texts(grid: Grid, first: int, depth: int) -> list[str]:
    return [" ".join(dict.fromkeys([one[0]])) if one else "" for one in _candidates(grid, first, depth)]


def _places(candidates: Sequence[Sequence[str]]) -> dict[int, str]:
    """{place: column id}; of two places with the same name the first has it."""
    known = _headers()
    places: dict[int, str] = {}
    for rank in range(2):
        for place, names in enumerate(candidates):
            if place in places or len(names) <= rank:
                continue
            folded = fold_header(names[rank])
            name = known.get(folded) or known.get(re.sub(r"\(.*?\)", "", folded))
            if name is not None and name not in places.values():
                places[place] = name
    return places


def fold_header(text: str) -> str:
    """A header without remarks, numbers in front and marks."""
    folded = re.sub(r"※.*$|[「」【】\[\]<>*＊●■□:：]", "", fold(text))
    return re.sub(r"^\(?\d+(-\d+)?\)?[.．、]?", "", folded)


def _headers() -> dict[str, str]:
    ways = [(fold_header(way), name) for name, column in columns().items() for way in (column.name["ja"], *column.ways)]
    known: dict[str, str] = {}
    for way, name in [*ways, *((re.sub(r"\(.*?\)", "", way), name) for way, name in ways)]:  # whole names before shortened ones
        known.setdefault(way, name)
    return known


# -- rows --------------------------------------------------------------------------------------------------------------------


def _pass_over(cells: Mapping[str, str], row: Sequence[str], headers: Mapping[str, str]) -> str:
    name = cells["name"]
    lead = next(cell.strip() for cell in row if cell.strip())
    if fold_header(name) == fold_header(headers["name"]) and name:
        return "header_again"
    if EXAMPLE.match(lead) or EXAMPLE.match(cells.get("number", "")):
        return "example"
    if TOTAL.match(fold(lead)) or TOTAL.match(fold(name)):
        return "total"
    if REMARK.match(unicodedata.normalize("NFKC", lead)):
        return "note"
    return "" if name else "no_name"


def _fill_down(number: int, cells: dict[str, str], above: dict[str, str], found: Understood) -> None:
    """A division that is written once stands for the rows below, until another one is written."""
    for name in FILLED_DOWN:
        if name not in cells:
            continue
        if cells[name]:
            if name == "division" and cells[name] != above.get("division"):
                above.clear()
            above[name] = cells[name]
        elif above.get(name) and name == "division":
            cells[name] = above[name]
            found.doubts.append(Doubt(number, found.columns[name], above[name], "filled_down"))


def _values(number: int, cells: Mapping[str, str], found: Understood) -> Iterator[tuple[str, Any]]:
    known = columns()
    for name, text in cells.items():
        cell = read_cell(known[name], text)
        if cell.doubt:
            found.doubts.append(Doubt(number, found.columns[name], "、".join(cell.unread) or text, cell.doubt))
        yield name, cell.value


def _counts_agree(number: int, values: Mapping[str, Any], headers: Mapping[str, str]) -> Iterator[Doubt]:
    total, online, offline = (values.get(name) for name in ("count_total", "count_online", "count_offline"))
    if total is not None and online is not None and online > total:
        yield Doubt(number, headers["count_online"], f"{online} > {total}", "online_exceeds")
    elif None not in (total, online, offline) and online + offline != total:  # type: ignore[operator]
        yield Doubt(number, headers["count_total"], f"{online} + {offline} ≠ {total}", "sum")
