"""Sheets that people send: XLSX or CSV as a grid of texts, and the row of the grid that is the header.

Real sheets have titles above the header, merged cells, full-width digits and empty columns. Nothing is guessed here beyond that: the
room that reads says what the columns mean.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

MOST_ROWS, MOST_COLUMNS = 20_000, 200
MOST_BYTES = 10 * 1024 * 1024
MOST_MERGED = 20_000
MOST_UNPACKED = 200 * 1024 * 1024  # a workbook that unpacks to more is no list of a town hall
HEADER_WITHIN = 15  # titles and notes stand above the header, but not more than that

Grid = list[list[str]]


class UnreadableSheet(ValueError):
    """A file that is no sheet, or too large for one; `reason` is a fixed word: too_large, not_a_sheet, empty, too_long, no_header."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


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


def read_grids(data: bytes) -> list[tuple[str, Grid]]:
    """Every sheet with its name, a merged cell's text in each cell that it covers; a CSV is one sheet. Raises UnreadableSheet."""
    if not data.startswith(b"PK"):
        return [("", read_grid(data))]
    if len(data) > MOST_BYTES:
        raise UnreadableSheet("too_large")
    grids = [(name, [row[:MOST_COLUMNS] for row in grid]) for name, grid in _workbook(data)]
    filled = [(name, grid) for name, grid in grids if any(any(row) for row in grid)]
    if not filled:
        raise UnreadableSheet("empty")
    return filled


def _workbook(data: bytes) -> list[tuple[str, Grid]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
                raise UnreadableSheet("too_large")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheets: list[Any] = list(book.worksheets)
            return [(sheet.title, _spread(_rows(sheet), _merged(packed, sheet._worksheet_path))) for sheet in sheets]
    except UnreadableSheet:
        raise
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError, TypeError, AttributeError) as error:
        raise UnreadableSheet("not_a_sheet") from error


def _rows(sheet: Any) -> Grid:
    rows = []
    for cells in sheet.iter_rows(values_only=True):
        rows.append([_text(cell) for cell in cells])
        if len(rows) > MOST_ROWS:
            raise UnreadableSheet("too_long")
    return rows


def _merged(packed: zipfile.ZipFile, path: str) -> list[tuple[int, int, int, int]]:
    """Merged ranges (first column, first row, last column, last row), which the quick way of reading a workbook leaves out."""
    found = re.findall(rb'<mergeCell[^>]*ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"', packed.read(path))
    bounds: list[Any] = [range_boundaries(ref.decode()) for ref in found[:MOST_MERGED]]
    return [(left, top, right, bottom) for left, top, right, bottom in bounds]


def _spread(grid: Grid, merged: list[tuple[int, int, int, int]]) -> Grid:
    for left, top, right, bottom in merged:
        text = grid[top - 1][left - 1] if top <= len(grid) and left <= len(grid[top - 1]) else ""
        for row in grid[top - 1 : bottom] if text else []:
            row.extend([""] * (min(right, MOST_COLUMNS) - len(row)))
            row[left - 1 : min(right, MOST_COLUMNS)] = [text] * (min(right, MOST_COLUMNS) - left + 1)
    return grid


def _xlsx(data: bytes) -> Grid:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
                raise UnreadableSheet("too_large")
        rows = _rows(load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0])
    except UnreadableSheet:
        raise
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError, TypeError) as error:
        raise UnreadableSheet("not_a_sheet") from error
    return rows


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
    if isinstance(cell, float) and cell == int(cell):
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
