"""Tables for other systems: CSV (UTF-8 with BOM, or CP932 with a report of what it cannot hold), XLSX, JSON; and CSV read back.

A cell that a spreadsheet would take for a formula is never one: in CSV it gets a leading apostrophe, in XLSX it is written as text.
Numbers stay numbers, dates are ISO 8601, lines end in CR LF.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final, Literal

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from madoguchi.engines.japanese import remove_forbidden, replace_for, unencodable

Encoding = Literal["utf-8-sig", "cp932"]

_FORMULA_START: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # full-width signs work in Japanese spreadsheets
_NUMBER: Final = re.compile(r"[+-]?\d[\d,]*(\.\d+)?")
_CELL_LENGTH: Final = 32_767  # what a cell of XLSX may hold
FONT: Final = "游ゴシック"  # every Word since 2016 has it; another program takes its own
_SHEET_NAME: Final = re.compile(r"[\\/*?:\[\]]")
_WIDEST, _ROWS_MEASURED = 60, 200


@dataclass(frozen=True)
class Unmappable:
    """A place that CP932 could not hold: `row` counts from 1 below the header (0 is the header), `cluster` was printed 〓."""

    row: int
    column: str
    text: str
    cluster: str


@dataclass(frozen=True)
class Written:
    """A file, and what it could not hold; `unmappable` is empty for UTF-8."""

    data: bytes
    unmappable: list[Unmappable]


def write_csv(rows: Iterable[Sequence[object]], header: Sequence[str], *, encoding: Encoding = "utf-8-sig") -> Written:
    """CSV as spreadsheets and core systems take it. In CP932 〜 and ～ are exchanged without a report: they are one sign."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    unmappable: list[Unmappable] = []
    for number, row in enumerate(_with_header(header, rows)):
        cells = [_csv_text(value) for value in row]
        if encoding == "cp932":
            cells = [_fit(text, number, _column(header, place), unmappable) for place, text in enumerate(cells)]
        writer.writerow(cells)
    return Written(target.getvalue().encode(encoding), unmappable)


def _with_header(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    yield header
    yield from rows


def _column(header: Sequence[str], place: int) -> str:
    return header[place] if place < len(header) else str(place + 1)


def _fit(text: str, row: int, column: str, unmappable: list[Unmappable]) -> str:
    """`text` as CP932 holds it; what becomes another character than it was is reported."""
    if not unencodable(text):
        return text
    fitted, replacements = replace_for(text, "cp932")
    lost = [change for change in replacements if change.replacement in ("〓", "?") or _has_variant(change.original)]
    unmappable.extend(Unmappable(row, column, text, change.original) for change in lost)
    return fitted


def _has_variant(cluster: str) -> bool:
    return any(char >= "\U000e0100" for char in cluster)


def _csv_text(value: object) -> str:
    is_exact = isinstance(value, (int, float, Decimal, date, time))  # its text is ours and begins no formula
    text = str(_plain(value))
    return text if is_exact else _harmless(remove_forbidden(text))


def _harmless(text: str) -> str:
    """A text that begins like a formula with an apostrophe before it; a number with its sign stays one."""
    return "'" + text if text.startswith(_FORMULA_START) and not _NUMBER.fullmatch(text) else text


def _plain(value: object) -> object:
    """A value as text or number: dates in ISO 8601, yes and no as 1 and 0, nothing as empty text, lists joined by 、."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "、".join(str(_plain(each)) for each in value)
    return value if isinstance(value, (str, int, float, Decimal)) else str(value)


# -- XLSX -----------------------------------------------------------------------------------------------------------------


def write_xlsx(rows: Iterable[Sequence[object]], header: Sequence[str], *, title: str) -> bytes:
    """One sheet with a frozen header; texts stay texts whatever they begin with, numbers are numbers, dates are dates."""
    return write_workbook({title: [header, *rows]})


def write_workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """Several sheets by name, the first row of each its header; names are made fit and told apart."""
    book = Workbook(write_only=True)
    book.properties.creator = "madoguchi"
    book.properties.title = next(iter(sheets), "")
    for name, rows in sheets.items():
        _add_sheet(book, name, rows)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _add_sheet(book: Workbook, name: str, rows: Sequence[Sequence[object]]) -> None:
    sheet: Any = book.create_sheet(_SHEET_NAME.sub(" ", remove_forbidden(name)).strip("' ")[:28] or "1")
    sheet.freeze_panes = "A2"
    for place, width in enumerate(_widths(rows), 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    styles = {(bold, wrap): _style(sheet, bold=bold, wrap=wrap) for bold in (False, True) for wrap in (False, True)}
    for number, row in enumerate(rows):
        sheet.append([_cell(sheet, value, styles, bold=number == 0) for value in row])
    if rows and rows[0]:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(rows[0]))}{len(rows)}"


def _style(sheet: Any, *, bold: bool, wrap: bool) -> Any:
    """A text's style, made once a sheet: made for each cell it took most of the time of a long one."""
    cell: Any = WriteOnlyCell(sheet)
    cell.alignment = Alignment(vertical="top", wrap_text=wrap)
    if bold:
        cell.font = Font(bold=True)
    return cell._style


def _cell(sheet: Any, value: object, styles: Mapping[tuple[bool, bool], Any], *, bold: bool = False) -> Any:
    content = None if value is None else _cell_value(value)
    if content is None or content == "":
        return None  # most cells of a wide sheet are empty: nothing is written for them
    if not isinstance(content, str) and not bold:
        return content
    cell: Any = WriteOnlyCell(sheet, value=content)
    if isinstance(content, str):
        cell.data_type = "s"  # never "f": what begins with = is a text
    cell._style = copy(styles[bold, isinstance(content, str) and "\n" in content])
    return cell


def _cell_value(value: object) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)  # a spreadsheet knows no time zone: the caller gives local time
    if isinstance(value, (date, time)):
        return value
    plain = _plain(value)
    return remove_forbidden(plain)[:_CELL_LENGTH] if isinstance(plain, str) else plain


