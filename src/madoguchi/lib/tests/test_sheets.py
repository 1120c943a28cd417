from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from madoguchi.lib.sheets import UnreadableSheet, read_grid, read_grids, under_header

NAMES = {"code": ("施設番号", "番号"), "name": ("施設名", "保育所名"), "seats": ("1歳児", "1歳")}


def xlsx(rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932", "utf-8"])
def test_csv_in_any_of_our_encodings(encoding):
    assert read_grid("施設番号,施設名\r\n100010, つきかげ \r\n".encode(encoding)) == [["施設番号", "施設名"], ["100010", "つきかげ"]]


def test_a_workbook_gives_texts_and_whole_numbers():
    assert read_grid(xlsx([["a", 3.0, None], ["b", 2.5, "＝"]])) == [["a", "3", ""], ["b", "2.5", "＝"]]


def test_the_header_is_found_below_titles_whatever_its_widths():
    grid = [
        ["令和9年4月 募集人員一覧", ""],
        ["", ""],
        ["番 号", "施設名（略称）", "１歳児", "備考"],
        ["100010", "月", "３", "x"],
        ["", "", "", ""],
    ]
    found = under_header(grid, NAMES, needed=("code",))
    assert (found.header_row, found.unknown) == (3, ("備考",))
    assert found.rows == ((4, {"code": "100010", "name": "月", "seats": "３"}),)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 no workbook", "not_a_sheet"),
        (b"\x00\x01\x02", "not_a_sheet"),
        (b"\x81\x20\xff\xff", "not_a_sheet"),
        (b"a" * (10 * 1024 * 1024 + 1), "too_large"),
        (b"x\n" * 20_002, "too_long"),
    ],
)
def test_what_is_no_sheet_is_refused(data, reason):
    with pytest.raises(UnreadableSheet) as refused:
        read_grid(data)
    assert refused.value.reason == reason


def test_a_sheet_without_the_needed_column_has_no_header():
    with pytest.raises(UnreadableSheet) as refused:
        under_header([["施設名"], ["月"]], NAMES, needed=("code",))
    assert refused.value.reason == "no_header"


def merged(rows, *ranges) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    for one in ranges:
        book.worksheets[0].merge_cells(one)
    book.create_sheet("二枚目").append(["x"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_merged_cells_stand_in_every_cell_that_they_cover_and_all_sheets_are_read():
    grids = read_grids(merged([["課", "件数", ""], ["保育課", "1", "2"], ["", "3", "4"]], "A2:A3", "B1:C1"))
    assert grids == [("Sheet", [["課", "件数", "件数"], ["保育課", "1", "2"], ["保育課", "3", "4"]]), ("二枚目", [["x"]])]


@pytest.mark.parametrize(("data", "reason"), [(b"PK\x03\x04 no zip", "not_a_sheet"), (xlsx([[]]), "empty"), (b"", "empty")])
def test_no_grids_in_what_is_no_workbook(data, reason):
    with pytest.raises(UnreadableSheet) as caught:
        read_grids(data)
    assert caught.value.reason == reason
