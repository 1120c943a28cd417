from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.engines.japanese import (
    add_calendar_days,
    add_open_days,
    deadline,
    holiday_name,
    is_holiday,
    is_open_day,
    next_open_day,
    open_days_between,
)

DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


def holidays(year):
    days = (date(year, 1, 1) + timedelta(days=offset) for offset in range(366))
    return [day for day in days if day.year == year and is_holiday(day)]


def test_holidays_of_2026():
    found = holidays(2026)
    assert len(found) == 18
    assert [(day.month, day.day) for day in found] == [
        (1, 1), (1, 12), (2, 11), (2, 23), (3, 20), (4, 29), (5, 3), (5, 4), (5, 5), (5, 6), (7, 20), (8, 11), (9, 21), (9, 22),
        (9, 23), (10, 12), (11, 3), (11, 23),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ((2026, 5, 6), "振替休日"),
        ((2026, 9, 22), "国民の休日"),
        ((2019, 5, 1), "天皇の即位の日"),
        ((2020, 7, 24), "スポーツの日"),
        ((2021, 8, 9), "振替休日"),
        ((2018, 12, 23), "天皇誕生日"),
        ((2019, 12, 23), None),
        ((2026, 5, 7), None),
        ((1948, 4, 29), None),  # before the act
        ((1948, 9, 23), "秋分の日"),
        ((1984, 5, 4), None),  # days between holidays are free since 27 December 1985
        ((1988, 5, 4), "国民の休日"),
    ],
)
def test_holiday_name(day, name):
    assert holiday_name(date(*day)) == name


def test_a_moment_counts_as_its_day():
    assert holiday_name(datetime(2026, 1, 1, 9, 0)) == "元日"


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        ((2026, 4, 15), True),
        ((2026, 4, 18), False),
        ((2026, 4, 19), False),
        ((2026, 4, 29), False),
        ((2026, 12, 28), True),
        ((2026, 12, 29), False),
        ((2027, 1, 3), False),
        ((2027, 1, 4), True),
    ],
)
def test_is_open_day(day, is_open):
    assert is_open_day(date(*day)) is is_open


def test_further_closed_days():
    closed = {date(2027, 1, 4)}
    assert not is_open_day(date(2027, 1, 4), closed=closed)
    assert next_open_day(date(2026, 12, 29)) == date(2027, 1, 4)
    assert next_open_day(date(2026, 12, 29), closed=closed) == date(2027, 1, 5)
    assert next_open_day(date(2026, 4, 15)) == date(2026, 4, 15)


def test_an_office_that_never_opens():
    class Always:
        def __contains__(self, day):
            return True

    with pytest.raises(ValueError, match="no open day"):
        next_open_day(date(2026, 4, 15), closed=Always())


def test_adding_days():
    assert add_calendar_days(date(2026, 4, 28), 3) == date(2026, 5, 1)
    assert add_open_days(date(2026, 4, 28), 1) == date(2026, 4, 30)
    assert add_open_days(date(2026, 5, 1), 1) == date(2026, 5, 7)
    assert add_open_days(date(2026, 5, 7), -1) == date(2026, 5, 1)
    assert add_open_days(date(2026, 5, 3), 0) == date(2026, 5, 3)
    assert open_days_between(date(2026, 5, 1), date(2026, 5, 7)) == 1
    assert open_days_between(date(2026, 5, 7), date(2026, 5, 1)) == -1
    assert open_days_between(date(2026, 5, 1), date(2026, 5, 1)) == 0


@pytest.mark.parametrize(
    ("start", "options", "expected"),
    [
        ((2026, 4, 1), {"days": 14, "unit": "calendar"}, (2026, 4, 15)),
        ((2026, 4, 1), {"days": 14, "unit": "calendar", "first_day_counts": True}, (2026, 4, 14)),
        ((2026, 4, 1), {"days": 10, "unit": "calendar"}, (2026, 4, 13)),
        ((2026, 4, 1), {"days": 10, "unit": "calendar", "roll": False}, (2026, 4, 11)),
        ((2026, 4, 22), {"days": 11, "unit": "calendar"}, (2026, 5, 7)),
        ((2026, 4, 28), {"days": 3, "unit": "open"}, (2026, 5, 7)),
        ((2026, 4, 28), {"days": 3, "unit": "open", "first_day_counts": True}, (2026, 5, 1)),
        ((2026, 5, 3), {"days": 1, "unit": "open", "first_day_counts": True}, (2026, 5, 7)),
        ((2026, 4, 15), {"days": 0, "unit": "calendar"}, (2026, 4, 15)),
        ((2026, 5, 3), {"days": 0, "unit": "open"}, (2026, 5, 7)),
        ((2026, 12, 28), {"days": 1, "unit": "open", "closed": [date(2027, 1, 4)]}, (2027, 1, 5)),
    ],
)
def test_deadline(start, options, expected):
    assert deadline(date(*start), **options) == date(*expected)


@pytest.mark.parametrize("options", [{"days": -1}, {"days": 0, "first_day_counts": True}])
def test_no_period(options):
    with pytest.raises(ValueError, match="a period"):
        deadline(date(2026, 4, 1), unit="calendar", **options)


@settings(deadline=None)
@given(DAYS, st.integers(-60, 60))
def test_open_days_add_up(day, days):
    end = add_open_days(day, days)
    if days >= 0:
        assert open_days_between(day, end) == days
    if days:
        assert is_open_day(end)


@settings(deadline=None)
@given(DAYS, st.integers(1, 60), st.sampled_from(["calendar", "open"]), st.booleans())
def test_a_rolled_deadline_is_open_and_never_earlier(start, days, unit, first_day_counts):
    last = deadline(start, days=days, unit=unit, first_day_counts=first_day_counts)
    assert is_open_day(last)
    assert last >= deadline(start, days=days, unit=unit, first_day_counts=first_day_counts, roll=False) >= start
