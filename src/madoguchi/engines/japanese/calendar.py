"""Days on which the office is open, and the deadlines counted by them.

Holidays: 国民の祝日に関する法律 (昭和23年法律第178号, in force from 1948-07-20), from `jpholiday`. Closed days: Saturdays,
Sundays, holidays and 29 December to 3 January (地方自治法4条の2). Periods: 民法139-143条.
The equinoxes of coming years are astronomical forecasts until the official gazette names them each February.
"""

from collections.abc import Container
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal

import jpholiday

_ACT_IN_FORCE: Final = date(1948, 7, 20)
_BETWEEN_HOLIDAYS_SINCE: Final = date(1985, 12, 27)  # 昭和60年法律第103号
_BETWEEN_HOLIDAYS: Final = "国民の休日"
_LONGEST_CLOSURE: Final = 366
_ONE_DAY: Final = timedelta(days=1)


@lru_cache(maxsize=512)
def _holidays(year: int) -> MappingProxyType[date, str]:
    """Holidays of a year by day. The library projects today's rules back; what the law did not know yet is left out."""
    found: dict[date, str] = {}
    for day, name in jpholiday.year_holidays(year):
        is_too_early = day < _ACT_IN_FORCE or (name == _BETWEEN_HOLIDAYS and day < _BETWEEN_HOLIDAYS_SINCE)
        if not is_too_early:
            found.setdefault(day, "振替休日" if name.endswith("振替休日") else name)
    return MappingProxyType(found)


def holiday_name(day: date) -> str | None:
    """The name of a national holiday ("春分の日", "振替休日", "国民の休日"), or None."""
    return _holidays(day.year).get(date(day.year, day.month, day.day))


def is_holiday(day: date) -> bool:
    """Whether a day is a national holiday, the days in lieu and between included."""
    return holiday_name(day) is not None


def is_open_day(day: date, *, closed: Container[date] = ()) -> bool:
    """Whether the office is open; `closed` holds further days on which this office is not."""
    is_year_end = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return not (day.weekday() >= 5 or is_year_end or is_holiday(day) or day in closed)


def next_open_day(day: date, *, closed: Container[date] = ()) -> date:
    """The day itself when open, else the next open one. ValueError when `closed` leaves none for a year."""
    return _nearest_open_day(day, _ONE_DAY, closed)


def _nearest_open_day(day: date, step: timedelta, closed: Container[date]) -> date:
    for _ in range(_LONGEST_CLOSURE):
        if is_open_day(day, closed=closed):
            return day
        day += step
    raise ValueError("no open day within a year")


def add_calendar_days(day: date, days: int) -> date:
    """The day `days` later (earlier when negative), open or not."""
    return day + timedelta(days=days)


def add_open_days(day: date, days: int, *, closed: Container[date] = ()) -> date:
    """The `days`-th open day after `day` (before it when negative); `day` itself for 0. ValueError as `next_open_day`."""
    step = _ONE_DAY if days >= 0 else -_ONE_DAY
    for _ in range(abs(days)):
        day = _nearest_open_day(day + step, step, closed)
    return day


def open_days_between(start: date, end: date, *, closed: Container[date] = ()) -> int:
    """Open days after `start` up to and including `end`; negative when `end` comes first."""
    if end < start:
        return -open_days_between(end, start, closed=closed)
    days = (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))
    return sum(is_open_day(day, closed=closed) for day in days)


def deadline(
    start: date,
    *,
    days: int,
    unit: Literal["calendar", "open"],
    first_day_counts: bool = False,
    roll: bool = True,
    closed: Container[date] = (),
) -> date:
    """The last day of a period of `days` that begins at `start`.

    The first day is not counted (民法140条) unless `first_day_counts`. With `roll`, a period that ends on a closed day
    ends on the next open one (民法142条). ValueError for a negative period, or one of no days that counts its first.
    """
    if days < first_day_counts:
        raise ValueError("a period has at least one day when its first counts, and is never negative")
    counted_from = add_calendar_days(start, -1) if first_day_counts else start
    last = add_open_days(counted_from, days, closed=closed) if unit == "open" else add_calendar_days(counted_from, days)
    return next_open_day(last, closed=closed) if roll else last
