"""What case by case would take too long, given to the CP-SAT solver of OR-Tools (`pip install madoguchi[placement]`).

One search worker, a fixed seed and a limit in deterministic time: the same answer wherever it runs. Where several placements are equally
good, a last objective with fixed weights leaves one.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from madoguchi.engines.placement.ladder import Need
from madoguchi.engines.placement.reducing import Core

SEED = 20_260_401
ASK_EVERY = 0.05  # seconds between two questions whether the time is up


class Missing(Exception):
    """OR-Tools is not installed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`at`: the tuple number of every unit, None where none was found. `proven`: nothing better, or nothing at all, exists."""

    at: tuple[int, ...] | None
    proven: bool
    value: int = 0


def available() -> bool:
    try:
        _solver()
    except Missing:
        return False
    return True


def _solver() -> Any:
    try:
        from ortools.sat.python import cp_model  # noqa: PLC0415 heavy, and only where it is needed
    except ImportError as reason:
        raise Missing("install madoguchi[placement]: the OR-Tools solver is not there") from reason
    return cp_model


class Program:
    """A core as a constraint program: one choice per unit, pools within their seats, nobody blocks (or, relaxed, few do).

    It knows of the tuples that remain. `passed_over` says which others a placement leaves within reach, as (unit, number): that they
    are out of reach is demanded only then, since nearly all always are.
    """

    def __init__(
        self, core: Core, *, relaxed: bool = False, passed_over: Callable[[list[int]], list[tuple[int, int]]] | None = None
    ) -> None:
        self.passed_over = passed_over
        self.demanded: set[tuple[int, int]] = set()
        self.library = _solver()
        self.core, self.model = core, self.library.CpModel()
        self.choice: list[dict[int, Any]] = [{number: self.model.new_bool_var("") for number in left} for left in core.left]
        self.there: list[list[tuple[int, int, Any]]] = [[] for _ in core.seats]  # (key, unit, literal: is there), best first
        self.full: dict[tuple[int, int, int, int], Any] = {}
        self.blocks: dict[int, Any] = {}
        for own in self.choice:
            self.model.add_exactly_one(own.values())
        self._fill_pools()
        for unit in range(len(core.left)):
            if unit not in core.excused:
                if relaxed:
                    self.blocks[unit] = self.model.new_bool_var("")
                self._content(unit)

    def _fill_pools(self) -> None:
        for unit, own in enumerate(self.choice):
            found: dict[tuple[int, int], list[Any]] = {}
            for number, literal in own.items():
                for pool, keys in self.core.needs[unit][number]:
                    for key in keys:
                        found.setdefault((pool, key), []).append(literal)
            for (pool, key), literals in found.items():
                self.there[pool].append((key, unit, self._one_of(literals)))
        for pool, entries in enumerate(self.there):
            entries.sort(key=lambda entry: entry[0])
            if len(entries) > self.core.seats[pool]:
                self.model.add(sum(literal for _, _, literal in entries) <= self.core.seats[pool])

    def _one_of(self, literals: list[Any]) -> Any:
        if len(literals) == 1:
            return literals[0]
        there = self.model.new_bool_var("")
        self.model.add(sum(literals) == there)
        return there

    def _content(self, unit: int) -> None:
        """At each tuple or before it, or the tuple is full, or the unit is among those who block."""
        so_far: list[Any] = []
        *before_last, _ = self.core.left[unit]
        for number in before_last:
            so_far.append(self.choice[unit][number])
            full = [literal for need in self.core.needs[unit][number] if (literal := self._full(unit, need)) is not None]
            extra = [self.blocks[unit]] if unit in self.blocks else []
            self.model.add_bool_or([*so_far, *full, *extra])

    def _full(self, unit: int, need: Need) -> Any:
        """A literal that holds only if a pool leaves no room for this need; None where it always does."""
        pool, keys = need
        entries = self.there[pool]
        better = entries[: bisect_left(entries, keys[-1], key=lambda entry: entry[0])]
        others = [literal for _, owner, literal in better if owner != unit]
        wanted = self.core.seats[pool] - len(keys) + 1
        if len(others) < wanted:
            return None
        mark = (pool, keys[-1], wanted, len(others))
        if mark not in self.full:
            literal = self.model.new_bool_var("")
            self.model.add(sum(others) >= wanted).only_enforce_if(literal)
            self.full[mark] = literal
        return self.full[mark]

    def _demand(self, unit: int, number: int) -> None:
        """The unit is at a tuple before this one, or this one, struck out by the reduction, is full."""
        self.demanded.add((unit, number))
        before = [literal for other, literal in self.choice[unit].items() if other < number]
        full = [literal for need in self.core.needs[unit][number] if (literal := self._full(unit, need)) is not None]
        self.model.add_bool_or([*before, *full])

    # ------------------------------------------------------------------ objectives

    def number_blocking(self) -> Any:
        return sum(self.blocks.values())

    def number_seated(self) -> Any:
        """Children seated, of the units in the core."""
        return sum(
            sum(len(keys) for _, keys in self.core.needs[unit][number]) * literal
            for unit, own in enumerate(self.choice)
            for number, literal in own.items()
        )

    def weighted_ranks(self) -> Any:
        """Different for different placements as far as fixed weights can: it leaves one of several that are equally good."""
        return sum(
            (1 + (unit + 1) * 2_654_435_761 % 65_521) * position * literal
            for unit, own in enumerate(self.choice)
            for position, literal in enumerate(own.values())
        )

    def hint(self, at: list[int] | tuple[int, ...]) -> None:
        self.model.clear_hints()
        for unit, own in enumerate(self.choice):
            for number, literal in own.items():
                self.model.add_hint(literal, int(at[unit] == number))

    # ------------------------------------------------------------------ solving

    def solve(self, work: float, stop: Callable[[], bool] | None = None) -> Answer:
        """Up to `work` units of deterministic time for each placement that leaves somebody passed over, and for the last one.

        Where `stop` said that time is up the answer is "not known", whatever was found.
        """
        while True:
            answer = self._once(work, stop)
            more = self.passed_over(list(answer.at)) if answer.at is not None and self.passed_over is not None else []
            if not more:
                return answer
            if not self.demanded.isdisjoint(more):
                return Answer(None, proven=False)
            for unit, number in more:
                self._demand(unit, number)

    def _once(self, work: float, stop: Callable[[], bool] | None) -> Answer:
        solver = self.library.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = SEED
        solver.parameters.max_deterministic_time = work
        ended, stopped = threading.Event(), threading.Event()
        watcher = threading.Thread(target=self._watch, args=(solver, stop, ended, stopped), daemon=True) if stop is not None else None
        if watcher:
            watcher.start()
        status = solver.solve(self.model)
        ended.set()
        if watcher:
            watcher.join()
        if stopped.is_set():
            return Answer(None, proven=False)
        if status == self.library.INFEASIBLE:
            return Answer(None, proven=True)
        if status not in (self.library.OPTIMAL, self.library.FEASIBLE):
            return Answer(None, proven=False)
        at = tuple(next(number for number, literal in own.items() if solver.boolean_value(literal)) for own in self.choice)
        return Answer(at, status == self.library.OPTIMAL, round(solver.objective_value))

    @staticmethod
    def _watch(solver: Any, stop: Callable[[], bool], ended: threading.Event, stopped: threading.Event) -> None:
        while not ended.wait(ASK_EVERY):
            if stop():
                stopped.set()
                solver.stop_search()
                return


def one_of_the_best(program: Program, goal: Any, work: float, stop: Callable[[], bool] | None, *, most: bool) -> Answer:
    """The best by `goal` (`most`: the largest), then by the fixed weights; `value` is the goal's."""
    (program.model.maximize if most else program.model.minimize)(goal)
    best = program.solve(work, stop)
    if best.at is None or not best.proven:
        return best
    program.model.add(goal == best.value)
    program.model.minimize(program.weighted_ranks())
    program.hint(best.at)
    last = program.solve(work, stop)
    return Answer(last.at, last.proven, best.value)
