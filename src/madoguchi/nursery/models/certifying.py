"""What a child is entitled to, from the facts in force: 号, 保育必要量, 有効期間."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from madoguchi.nursery.models.household import Candidate, Fact
from madoguchi.nursery.models.papers import CareHours

STANDARD_HOURS_A_MONTH = 120  # 子ども・子育て支援法施行規則4条: from this on, up to eleven hours a day
WEEKS_A_MONTH = 4.35
SEEKING_DAYS = 90  # 施行規則8条: 求職活動
BIRTH_WEEKS_AFTER = 8  # 施行規則8条: to the end of the month in which eight weeks after the birth are over
SHORT_GROUNDS = frozenset({"job_seeking"})
FULL_GROUNDS = frozenset({"birth", "disaster", "abuse"})


@dataclass(frozen=True)
class Entitlement:
    """`category` 2 from the third birthday, 3 before; `grounds` is the reason of the parent that decides the hours."""

    category: int
    hours: str
    valid_from: date
    valid_until: date
    grounds: str


def birthday(born: date, age: int) -> date:
    """The birthday in a year; 29 February becomes 28 (年齢計算ニ関スル法律: the age is reached at the end of the day before)."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 2, 28)


def entitlement_of(candidate: Candidate) -> Entitlement:
    """From the parents' facts: the shorter need decides the hours, the earlier end decides the validity."""
    born, start = candidate.day_of_birth, candidate.round.month
    third = birthday(born, 3)
    category = 2 if third <= start else 3
    until = _school_begins(born) if category == 2 else third - timedelta(days=1)
    parents = _parents(candidate)
    hours = CareHours.STANDARD if parents and all(_needs_standard(facts) for facts in parents) else CareHours.SHORT
    for facts in parents:
        until = min(until, _ends(facts, start, until))
    wished = _value(candidate, "care_hours")
    grounds = next(
        (str(facts.get("reason", "")) for facts in parents if not _needs_standard(facts)),
        str(parents[0].get("reason", "")) if parents else "",
    )
    return Entitlement(category, CareHours.SHORT if wished == CareHours.SHORT else hours, start, until, grounds)


def _school_begins(born: date) -> date:
    """31 March before the child begins school: six years old on 1 April (born 1 April is six on 31 March)."""
    day_before = born - timedelta(days=1)
    return date(day_before.year + (7 if day_before.month > 3 else 6), 3, 31)


def _parents(candidate: Candidate) -> list[dict[str, object]]:
    found: dict[int, dict[str, object]] = {}
    for fact in Fact.objects.in_force().filter(household=candidate.household).exclude(parent=None):
        found.setdefault(fact.parent, {})[fact.key] = fact.value
    return [found[number] for number in sorted(found)]


def _value(candidate: Candidate, key: str) -> object:
    fact = Fact.objects.in_force().filter(household=candidate.household, candidate=candidate, key=key).first()
    return fact.value if fact is not None else None


def _needs_standard(facts: dict[str, object]) -> bool:
    """120 hours a month and more of work or the like; childbirth and disaster whatever the hours, seeking work never."""
    reason = facts.get("reason")
    if reason in SHORT_GROUNDS:
        return False
    if reason in FULL_GROUNDS:
        return True
    hours = facts.get("hours")
    if hours is None:
        return reason in ("illness", "disability")
    return float(str(hours)) * WEEKS_A_MONTH >= STANDARD_HOURS_A_MONTH


def _ends(facts: dict[str, object], start: date, otherwise: date) -> date:
    if facts.get("reason") == "job_seeking":
        return _end_of_month(start + timedelta(days=SEEKING_DAYS))
    due = facts.get("due")
    if facts.get("reason") == "birth" and isinstance(due, str):
        return max(_end_of_month(date.fromisoformat(due) + timedelta(weeks=BIRTH_WEEKS_AFTER)), start)
    return otherwise


def _end_of_month(day: date) -> date:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)
