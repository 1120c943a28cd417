"""What follows from a 就労証明書: facts by concept, and where contract and record disagree. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WEEKS_A_MONTH = 4.35  # 365 / 12 / 7
MONTHS = (1, 2, 3)
# Below this share of the contract a record is worth a question: sick days and holidays explain a little, not a third.
LEAST_SHARE = 0.67


@dataclass(frozen=True)
class Month:
    """One month of the record (直近3か月の実績): days worked and hours worked, None where the paper says nothing."""

    name: str
    days: float | None
    hours: float | None


def record_of(values: Mapping[str, Any]) -> list[Month]:
    """The months of the record that the paper names."""
    months = [Month(*(values.get(f"record{number}_{part}") for part in ("month", "days", "hours"))) for number in MONTHS]
    return [month for month in months if month.name]


def week_hours(values: Mapping[str, Any]) -> float | None:
    """Hours a week by contract, breaks included as the form counts them; from the month where the week is not written."""
    if values.get("week_hours") is not None:
        return float(values["week_hours"])
    return round(float(values["month_hours"]) / WEEKS_A_MONTH, 2) if values.get("month_hours") is not None else None


def facts_from(values: Mapping[str, Any], month: str) -> dict[str, Any]:
    """{concept without its parent: value} as the rules read them: days a month, hours a week, leave, return, nursery staff.

    `month` (YYYY-MM-DD, the first of the month of intake) decides whether somebody is on leave then: who returns by it works.
    """
    is_on_leave = any(values.get(f"{kind}_until", "") >= month for kind in ("maternity", "childcare") if values.get(f"{kind}_from"))
    found: dict[str, Any] = {
        "reason": "work",
        "days": values.get("month_days"),
        "hours": week_hours(values),
        "employer": values.get("company"),
        "work_status": "leave"
        if is_on_leave or values.get("childcare_from")
        else "offer"
        if values.get("hired_from", "") >= month
        else "working",
        "nursery_staff": bool(values.get("is_nursery_staff")),
        "short_hours": bool(values.get("short_from")),
    }
    optional = {"leave_until": values.get("childcare_until") or values.get("maternity_until"), "return_on": values.get("return_on")}
    leave = "childcare" if values.get("childcare_from") else "maternity" if values.get("maternity_from") else None
    return {key: value for key, value in {**found, **optional, "leave_kind": leave}.items() if value is not None}


@dataclass(frozen=True)
class Gap:
    """The record of a month lies well below the contract: `what` is days or hours."""

    month: str
    what: str
    contract: float
    record: float


def gaps(values: Mapping[str, Any]) -> list[Gap]:
    """契約と実績の比較 (facts: 北区 takes the lower of contract and the best of three months): months worth a question.

    A month on leave has no record; a month without a number says nothing.
    """
    days, hours = values.get("month_days"), week_hours(values)
    found = []
    for month in record_of(values):
        if _on_leave(values, month.name):
            continue
        if days and month.days is not None and month.days < days * LEAST_SHARE:
            found.append(Gap(month.name, "days", float(days), float(month.days)))
        monthly = values.get("month_hours") or (hours * WEEKS_A_MONTH if hours else None)
        if monthly and month.hours is not None and month.hours < monthly * LEAST_SHARE:
            found.append(Gap(month.name, "hours", round(float(monthly), 1), float(month.hours)))
    return found


def _on_leave(values: Mapping[str, Any], month: str) -> bool:
    for kind in ("maternity", "childcare"):
        begin, end = values.get(f"{kind}_from", ""), values.get(f"{kind}_until", "9999")
        if begin and begin[:7] <= month <= end[:7]:
            return True
    return False
