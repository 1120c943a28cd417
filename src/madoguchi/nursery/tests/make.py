"""Builders: an invented ward's facilities, a round, families and their children."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from madoguchi.accounts.models import Division
from madoguchi.nursery.models import Candidate, District, Facility, Household, Round, Vacancy, VacancyList
from madoguchi.procedures.models import Procedure, ProcedureKind


def make_procedure(division: Division, **facts: Any) -> Procedure:
    """The nursery procedure without a form; tests that file applications adopt the library's instead."""
    values = {
        "slug": "hoiku-riyo",
        "kind": ProcedureKind.APPLICATION,
        "name": {"ja": "保育施設等の利用申込", "en": "Apply for a nursery place"},
    }
    return Procedure.objects.create(division=division, **{**values, **facts})


def make_district(code: str = "shirakawa", name: str = "白河") -> District:
    return District.objects.create(code=code, name={"ja": name, "en": code.title()})


def make_facility(code: str = "100010", name: str = "つきかげ保育園", **facts: Any) -> Facility:
    return Facility.objects.create(code=code, name={"ja": name, "en": f"Nursery {code}"}, is_invented=True, **facts)


def make_round(procedure: Procedure, slug: str = "2027-04-first", month: date = date(2027, 4, 1), **facts: Any) -> Round:
    values = {
        "name": "令和9年4月 一次",
        "kind": "first",
        "applications_until": date(2026, 11, 20),
        "changes_until": date(2026, 11, 27),
        "result_on": date(2027, 1, 26),
        "state": "open",
    }
    return Round.objects.create(procedure=procedure, slug=slug, month=month, **{**values, **facts})


def make_seats(round: Round, seats: dict[Facility, Sequence[int | None]], number: int = 1) -> VacancyList:  # noqa: A002 the row's own name
    made = VacancyList.objects.create(round=round, number=number)
    for facility, row in seats.items():
        Vacancy.objects.create(list=made, facility=facility, seats=list(row))
    return made


def make_household(round: Round, code: str = "H1", **facts: Any) -> Household:  # noqa: A002
    return Household.objects.create(round=round, code=code, **facts)


def make_candidate(household: Household, wishes: Sequence[Facility] = (), *, birth: date = date(2025, 6, 1), **facts: Any) -> Candidate:
    number = household.candidates.count() + 1
    values = {"name": f"架空 児童{number}", "age_class": 1, "code": f"{household.code}-{number}", "order": number}
    wished = [facility.code for facility in wishes]
    return Candidate.objects.create(household=household, round=household.round, birth=birth, wishes=wished, **{**values, **facts})
