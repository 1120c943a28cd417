"""`assign`, `verify` and pattern 2 against every outcome of tiny markets. Ten thousand of them: bench/placement_brute.py."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from madoguchi.engines.placement.assign import Limits, assign
from madoguchi.engines.placement.instance import Instance, Places
from madoguchi.engines.placement.rankfirst import place_by_wishes
from madoguchi.engines.placement.solvers.cpsat import available
from madoguchi.engines.placement.verify import verify

from .brute import Market, round_by_round
from .random_markets import random_market

MARKETS = 300


def same_verdict(instance: Instance, market: Market, places: Places, *, weak: bool = False) -> bool:
    """Everything that `verify` says of a feasible placement, against the definitions."""
    verdict = verify(instance, places, weak=weak)
    truth = market.blocking(places)
    said = {row.children: (row.wanted, row.tuples, row.displaced) for row in verdict.blocking}
    empty = {((row.facility, row.classes), row.children) for row in verdict.wasted}
    return (
        verdict.feasible
        and said == {children: (rows[0][0], len(rows), rows[0][1]) for children, rows in truth.items()}
        and verdict.families == len(truth)
        and verdict.pairs == sum(map(len, truth.values()))
        and empty == market.wasted(places)
    )


@pytest.mark.parametrize("weak", [False, True])
def test_the_check_says_what_the_definitions_say(weak):
    seen: Counter[bool] = Counter()
    for seed in range(MARKETS):
        random = Random(seed)
        instance = random_market(random)
        market = Market(instance, weak=weak)
        outcomes = list(market.every_feasible())
        for chosen in random.sample(outcomes, min(5, len(outcomes))):
            places = market.places(chosen)
            assert same_verdict(instance, market, places, weak=weak), seed
            seen[verify(instance, places, weak=weak).stable] += 1
    assert min(seen[True], seen[False]) > 50


def test_the_check_finds_what_is_not_feasible():
    seen: Counter[bool] = Counter()
    for seed in range(MARKETS):
        random = Random(seed)
        instance = random_market(random)
        market = Market(instance)
        outcomes = list(market.every_feasible())
        for _ in range(6):
            places = market.places(random.choice(outcomes))
            for child in random.choice(market.units).children:
                places[child.id] = random.choice(market.possible(child))
            if random.random() < 0.3:
                places[random.choice(sorted(places))] = random.choice([None, "F1", "F2", "nowhere"])
            feasible = market.feasible(places)
            assert verify(instance, places).feasible == feasible, (seed, places)
            seen[feasible] += 1
    assert min(seen[True], seen[False]) > 100


def test_pattern_2_passes_nobody_over_and_is_best_for_everybody():
    several = 0
    for seed in range(MARKETS // 5):
        instance = random_market(Random(seed), singles=True)
        market = Market(instance)
        result = place_by_wishes(instance)
        fair = []
        for places in map(market.places, market.every_feasible()):
            passed_over = market.passed_over(places)
            verdict = verify(instance, places, rule="wishes")
            asking = {(row.children[0], place) for row in verdict.blocking for place in row.wanted}
            assert asking <= passed_over, seed
            assert verdict.pairs == len(passed_over), seed
            fair += [] if passed_over else [places]
        assert result in fair, seed
        for places in fair:
            assert all(market.rank(child, result[child.id]) <= market.rank(child, places[child.id]) for child in instance.children), seed
        several += len(fair) > 1
    assert several


def test_pattern_2_is_the_procedure_round_by_round():
    for seed in range(MARKETS):
        instance = random_market(Random(seed), singles=True)
        market = Market(instance)
        result = place_by_wishes(instance)
        moved = {child.id for child in instance.children if child.current is not None and result[child.id] != child.current}
        assert round_by_round(market, moved - set(instance.pinned)) == result, seed


@pytest.mark.parametrize("how", ["cases", "solver"])
def test_the_placement_is_the_best_that_exists(how):
    """Existence, the least number of blocking families, the most children seated among stable placements, and the check's verdict."""
    if how == "solver" and not available():
        pytest.skip("OR-Tools is not installed")
    limits = Limits() if how == "cases" else Limits(cases=0, cases_to_prove=0)
    none = 0
    for seed in range(MARKETS):
        instance = random_market(Random(seed))
        market = Market(instance)
        truth = market.truth()
        result = assign(instance, prove=True, max_seated=True, limits=limits)
        assert result.stable_exists == (truth.most_seated is not None), seed
        blocking = market.blocking(result.places)
        assert (len(blocking), result.minimum or not blocking) == (truth.least_blocking, True), seed
        assert same_verdict(instance, market, result.places), seed
        if truth.most_seated is None:
            none += 1
        else:
            assert sum(place is not None for place in result.places.values()) == truth.most_seated, seed
            assert result.most_seated
    assert none > 5
