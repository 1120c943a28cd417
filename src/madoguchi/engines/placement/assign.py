"""`assign`: the placement of one run, with what is known about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from madoguchi.engines.placement.instance import Instance, Result
from madoguchi.engines.placement.model import Model
from madoguchi.engines.placement.queueing import Queue

SEED = 20_260_401


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a run looks, counted in work and never in time, so that every machine gives the same result."""

    steps_per_unit: int = 3
    steps_at_least: int = 1_000


def assign(
    instance: Instance,
    *,
    prove: bool = False,
    max_seated: bool = False,
    limits: Limits = Limits(),
    rule: str = "points",
    out_of_time: Callable[[], bool] | None = None,
) -> Result:
    """Place every child."""
    model = Model(instance)
    queue = Queue(model)
    queue.start()
    steps = limits.steps_at_least + limits.steps_per_unit * len(queue.at)
    settled = queue.run(steps) or queue.run_shuffled(steps, SEED)
    blocking = queue.blocking()
    names = tuple(sorted({model.unit_family[unit] for unit, _ in blocking}))
    at = [one if one >= 0 else ~one for one in queue.at]
    return Result(
        places=model.places(at),
        stable_exists=True if settled and not names else None,
        proof="queue" if settled and not names else "",
        blocking=names,
        steps=queue.steps,
    )
