"""What if: one more seat here, other points there, one place decided by hand. The same market with a change, placed anew and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .assign import assign
from .instance import CLASSES, Facility, Family, Instance, Places, Result
from .tables import Tables, plain_data


@dataclass(frozen=True, slots=True)
class Change:
    """What is different. Seats are added to (facility, class); points and wishes replace those of a child; `withdrawn` children leave."""

    seats: Mapping[tuple[str, int], int] = field(default_factory=dict)
    points: Mapping[str, int] = field(default_factory=dict)
    wishes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pinned: Mapping[str, str | None] = field(default_factory=dict)
    forbidden: frozenset[tuple[str, str]] = frozenset()
    withdrawn: frozenset[str] = frozenset()

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Change:
        """From JSON: {"seats": [[facility, class, n]], "points": {child: n}, "wishes": {child: []}, "pinned": {}, "forbidden": [[c, f]],
        "withdrawn": []}. Raises ValueError for anything else."""
        unknown = set(data) - {"seats", "points", "wishes", "pinned", "forbidden", "withdrawn"}
        if unknown:
            raise ValueError(f"no change is called {', '.join(sorted(unknown))}")
        return cls(
            seats={(str(facility), int(age)): int(number) for facility, age, number in data.get("seats", [])},
            points={str(child): int(number) for child, number in data.get("points", {}).items()},
            wishes={str(child): tuple(map(str, names)) for child, names in data.get("wishes", {}).items()},
            pinned=dict(data.get("pinned", {})),
            forbidden=frozenset((str(child), str(facility)) for child, facility in data.get("forbidden", [])),
            withdrawn=frozenset(map(str, data.get("withdrawn", []))),
        )


@dataclass(frozen=True, slots=True)
class Move:
    """A child that is elsewhere: `better` True, False, or None where it cannot be said (a child of one side only)."""

    child: str
    before: str | None
    after: str | None
    better: bool | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two placements side by side. `chains` are 玉突き: each begins with a seat that came free or was taken, in the order of the moves."""

    moves: tuple[Move, ...]
    chains: tuple[tuple[Move, ...], ...]
    seated_before: int
    seated_after: int
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        data: dict[str, Any] = plain_data(asdict(self))
        data["better"] = sum(move.better is True for move in self.moves)
        data["worse"] = sum(move.better is False for move in self.moves)
        return data


@dataclass(frozen=True, slots=True)
class Simulation:
    result: Result
    instance: Instance
    comparison: Comparison


def changed(instance: Instance, change: Change) -> Instance:
    """The instance with the change in it. Raises ValueError for a facility or a child that is not there, or for seats below zero."""
    children = {child.id for child in instance.children}
    strangers = ({*change.points, *change.wishes, *change.pinned, *change.withdrawn} | {child for child, _ in change.forbidden}) - children
    places = {facility.id for facility in instance.facilities}
    unknown = {facility for facility, _ in change.seats} - places
    if strangers or unknown:
        raise ValueError(f"not in this market: {', '.join(sorted(strangers | unknown))}")
    kept = tuple(
        replace(child, points=change.points.get(child.id, child.points), preferences=change.wishes.get(child.id, child.preferences))
        for child in instance.children
        if child.id not in change.withdrawn
    )
    families = tuple(left for family in instance.families if (left := _without(family, change.withdrawn)) is not None)
    return replace(
        instance,
        facilities=tuple(_with_seats(facility, change) for facility in instance.facilities),
        children=kept,
        families=families,
        pinned={**{child: place for child, place in instance.pinned.items() if child not in change.withdrawn}, **change.pinned},
        forbidden=frozenset(pair for pair in instance.forbidden | change.forbidden if pair[0] not in change.withdrawn),
    )


def _without(family: Family, withdrawn: frozenset[str]) -> Family | None:
    """The family without who left; explicit tuples are of the whole family and go with them."""
    members = tuple(child for child in family.children if child not in withdrawn)
    if members == family.children:
        return family
    return (
        replace(family, children=members, priority=tuple(one for one in family.priority if one in members), tuples=None)
        if members
        else None
    )


def _with_seats(facility: Facility, change: Change) -> Facility:
    extra = [change.seats.get((facility.id, age), 0) for age in range(CLASSES)]
    if not any(extra):
        return facility
    capacity = tuple(number if not more else (number or 0) + more for number, more in zip(facility.capacity, extra, strict=True))
    if any(number is not None and number < 0 for number in capacity):
        raise ValueError(f"{facility.id} would have fewer seats than none")
    return replace(facility, capacity=capacity)


def simulate(instance: Instance, before: Places, change: Change, *, rule: str = "points") -> Simulation:
    """Place the changed market and compare with what was; raises ValueError as `changed` does."""
    made = changed(instance, change)
    result = assign(made, rule=rule)
    return Simulation(result, made, compare(instance, before, result.places))


