"""指数 of a child: which rows counted and why, which nearly did, and the ordered keys that decide between equals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

from ..instance import LAST_OFFSET, Child, Key
from .ages import class_age
from .conditions import Scope
from .rules import Row, Rules, TieBreak

WORST: Final = 2**52  # the key of a missing value where missing comes last
BY_DEGREE: Final = ("<", "<=", ">", ">=")

Look = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a family. Parents in the form's order; `children` by id with `birth` (ISO), `is_transfer` and what else is known.

    `provisional` names the facts that nobody has confirmed yet: ("parent1", "hours"), ("household", "tax_amount"), ("child:17", "now").
    """

    household: Look
    parents: tuple[Look, ...]
    children: Mapping[str, Look]
    provisional: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Because:
    """One fact that a row looked at, and its value."""

    slot: str
    fact: str
    value: Any


@dataclass(frozen=True, slots=True)
class Counted:
    """A row that holds. `counts` False: a larger one of its group, or the cap, took its place."""

    row: str
    points: int
    slot: str
    because: tuple[Because, ...]
    counts: bool = True
    facilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Near:
    """A row that failed by one part only: which fact, what it is (None: unknown), what it would have to be, and the points it would bring."""

    row: str
    points: int
    slot: str
    fact: str
    have: Any
    operator: str
    wanted: Any


