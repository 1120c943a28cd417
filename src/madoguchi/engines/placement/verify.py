"""The independent check of a placement: everything that breaks a rule, and everybody who could rightly ask for something better.

It shares the rows of `instance` with `assign` and nothing else: lists, tuples and priorities are expanded here a second time, straight
from the definitions in docs/engines/placement-format.md, so that one mistake cannot hide in both. No search, no clock, no solver.
What makes it quick without making it clever: the holders of a pool are sorted once, a place that a child could not even get alone is in
no blocking outcome, and only outcomes before the family's own are looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from .instance import Family, Instance, Places, Unusable
from .verdict import KINDS, Blocking, Verdict, Violation, Wasted
from .verify_families import Joint, Outcome, alone
from .verify_market import Applicant, Pool, Priorities, applicants_of, pools_of, seat, too_young

Pools = Mapping[tuple[str, int], Pool]
REFUSED = "希望順位重視（wishes）には、きょうだいの条件がありません。条件を independent にするか、points を使ってください。"


def verify(instance: Instance, places: Places, *, weak: bool = False, rule: str = "points") -> Verdict:
    """Check `places` (a child that does not stand in it has no place) under the rule "points" (pattern 1) or "wishes" (pattern 2).

    `weak`: only a strictly higher priority displaces; two children equal in all but their id never displace each other.
    Raises Unusable if pattern 2 is asked of families with a joint condition, naming them; ValueError for another rule.
    """
    if rule not in ("points", "wishes"):
        raise ValueError(rule)
    joint = sorted(family.id for family in instance.families if rule == "wishes" and not alone(family))
    if joint:
        raise Unusable([(f"families[{one}]", REFUSED) for one in joint])
    check = Check(instance, places, Priorities(by_wish=rule == "wishes", weak=weak))
    check.run()
    return Verdict(
        tuple(sorted(check.violations, key=lambda row: (row.kind, row.facility, row.classes, row.family, row.child))),
        tuple(sorted(check.blocking, key=lambda row: (row.family, row.children))),
        tuple(sorted(check.wasted, key=lambda row: (row.facility, row.classes, row.family, row.children))),
        sum(row.tuples for row in check.blocking),
    )


class Check:
    """One placement under check and what was found about it."""

    def __init__(self, instance: Instance, places: Places, priorities: Priorities) -> None:
        self.instance, self.places, self.priorities = instance, places, priorities
        self.applicants = applicants_of(instance, places)
        self.pools = pools_of(instance.facilities)
        seat(self.applicants.values(), self.pools, priorities)
        self.violations: list[Violation] = []
        self.blocking: list[Blocking] = []
        self.wasted: list[Wasted] = []

    def run(self) -> None:
        self.violations += strangers(self.instance, self.places)
        self.violations += overfull(self.pools)
        misplaced = {one.child.id: row for one in self.applicants.values() if (row := self.misplaced(one))}
        self.violations += misplaced.values()
        for family in [*self.instance.families, *self.without_family()]:
            members = [self.applicants[one] for one in family.children if one in self.applicants]
            if alone(family):
                for one in members:
                    if one.child.id not in misplaced:
                        self.look_at_one(family, one)
            elif members and not any(one.child.id in misplaced for one in members):
                self.look_at(family, members)

    def without_family(self) -> Iterator[Family]:
        """Children whom no family names act by themselves."""
        named = {one for family in self.instance.families for one in family.children}
        return (Family(one.family, (one.id,)) for one in self.instance.children if one.id not in named)

    def misplaced(self, one: Applicant) -> Violation | None:
        """Why a child may not be where it is."""
        place = one.place
        if place is None:
            if one.outside is None:
                return None
        elif one.pool is not None and place in one.wishes:
            return None
        kind = self.reason(one) if one.pool is not None or place is None else "unknown_facility"
        return Violation(
            kind, f"子ども {one.child.id}：{KINDS[kind]}" + (f"（{place}）" if place else ""), one.child.id, one.child.family, place or ""
        )

    def reason(self, one: Applicant) -> str:
        if one.pinned:
            return "pin"
        if one.place is None:
            return "seat_lost"
        if (one.child.id, one.place) in self.instance.forbidden:
            return "forbidden"
        return "min_age" if too_young(one.child, one.place) else "not_wished"

    def look_at_one(self, family: Family, one: Applicant) -> None:
        """A child by itself: it blocks with a better wish that has room for it."""
        found: list[Outcome] = []
        for place in one.wishes:
            if place == one.place:
                break
            pool = self.pools.get((place, one.child.age))
            if pool is not None and pool.seats and pool.has_room(self.priorities.key(one, place), 1, ()):
                found.append((place,))
        if found:
            self.report(family, [one], found)

    def look_at(self, family: Family, members: list[Applicant]) -> None:
        joint = Joint(family, members, self.pools, self.priorities)
        if not joint.accepts():
            where = ", ".join(f"{one.child.id}: {one.place}" for one in members)
            self.violations.append(Violation("not_accepted", f"世帯 {family.id}：{KINDS['not_accepted']}（{where}）", family=family.id))
        elif found := list(joint.blocking()):
            self.report(family, members, found)

    def report(self, family: Family, members: list[Applicant], found: list[Outcome]) -> None:
        """`found`: every outcome with which the family blocks, best first."""
        children = tuple(one.child.id for one in members)
        self.blocking.append(Blocking(family.id, children, found[0], tuple(self.displaced(members, found[0])), len(found)))
        free = next((one for one in found if not self.displaced(members, one)), None)
        if free is not None:
            held = Counter(one.pool for one in members)
            more = [pool for pool, number in self.counted(members, free).items() if number > held[pool]]
            self.wasted += [Wasted(pool.facility, pool.classes, family.id, children, free) for pool in more]

    def counted(self, members: list[Applicant], outcome: Outcome) -> Counter[Pool]:
        """How many of these children each pool would hold."""
        return Counter(self.pools[place, one.child.age] for one, place in zip(members, outcome, strict=True) if place is not None)

    def displaced(self, members: list[Applicant], outcome: Outcome) -> list[str]:
        own = {one.child.id for one in members}
        return sorted(one for pool, number in self.counted(members, outcome).items() for one in pool.displaced(number, own))


def strangers(instance: Instance, places: Places) -> Iterator[Violation]:
    """Places of children whom nobody knows; children whom two families would ask for."""
    known = {child.id for child in instance.children}
    for one in places:
        if one not in known:
            yield Violation("unknown_child", f"子ども {one}：{KINDS['unknown_child']}", one, facility=places[one] or "")
    asked = Counter(one for family in instance.families for one in family.children)
    for child in instance.children:
        if asked[child.id] > 1:
            yield Violation("two_families", f"子ども {child.id}：{KINDS['two_families']}", child.id, child.family)


def overfull(pools: Pools) -> Iterator[Violation]:
    for pool in set(pools.values()):
        if len(pool.keys) > pool.seats:
            said = f"施設 {pool.facility} {'+'.join(map(str, pool.classes))}歳児：{pool.seats}席に{len(pool.keys)}人が入っています"
            yield Violation("over_capacity", said, facility=pool.facility, classes=pool.classes)
