"""An instance compiled into whole numbers: pools, effective lists, priority keys, families with their tuples.

Children are numbered by id and units by their priorities, so that no result can depend on the order of rows. A **unit** is what acts as
one: a family with its condition, or one child. A **key** stands for a child's priority at one facility: smaller is better, different
children always differ, and its lowest bits are the child's number. Pool 0 has no seats: it stands for every class a facility lacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from madoguchi.engines.placement.instance import CLASSES, Child, Family, Instance, Places, Unusable
from madoguchi.engines.placement.ladder import Ladder, Vector, expand


class Model:
    """Everything `assign` looks at. Lists of a child run along its effective list, best wish first.

    wishes[c]: facility numbers; pools[c]: their pools; keys[c]: the child's keys there; outside[c]: the place in the list of the
    outside option, `len(list)` where that is no place. unit_children[u]: child numbers; ladders[u]: None for a unit of one child,
    whose tuples are its list and then, unless it has a seat to keep, no place.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.children: list[Child] = sorted(instance.children, key=lambda child: child.id)
        self.number = {child.id: number for number, child in enumerate(self.children)}
        self.facilities = sorted(facility.id for facility in instance.facilities)
        self.bits = max(len(self.children).bit_length(), 1)
        self.mask = (1 << self.bits) - 1
        self._make_pools()
        self.wishes: list[list[int]] = []
        self.outside: list[int] = []
        self._make_lists()
        self.pools: list[list[int]] = []
        self.keys: list[list[int]] = []
        self._make_keys()
        self._refuse_lost_seats()
        self.unit_children: list[tuple[int, ...]] = []
        self.unit_family: list[str] = []
        self.ladders: list[Ladder | None] = []
        self.unit_of = [0] * len(self.children)
        self._make_units()

    # ------------------------------------------------------------------ pools and lists

    def _make_pools(self) -> None:
        self.seats, self.pool_facility, self.pool_classes = [0], [-1], [()]  # type: list[int], list[int], list[tuple[int, ...]]
        self.pool_at = [0] * (CLASSES * len(self.facilities))
        self.facility_number = {facility: number for number, facility in enumerate(self.facilities)}
        for facility in sorted(self.instance.facilities, key=lambda facility: facility.id):
            number = self.facility_number[facility.id]
            shared = {age: classes for classes in facility.shared for age in classes}
            done: set[int] = set()
            for age in range(CLASSES):
                classes = tuple(shared.get(age, (age,)))
                seats = sum(facility.capacity[one] or 0 for one in classes)
                if age in done or not seats:
                    continue
                done.update(classes)
                for one in classes:
                    self.pool_at[number * CLASSES + one] = len(self.seats)
                self.seats.append(seats)
                self.pool_facility.append(number)
                self.pool_classes.append(tuple(sorted(classes)))

    def _make_lists(self) -> None:
        facility_number, pinned, forbidden = self.facility_number, self.instance.pinned, self.instance.forbidden
        for child in self.children:
            if child.id in pinned:
                place = pinned[child.id]
                names: Sequence[str] = () if place is None else (place,)
                holds = place is not None
            else:
                names, holds = effective_list(child, forbidden), child.current is not None
            self.wishes.append([facility_number[name] for name in names])
            self.outside.append(len(names) - 1 if holds else len(names))

    # ------------------------------------------------------------------ priorities

    def _make_keys(self) -> None:
        bits, children, pinned = self.bits, self.children, self.instance.pinned
        order = sorted(range(len(children)), key=lambda number: tie_keys(children[number], "*"))  # stable: then by id
        place = [0] * len(children)
        for position, number in enumerate(order):
            place[number] = position
        largest = max((abs(child.points) + max(map(abs, child.bonus.values()), default=0) for child in children), default=0)
        self.holder = 1 << (largest.bit_length() + 2 + 2 * bits)  # taken off the key of who holds the seat, or is pinned to it
        named = self._local_places()
        self.base: list[int] = []
        for number, child in enumerate(children):
            base = ((-child.points << bits) | place[number]) << bits | number
            self.base.append(base)
            wishes = self.wishes[number]
            self.pools.append([self.pool_at[facility * CLASSES + child.age] for facility in wishes])
            keys = [base] * len(wishes)
            self._adjust(number, keys, named)
            if wishes and self.outside[number] < len(wishes):
                keys[-1] -= self.holder
            self.keys.append(keys)
        self.guaranteed = [number for number in range(len(children)) if self.outside[number] < len(self.wishes[number])]
        self.pinned = [child.id in pinned for child in children] if pinned else [False] * len(children)

    def _adjust(self, number: int, keys: list[int], named: Mapping[int, Mapping[int, int]]) -> None:
        """Bonuses and tie-break keys that hold at one facility only."""
        child, bits = self.children[number], self.bits
        if named:
            for rank, facility in enumerate(self.wishes[number]):
                if facility in named:
                    keys[rank] = ((-child.points << bits) | named[facility][number]) << bits | number
        if child.bonus:
            for rank, facility in enumerate(self.wishes[number]):
                keys[rank] -= child.bonus.get(self.facilities[facility], 0) << (2 * bits)

    def _local_places(self) -> dict[int, dict[int, int]]:
        """Facility number → child number → place in the tie-break order there, where some child's keys name that facility."""
        named: set[int] = set()
        for number, child in enumerate(self.children):
            names = {name for key in child.tiebreak if not isinstance(key, int) for name in key}
            if names:
                named.update(facility for facility in self.wishes[number] if self.facilities[facility] in names)
        if not named:
            return {}
        there: dict[int, list[int]] = {facility: [] for facility in sorted(named)}
        for number, wishes in enumerate(self.wishes):
            for facility in wishes:
                if facility in there:
                    there[facility].append(number)
        found = {}
        for facility, numbers in there.items():
            name = self.facilities[facility]
            numbers.sort(key=lambda number: tie_keys(self.children[number], name))
            found[facility] = {number: position for position, number in enumerate(numbers)}
        return found

    def _refuse_lost_seats(self) -> None:
        """Nobody may lose a seat, so a pool must have seats for all who hold one there or are pinned to it."""
        held = Counter(self.pools[number][-1] for number in self.guaranteed)
        problems = []
        for pool, count in sorted(held.items()):
            if count <= self.seats[pool]:
                continue
            there = [number for number in self.guaranteed if self.pools[number][-1] == pool]
            names = sorted({self.facilities[self.wishes[number][-1]] for number in there})
            ages = sorted({self.children[number].age for number in there})
            where = f"facilities {', '.join(names)}, classes {ages}"
            text = (
                f"{count} children hold a seat or are pinned here, but there are {self.seats[pool]} seats: count theirs into the capacity"
            )
            problems.append((where, text))
        if problems:
            raise Unusable(problems)

    # ------------------------------------------------------------------ families

    def _make_units(self) -> None:
        units = [unit for family in self.instance.families for unit in self._units_of(family)]
        seen = {number for unit in units for number in unit[2]}
        if len(seen) < len(self.children):  # a child whose family has no row
            units.extend(
                (self.base[number], child.family, (number,), None) for number, child in enumerate(self.children) if number not in seen
            )
        units.sort(key=lambda unit: unit[0])  # keys differ: the numbers of children stand in them
        for unit, (_, name, numbers, family) in enumerate(units):
            self.unit_family.append(name)
            self.unit_children.append(numbers)
            self.ladders.append(self._ladder(family, numbers) if family is not None else None)
            for number in numbers:
                self.unit_of[number] = unit

    def _units_of(self, family: Family) -> list[tuple[int, str, tuple[int, ...], Family | None]]:
        """(key that orders it, family id, children, the family where they act together)."""
        numbers = tuple(self.number[child] for child in family.children)
        if len(numbers) == 1 or family.condition in ("independent", "single"):
            return [(self.base[number], family.id, (number,), None) for number in numbers]
        return [(max(self.base[number] for number in numbers), family.id, numbers, family)] if numbers else []

    def _ladder(self, family: Family, numbers: tuple[int, ...]) -> Ladder:
        lists = [self.wishes[number] for number in numbers]
        outside = tuple(self.outside[number] for number in numbers)
        if family.tuples is None:
            first = [family.children.index(child) for child in family.priority if child in family.children]
            more = expand(lists, outside, family.condition, first)
        else:
            more = self._written(family.tuples, lists, outside)
        return Ladder(more, [self.pools[number] for number in numbers], [self.keys[number] for number in numbers], self.seats)

    def _written(self, tuples: Sequence[Sequence[str | None]], lists: Sequence[Sequence[int]], outside: Vector) -> Iterator[Vector]:
        """The family's own ranked list; entries that are in no effective list are passed over."""
        places = [{self.facilities[facility]: rank for rank, facility in enumerate(one)} for one in lists]
        seen: set[Vector] = set()
        for names in tuples:
            ranks = []
            for place, one, out, name in zip(places, lists, outside, names, strict=True):
                rank = (len(one) if out == len(one) else None) if name is None else place.get(name)
                if rank is not None:
                    ranks.append(rank)
            vector = tuple(ranks)
            if len(vector) < len(lists) or vector in seen:
                continue
            seen.add(vector)
            yield vector
            if vector == outside:
                return
        yield outside

    # ------------------------------------------------------------------ results

    def places(self, at: Sequence[int]) -> dict[str, str | None]:
        """child id → facility id, from the number of each unit's tuple."""
        found: dict[str, str | None] = {child.id: None for child in self.children}
        for unit, number in enumerate(at):
            for child, rank in zip(self.unit_children[unit], self.ranks(unit, number), strict=True):
                wishes = self.wishes[child]
                if rank < len(wishes):
                    found[self.children[child].id] = self.facilities[wishes[rank]]
        return found

    def ranks(self, unit: int, number: int) -> Vector:
        """Ranks (0 the first wish) of the unit's children in its tuple `number`."""
        ladder = self.ladders[unit]
        if ladder is None:
            return (number,)
        ladder.reach(number)
        return ladder.ranks[number]

    def tuple_names(self, unit: int, number: int) -> tuple[str | None, ...]:
        """The tuple's facilities, None for no place."""
        names: list[str | None] = []
        for child, rank in zip(self.unit_children[unit], self.ranks(unit, number), strict=True):
            wishes = self.wishes[child]
            names.append(self.facilities[wishes[rank]] if rank < len(wishes) else None)
        return tuple(names)


