from __future__ import annotations

import contextlib
import io
import re
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
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


# -- damaged, hostile and odd workbooks ----------------------------------------------------------------------------------------

SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"


def repacked(data: bytes, name: str, change) -> bytes:
    """A workbook with one of its parts changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry)
            new.writestr(entry.filename, change(part) if entry.filename == name else part)
    return target.getvalue()


def marked_encrypted(data: bytes) -> bytes:
    """The flag for encryption set on every entry, in the local headers and in the directory."""
    marked = bytearray(data)
    for sign, behind in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(sign), data):
            marked[found.start() + behind] |= 1
    return bytes(marked)


def with_damaged_deflate(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        entry = packed.getinfo(SHEET)
    start = entry.header_offset + 30 + len(SHEET)
    return data[: start + 8] + b"\xff" * 24 + data[start + 32 :]


LIST = xlsx([["手続名", "年間件数"], *[[f"届出{number}", number] for number in range(40)]])
DAMAGED = {
    "worksheet cut in half": repacked(LIST, SHEET, lambda xml: xml[: len(xml) // 2]),
    "worksheet empty": repacked(LIST, SHEET, lambda _xml: b""),
    "workbook broken": repacked(LIST, BOOK, lambda xml: xml[:-40]),
    "styles broken": repacked(LIST, "xl/styles.xml", lambda xml: xml[:200]),
    "shared string nowhere": repacked(LIST, SHEET, lambda xml: xml.replace(b"<v>39</v>", b"<v>99</v>").replace(b'r="B41" t="n"', b'r="B41" t="s"')),
    "deflate damaged": with_damaged_deflate(LIST),
    "encrypted": marked_encrypted(LIST),
    "cut off": LIST[: len(LIST) // 2],
    "infinite number": repacked(LIST, SHEET, lambda xml: xml.replace(b"<v>39</v>", b"<v>1e999</v>")),
    "cell nowhere": repacked(LIST, SHEET, lambda xml: xml.replace(b'r="B3"', b'r="3B"')),
    "merge nowhere": repacked(LIST, SHEET, lambda xml: xml.replace(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:ZZZZ9"/></mergeCells>')),
}  # fmt: skip


@pytest.mark.parametrize("way", DAMAGED)
def test_a_damaged_workbook_is_refused_in_our_own_words(way):
    readers = (read_grids,) if way == "merge nowhere" else (read_grid, read_grids)
    for read in readers:
        with pytest.raises(UnreadableSheet) as refused:
            read(DAMAGED[way])
        assert refused.value.reason == "not_a_sheet"


@pytest.mark.filterwarnings("ignore::UserWarning")  # openpyxl's, of what it could mend
@given(st.integers(0, len(LIST) - 1), st.integers(1, 255))
def test_one_wrong_byte_anywhere_never_breaks_it(place, change):
    data = bytearray(LIST)
    data[place] ^= change
    for read in (read_grid, read_grids):
        with contextlib.suppress(UnreadableSheet):
            read(bytes(data))


@pytest.mark.filterwarnings("ignore::UserWarning")  # openpyxl's, of what it could mend
@given(st.data())
def test_a_wrong_byte_in_a_part_never_breaks_it(data):
    name = data.draw(st.sampled_from([SHEET, BOOK, "xl/styles.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"]))
    with zipfile.ZipFile(io.BytesIO(LIST)) as packed:
        part = bytearray(packed.read(name))
    part[data.draw(st.integers(0, len(part) - 1))] = data.draw(st.sampled_from(b'<>"=/ A09-x'))
    with contextlib.suppress(UnreadableSheet):
        read_grids(repacked(LIST, name, lambda _part: bytes(part)))


def with_merges(data: bytes, *refs: str) -> bytes:
    merges = "".join(f'<mergeCell ref="{ref}"/>' for ref in refs).encode()
    return repacked(data, SHEET, lambda xml: xml.replace(b"</sheetData>", b"</sheetData><mergeCells>" + merges + b"</mergeCells>"))


def test_merges_that_cover_a_sheet_again_and_again_are_refused_at_once():
    sheet = xlsx([["x"] * 100] * 100)
    read_grids(with_merges(sheet, "A1:CV100"))
    begun = time.monotonic()
    with pytest.raises(UnreadableSheet):
        read_grids(with_merges(sheet, *["A1:GR19001"] * 20_000))
    assert time.monotonic() - begun < 2  # 20,000 times 10,000 cells take far longer


def test_a_merge_reaches_no_farther_than_the_used_range():
    ((_, grid),) = read_grids(with_merges(xlsx([["a", "b"], ["c", "d"]]), "A2:XFD1048576", "C9:D10"))
    assert grid == [["a", "b"], ["c", "c"]]
    assert grid.merged == [(1, 2, 2, 2)]


@pytest.mark.parametrize("ref", ["A1:A1", "A1", "A1:XFD1048576", "C3:D4"])
def test_the_size_that_a_file_says_of_itself_is_not_believed(ref):
    wrong = repacked(LIST, SHEET, lambda xml: re.sub(rb'<dimension ref="[^"]*"', f'<dimension ref="{ref}"'.encode(), xml))
    assert read_grids(wrong) == read_grids(LIST)
    assert read_grid(wrong) == read_grid(LIST)
    assert len(read_grid(LIST)) == 41


def test_a_formula_that_nobody_calculated_is_named_and_shown():
    ((_, grid),) = read_grids(xlsx([["手続名", "件数"], ["届出", '=SUM(C1:C9)&"<"'], ["x", None]]))
    assert grid == [["手続名", "件数"], ["届出", '=SUM(C1:C9)&"<"'], ["x", ""]]
    assert grid.formulas == {(2, 2)}
    calculated = repacked(xlsx([["a", "=1+1"]]), SHEET, lambda xml: re.sub(rb"<v\s*/>|<v></v>", b"<v>2</v>", xml))
    ((_, grid),) = read_grids(calculated)
    assert grid == [["a", "2"]]
    assert not grid.formulas
