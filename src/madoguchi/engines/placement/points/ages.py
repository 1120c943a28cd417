"""Classes and ages: a child's class follows the school year of the month of intake, whatever today is."""

from __future__ import annotations

from datetime import date, timedelta

MONTH_BEGINS = 4  # 学年: from 1 April


def school_year(month: date) -> int:
    """The year in which the school year of a month begins."""
    return month.year - (month.month < MONTH_BEGINS)


def class_age(birth: date, month: date) -> int:
    """The class: the age in whole years on the day before 1 April of the school year, never below 0.

    Born 2 April to 1 April of the next year are one class (年齢計算ニ関スル法律: an age is reached at the end of the day before the
    birthday, so who is born on 1 April reaches it on 31 March). Born after that day, or not yet: class 0. May be above 5.
    """
    begins = date(school_year(month), MONTH_BEGINS, 1)
    age = begins.year - birth.year - ((begins.month, begins.day) < (birth.month, birth.day))
    return max(0, age)


def days_old(birth: date, month: date) -> int:
    """生後何日 on the first day of the month: the day of birth is not counted (民法140条)."""
    return (month - birth).days


def min_age_ok(birth: date, minimum_days: int, month: date) -> bool:
    """Whether a facility that takes children from so many days may take the child on the first day of the month.

    `birth` may be an expected day: then the answer holds for a birth on that day.
    """
    return days_old(birth, month) >= minimum_days


def first_month(birth: date, minimum_days: int) -> date:
    """The first of the month in which a facility may take the child at the earliest."""
    day = birth + timedelta(days=minimum_days)
    return day if day.day == 1 else date(day.year + day.month // 12, day.month % 12 + 1, 1)
