"""Rows as facts for the engine, and what the engine says of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from madoguchi.engines.placement.points import Facts, Rules, Score, score
from madoguchi.nursery.models.facility import Facility
from madoguchi.nursery.models.household import Candidate, Fact, Household
from madoguchi.nursery.models.round import Round


@dataclass
class Family:
    """The facts in force of one family, by whom they are about."""

    household: dict[str, Any] = field(default_factory=dict)
    parents: dict[int, dict[str, Any]] = field(default_factory=dict)
    children: dict[int, dict[str, Any]] = field(default_factory=dict)
    provisional: set[tuple[str, str]] = field(default_factory=set)


def families_of(households: Iterable[int]) -> dict[int, Family]:
    """{household id: facts in force}, in one query."""
    found: dict[int, Family] = defaultdict(Family)
    for fact in (
        Fact.objects.in_force()
        .filter(household__in=households)
        .only("household", "candidate", "parent", "slot", "key", "value", "is_provisional", "municipality")
    ):
        family = found[fact.household_id]
        if fact.candidate_id is not None:
            family.children.setdefault(fact.candidate_id, {})[fact.key] = fact.value
        elif fact.parent is not None:
            family.parents.setdefault(fact.parent, {})[fact.key] = fact.value
        else:
            family.household[fact.key] = fact.value
        if fact.is_provisional:
            family.provisional.add((fact.slot.replace("child", "child:"), fact.key))
    return found


def facts_for(family: Family, children: Iterable[Candidate]) -> Facts:
    """A family as the points engine reads it; children by the id of their row."""
    looks = {
        str(child.pk): {**family.children.get(child.pk, {}), "birth": child.day_of_birth.isoformat(), "is_transfer": child.is_transfer}
        for child in children
    }
    parents = tuple(family.parents[number] for number in sorted(family.parents)) or ({},)
    return Facts(family.household, parents, looks, frozenset(family.provisional))


def facilities_for(child: Candidate, facilities: Mapping[str, Facility]) -> dict[str, dict[str, Any]]:
    """The facts of the facilities that a child wishes for or holds, as facility rows read them."""
    current = child.current
    codes = [*child.wishes, *([current.code] if current is not None else [])]
    found = {}
    for code in codes:
        facility = facilities.get(code)
        if facility is not None:
            is_partner = current is not None and code in current.partners
            found[code] = {"kind": facility.kind, "partner": is_partner}
    return found


def score_family(
    row: Round, rules: Rules, family: Family, children: list[Candidate], facilities: Mapping[str, Facility]
) -> dict[int, Score]:
    """{candidate id: score} of the children of one family."""
    facts = facts_for(family, children)
    return {
        child.pk: score(rules, facts, child=str(child.pk), month=row.month, facilities=facilities_for(child, facilities))
        for child in children
    }


def children_of(row: Round) -> dict[Household, list[Candidate]]:
    """The competing children of a round by family, in the families' order."""
    found: dict[Household, list[Candidate]] = {}
    for candidate in Candidate.objects.competing().filter(round=row).select_related("household", "current").order_by("household", "order"):
        found.setdefault(candidate.household, []).append(candidate)
    return found
