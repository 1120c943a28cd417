"""Paper forms as Word documents and workbooks, and what is neither."""

from __future__ import annotations

import contextlib
import io
import zipfile

import pytest
from docx import Document
from openpyxl import Workbook

from madoguchi.lib.paper import read_paper
from madoguchi.lib.sheets import UnreadableSheet


def word() -> bytes:
    made, out = Document(), io.BytesIO()
    made.add_paragraph("架空の申請書")
    table = made.add_table(rows=2, cols=3)
    table.cell(0, 0).text, table.cell(0, 1).text = "氏名", ""
    table.cell(1, 0).merge(table.cell(1, 1)).text = "住所"
    made.add_paragraph("")
    made.add_paragraph("備考：")
    made.save(out)
    return out.getvalue()


def book() -> bytes:
    made, out = Workbook(), io.BytesIO()
    made.remove(made.worksheets[0])
    made.create_sheet("表").append(["氏名", None, "電話"])
    made.create_sheet("裏").append(["備考"])
    made.save(out)
    return out.getvalue()


def test_a_document_is_read_in_its_order():
    assert read_paper(word()) == [["架空の申請書"], ["氏名", "", ""], ["住所", "住所", ""], ["備考："]]


def test_every_sheet_of_a_workbook_is_read():
    assert read_paper(book()) == [["氏名", "", "電話"], ["備考"]]


@pytest.mark.parametrize(
    ("data", "reason"), [(b"", "not_a_sheet"), (b"%PDF-1.7", "not_a_sheet"), (b"a,b", "not_a_sheet"), (b"PK\x03\x04x", "not_a_sheet")]
)
def test_what_is_neither_says_so(data, reason):
    with pytest.raises(UnreadableSheet) as unreadable:
        read_paper(data)
    assert unreadable.value.reason == reason


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_damaged_document_is_no_accident(cut):
    data = word()
    damaged = bytearray(data)
    at = len(data) * cut // 12
    damaged[at : at + 40] = b"\xff" * 40
    with contextlib.suppress(UnreadableSheet):  # anything else fails the test
        assert read_paper(bytes(damaged))


def test_a_document_with_nothing_on_it_is_empty():
    out = io.BytesIO()
    Document().save(out)
    with pytest.raises(UnreadableSheet) as unreadable:
        read_paper(out.getvalue())
    assert unreadable.value.reason == "empty"


def test_a_document_or_workbook_with_macros_is_not_read():
    for made in (word(), book()):
        out = io.BytesIO(made)
        with zipfile.ZipFile(out, "a") as packed:
            packed.writestr("word/vbaProject.bin" if b"word/document.xml" in made else "xl/vbaProject.bin", b"x")
        with pytest.raises(UnreadableSheet) as unreadable:
            read_paper(out.getvalue())
        assert unreadable.value.reason == "macros"
