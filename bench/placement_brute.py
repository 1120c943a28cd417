"""Ten thousand invented markets of up to seven children, every outcome of each, against `assign`, `verify` and pattern 2.

Run by anybody: `PYTHONPATH=src python bench/placement_brute.py [MARKETS] [FIRST SEED]`. Prints how many agree, and every seed that does
not; ends with 1 if there is one. The definitions it judges by are those of docs/engines/placement-format.md, written a third time in
src/madoguchi/engines/placement/tests/brute.py.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from madoguchi.engines.placement.assign import Limits, assign
from madoguchi.engines.placement.instance import Instance, Result
from madoguchi.engines.placement.rankfirst import place_by_wishes
from madoguchi.engines.placement.tests.brute import Market, Truth, round_by_round
from madoguchi.engines.placement.tests.random_markets import random_market
from madoguchi.engines.placement.verify import verify

ONLY_SOLVER = Limits(cases=0, cases_to_prove=0)
LOOKED_AT = 5  # outcomes of each market whose verdict is compared


def compare(seed: int) -> Iterator[tuple[str, bool]]:
    """(what was compared, whether it agrees) for one market and, with the same seed, one of single children."""
    random = Random(seed)
    instance = random_market(random)
    market = Market(instance)
    truth = market.truth()
    result = assign(instance, prove=True, max_seated=True)
    yield from of_result("", market, truth, result)
    yield from of_result(", by the solver", market, truth, assign(instance, prove=True, max_seated=True, limits=ONLY_SOLVER))
    yield "verdict on the placement", same_verdict(instance, market, result.places)
    outcomes = list(market.every_feasible())
    for weak in (False, True):
        judge = Market(instance, weak=weak)
        places = [market.places(chosen) for chosen in random.sample(outcomes, min(LOOKED_AT, len(outcomes)))]
        yield f"verdict on other placements{', weak' * weak}", all(same_verdict(instance, judge, one, weak=weak) for one in places)
    yield "violations", all(same_feasible(random, instance, market, outcomes) for _ in range(LOOKED_AT))
    yield "pattern 2", same_by_wishes(random_market(Random(seed), singles=True))


def of_result(how: str, market: Market, truth: Truth, result: Result) -> Iterator[tuple[str, bool]]:
    yield f"feasible{how}", market.feasible(result.places)
    blocking = len(market.blocking(result.places)) if market.feasible(result.places) else -1
    yield f"existence{how}", result.stable_exists == (truth.most_seated is not None)
    yield f"least number of blocking families{how}", blocking == truth.least_blocking and (not blocking or result.minimum)
    if truth.most_seated is not None:
        number = sum(place is not None for place in result.places.values())
        yield f"most seated{how}", number == truth.most_seated and result.most_seated


def same_verdict(instance: Instance, market: Market, places: dict[str, str | None], *, weak: bool = False) -> bool:
    verdict, truth = verify(instance, places, weak=weak), market.blocking(places)
    said = {row.children: (row.wanted, row.tuples, row.displaced) for row in verdict.blocking}
    empty = {((row.facility, row.classes), row.children) for row in verdict.wasted}
    true = {children: (rows[0][0], len(rows), rows[0][1]) for children, rows in truth.items()}
    return verdict.feasible and said == true and empty == market.wasted(places)


def same_feasible(random: Random, instance: Instance, market: Market, outcomes: list) -> bool:
    """A placement with a family, and now and then one child more, put somewhere else."""
    places = market.places(random.choice(outcomes))
    for child in random.choice(market.units).children:
        places[child.id] = random.choice(market.possible(child))
    if random.random() < 0.3:
        places[random.choice(sorted(places))] = random.choice([None, "F1", "F2"])
    return verify(instance, places).feasible == market.feasible(places)


def same_by_wishes(instance: Instance) -> bool:
    """Fair by the definition, best for every child, what the rounds give, and judged by the check as by the definition."""
    market = Market(instance)
    result = place_by_wishes(instance)
    every = [market.places(chosen) for chosen in market.every_feasible()]
    fair = [places for places in every if not market.passed_over(places)]
    best = all(market.rank(one, result[one.id]) <= market.rank(one, other[one.id]) for one in instance.children for other in fair)
    moved = {one.id for one in instance.children if one.current is not None and result[one.id] != one.current} - set(instance.pinned)
    judged = all(verify(instance, places, rule="wishes").stable == (places in fair) for places in every[:LOOKED_AT])
    return result in fair and best and judged and round_by_round(market, moved) == result


def main(markets: int = 10_000, first: int = 0) -> int:
    agree: Counter[str] = Counter()
    differ: dict[str, list[int]] = {}
    for seed in range(first, first + markets):
        for what, same in compare(seed):
            agree[what] += same
            if not same:
                differ.setdefault(what, []).append(seed)
    for what in agree:
        missed = differ.get(what, [])
        print(f"{what}: {agree[what]:,} of {agree[what] + len(missed):,}" + (f"; not: seeds {missed[:10]}" if missed else ""))
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
