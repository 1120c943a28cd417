"""待機児童 of a run by the national definition: those without a place, less four kinds (保育所等利用待機児童数調査要領, 要確認)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from madoguchi.engines.placement import national_waiting
from madoguchi.nursery.models.household import Fact
from madoguchi.nursery.models.run import Run

OTHER_CARE = ("unlicensed",)  # 認可外・認証など


@dataclass(frozen=True)
class Waiting:
    """`held` are 保留児童; `rows` what is taken off, each child once, in this order; `national` what is left."""

    held: int
    rows: list[tuple[str, int]]
    national: int


def waiting_of(run: Run) -> Waiting:
    """From the facts in force and the wishes as they are now. Who holds a seat and asked for another one is not without a place."""
    places = run.placements.filter(facility=None, candidate__current=None).select_related("candidate")
    children = {place.candidate_id: place.candidate for place in places}
    facts = Fact.objects.in_force().filter(household__round=run.round, key__in=["care_now", "leave_extension"])
    care, leave = {}, {}
    for candidate, household, key, value in facts.values_list("candidate", "household", "key", "value"):
        if key == "care_now":
            care[candidate] = value
        else:
            leave[household] = value
    kinds: Counter[str] = Counter()
    for pk, child in children.items():
        if care.get(pk) in OTHER_CARE:
            kinds["other_care"] += 1
        elif leave.get(child.household_id) == "accept_wait":
            kinds["on_leave"] += 1
        elif len(child.wishes) == 1:
            kinds["certain_facility"] += 1
    names = {
        "other_care": _("認可外など、ほかの保育を利用"),
        "on_leave": _("育休を延長でき、順番が後でよい"),
        "certain_facility": _("1つの園だけを希望"),
    }
    return Waiting(len(children), [(name, kinds[key]) for key, name in names.items()], national_waiting(len(children), kinds))
