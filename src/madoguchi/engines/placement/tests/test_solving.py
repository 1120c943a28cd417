"""Markets without a stable placement, and those where it takes more than the queue to know."""

from __future__ import annotations

import sys
from random import Random

import pytest

from madoguchi.engines.placement.assign import Limits, assign
from madoguchi.engines.placement.blaming import least_by_conflicts
from madoguchi.engines.placement.instance import Child, Facility, Family, Instance
from madoguchi.engines.placement.model import Model
from madoguchi.engines.placement.proving import decide
from madoguchi.engines.placement.reducing import reduce, whole
from madoguchi.engines.placement.searching import search, seated
from madoguchi.engines.placement.solvers import cpsat

from .brute import Market
from .random_markets import random_market


def contradictions(number: int) -> Instance:
    """Each a pair who only come together and a third child between the two in points: no stable placement, one family must block."""
    facilities, children, families = [], [], []
    for one in range(number):
        p, q, pair, alone = f"P{one}", f"Q{one}", f"pair{one}", f"alone{one}"
        facilities += [Facility(p, (1,) + (None,) * 5), Facility(q, (1,) + (None,) * 5)]
        children += [
            Child(f"high{one}", pair, 0, 9, (0,), (p,)),
            Child(f"low{one}", pair, 0, 1, (0,), (q,)),
            Child(f"mid{one}", alone, 0, 5, (0,), (p, q)),
        ]
        families += [Family(pair, (f"high{one}", f"low{one}"), "same_time"), Family(alone, (f"mid{one}",))]
    return Instance(tuple(facilities), tuple(children), tuple(families))


def test_one_contradiction_is_proven_and_the_family_named():
    result = assign(contradictions(1))
    assert (result.stable_exists, result.blocking, result.minimum, result.decided) == (False, ("pair0",), True, True)
    assert result.proof in ("reduction", "cases")
    (frozen,) = result.frozen
    assert frozen.wanted == ("P0", "Q0")
    assert set(frozen.seats) == {("P0", (0,)), ("Q0", (0,))}


def test_the_seat_named_really_ends_the_conflict():
    instance = contradictions(1)
    facilities = tuple(Facility(one.id, (2 if one.id == "P0" else 1,) + (None,) * 5) for one in instance.facilities)
    assert assign(Instance(facilities, instance.children, instance.families)).stable_exists is True


def test_as_many_families_as_contradictions_block_and_that_is_the_least():
    result = assign(contradictions(3), prove=True)
    assert (result.stable_exists, len(result.blocking), result.minimum) == (False, 3, True)


def test_out_of_time_ends_undecided_with_the_same_placement():
    known, late = assign(contradictions(2)), assign(contradictions(2), out_of_time=lambda: True)
    assert (late.stable_exists, late.decided, late.proof, late.minimum) == (None, False, "", False)
    assert late.places == known.places
    assert late.blocking == known.blocking


def test_too_large_to_be_decided_unasked_is_said():
    result = assign(contradictions(1), limits=Limits(decided_up_to=1))
    assert (result.stable_exists, result.decided, len(result.blocking)) == (None, False, 1)
    assert assign(contradictions(1), limits=Limits(decided_up_to=1), prove=True).stable_exists is False


def test_reduction_and_cases_find_every_stable_placement():
    several = 0
    for seed in range(800):
        instance = random_market(Random(seed))
        model = Model(instance)
        found = search(model, reduce(model), 10_000)
        assert found.complete
        stable = Market(instance).truth().stable
        assert sorted(map(repr, (dict(sorted(model.places(at).items())) for at in found.placements))) == sorted(
            repr(dict(sorted(one.items()))) for one in stable
        )
        several += len(stable) > 1
    assert several >= 4


def test_the_reduction_alone_never_strikes_out_a_stable_tuple_with_an_excused_family():
    for seed in range(120):
        model = Model(random_market(Random(seed)))
        for unit in range(len(model.unit_children)):
            core = reduce(model, excused=[unit])
            everything = search(model, core, 10_000)
            free = whole(model)
            free.excused = frozenset([unit])
            assert sorted(everything.placements) == sorted(search(model, free, 100_000).placements)


def test_the_solver_agrees_with_the_cases():
    pytest.importorskip("ortools")
    for seed in range(40):
        model = Model(random_market(Random(seed)))
        found = search(model, reduce(model), 10_000)
        program = cpsat.Program(whole(model))
        answer = program.solve(50.0)
        assert answer.proven
        assert (answer.at is not None) == bool(found.placements)
        if answer.at is not None:
            assert list(answer.at) in found.placements


def test_the_solver_takes_what_the_cases_do_not_finish():
    pytest.importorskip("ortools")
    verdict = decide(Model(contradictions(2)), None, 0, 50.0, None)
    assert (verdict.exists, verdict.proof) == (False, "cp-sat")


def test_most_seated_is_the_most_of_all_stable_placements():
    for seed in range(150):
        instance = random_market(Random(seed))
        most = Market(instance).truth().most_seated
        if most is not None:
            result = assign(instance, max_seated=True)
            assert result.most_seated
            assert sum(place is not None for place in result.places.values()) == most


def test_the_least_number_of_blocking_families_is_the_least_of_all_placements():
    pytest.importorskip("ortools")
    none = 0
    for seed in range(150):
        instance = random_market(Random(seed))
        truth = Market(instance).truth()
        result = assign(instance, prove=True)
        assert len(result.blocking) == truth.least_blocking
        none += truth.least_blocking > 0
        assert result.minimum == (truth.least_blocking > 0)
    assert none > 3


def test_conflicts_alone_lead_to_the_least_number_of_blocking_families():
    numbers = set()
    for seed in range(400):
        instance = random_market(Random(seed))
        least = Market(instance).truth().least_blocking
        if not least:
            continue
        model = Model(instance)
        proven, at = least_by_conflicts(model, len(model.unit_children) + 1, 10_000, None)
        assert proven
        assert at is not None
        assert len(seated(model, at).blocking()) == least
        assert least_by_conflicts(model, least, 10_000, None) == (True, None)
        numbers.add(least)
    assert numbers


def test_a_solver_that_is_not_installed_is_a_remark(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)  # how Python is told that a module is not there
    verdict = decide(Model(contradictions(2)), None, 0, 50.0, None)
    assert (verdict.exists, verdict.remark) == (None, "solver-missing")
    assert not cpsat.available()
