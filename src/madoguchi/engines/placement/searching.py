"""Case by case through what the reduction leaves open: every stable placement, or the proof that there is none.

The core that remains is usually a few families who go round in circles. Each case sets one unit to one of its tuples and lets the rules
of `reducing` work; what a unit was kept from must turn out to be full. Every placement found is checked in full before it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from madoguchi.engines.placement.ladder import Need
from madoguchi.engines.placement.model import Model
from madoguchi.engines.placement.queueing import Queue
from madoguchi.engines.placement.reducing import CERTAIN, Core, Reduction

UNIT_CASES = 200_000  # cases times undecided units: beyond that the solver is quicker


@dataclass(slots=True)
class Found:
    """`placements`: the tuple number of every unit, one list per placement. `complete`: there are no others."""

    placements: list[list[int]] = field(default_factory=list)
    complete: bool = True
    cases: int = 0


def search(model: Model, core: Core, cases: int, most: int = 1_000, stop: Callable[[], bool] | None = None) -> Found:
    """Placements in which nobody blocks but, perhaps, excused units; at most `most`, after at most `cases` cases."""
    found = Found()
    if core.empty is not None:
        return found
    small = Small(model, core)
    for at in small.leaves(min(cases, UNIT_CASES // max(len(small.units), 1)), stop):
        if is_stable(model, at, core):
            found.placements.append(at)
            if len(found.placements) == most:
                found.complete = False
                break
    found.cases = small.cases
    found.complete = found.complete and not small.cut_short
    return found


def is_stable(model: Model, at: list[int], core: Core) -> bool:
    """The full check of a placement by the scan that also checks the queue."""
    queue = seated(model, at, core.seats)
    full = all(len(keys) <= seats for keys, seats in zip(queue.held, queue.seats, strict=True))
    return full and all(unit in core.excused for unit, _ in queue.blocking())


def passed_over(model: Model, core: Core, at: list[int]) -> list[tuple[int, int]]:
    """Units that block a placement and are not excused, with the best tuple that each could have."""
    return [(unit, number) for unit, number in seated(model, at, core.seats).blocking() if unit not in core.excused]


def seated(model: Model, at: list[int], seats: list[int] | None = None) -> Queue:
    """A queue's state with every unit at the tuple given, ready to be checked."""
    queue = Queue(model)
    queue.seats, queue.at = list(seats or model.seats), list(at)
    for unit, number in enumerate(at):
        for pool, keys in queue.needs(unit, number):
            queue.held[pool].extend(keys)
    for held in queue.held:
        held.sort()
    return queue


class Small:
    """The undecided units alone, with pools of their own numbers and everybody else seated."""

    def __init__(self, model: Model, core: Core) -> None:
        self.model, self.core = model, core
        self.units = core.undecided()
        self.cases, self.cut_short = 0, False
        self.pools: dict[int, int] = {}
        needs = [[self._renumber(core.needs[unit][number]) for number in core.left[unit]] for unit in self.units]
        self.options = [list(range(len(own))) for own in needs]
        small = Core([list(own) for own in self.options], needs, [core.seats[pool] for pool in self.pools], self._excused())
        owner = [-1] * len(model.children)
        for position, unit in enumerate(self.units):
            for child in model.unit_children[unit]:
                owner[child] = position
        families = [model.ladders[unit] is not None for unit in self.units]
        self.first = self.reduction(small, owner, families)

    def reduction(self, small: Core, owner: list[int], families: list[bool]) -> Reduction:
        return Reduction(small, owner, self.model.mask, families, self._settled())

    def _renumber(self, needs: tuple[Need, ...]) -> tuple[Need, ...]:
        return tuple((self.pools.setdefault(pool, len(self.pools)), keys) for pool, keys in needs)

    def _excused(self) -> frozenset[int]:
        return frozenset(position for position, unit in enumerate(self.units) if unit in self.core.excused)

    def _settled(self) -> list[list[int]]:
        held: list[list[int]] = [[] for _ in self.pools]
        for unit, left in enumerate(self.core.left):
            if len(left) == 1:
                for pool, keys in self.core.needs[unit][left[0]]:
                    if pool in self.pools:
                        held[self.pools[pool]].extend(keys)
        return held

    def leaves(self, cases: int, stop: Callable[[], bool] | None) -> Iterator[list[int]]:
        """Complete placements that the rules allow, those with the better tuples of the first units first."""
        if any(len(held) > seats for held, seats in zip(self._settled(), self.first.core.seats, strict=True)):
            return
        self.first.run()
        stack = [self.first]
        while stack:
            state = stack.pop()
            self.cases += 1
            if self.cases > cases or (stop is not None and stop()):
                self.cut_short = True
                return
            if self.rejected(state):
                continue
            open_units = state.core.undecided()
            if not open_units:
                yield self._whole(state)
                continue
            unit = min(open_units, key=lambda one: (len(state.core.left[one]), one))
            self.split(state, unit)
            for number in reversed(state.core.left[unit]):
                case = state.copy()
                case.decide(unit, number)
                stack.append(case)

    def rejected(self, state: Reduction) -> bool:
        """Whether no stable placement can come of a case."""
        return state.core.empty is not None or self.passed_over(state) is not None or self.overfull(state) is not None

    def split(self, state: Reduction, unit: int) -> None:
        """Called before the cases of a unit are gone through."""

    def passed_over(self, state: Reduction) -> tuple[int, int] | None:
        """A unit that surely could have a tuple better than all that remain to it, with that tuple."""
        for unit, left in enumerate(state.core.left):
            if unit in state.core.excused:
                continue
            for number in range(left[0]):
                if state.judge(unit, state.core.needs[unit][number]) == CERTAIN:
                    return unit, number
        return None

    def overfull(self, state: Reduction) -> int | None:
        """A pool in which more children surely are than it has seats."""
        for pool, seats in enumerate(state.core.seats):
            if len(state.possible[pool]) > seats and len(self.settled_in(pool)) + len(self.sure_in(state, pool)) > seats:
                return pool
        return None

    @staticmethod
    def sure_in(state: Reduction, pool: int) -> list[int]:
        """Units with one tuple left, once for each child that it has in the pool."""
        alone = [(unit, left[0]) for unit, left in enumerate(state.core.left) if len(left) == 1]
        return [unit for unit, number in alone for one, keys in state.core.needs[unit][number] if one == pool for _ in keys]

    def settled_in(self, pool: int) -> list[int]:
        return [key for key in self.first.claims[pool] if self.first.owner[key & self.first.mask] < 0]

    def _whole(self, state: Reduction) -> list[int]:
        at = [left[0] if left else 0 for left in self.core.left]
        for position, unit in enumerate(self.units):
            at[unit] = self.core.left[unit][state.core.left[position][0]]
        return at
