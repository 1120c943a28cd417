"""Dates as people in Japan write and count them: eras, fiscal years, ages, school years.

Eras: 元号法 (昭和54年法律第43号) and the edicts before it. The calendar is Gregorian from 1873-01-01 (明治6年1月1日,
明治5年太政官布告第337号); earlier dates follow another calendar and are refused. Ages: 年齢計算ニ関スル法律
(明治35年法律第50号) and 民法143条.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from .kana import normalise_hyphens
from .numbers import KANJI_NUMERALS, parse_kanji_number

FIRST_DAY: Final = date(1873, 1, 1)
LAST_DAY: Final = date(2200, 12, 31)


@dataclass(frozen=True)
class Era:
    """One era. The day of change belongs to the new era; `last_accepted` is the last day the old one may be written."""

    kanji: str
    letter: str
    start: date
    end: date | None
    last_accepted: date | None


# 7/30 and 12/25 were lived under both names, and registers of the time use either.
ERAS: Final = (
    Era("明治", "M", date(1868, 1, 25), date(1912, 7, 29), date(1912, 7, 30)),
    Era("大正", "T", date(1912, 7, 30), date(1926, 12, 24), date(1926, 12, 25)),
    Era("昭和", "S", date(1926, 12, 25), date(1989, 1, 7), date(1989, 1, 7)),
    Era("平成", "H", date(1989, 1, 8), date(2019, 4, 30), date(2019, 4, 30)),
    Era("令和", "R", date(2019, 5, 1), None, None),
)
_ERA_BY_NAME: Final = {name: era for era in ERAS for name in (era.kanji, era.kanji[0], era.letter)}


class DateProblem(ValueError):
    """A text that is no usable date.

    `key` is one of date.unreadable, date.incomplete, date.no_such_day (params year, month, day), date.era_over (era,
    last), date.era_not_begun (era, first), date.out_of_range (first, last).
    """

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.params: dict[str, object] = params


class _Written(NamedTuple):
    """What stands in the text, before anybody asks whether such a day exists."""

    era: Era | None
    year: int | None
    month: int | None
    day: int | None


_MAX_LENGTH: Final = 40
_KANJI_RUN: Final = re.compile(f"[{KANJI_NUMERALS}]+")
_WEEKDAY: Final = re.compile(r"\([日月火水木金土](?:曜日?)?(?:・?祝日?)?\)|(?<=日)[日月火水木金土]曜日?$")
_ERA: Final = r"(?:(?P<era>明治|大正|昭和|平成|令和|[明大昭平令MTSHR])[.・]?|西暦)?"
_SIGN: Final = r"[-/.,・、]"
_DAY: Final = r"(?P<month>[0-9]{1,2})(?:月|[-/.,・、])(?P<day>[0-9]{1,2})日?"
_PATTERNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_ERA}(?P<year>[0-9]{{1,4}})(?:年|{_SIGN}){_DAY}",
        _DAY,
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        r"(?P<year>(?:19|2[01])[0-9]{2})(?P<month>0[1-9]|1[0-2])",
        rf"{_ERA}(?P<year>[0-9]{{2}})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})?",
        rf"{_ERA}(?P<year>[0-9]{{1,4}})(?:年|{_SIGN})(?P<month>[0-9]{{1,2}})月?",
        rf"{_ERA}(?P<year>[0-9]{{1,4}})年?",
        r"(?P<month>[0-9]{1,2})月",
        r"(?P<day>[0-9]{1,2})日",
    )
)


def parse_date(text: str, *, today: date | None = None) -> date:
    """The day that `text` names, in any common way of writing it (Western or Japanese years, any width, kanji).

    A text without a year means the year of `today`. DateProblem when it cannot be read or there is no such day.
    """
    written = _read(text)
    if written.month is None or written.day is None:
        _check_month(written, today)
        raise DateProblem("date.incomplete")
    year = _western_year(written, today)
    try:
        day = date(year, written.month, written.day)
    except ValueError:
        raise DateProblem("date.no_such_day", year=year, month=written.month, day=written.day) from None
    _check_era(written.era, day, day)
    return _in_range(day)


def parse_year_month(text: str, *, today: date | None = None) -> tuple[int, int]:
    """Year and month that `text` names; a day that stands with it must exist and is then dropped.

    "4月" means the year of `today`. "6/4" could be a month and a day or a year and a month: date.incomplete.
    """
    written = _read(text)
    if written.day is not None:
        if written.year is None and "月" not in text:
            raise DateProblem("date.incomplete")
        day = parse_date(text, today=today)
        return day.year, day.month
    if written.month is None:
        raise DateProblem("date.incomplete")
    return _check_month(written, today)


def _read(text: str) -> _Written:
    tidy = _tidy(text)
    for pattern in _PATTERNS:
        match = pattern.fullmatch(tidy)
        if match:
            return _written(match.groupdict())
    raise DateProblem("date.unreadable")


def _written(found: dict[str, str | None]) -> _Written:
    name = found.get("era")
    era = _ERA_BY_NAME[name] if name else None
    year, month, day = (int(number) if (number := found.get(part)) else None for part in ("year", "month", "day"))
    if (era is None and year == 0) or (era and (year is None or not 0 < year < 1000)):
        raise DateProblem("date.unreadable")
    return _Written(era, year, month, day)


def _tidy(text: str) -> str:
    """One width, no spaces, no weekday, ASCII numerals. NFKC is safe here: no name is kept from this copy."""
    if len(text) > _MAX_LENGTH:
        raise DateProblem("date.unreadable")
    tidy = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    try:
        tidy = _KANJI_RUN.sub(lambda run: str(parse_kanji_number(run[0])), _WEEKDAY.sub("", tidy))
    except ValueError:
        raise DateProblem("date.unreadable") from None
    return normalise_hyphens(re.sub(r"(?<=[和成正治昭平大明令MTSHR])元|元(?=年)", "1", tidy))


def _western_year(written: _Written, today: date | None) -> int:
    if written.year is None:
        if today is None:
            raise DateProblem("date.incomplete")
        return today.year
    if written.era is None:
        if written.year < 1000:  # 6年4月15日 and 24/4/15 name a year only to those who know the era or century
            raise DateProblem("date.incomplete")
        return written.year
    year = written.era.start.year + written.year - 1
    if written.era.last_accepted and year > written.era.last_accepted.year:
        raise DateProblem("date.era_over", era=written.era.kanji, last=written.era.last_accepted)
    return year


def _check_month(written: _Written, today: date | None) -> tuple[int, int]:
    """Year and month, provided that the month exists and the era touches it; date.incomplete without a month."""
    if written.month is None:
        raise DateProblem("date.incomplete")
    year = _western_year(written, today)
    if not 1 <= written.month <= 12:
        raise DateProblem("date.no_such_day", year=year, month=written.month, day=1)
    first = _in_range(date(year, written.month, 1))
    _check_era(written.era, first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    return year, written.month


def _check_era(era: Era | None, first: date, last: date) -> None:
    if era and last < era.start:
        raise DateProblem("date.era_not_begun", era=era.kanji, first=era.start)
    if era and era.last_accepted and first > era.last_accepted:
        raise DateProblem("date.era_over", era=era.kanji, last=era.last_accepted)


def _in_range(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise DateProblem("date.out_of_range", first=FIRST_DAY, last=LAST_DAY)
    return day


def era_year(day: date) -> tuple[Era, int]:
    """Era and year of a day; DateProblem date.out_of_range before 1873-01-01."""
    if day < FIRST_DAY:
        raise DateProblem("date.out_of_range", first=FIRST_DAY, last=LAST_DAY)
    era = next(era for era in reversed(ERAS) if era.start <= day)
    return era, day.year - era.start.year + 1


def wareki(day: date) -> str:
    """ "令和6年4月15日"; the first year of an era is 元年. DateProblem before 1873-01-01."""
    return f"{wareki_year(day)}{day.month}月{day.day}日"


def wareki_year(day: date) -> str:
    """ "令和6年", of the era in which the day lies. DateProblem before 1873-01-01."""
    era, year = era_year(day)
    return f"{era.kanji}{'元' if year == 1 else year}年"


def wareki_short(day: date) -> str:
    """ "R6.4.15", for narrow columns. DateProblem before 1873-01-01."""
    era, year = era_year(day)
    return f"{era.letter}{year}.{day.month}.{day.day}"


def fiscal_year(day: date) -> int:
    """The 年度 of a day: from 1 April (地方自治法208条)."""
    return day.year if day.month >= 4 else day.year - 1


def age(born: date, on: date) -> int:
    """Age as people say it: one more from the birthday; negative for someone not yet born.

    Someone born on 29 February has the birthday on 1 March in years without that day.
    """
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def age_reached_on(born: date, years: int) -> date:
    """The day at whose end an age is reached in law: the day before the birthday (年齢計算ニ関スル法律, 民法143条)."""
    try:
        birthday = born.replace(year=born.year + years)
    except ValueError:  # 29 February in a common year: the period ends with the month (民法143条2項ただし書)
        birthday = date(born.year + years, 3, 1)
    return birthday - timedelta(days=1)


def legal_age(born: date, on: date) -> int:
    """Age counted in law: one more already on the day before the birthday."""
    ordinary = age(born, on)
    return ordinary + (age_reached_on(born, ordinary + 1) <= on)


def class_age(born: date, fiscal_year: int) -> int:
    """Age that decides the nursery class: the legal age on 31 March before the fiscal year, 0 for those born in it.

    Children born from 2 April to 1 April form one class. Negative for a child born after the fiscal year.
    """
    reached = legal_age(born, date(fiscal_year, 3, 31))
    return reached if reached >= 0 else reached + 1


def school_grade(born: date, fiscal_year: int) -> int | None:
    """School year of a child who moves up every April: 1-6 小学, 7-9 中学, 10-12 高校相当; None outside (学校教育法17条)."""
    grade = class_age(born, fiscal_year) - 5
    return grade if 1 <= grade <= 12 else None


def fiscal_year_end_after_18(born: date) -> date:
    """The first 31 March on or after the day on which 18 is reached (児童手当法3条)."""
    reached = age_reached_on(born, 18)
    return date(fiscal_year(reached) + 1, 3, 31)
