"""Pattern 2 (希望順位重視): who wished for a facility higher on the list comes first, points decide among equals in that.

Definition. At each facility a child stands by (who holds a seat there now, rank of the wish in its effective list, points with bonus,
tie-break keys, id). Among the placements in which nobody is passed over by this order, the one that is best for every child at once.

Without transfers this is the round by round procedure that offices describe: all first wishes, by points as far as seats go; then the
second wishes of those left, for the seats left; what was given is not taken away again. With transfers, a seat counts as free from the
first round if its holder ends up elsewhere and as taken if not. Both follow from one calculation: children ask down their lists, and a
pool keeps the best by the order above. The order of asking does not matter.

It is not stable in the sense of pattern 1: a child may lose a wish to one with fewer points who named it earlier.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from typing import Any

from madoguchi.engines.placement.instance import CLASSES, Child, Facility, Family, Instance, Places, Unusable

JOINT = "希望順位重視（wishes）には、きょうだいの条件がありません。条件を independent にするか、points を使ってください。"
Key = tuple[Any, ...]


class Pool:
    """Seats asked for together: `holders` as (key, child), best first."""

    __slots__ = ("holders", "seats")

    def __init__(self, seats: int) -> None:
        self.seats = seats
        self.holders: list[tuple[Key, str]] = []

    def ask(self, key: Key, child: str) -> str | None:
        """Take the child in; who has to leave for it (it may be itself), if anybody."""
        insort(self.holders, (key, child))
        return self.holders.pop()[1] if len(self.holders) > self.seats else None


def place_by_wishes(instance: Instance) -> Places:
    """Pattern 2 for single children and `independent` families; every child of the instance stands in the result.

    Raises Unusable, naming them, where families have a joint condition, and where a pool has fewer seats than children who hold one
    or are pinned there: the first would need another rule, the second could not keep its promise.
    """
    refuse(instance.families)
    pools = {facility.id: by_class(facility) for facility in instance.facilities}
    lists = {child.id: list(requests(child, instance)) for child in instance.children}
    ages = {child.id: child.age for child in instance.children}
    next_wish = dict.fromkeys(lists, 0)
    for one in sorted(lists):
        asking: str | None = one
        while asking is not None and next_wish[asking] < len(lists[asking]):
            facility, key = lists[asking][next_wish[asking]]
            loser = pools[facility][ages[asking]].ask(key, asking)
            if loser is not None:
                next_wish[loser] += 1
            asking = loser
    lost = [one for one in sorted(lists) if lists[one] and next_wish[one] == len(lists[one]) and lists[one][-1][1][0] <= 0]
    if lost:
        said = "席を持つか先に決められていますが、席が足りません。その席も定員に数えてください"
        raise Unusable([(f"children[{one}]", f"{said} ({lists[one][-1][0]})") for one in lost])
    return {one: lists[one][number][0] if number < len(lists[one]) else None for one, number in sorted(next_wish.items())}


def refuse(families: Iterable[Family]) -> None:
    joint = [one for one in families if one.condition != "independent" and (one.tuples is not None or is_joint(one))]
    if joint:
        raise Unusable([(f"families[{name}]", JOINT) for name in sorted(one.id for one in joint)])


def is_joint(family: Family) -> bool:
    return len(family.children) > 1 and family.condition != "single"


def by_class(facility: Facility) -> list[Pool]:
    """The pool of each class."""
    pools = [Pool(seats or 0) for seats in facility.capacity]
    for group in facility.shared:
        together = Pool(sum(facility.capacity[age] or 0 for age in group))
        for age in group:
            pools[age] = together
    return pools[:CLASSES]


def requests(child: Child, instance: Instance) -> Iterator[tuple[str, Key]]:
    """The child's effective list with its key at each facility: a pin alone; or wishes once each up to the present place, the last."""
    if child.id in instance.pinned:
        pin = instance.pinned[child.id]
        if pin is not None:
            yield pin, (-1, 1, 0, (), child.id)
        return
    asked: set[str] = set()
    for place in child.preferences:
        if place == child.current:
            break
        young = child.min_age_ok is not None and place not in child.min_age_ok
        if place not in asked and not young and (child.id, place) not in instance.forbidden:
            asked.add(place)
            yield place, (1, len(asked), *points_at(child, place))
    if child.current is not None:
        yield child.current, (0, len(asked) + 1, *points_at(child, child.current))


def points_at(child: Child, place: str) -> tuple[int, tuple[int, ...], str]:
    ties = tuple(key if isinstance(key, int) else key.get(place, key.get("*", 0)) for key in child.tiebreak)
    return -(child.points + child.bonus.get(place, 0)), ties, child.id
