"""Sheets that people send: XLSX or CSV as a grid of texts, and the row of the grid that is the header.

Real sheets have titles above the header, merged cells, full-width digits and empty columns. Nothing is guessed here beyond that: the
room that reads says what the columns mean.
"""

from __future__ import annotations

import csv
import io
import lzma
import math
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from itertools import islice
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.utils.exceptions import CellCoordinatesException, InvalidFileException

MOST_ROWS, MOST_COLUMNS = 20_000, 200
MOST_BYTES = 10 * 1024 * 1024
MOST_MERGED = 20_000
MOST_UNPACKED = 200 * 1024 * 1024  # a workbook that unpacks to more is no list of a town hall
HEADER_WITHIN = 15  # titles and notes stand above the header, but not more than that

# What zipfile, openpyxl and its parsers raise for a file that is damaged, encrypted or something else: ParseError and lxml's
# XMLSyntaxError are SyntaxErrors, a flag for encryption is a RuntimeError.
DAMAGED = (
    InvalidFileException, CellCoordinatesException, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError,
    SyntaxError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError,
)  # fmt: skip
# Lengths are bounded so that no file made for it keeps the search busy.
MERGE = re.compile(rb"<(?:\w{1,9}:)?mergeCell\s[^<>]{0,99}?\bref=[\"']([A-Z]{1,9}[0-9]{1,9}:[A-Z]{1,9}[0-9]{1,9})[\"']")
FORMULA = re.compile(
    rb"<(?:\w{1,9}:)?c\s[^<>]{0,99}?\br=[\"']([A-Z]{1,3}[0-9]{1,9})[\"'][^<>]{0,99}>\s*"
    rb"<(?:\w{1,9}:)?f\b[^<>]{0,199}?(?:/>|>([^<]*)</(?:\w{1,9}:)?f>)\s*"
    rb"(?:<(?:\w{1,9}:)?v\s*/>|<(?:\w{1,9}:)?v>\s*</(?:\w{1,9}:)?v>)?\s*</(?:\w{1,9}:)?c>"
)  # a formula without the value that it had when last calculated

Grid = list[list[str]]


class UnreadableSheet(ValueError):
    """A file that is no sheet, or too large for one; `reason` is a fixed word: too_large, not_a_sheet, empty, too_long, no_header."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Sheet(Grid):
    """A grid that knows which of its texts do not stand in their cell as they are; rows and columns from 1, as sheets number them.

    `merged` are the ranges (left, top, right, bottom) over which a text was spread. `formulas` are the cells (row, column) whose formula
    nobody calculated: their text is the formula, since an empty one would say that nothing stands there.
    """

    merged: Sequence[tuple[int, int, int, int]] = ()
    formulas: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Found:
    """Rows under a header: `rows` are (number of the row in the sheet, {column: text}); `columns` maps our names to the sheet's."""

    header_row: int
    columns: Mapping[str, str]
    unknown: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]


def read_grid(data: bytes) -> Grid:
    """The first sheet as texts; merged cells hold their text in the first cell only. Raises UnreadableSheet."""
    if len(data) > MOST_BYTES:
        raise UnreadableSheet("too_large")
    grid = _xlsx(data) if data.startswith(b"PK") else _csv(data)
    grid = [row[:MOST_COLUMNS] for row in grid]
    if not any(any(row) for row in grid):
        raise UnreadableSheet("empty")
    return grid


def read_grids(data: bytes) -> list[tuple[str, Sheet]]:
    """Every sheet with its name, a merged cell's text in each cell that it covers; a CSV is one sheet. Raises UnreadableSheet.

    The grids are a `Sheet`: they tell where a text was spread and where a formula was never calculated.
    """
    if not data.startswith(b"PK"):
        return [("", Sheet(read_grid(data)))]
    if len(data) > MOST_BYTES:
        raise UnreadableSheet("too_large")
    filled = [(name, grid) for name, grid in _workbook(data) if any(any(row) for row in grid)]
    if not filled:
        raise UnreadableSheet("empty")
    return filled


