"""Why a child got what it got: for each wish who was there, what decided, and what would have been enough.

All that is claimed holds against the places of the others as they are: whether a change would set further moves going is what
`simulate` answers. Nothing here names another child: others appear as a count or a rank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from .instance import Child, Instance, Places, is_last, shown_points
from .tables import NEW, PINNED, Pool, Standing, Tables, first_difference, plain_data, standing_of

RESULTS: Final = (
    "placed",  # this is the place
    "stays",  # the seat held already
    "full",  # others have a better claim
    "siblings",  # alone the child could have had it; the places of the family belong together
    "passed_over",  # the child has a claim: the family is one of those that block a placement that is not stable
    "later",  # after the place that was won
    "no_class",
    "no_seats",
    "too_young",
    "by_hand",  # forbidden, or decided beforehand
    "unknown_facility",
)
DECIDERS: Final = ("points", "key", "last_key", "stays_there", "by_hand", "asked_to_be_last")


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish. Points are those at this facility, bonus included; `last_points` those of the holder who would have to give way.

    `decided_by` (only for "full"): "points"; "key" (`key` is the index in the ordered list of keys); "last_key" (every key was equal);
    "stays_there" (the last holder keeps a seat held before); "by_hand" (a seat that was decided beforehand). `missing_points` would have
    been enough against that holder. `before` are children before this one in the line for a seat here; `rank` is the place that this
    child would take among the holders.
    """

    facility: str
    number: int
    result: str
    seats: int = 0
    placed: int = 0
    own_points: int = 0
    last_points: int | None = None
    decided_by: str = ""
    key: int | None = None
    missing_points: int | None = None
    before: int = 0
    rank: int = 0
    one_more_seat: bool = False
    lower_staying: int = 0  # holders with fewer points who keep the seat that they held before


@dataclass(frozen=True, slots=True)
class Explanation:
    """One child. `place` None: no place. `number` is the wish that it is, 0 for a seat held before or none."""

    child: str
    place: str | None
    number: int
    is_transfer: bool
    is_last: bool
    siblings: int
    condition: str
    wishes: tuple[Wish, ...]

    def as_data(self) -> dict[str, Any]:
        """JSON-friendly, whole."""
        data: dict[str, Any] = plain_data(asdict(self))
        return data


def explain(instance: Instance, places: Places, child: str, *, tables: Tables | None = None) -> Explanation:
    """One child's explanation. Raises KeyError for a child that is not in the instance."""
    tables = tables or Tables(instance, places)
    own = tables.children[child]
    place = places.get(child)
    wishes = tuple(_wishes(tables, own, place))
    siblings = tables.siblings(child)
    family = tables.family_of.get(child)
    return Explanation(
        child=child,
        place=place,
        number=next((wish.number for wish in wishes if wish.result == "placed"), 0),
        is_transfer=own.current is not None,
        is_last=is_last(own.points),
        siblings=len(siblings),
        condition=family.condition if family is not None and siblings else "single",
        wishes=wishes,
    )


def explain_all(instance: Instance, places: Places) -> dict[str, Explanation]:
    """Every child's explanation, by id."""
    tables = Tables(instance, places)
    return {child.id: explain(instance, places, child.id, tables=tables) for child in instance.children}


def _wishes(tables: Tables, child: Child, place: str | None) -> list[Wish]:
    """The wishes as the family wrote them, doubles left out, then the seat held before where it is not among them."""
    effective = tables.lists[child.id]
    names = list(dict.fromkeys(child.preferences))
    if child.current is not None and child.current not in names:
        names.append(child.current)
    found: list[Wish] = []
    is_over = False
    for number, facility in enumerate(names, 1):
        if is_over:
            found.append(Wish(facility, number, "later"))
        else:
            found.append(_wish(tables, child, facility, number, place, facility in effective))
        is_over = is_over or facility in (place, child.current)
    return found


def _wish(tables: Tables, child: Child, facility: str, number: int, place: str | None, is_effective: bool) -> Wish:
    pool = tables.pools.get((facility, child.age))
    if facility == place:
        return _placed(tables, child, facility, number, pool)
    if not is_effective or pool is None or not pool.seats:
        return Wish(facility, number, _why_not(tables, child, facility, pool))
    own = standing_of(child, facility)
    better = pool.better(own)
    details = _details(tables, child, pool, own)
    if better < pool.seats:
        return Wish(facility, number, "siblings" if tables.siblings(child.id) else "passed_over", **details)
    return Wish(facility, number, "full", **details, **_decided(pool, own))


def _placed(tables: Tables, child: Child, facility: str, number: int, pool: Pool | None) -> Wish:
    result = "stays" if child.current == facility else "placed"
    if pool is None:
        return Wish(facility, number, result)
    return Wish(facility, number, result, **_details(tables, child, pool, standing_of(child, facility)))


def _why_not(tables: Tables, child: Child, facility: str, pool: Pool | None) -> str:
    if facility not in tables.facilities:
        return "unknown_facility"
    if child.min_age_ok is not None and facility not in child.min_age_ok:
        return "too_young"
    if child.id in tables.instance.pinned or (child.id, facility) in tables.instance.forbidden:
        return "by_hand"
    return "no_class" if tables.capacity(facility, child.age) is None and (pool is None or not pool.seats) else "no_seats"


def _details(tables: Tables, child: Child, pool: Pool, own: Standing) -> dict[str, Any]:
    last = pool.last
    before = pool.before_in_line(own)
    return {
        "seats": pool.seats,
        "placed": len(pool.holders),
        "own_points": shown_points(-own[1]),
        "last_points": shown_points(-last[1]) if last is not None and pool.is_full else None,
        "before": before,
        "rank": pool.better(own) + 1,
        "one_more_seat": before == 0 and pool.better(own) <= len(pool.holders),
        "lower_staying": sum(1 for holder in pool.holders if holder[0] != NEW and holder[1] > own[1]),
    }


def _decided(pool: Pool, own: Standing) -> dict[str, Any]:
    """What decided against the child: compared with the holder who would have to give way first."""
    last = pool.last
    if last is None:
        return {}
    if last[0] < own[0]:
        return {"decided_by": "by_hand" if last[0] == PINNED else "stays_there"}
    if is_last(-own[1]) and not is_last(-last[1]):
        return {"decided_by": "asked_to_be_last"}
    missing = own[1] - last[1]
    if missing > 0:
        enough = missing if (own[2], own[3]) < (last[2], last[3]) else missing + 1
        return {"decided_by": "points", "missing_points": enough}
    key = first_difference(own[2], last[2])
    return {"decided_by": "last_key" if key is None else "key", "key": key, "missing_points": 1}


SMALL: Final = 5
"""Figures about fewer holders than this are not shown to the public: somebody could be recognised."""


def public(data: Mapping[str, Any], *, minimum: int = SMALL) -> dict[str, Any]:
    """An explanation's data without anything that could reveal the one other family.

    Where fewer than `minimum` hold a seat, the last points, what was missing and every rank are left out; the kind of a key stays.
    """
    wishes = []
    for wish in data["wishes"]:
        shown = {key: value for key, value in wish.items() if key not in ("lower_staying", "rank")}
        if wish["placed"] < minimum:
            shown |= {"last_points": None, "missing_points": None, "before": None}
        wishes.append(shown)
    return {**data, "wishes": wishes}
