"""Builders: an invented ward's facilities, a round, families and their children."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from madoguchi.accounts.models import Division
from madoguchi.engines.placement.points import shipped
from madoguchi.nursery.actions import publish_facilities, publish_rules, save_district, save_facility
from madoguchi.nursery.models import Candidate, District, Facility, Household, Round, Vacancy, VacancyList
from madoguchi.procedures.actions import adopt
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


# -- a whole small ward, with the library's real form ------------------------------------------------------------------------------

LIST = Path(__file__).parents[2] / "demo" / "data" / "nursery-facilities.json"
PAPER = {"files": [], "later": True}
PARENT = {"reason": "work", "work_status": "working", "employment": "employee", "employer": "架空商事", "workplace": "江東区"}


def make_ward(division: Division, *, month: date = date(2027, 4, 1), facilities: int = 6) -> tuple[Procedure, Round, list[Facility]]:
    """The real procedure with its form, some invented facilities, the rules of two years, and an open round of one seat a class."""
    for code, name in (("shirakawa", "白河"), ("toyo", "東陽")):
        save_district(code=code, name={"ja": name, "en": code.title()}, by=None, towns=[name])
    entries = json.loads(LIST.read_text())["entries"][:facilities]
    rows = [
        save_facility(
            code=entry["id"], values={"name": {"ja": entry["label"]["ja"], "en": entry["label"]["en"]}, "is_invented": True}, by=None
        )
        for entry in entries
    ]
    publish_facilities(by=None)
    procedure = adopt("hoiku-riyo", by=None, division=division.code)
    for name in ("koto-2026", "koto-2027"):
        publish_rules(document=shipped(name), by=None)
    row = make_round(
        procedure,
        month=month,
        applications_until=timezone.localdate() + timedelta(days=5),
        changes_until=timezone.localdate() + timedelta(days=9),
        result_on=timezone.localdate() + timedelta(days=40),
        answer_until=timezone.localdate() + timedelta(days=50),
    )
    make_seats(row, {facility: [1, 1, 1, 1, 1, 1] for facility in rows})
    return procedure, row, rows


def nursery_answers(
    children: Sequence[dict[str, Any]], *, hours: str = "40.0", days: int = 20, single: bool = False, **more: Any
) -> dict[str, Any]:
    """Canonical answers of the library's form: two parents in work (or one), documents to follow."""

    def parent(prefix: str) -> dict[str, Any]:
        own = {f"{prefix}_{key}": value for key, value in PARENT.items()}
        own |= {f"{prefix}_nursery_staff": False, f"{prefix}_days": days, f"{prefix}_hours": hours, f"{prefix}_irregular": False}
        return own | {f"{prefix}_commute": 30, f"{prefix}_work_paper": PAPER, f"{prefix}_jan1": "koto"}

    answers = {
        "name": {"family": "架空", "given": "花子", "family_kana": "カクウ", "given_kana": "ハナコ"},
        "birth": "1991-02-27",
        "address": {"postal": "135-0016", "prefecture": "東京都", "city": "江東区", "town": "東陽", "block": "4-11-28", "building": ""},
        "phone": "03-5555-1736",
        "email": "hanako@example.jp",
        "relation": "mother",
        "parents": "one" if single else "two",
        "has_others": False,
        "priority": ["none"],
        "other_year": "withdraw",
        **parent("p1"),
        "child": [{"row": f"r{number}", **CHILD_ANSWERS, **child} for number, child in enumerate(children, 1)],
        **dict.fromkeys(("declare_true", "declare_change", "declare_cancel", "declare_share", "declare_check"), True),
    }
    if single:
        answers |= {"one_reason": "divorced", "one_paper": PAPER}
    else:
        answers |= {
            "p2_name": {"family": "架空", "given": "太郎", "family_kana": "カクウ", "given_kana": "タロウ"},
            "p2_birth": "1989-11-05",
        }
        answers |= {"p2_together": True, **parent("p2")}
    return {**answers, **more}


CHILD_ANSWERS: dict[str, Any] = {
    "child_expected": False,
    "child_name": {"family": "架空", "given": "紬", "family_kana": "カクウ", "given_kana": "ツムギ"},
    "child_birth": "2025-08-12",
    "child_relation": "child",
    "start_month": "2027-04",
    "health": ["none"],
    "allergy": ["none"],
    "medical_care": False,
    "now": "parent",
    "care_hours": "standard",
}


def wished(*facilities: Facility) -> list[dict[str, str]]:
    return [{"id": facility.code, "label": facility.name["ja"]} for facility in facilities]
