"""Lists, priorities and seats as the independent check reads them: written a second time, for `verify` alone.

The words are those of docs/engines/placement-format.md: L(c), the outside option, the priority key, pools.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any

from .instance import CLASSES, Child, Facility, Instance, Places

Key = tuple[Any, ...]
"""Priority at a facility, smaller is better."""


class Pool:
    """Seats for which everybody of these classes competes; `keys` are those of `holders`, best first."""

    __slots__ = ("classes", "facility", "holders", "keys", "seats")

    def __init__(self, facility: str, classes: tuple[int, ...], seats: int) -> None:
        self.facility, self.classes, self.seats = facility, classes, seats
        self.keys: list[Key] = []
        self.holders: list[str] = []

    def has_room(self, worst: Key, children: int, own: Iterable[tuple[Pool, Key]]) -> bool:
        """Whether so many children, the worst of them with this key, fit beside the better ones of other families.

        `own` are the seats that the family holds (pool, key): they count as free for it.
        """
        better = bisect_right(self.keys, worst)
        for pool, key in own:
            if pool is self and key <= worst:
                better -= 1
        return better + children <= self.seats

    def displaced(self, children: int, own: set[str]) -> list[str]:
        """Who of the other families would have to give way to so many children: the last in priority."""
        others = [holder for holder in self.holders if holder not in own]
        return others[max(self.seats - children, 0) :]


def pools_of(facilities: Iterable[Facility]) -> dict[tuple[str, int], Pool]:
    """The pool of every (facility id, class)."""
    pools = {}
    for facility in facilities:
        shared = {age: group for group in facility.shared for age in group}
        made: dict[tuple[int, ...], Pool] = {}
        for age in range(CLASSES):
            group = shared.get(age, (age,))
            if group not in made:
                made[group] = Pool(facility.id, group, sum(facility.capacity[one] or 0 for one in group))
            pools[facility.id, age] = made[group]
    return pools


class Applicant:
    """A child with its effective list (`wishes`), its outside option and where the placement under check put it."""

    __slots__ = ("child", "outside", "pinned", "place", "plain", "pool", "wishes")

    def __init__(self, child: Child, place: str | None, wishes: list[str], pin: tuple[str | None] | None) -> None:
        self.child, self.place, self.wishes = child, place, wishes
        self.pool: Pool | None = None  # where it holds a seat, once seated
        self.pinned = pin is not None
        self.outside = child.current if pin is None else pin[0]
        self.plain = {*map(type, child.tiebreak)} <= {int}  # no key of the child names a facility

    def rank(self, place: str | None) -> int:
        """1 is best; no place comes after the last wish. ValueError: neither wished nor nothing."""
        return len(self.wishes) + 1 if place is None else self.wishes.index(place) + 1

    def may_have(self, place: str | None) -> bool:
        return self.outside is None if place is None else place in self.wishes


class Priorities:
    """The key of a child at a facility. `by_wish`: pattern 2, where the rank of the wish comes before the points.

    `weak`: the id is left out, so that those who differ in nothing else are tied.
    """

    def __init__(self, *, by_wish: bool, weak: bool) -> None:
        self.by_wish, self.weak = by_wish, weak

    def key(self, one: Applicant, facility: str) -> Key:
        child = one.child
        first = -1 if one.pinned else 0 if child.current == facility else 1
        points = child.points + child.bonus.get(facility, 0) if child.bonus else child.points
        ties = child.tiebreak if one.plain else tuple(at(key, facility) for key in child.tiebreak)
        key: Key = (first, -points, ties) if self.weak else (first, -points, ties, child.id)
        return (first, one.rank(facility), *key[1:]) if self.by_wish else key


def at(key: int | Mapping[str, int], facility: str) -> int:
    """A tie-break key at a facility; one that is named neither there nor under "*" is 0."""
    return key if isinstance(key, int) else key.get(facility, key.get("*", 0))


def applicants_of(instance: Instance, places: Places) -> dict[str, Applicant]:
    banned: dict[str, set[str]] = {}
    for child_id, facility in instance.forbidden:
        banned.setdefault(child_id, set()).add(facility)
    return {child.id: applicant(child, places, instance.pinned, banned.get(child.id, ())) for child in instance.children}


def applicant(child: Child, places: Places, pinned: Mapping[str, str | None], banned: Iterable[str]) -> Applicant:
    """L(c): wishes once each, without those cut, up to the present place, which is the last. A pin is the whole list."""
    place = places.get(child.id)
    if child.id in pinned:
        pin = pinned[child.id]
        return Applicant(child, place, [] if pin is None else [pin], (pin,))
    wishes = list(dict.fromkeys(child.preferences))
    if child.current is not None:
        wishes = [*wishes[: wishes.index(child.current)], child.current] if child.current in wishes else [*wishes, child.current]
    if banned or child.min_age_ok is not None:
        wishes = [one for one in wishes if one == child.current or not (one in banned or too_young(child, one))]
    return Applicant(child, place, wishes, None)


def too_young(child: Child, facility: str) -> bool:
    return child.min_age_ok is not None and facility not in child.min_age_ok


def seat(applicants: Iterable[Applicant], pools: Mapping[tuple[str, int], Pool], priorities: Priorities) -> None:
    """Write into each pool who holds its seats. A child at a place outside its list holds its seat like the last of all."""
    rows: dict[Pool, list[tuple[Key, str]]] = {pool: [] for pool in pools.values()}
    for one in applicants:
        place = one.place
        pool = one.pool = pools.get((place, one.child.age)) if place is not None else None
        if pool is not None and place is not None:
            key = priorities.key(one, place) if place in one.wishes else (2, one.child.id)
            rows[pool].append((key, one.child.id))
    for pool, holding in rows.items():
        holding.sort()
        pool.keys = [key for key, _ in holding]
        pool.holders = [holder for _, holder in holding]
