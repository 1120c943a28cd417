"""Paper forms as files: the texts of a Word document, a workbook or a PDF as grids, in the order in which they stand on the paper."""

from __future__ import annotations

import io
import zipfile

from docx import Document
from docx.opc.exceptions import OpcError
from docx.table import Table

from madoguchi.lib.paper_pdf import read_pdf
from madoguchi.lib.sheets import DAMAGED, MOST_BYTES, MOST_UNPACKED, Grid, UnreadableSheet, read_grids

MOST_LINES = 2_000
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .doc and .xls, and of a .docx or .xlsx with a password
LOCKED = "EncryptedPackage".encode("utf-16-le")


def read_paper(data: bytes) -> Grid:
    """The rows of every table and sheet, and lines of text as rows of one cell. A merged cell's text stands in each cell that it covers.

    Raises UnreadableSheet. `reason`: too_large; macros; old (.doc, .xls); locked (a password); scan (a PDF of pictures); empty;
    not_a_sheet for what is neither .docx nor .xlsx nor .pdf, or damaged.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableSheet("too_large")
    rows = _rows(data)
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise UnreadableSheet("empty")
    return rows[:MOST_LINES]


def _rows(data: bytes) -> Grid:
    if data.startswith(OLD):
        raise UnreadableSheet("locked" if LOCKED in data else "old")
    if b"%PDF-" in data[:1024]:
        return read_pdf(data)
    if not data.startswith(b"PK"):
        raise UnreadableSheet("not_a_sheet")
    return _document(data) if _is_document(data) else [row for _name, grid in read_grids(data) for row in grid]


def _is_document(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
                raise UnreadableSheet("too_large")
            if any(name.endswith("vbaProject.bin") for name in packed.namelist()):
                raise UnreadableSheet("macros")
            return "word/document.xml" in packed.namelist()
    except zipfile.BadZipFile as error:
        raise UnreadableSheet("not_a_sheet") from error


def _document(data: bytes) -> Grid:
    rows: Grid = []
    try:
        for block in Document(io.BytesIO(data)).iter_inner_content():
            rows += [[cell.text for cell in row.cells] for row in block.rows] if isinstance(block, Table) else [[block.text]]
            if len(rows) > MOST_LINES:
                break
    except (OpcError, *DAMAGED) as error:
        raise UnreadableSheet("not_a_sheet") from error
    return rows
