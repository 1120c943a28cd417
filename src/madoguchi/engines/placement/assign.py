"""`assign`: the placement of one run, with what is known about it.

The queue first; where it does not settle, families are set aside until it does, and the reduction says whether a stable placement exists.
Limits are counted in work, never in time, so a run gives the same result on every machine; `out_of_time` can only end it undecided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from madoguchi.engines.placement.freezing import freeze, frozen_families
from madoguchi.engines.placement.instance import Instance, Result
from madoguchi.engines.placement.model import Model
from madoguchi.engines.placement.proving import Verdict, decide, least_blocking
from madoguchi.engines.placement.queueing import Queue
from madoguchi.engines.placement.rankfirst import place_by_wishes
from madoguchi.engines.placement.searching import seated

SEED = 20_260_401


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a run looks. `decided_up_to`: children up to whom existence is decided without being asked to prove it.

    Steps are moves after everybody was seated once; a market that settles needs a fiftieth of its units.
    """

    steps_per_unit: float = 0.5
    steps_at_least: int = 1_000
    decided_up_to: int = 20_000
    cases: int = 2_000
    work: float = 10.0  # deterministic time of the solver
    cases_to_prove: int = 50_000
    work_to_prove: float = 200.0
    tuples_to_prove: int = 30_000  # tuples of a market for which the least number of blocking families is looked for as a whole


@dataclass(slots=True)
class Run:
    """One run's settings and what it notes on the way."""

    model: Model
    limits: Limits
    prove: bool
    max_seated: bool
    stop: Callable[[], bool] | None
    remarks: list[str]
    steps: int = 0

    def late(self) -> bool:
        return self.stop is not None and self.stop()


def assign(
    instance: Instance,
    *,
    prove: bool = False,
    max_seated: bool = False,
    limits: Limits = Limits(),
    rule: str = "points",
    out_of_time: Callable[[], bool] | None = None,
) -> Result:
    """Place every child by rule "points" (the default: nobody with a better claim is passed over) or "wishes" (first wishes first).

    `prove`: look further for the proof, also for the least number of blocking families where none is stable. `max_seated`: of all
    stable placements one that seats most. Raises Unusable where a pool has fewer seats than children who hold one there.
    """
    if rule == "wishes":
        return Result(place_by_wishes(instance), None, "", remarks=("rule-wishes",))
    if rule != "points":
        raise ValueError(f"no rule {rule!r}: points or wishes")
    run = Run(Model(instance), limits, prove, max_seated, out_of_time, [])
    queue, settled = settle(run)
    if settled:
        return with_most_seated(run, queue) if max_seated else stable(run, queue.at, "queue")
    return unsettled(run, queue)


def settle(run: Run) -> tuple[Queue, bool]:
    """Run the queue; whether everybody is content, by the full check."""
    queue, limits = Queue(run.model), run.limits
    queue.start()
    steps = limits.steps_at_least + int(limits.steps_per_unit * len(queue.at))
    settled = queue.run(steps) or queue.run_shuffled(steps // 3, SEED)
    while settled and (left := queue.blocking()) and queue.steps < len(queue.at) + 3 * steps:
        queue.again.update(dict.fromkeys(unit for unit, _ in left))
        settled = queue.run(steps)
    run.steps = queue.steps
    return queue, settled and not left


def stable(run: Run, at: list[int], proof: str, *, most: bool = False, decided: bool = True) -> Result:
    return Result(run.model.places(at), True, proof, most_seated=most, decided=decided, steps=run.steps, remarks=tuple(run.remarks))


def with_most_seated(run: Run, queue: Queue) -> Result:
    limits = run.limits
    verdict = decide(run.model, queue.at, limits.cases_to_prove, limits.work_to_prove, run.stop)
    note(run, verdict.remark)
    proof = "queue" if verdict.at == queue.at else verdict.proof
    return stable(run, verdict.at or queue.at, proof, most=verdict.most, decided=verdict.most)


def note(run: Run, remark: str) -> None:
    if remark:
        run.remarks.append(remark)


def unsettled(run: Run, queue: Queue) -> Result:
    """The queue goes round in circles: is there a stable placement, and what is the best one where there is none."""
    limits, verdict = run.limits, Verdict()
    if not run.late() and (run.prove or run.max_seated or len(run.model.children) <= limits.decided_up_to):
        cases, work = (limits.cases_to_prove, limits.work_to_prove) if run.prove or run.max_seated else (limits.cases, limits.work)
        verdict = decide(run.model, None, cases, work, run.stop)
        note(run, verdict.remark)
    if verdict.exists and verdict.at is not None:
        return stable(run, verdict.at, verdict.proof, most=verdict.most)
    return set_aside(run, queue, verdict)


def set_aside(run: Run, queue: Queue, verdict: Verdict) -> Result:
    """No stable placement, or none known: as few families as possible are left to block."""
    queue = freeze(queue)
    blocking = queue.blocking()
    minimum = False
    if verdict.exists is False and not run.late():
        limits = run.limits
        minimum = len(blocking) == 1
        if run.prove and not minimum:
            reach = (limits.cases_to_prove, limits.tuples_to_prove, limits.work_to_prove)
            least = least_blocking(run.model, queue.at, len(blocking), reach, run.stop)
            note(run, least.remark)
            minimum = least.proven
            if least.at is not None:
                queue = seated(run.model, least.at)
                blocking = queue.blocking()
    names = tuple(sorted({run.model.unit_family[unit] for unit, _ in blocking}))
    return Result(
        places=run.model.places(queue.at),
        stable_exists=verdict.exists,
        proof=verdict.proof,
        blocking=names,
        frozen=frozen_families(queue, blocking),
        minimum=minimum,
        decided=verdict.exists is not None,
        steps=run.steps,
        remarks=tuple(run.remarks),
    )
