from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from madoguchi.lib.tables import Unmappable, read_csv, write_csv, write_json, write_workbook, write_xlsx


def csv_lines(rows, header=("項目",), **options) -> list[str]:
    return write_csv(rows, header, **options).data.decode(options.get("encoding", "utf-8-sig")).split("\r\n")


def sheet_of(data: bytes):
    return load_workbook(io.BytesIO(data)).active


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", '"\'\n=1"'),
        ("＝1+1", "'＝1+1"),
        ("-5", "-5"),
        ("-1,200", '"-1,200"'),
        ("+81", "+81"),
        (-5, "-5"),
        (-5.5, "-5.5"),
        (Decimal("-0.10"), "-0.10"),
        (None, '""'),
        (True, "1"),
        (False, "0"),
        (date(2026, 4, 1), "2026-04-01"),
        (datetime(2026, 4, 1, 10, 5, tzinfo=UTC), "2026-04-01T10:05:00+00:00"),
        (time(9, 30), "09:30:00"),
        (["=a", "b"], "'=a、b"),
        ("a,b", '"a,b"'),
        ("一行目\n二行目", '"一行目\n二行目"'),
        ("a\x00b\u202e", "ab"),
        ("𠮷", "𠮷"),
    ],
)
def test_cells_of_csv(value, cell) -> None:
    assert write_csv([[value]], ["項目"]).data == b"\xef\xbb\xbf" + f"項目\r\n{cell}\r\n".encode()


def test_a_header_is_no_formula_either() -> None:
    assert csv_lines([], ["=x", "b"])[0] == "'=x,b"


def test_cp932_reports_what_it_cannot_hold() -> None:
    written = write_csv([["𠮷野", "渡辺"], ["髙﨑", "辻\U000e0100・😀"], ["波〜線−", "￠"]], ["氏名", "備考"], encoding="cp932")
    assert written.data.decode("cp932").split("\r\n") == ["氏名,備考", "〓野,渡辺", "髙﨑,辻・〓", "波～線－,￠", ""]
    assert written.unmappable == [
        Unmappable(1, "氏名", "𠮷野", "𠮷"),
        Unmappable(2, "備考", "辻\U000e0100・😀", "辻\U000e0100"),
        Unmappable(2, "備考", "辻\U000e0100・😀", "😀"),
    ]


def test_cp932_reports_the_header_as_row_0() -> None:
    assert write_csv([], ["𠮷"], encoding="cp932").unmappable == [Unmappable(0, "𠮷", "𠮷", "𠮷")]


def test_utf8_reports_nothing() -> None:
    assert write_csv([["𠮷😀"]], ["a"]).unmappable == []


def test_xlsx_has_texts_numbers_dates_and_no_formula() -> None:
    rows = [
        ["=1+1", -5, Decimal("1.5"), date(2026, 4, 1), None, True],
        ["+81", "0012", 1.25, datetime(2026, 4, 1, 9, 0, tzinfo=UTC), "a\nb", "𠮷"],
    ]
    sheet = sheet_of(write_xlsx(rows, ["甲", "乙", "丙", "丁", "戊", "己"], title="一覧/令和8年[4月]"))
    assert sheet.title == "一覧 令和8年 4月"
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[1]] == ["甲", "乙", "丙", "丁", "戊", "己"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert (sheet["B2"].value, sheet["C2"].value, sheet["D2"].value, sheet["F2"].value) == (-5, 1.5, datetime(2026, 4, 1), 1)
    assert (sheet["B3"].value, sheet["E3"].value, sheet["F3"].value) == ("0012", "a\nb", "𠮷")
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_xlsx_is_wide_enough_and_takes_nonsense() -> None:
    sheet = sheet_of(write_xlsx([["あ" * 10], ["x" * 40_000], ["a\x00\x0b\ud800b"]], ["氏名"], title="[]"))
    assert sheet.column_dimensions["A"].width >= 20
    assert len(sheet["A3"].value) == 32_767
    assert sheet["A4"].value == "ab"
    assert sheet_of(write_xlsx([], [], title="空")).max_row <= 1


def test_several_sheets() -> None:
    book = load_workbook(io.BytesIO(write_workbook({"申請": [["番号"], ["K7M"]], "申請?": [["氏名"]], "長" * 40: []})))
    assert book.sheetnames == ["申請", "申請1", "長" * 28]
    assert book["申請"]["A2"].value == "K7M"


def test_json() -> None:
    made = write_json([{"氏名": "𠮷", "額": Decimal("10.50"), "数": Decimal("3"), "日": date(2026, 4, 1), "無": None, "真": True}, {}])
    assert json.loads(made) == [{"氏名": "𠮷", "額": "10.50", "数": 3, "日": "2026-04-01", "無": None, "真": True}, {}]
    assert "𠮷".encode() in made
    assert json.loads(write_json([])) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_csv_is_read_in_any_encoding(encoding) -> None:
    text = 'ＩＤ, 氏名 \r\n1,髙橋\r\n\r\n2,"a,b"\r\n3\r\n'
    rows, found = read_csv(text.encode(encoding))
    assert rows == [{"ID": "1", "氏名": "髙橋"}, {"ID": "2", "氏名": "a,b"}, {"ID": "3", "氏名": ""}]
    assert found == encoding


def test_tabs_and_apostrophes() -> None:
    assert read_csv("a\tb\n'=1\t'本\n".encode())[0] == [{"a": "=1", "b": "'本"}]


@pytest.mark.parametrize("data", [b"", b"\n", b"a,a\n1,2", b"a,b\n1,2,3", b"\x81", b"\xff\xfea", b"a\x00b\n", b",,\n1,2,3"])
def test_what_cannot_be_read_is_a_value_error(data) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read_csv(data)


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Cn", "Co")), max_size=20)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_what_is_written_is_read_back_and_begins_no_formula(rows) -> None:
    data = write_csv(rows, ["甲", "乙"]).data
    for row in list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1:]:
        assert not [cell for cell in row if cell[:1] in ("=", "@")]
    assert json.loads(write_json([list(row) for row in rows])) == [list(row) for row in rows]


@given(st.lists(st.text(max_size=20), max_size=5))
def test_any_text_can_be_written(texts) -> None:
    for encoding in ("utf-8-sig", "cp932"):
        write_csv([texts], ["a"], encoding=encoding).data.decode(encoding)
    write_json([texts])
