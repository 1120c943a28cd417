"""Every outcome of a tiny market, and what docs/engines/placement-format.md says about each: no algorithm, no shortcut that needs a proof.

Written from the definitions alone; shares nothing with `assign` nor with `verify` but the rows of `instance`. Slow on purpose: up to
seven children.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from madoguchi.engines.placement.instance import Child, Instance, Places

Outcome = tuple[str | None, ...]
Seats = tuple[str, tuple[int, ...]]
KINDS_OF = {
    "same_facility": ["same"],
    "same_facility_first": ["same", "all"],
    "same_time": ["all"],
    "any": ["all", "partial"],
    "any_same_first": ["same", "all", "partial"],
    "same_or_partial": ["same", "partial"],
}


@dataclass
class Unit:
    """A family, or a child by itself; its outcomes best first."""

    family: str
    children: list[Child]
    outcomes: list[Outcome]


@dataclass
class Truth:
    least_blocking: int
    most_seated: int | None
    """Of stable outcomes; None: there is none."""
    feasible: int
    stable: list[dict[str, str | None]]


class Market:
    def __init__(self, instance: Instance, *, weak: bool = False) -> None:
        self.instance, self.weak = instance, weak
        self.by_id = {child.id: child for child in instance.children}
        self.pool_of, self.seats = {}, {}
        for facility in instance.facilities:
            for age in range(6):
                group = next((group for group in facility.shared if age in group), (age,))
                self.pool_of[facility.id, age] = (facility.id, group)
                self.seats[facility.id, group] = sum(facility.capacity[one] or 0 for one in group)
        self.lists = {child.id: self.effective_list(child) for child in instance.children}
        self.units = list(self.make_units())

    # -- lists ---------------------------------------------------------------------------------------------------------------

    def effective_list(self, child: Child) -> list[str]:
        if child.id in self.instance.pinned:
            place = self.instance.pinned[child.id]
            return [place] if place is not None else []
        found = []
        for place in child.preferences:
            if place == child.current:
                break
            allowed = child.min_age_ok is None or place in child.min_age_ok
            if place not in found and allowed and (child.id, place) not in self.instance.forbidden:
                found.append(place)
        return found + ([child.current] if child.current is not None else [])

    def outside(self, child: Child) -> str | None:
        return self.instance.pinned.get(child.id, child.current)

    def possible(self, child: Child) -> list[str | None]:
        return [*self.lists[child.id], *([None] if self.outside(child) is None else [])]

    def rank(self, child: Child, place: str | None) -> int:
        return len(self.lists[child.id]) + 1 if place is None else self.lists[child.id].index(place) + 1

    def make_units(self) -> Iterator[Unit]:
        for family in self.instance.families:
            kids = [self.by_id[one] for one in family.children]
            if family.condition in ("independent", "single") or len(kids) == 1:
                yield from (Unit(family.id, [child], [(place,) for place in self.possible(child)]) for child in kids)
                continue
            outside = tuple(self.outside(child) for child in kids)
            combinations = list(product(*(self.possible(child) for child in kids)))
            if family.tuples is not None:
                ranked = [one for number, one in enumerate(family.tuples) if one in combinations and one not in family.tuples[:number]]
            else:
                ranked = self.expanded(kids, KINDS_OF[family.condition], family.priority, combinations, outside)
            yield Unit(family.id, kids, [*(ranked[: ranked.index(outside)] if outside in ranked else ranked), outside])

    def expanded(self, kids: list[Child], kinds: list[str], priority: tuple[str, ...], combinations: list[Outcome], outside: Outcome):
        rows = []
        for outcome in combinations:
            placed = {child.id: place is not None for child, place in zip(kids, outcome, strict=True)}
            accepted = {
                "same": all(placed.values()) and len(set(outcome)) == 1,
                "all": all(placed.values()),
                "partial": not all(placed.values())
                and outcome != outside
                and not any(placed[later] and not placed[one] for n, one in enumerate(priority) for later in priority[n:]),
            }
            tiers = [tier for tier, kind in enumerate(kinds) if accepted[kind]]
            if tiers:
                ranks = [self.rank(child, place) for child, place in zip(kids, outcome, strict=True)]
                unplaced = list(placed.values()).count(False)
                rows.append((tiers[0], unplaced, sum(ranks), max(ranks), ranks, outcome))
        return [row[-1] for row in sorted(rows, key=lambda row: row[:5])]

    # -- priority ------------------------------------------------------------------------------------------------------------

    def strict(self, child: Child, place: str):
        """The parts of the key that a clerk would call a reason. A pinned child's seat is nobody else's."""
        first = -1 if child.id in self.instance.pinned else 0 if child.current == place else 1
        keys = [key if isinstance(key, int) else key.get(place, key["*"]) for key in child.tiebreak]
        return (first, -(child.points + child.bonus.get(place, 0)), keys)

    def stands_before(self, holder: Child, asking: Child, place: str) -> bool:
        """Whether the holder need not give way to who asks."""
        one, other = self.strict(holder, place), self.strict(asking, place)
        return one < other or (one == other and (self.weak or holder.id < asking.id))

    # -- outcomes ------------------------------------------------------------------------------------------------------------

    def places(self, chosen: list[Outcome]) -> dict[str, str | None]:
        return {
            child.id: place for unit, one in zip(self.units, chosen, strict=True) for child, place in zip(unit.children, one, strict=True)
        }

    def feasible(self, places: Places) -> bool:
        held: dict[Seats, int] = {}
        for child in self.instance.children:
            place = places.get(child.id)
            if place is not None:
                pool = self.pool_of.get((place, child.age))
                if pool is None:
                    return False
                held[pool] = held.get(pool, 0) + 1
        accepted = all(tuple(places.get(child.id) for child in unit.children) in unit.outcomes for unit in self.units)
        return accepted and all(number <= self.seats[pool] for pool, number in held.items())

    def every_feasible(self, number: int = 0, chosen: tuple[Outcome, ...] = (), held: dict[Seats, int] | None = None):
        held = held or {}
        if number == len(self.units):
            yield list(chosen)
            return
        unit = self.units[number]
        for outcome in unit.outcomes:
            now = dict(held)
            for child, place in zip(unit.children, outcome, strict=True):
                if place is not None:
                    pool = self.pool_of[place, child.age]
                    now[pool] = now.get(pool, 0) + 1
            if all(count <= self.seats[pool] for pool, count in now.items()):
                yield from self.every_feasible(number + 1, (*chosen, outcome), now)

    def blocks(self, unit: Unit, wanted: Outcome, places: Places) -> tuple[str, ...] | None:
        """None: it does not. Otherwise the children of others who would have to give way."""
        displaced: list[str] = []
        asked: dict[Seats, list[tuple[Child, str]]] = {}
        for child, place in zip(unit.children, wanted, strict=True):
            if place is not None:
                asked.setdefault(self.pool_of[place, child.age], []).append((child, place))
        for pool, rows in asked.items():
            others = [self.by_id[one] for one in places if self.in_pool(one, places[one], pool) and self.by_id[one] not in unit.children]
            before = [other for other in others if not all(not self.stands_before(other, child, place) for child, place in rows)]
            if len(before) + len(rows) > self.seats[pool]:
                return None
            in_order = sorted(others, key=lambda other: (*self.strict(other, str(places[other.id])), other.id))
            displaced += [other.id for other in in_order[max(0, self.seats[pool] - len(rows)) :]]
        return tuple(sorted(displaced))

    def in_pool(self, child: str, place: str | None, pool: Seats) -> bool:
        return place is not None and self.pool_of[place, self.by_id[child].age] == pool

    def blocking(self, places: Places) -> dict[tuple[str, ...], list[tuple[Outcome, tuple[str, ...]]]]:
        """Children of each unit that blocks → the outcomes it blocks with, best first, and who would have to give way."""
        found = {}
        for unit in self.units:
            mine = tuple(places.get(child.id) for child in unit.children)
            better = unit.outcomes[: unit.outcomes.index(mine)]
            rows = [(one, others) for one in better if (others := self.blocks(unit, one, places)) is not None]
            if rows:
                found[tuple(child.id for child in unit.children)] = rows
        return found

    def wasted(self, places: Places) -> set[tuple[Seats, tuple[str, ...]]]:
        """(pool, children) where the best outcome that displaces nobody takes more seats than the family holds there."""
        found = set()
        for children, rows in self.blocking(places).items():
            wanted = next((one for one, displaced in rows if not displaced), ())
            for pool in self.seats if wanted else ():
                now = sum(self.in_pool(child, places[child], pool) for child in children)
                then = sum(self.in_pool(child, place, pool) for child, place in zip(children, wanted, strict=True))
                found |= {(pool, children)} if then > now else set()
        return found

    def truth(self) -> Truth:
        least, most, count, stable = len(self.units) + 1, None, 0, []
        for chosen in self.every_feasible():
            count += 1
            places = self.places(chosen)
            number = len(self.blocking(places))
            least = min(least, number)
            if not number:
                stable.append(places)
                seated = sum(place is not None for place in places.values())
                most = seated if most is None else max(most, seated)
        return Truth(least, most, count, stable)

    # -- pattern 2 -----------------------------------------------------------------------------------------------------------

    def passed_over(self, places: Places) -> set[tuple[str, str]]:
        """(child, facility) that the check of pattern 2 forbids: preferred, and a seat there is empty or held by who comes later."""
        found = set()
        for child in self.instance.children:
            mine = self.rank(child, places.get(child.id))
            for place in self.lists[child.id][: mine - 1]:
                pool = self.pool_of[place, child.age]
                holders = [self.by_id[one] for one in places if self.in_pool(one, places[one], pool)]
                if len(holders) < self.seats[pool] or any(self.comes_later(holder, child, place) for holder in holders):
                    found.add((child.id, place))
        return found

    def comes_later(self, holder: Child, asking: Child, place: str) -> bool:
        if holder.id in self.instance.pinned or holder.current == place:
            return False
        one, other = self.rank(holder, place), self.rank(asking, place)
        return one > other or (one == other and not self.stands_before(holder, asking, place))


def round_by_round(market: Market, moved: set[str]) -> dict[str, str | None]:
    """Pattern 2 as an office tells it, when it is known beforehand which transfers succeed: the seats of the others are set aside,
    then first wishes by points as far as seats go, then second wishes for what is left. Nothing given is taken away."""
    instance, seats = market.instance, dict(market.seats)
    places: dict[str, str | None] = {child.id: None for child in instance.children}
    for child in instance.children:
        sure = market.outside(child)
        if sure is not None and child.id not in moved:
            seats[market.pool_of[sure, child.age]] -= 1
            places[child.id] = sure
    settled = set(instance.pinned)
    for rank in range(1, 1 + max(map(len, market.lists.values()), default=0)):
        asking: dict[Seats, list[tuple[Any, str, str]]] = {}
        for child in instance.children:
            wishes = market.lists[child.id]
            if child.id not in settled and rank <= len(wishes) and wishes[rank - 1] != child.current:
                place = wishes[rank - 1]
                asking.setdefault(market.pool_of[place, child.age], []).append(((market.strict(child, place), child.id), child.id, place))
        for pool, rows in asking.items():
            for _, child_id, place in sorted(rows)[: seats[pool]]:
                places[child_id] = place
                settled.add(child_id)
                seats[pool] -= 1
    return places
