"""What must hold between the rows of an instance, and what is only worth a look. The same for every way in: JSON, tables, a room's rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from .instance import Child, Doubt, Facility, Family, Instance

Problems = list[tuple[str, str]]
JOINT = ("any", "any_same_first", "same_or_partial")


def require_together(instance: Instance) -> Problems:
    """Everything that makes an instance unusable: (which row, what to do)."""
    facilities = {one.id for one in instance.facilities}
    children = {one.id: one for one in instance.children}
    return [
        *_twice("facilities", (one.id for one in instance.facilities)),
        *_twice("children", (one.id for one in instance.children)),
        *_twice("families", (one.id for one in instance.families)),
        *(problem for child in instance.children for problem in _child(child, facilities)),
        *_families(instance, children, facilities),
        *_by_hand(instance, children, facilities),
        *_seats(instance, children),
    ]


def _twice(what: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    words = {"facilities": "施設", "children": "子ども", "families": "世帯"}
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{what}：{name}", f"同じ{words[what]}が{count}回あります。1回だけにしてください。"


def _child(child: Child, facilities: set[str]) -> Iterator[tuple[str, str]]:
    for name in child.preferences:
        if name not in facilities:
            yield f"children：{child.id}", f"希望の施設 {name} がありません。施設の一覧に加えるか、希望から除いてください。"
    if child.current is not None and child.current not in facilities:
        yield f"children：{child.id}", f"いまの施設 {child.current} がありません。"
    keyed = [name for key in child.tiebreak if not isinstance(key, int) for name in key if name != "*"]
    for what, names in (("加点", child.bonus), ("優先順位", keyed), ("受入れできる", child.min_age_ok or ())):
        for name in names:
            if name not in facilities:
                yield f"children：{child.id}", f"{what}の欄の施設 {name} がありません。"


def _families(instance: Instance, children: Mapping[str, Child], facilities: set[str]) -> Iterator[tuple[str, str]]:
    homes: dict[str, str] = {}
    for family in instance.families:
        where = f"families：{family.id}"
        if not family.children:
            yield where, "子どもがいません。世帯を除くか、子どもを書いてください。"
        yield from _members(family, where, children, homes)
        yield from ((where, f"先に入れる子ども {name} は、この世帯にいません。") for name in family.priority if name not in family.children)
        yield from _tuples(family, where, facilities)
    for name, child in children.items():
        if name not in homes:
            yield f"children：{name}", f"世帯 {child.family} の行に、この子どもがいません。"


def _members(family: Family, where: str, children: Mapping[str, Child], homes: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name in family.children:
        if name not in children:
            yield where, f"子ども {name} がいません。子どもの行を加えるか、世帯から除いてください。"
        elif name in homes:
            yield where, f"子ども {name} は世帯 {homes[name]} にもいます。どちらか1つにしてください。"
        elif children[name].family != family.id:
            yield where, f"子ども {name} の行では、世帯が {children[name].family} です。どちらかを直してください。"
        homes.setdefault(name, family.id)


def _tuples(family: Family, where: str, facilities: set[str]) -> Iterator[tuple[str, str]]:
    for one in family.tuples or ():
        for name in one:
            if name is not None and name not in facilities:
                yield where, f"組合せの施設 {name} がありません。"


def _by_hand(instance: Instance, children: Mapping[str, Child], facilities: set[str]) -> Iterator[tuple[str, str]]:
    for what, pairs in (("pinned", instance.pinned.items()), ("forbidden", sorted(instance.forbidden))):
        for child, place in pairs:
            if child not in children:
                yield f"{what}：{child}", "この子どもがいません。"
            if place is not None and place not in facilities:
                yield f"{what}：{child}", f"施設 {place} がありません。"


def _seats(instance: Instance, children: Mapping[str, Child]) -> Iterator[tuple[str, str]]:
    """A pool must hold everybody who is pinned to it, and who holds a seat in it and is not pinned elsewhere."""
    pools = pool_seats(instance.facilities)
    held: Counter[tuple[str, tuple[int, ...]]] = Counter()
    for child in children.values():
        place = instance.pinned.get(child.id, child.current)
        if place is not None and (found := pools.get((place, child.age))) is not None and 0 <= child.age <= 5:
            held[place, found[0]] += 1
    for (place, classes), count in sorted(held.items()):
        seats = pools[place, classes[0]][1]
        if count > seats:
            ages = "・".join(map(str, classes))
            yield (
                f"facilities：{place}",
                f"{ages}歳児の席は{seats}ですが、いま在園する転園の申込みと、前もって決めた子どもで{count}人います。席にその人数も入れてください。",
            )


def pool_seats(facilities: Iterable[Facility]) -> dict[tuple[str, int], tuple[tuple[int, ...], int]]:
    """{(facility, class): (classes of its pool, seats)}."""
    found = {}
    for facility in facilities:
        grouped = {age: tuple(group) for group in facility.shared for age in group}
        for age in range(len(facility.capacity)):
            classes = grouped.get(age, (age,))
            found[facility.id, age] = (classes, sum(facility.capacity[one] or 0 for one in classes))
    return found


# -- what is only worth a look ---------------------------------------------------------------------------------------------------


def warnings_of(instance: Instance) -> list[Doubt]:
    """Things that are understood in a defined way and may be a mistake; placement.md lists the kinds."""
    pools, classes = pool_seats(instance.facilities), {one.id: one.capacity for one in instance.facilities}
    found: list[Doubt] = []
    for child in instance.children:
        found += _about(child, pools, classes)
    by_id = {child.id: child for child in instance.children}
    found += [doubt for family in instance.families if (doubt := _apart(family, by_id)) is not None]
    return found


def _about(
    child: Child, pools: Mapping[tuple[str, int], tuple[tuple[int, ...], int]], classes: Mapping[str, tuple[int | None, ...]]
) -> Iterator[Doubt]:
    where = f"children：{child.id}"
    if not child.preferences and child.current is None:
        yield Doubt("no-wish", where, "希望がありません。どこにも入れません。", child=child.id)
    seen: set[str] = set()
    is_after = False
    for name in child.preferences:
        if is_after and name != child.current:
            yield Doubt("after-present", where, f"いまの施設より後の希望 {name} は、使われません。", child=child.id, facility=name)
        elif name in seen:
            yield Doubt("wish-twice", where, f"希望 {name} が2回あります。先のほうを使います。", child=child.id, facility=name)
        elif name != child.current and not pools.get((name, child.age), ((), 0))[1]:
            lacks = classes[name][child.age] is None
            kind, words = ("no-class", "にはこのクラスがありません") if lacks else ("no-seat", "のこのクラスに席がありません")
            yield Doubt(kind, where, f"希望 {name} {words}。", child=child.id, facility=name)
        seen.add(name)
        is_after = is_after or name == child.current


def _apart(family: Family, children: Mapping[str, Child]) -> Doubt | None:
    """同園のみ, and no facility that all of them wish for: the family can only stay as it is."""
    if family.condition != "same_facility" or len(family.children) < 2 or family.tuples is not None:
        return None
    lists = [{*children[name].preferences, children[name].current} - {None} for name in family.children]
    if set.intersection(*lists):
        return None
    return Doubt(
        "nothing-in-common", f"families：{family.id}", "全員が希望する施設が1つもありません。同じ園には入れません。", family=family.id
    )


def counted_by_kind(doubts: Iterable[Doubt]) -> dict[str, int]:
    """{kind: how many}."""
    found: dict[str, int] = defaultdict(int)
    for doubt in doubts:
        found[doubt.kind] += 1
    return dict(sorted(found.items()))
