"""Whether a stable placement exists, which one seats most, and how few families can be left to block: each with its proof.

First the reduction and the cases it leaves open, which needs nothing but Python; what is too large for that goes to the solver.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from madoguchi.engines.placement.blaming import least_by_conflicts
from madoguchi.engines.placement.model import Model
from madoguchi.engines.placement.reducing import Core, reduce, whole
from madoguchi.engines.placement.searching import is_stable, passed_over, search, seated
from madoguchi.engines.placement.solvers.cpsat import Missing, Program, one_of_the_best

Stop = Callable[[], bool] | None


@dataclass(slots=True)
class Verdict:
    """`at`: the placement chosen; `exists`: None where nobody knows; `most`: proven that none seats more."""

    at: list[int] | None = None
    exists: bool | None = None
    proof: str = ""
    most: bool = False
    remark: str = ""


def number_seated(model: Model, at: list[int]) -> int:
    """Children at a facility."""
    return sum(
        rank < len(model.wishes[child])
        for unit, number in enumerate(at)
        for child, rank in zip(model.unit_children[unit], model.ranks(unit, number), strict=True)
    )


def decide(model: Model, known: list[int] | None, cases: int, work: float, stop: Stop) -> Verdict:
    """Find the stable placement that seats most, or prove that there is none.

    `known` is a stable placement found already: it stays the answer where no other seats more. Among several others the one that seats
    most, then the one in which the units of best priority have their better tuples, is taken.
    """
    core = reduce(model)
    if core.empty is not None:
        return Verdict(exists=False, proof="reduction")
    found = search(model, core, cases, stop=stop)
    if stop is not None and stop():
        return Verdict(at=known, exists=True if known else None)
    if not found.complete:
        return by_solver(model, core, known, work, stop)
    if not found.placements:
        return Verdict(exists=False, proof="cases")
    best = min(found.placements, key=lambda at: (-number_seated(model, at), at))
    if known is not None and number_seated(model, known) == number_seated(model, best):
        best = known
    return Verdict(at=best, exists=True, proof="cases", most=True)


def by_solver(model: Model, core: Core, known: list[int] | None, work: float, stop: Stop) -> Verdict:
    """The same by the constraint solver on what the reduction left."""
    try:
        program = Program(core, passed_over=lambda at: passed_over(model, core, at))
    except Missing:
        return Verdict(at=known, exists=True if known else None, remark="solver-missing")
    if known is None:
        first = program.solve(work, stop)
        if first.at is None:
            return Verdict(exists=False if first.proven else None, proof="cp-sat" if first.proven else "")
        program.hint(first.at)
    else:
        program.hint(known)
    best = one_of_the_best(program, program.number_seated(), work, stop, most=True)
    if best.at is None or not best.proven or not is_stable(model, list(best.at), core):
        return Verdict(at=known, exists=True if known else None)
    at = list(best.at)
    if known is not None and number_seated(model, known) == number_seated(model, at):
        at = known
    return Verdict(at=at, exists=True, proof="cp-sat", most=True)


# ---------------------------------------------------------------------- the least number of blocking families


@dataclass(slots=True)
class Least:
    """`at`: a placement with fewer blocking families than the one known, None where there is none; `proven`: it is the least."""

    at: list[int] | None = None
    proven: bool = False
    remark: str = ""


def least_blocking(model: Model, known: list[int], upper: int, limits: tuple[int, int, float], stop: Stop) -> Least:
    """Given that no stable placement exists: prove that `upper` families must block, or find fewer.

    `limits`: cases, tuples that the solver may be given, deterministic time. First by conflicts of which each keeps a family blocking;
    a market in which that leads too far goes to the solver as a whole, if it is small.
    """
    cases, tuples, work = limits
    if upper == 1:
        return Least(proven=True)
    proven, at = least_by_conflicts(model, upper, cases, stop)
    if proven:
        return Least(at, proven=True)
    return least_by_solver(model, known, upper, (tuples, work), stop)


def least_by_solver(model: Model, known: list[int], upper: int, limits: tuple[int, float], stop: Stop) -> Least:
    """The same by the constraint solver, in which every family may block at a price."""
    tuples, work = limits
    core = whole(model)
    if sum(len(left) for left in core.left) > tuples or (stop is not None and stop()):
        return Least()
    try:
        program = Program(core, relaxed=True)
    except Missing:
        return Least(remark="solver-missing")
    program.hint(known)
    best = one_of_the_best(program, program.number_blocking(), work, stop, most=False)
    if best.at is None or not best.proven:
        return Least()
    at = list(best.at)
    if best.value >= upper or len(seated(model, at).blocking()) >= upper:
        return Least(proven=best.value == upper)
    return Least(at=at, proven=True)