def compare(instance: Instance, before: Places, after: Places) -> Comparison:
    """Two placements of the same children; children of one side only are listed apart. Better and worse are by the child's own list."""
    tables = Tables(instance, before)
    moves = tuple(
        Move(child, before[child], after[child], _better(tables, child, before[child], after[child]))
        for child in sorted(set(before) & set(after))
        if before[child] != after[child]
    )
    return Comparison(
        moves=moves,
        chains=tuple(_chains(tables, moves)),
        seated_before=sum(place is not None for place in before.values()),
        seated_after=sum(place is not None for place in after.values()),
        only_before=tuple(sorted(set(before) - set(after))),
        only_after=tuple(sorted(set(after) - set(before))),
    )


def _better(tables: Tables, child: str, before: str | None, after: str | None) -> bool | None:
    wished = tables.lists.get(child)
    if wished is None:
        return None

    def rank(place: str | None) -> int | None:
        return len(wished) if place is None else wished.index(place) if place in wished else None

    one, other = rank(before), rank(after)
    return None if one is None or other is None or one == other else other < one


def _chains(tables: Tables, moves: Iterable[Move]) -> list[tuple[Move, ...]]:
    """Moves strung together: who leaves a seat is followed by who takes it. Begins with who leaves for a seat that nobody left.

    Seats of a pool are alike, so where several leave and take at once they are strung in the order of their ids.
    """
    open_moves = {move.child: move for move in moves}
    takers: dict[tuple[str, int], list[str]] = {}
    leavers: dict[tuple[str, int], int] = {}
    for move in open_moves.values():
        age = tables.children[move.child].age if move.child in tables.children else 0
        if move.after is not None:
            takers.setdefault((move.after, age), []).append(move.child)
        if move.before is not None:
            leavers[move.before, age] = leavers.get((move.before, age), 0) + 1
    chains = []
    for start in _starts(tables, open_moves, leavers):
        chain = _follow(tables, start, open_moves, takers)
        if chain:
            chains.append(chain)
    while open_moves:  # exchanges: nobody began
        chain = _follow(tables, min(open_moves), open_moves, takers)
        chains.append(chain)
    return sorted(chains, key=lambda chain: (-len(chain), chain[0].child))


def _starts(tables: Tables, moves: Mapping[str, Move], leavers: Mapping[tuple[str, int], int]) -> list[str]:
    """Who took a seat that nobody left, then who lost one and took none."""
    free: dict[tuple[str, int], int] = dict(leavers)
    starts = []
    for child in sorted(moves):
        move = moves[child]
        if move.after is None:
            continue
        pool = (move.after, tables.children[child].age)
        if free.get(pool, 0) > 0:
            free[pool] -= 1
        else:
            starts.append(child)
    return starts


def _follow(tables: Tables, start: str, moves: dict[str, Move], takers: dict[tuple[str, int], list[str]]) -> tuple[Move, ...]:
    chain: list[Move] = []
    child: str | None = start
    while child is not None and child in moves:
        move = moves.pop(child)
        chain.append(move)
        waiting = takers.get((move.before, tables.children[child].age), []) if move.before is not None else []
        child = next((one for one in waiting if one in moves), None)
    return tuple(chain)


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """One more seat in one pool: how many more are seated, how many children move."""

    facility: str
    age: int
    more_seated: int
    moves: int
    better: int
    worse: int


def sensitivity(
    instance: Instance,
    before: Places,
    *,
    pools: Iterable[tuple[str, int]] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    rule: str = "points",
) -> list[Sensitivity]:
    """One more seat at every facility and class, each tried alone; a pool that nobody waits for changes nothing and is not tried.

    Equal to trying each: by the property that a seat which no family prefers leaves the placement stable. Raises ValueError for a pool
    that is not there.
    """
    tables = Tables(instance, before)
    wanted = list(pools) if pools is not None else [key for key in sorted(tables.pools) if tables.capacity(*key) is not None]
    found = []
    for done, (facility, age) in enumerate(wanted, 1):
        pool = tables.pools.get((facility, age))
        if pool is None:
            raise ValueError(f"no pool {facility} {age}")
        if _is_wished(tables, facility, pool.classes):
            comparison = simulate(instance, before, Change(seats={(facility, age): 1}), rule=rule).comparison
            data = comparison.as_data()
            gained = comparison.seated_after - comparison.seated_before
            found.append(Sensitivity(facility, age, gained, len(comparison.moves), data["better"], data["worse"]))
        else:
            found.append(Sensitivity(facility, age, 0, 0, 0, 0))
        if on_progress is not None:
            on_progress(done, len(wanted))
    return found


def _is_wished(tables: Tables, facility: str, classes: tuple[int, ...]) -> bool:
    """Whether a child of these classes wishes for the facility and has something it wants less."""
    for child in tables.instance.children:
        if child.age in classes and facility in tables.lists[child.id] and tables.places.get(child.id) != facility:
            wished = tables.lists[child.id]
            place = tables.places.get(child.id)
            if place is None or place not in wished or wished.index(facility) < wished.index(place):
                return True
            if tables.siblings(child.id):
                return True
    return False
