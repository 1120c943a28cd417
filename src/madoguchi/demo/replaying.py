"""A year of putting procedures online, told again: from 18 to 90 with an own form and 11 on ぴったりサービス. Everything is invented.

The same municipality on the same day gives the same rows, and a second time changes nothing. What the library holds and is adopted
stands as itself, those on ぴったりサービス too, which hands its filings over to this system; the rest are rows of the inventory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.utils import timezone

from madoguchi.accounts.models import Division, User
from madoguchi.demo import people
from madoguchi.engines.inventory import fold
from madoguchi.engines.japanese import fiscal_year
from madoguchi.procedures import actions as act
from madoguchi.procedures.models import InventoryEntry, OperatingCost, PlannedChannel, Progress

MONTHS = 12


@dataclass
class Told:
    """What the replay did: procedures online before the year, own forms and other services after it, and months with numbers."""

    before: int = 0
    own: int = 0
    pittari: int = 0
    months: int = 0
    changed: int = 0

    def __str__(self) -> str:
        return f"{self.before} → {self.own} + {self.pittari} (ぴったりサービス), {self.months} months; {self.changed} rows changed (架空)"


def replay_year(*, by: User | None, today: date | None = None) -> Told:
    """Replay the year in the open scope's municipality: entries, the days on which they went online, the months' numbers, the costs."""
    today = today or timezone.localdate()
    facts, told = people.data("replay"), Told()
    started = _months_back(today, MONTHS)
    pittari = [_entry_of(row, facts, by, told) for row in facts["pittari_procedures"]]
    own = _own_entries(facts, pittari, by, told)
    told.own, told.pittari = len(own), len(pittari)
    order = _mixed(own, pittari)
    told.before = min(facts["start"], len(order))
    for entry, day in zip(order, _days(order, told.before, started, facts["by_month"]), strict=True):
        channel = PlannedChannel.PITTARI if entry in pittari else PlannedChannel.OWN
        _online(entry, channel, day, by, told)
    _count(facts, by, today, told)
    _spend(facts, by, today, told)
    return told


# -- which, and when ---------------------------------------------------------------------------------------------------------------


def _own_entries(facts: Mapping[str, Any], pittari: list[InventoryEntry], by: User | None, told: Told) -> list[InventoryEntry]:
    """First what is adopted and shown, then invented rows until there are as many as wanted; those of the other service stay apart."""
    standing = InventoryEntry.objects.standing().select_related("procedure", "division").order_by("number")
    found = [entry for entry in standing if _is_shown(entry) and entry not in pittari]
    keys = {entry.key for entry in [*found, *pittari]}
    for row in facts["own_procedures"]:
        if len(found) >= facts["own"]:
            break
        if fold(row[1]) not in keys:
            found.append(_entry_of(row, facts, by, told))
    return found


def _is_shown(entry: InventoryEntry) -> bool:
    return entry.procedure is not None and entry.procedure.current_id is not None and not entry.procedure.is_hidden


def _entry_of(row: list[Any], facts: Mapping[str, Any], by: User | None, told: Told) -> InventoryEntry:
    """The row of that procedure of the library, or of that name, or a new one with its yearly number."""
    code, name, volume, *library = row
    rows = InventoryEntry.objects.standing().select_related("procedure", "division").order_by("pk")
    entry = rows.filter(procedure__slug__in=library).first() or rows.filter(key=fold(name)).first()
    if entry is not None:
        return entry
    division = Division.objects.filter(code=code).first() or Division.objects.order_by("code").first()
    assert division is not None
    told.changed += 1
    return act.add_entry(division=division, name=name, values={"count_total": volume}, source=facts["source"], by=by)


def _mixed(own: list[InventoryEntry], pittari: list[InventoryEntry]) -> list[InventoryEntry]:
    """One order for both, the other service's spread among the own; the same every time."""
    return sorted([*own, *pittari], key=lambda entry: _chance(entry.name))


def _chance(text: str) -> int:
    return int(sha256(text.encode()).hexdigest()[:8], 16)


def _days(order: list[InventoryEntry], before: int, started: date, by_month: list[int]) -> Iterator[date]:
    """The first `before` in the year that led up to it, the others as many a month as `by_month` says in proportion."""
    for place in range(before):
        yield _months_back(started, 1 + place * MONTHS // max(1, before)) + timedelta(days=_chance(order[place].name) % 28)
    left, total, given = len(order) - before, sum(by_month), 0
    for month in range(MONTHS):
        until = round(left * sum(by_month[: month + 1]) / total)
        for place in range(before + given, before + until):
            yield _months_back(started, -month) + timedelta(days=_chance(order[place].name) % 28)
        given = until


def _months_back(day: date, months: int) -> date:
    """The first day of the month so many months before; after, where it is less than nothing."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _online(entry: InventoryEntry, channel: str, day: date, by: User | None, told: Told) -> None:
    if (entry.progress, entry.channel, entry.online_on) != (Progress.ONLINE, channel, day):
        told.changed += 1
        act.plan_entry(entry=entry, plan={"progress": Progress.ONLINE, "channel": channel, "online_on": day}, by=by)


# -- how many, and for how much ------------------------------------------------------------------------------------------------------


def _count(facts: Mapping[str, Any], by: User | None, today: date, told: Told) -> None:
    """Every month that is over since the fiscal year before this began, for each procedure whose yearly number is known."""
    month = date(fiscal_year(today) - 1, 4, 1)
    entries = list(InventoryEntry.objects.standing().select_related("division"))
    while month < today.replace(day=1):
        told.months += 1
        by_division: dict[Division, dict[tuple[int, str], int | None]] = {}
        for entry in entries:
            if entry.values.get("count_total"):
                by_division.setdefault(entry.division, {}).update(month_of(entry, month, facts["season"]))
        for division, counts in by_division.items():
            told.changed += act.record_counts(division=division, month=month, counts=counts, by=by)
        month = _months_back(month, -1)


def month_of(entry: InventoryEntry, month: date, season: list[float]) -> dict[tuple[int, str], int | None]:
    """One month of one procedure: what comes in all follows the season, what comes online grows from the day it can."""
    swing = 0.9 + _chance(f"{entry.name} {month}") % 21 / 100
    total = round(entry.values["count_total"] / 12 * season[(month.month - 4) % 12] * swing)
    online = round(total * _share(entry, month))
    post = (total - online) // 4
    return {(entry.pk, "elsewhere"): online, (entry.pk, "counter"): total - online - post, (entry.pk, "post"): post}


def _share(entry: InventoryEntry, month: date) -> float:
    """Nothing before, a seventh in the first month, then more each month up to what this procedure's people take to."""
    if entry.online_on is None or month < entry.online_on.replace(day=1):
        return 0.0
    since = (month.year - entry.online_on.year) * 12 + month.month - entry.online_on.month
    most = 0.35 + _chance(f"{entry.name} most") % 36 / 100
    return min(most, 0.14 + 0.05 * since)


def _spend(facts: Mapping[str, Any], by: User | None, today: date, told: Told) -> None:
    for years, kind, label, yen, source in facts["costs"]:
        year = fiscal_year(today) + years
        if not OperatingCost.objects.filter(fiscal_year=year, label=label).exists():
            told.changed += 1
            act.add_cost(fiscal_year=year, kind=kind, label=label, yen=yen, source=source, by=by)
    people_there, source = facts["population"]
    population = {"value": people_there, "source": source, "on": today.replace(day=1)}
    act.set_assumptions(assumptions={"population": population}, by=by)
