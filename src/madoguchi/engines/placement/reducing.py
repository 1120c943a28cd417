"""What is the same in every stable placement: tuples that no stable placement uses are struck out, until nothing more follows.

Two rules, each true whatever the stable placement is. A tuple that fits although everybody who still might come stood before it is
*certain*: the family gets it or a better one, so all after it goes. A child *claims* a pool where its family's best remaining tuple
needs nothing uncertain but this one seat: if anybody worse sits there, the claimant does too. A tuple that asks for more seats than
claimants leave goes. A family with nothing left proves that no stable placement exists.

Families in `excused` may block: nothing is concluded from their being content.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from madoguchi.engines.placement.ladder import Ladder, Need
from madoguchi.engines.placement.model import Model

IMPOSSIBLE, POSSIBLE, CERTAIN = -1, 0, 1
AnyReduction = TypeVar("AnyReduction", bound="Reduction")


@dataclass(slots=True)
class Core:
    """What is left to decide. `left[u]`: numbers of the tuples of unit u that remain, best first."""

    left: list[list[int]]
    needs: list[list[tuple[Need, ...]]]  # of every tuple, by unit and number
    seats: list[int]
    excused: frozenset[int]
    empty: int | None = None  # a unit for which nothing remains: no stable placement exists

    def undecided(self) -> list[int]:
        """Units with more than one tuple left."""
        return [unit for unit, left in enumerate(self.left) if len(left) > 1]


def needs_of(model: Model, unit: int) -> list[tuple[Need, ...]]:
    """Needs of the unit's tuples: of a family those made so far, of a child all; no place needs nothing."""
    ladder = model.ladders[unit]
    if ladder is not None:
        return ladder.needs
    child = model.unit_children[unit][0]
    own: list[tuple[Need, ...]] = [((pool, (key,)),) for pool, key in zip(model.pools[child], model.keys[child], strict=True)]
    if model.outside[child] == len(own):
        own.append(())
    return own


def usable(needs: list[tuple[Need, ...]]) -> list[int]:
    """Numbers of the tuples that ask for no seat in pool 0, which has none."""
    return [number for number, one in enumerate(needs) if not (one and one[0][0] == 0)]


def reduce(model: Model, seats: list[int] | None = None, excused: Collection[int] = ()) -> Core:
    """Strike out what no stable placement uses. A family's tuples are made only as far as its first certain one."""
    reduction = folded(Reduction, model, seats, excused)
    reduction.run()
    return reduction.core


def folded(kind: type[AnyReduction], model: Model, seats: list[int] | None = None, excused: Collection[int] = ()) -> AnyReduction:
    """A reduction ready to run, in which no family has been looked at."""
    needs = [needs_of(model, unit) for unit in range(len(model.ladders))]
    left = [usable(own) if model.ladders[unit] is None else [] for unit, own in enumerate(needs)]
    core = Core(left, needs, list(seats or model.seats), frozenset(excused))
    reduction = kind(core, model.unit_of, model.mask, [ladder is not None for ladder in model.ladders])
    for unit, ladder in enumerate(model.ladders):
        if ladder is not None:
            reduction.fold(unit, ladder, [(model.pools[child], model.keys[child]) for child in model.unit_children[unit]])
    reduction.sort()
    return reduction


def whole(model: Model) -> Core:
    """Every tuple of everybody, nothing struck out."""
    for ladder in model.ladders:
        if ladder is not None:
            ladder.complete()
    needs = [needs_of(model, unit) for unit in range(len(model.ladders))]
    return Core([usable(own) for own in needs], needs, list(model.seats), frozenset())


