"""The outcomes that a family accepts, their order, and with which of them it blocks: for `verify` alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from .instance import Family
from .verify_market import Applicant, Key, Pool, Priorities

Outcome = tuple[str | None, ...]
Order = tuple[int, int, int, int, tuple[int, ...]]
"""(tier, number not placed, sum of ranks, largest rank, ranks): smaller is better."""

TIERS = {
    "same_facility": ("same",),
    "same_facility_first": ("same", "all"),
    "same_time": ("all",),
    "any": ("all", "partial"),
    "any_same_first": ("same", "all", "partial"),
    "same_or_partial": ("same", "partial"),
}


def alone(family: Family) -> bool:
    """Whether every child of the family is looked at by itself."""
    if family.tuples is not None:
        return family.condition == "independent"
    return len(family.children) == 1 or family.condition in ("independent", "single")


class Joint:
    """Children who are placed together or not at all, as their condition or their own list of outcomes says."""

    def __init__(self, family: Family, members: list[Applicant], pools: Mapping[tuple[str, int], Pool], priorities: Priorities) -> None:
        self.family, self.members, self.pools, self.priorities = family, members, pools, priorities
        self.tiers = TIERS.get(family.condition, ())
        self.outcome: Outcome = tuple(one.place for one in members)
        self.outside: Outcome = tuple(one.outside for one in members)
        self.own = [(one.pool, priorities.key(one, one.place)) for one in members if one.pool is not None and one.place is not None]
        self.listed = None if family.tuples is None else self.own_list(family.tuples)
        self.known = {one.child.id: number for number, one in enumerate(members)}
        self.mine = self.order(self.outcome)

    def own_list(self, tuples: tuple[Outcome, ...]) -> list[Outcome]:
        """The family's list without what it may not have, up to its outside option, which is the last."""
        legal = [
            one
            for one in dict.fromkeys(map(tuple, tuples))
            if len(one) == len(self.members) and all(map(Applicant.may_have, self.members, one))
        ]
        return [*legal[: legal.index(self.outside)], self.outside] if self.outside in legal else [*legal, self.outside]

    def accepts(self) -> bool:
        """Whether the outcome under check is one of the family's; each child is known to be at a place of its list or nowhere."""
        if self.listed is not None:
            return self.outcome in self.listed
        last = self.order(self.outside)
        return self.mine is not None and last is not None and self.mine <= last

    def order(self, outcome: Outcome) -> Order | None:
        """None: not acceptable. The outside option always is: in its tier, or after all of them."""
        tier = next((number for number, kind in enumerate(self.tiers) if self.is_kind(outcome, kind)), None)
        if tier is None:
            if outcome != self.outside:
                return None
            tier = len(self.tiers)
        ranks = tuple(map(Applicant.rank, self.members, outcome))
        return tier, outcome.count(None), sum(ranks), max(ranks), ranks

    def is_kind(self, outcome: Outcome, kind: str) -> bool:
        if kind == "partial":
            return None in outcome and outcome != self.outside and self.keeps_priority(outcome)
        return None not in outcome and (kind == "all" or len(set(outcome)) == 1)

    def keeps_priority(self, outcome: Outcome) -> bool:
        """No child is placed while one named before it is not."""
        placed = [outcome[self.known[one]] is not None for one in self.family.priority if one in self.known]
        return placed == sorted(placed, reverse=True)

    # -- blocking -------------------------------------------------------------------------------------------------------------

    def blocking(self) -> Iterator[Outcome]:
        """Outcomes that the family prefers and could have, best first."""
        better = self.listed[: self.listed.index(self.outcome)] if self.listed is not None else self.better()
        return (one for one in better if self.fits(one))

    def better(self) -> Iterator[Outcome]:
        """Acceptable outcomes before the present one, best first, of places that each child could get at least alone."""
        mine = self.mine
        assert mine is not None
        if mine[:3] == (0, 0, len(self.members)):
            return
        options = [self.attainable(one) for one in self.members]
        for tier, kind in enumerate(self.tiers[: mine[0] + 1]):
            limit = mine[2] if tier == mine[0] else None
            found = []
            for outcome in candidates(options, kind, limit):
                order = self.order(outcome)
                if order is not None and order[0] == tier and order < mine:
                    found.append((order, outcome))
            yield from (outcome for _, outcome in sorted(found, key=lambda row: row[0]))

    def attainable(self, one: Applicant) -> dict[str | None, int]:
        """{place: rank}. A place where even this child alone finds no room is in no outcome that blocks: a weaker sibling or a
        second one in the same pool only makes it harder."""
        found: dict[str | None, int] = {}
        for number, place in enumerate(one.wishes, 1):
            pool = self.pools.get((place, one.child.age))
            if pool is not None and pool.seats and pool.has_room(self.priorities.key(one, place), 1, self.own):
                found[place] = number
        if one.outside is None:
            found[None] = len(one.wishes) + 1
        return found

    def needs(self, outcome: Outcome) -> dict[Pool, tuple[Key, int]] | None:
        """{pool: (the worst key of the family's children there, how many)}; None where there is no such pool."""
        found: dict[Pool, tuple[Key, int]] = {}
        for one, place in zip(self.members, outcome, strict=True):
            if place is None:
                continue
            pool = self.pools.get((place, one.child.age))
            if pool is None:
                return None
            key = self.priorities.key(one, place)
            worst, count = found.get(pool, (key, 0))
            found[pool] = max(worst, key), count + 1
        return found

    def fits(self, outcome: Outcome) -> bool:
        needs = self.needs(outcome)
        return needs is not None and all(pool.has_room(worst, count, self.own) for pool, (worst, count) in needs.items())


def candidates(options: list[dict[str | None, int]], kind: str, limit: int | None) -> Iterator[Outcome]:
    """Combinations of attainable places that may be of this kind; `limit`: none with a larger sum of ranks is wanted."""
    if kind == "same":
        common = [place for place in options[0] if place is not None and all(place in one for one in options[1:])]
        return ((place,) * len(options) for place in common)
    if kind == "all":
        options = [{place: rank for place, rank in one.items() if place is not None} for one in options]
        if not all(options):
            return iter(())
        if limit is not None:
            least = [min(one.values()) for one in options]
            spare = limit - sum(least)
            options = [{place: rank for place, rank in one.items() if rank <= low + spare} for one, low in zip(options, least, strict=True)]
    return product(*options)
