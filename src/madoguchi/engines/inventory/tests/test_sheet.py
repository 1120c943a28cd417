"""Sheets made dirty in the ways in which divisions send them: each is understood, and what is not is named with its row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.inventory import NoHeader, understand

HEAD = ["手続番号", "所管課", "手続名", "根拠法令", "年間件数", "押印"]
ROWS = [["1", "保育課", "利用申込", "子ども・子育て支援法", "5000", "不要"], ["2", "保育課", "現況届", "", "9000", "要"]]


def names(grid):
    return [values["name"] for _, values in understand(grid).rows]


PLAIN = ["利用申込", "現況届"]
DIRTY = {
    "plain": [HEAD, *ROWS],
    "title above": [["令和8年度 棚卸調査票"], [], HEAD, *ROWS],
    "notes above and below": [["※太枠を記入"], HEAD, *ROWS, ["※件数は概数で可"]],
    "full-width header": [["手続番号", "所 管 課", "手　続　名", "根拠法令", "年間件数", "押印"], *ROWS],
    "line break in the header": [["手続\n番号", "所管課", "手続名\n（正式名称）", "根拠法令", "年間件数\n(実績)", "押印"], *ROWS],
    "numbered header": [["①手続番号", "②所管課", "③手続名", "④根拠法令", "⑤年間件数", "⑥押印"], *ROWS],
    "marks in the header": [["■手続番号", "＊所管課", "【手続名】", "根拠法令※1", "年間件数：", "押印"], *ROWS],
    "other names": [["No.", "担当課", "手続の名称", "根拠", "件数", "押印の要否"], *ROWS],
    "two header rows": [
        ["手続番号", "所管課", "手続", "", "年間件数", ""], ["", "", "手続名", "根拠法令", "総件数", "うちオンライン"],
        ["1", "保育課", "利用申込", "", "5000", "10"], ["2", "保育課", "現況届", "", "9000", "0"],
    ],
    "three header rows": [
        ["調査票", "", "", "", "", ""], ["基本", "", "", "", "件数", ""],
        ["手続番号", "所管課", "手続名", "根拠法令", "年間件数", "うちオンライン"],
        ["1", "保育課", "利用申込", "", "5,000", "10"], ["2", "保育課", "現況届", "", "9,000", ""],
    ],
    "empty rows between": [HEAD, [], ROWS[0], ["", "", "", "", "", ""], ROWS[1]],
    "empty columns": [["", *HEAD[:3], "", *HEAD[3:]], *[["", *row[:3], "", *row[3:]] for row in ROWS]],
    "total below": [HEAD, *ROWS, ["", "", "合計", "", "14000", ""]],
    "subtotal by division": [HEAD, ROWS[0], ["小計", "", "", "", "5000", ""], ROWS[1]],
    "header again": [HEAD, ROWS[0], HEAD, ROWS[1]],
    "example row": [HEAD, ["例", "○○課", "△△の届出", "××法", "100", "要"], *ROWS],
    "division only once": [HEAD, ROWS[0], ["2", "", *ROWS[1][2:]]],
    "the same row twice": [HEAD, *ROWS, ROWS[0]],
    "short rows": [HEAD, ROWS[0], ROWS[1][:3]],
    "long rows": [HEAD, [*ROWS[0], "", "余白"], ROWS[1]],
    "no number": [HEAD[1:], *[row[1:] for row in ROWS]],
    "unknown columns": [[*HEAD, "備考欄の予備", "色"], *[[*row, "x", "y"] for row in ROWS]],
    "column twice": [[*HEAD, "年間件数"], *[[*row, "1"] for row in ROWS]],
    "spaces in cells": [HEAD, *[[f" {cell}　" for cell in row] for row in ROWS]],
    "a remark at the side": [[*HEAD, ""], [*ROWS[0], "※要確認"], [*ROWS[1], ""]],
    "about": [HEAD, [*ROWS[0][:4], "約5千件", "不要"], ROWS[1]],
    "free text in a coded column": [HEAD, [*ROWS[0][:5], "認印で可、ただし法人は実印"], ROWS[1]],
    "number column of dashes": [["番号", *HEAD[1:]], ["-", *ROWS[0][1:]], ["-", *ROWS[1][1:]]],
    "order of columns": [list(reversed(HEAD)), *[list(reversed(row)) for row in ROWS]],
    "row without a name": [HEAD, *ROWS, ["3", "保育課", "", "", "7", ""]],
    "halfwidth kana": [["手続番号", "所管課", "手続名", "根拠法令", "年間件数", "押印"], ["1", "保育課", "利用申込", "", "５０００", "ﾌﾖｳ"], ROWS[1]],
}  # fmt: skip


@pytest.mark.parametrize("way", DIRTY)
def test_a_sheet_dirty_in_one_way_is_understood(way):
    assert names(DIRTY[way]) == PLAIN


def test_at_least_thirty_ways():
    assert len(DIRTY) >= 30


@pytest.mark.parametrize(
    ("way", "row", "word"),
    [
        ("notes above and below", 5, "note"), ("total below", 4, "total"), ("subtotal by division", 3, "total"), ("header again", 3, "header_again"),
        ("example row", 2, "example"), ("the same row twice", 4, "twice"), ("row without a name", 4, "no_name"),
    ],
)  # fmt: skip
def test_a_row_that_is_not_read_is_named(way, row, word):
    assert [(one.row, one.word) for one in understand(DIRTY[way]).passed] == [(row, word)]


def test_doubts_name_row_and_column():
    doubts = understand(DIRTY["free text in a coded column"]).doubts
    assert [(one.row, one.column, one.word) for one in doubts] == [(2, "押印", "unknown_code")]
    assert [(one.row, one.word) for one in understand(DIRTY["division only once"]).doubts] == [(3, "filled_down")]
    sheet = [[*HEAD, "うちオンライン件数"], [*ROWS[0], "6000"]]
    assert [(one.row, one.word) for one in understand(sheet).doubts] == [(2, "online_exceeds")]


def test_two_header_rows_mean_their_columns_together():
    found = understand(DIRTY["two header rows"])
    assert found.header == (1, 2)
    assert [(values["count_total"], values["count_online"]) for _, values in found.rows] == [(5000, 10), (9000, 0)]


def test_unknown_columns_are_named_with_their_letter():
    assert understand(DIRTY["unknown columns"]).unknown == [("G", "備考欄の予備"), ("H", "色")]
    assert understand(DIRTY["column twice"]).unknown == [("G", "年間件数")]


@pytest.mark.parametrize("grid", [[], [[]], [["a", "b"], ["1", "2"]], [["所管課", "年間件数"], ["x", "1"]]])
def test_what_is_no_inventory_is_refused(grid):
    with pytest.raises(NoHeader):
        understand(grid)


STATE = ["手続ID", "手続名", "法令名", "根拠条項号", "経由機関"]


def test_rows_that_differ_in_the_states_id_or_in_the_authority_in_between_are_told_apart():
    same = ["認定の申請", "児童福祉法", "第6条"]
    rows = [["101", *same, "1"], ["102", *same, "3"], ["103", *same, ""], ["104", *same, ""]]
    assert [number for number, _ in understand([STATE, *rows]).rows] == [2, 3, 4, 5]
    found = understand([STATE[1:], *[row[1:] for row in rows]])
    assert [number for number, _ in found.rows] == [2, 3, 4]
    assert [(one.row, one.text, one.word) for one in found.passed] == [(5, "認定の申請 ← 4", "twice")]


def test_the_states_id_says_that_a_row_came_twice_but_not_in_another_division():
    head, row = ["手続ID", "所管課", "手続名"], ["101", "保育課", "利用申込"]
    found = understand([head, row, ["１０１", "保育課", "利用の申込"], ["101", "税務課", "利用申込"], ["-", "保育課", "利用申込"]])
    assert [number for number, _ in found.rows] == [2, 4, 5]
    assert [(one.row, one.word) for one in found.passed] == [(3, "twice")]


@pytest.mark.parametrize("name", ["注射済票の交付申請", "注文住宅届", "注入施設設置届", "狂犬病予防注射済票", "備え付け届"])
def test_a_procedure_whose_name_begins_like_a_note_is_read(name):
    assert names([["手続名", "件数"], [name, "1"]]) == [name]


@pytest.mark.parametrize(
    "text", ["※概数で可", "＊概数で可", "*概数", "（注）概数", "(注1) 概数", "注）概数", "注：概数", "注:概数", "注1 概数", "注①", "注 概数", "注　概数",
             "注", "備考", "備考：概数", "注意：概数", "注意事項", "注記 概数", "【注】概数"],
)  # fmt: skip
def test_a_note_is_no_procedure(text):
    found = understand([["手続名", "件数"], ["利用申込", "1"], [text, ""]])
    assert [(one.row, one.word) for one in found.passed] == [(3, "note")]


class Marked(list[list[str]]):
    merged: tuple[tuple[int, int, int, int], ...] = ()
    formulas: frozenset[tuple[int, int]] = frozenset()


def test_a_count_over_two_rows_is_counted_once():
    grid = Marked([[*HEAD, "標準処理期間"], *[[*row[:4], "9000", "不要", "14日"] for row in ROWS]])
    grid.merged = ((5, 2, 5, 3), (7, 2, 7, 3), (2, 2, 2, 3))
    found = understand(grid)
    assert [(values["count_total"], values["standard_days"], values["division"]) for _, values in found.rows] == [
        (9000, 14, "保育課"), (None, 14, "保育課"),
    ]  # fmt: skip
    assert [(one.row, one.column, one.text, one.word) for one in found.doubts] == [(3, "年間件数", "9000", "merged")]


def test_a_count_over_two_columns_is_counted_once():
    grid = Marked([["手続名", "年間件数", "うちオンライン"], ["利用申込", "50", "50"]])
    grid.merged = ((2, 2, 3, 2),)
    found = understand(grid)
    assert (found.rows[0][1]["count_total"], found.rows[0][1]["count_online"]) == (50, None)
    assert [(one.column, one.word) for one in found.doubts] == [("うちオンライン", "merged")]


def test_a_formula_that_nobody_calculated_is_not_taken():
    grid = Marked([["手続名", "根拠法令", "年間件数"], ["利用申込", "=VLOOKUP(A2,X:Y,2)", "=1+1"], ["=A2", "", "3"]])
    grid.formulas = frozenset({(2, 2), (2, 3), (3, 1)})
    found = understand(grid)
    assert found.rows == [(2, {"name": "利用申込", "law": None, "count_total": None})]
    assert [(one.row, one.column, one.text, one.word) for one in found.doubts] == [
        (2, "根拠法令", "=VLOOKUP(A2,X:Y,2)", "formula"), (2, "年間件数", "=1+1", "formula"),
    ]  # fmt: skip
    assert [(one.row, one.text, one.word) for one in found.passed] == [(3, "=A2", "no_name")]


def test_a_division_that_nobody_calculated_is_not_filled_in_from_above():
    grid = Marked([["所管課", "手続名"], ["保育課", "利用申込"], ["=X1", "現況届"]])
    grid.formulas = frozenset({(3, 1)})
    found = understand(grid)
    assert [values["division"] for _, values in found.rows] == ["保育課", "=X1"]
    assert [(one.row, one.word) for one in found.doubts] == [(3, "formula")]


@given(
    st.lists(
        st.lists(st.sampled_from(["", "手続名", "所管課", "年間件数", "1", "合計", "※", "例", "利用申込", "うちオンライン"]), max_size=6),
        max_size=12,
    )
)
def test_every_row_under_the_header_is_read_passed_or_empty(grid):
    try:
        found = understand(grid)
    except NoHeader:
        return
    told = {number for number, _ in found.rows} | {one.row for one in found.passed}
    for number, row in enumerate(grid[found.header[1] :], found.header[1] + 1):
        assert (number in told) == any(cell.strip() for cell in row)
