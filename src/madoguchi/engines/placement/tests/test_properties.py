"""What must hold of every placement, searched by hypothesis in the markets of random_markets."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madoguchi.engines.placement.assign import assign
from madoguchi.engines.placement.instance import Facility, Instance
from madoguchi.engines.placement.rankfirst import place_by_wishes
from madoguchi.engines.placement.verify import verify

from .brute import Market
from .random_markets import random_market

BOUNDED = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
markets = st.randoms(use_true_random=False).map(lambda random: random_market(random, children=9))
singles = st.randoms(use_true_random=False).map(lambda random: random_market(random, singles=True, children=9))


@BOUNDED
@given(markets)
def test_no_family_blocks_when_it_says_stable_and_every_one_is_named_when_not(instance):
    result = assign(instance)
    verdict = verify(instance, result.places)
    assert verdict.feasible
    assert sorted({row.family for row in verdict.blocking}) == sorted(set(result.blocking))
    assert result.stable_exists is True if verdict.stable else result.stable_exists is not True


@BOUNDED
@given(markets, st.integers(0, 2**32))
def test_the_order_of_rows_is_irrelevant(instance, seed):
    assert assign(turned(instance, Random(seed))) == assign(instance)


def turned(instance: Instance, random: Random) -> Instance:
    """The same market written down in another order."""
    facilities, children, families = list(instance.facilities), list(instance.children), list(instance.families)
    for rows in (facilities, children, families):
        random.shuffle(rows)
    pinned = dict(sorted(instance.pinned.items(), reverse=True))
    return replace(instance, facilities=tuple(facilities), children=tuple(children), families=tuple(families), pinned=pinned)


@BOUNDED
@given(markets)
def test_a_seat_that_no_family_prefers_to_its_outcome_changes_nothing(instance):
    """Wherever a seat is added in a pool that is in no outcome before a family's own, the placement stays stable."""
    places = assign(instance).places
    market = Market(instance)
    wanted = set()
    for unit in market.units:
        mine = tuple(places[child.id] for child in unit.children)
        for better in unit.outcomes[: unit.outcomes.index(mine)]:
            wanted |= {market.pool_of[place, child.age] for child, place in zip(unit.children, better, strict=True) if place is not None}
    before = verify(instance, places)
    for facility, classes in set(market.seats) - wanted:
        more = tuple(one_more(one, classes[0]) if one.id == facility else one for one in instance.facilities)
        assert verify(replace(instance, facilities=more), places) == before


def one_more(facility: Facility, age: int) -> Facility:
    capacity = list(facility.capacity)
    capacity[age] = (capacity[age] or 0) + 1
    return replace(facility, capacity=tuple(capacity))


@BOUNDED
@given(markets)
def test_a_transfer_never_loses_its_seat_and_every_child_is_written(instance):
    places = assign(instance).places
    assert set(places) == {child.id for child in instance.children}
    for child in instance.children:
        if child.current is not None and child.id not in instance.pinned:
            assert places[child.id] in {child.current, *child.preferences}
    assert all(places[child] == place for child, place in instance.pinned.items())


@BOUNDED
@given(singles, st.integers(0, 2**32))
def test_pattern_2_passes_its_own_check_in_any_order_of_rows(instance, seed):
    places = place_by_wishes(instance)
    assert verify(instance, places, rule="wishes").stable
    assert place_by_wishes(turned(instance, Random(seed))) == places
    assert assign(instance, rule="wishes").places == places


@BOUNDED
@given(singles)
def test_pattern_2_seats_first_wishes_first(instance):
    """Nobody who named a facility second sits where somebody who named it first was refused."""
    places = place_by_wishes(instance)
    market = Market(instance)
    for asking in instance.children:
        wishes = market.lists[asking.id]
        if not wishes or places[asking.id] == wishes[0]:
            continue
        pool = market.pool_of[wishes[0], asking.age]
        holders = [child for child in instance.children if market.in_pool(child.id, places[child.id], pool)]
        sure = [child for child in holders if market.outside(child) == places[child.id]]
        assert all(child in sure or market.lists[child.id][0] == places[child.id] for child in holders)
        assert len(holders) == market.seats[pool]
