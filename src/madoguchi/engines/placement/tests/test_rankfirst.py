"""Pattern 2 on cases decided by hand; against every outcome: test_brute."""

from __future__ import annotations

from dataclasses import replace

import pytest

from madoguchi.engines.placement.instance import Family, Instance, Unusable
from madoguchi.engines.placement.rankfirst import place_by_wishes

from .test_verify import ONE_EACH, THREE, child, market, seats, twins


def test_a_first_wish_goes_before_points():
    assert place_by_wishes(THREE) == {"hana": None, "ken": "A", "mei": "B"}


def test_the_order_of_rows_is_irrelevant():
    turned = replace(THREE, children=THREE.children[::-1], facilities=THREE.facilities[::-1], families=THREE.families[::-1])
    assert list(place_by_wishes(turned).items()) == list(place_by_wishes(THREE).items())


def test_a_transfer_that_fails_keeps_its_seat_and_one_that_succeeds_frees_it_from_the_first_round():
    stays = child("s", 1, "B", current="A")
    wants = child("w", 99, "A")
    assert place_by_wishes(market([seats("A", 1), seats("B", 0)], [stays, wants])) == {"s": "A", "w": None}
    second = child("z", 100, "C", "A")  # named A second: it comes after w, although the seat is freed in round 1
    assert place_by_wishes(market([*ONE_EACH, seats("C", 0)], [stays, wants, second])) == {"s": "B", "w": "A", "z": None}


def test_two_who_want_each_others_seat_exchange_them():
    assert place_by_wishes(market(ONE_EACH, [child("a", 1, "B", current="A"), child("b", 1, "A", current="B")])) == {"a": "B", "b": "A"}


def test_pins_go_before_everything():
    instance = market(ONE_EACH, [child("a", 50, "A"), child("b", 1, "B")], pinned={"b": "A"})
    assert place_by_wishes(instance) == {"a": None, "b": "A"}


@pytest.mark.parametrize("condition", ["same_facility", "same_facility_first", "same_time", "any", "any_same_first", "same_or_partial"])
def test_joint_conditions_are_refused_by_name(condition):
    kids, family = twins(condition)
    with pytest.raises(Unusable, match=r"families\[t\]"):
        place_by_wishes(market(ONE_EACH, kids, family))


def test_independent_siblings_are_single_children():
    kids, family = twins("independent")
    assert place_by_wishes(market(ONE_EACH, kids, family)) == {"t1": "A", "t2": "B"}


def test_too_few_seats_for_those_who_hold_one_is_refused():
    held = Instance((seats("A", 0),), (child("a", 1, current="A"),), (Family("f-a", ("a",)),))
    with pytest.raises(Unusable, match=r"children\[a\]"):
        place_by_wishes(held)