@contextmanager
def _opened(data: bytes) -> Iterator[tuple[zipfile.ZipFile, Any]]:
    """The packed file and the workbook in it; whatever is wrong with either is an UnreadableSheet, also while it is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
                raise UnreadableSheet("too_large")
            yield packed, load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except UnreadableSheet:
        raise
    except DAMAGED as error:
        raise UnreadableSheet("not_a_sheet") from error


def _workbook(data: bytes) -> list[tuple[str, Sheet]]:
    with _opened(data) as (packed, book):
        return [(sheet.title, _sheet(_rows(sheet), packed.read(sheet._worksheet_path))) for sheet in book.worksheets]


def _xlsx(data: bytes) -> Grid:
    with _opened(data) as (_packed, book):
        return _rows(book.worksheets[0])


def _rows(sheet: Any) -> Grid:
    """The texts, every row as wide as the widest. The size that a file says of itself is often wrong, and not believed."""
    sheet.reset_dimensions()
    rows: Grid = []
    for cells in sheet.iter_rows(values_only=True):
        rows.append([_text(cell) for cell in cells[:MOST_COLUMNS]])
        if len(rows) > MOST_ROWS:
            raise UnreadableSheet("too_long")
    width = max((len(row) for row in rows), default=0)
    for row in rows:
        row.extend([""] * (width - len(row)))
    return rows


def _sheet(grid: Grid, xml: bytes) -> Sheet:
    """A grid with what the quick way of reading a workbook leaves out: merged ranges and formulas."""
    sheet = Sheet(grid)
    formulas = set()
    for found in FORMULA.finditer(xml):
        row, column = coordinate_to_tuple(found[1].decode())
        if 0 < row <= len(sheet) and column <= len(sheet[0]) and not sheet[row - 1][column - 1]:
            sheet[row - 1][column - 1] = "=" + unescape((found[2] or b"").decode("utf-8", "replace").strip())
            formulas.add((row, column))
    sheet.formulas = frozenset(formulas)
    sheet.merged = _spread(sheet, [range_boundaries(found[1].decode()) for found in islice(MERGE.finditer(xml), MOST_MERGED)])
    return sheet


def _spread(grid: Grid, merged: Sequence[Any]) -> list[tuple[int, int, int, int]]:
    """Write each merged text into all its cells within the used range, and tell which ranges these were.

    Merged ranges never overlap in a sound workbook, so together they cover the used range once at most: more is a damaged file, or one
    made to keep us busy.
    """
    width = len(grid[0]) if grid else 0
    left_over, spread = width * len(grid), []
    for left, top, wide, deep in merged:
        right, bottom = min(wide, width), min(deep, len(grid))
        text = grid[top - 1][left - 1] if top <= bottom and left <= right else ""
        if not text:
            continue
        left_over -= (right - left + 1) * (bottom - top + 1)
        if left_over < 0:
            raise UnreadableSheet("not_a_sheet")
        for row in grid[top - 1 : bottom]:
            row[left - 1 : right] = [text] * (right - left + 1)
        spread.append((left, top, right, bottom))
    return spread


def _csv(data: bytes) -> Grid:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise UnreadableSheet("not_a_sheet")
    if "\x00" in text:
        raise UnreadableSheet("not_a_sheet")
    delimiter = "\t" if text.partition("\n")[0].count("\t") else ","
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error as error:
        raise UnreadableSheet("not_a_sheet") from error
    if len(rows) > MOST_ROWS:
        raise UnreadableSheet("too_long")
    return rows


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute) else cell.isoformat(timespec="minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and not math.isfinite(cell):
        raise UnreadableSheet("not_a_sheet")  # no program for sheets writes such a number
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def plain(name: str) -> str:
    """A column's name as it is compared: one width, no blanks, no brackets with remarks."""
    folded = unicodedata.normalize("NFKC", name)
    return re.sub(r"[\s　]+|\(.*?\)|※.*$", "", folded).lower()


def under_header(grid: Grid, names: Mapping[str, Sequence[str]], *, needed: Sequence[str] = ()) -> Found:
    """Find the row that is the header, and the rows under it.

    `names` maps our name of a column to the ways in which sheets write it; a column is known when one of them is its whole name.
    The header is the row among the first that knows the most columns and all that are `needed`; raises UnreadableSheet("no_header").
    """
    known = {plain(way): name for name, ways in names.items() for way in ways}
    best: tuple[int, int] | None = None
    for number, row in enumerate(grid[:HEADER_WITHIN]):
        found = {known[plain(cell)] for cell in row if plain(cell) in known}
        if set(needed) <= found and found and (best is None or len(found) > best[1]):
            best = (number, len(found))
    if best is None:
        raise UnreadableSheet("no_header")
    header = grid[best[0]]
    places: dict[int, str] = {}
    for place, cell in enumerate(header):
        name = known.get(plain(cell))
        if name is not None and name not in places.values():
            places[place] = name
    rows = []
    for number, row in enumerate(grid[best[0] + 1 :], best[0] + 2):
        cells = {name: row[place] if place < len(row) else "" for place, name in places.items()}
        if any(cells.values()):
            rows.append((number, cells))
    unknown = tuple(cell for place, cell in enumerate(header) if cell and place not in places)
    return Found(best[0] + 1, {name: header[place] for place, name in places.items()}, unknown, tuple(rows))
