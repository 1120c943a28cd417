"""Paper forms as PDF: drawn tables, fields to fill, and files that have no text, a password or faults. All of them are invented."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import pikepdf
import pytest
import typst
from PIL import Image

from madoguchi.engines.forms.guessing import proposals
from madoguchi.lib.documents.fonts import packaged
from madoguchi.lib.paper import LOCKED, OLD, read_paper
from madoguchi.lib.sheets import UnreadableSheet

TABLE = """#set page(paper: "a4", margin: 2cm)
#set text(font: "IPAexGothic", size: 10pt)
#align(center)[架空の申請書]
#table(columns: (3cm, 1fr, 3cm, 1fr),
  [氏　　名], [], [生年月日], [　　年　　月　　日],
  [住所], table.cell(colspan: 3)[〒],
  [性別], [□男　□女　□答えない], [電話番号], [],
  table.cell(rowspan: 2)[手当], [家族の人数], table.cell(colspan: 2)[], [Name of office], table.cell(colspan: 2)[])
備考：
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> bytes:
    source = tmp_path_factory.mktemp("paper") / "form.typ"
    source.write_text(TABLE, "utf-8")
    return typst.compile(source, font_paths=packaged())


def reason_of(data: bytes) -> str:
    with pytest.raises(UnreadableSheet) as unreadable:
        read_paper(data)
    return unreadable.value.reason


def test_a_drawn_table_is_read_cell_by_cell_with_the_empty_ones(table):
    assert read_paper(table) == [
        ["架空の申請書"],
        ["氏名", "", "生年月日", "年月日"],
        ["住所", "〒"],
        ["性別", "□男□女□答えない", "電話番号", ""],
        ["手当", "家族の人数", ""],
        ["Name of office", ""],
        ["備考："],
    ]


def test_its_questions_are_proposed_with_their_types(table):
    found = [(one.guess.part["label"]["ja"], one.guess.part["type"]) for one in proposals(read_paper(table))]
    assert found[:5] == [("氏名", "person_name"), ("生年月日", "date"), ("住所", "address"), ("性別", "choice"), ("電話番号", "phone")]
    assert ("家族の人数", "number") in found
    assert ("備考", "long_text") in found


# -- fields -----------------------------------------------------------------------------------------------------------------------------------


def fields(*given: dict[str, Any], text: str = "") -> bytes:
    """A page with form fields; `given` are their dictionaries."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                F1=pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
            )
        )
        page.Contents = pdf.make_stream(text.encode())
        made = [
            pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, P=page.obj, F=4, **one))
            for one in given
        ]
        page.Annots = pdf.make_indirect(pikepdf.Array(made))
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(made))
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def at(left: float, top: float, width: float = 200) -> pikepdf.Array:
    return pikepdf.Array([left, 842 - top - 16, left + width, 842 - top])


def test_fields_are_named_by_their_words_or_by_what_stands_beside_them():
    text = "BT /F1 10 Tf 60 738 Td (Telephone) Tj ET BT /F1 10 Tf 400 738 Td (Town) Tj ET BT /F1 10 Tf 120 703 Td (I agree) Tj ET"
    data = fields(
        {"FT": pikepdf.Name.Tx, "T": "a1", "TU": "氏名", "Rect": at(120, 60)},
        {"FT": pikepdf.Name.Tx, "T": "a2", "Rect": at(120, 90, 100)},
        {"FT": pikepdf.Name.Tx, "T": "a3", "Rect": at(440, 90, 100)},
        {"FT": pikepdf.Name.Btn, "T": "a4", "Rect": at(100, 125, 14)},
        {"FT": pikepdf.Name.Ch, "T": "a5", "TU": "続柄", "Opt": pikepdf.Array(["父", "母", "その他"]), "Ff": 1 << 17, "Rect": at(120, 160)},
        {"FT": pikepdf.Name.Tx, "T": "lonely", "Rect": at(120, 400)},
        text=text,
    )
    rows = read_paper(data)
    assert rows == [["氏名", ""], ["Telephone", ""], ["Town", ""], ["I agree", "はい・いいえ"], ["続柄", "□父 □母 □その他"], ["lonely", ""]]
    types = {one.guess.part["label"]["ja"]: one.guess.part["type"] for one in proposals(rows)}
    assert (types["氏名"], types["続柄"], types["I agree"]) == ("person_name", "choice", "yes_no")


# -- what cannot be read ------------------------------------------------------------------------------------------------------------------


def test_a_scan_says_that_it_is_one():
    out = io.BytesIO()
    Image.new("RGB", (200, 300), "white").save(out, "PDF")
    assert reason_of(out.getvalue()) == "scan"


def test_an_empty_page_is_empty():
    assert reason_of(fields()) == "empty"


def test_a_password_says_so(table):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(table)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="x", user="y"))
    assert reason_of(out.getvalue()) == "locked"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7 nothing", "not_a_sheet"),
        (OLD + b"\0" * 600, "old"),
        (OLD + b"\0" * 100 + LOCKED, "locked"),
        (b"x" * (10 * 1024 * 1024 + 1), "too_large"),
    ],
)
def test_other_files_say_what_they_are(data, reason):
    assert reason_of(data) == reason


@pytest.mark.parametrize("cut", range(1, 8))
def test_a_damaged_pdf_is_no_accident(table, cut):
    damaged = bytearray(table)
    place = len(table) * cut // 8
    damaged[place : place + 60] = b"\xff" * 60
    with contextlib.suppress(UnreadableSheet):  # anything else fails the test
        assert read_paper(bytes(damaged))
