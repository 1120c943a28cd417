"""What explanations look things up in: per pool the seats, who holds them and who would like to, best first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .instance import Child, Facility, Family, Instance, Places
from .model import effective_list, tie_keys

Standing = tuple[int, int, tuple[int, ...], str]
"""A child's priority at a facility, smaller is better: (-1 decided beforehand, 0 holds a seat there, 1 else; minus the points; keys; id)."""
PINNED, HOLDS, NEW = -1, 0, 1


@dataclass(slots=True)
class Pool:
    """`holders` and `waiting` sorted, best first; `waiting` are those who prefer this pool to what they have."""

    facility: str
    classes: tuple[int, ...]
    seats: int
    holders: list[Standing] = field(default_factory=list)
    waiting: list[Standing] = field(default_factory=list)

    def better(self, standing: Standing) -> int:
        """How many holders come before this standing."""
        return bisect_left(self.holders, standing)

    def before_in_line(self, standing: Standing) -> int:
        return bisect_left(self.waiting, standing)

    @property
    def last(self) -> Standing | None:
        """The holder who would have to give way first."""
        return self.holders[-1] if self.holders else None

    @property
    def is_full(self) -> bool:
        return len(self.holders) >= self.seats


def standing_of(child: Child, facility: str, *, is_pinned: bool = False) -> Standing:
    return (
        PINNED if is_pinned else HOLDS if child.current == facility else NEW,
        -(child.points + child.bonus.get(facility, 0)),
        tie_keys(child, facility),
        child.id,
    )


class Tables:
    """An instance and a placement of it, made ready to be asked about."""

    def __init__(self, instance: Instance, places: Places) -> None:
        self.instance, self.places = instance, places
        self.facilities: dict[str, Facility] = {facility.id: facility for facility in instance.facilities}
        self.children: dict[str, Child] = {child.id: child for child in instance.children}
        self.families: dict[str, Family] = {family.id: family for family in instance.families}
        self.family_of = {child: family for family in instance.families for child in family.children}
        self.pools: dict[tuple[str, int], Pool] = dict(self._pools())
        self.lists: dict[str, list[str]] = {}
        for child in instance.children:
            self._enter(child)
        for pool in {id(pool): pool for pool in self.pools.values()}.values():
            pool.holders.sort()
            pool.waiting.sort()

    def _pools(self) -> Iterator[tuple[tuple[str, int], Pool]]:
        for facility in self.instance.facilities:
            grouped = {age: classes for classes in facility.shared for age in classes}
            made: dict[tuple[int, ...], Pool] = {}
            for age in range(len(facility.capacity)):
                classes = tuple(grouped.get(age, (age,)))
                if classes not in made:
                    made[classes] = Pool(facility.id, classes, sum(facility.capacity[one] or 0 for one in classes))
                yield (facility.id, age), made[classes]

    def _enter(self, child: Child) -> None:
        wished = self._wished(child)
        self.lists[child.id] = wished
        place = self.places.get(child.id)
        is_pinned = child.id in self.instance.pinned
        for facility in wished:
            pool = self.pools.get((facility, child.age))
            if facility == place:
                if pool is not None:
                    pool.holders.append(standing_of(child, facility, is_pinned=is_pinned))
                break
            if pool is not None and pool.seats:
                pool.waiting.append(standing_of(child, facility))

    def _wished(self, child: Child) -> list[str]:
        if child.id in self.instance.pinned:
            pinned = self.instance.pinned[child.id]
            return [pinned] if pinned is not None else []
        return effective_list(child, self.instance.forbidden)

    def capacity(self, facility: str, age: int) -> int | None:
        found = self.facilities.get(facility)
        return found.capacity[age] if found is not None else None

    def siblings(self, child: str) -> tuple[str, ...]:
        """The other children whose places belong together with this one's; nobody where each is placed alone."""
        family = self.family_of.get(child)
        if family is None or family.condition in ("independent", "single"):
            return ()
        return tuple(each for each in family.children if each != child)


def first_difference(one: tuple[int, ...], other: tuple[int, ...]) -> int | None:
    """The index of the first key in which two differ; None where all are equal."""
    return next((number for number, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), None)


def plain_data(value: Any) -> Any:
    """Tuples as lists, for JSON."""
    if isinstance(value, (list, tuple)):
        return [plain_data(each) for each in value]
    return {key: plain_data(each) for key, each in value.items()} if isinstance(value, dict) else value
