"""A round as the engine sees it: rows in, engines.placement.Instance out. What was read becomes a file with a hash."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from madoguchi.engines.placement import Child, Family, Instance, min_age_ok
from madoguchi.engines.placement import Facility as Place
from madoguchi.lib.errors import Refused
from madoguchi.nursery.models.facility import Facility
from madoguchi.nursery.models.household import Candidate, Household
from madoguchi.nursery.models.round import Round
from madoguchi.nursery.models.run import HandPlace

JOINT = ("any", "any_same_first", "same_or_partial")  # conditions under which one child may be placed before the others
NO_CLASS: tuple[int | None, ...] = (None,) * 6


def instance_of(round: Round) -> Instance:  # noqa: A002 the office's word
    """Everything that a run of this round may know. Raises Refused when there are no seats, or a child without points.

    Identifiers are the office's numbers (facility code, 児童番号, 世帯番号): the same children give the same file, whatever their rows.
    """
    candidates = list(
        Candidate.objects.competing()
        .filter(round=round)
        .select_related("household", "current")
        .order_by("household__code", "order", "code")
    )
    _require_scored(round, candidates)
    facilities = {facility.code: facility for facility in Facility.objects.all()}
    children = tuple(_child(round, candidate, facilities) for candidate in candidates)
    return Instance(
        facilities=tuple(_places(round, facilities, children)),
        children=children,
        families=tuple(_families(candidates)),
        name=round.slug,
        note=str(round),
        **_by_hand(round, candidates),
    )


def _require_scored(round: Round, candidates: list[Candidate]) -> None:  # noqa: A002
    if round.current_seats() is None:
        raise Refused(f"{round}には募集人員がまだありません。先に募集人員を登録してください。", code="no_seats")
    without = [candidate for candidate in candidates if not candidate.score or candidate.scored_at is None]
    if without:
        raise Refused(
            f"指数が今の内容で計算されていないお子さまが{len(without)}人います（{without[0].code}など）。先に指数を計算してください。",
            code="not_scored",
        )


def staying_at(candidate: Candidate) -> str | None:
    """The code of the seat that a transfer applicant cannot lose; None where the facility ends before this class (卒園)."""
    facility = candidate.current
    return facility.code if facility is not None and candidate.age_class <= facility.oldest_class else None


def _child(round: Round, candidate: Candidate, facilities: Mapping[str, Facility]) -> Child:  # noqa: A002
    score = candidate.score
    wished = tuple(code for code in candidate.wishes[: round.max_wishes] if code in facilities)
    too_young = [code for code in wished if not min_age_ok(candidate.day_of_birth, facilities[code].min_age_days, round.month)]
    current = staying_at(candidate)
    old_enough = frozenset({*wished, *([current] if current else [])} - set(too_young)) if too_young else None
    return Child(
        id=candidate.code,
        family=candidate.household.code,
        age=candidate.age_class,
        points=int(score["points"]),
        tiebreak=tuple(key if isinstance(key, int) else dict(key) for key in score["tiebreak"]),
        preferences=wished,
        current=current,
        bonus={code: int(points) for code, points in score.get("bonus", {}).items() if code in facilities},
        min_age_ok=old_enough,
    )


def _places(round: Round, facilities: Mapping[str, Facility], children: Iterable[Child]) -> Iterable[Place]:  # noqa: A002
    """Seats of the list, and those that transfer applicants of this round hold now (募集枠＋転園申込者の在籍枠)."""
    held: dict[str, list[int]] = defaultdict(lambda: [0] * 6)
    for child in children:
        if child.current is not None:
            held[child.current][child.age] += 1
    seats = round.current_seats().seats()
    for code, facility in sorted(facilities.items()):
        if code in seats or code in held:
            row = zip(seats.get(code, NO_CLASS), held[code], strict=True)
            capacity = tuple(number + extra if number is not None else (extra or None) for number, extra in row)
            shared = tuple(tuple(group) for group in facility.shared)
            yield Place(code, capacity, shared)


def _families(candidates: list[Candidate]) -> Iterable[Family]:
    members: dict[int, list[Candidate]] = defaultdict(list)
    households: dict[int, Household] = {}
    for candidate in candidates:
        members[candidate.household_id].append(candidate)
        households[candidate.household_id] = candidate.household
    for pk, household in households.items():
        children = members[pk]
        condition = household.condition if len(children) > 1 else "single"
        yield Family(household.code, tuple(child.code for child in children), condition, None, _first(household, condition, children))


def _first(household: Household, condition: str, children: list[Candidate]) -> tuple[str, ...]:
    """上の子から / 下の子から: the children in the order in which they must be placed."""
    if household.priority not in ("elder", "younger") or condition not in JOINT:
        return ()
    by_age = sorted(children, key=lambda child: (child.day_of_birth, child.order))
    return tuple(child.code for child in (by_age if household.priority == "elder" else by_age[::-1]))


def _by_hand(round: Round, candidates: list[Candidate]) -> dict[str, Any]:  # noqa: A002
    codes = {candidate.pk: candidate.code for candidate in candidates}
    pinned: dict[str, str | None] = {}
    forbidden: set[tuple[str, str]] = set()
    for place in HandPlace.objects.standing().filter(round=round).select_related("facility"):
        code = codes.get(place.candidate_id)
        if code is None:
            continue
        if place.is_forbidden:
            forbidden.add((code, place.facility.code))
        else:
            pinned[code] = place.facility.code if place.facility is not None else None
    return {"pinned": pinned, "forbidden": frozenset(forbidden)}


def as_bytes(document: Mapping[str, Any]) -> bytes:
    """The file of an instance: the same rows give the same bytes, and so the same hash."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
