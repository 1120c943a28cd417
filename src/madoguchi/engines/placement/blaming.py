"""Which families a proof needs: the reduction and its cases, keeping the account of whose contentment each step rests on.

A set of units whose contentment together is impossible is a *conflict*: in every placement at least one of them blocks. Sets of units are
whole numbers with one bit per unit. The least number of units that meets every conflict found is a lower bound for how many block; when
those can be excused without a new conflict coming up, it is reached.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from madoguchi.engines.placement.ladder import Need
from madoguchi.engines.placement.model import Model
from madoguchi.engines.placement.reducing import CERTAIN, IMPOSSIBLE, Core, Reduction, folded
from madoguchi.engines.placement.searching import Small, is_stable

ROUNDS = 150  # conflicts looked for at most,
UNIT_ROUNDS = 120_000  # and units times conflicts: a round goes through the whole market
CASES = 2_000  # cases gone through in one round
NODES = 200_000  # choices tried when looking for the fewest units that meet all conflicts


class Blaming(Reduction):
    """`why[u]`: the units whose contentment the tuples left to unit u rest on. `bits[u]`: the bit of unit u itself."""

    bits: list[int]
    why: list[int]
    claim_why: dict[tuple[int, int], int]
    gone: list[list[tuple[int, int]]]  # by pool: (key of who cannot come any more, why)
    cause: int

    def account(self, bits: list[int], why: list[int], claim_why: dict[tuple[int, int], int], gone: list[list[tuple[int, int]]]) -> None:
        """Start to keep account, with what is known already."""
        self.bits, self.why, self.claim_why, self.gone, self.cause = bits, why, claim_why, gone, 0

    def copy(self) -> Blaming:
        other = super().copy()
        assert isinstance(other, Blaming)
        other.account(self.bits, list(self.why), dict(self.claim_why), [list(one) for one in self.gone])
        return other

    def review(self, unit: int) -> None:
        if unit in self.folded:
            self._unfold(unit)
        free, left = unit in self.core.excused, self.core.left[unit]
        for position, number in enumerate(left):
            needs = self.core.needs[unit][number]
            verdict = self.judge(unit, needs)
            if verdict == IMPOSSIBLE:
                self.why[unit] |= self.why_impossible(unit, needs)
            elif verdict == CERTAIN and not free:
                if position + 1 < len(left):
                    self.why[unit] |= self.bits[unit] | self.why_certain(unit, needs)
                break
        self.cause = self.why[unit]
        super().review(unit)

    def decide(self, unit: int, number: int) -> None:
        self.cause = self.why[unit]
        super().decide(unit, number)

    def _unfold(self, unit: int) -> None:
        ladder, _ = self.folded[unit]
        number = 0
        while unit not in self.core.excused and ladder.reach(number):
            if self.judge(unit, ladder.needs[number]) == CERTAIN:
                self.why[unit] |= self.bits[unit] | self.why_certain(unit, ladder.needs[number])
                break
            number += 1
        self.cause = self.why[unit]
        super()._unfold(unit)

    def _remove(self, pool: int, key: int) -> None:
        self.gone[pool].append((key, self.cause))
        super()._remove(pool, key)

    def _claim(self, unit: int, best: tuple[Need, ...], *, alone: bool, free: bool) -> None:
        self.cause = self.why[unit]
        if not alone:
            self.cause |= self.bits[unit]
            for need in best:
                if self.judge(unit, (need,)) == CERTAIN:
                    self.cause |= self.why_certain(unit, (need,))
        super()._claim(unit, best, alone=alone, free=free)

    def _add_claim(self, pool: int, key: int) -> None:
        self.claim_why.setdefault((pool, key), self.cause)
        super()._add_claim(pool, key)

    def why_impossible(self, unit: int, needs: tuple[Need, ...]) -> int:
        """The claims before a need that leave no room for it: as many as it takes, those that rest on the fewest."""
        for pool, keys in needs:
            if self.judge(unit, ((pool, keys),)) == IMPOSSIBLE:
                claims = self.claims[pool]
                before = [key for key in claims[: bisect_left(claims, keys[-1])] if self.owner[key & self.mask] != unit]
                number = self.core.seats[pool] - len(keys) + 1
                return together(fewest((self.claim_why[pool, key] for key in before), number))
        return 0

    def why_certain(self, unit: int, needs: tuple[Need, ...]) -> int:
        """Those before a need who cannot come any more, without as many as there would have been room for."""
        found = 0
        for pool, keys in needs:
            worst, possible = keys[-1], self.possible[pool]
            before = bisect_left(possible, worst) - self._own(unit, pool, worst, possible)
            room = self.core.seats[pool] - len(keys) - before
            masks = [mask for key, mask in self.gone[pool] if key < worst and self.owner[key & self.mask] != unit]
            found |= together(fewest(masks, max(len(masks) - room, 0)))
        return found


def fewest(masks: Iterable[int], number: int) -> list[int]:
    return sorted(masks, key=lambda mask: (mask.bit_count(), mask))[:number]


def together(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


class BlamingSmall(Small):
    """The cases, keeping account. `blame`: the units that the cases rejected so far rest on."""

    def __init__(self, model: Model, big: Blaming) -> None:
        self.big, self.blame = big, 0
        super().__init__(model, big.core)

    def reduction(self, small: Core, owner: list[int], families: list[bool]) -> Reduction:
        big, first = self.big, Blaming(small, owner, self.model.mask, families, self._settled())
        claim_why = {}
        for number in self.pools.values():
            for key in first.claims[number]:
                claim_why[number, key] = big.why[big.owner[key & big.mask]]
        gone = [list(big.gone[pool]) for pool in self.pools]
        first.account([big.bits[unit] for unit in self.units], [big.why[unit] for unit in self.units], claim_why, gone)
        return first

    def rejected(self, state: Reduction) -> bool:
        assert isinstance(state, Blaming)
        if state.core.empty is not None:
            self.blame |= state.why[state.core.empty]
            return True
        if (passed := self.passed_over(state)) is not None:
            unit, number = passed
            self.blame |= state.bits[unit] | state.why_certain(unit, state.core.needs[unit][number])
            return True
        if (pool := self.overfull(state)) is not None:
            self.blame |= together(state.why[unit] for unit in self.sure_in(state, pool))
            self.blame |= together(state.claim_why[pool, key] for key in self.settled_in(pool))
            return True
        return False

    def split(self, state: Reduction, unit: int) -> None:
        assert isinstance(state, Blaming)
        self.blame |= state.why[unit]  # that these are all its cases


@dataclass(slots=True)
class Tried:
    """`conflict`: units of which one must block, besides those excused; `at`: a placement in which only excused units block."""

    conflict: int = 0
    at: list[int] | None = None
    complete: bool = True


def try_without(model: Model, excused: frozenset[int], cases: int, stop: Callable[[], bool] | None) -> Tried:
    """A placement in which only `excused` units block, or the conflict that rules it out."""
    units = len(model.unit_children)
    big = folded(Blaming, model, None, excused)
    big.account([1 << unit for unit in range(units)], [0] * units, {}, [[] for _ in model.seats])
    big.run()
    if big.core.empty is not None:
        return Tried(big.why[big.core.empty])
    small = BlamingSmall(model, big)
    for at in small.leaves(cases, stop):
        if is_stable(model, at, big.core):
            return Tried(at=at)
        small.blame |= (1 << units) - 1  # seen only by the full check: nobody in particular
    conflict = small.blame
    for unit in excused:
        conflict &= ~(1 << unit)
    return Tried(conflict, complete=not small.cut_short)


def members(units: int) -> list[int]:
    found = []
    while units:
        lowest = units & -units
        found.append(lowest.bit_length() - 1)
        units ^= lowest
    return found


class TooMany(Exception):
    """More choices than NODES."""


class Meeting:
    """The fewest units that meet every conflict, by trying the units of one that is not met yet."""

    def __init__(self) -> None:
        self.nodes = 0

    def fewest(self, conflicts: list[int], below: int) -> frozenset[int] | None:
        """None if it takes `below` or more. Raises TooMany."""
        return next((found for size in range(below) if (found := self.meet(conflicts, size)) is not None), None)

    def meet(self, left: list[int], size: int) -> frozenset[int] | None:
        self.nodes += 1
        if self.nodes > NODES:
            raise TooMany
        if not left:
            return frozenset()
        if size <= 1:
            common = left[0] if size else 0
            for one in left:
                common &= one
            return frozenset([members(common)[0]]) if common else None
        for unit in members(min(left, key=lambda one: (one.bit_count(), one))):
            rest = self.meet([one for one in left if not one >> unit & 1], size - 1)
            if rest is not None:
                return rest | {unit}
        return None


def least_by_conflicts(model: Model, upper: int, cases: int, stop: Callable[[], bool] | None) -> tuple[bool, list[int] | None]:
    """(whether the least number of blocking units is known, a placement with that many if it is fewer than `upper`)."""
    conflicts: list[int] = []
    for _ in range(min(ROUNDS, UNIT_ROUNDS // max(len(model.unit_children), 1))):
        try:
            chosen = Meeting().fewest(conflicts, upper)
        except TooMany:
            return False, None
        if chosen is None:
            return True, None
        tried = try_without(model, chosen, min(cases, CASES), stop)
        if tried.at is not None:
            return True, tried.at
        if not tried.complete or (stop is not None and stop()):
            return False, None
        if not tried.conflict:
            raise AssertionError("every market has a feasible placement")
        conflicts.append(tried.conflict)
    return False, None