class Reduction:
    """The rules at work on a core. `owner[child]` is the unit that a child's keys belong to, -1 for a child whose seat is settled."""

    def __init__(self, core: Core, owner: list[int], mask: int, families: list[bool], settled: list[list[int]] | None = None) -> None:
        self.core, self.owner, self.mask, self.families = core, owner, mask, families
        self.possible = [list(keys) for keys in settled] if settled else [[] for _ in core.seats]  # keys of those who still might come
        self.claims = [sorted(keys) for keys in settled] if settled else [[] for _ in core.seats]
        self.uses: dict[tuple[int, int], int] = {}  # (pool, key) → remaining tuples, for families
        self.brothers: dict[tuple[int, int], list[int]] = {}  # (unit, pool) → keys of several children of one family there
        self.several: dict[int, set[int]] = {}  # pool → units with tuples that need several seats there
        self.folded: dict[int, tuple[Ladder, set[tuple[int, int]]]] = {}  # families not looked at yet, with all they might want
        self._fill()
        self.sort()
        self.queue = deque(range(len(core.left)))
        self.queued = bytearray(b"\1" * len(core.left))

    def copy(self) -> Reduction:
        """The same state, nothing queued, to go on with a case of its own."""
        other = type(self).__new__(type(self))
        core = self.core
        other.core = Core([list(one) for one in core.left], core.needs, core.seats, core.excused, core.empty)
        other.owner, other.mask, other.families = self.owner, self.mask, self.families
        other.possible = [list(keys) for keys in self.possible]
        other.claims = [list(keys) for keys in self.claims]
        other.uses, other.brothers, other.several = dict(self.uses), self.brothers, self.several
        other.folded = {}
        other.queue, other.queued = deque(), bytearray(len(core.left))
        return other

    def _fill(self) -> None:
        core = self.core
        for unit, left in enumerate(core.left):
            if self.families[unit]:
                self._fill_family(unit, left)
                continue
            for number in left:
                for pool, keys in core.needs[unit][number]:
                    self.possible[pool].append(keys[0])

    def sort(self) -> None:
        for keys in self.possible:
            keys.sort()

    def _fill_family(self, unit: int, left: list[int]) -> None:
        for number in left:
            for pool, keys in self.core.needs[unit][number]:
                if len(keys) > 1:
                    self.several.setdefault(pool, set()).add(unit)
                for key in keys:
                    if (pool, key) not in self.uses:
                        self.possible[pool].append(key)
                        self.brothers.setdefault((unit, pool), []).append(key)
                    self.uses[pool, key] = self.uses.get((pool, key), 0) + 1

    def fold(self, unit: int, ladder: Ladder, lists: list[tuple[list[int], list[int]]]) -> None:
        """Until its turn comes, a family may want all that stands in its children's lists (pools, keys)."""
        wanted: set[tuple[int, int]] = set()
        for pools, keys in lists:
            for pool, key in zip(pools, keys, strict=True):
                if not pool:
                    continue
                wanted.add((pool, key))
                self.possible[pool].append(key)
                there = self.brothers.setdefault((unit, pool), [])
                there.append(key)
                if len(there) > 1:
                    self.several.setdefault(pool, set()).add(unit)
        self.folded[unit] = ladder, wanted

    def _unfold(self, unit: int) -> None:
        """Make the family's tuples as far as the first certain one; what its children might have wanted beyond goes."""
        ladder, wanted = self.folded.pop(unit)
        number, free = 0, unit in self.core.excused
        while ladder.reach(number) and (self.judge(unit, ladder.needs[number]) != CERTAIN or free):
            number += 1
        left = self.core.left[unit] = list(range(min(number + 1, len(ladder.needs))))
        for one in left:
            for pool, keys in ladder.needs[one]:
                for key in keys:
                    self.uses[pool, key] = self.uses.get((pool, key), 0) + 1
        for pool, key in sorted(wanted):
            if (pool, key) not in self.uses:
                self._remove(pool, key)

    def decide(self, unit: int, number: int) -> None:
        """Go on as if the unit had this tuple."""
        struck = [other for other in self.core.left[unit] if other != number]
        self.core.left[unit] = [number]
        for other in struck:
            self._strike(unit, self.core.needs[unit][other])
        self._ask_even_alone(unit)
        self.run()

    def run(self) -> None:
        queue, queued = self.queue, self.queued
        while queue and self.core.empty is None:
            unit = queue.popleft()
            queued[unit] = 0
            self.review(unit)

    # ------------------------------------------------------------------ one unit

    def review(self, unit: int) -> None:
        """Go down what remains of a unit: strike out what is impossible, and everything after what is certain."""
        if unit in self.folded:
            self._unfold(unit)
        left, needs = self.core.left[unit], self.core.needs[unit]
        kept: list[int] = []
        struck: list[int] = []
        free = unit in self.core.excused
        for position, number in enumerate(left):
            verdict = self.judge(unit, needs[number])
            if verdict == IMPOSSIBLE:
                struck.append(number)
                continue
            kept.append(number)
            if verdict == CERTAIN and not free:
                struck.extend(left[position + 1 :])
                break
        if struck:
            self.core.left[unit] = kept
            for number in struck:
                self._strike(unit, needs[number])
        if not kept:
            self.core.empty = unit
            return
        self._claim(unit, needs[kept[0]], alone=len(kept) == 1, free=free)

    def judge(self, unit: int, needs: tuple[Need, ...]) -> int:
        verdict = CERTAIN
        family = self.families[unit]
        for pool, keys in needs:
            seats, worst = self.core.seats[pool] - len(keys), keys[-1]
            claims, possible = self.claims[pool], self.possible[pool]
            better, before = bisect_left(claims, worst), bisect_left(possible, worst)
            if family and (better > seats or before > seats):
                better -= self._own(unit, pool, worst, claims)
                before -= self._own(unit, pool, worst, possible)
            if better > seats:
                return IMPOSSIBLE
            if before > seats:
                verdict = POSSIBLE
        return verdict

    def _own(self, unit: int, pool: int, worst: int, among: list[int]) -> int:
        """Children of the unit itself that stand before `worst` in `among`."""
        found = 0
        for key in self.brothers.get((unit, pool), ()):
            if key < worst:
                at = bisect_left(among, key)
                found += at < len(among) and among[at] == key
        return found

    # ------------------------------------------------------------------ what follows

    def _strike(self, unit: int, needs: tuple[Need, ...]) -> None:
        for pool, keys in needs:
            for key in keys:
                if self.families[unit]:
                    self.uses[pool, key] -= 1
                    if self.uses[pool, key]:
                        continue
                self._remove(pool, key)

    def _remove(self, pool: int, key: int) -> None:
        """Somebody cannot come any more: who stands at the edge of the seats now may be certain."""
        seats, possible = self.core.seats[pool], self.possible[pool]
        at = bisect_left(possible, key)
        del possible[at]
        if at < seats + 3:
            for near in possible[max(seats - 3, 0) : seats + 3]:
                self._ask(self.owner[near & self.mask])

    def _ask(self, unit: int) -> None:
        if unit >= 0 and not self.queued[unit] and len(self.core.left[unit]) > 1:
            self.queued[unit] = 1
            self.queue.append(unit)

    def _claim(self, unit: int, best: tuple[Need, ...], *, alone: bool, free: bool) -> None:
        """`alone`: nothing else remains, so all its seats are taken in every stable placement."""
        if alone:
            for pool, keys in best:
                for key in keys:
                    self._add_claim(pool, key)
            return
        if free:
            return
        open_needs = [need for need in best if self.judge(unit, (need,)) != CERTAIN]
        if len(open_needs) == 1 and len(open_needs[0][1]) == 1:
            self._add_claim(open_needs[0][0], open_needs[0][1][0])

    def _add_claim(self, pool: int, key: int) -> None:
        claims = self.claims[pool]
        at = bisect_left(claims, key)
        if at < len(claims) and claims[at] == key:
            return
        insort(claims, key)
        for unit in sorted(self.several.get(pool, ())):
            self._ask_even_alone(unit)
        seats = self.core.seats[pool]
        if len(claims) >= seats:
            possible = self.possible[pool]
            for worse in possible[bisect_left(possible, claims[seats - 1]) + 1 :]:
                self._ask_even_alone(self.owner[worse & self.mask])

    def _ask_even_alone(self, unit: int) -> None:
        if unit >= 0 and not self.queued[unit]:
            self.queued[unit] = 1
            self.queue.append(unit)
