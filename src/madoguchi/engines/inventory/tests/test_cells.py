"""What a cell says, dirty as people leave it; and that what we write is read back as it was."""

from __future__ import annotations

import re
import unicodedata

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
        # two numbers in one cell, and commas that part no thousands: nobody can say what is meant
        *[
            ("count_total", text, None, "not_a_number")
            for text in (
                "100(50)",
                "100（うち電子50）",
                "100 50",
                "100\n50",
                "10,20",
                "10、20",
                "1,2",
                "1,2000",
                "1200,300",
                "0,100",
                "1, 200",
                "1,200円と300円",
                "1万5",
                "1万50",
                "1.5万2千",
                "1.23456千",
                "2千5",
                "万",
                "〇",
                "1,2千",
                "1.5,000",
            )
        ],
        *[
            ("count_total", text, value, "")
            for text, value in (
                ("1,234,567", 1234567),
                ("１，２００　件", 1200),
                ("(100)", 100),
                ("1万500", 10500),
                ("1万2000件", 12000),
                ("1万2千300", 12300),
                ("1,200万", 12_000_000),
                ("千", 1000),
                ("2,000,000,000", 2_000_000_000),
                ("1200.0", 1200),
                ("500件/年", 500),
                ("20万", 200_000),
            )
        ],
        ("count_total", "1200件（見込み）", 1200, "about"),
        ("count_total", "約 1,200 件", 1200, "about"),
        *[
            ("count_total", text, None, "other_unit")
            for text in ("500円", "500人", "500 回", "約500名", "1,200世帯", "500円程度", "30日", "50％")
        ],
        ("fee_yen", "300件", None, "other_unit"),
        ("fee_yen", "1,500円", 1500, ""),
        *[
            ("count_total", text, None, "not_a_number")
            for text in (
                "2000000001",
                "20万万",
                "9" * 20,
                "9" * 400,
                "9" * 5000,
                "9" * 20 + "万",
                "9" * 9 + "万",
                "1." + "0" * 5000 + "1",
            )
        ],
        *[
            ("standard_days", text, None, "no_days")
            for text in (
                "7(14)",
                "7,14",
                "10 14",
                "10\n14日",
                "7日(14日)",
                "3661",
                "11年",
                "9" * 20,
                "9" * 5000 + "日",
                "〇日",
                "1,2日",
            )
        ],
        ("standard_days", "3660", 3660, ""),
        ("standard_days", "１０　日", 10, ""),
        ("standard_days", "10営業日", 10, "working_days"),
        ("standard_days", "10開庁日以内", 10, "working_days"),
        ("standard_days", "10日（営業日）", 10, "working_days"),
        # a number in front is a code only where its label stands behind it
        *[
            (column, text, None, "unknown_code")
            for column, text in (
                ("fee", "1,500円"),
                ("fee", "1,000"),
                ("fee", "1500円"),
                ("fee", "1.5"),
                ("fee", "1 2"),
                ("fee", "1、2"),
                ("fee", "1以外"),
                ("online_state", "5年度に実施済"),
                ("online_state", "3月まで未実施"),
                ("online_state", "1番窓口"),
                ("online_state", "1以外"),
                ("online_state", "1 未実施"),
                ("online_state", "1 一部実施済"),
                ("online_state", "2 実施"),
                ("online_state", "1. 一部実施済です"),
                ("online_state", "1 そのうち"),
                ("type", "2-1以外"),
                ("receiver", "4-1 国"),
                ("online_state", "5. 3月"),
            )
        ],
        *[
            (column, text, value, "")
            for column, text, value in (
                ("fee", "1", "1"),
                ("fee", "１．", "1"),
                ("fee", "2 有", "2"),
                ("fee", "2:有り(300円)", "2"),
                ("fee", "(2) 有り", "2"),
                ("fee", "②有", "2"),
                ("online_state", "1)実施済", "1"),
                ("online_state", "1、実施済（令和５年度）", "1"),
                ("online_state", "5：一部実施済（窓口は紙）です", "5"),
                ("online_state", "1 オンラインは実施済", "1"),
                ("online_state", "3 適用", "3"),
                ("online_state", "9 未実施", "2"),
                ("type", "2-2 申請等に基づかない", "2-2"),
                ("in_person", "1", "yes"),
                ("in_person", "2 不要", "no"),
                ("reception", "①窓口 ②郵送", ["counter", "post"]),
                ("fee_method", "1-1 2-3", ["1-1", "2-3"]),
            )
        ],
    ],
)
def test_a_cell_is_read_as_people_write_it(column, text, value, doubt):
    cell = read_cell(COLUMNS[column], text)
    assert (cell.value, cell.doubt) == (value, doubt)
    assert bool(cell.unread) == (doubt not in ("", "about", "months_as_days"))


def values_of(column: Column) -> st.SearchStrategy[object]:
    codes = [one.code for one in column.codes]
    made = {
        "text": st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30),
        "code": st.sampled_from(codes or [""]),
        "codes": st.lists(st.sampled_from(codes or [""]), unique=True),
        "count": st.integers(0, 2 * 10**9),
        "days": st.integers(0, 3660),
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


@given(
    st.sampled_from([column for column in COLUMNS.values() if column.kind in ("count", "days")]),
    st.text("0123456789０,，.．()（）　 \n万千件円日年月営業~-〇三約", max_size=30),
)
def test_a_number_is_never_made_up_of_several(column, text):
    cell = read_cell(column, text)
    if cell.value is not None:
        assert 0 <= cell.value <= (3660 if column.kind == "days" else 2_000_000_000)
        digits = re.findall(r"[\d〇三]+", unicodedata.normalize("NFKC", text).replace(",", ""))  # 〇 is a zero between digits
        assert len(digits) < 2 or "万" in text or "千" in text or re.search(r"\d[.．]0+", unicodedata.normalize("NFKC", text))