def _widths(rows: Sequence[Sequence[object]]) -> list[float]:
    """Widths in characters, two for a wide one, from the header and the first 200 rows."""
    columns: list[list[object]] = [[name] for name in rows[0]] if rows else []
    for row in rows[1:_ROWS_MEASURED]:
        for column, value in zip(columns, row, strict=False):
            column.append(value)
    return [min(_WIDEST, max(map(_wide, column)) + 2) for column in columns]


def _wide(value: object) -> int:
    lines = str(_plain(value))[:500].split("\n")
    return max(sum(2 if unicodedata.east_asian_width(char) in "FWA" else 1 for char in line) for line in lines)


# -- Word -----------------------------------------------------------------------------------------------------------------


def write_docx(rows: Iterable[Sequence[object]], header: Sequence[str], *, title: str, notes: Sequence[str] = ()) -> bytes:
    """A page with a heading, a table whose first row comes again on each page, and notes below it; numbers stand to the right."""
    document = Document()
    document.core_properties.title, document.core_properties.author = remove_forbidden(title), "madoguchi"
    normal: Any = document.styles["Normal"]
    normal.font.name = FONT
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)  # Latin and Japanese letters are named apart
    document.add_heading(remove_forbidden(title), level=1)
    listed = [[_said(value) for value in row] for row in rows]
    table = document.add_table(rows=1, cols=len(header))
    table.style = "Table Grid"
    first: Any = table.rows[0]
    first._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell, name in zip(first.cells, header, strict=True):
        cell.paragraphs[0].add_run(remove_forbidden(name)).bold = True
    for row in listed:
        for cell, (text, is_number) in zip(table.add_row().cells, row, strict=False):
            cell.text = text
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT if is_number else WD_ALIGN_PARAGRAPH.LEFT
    for note in notes:
        document.add_paragraph(remove_forbidden(note))
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _said(value: object) -> tuple[str, bool]:
    plain = _plain(value)
    if isinstance(plain, (int, float, Decimal)):
        return f"{plain:,}", True
    return remove_forbidden(str(plain)), False


# -- JSON -----------------------------------------------------------------------------------------------------------------


def write_json(objects: Iterable[object]) -> bytes:
    """A list in UTF-8, one object a line; decimals as numbers where they are whole, else as text, so that none is rounded."""
    lines = (json.dumps(each, ensure_ascii=False, default=_json_value, allow_nan=False) for each in objects)
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode("utf-8", "replace")


def _json_value(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return _plain(value)


# -- reading --------------------------------------------------------------------------------------------------------------


def read_csv(data: bytes) -> tuple[list[dict[str, str]], str]:
    """(rows by column name, encoding) of a CSV or TSV in UTF-8, UTF-16 or CP932, as spreadsheets save them.

    Names and cells lose the space around them, names also their width (Ａ is A). Empty lines are passed over; an apostrophe that
    `write_csv` put before a formula is taken off again. ValueError says in English what is wrong: no encoding fits, no header, a name
    twice, a row with more cells than names.
    """
    text, encoding = _decode(data)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if text.partition("\n")[0].count("\t") else ",")
    header = [unicodedata.normalize("NFKC", name).strip() for name in next(lines, [])]
    if not any(header) or len(set(header)) < len(header):
        raise ValueError("no header, or a column name twice")
    rows: list[dict[str, str]] = []
    for cells in lines:
        if len(cells) > len(header) and any(cells[len(header) :]):
            raise ValueError(f"line {lines.line_num}: more cells than column names")
        if any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * (len(header) - len(cells))]
            rows.append({name: _as_typed(cell.strip()) for name, cell in zip(header, padded, strict=False)})
    return rows, encoding


def _as_typed(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA_START) else cell


def _decode(data: bytes) -> tuple[str, str]:
    marked = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    named = next((encoding for mark, encoding in marked.items() if data.startswith(mark)), None)
    for encoding in [named] if named else ["utf-8", "cp932"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, encoding
    raise ValueError("neither UTF-8 nor UTF-16 nor CP932")
