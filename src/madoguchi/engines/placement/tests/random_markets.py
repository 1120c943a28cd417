"""Tiny invented markets in which everything that the format knows happens often: for comparing with tests/brute.py."""

from __future__ import annotations

from random import Random

from madoguchi.engines.placement.instance import Child, Facility, Family, Instance, Key

AGES = (0, 1, 2)
MOST_AGES = (1, 1, 1, 2, 2, 0)
SHARED: tuple[tuple[tuple[int, ...], ...], ...] = ((), (), (), ((1, 2),), ((0, 1),), ((0, 1, 2),), ((0, 2), (1, 4)))
JOINT = ("same_facility", "same_facility_first", "same_time", "any", "any_same_first", "same_or_partial")
PARTIAL = ("any", "any_same_first", "same_or_partial")


def random_market(random: Random, *, singles: bool = False, children: int = 7) -> Instance:
    """At most so many children (by default 7) at up to four facilities. `singles`: no joint conditions, as pattern 2 wants it."""
    names = [f"F{number}" for number in range(1, random.choice((2, 2, 2, 3, 3, 4)) + 1)]
    families: list[Family] = []
    rows: list[Child] = []
    many = random.randint(4, children)
    if not singles and random.random() < 0.2:
        rows, families = contradiction(random, age=1, first=1)
        if random.random() < 0.3:
            more, also = contradiction(random, age=2, first=4)
            rows, families = rows + more, families + also
            many = max(many, len(rows))
    if singles and random.random() < 0.1:
        rows, families = exchange()
    while len(rows) < many:
        family = f"f{len(families) + 1}"
        size = min(random.choice((1, 1, 1, 2, 2, 3)), many - len(rows))
        kids = siblings(random, family, size, names, first=len(rows) + 1)
        rows += kids
        families.append(family_of(random, family, kids, singles=singles))
    shuffled = rows[:]
    random.shuffle(shuffled)
    pinned: dict[str, str | None] = {}
    if random.random() < 0.25:
        for child in random.sample(rows, random.choice((1, 1, 2))):
            pinned[child.id] = random.choice((*names, None))
    some = random.sample(rows, 2) if random.random() < 0.25 else []
    forbidden = frozenset((child.id, place) for child in some if (place := random.choice(names)) != pinned.get(child.id))
    facilities = tuple(facility(random, name, rows, pinned) for name in names)
    return Instance(facilities, tuple(shuffled), tuple(families), pinned, forbidden)


def siblings(random: Random, family: str, size: int, names: list[str], *, first: int) -> list[Child]:
    """Often alike, sometimes not: in points, lists, ages (twins)."""
    age, points, wishes = random.choice(MOST_AGES), random.randint(0, 3), wish_list(random, names)
    moving = random.random() < 0.2
    now = random.choice(names)
    return [
        Child(
            id=f"c{number}",
            family=family,
            age=age if random.random() < 0.4 else random.choice(MOST_AGES),
            points=points if random.random() < 0.3 else random.randint(0, 4),
            tiebreak=tuple(tie_break(random, names) for _ in range(random.choice((0, 1, 1, 2)))),
            preferences=wishes if random.random() < 0.5 else wish_list(random, names),
            current=present(random, names, now, moving=moving),
            bonus={random.choice(names): random.randint(-3, 3)} if random.random() < 0.5 else {},
            min_age_ok=frozenset(random.sample(names, len(names) - 1)) if random.random() < 0.1 else None,
        )
        for number in range(first, first + size)
    ]


def exchange() -> tuple[list[Child], list[Family]]:
    """Two who want each other's seat."""
    rows = [Child("c1", "f1", 1, 2, (), ("F2",), "F1"), Child("c2", "f2", 1, 1, (), ("F1",), "F2")]
    return rows, [Family("f1", ("c1",)), Family("f2", ("c2",))]


def present(random: Random, names: list[str], now: str, *, moving: bool) -> str | None:
    """Siblings who ask for a transfer come mostly from the same facility."""
    if moving and random.random() < 0.8:
        return now if random.random() < 0.7 else random.choice(names)
    return random.choice(names) if random.random() < 0.08 else None


def contradiction(random: Random, *, age: int, first: int) -> tuple[list[Child], list[Family]]:
    """With one seat of the class at each of two facilities, these three alone have no stable placement.

    The pair comes together or not at all, the third child stands between the two of them and would rather have F1: it takes F2 from
    the weaker one, so the stronger one leaves F1 too, so the third moves up to F1, from where the pair drives it out again.
    """
    top, low = random.randint(3, 4), random.randint(0, 1)
    one, two, three = (f"c{number}" for number in range(first, first + 3))
    pair, other = f"f{1 + 2 * (first > 1)}", f"f{2 + 2 * (first > 1)}"
    rows = [
        Child(one, pair, age, top, (0,), ("F1",)),
        Child(two, pair, age, low, (0,), ("F2",)),
        Child(three, other, age, 2, (0,), ("F1", "F2")),
    ]
    condition = random.choice(("same_time", "same_facility_first"))
    return rows, [Family(pair, (one, two), condition), Family(other, (three,))]


def wish_list(random: Random, names: list[str]) -> tuple[str, ...]:
    """With a wish given twice now and then, and now and then none at all."""
    wishes = random.sample(names, random.choice((1, 2, *3 * (len(names),))) if random.random() < 0.95 else 0)
    if wishes and random.random() < 0.1:
        wishes.insert(random.randint(0, len(wishes)), random.choice(wishes))
    return tuple(wishes)


def tie_break(random: Random, names: list[str]) -> Key:
    if random.random() < 0.8:
        return random.randint(0, 2)
    return {random.choice(names): random.randint(0, 2), "*": random.randint(0, 2)}


def family_of(random: Random, name: str, kids: list[Child], *, singles: bool) -> Family:
    ids = [child.id for child in kids]
    random.shuffle(ids)
    if len(ids) == 1 or singles:
        return Family(name, tuple(ids), random.choice(("single", "independent")))
    condition = random.choice((*JOINT, *JOINT, "independent"))
    priority = tuple(random.sample(ids, random.randint(2, len(ids)))) if condition in PARTIAL and random.random() < 0.4 else ()
    tuples = None
    if condition != "independent" and random.random() < 0.15:
        by_id = {child.id: child for child in kids}
        choices = [(*by_id[one].preferences, by_id[one].current) for one in ids]  # current None: the place that is none
        tuples = tuple(tuple(random.choice(places) for places in choices) for _ in range(random.randint(1, 4)))
    return Family(name, tuple(ids), condition, tuples, priority)


def facility(random: Random, name: str, rows: list[Child], pinned: dict[str, str | None]) -> Facility:
    """Few seats, a class that is not there, shared classes; always enough for those who hold a seat or are pinned."""
    capacity: list[int | None] = [random.choice((None, 0, 1, 1, 1, 1, 1, 2)) if age in AGES else None for age in range(6)]
    shared = random.choice(SHARED)
    for group in [*shared, *((age,) for age in AGES if not any(age in group for group in shared))]:
        sure = [child for child in rows if child.age in group and pinned.get(child.id, child.current) == name]
        missing = len(sure) - sum(capacity[age] or 0 for age in group)
        if missing > 0:
            capacity[sure[0].age] = (capacity[sure[0].age] or 0) + missing
    return Facility(name, tuple(capacity), shared)
