"""What a cell says, dirty as people leave it; and that what we write is read back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.inventory import MOST_ASKED, Column, asked, columns, read_cell, write_cell

COLUMNS = columns()


def test_the_national_columns_are_all_there_with_their_codes_told_apart():
    national = [column for column in COLUMNS.values() if column.group == "national"]
    assert len(national) == 46
    assert 0 < len(asked()) <= MOST_ASKED
    assert all(column.codes for column in COLUMNS.values() if column.kind in ("code", "codes"))


@pytest.mark.parametrize(
    ("column", "text", "value", "doubt"),
    [
        ("count_total", "１，２００件", 1200, ""),
        ("count_total", "1,200", 1200, ""),
        ("count_total", "約1200件", 1200, "about"),
        ("count_total", "1200件程度", 1200, "about"),
        ("count_total", "1万2千", 12000, ""),
        ("count_total", "1.5万件", 15000, ""),
        ("count_total", "三千", 3000, ""),
        ("count_total", "1000～1500", None, "range"),
        ("count_total", "不明", None, ""),
        ("count_total", "－", None, ""),
        ("count_total", "なし", 0, ""),
        ("count_total", "実績なし", 0, ""),
        ("count_total", "-5", None, "negative"),
        ("count_total", "多数", None, "not_a_number"),
        ("count_total", "12.0", 12, ""),
        ("count_total", "12.5", None, "not_a_number"),
        ("count_total", "9" * 30, None, "not_a_number"),
        ("type", "1 申請等", "1", ""),
        ("type", "１．申請等", "1", ""),
        ("type", "申請等", "1", ""),
        ("type", "2-1", "2-1", ""),
        ("type", "２－１　申請等に基づく処分通知等", "2-1", ""),
        ("type", "わからない", None, "unknown_code"),
        ("common", "○", "〇", ""),
        ("common", "◯", "〇", ""),
        ("common", "×", "✕", ""),
        ("seal", "要（認印）", "required", ""),
        ("seal", "無", "not_required", ""),
        ("fee", "有（300円）", "2", ""),
        ("fee_yen", "300円", 300, ""),
        ("standard_days", "１４日", 14, ""),
        ("standard_days", "2週間以内", 14, ""),
        ("standard_days", "１か月", 30, "months_as_days"),
        ("standard_days", "即日", 0, ""),
        ("standard_days", "概ね10日", 10, "about"),
        ("standard_days", "案件による", None, "no_days"),
        ("target_year", "令和９年度", 2027, ""),
        ("target_year", "R9", 2027, ""),
        ("target_year", "2027年度", 2027, ""),
        ("target_year", "R9.3", 2026, ""),
        ("target_year", "そのうち", None, "not_a_year"),
        ("reception", "窓口、郵送・電子", ["counter", "post", "online"], ""),
        ("reception", "窓口\n郵送", ["counter", "post"], ""),
        ("reception", "窓口；Ｆａｘ／電話", ["counter", "fax", "phone"], ""),
        ("reception", "窓口、伝書鳩", ["counter"], "some_unknown"),
        ("event_person", "就職・転職；引越し", ["就職・転職", "引越し"], ""),
        ("attachments", "住民票（写し）、戸籍", ["住民票", "戸籍"], ""),
        ("attachments", "添付書類なし", ["添付書類なし"], ""),
        ("barriers", "本人確認・捺印・添付書類・手数料", ["identity", "seal", "papers", "fee"], ""),
        ("barriers", "－", [], ""),
        ("law", "  児童手当法　 ", "児童手当法", ""),
    ],
)
def test_a_cell_is_read_as_people_write_it(column, text, value, doubt):
    cell = read_cell(COLUMNS[column], text)
    assert (cell.value, cell.doubt) == (value, doubt)
    assert bool(cell.unread) == (doubt in ("range", "not_a_number", "negative", "unknown_code", "no_days", "not_a_year", "some_unknown"))


def values_of(column: Column) -> st.SearchStrategy[object]:
    codes = [one.code for one in column.codes]
    made = {
        "text": st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30),
        "code": st.sampled_from(codes or [""]),
        "codes": st.lists(st.sampled_from(codes or [""]), unique=True),
        "count": st.integers(0, 10**8),
        "days": st.integers(0, 400),
        "year": st.integers(1990, 2099),
    }[column.kind]
    return made if column.kind == "codes" else st.none() | made


@given(st.data())
def test_what_is_written_is_read_back(data):
    column = data.draw(st.sampled_from(list(COLUMNS.values())))
    value = data.draw(values_of(column))
    written = write_cell(column, value)
    cell = read_cell(column, "" if written is None else str(written))
    assert (cell.value, cell.doubt) == (value, "")


@given(st.sampled_from(list(COLUMNS.values())), st.text(max_size=60))
def test_no_text_breaks_it_and_nothing_goes_without_a_word(column, text):
    cell = read_cell(column, text)
    if cell.value is None and cell.doubt == "":
        assert not text.strip() or column.kind != "text" or not text.split()
