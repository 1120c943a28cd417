"""A placement where no stable one is found: families who keep the others going round in circles are set aside, one at a time.

A family set aside ("frozen") no longer moves up; it still goes down its list when it is displaced, so nobody loses a seat over it. What it
would rather have and could get is reported, with the pools where one more seat ends the conflict: tried out, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable

from madoguchi.engines.placement.instance import Frozen
from madoguchi.engines.placement.queueing import Queue

TRIALS = 10  # families tried out before one is set aside
STEPS = 600  # moves within which a market is expected to settle once the right family is set aside
POOLS = 12  # pools in which one more seat is tried, for each family


def freeze(queue: Queue) -> Queue:
    """Set families aside until everything settles; the state with the fewest families who block among those tried."""
    while not queue.run(0):
        queue = set_one_aside(queue)
    return let_go(queue)


def set_one_aside(queue: Queue) -> Queue:
    """The best of the states after setting aside one of those who circle."""
    best: Queue | None = None
    best_worth = (True, 0)
    for unit in candidates(queue):
        trial = queue.copy()
        trial.frozen.add(unit)
        trial.recent.clear()
        settled = trial.run(STEPS)
        worth = (not settled, len(blocking_frozen(trial)) if settled else len(set(trial.recent)))
        if best is None or worth < best_worth:
            best, best_worth = trial, worth
        if settled and worth[1] <= 1:
            break
    assert best is not None, "a queue that does not settle has units that move"
    return best.keep()


def candidates(queue: Queue) -> list[int]:
    """Units that circle: families of several children first, for they make the circle; then the others."""
    found = [unit for unit in queue.circling() if unit not in queue.frozen]
    ladders = queue.model.ladders
    families = [unit for unit in found if ladders[unit] is not None][:TRIALS]
    return families or found[:TRIALS] or [unit for unit in queue.stack if unit not in queue.frozen][:1]


def blocking_frozen(queue: Queue) -> list[int]:
    """Units set aside that block: once everything has settled, nobody else can (the full check still looks at everybody)."""
    at = queue.at
    return [
        unit
        for unit in sorted(queue.frozen)
        if any(queue.refusing(unit, number) is None for number in range(at[unit] if at[unit] >= 0 else ~at[unit]))
    ]


def let_go(queue: Queue) -> Queue:
    """Let families set aside move again where that leaves fewer who block."""
    count = len(blocking_frozen(queue))
    for unit in sorted(queue.frozen):
        if count <= 1:
            break
        trial = queue.copy()
        trial.thaw(unit)
        if trial.run(STEPS):
            after = len(blocking_frozen(trial))
            if after < count:
                queue, count = trial.keep(), after
    return queue


def frozen_families(queue: Queue, blocking: Iterable[tuple[int, int]]) -> tuple[Frozen, ...]:
    """What each family that blocks a settled queue would rather have, and where one more seat would end it."""
    model, found = queue.model, []
    blocking = list(blocking)
    for unit, number in blocking:
        helpful = [pool for pool in pools_wanted(queue, unit, number) if one_more_seat_helps(queue, unit, pool, len(blocking))]
        seats = tuple((model.facilities[model.pool_facility[pool]], model.pool_classes[pool]) for pool in helpful)
        found.append(Frozen(model.unit_family[unit], model.tuple_names(unit, number), seats))
    return tuple(sorted(found, key=lambda one: one.family))


def pools_wanted(queue: Queue, unit: int, number: int) -> list[int]:
    """Pools of the tuple that the family could take, then those that the circle goes through when it may move again."""
    pools = dict.fromkeys(pool for pool, _ in queue.needs(unit, number))
    trial = queue.copy()
    trial.recent.clear()
    trial.thaw(unit)
    trial.run(STEPS // 10)
    for one in trial.circling():
        for at in {queue.at[one], trial.at[one] if trial.at[one] >= 0 else ~trial.at[one]}:
            pools.update(dict.fromkeys(pool for pool, _ in queue.needs(one, at)))
    return [pool for pool in pools if pool][:POOLS]


def one_more_seat_helps(queue: Queue, unit: int, pool: int, before: int) -> bool:
    """Whether with one more seat in a pool everything settles again without this family, and fewer than `before` block."""
    trial = queue.copy()
    trial.seats[pool] += 1
    trial.dirty[pool] = None
    trial.thaw(unit)
    if not trial.run(STEPS):
        return False
    return len(blocking_frozen(trial)) < before
