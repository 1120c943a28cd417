import contextlib
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.japanese import (
    ERAS,
    DateProblem,
    age,
    age_reached_on,
    class_age,
    fiscal_year,
    fiscal_year_end_after_18,
    legal_age,
    parse_date,
    parse_year_month,
    school_grade,
    wareki,
    wareki_short,
    wareki_year,
)

TODAY = date(2023, 6, 1)
DAYS = st.dates(date(1873, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-04-15", (2024, 4, 15)),
        ("2024/4/5", (2024, 4, 5)),
        ("2024.4.5", (2024, 4, 5)),
        ("2024ー4ー5", (2024, 4, 5)),
        ("２０２４年４月１５日", (2024, 4, 15)),
        ("西暦2024年4月15日", (2024, 4, 15)),
        ("20240415", (2024, 4, 15)),
        ("令和6年4月15日", (2024, 4, 15)),
        ("令和元年5月1日", (2019, 5, 1)),
        ("令和元.5.1", (2019, 5, 1)),
        ("R元-5-1", (2019, 5, 1)),
        ("令和六年四月十五日", (2024, 4, 15)),
        ("平成二十三年十二月二十五日", (2011, 12, 25)),
        ("二〇二四年四月一日", (2024, 4, 1)),
        ("R6.4.15", (2024, 4, 15)),
        ("R06/04/15", (2024, 4, 15)),
        ("R.6.4.15", (2024, 4, 15)),
        ("h2.4.15", (1990, 4, 15)),
        ("Ｈ２年４月１５日", (1990, 4, 15)),
        ("平２・４・１５", (1990, 4, 15)),
        ("㍻2.4.15", (1990, 4, 15)),
        ("㋿6年4月15日", (2024, 4, 15)),
        ("S640107", (1989, 1, 7)),
        ("昭和640107", (1989, 1, 7)),
        ("平成元年1月8日", (1989, 1, 8)),
        ("明治45年7月30日", (1912, 7, 30)),
        ("大正元年7月30日", (1912, 7, 30)),
        ("大正15年12月25日", (1926, 12, 25)),
        ("昭和元年12月25日", (1926, 12, 25)),
        ("明治6年1月1日", (1873, 1, 1)),
        ("4月15日", (2023, 4, 15)),
        ("３月３日", (2023, 3, 3)),
        ("4/15", (2023, 4, 15)),
        ("　2024年 4月 15日（月）\n", (2024, 4, 15)),
        ("2024年4月15日(月曜日)", (2024, 4, 15)),
        ("2024年4月15日月曜日", (2024, 4, 15)),
        ("2024年4月29日（月・祝）", (2024, 4, 29)),
    ],
)
def test_parse_date(text, expected):
    assert parse_date(text, today=TODAY) == date(*expected)


@pytest.mark.parametrize(
    ("text", "key", "params"),
    [
        ("", "date.unreadable", {}),
        ("あした", "date.unreadable", {}),
        ("令和0年1月1日", "date.unreadable", {}),
        ("十十年一月一日", "date.unreadable", {}),
        ("令和2024年4月15日", "date.unreadable", {}),
        ("1" * 5000, "date.unreadable", {}),
        ("2024", "date.incomplete", {}),
        ("2024年4月", "date.incomplete", {}),
        ("202404", "date.incomplete", {}),
        ("15日", "date.incomplete", {}),
        ("6年4月15日", "date.incomplete", {}),
        ("24/4/15", "date.incomplete", {}),
        ("240415", "date.incomplete", {}),
        ("2024年2月30日", "date.no_such_day", {"year": 2024, "month": 2, "day": 30}),
        ("2/29", "date.no_such_day", {"year": 2023, "month": 2, "day": 29}),
        ("20241301", "date.no_such_day", {"year": 2024, "month": 13, "day": 1}),
        ("昭和64年1月8日", "date.era_over", {"era": "昭和", "last": date(1989, 1, 7)}),
        ("昭和99年1月8日", "date.era_over", {"era": "昭和", "last": date(1989, 1, 7)}),
        ("平成31年5月1日", "date.era_over", {"era": "平成", "last": date(2019, 4, 30)}),
        ("明治45年7月31日", "date.era_over", {"era": "明治", "last": date(1912, 7, 30)}),
        ("令和元年4月30日", "date.era_not_begun", {"era": "令和", "first": date(2019, 5, 1)}),
        ("令和元年 4月", "date.era_not_begun", {"era": "令和", "first": date(2019, 5, 1)}),
        ("昭和元年12月24日", "date.era_not_begun", {"era": "昭和", "first": date(1926, 12, 25)}),
    ],
)
def test_refused_dates(text, key, params):
    with pytest.raises(DateProblem) as caught:
        parse_date(text, today=TODAY)
    assert (caught.value.key, caught.value.params) == (key, params)


@pytest.mark.parametrize("text", ["1872-12-31", "明治5年12月31日", "2201-01-01", "令和500年1月1日", "9999-12-31"])
def test_out_of_range(text):
    with pytest.raises(DateProblem) as caught:
        parse_date(text)
    assert caught.value.key == "date.out_of_range"