@dataclass(frozen=True, slots=True)
class Score:
    """`points` in units of 1/scale, without `bonus` ({facility: points there}). `tiebreak` as instance.Child has it."""

    points: int
    base: int
    per_parent: tuple[int, ...]
    counted: tuple[Counted, ...]
    near: tuple[Near, ...]
    bonus: Mapping[str, int]
    tiebreak: tuple[Key, ...]
    is_last: bool = False
    reset: str = ""
    provisional: tuple[tuple[str, str], ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()
    rules: str = ""
    scale: int = 1

    def as_data(self) -> dict[str, Any]:
        """JSON-friendly; `points` are what the placement uses, LAST_OFFSET taken off for who is last."""
        data = asdict(self)
        data["shown_points"] = self.points
        data["points"] = self.placed_points
        return data

    @property
    def placed_points(self) -> int:
        return self.points - LAST_OFFSET if self.is_last else self.points


@dataclass(slots=True)
class _Work:
    """What one scoring collects."""

    rules: Rules
    provisional: frozenset[tuple[str, str]]
    counted: list[Counted] = field(default_factory=list)
    near: list[Near] = field(default_factory=list)
    unknown: set[tuple[str, str]] = field(default_factory=set)


def score(rules: Rules, facts: Facts, *, child: str, month: date, facilities: Mapping[str, Look] | None = None, lottery: int = 0) -> Score:
    """Score one child of a family for a month of intake.

    `facilities` are those wished for, with their facts; only they can bring facility points. `lottery` is the last key, given by the
    caller from a recorded seed where the ward draws lots; 0 leaves the number of the child to decide.
    """
    work = _Work(rules, facts.provisional)
    household, parents, own, siblings = _prepared(rules, facts, child, month)
    base, per_parent = _base(work, household, parents, siblings, month)
    household["base_points"] = base
    scope = Scope(own, household, parents, siblings, month)
    slot = f"child:{child}"
    adjustments = _adjusted(work, scope, slot)
    bonus = _bonus(work, scope, facilities or {})
    total, reset, is_last = _total(rules, scope, base, adjustments)
    if reset and not _keeps(rules, reset):
        bonus = {}
    keys = (
        _keys(rules, scope, facilities or {}, base)
        if rules.no_tie_breaks is None or rules.no_tie_breaks(scope) is not True
        else _worst(rules)
    )
    used = {(each.slot, each.fact) for one in work.counted if one.counts for each in one.because}
    return Score(
        points=total,
        base=base,
        per_parent=per_parent,
        counted=tuple(work.counted),
        near=tuple(work.near),
        bonus=bonus,
        tiebreak=(*keys, lottery) if lottery else keys,
        is_last=is_last,
        reset=reset,
        provisional=tuple(sorted(used & facts.provisional)),
        unknown=tuple(sorted(work.unknown)),
        rules=rules.id,
        scale=rules.scale,
    )


def _prepared(rules: Rules, facts: Facts, child: str, month: date) -> tuple[dict[str, Any], tuple[Look, ...], Look, tuple[Look, ...]]:
    """(household, parents, child, siblings) with the automatic and the derived facts in them."""
    defaults = rules.defaults
    household: dict[str, Any] = {
        **defaults["household"],
        **_known(facts.household),
        "parents": len(facts.parents),
        "siblings_applying": len(facts.children),
    }
    children = {
        name: _with_class({"is_transfer": False, **defaults["child"], **_known(look)}, month) for name, look in facts.children.items()
    }
    own = children[child]
    others = tuple(look for name, look in children.items() if name != child)
    own["twin"] = any(look.get("birth") == own.get("birth") and own.get("birth") is not None for look in others)
    parents: list[dict[str, Any]] = [{**defaults["parent"], **_known(parent)} for parent in facts.parents]
    for name, where, value in rules.derived:
        if where == "parent":
            for parent in parents:
                parent[name] = value(Scope(parent, household, parents, others, month))
        elif where == "child":
            own[name] = value(Scope(own, household, parents, others, month))
        else:
            household[name] = value(Scope(household, household, parents, others, month))
    return household, tuple(parents), own, others


def _known(look: Look) -> dict[str, Any]:
    return {name: value for name, value in look.items() if value is not None}


def _with_class(look: Look, month: date) -> dict[str, Any]:
    birth = look.get("birth")
    return {**look, "age_class": class_age(date.fromisoformat(birth), month) if birth else None}


# -- base points ---------------------------------------------------------------------------------------------------------------


def _base(work: _Work, household: Look, parents: Sequence[Look], siblings: Sequence[Look], month: date) -> tuple[int, tuple[int, ...]]:
    """Each parent's largest row (several reasons never add up), capped, then combined."""
    rules = work.rules
    each: list[int] = []
    for number, parent in enumerate(parents, 1):
        scope, slot = Scope(parent, household, parents, siblings, month), f"parent{number}"
        holding = [row for row in rules.base if _holds(work, row, scope, slot)]
        best = max(holding, key=lambda row: row.points, default=None)
        for row in holding:
            if row is best or (best is not None and row.reason != best.reason):  # less of the same reason is no news
                work.counted.append(Counted(row.id, row.points, slot, _because(row, scope, slot), counts=row is best))
        points = best.points if best is not None else 0
        _near_misses(work, [row for row in rules.base if row not in holding and row.points > points], scope, slot, points)
        each.append(min(points, rules.parent_cap) if rules.parent_cap is not None else points)
    combined = _combined(rules.combine, each)
    return (min(combined, rules.household_cap) if rules.household_cap is not None else combined), tuple(each)


def _combined(rule: str, points: list[int]) -> int:
    if not points:
        return 0
    if rule == "min":
        return min(points)
    return sum(points) // len(points) if rule == "average" else sum(points)


def _holds(work: _Work, row: Row, scope: Scope, slot: str) -> bool:
    value = row.test(scope)
    if value is None:
        work.unknown.update((slot, name) for name in row.names if _read(scope, name) is None)
    return value is True


def _read(scope: Scope, name: str) -> Any:
    value = scope.own.get(name)
    return scope.household.get(name) if value is None else value


def _because(row: Row, scope: Scope, slot: str) -> tuple[Because, ...]:
    return tuple(
        Because(slot if name in scope.own else "household", name, value) for name in row.names if (value := _read(scope, name)) is not None
    )


def _near_misses(work: _Work, rows: Iterable[Row], scope: Scope, slot: str, reached: int) -> None:
    """Rows that fail by exactly one part, each with what it would bring more; of those that want the same fact the nearest only."""
    found: dict[tuple[str, str], Near] = {}
    for row in rows:
        failing = [leaf for leaf in row.leaves if leaf.test(scope) is not True]
        if len(failing) != 1 or not failing[0].fact:
            continue
        leaf = failing[0]
        have = _read(scope, leaf.fact)
        if have is not None and leaf.operator not in BY_DEGREE:
            continue  # another reason, another kind of family: not nearly the same
        near = Near(row.id, row.points - reached, slot, leaf.fact, have, leaf.operator, leaf.wanted)
        known = found.get((leaf.fact, leaf.operator))
        if known is None or near.points < known.points:
            found[leaf.fact, leaf.operator] = near
    work.near.extend(found.values())


# -- adjustments ---------------------------------------------------------------------------------------------------------------


def _adjusted(work: _Work, scope: Scope, slot: str) -> int:
    """Rows of the household and of the child, groups and their caps applied."""
    rows = [row for row in work.rules.adjustments if row.scope != "facility"]
    holding = [row for row in rows if _holds(work, row, scope, slot)]
    chosen = _chosen(work.rules, holding)
    for row in holding:
        where = slot if row.scope == "child" else "household"
        work.counted.append(Counted(row.id, row.points, where, _because(row, scope, slot), counts=row in chosen))
    _near_misses(work, [row for row in rows if row not in holding and row.points > 0], scope, slot, 0)
    return _sum(work.rules, chosen)


def _chosen(rules: Rules, holding: Sequence[Row]) -> list[Row]:
    """Without those that a larger one of their group replaces ("the largest only"); a deduction counts by its size."""
    best: dict[str, Row] = {}
    for row in holding:
        if row.group and rules.groups[row.group][0] == "largest":
            known = best.get(row.group)
            if known is None or abs(row.points) > abs(known.points):
                best[row.group] = row
    return [row for row in holding if not row.group or rules.groups[row.group][0] != "largest" or best[row.group] is row]


def _sum(rules: Rules, rows: Sequence[Row]) -> int:
    """The points of rows that count, each group no more than its cap."""
    totals: dict[str, int] = {}
    for row in rows:
        totals[row.group] = totals.get(row.group, 0) + row.points
    return sum(min(total, cap) if group and (cap := rules.groups[group][1]) is not None else total for group, total in totals.items())


def _bonus(work: _Work, scope: Scope, facilities: Mapping[str, Look]) -> dict[str, int]:
    """{facility: points there}: rows of scope facility, each tested with the facility's facts beside the child's."""
    rows = [row for row in work.rules.adjustments if row.scope == "facility"]
    found: dict[str, int] = {}
    where: dict[str, list[str]] = {}
    for code, look in facilities.items() if rows else ():
        here = Scope({**scope.own, **look, "facility": code}, scope.household, scope.parents, scope.siblings, scope.month)
        chosen = _chosen(work.rules, [row for row in rows if row.test(here) is True])
        if points := _sum(work.rules, chosen):
            found[code] = points
        for row in chosen:
            where.setdefault(row.id, []).append(code)
    for row in rows:
        if row.id in where:
            because = tuple(each for each in _because(row, scope, "household") if each.fact != "facility")
            work.counted.append(Counted(row.id, row.points, "facility", because, facilities=tuple(where[row.id])))
    return found


# -- the whole -------------------------------------------------------------------------------------------------------------------


def _total(rules: Rules, scope: Scope, base: int, adjustments: int) -> tuple[int, str, bool]:
    """(points, id of the reset that applied, placed after all others). The first reset that holds applies."""
    for reset in rules.resets:
        if reset.test(scope) is True:
            kept = adjustments if reset.keeps_adjustments else 0
            return (base + kept if reset.to is None else reset.to), reset.id, reset.is_last
    return base + adjustments, "", False


def _keeps(rules: Rules, reset: str) -> bool:
    return any(each.keeps_adjustments and each.to is None for each in rules.resets if each.id == reset)


def _keys(rules: Rules, scope: Scope, facilities: Mapping[str, Look], base: int) -> tuple[Key, ...]:
    return tuple(_key(each, scope, facilities, base) for each in rules.tie_breaks)


def _key(one: TieBreak, scope: Scope, facilities: Mapping[str, Look], base: int) -> Key:
    if one.scope != "facility":
        return _rank(one, base if one.kind == "base" else one.value(scope))
    here = {
        code: _rank(
            one, one.value(Scope({**scope.own, **look, "facility": code}, scope.household, scope.parents, scope.siblings, scope.month))
        )
        for code, look in facilities.items()
    }
    return {**here, "*": _rank(one, None)}


def _rank(one: TieBreak, value: Any) -> int:
    """A value as a key, smaller better."""
    if one.kind == "flag":
        return 0 if value is True else 1
    if one.kind == "order":
        return one.order.index(value) if value in one.order else len(one.order)
    if value is None:
        return WORST if one.missing_last else -WORST
    number: int = round(value)
    return -number if one.high_first or one.kind == "base" else number


def _worst(rules: Rules) -> tuple[Key, ...]:
    """優先順位を適用しない: every key as if nothing were known."""
    return tuple(WORST if each.kind in ("number", "base") else len(each.order) if each.kind == "order" else 1 for each in rules.tie_breaks)


def to_child(
    score: Score | Mapping[str, Any],
    *,
    code: str,
    family: str,
    age: int,
    preferences: Sequence[str],
    current: str | None = None,
    min_age_ok: frozenset[str] | None = None,
) -> Child:
    """A scored child as the placement reads it; takes a Score or its data."""
    data = score.as_data() if isinstance(score, Score) else score
    keys = tuple(key if isinstance(key, int) else dict(key) for key in data["tiebreak"])
    return Child(
        id=code,
        family=family,
        age=age,
        points=int(data["points"]),
        tiebreak=keys or (0,),
        preferences=tuple(preferences),
        current=current,
        bonus={code: int(points) for code, points in data["bonus"].items()},
        min_age_ok=min_age_ok,
    )
