"""`assign` on small markets whose stable placement is known by thinking, and on random ones what must hold of any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from madoguchi.engines.placement.assign import assign
from madoguchi.engines.placement.instance import Child, Facility, Family, Instance, Unusable
from madoguchi.engines.placement.model import plain_deferred_acceptance

from .random_markets import random_market


def facility(name: str, *seats: int | None, shared: tuple[tuple[int, ...], ...] = ()) -> Facility:
    return Facility(name, (tuple(seats) + (None,) * 6)[:6], shared)


def child(name: str, points: int, *wishes: str, age: int = 1, current: str | None = None, **more: object) -> Child:
    return Child(name, f"f{name}", age, points, (0,), wishes, current, **more)  # type: ignore[arg-type]


def market(facilities: Sequence[Facility], children: Sequence[Child], *families: Family, **more: object) -> Instance:
    """Children in no family of `families` are families by themselves."""
    joined = {one for family in families for one in family.children}
    single = [Family(one.family, (one.id,)) for one in children if one.id not in joined]
    return Instance(tuple(facilities), tuple(children), (*families, *single), **more)  # type: ignore[arg-type]


def placed(instance: Instance, **more: bool) -> dict[str, str | None]:
    result = assign(instance, **more)  # type: ignore[arg-type]
    assert result.stable_exists is True
    assert result.blocking == ()
    return dict(result.places)


def test_more_points_come_first_then_the_tie_break_then_the_id():
    rows = [child("c", 9, "A"), child("b", 9, "A"), replace(child("a", 9, "A"), tiebreak=(1,))]
    assert placed(market([facility("A", None, 2)], rows)) == {"a": None, "b": "A", "c": "A"}
    assert placed(market([facility("A", None, 1)], rows)) == {"a": None, "b": "A", "c": None}


def test_a_bonus_and_a_key_count_only_at_the_facility_they_name():
    rows = [child("a", 5, "A", "B", bonus={"B": 9}), child("b", 6, "A"), child("c", 7, "B")]
    assert placed(market([facility("A", None, 1), facility("B", None, 1)], rows)) == {"a": "B", "b": "A", "c": None}
    elder = replace(child("a", 5, "A"), tiebreak=({"A": 0, "*": 1},))
    assert placed(market([facility("A", None, 1)], [elder, replace(child("0", 5, "A"), tiebreak=(1,))])) == {"a": "A", "0": None}


def test_twins_need_two_seats_and_leave_two():
    twins = Family("t", ("t1", "t2"), "same_facility")
    rows = [child("t1", 5, "A"), child("t2", 5, "A"), child("x", 9, "A"), child("y", 1, "A")]
    assert placed(market([facility("A", None, 2)], rows, twins)) == {"t1": None, "t2": None, "x": "A", "y": "A"}
    assert placed(market([facility("A", None, 3)], rows, twins)) == {"t1": "A", "t2": "A", "x": "A", "y": None}


def test_three_transfers_close_a_circle():
    rows = [child("a", 3, "B", current="A"), child("b", 2, "C", current="B"), child("c", 1, "A", current="C"), child("x", 0, "A", "B", "C")]
    places = placed(market([facility(name, None, 1) for name in "ABC"], rows))
    assert places == {"a": "B", "b": "C", "c": "A", "x": None}


def test_who_does_not_get_the_transfer_keeps_the_seat_whoever_wants_it():
    rows = [child("a", 1, "B", current="A"), child("b", 99, "B"), child("x", 98, "A")]
    assert placed(market([facility("A", None, 1), facility("B", None, 1)], rows)) == {"a": "A", "b": "B", "x": None}


def test_a_circle_that_would_pass_somebody_over_stays_open():
    rows = [child("a", 1, "B", current="A"), child("b", 2, "A", current="B"), child("x", 9, "A")]
    assert placed(market([facility("A", None, 1), facility("B", None, 1)], rows)) == {"a": "A", "b": "B", "x": None}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("same_facility", (None, None)),
        ("same_facility_first", ("A", "B")),
        ("same_time", ("A", "B")),
        ("any", ("A", "B")),
        ("same_or_partial", ("A", None)),
        ("independent", ("A", "B")),
    ],
)
def test_what_each_condition_takes_where_no_facility_has_both(condition, expected):
    rows = [child("p", 5, "A", "B"), child("q", 5, "A", "B")]
    places = placed(market([facility("A", None, 1), facility("B", None, 1)], rows, Family("f", ("p", "q"), condition)))
    assert (places["p"], places["q"]) == expected


def test_same_facility_first_goes_down_the_lists_to_be_together():
    rows = [child("p", 5, "A", "C"), child("q", 5, "B", "C")]
    seats = [facility("A", None, 1), facility("B", None, 1), facility("C", None, 2)]
    together = placed(market(seats, rows, Family("f", ("p", "q"), "any_same_first")))
    assert together == {"p": "C", "q": "C"}
    assert placed(market(seats, rows, Family("f", ("p", "q"), "any"))) == {"p": "A", "q": "B"}


def test_the_priority_child_is_placed_first():
    rows = [child("p", 5, "A"), child("q", 5, "A")]
    pair = Family("f", ("p", "q"), "any")
    assert placed(market([facility("A", None, 1)], rows, pair)) == {"p": "A", "q": None}
    assert placed(market([facility("A", None, 1)], rows, replace(pair, priority=("q", "p")))) == {"p": None, "q": "A"}


def test_a_written_list_of_tuples_replaces_the_condition():
    rows = [child("p", 5, "A", "B"), child("q", 5, "A", "B")]
    pair = Family("f", ("p", "q"), "same_time", tuples=(("B", "A"), ("A", None), ("nowhere", "A")))
    assert placed(market([facility("A", None, 1), facility("B", None, 1)], rows, pair)) == {"p": "B", "q": "A"}
    assert placed(market([facility("A", None, 1), facility("B", None, 0)], rows, pair)) == {"p": "A", "q": None}


def test_classes_that_share_seats_compete_for_them():
    rows = [child("old", 9, "A", age=5), child("young", 8, "A", age=3), child("baby", 1, "A", age=0)]
    shared = facility("A", 1, None, None, 1, 0, 0, shared=((3, 4, 5),))
    assert placed(market([shared], rows)) == {"old": "A", "young": None, "baby": "A"}


def test_pins_are_kept_and_count_first():
    rows = [child("a", 9, "A"), child("b", 1, "B"), child("c", 9, "A", current="A")]
    seats = [facility("A", None, 2), facility("B", None, 1)]
    assert placed(market(seats, rows, pinned={"b": "A"})) == {"a": None, "b": "A", "c": "A"}
    assert placed(market(seats, rows, pinned={"a": None})) == {"a": None, "b": "B", "c": "A"}


def test_a_pinned_child_and_its_brother_stay_together_if_they_must():
    rows = [child("a", 1, "B"), child("b", 1, "A", "B")]
    pair = Family("f", ("a", "b"), "same_facility")
    seats = [facility("A", None, 2), facility("B", None, 2)]
    assert placed(market(seats, rows, pair, pinned={"a": "B"})) == {"a": "B", "b": "B"}
    assert placed(market(seats, rows, pair, pinned={"a": "A"})) == {"a": "A", "b": "A"}


def test_forbidden_and_too_young_are_cut_but_never_the_seat_held():
    rows = [
        child("a", 9, "A", "B", min_age_ok=frozenset({"B"})),
        child("b", 8, "B", "A"),
        child("c", 7, "A", current="C", min_age_ok=frozenset()),
    ]
    seats = [facility("A", None, 1), facility("B", None, 1), facility("C", None, 1)]
    assert placed(market(seats, rows, forbidden=frozenset({("b", "B")}))) == {"a": "B", "b": "A", "c": "C"}


def test_a_wish_for_what_is_not_there_seats_nobody():
    rows = [child("a", 9, "none", "A"), child("b", 9)]
    assert placed(market([facility("none", 3), facility("A", None, 1)], rows)) == {"a": "A", "b": None}


def test_a_pool_with_fewer_seats_than_are_held_there_is_refused():
    with pytest.raises(Unusable, match="2 children hold a seat"):
        assign(market([facility("A", None, 1)], [child("a", 1, current="A"), child("b", 1, current="A")]))


def test_a_rule_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match="points or wishes"):
        assign(market([], []), rule="lottery")


def test_wishes_first_may_pass_over_more_points():
    rows = [child("a", 9, "B", "A"), child("b", 1, "A"), child("c", 10, "B")]
    seats = [facility("A", None, 1), facility("B", None, 1)]
    assert assign(market(seats, rows), rule="wishes").places == {"a": None, "b": "A", "c": "B"}
    assert placed(market(seats, rows)) == {"a": "A", "b": None, "c": "B"}


def test_without_brothers_and_sisters_it_is_deferred_acceptance():
    for seed in range(60):
        instance = random_market(Random(seed), singles=True)
        assert placed(instance) == plain_deferred_acceptance(instance)


def test_the_order_of_rows_does_not_matter():
    for seed in range(150):
        random = Random(seed)
        instance = random_market(random)
        facilities, children, families = list(instance.facilities), list(instance.children), list(instance.families)
        random.shuffle(facilities)
        random.shuffle(children)
        random.shuffle(families)
        shuffled = replace(instance, facilities=tuple(facilities), children=tuple(children), families=tuple(families))
        assert assign(shuffled, prove=True) == assign(instance, prove=True)


def test_nobody_loses_a_seat_and_no_pool_overflows():
    for seed in range(150):
        instance = random_market(Random(seed))
        places = assign(instance).places
        assert set(places) == {one.id for one in instance.children}
        for one in instance.children:
            if one.current is not None and one.id not in instance.pinned:
                assert places[one.id] is not None
        assert all(places[name] == place for name, place in instance.pinned.items())