def test_a_date_without_year_needs_today():
    with pytest.raises(DateProblem) as caught:
        parse_date("4月15日")
    assert caught.value.key == "date.incomplete"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-04", (2024, 4)),
        ("令和6年4月", (2024, 4)),
        ("R6.4", (2024, 4)),
        ("R0604", (2024, 4)),
        ("202404", (2024, 4)),
        ("二〇二四年四月", (2024, 4)),
        ("4月", (2023, 4)),
        ("令和元年5月", (2019, 5)),
        ("平成31年4月", (2019, 4)),
        ("昭和64年1月", (1989, 1)),
        ("平成元年1月", (1989, 1)),
        ("令和6年4月15日", (2024, 4)),
    ],
)
def test_parse_year_month(text, expected):
    assert parse_year_month(text, today=TODAY) == expected


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("4/15", "date.incomplete"),
        ("2024", "date.incomplete"),
        ("6年4月", "date.incomplete"),
        ("2024年13月", "date.no_such_day"),
        ("令和元年4月", "date.era_not_begun"),
        ("平成31年5月", "date.era_over"),
        ("9999-12", "date.out_of_range"),
        ("", "date.unreadable"),
    ],
)
def test_refused_months(text, key):
    with pytest.raises(DateProblem) as caught:
        parse_year_month(text, today=TODAY)
    assert caught.value.key == key


@given(st.text() | st.text("0123456789年月日令和平成昭元RHS./-　（月）十二〇", max_size=14))
def test_any_text_is_a_date_or_a_date_problem(text):
    for function in (parse_date, parse_year_month):
        with contextlib.suppress(DateProblem):
            function(text, today=TODAY)


@given(DAYS)
def test_round_trips(day):
    assert parse_date(wareki(day)) == day
    assert parse_date(wareki_short(day)) == day
    assert parse_date(day.isoformat()) == day
    assert parse_year_month(f"{wareki_year(day)}{day.month}月") == (day.year, day.month)


def test_wareki():
    assert wareki(date(2024, 4, 15)) == "令和6年4月15日"
    assert wareki(date(2019, 5, 1)) == "令和元年5月1日"
    assert wareki_year(date(2019, 4, 30)) == "平成31年"
    assert wareki_short(date(1989, 1, 7)) == "S64.1.7"
    with pytest.raises(DateProblem):
        wareki(date(1872, 12, 31))


def test_eras_follow_each_other_without_a_gap():
    for old, new in pairwise(ERAS):
        assert old.end is not None
        assert old.end + timedelta(days=1) == new.start


@pytest.mark.parametrize(("day", "year"), [((2025, 3, 31), 2024), ((2025, 4, 1), 2025), ((2026, 1, 1), 2025)])
def test_fiscal_year(day, year):
    assert fiscal_year(date(*day)) == year


@pytest.mark.parametrize(
    ("born", "on", "ordinary", "legal"),
    [
        ((2000, 4, 1), (2018, 3, 30), 17, 17),
        ((2000, 4, 1), (2018, 3, 31), 17, 18),
        ((2000, 4, 1), (2018, 4, 1), 18, 18),
        ((2004, 2, 29), (2022, 2, 27), 17, 17),
        ((2004, 2, 29), (2022, 2, 28), 17, 18),
        ((2004, 2, 29), (2022, 3, 1), 18, 18),
        ((2004, 2, 29), (2024, 2, 28), 19, 20),
        ((2004, 2, 29), (2024, 2, 29), 20, 20),
        ((2024, 5, 1), (2024, 4, 29), -1, -1),
        ((2024, 5, 1), (2024, 5, 1), 0, 0),
    ],
)
def test_ages(born, on, ordinary, legal):
    assert (age(date(*born), date(*on)), legal_age(date(*born), date(*on))) == (ordinary, legal)


@given(DAYS, st.integers(0, 120))
def test_legal_age_is_ordinary_age_of_the_next_day(born, years):
    reached = age_reached_on(born, years)
    assert legal_age(born, reached) == years
    assert legal_age(born, reached - timedelta(days=1)) == years - 1
    assert age(born, reached + timedelta(days=1)) == years


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ((2027, 4, 2), -1),
        ((2026, 9, 1), 0),
        ((2026, 4, 2), 0),
        ((2025, 4, 2), 0),
        ((2025, 4, 1), 1),
        ((2024, 4, 2), 1),
        ((2024, 4, 1), 2),
        ((2020, 4, 2), 5),
        ((2020, 4, 1), 6),
    ],
)
def test_class_age_in_fiscal_2026(born, expected):
    assert class_age(date(*born), 2026) == expected


@pytest.mark.parametrize(
    ("born", "grade"),
    [((2020, 4, 2), None), ((2020, 4, 1), 1), ((2019, 4, 2), 1), ((2019, 4, 1), 2), ((2008, 4, 2), 12), ((2008, 4, 1), None)],
)
def test_school_grade_in_fiscal_2026(born, grade):
    assert school_grade(date(*born), 2026) == grade


@pytest.mark.parametrize(
    ("born", "last"),
    [((2008, 4, 1), (2026, 3, 31)), ((2008, 4, 2), (2027, 3, 31)), ((2008, 2, 29), (2026, 3, 31)), ((2008, 3, 31), (2026, 3, 31))],
)
def test_child_allowance_ends(born, last):
    assert fiscal_year_end_after_18(date(*born)) == date(*last)


@given(st.dates(date(1980, 1, 1), date(2080, 12, 31)))
def test_child_allowance_ends_with_the_last_school_year(born):
    last = fiscal_year_end_after_18(born)
    assert school_grade(born, fiscal_year(last)) == 12
    assert school_grade(born, fiscal_year(last) + 1) is None