def effective_list(child: Child, forbidden: frozenset[tuple[str, str]]) -> list[str]:
    """L(c) of docs/engines/placement-format.md, without pins: a seat that the child holds is never cut."""
    names = list(dict.fromkeys(child.preferences))
    if child.current in names:
        del names[names.index(child.current) :]
    if child.min_age_ok is not None:
        names = [name for name in names if name in child.min_age_ok]
    if forbidden:
        names = [name for name in names if (child.id, name) not in forbidden]
    if child.current is not None:
        names.append(child.current)
    return names


def tie_keys(child: Child, facility: str) -> tuple[int, ...]:
    """The child's tie-break keys at a facility, smaller is better; a key that names neither it nor "*" counts as 0."""
    return tuple(key if isinstance(key, int) else key.get(facility, key.get("*", 0)) for key in child.tiebreak)


def plain_deferred_acceptance(instance: Instance) -> Places:
    """Every child for itself, as if nobody had siblings: the yardstick of bench/, never a result."""
    model = Model(Instance(instance.facilities, instance.children, (), instance.pinned, instance.forbidden))
    held: list[list[int]] = [[] for _ in model.seats]
    at = [0] * len(model.children)
    for start in range(len(at)):
        child: int | None = start
        while child is not None:
            child = apply_once(model, held, at, child)
    order = [at[model.unit_children[unit][0]] for unit in range(len(model.unit_children))]
    return model.places(order)


def apply_once(model: Model, held: list[list[int]], at: list[int], child: int) -> int | None:
    """One child goes down its list until somebody takes it; who had to give way, if anybody."""
    pools, keys = model.pools[child], model.keys[child]
    while at[child] < len(pools):
        pool = pools[at[child]]
        there = held[pool]
        there.append(keys[at[child]])
        there.sort()
        if len(there) <= model.seats[pool]:
            return None
        loser = there.pop() & model.mask
        at[loser] += 1
        if loser != child:
            return loser
    return None
