"""The independent check on cases small enough to decide by hand."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from madoguchi.engines.placement.instance import Child, Facility, Family, Instance, Unusable
from madoguchi.engines.placement.verdict import Wasted
from madoguchi.engines.placement.verify import verify


def seats(name: str, *capacity: int | None, shared: tuple[tuple[int, ...], ...] = ()) -> Facility:
    return Facility(name, (*capacity, *(None,) * (6 - len(capacity))), shared)


def child(name: str, points: int, *wishes: str, family: str = "", age: int = 0, **more) -> Child:
    more.setdefault("tiebreak", (0,))
    return Child(name, family or f"f-{name}", age, points, preferences=wishes, **more)


def market(facilities: list[Facility], children: list[Child], *families: Family, **more) -> Instance:
    named = {one for family in families for one in family.children}
    alone = [Family(one.family, (one.id,)) for one in children if one.id not in named]
    return Instance(tuple(facilities), tuple(children), (*families, *alone), **more)


TWO = [child("a", 20, "A", "B"), child("b", 10, "A", "B")]
ONE_EACH = [seats("A", 1), seats("B", 1)]


def test_who_has_more_points_may_ask_for_the_seat_of_who_has_fewer():
    found = verify(market(ONE_EACH, TWO), {"a": "B", "b": "A"})
    assert [(row.family, row.wanted, row.displaced, row.tuples) for row in found.blocking] == [("f-a", ("A",), ("b",), 1)]
    assert (found.feasible, found.stable, found.families, found.pairs, found.wasted) == (True, False, 1, 1, ())
    assert verify(market(ONE_EACH, TWO), {"a": "A", "b": "B"}).stable


def test_an_empty_seat_that_somebody_prefers_is_wasted():
    found = verify(market(ONE_EACH, TWO), {"a": "A", "b": None})
    assert found.wasted == (Wasted("B", (0,), "f-b", ("b",), ("B",)),)
    assert found.blocking[0].displaced == ()


def test_a_child_that_is_not_written_has_no_place():
    assert verify(market(ONE_EACH, TWO), {"a": "A"}) == verify(market(ONE_EACH, TWO), {"a": "A", "b": None})


@pytest.mark.parametrize(
    ("more", "places", "kind"),
    [
        ({}, {"a": "A", "b": "A"}, "over_capacity"),
        ({}, {"a": "C"}, "not_wished"),
        ({}, {"a": "Z"}, "unknown_facility"),
        ({}, {"z": "A"}, "unknown_child"),
        ({"current": "B"}, {"a": None}, "seat_lost"),
        ({"min_age_ok": frozenset({"B"})}, {"a": "A"}, "min_age"),
    ],
)
def test_every_violation_is_named(more, places, kind):
    instance = market([*ONE_EACH, seats("C", 1)], [child("a", 20, "A", "B", **more), TWO[1]])
    found = verify(instance, places)
    assert [row.kind for row in found.violations] == [kind]
    assert not found.feasible
    assert not found.stable
    assert found.violations[0].message


def test_places_decided_beforehand_are_kept_and_nobody_blocks_over_them():
    instance = market(ONE_EACH, TWO, pinned={"b": "A"}, forbidden=frozenset({("a", "B")}))
    assert verify(instance, {"a": None, "b": "A"}).stable
    assert {row.kind for row in verify(instance, {"a": "B", "b": None}).violations} == {"pin", "forbidden"}


def test_pinned_to_nothing_means_nothing():
    instance = market(ONE_EACH, [child("a", 20, "A", current="B"), TWO[1]], pinned={"a": None})
    assert verify(instance, {"b": "A"}).stable
    assert [row.kind for row in verify(instance, {"a": "B", "b": "A"}).violations] == ["pin"]


def test_a_child_in_two_families_is_named():
    instance = Instance((seats("A", 1),), (child("a", 1, "A"),), (Family("f", ("a",)), Family("g", ("a",))))
    assert [row.kind for row in verify(instance, {"a": "A"}).violations] == ["two_families"]


def test_a_child_whom_no_family_names_is_asked_by_itself():
    instance = Instance((seats("A", 1),), (child("a", 1, "A"),), ())
    assert [row.children for row in verify(instance, {}).blocking] == [("a",)]


def test_who_holds_the_seat_comes_first():
    instance = market([seats("A", 1), seats("B", 0)], [child("a", 20, "A"), child("b", 0, "B", current="A")])
    assert verify(instance, {"b": "A"}).stable


def test_wishes_after_the_present_place_and_wishes_given_twice_do_not_count():
    instance = market([seats("A", 1), seats("B", 1), seats("C", 1)], [child("a", 1, "A", "A", "B", "C", current="B")])
    assert verify(instance, {"a": "C"}).violations[0].kind == "not_wished"
    assert verify(instance, {"a": "B"}).pairs == 1


def twins(condition: str, *, wishes: tuple[str, ...] = ("A", "B"), **more) -> tuple[list[Child], Family]:
    kids = [child("t1", 15, *wishes, family="t"), child("t2", 5, *wishes, family="t")]
    return kids, Family("t", ("t1", "t2"), condition, **more)


def test_of_siblings_the_worst_counts_and_both_need_a_seat():
    kids, family = twins("same_facility")
    other = child("a", 10, "A")
    assert verify(market([seats("A", 2)], [*kids, other], family), {"a": "A"}).stable, "t2 stands behind a"
    strong = [kids[0], child("t2", 11, "A", "B", family="t")]
    found = verify(market([seats("A", 2)], [*strong, other], family), {"a": "A"})
    assert [(row.family, row.wanted, row.displaced) for row in found.blocking] == [("t", ("A", "A"), ("a",))]
    assert not found.wasted


def test_seats_that_the_family_holds_are_free_for_it():
    """t1 is at A, t2 at B: for both at A only one more seat is needed, for both at B too."""
    kids, family = twins("same_facility_first")
    places = {"t1": "A", "t2": "B", "a": "A"}
    instance = market([seats("A", 2), seats("B", 1)], [*kids, child("a", 3, "A")], family)
    assert [row.displaced for row in verify(instance, places).blocking] == [("a",)]
    assert verify(market([seats("A", 2), seats("B", 1)], [*kids, child("a", 9, "A")], family), places).stable


def test_a_family_may_only_have_what_its_condition_accepts():
    kids, family = twins("same_facility")
    found = verify(market(ONE_EACH, kids, family), {"t1": "A", "t2": "B"})
    assert [(row.kind, row.family) for row in found.violations] == [("not_accepted", "t")]
    kids, family = twins("any", priority=("t2", "t1"))
    assert [row.kind for row in verify(market(ONE_EACH, kids, family), {"t1": "A"}).violations] == ["not_accepted"]
    assert verify(market([seats("A", 1), seats("B", 0)], kids, family), {"t2": "A"}).stable


def test_what_stands_after_the_present_places_is_not_accepted():
    kids = [child("t1", 1, "A", family="t", current="B"), child("t2", 1, "A", "C", family="t", current="B")]
    instance = market([seats("A", 1), seats("B", 2), seats("C", 1)], kids, Family("t", ("t1", "t2"), "same_facility_first"))
    assert verify(instance, {"t1": "B", "t2": "B"}).stable
    assert [row.kind for row in verify(instance, {"t1": "A", "t2": "C"}).violations] == ["not_accepted"]


def test_a_familys_own_list_replaces_the_condition():
    kids, family = twins("any", tuples=(("B", "A"), ("A", "B"), (None, "A")))
    instance = market(ONE_EACH, kids, family)
    assert verify(instance, {"t1": "B", "t2": "A"}).stable
    assert [row.wanted for row in verify(instance, {"t1": "A", "t2": "B"}).blocking] == [("B", "A")]
    assert [row.kind for row in verify(instance, {"t1": "B"}).violations] == ["not_accepted"]


def test_independent_siblings_block_one_by_one():
    kids, family = twins("independent")
    found = verify(market([seats("A", 2)], kids, family), {})
    assert [(row.family, row.children) for row in found.blocking] == [("t", ("t1",)), ("t", ("t2",))]


def test_shared_classes_are_one_pool():
    facility = seats("A", 1, 1, shared=((0, 1),))
    instance = market([facility], [child("a", 5, "A"), child("b", 3, "A", age=1), child("c", 1, "A", age=1)])
    assert verify(instance, {"b": "A", "c": "A"}).blocking[0].displaced == ("c",)
    assert verify(instance, {"a": "A", "b": "A"}).stable
    found = verify(instance, {"a": "A", "b": "A", "c": "A"})
    assert [(row.kind, row.classes) for row in found.violations] == [("over_capacity", (0, 1))]


def test_weak_over_a_tie_nobody_blocks():
    instance = market([seats("A", 1)], [child("a", 5, "A"), child("b", 5, "A")])
    assert not verify(instance, {"b": "A"}).stable
    assert verify(instance, {"b": "A"}, weak=True).stable
    keyed = market([seats("A", 1)], [child("a", 5, "A", tiebreak=({"A": 1, "*": 9},)), child("b", 5, "A", tiebreak=(2,))])
    assert not verify(keyed, {"b": "A"}, weak=True).stable


def test_points_and_keys_may_depend_on_the_facility():
    near = child("b", 10, "A", bonus={"A": 20})
    assert verify(market([seats("A", 1)], [child("a", 20, "A"), near]), {"b": "A"}).stable
    far = child("b", 20, "A", tiebreak=({"B": -5, "*": 3},))
    assert [row.family for row in verify(market([seats("A", 1)], [child("a", 20, "A"), far]), {"b": "A"}).blocking] == ["f-a"]


THREE = market(
    [seats("A", 1), seats("B", 1)],
    [child("hana", 30, "A", "B"), child("ken", 40, "A", "B"), child("mei", 10, "B", "A")],
)


def test_pattern_2_is_judged_by_its_own_rule():
    """The example of docs/engines/placement-format.md: hana named B second, and mei, with fewer points, first."""
    by_wishes = {"hana": None, "ken": "A", "mei": "B"}
    assert verify(THREE, by_wishes, rule="wishes").stable
    assert [(row.family, row.wanted, row.displaced) for row in verify(THREE, by_wishes).blocking] == [("f-hana", ("B",), ("mei",))]
    by_points = {"hana": "B", "ken": "A", "mei": None}
    assert verify(THREE, by_points).stable
    assert [row.family for row in verify(THREE, by_points, rule="wishes").blocking] == ["f-mei"]


def test_pattern_2_refuses_joint_conditions_by_name():
    kids, family = twins("any")
    with pytest.raises(Unusable, match=r"families\[t\]"):
        verify(market(ONE_EACH, kids, family), {}, rule="wishes")
    with pytest.raises(ValueError, match="lottery"):
        verify(THREE, {}, rule="lottery")


def test_the_check_shares_nothing_with_assign_but_the_rows():
    """Nor does the judge of both, which goes through every outcome."""
    folder = Path(__file__).parents[1]
    own = {"verdict", "verify", "verify_families", "verify_market"}
    for path in [*(folder / f"{name}.py" for name in own), folder / "tests" / "brute.py"]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        ours = {str(node.module).rsplit(".", 1)[-1] for node in modules if node.level or str(node.module).startswith("madoguchi")}
        assert ours <= ({"instance"} | own if path.stem in own else {"instance"}), path.name
