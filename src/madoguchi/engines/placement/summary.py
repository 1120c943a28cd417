"""A run as figures: applicants, seats and cut-offs per facility and class, first wishes, who waits, what the last key decided."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .instance import CLASSES, Instance, Places, is_last, shown_points
from .tables import HOLDS, Pool, Tables, first_difference, plain_data


@dataclass(slots=True)
class ClassFigures:
    """One pool. `wishes` by number of the wish (1 first). `ratio` is 申込倍率: all wishes over seats, None without seats.

    `last_points` are the lowest of who came in new (内定者の最低指数), None where nobody did; `staying` held the seat before.
    """

    facility: str
    classes: tuple[int, ...]
    seats: int
    wishes: list[int] = field(default_factory=list)
    placed: int = 0
    staying: int = 0
    left: int = 0
    waiting: int = 0
    last_points: int | None = None
    ratio: float | None = None


@dataclass(slots=True)
class Summary:
    """All of a run. `by_wish` counts children by the number of the wish that they got; `waiting` those with no place, by class."""

    children: int
    seated: int
    newly_seated: int
    staying: int
    transferred: int
    without: int
    first_wish: int
    by_wish: dict[int, int]
    seats: dict[int, int]
    applicants: dict[int, int]
    placed: dict[int, int]
    waiting: dict[int, int]
    last_key: int
    classes: list[ClassFigures]

    def as_data(self) -> dict[str, Any]:
        data: dict[str, Any] = plain_data(asdict(self))
        return {key: {str(k): v for k, v in value.items()} if isinstance(value, dict) else value for key, value in data.items()}


def summarise(instance: Instance, places: Places, *, tables: Tables | None = None) -> Summary:
    """The figures of a placement."""
    tables = tables or Tables(instance, places)
    classes = _classes(tables)
    by_wish, newly, staying = _outcomes(tables)
    ages = Counter(child.age for child in instance.children)
    placed = Counter(child.age for child in instance.children if places.get(child.id) is not None)
    seats: Counter[int] = Counter()
    for facility in instance.facilities:
        for age, number in enumerate(facility.capacity):
            seats[age] += number or 0
    transferred = sum(1 for child in instance.children if child.current is not None and places.get(child.id) not in (None, child.current))
    seated = sum(placed.values())
    every = range(CLASSES)
    return Summary(
        children=len(instance.children),
        seated=seated,
        newly_seated=newly,
        staying=staying,
        transferred=transferred,
        without=len(instance.children) - seated,
        first_wish=by_wish.get(1, 0),
        by_wish=dict(sorted(by_wish.items())),
        seats={age: seats[age] for age in every},
        applicants={age: ages[age] for age in every},
        placed={age: placed[age] for age in every},
        waiting={age: ages[age] - placed[age] for age in every},
        last_key=len(decided_by_last_key(tables)),
        classes=classes,
    )


def _outcomes(tables: Tables) -> tuple[Counter[int], int, int]:
    by_wish: Counter[int] = Counter()
    newly = staying = 0
    for child in tables.instance.children:
        place = tables.places.get(child.id)
        if place is None:
            continue
        if place == child.current:
            staying += 1
            continue
        newly += child.current is None
        wished = list(dict.fromkeys(child.preferences))
        by_wish[wished.index(place) + 1 if place in wished else 0] += 1
    return by_wish, newly, staying


def _classes(tables: Tables) -> list[ClassFigures]:
    wishes = _wishes(tables)
    longest = max((len(counts) for counts in wishes.values()), default=0)
    pools = {id(pool): pool for pool in tables.pools.values() if pool.seats or wishes.get(id(pool)) or _exists(tables, pool)}
    found = [_figures(pool, wishes.get(id(pool), []), longest) for pool in pools.values()]
    return sorted(found, key=lambda one: (one.facility, one.classes))


def _exists(tables: Tables, pool: Pool) -> bool:
    return any(tables.capacity(pool.facility, age) is not None for age in pool.classes)


def _wishes(tables: Tables) -> dict[int, list[int]]:
    """{pool: wishes by their number}."""
    found: dict[int, list[int]] = defaultdict(list)
    for child in tables.instance.children:
        for number, facility in enumerate(dict.fromkeys(child.preferences)):
            pool = tables.pools.get((facility, child.age))
            if pool is None or facility == child.current:
                continue
            counts = found[id(pool)]
            counts.extend([0] * (number + 1 - len(counts)))
            counts[number] += 1
    return found


def _figures(pool: Pool, wishes: list[int], longest: int) -> ClassFigures:
    new = [holder for holder in pool.holders if holder[0] != HOLDS]
    in_turn = [holder for holder in new if not is_last(-holder[1])] or new  # who asked to come last says nothing of how many it takes
    counts = wishes + [0] * (longest - len(wishes))
    return ClassFigures(
        facility=pool.facility,
        classes=pool.classes,
        seats=pool.seats,
        wishes=counts,
        placed=len(new),
        staying=len(pool.holders) - len(new),
        left=pool.seats - len(pool.holders),
        waiting=len(pool.waiting),
        last_points=shown_points(-max(in_turn, key=lambda holder: holder[1])[1]) if in_turn else None,
        ratio=round(sum(counts) / pool.seats, 2) if pool.seats else None,
    )


def decided_by_last_key(tables: Tables) -> list[tuple[str, str, str]]:
    """(facility, last holder, first in line) wherever points and every key were equal, so that only the number of the child decided."""
    found = []
    for pool in {id(pool): pool for pool in tables.pools.values()}.values():
        last = pool.last
        if last is None or not pool.is_full or not pool.waiting:
            continue
        first = pool.waiting[0]
        if last[0] == first[0] and last[1] == first[1] and first_difference(last[2], first[2]) is None:
            found.append((pool.facility, last[3], first[3]))
    return sorted(found)


def national_waiting(without: int, categories: Mapping[str, int]) -> int:
    """待機児童数 by the national definition: those held, less who uses other care, whose parent stays on leave without the will to return,
    whose parent stopped looking for work, and who wants one certain facility only (保育所等利用待機児童数調査要領)."""
    return max(0, without - sum(categories.get(key, 0) for key in NOT_COUNTED))


NOT_COUNTED: Iterable[str] = ("other_care", "on_leave", "not_looking", "certain_facility")
