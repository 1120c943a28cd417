"""Explanations, their words, summaries and what-ifs on markets that can be checked by hand."""

from __future__ import annotations

import json
from random import Random

import pytest

from madoguchi.engines.placement import Child, Facility, Family, Instance, assign, verify
from madoguchi.engines.placement.explain import DECIDERS, RESULTS, Wish, explain, explain_all, public
from madoguchi.engines.placement.instance import LAST_OFFSET
from madoguchi.engines.placement.simulate import Change, changed, compare, sensitivity, simulate
from madoguchi.engines.placement.summary import national_waiting, summarise
from madoguchi.engines.placement.tables import Tables
from madoguchi.engines.placement.tests.random_markets import random_market
from madoguchi.engines.placement.words import LANGUAGES, say, texts

NAMES = {"sun": "ひなた園", "moon": "つき園", "star": "ほし園"}


def child(name: str, points: int, *wishes: str, family: str = "", age: int = 1, ties: tuple[int, ...] = (0,), **facts) -> Child:
    return Child(name, family or name, age, points, ties, wishes, **facts)


def market(children: list[Child], families: list[Family] | None = None, **facts) -> Instance:
    alone = {one.family for one in children} - {family.id for family in families or []}
    singles = [Family(one.family, (one.id,)) for one in children if one.family in alone]
    seats = {"sun": (None, 2, 0, 1, 1, 1), "moon": (None, 1, 1, 1, 1, None), **facts}
    return Instance(tuple(Facility(name, row) for name, row in seats.items()), tuple(children), (*(families or []), *singles))


FOUR = [child("a", 24, "sun"), child("b", 23, "sun", "moon"), child("c", 22, "sun", "moon"), child("d", 22, "sun", "moon", ties=(5,))]


def explained(instance: Instance, name: str):
    return explain(instance, assign(instance).places, name)


def wishes(instance: Instance, name: str) -> dict[str, Wish]:
    return {wish.facility: wish for wish in explained(instance, name).wishes}


# -- explain --------------------------------------------------------------------------------------------------------------------


def test_points_decide_and_how_many_would_have_been_enough():
    first, second = explained(market(FOUR), "c").wishes
    assert (first.result, first.decided_by, first.own_points, first.last_points, first.missing_points) == ("full", "points", 22, 23, 2)
    assert (second.result, second.number) == ("placed", 2)


def test_a_key_decides_between_equal_points_and_only_its_kind_is_said():
    moon = wishes(market(FOUR), "d")["moon"]
    assert (moon.result, moon.decided_by, moon.key, moon.last_points) == ("full", "key", 0, 22)


def test_the_last_key_decides_when_all_else_is_equal():
    instance = market([child("a", 20, "moon"), child("b", 20, "moon")])
    assert wishes(instance, "b")["moon"].decided_by == "last_key"
    assert summarise(instance, assign(instance).places).last_key == 1


def test_what_was_claimed_to_be_enough_is_enough():
    for seed in range(60):
        instance = random_market(Random(seed))
        result = assign(instance)
        if result.blocking:
            continue
        tables = Tables(instance, result.places)
        for one in instance.children:
            for wish in explain(instance, result.places, one.id, tables=tables).wishes:
                if wish.result == "full" and wish.missing_points is not None:
                    pool = tables.pools[wish.facility, one.age]
                    last = pool.holders[-1]
                    own = (
                        1,
                        -(wish.own_points + wish.missing_points),
                        tuple(key if isinstance(key, int) else key.get(wish.facility, key.get("*", 0)) for key in one.tiebreak),
                        one.id,
                    )
                    assert own < last


def test_each_reason_for_an_impossible_wish_has_its_word():
    children = [child("a", 20, "star", "sun", "moon", min_age_ok=frozenset({"moon"})), child("b", 10, "moon", age=5)]
    instance = market(children, star=(None, 0, 0, 0, 0, 0))
    assert [wish.result for wish in explained(instance, "a").wishes] == ["too_young", "too_young", "placed"]
    assert [wish.result for wish in explained(instance, "b").wishes] == ["no_class"]
    assert [wish.result for wish in explained(market([child("a", 9, "star")], star=(None, 0, 0, 0, 0, 0)), "a").wishes] == ["no_seats"]


def test_a_transfer_that_stays_keeps_its_seat_and_knows_why():
    instance = market([child("a", 30, "moon"), child("b", 10, "moon", current="sun")])
    result = explained(instance, "b")
    assert (result.place, [wish.result for wish in result.wishes]) == ("sun", ["full", "stays"])


def test_more_points_than_one_who_stays_is_no_envy():
    instance = market([child("a", 30, "moon"), child("b", 10, "sun", current="moon")], sun=(None, 0, 0, 0, 0, 0))
    moon = wishes(instance, "a")["moon"]
    assert (moon.result, moon.decided_by, moon.lower_staying) == ("full", "stays_there", 1)


def test_the_siblings_condition_is_told_apart_from_points():
    pair = [child("a", 24, "moon", family="f"), child("b", 24, "moon", family="f")]
    instance = market(pair, [Family("f", ("a", "b"), "same_facility")])
    result = explained(instance, "a")
    assert (result.place, result.wishes[0].result, result.condition) == (None, "siblings", "same_facility")


@pytest.mark.parametrize("seed", range(40))
def test_every_explanation_is_complete_and_json(seed):
    instance = random_market(Random(seed))
    result = assign(instance)
    found = explain_all(instance, result.places)
    assert found.keys() == {one.id for one in instance.children}
    for name, one in found.items():
        json.dumps(one.as_data())
        assert one.place == result.places[name]
        assert {wish.result for wish in one.wishes} <= set(RESULTS)
        assert {wish.decided_by for wish in one.wishes} <= {*DECIDERS, ""}
        if one.place is not None and name not in instance.pinned:
            assert sum(wish.result in ("placed", "stays") for wish in one.wishes) == 1
        if not result.blocking and verify(instance, result.places).stable:
            assert "passed_over" not in {wish.result for wish in one.wishes}


def test_the_public_view_hides_small_counts():
    data = public(explained(market(FOUR), "c").as_data(), minimum=5)
    assert data["wishes"][0]["last_points"] is None
    assert public(explained(market(FOUR), "c").as_data(), minimum=2)["wishes"][0]["last_points"] == 23
    assert all("rank" not in wish and "lower_staying" not in wish for wish in data["wishes"])


# -- words ----------------------------------------------------------------------------------------------------------------------


def test_every_text_is_there_in_every_language_with_the_same_holes():
    for key, row in texts().items():
        assert set(row) == set(LANGUAGES), key
        holes = {
            language: sorted(part.split("}")[0] for part in row[language].split("{")[1:] if part.split("}")[0].isidentifier())
            for language in ("ja", "en")
        }
        assert holes["ja"] == holes["en"], key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_random_explanation_can_be_said(language):
    for seed in range(40):
        instance = random_market(Random(seed))
        for one in explain_all(instance, assign(instance).places).values():
            words = say(one.as_data(), language, names={}, keys=["a", "b"], audience="desk")
            assert words.lead
            assert all(wish.sentences for wish in words.wishes)


def test_what_a_parent_reads():
    words = say(explained(market(FOUR), "d").as_data(), "ja", names=NAMES, keys=["区市町村民税が低い世帯"])
    assert words.lead == "今回は、希望した施設のどこにも入れませんでした。"
    assert words.wishes[0].sentences[0] == "指数で決まりました。最後に入った方は23点、お子さまは22点です。"
    assert words.wishes[1].sentences[0] == "指数は同じで、「区市町村民税が低い世帯」の順で決まりました。"
    english = say(explained(market(FOUR), "d").as_data(), "en", names={"sun": "Sun", "moon": "Moon"}, keys=["lower tax"])
    assert english.wishes[1].head == "2nd wish: Moon"


def test_halves_are_written_as_the_ward_writes_them():
    children = [child("a", 45, "moon"), child("b", 43, "moon")]
    words = say(explained(market(children), "b").as_data(), "ja", names=NAMES, scale=2)
    assert "22.5点" in words.wishes[0].sentences[0]


# -- summary --------------------------------------------------------------------------------------------------------------------


def test_a_summary_counts_wishes_seats_cut_offs_and_who_waits():
    instance = market(FOUR)
    figures = summarise(instance, assign(instance).places)
    sun = next(one for one in figures.classes if one.facility == "sun" and one.classes == (1,))
    assert (sun.seats, sun.wishes, sun.placed, sun.left, sun.last_points, sun.ratio) == (2, [4, 0], 2, 0, 23, 2.0)
    assert (figures.seated, figures.first_wish, figures.by_wish, figures.waiting[1]) == (3, 2, {1: 2, 2: 1}, 1)
    json.dumps(figures.as_data())


def test_waiting_by_the_national_definition_leaves_out_what_it_leaves_out():
    assert national_waiting(100, {"other_care": 30, "on_leave": 20, "certain_facility": 25, "nobody": 9}) == 25


# -- what if --------------------------------------------------------------------------------------------------------------------


def test_one_more_seat_sets_a_chain_going():
    instance = market(FOUR)
    before = assign(instance).places
    made = simulate(instance, before, Change(seats={("sun", 1): 1})).comparison
    assert [[(move.child, move.before, move.after) for move in chain] for chain in made.chains] == [
        [("c", "moon", "sun"), ("d", None, "moon")]
    ]
    assert (made.seated_before, made.seated_after, made.as_data()["better"]) == (3, 4, 2)


def test_a_place_by_hand_shows_who_gives_way():
    instance = market(FOUR)
    made = simulate(instance, assign(instance).places, Change(pinned={"d": "sun"})).comparison
    assert {move.child: (move.after, move.better) for move in made.moves} == {"b": ("moon", False), "c": (None, False), "d": ("sun", True)}


@pytest.mark.parametrize("change", [Change(points={"x": 1}), Change(seats={("nowhere", 1): 1}), Change(seats={("sun", 1): -9})])
def test_a_change_of_what_is_not_there_is_refused(change):
    with pytest.raises(ValueError, match=r"not in this market|fewer seats"):
        changed(market(FOUR), change)


def test_a_change_comes_from_json_and_nothing_else_does():
    data = {"seats": [["sun", 1, 1]], "withdrawn": ["a"], "forbidden": [["b", "sun"]]}
    assert Change.from_data(data) == Change(seats={("sun", 1): 1}, withdrawn=frozenset({"a"}), forbidden=frozenset({("b", "sun")}))
    with pytest.raises(ValueError, match="no change"):
        Change.from_data({"capacity": 1})


@pytest.mark.parametrize("seed", range(12))
def test_sensitivity_is_what_a_full_run_says_for_each_pool(seed):
    instance = random_market(Random(seed))
    before = assign(instance)
    if before.blocking:
        return
    for one in sensitivity(instance, before.places):
        whole = simulate(instance, before.places, Change(seats={(one.facility, one.age): 1})).comparison
        assert (one.more_seated, one.moves) == (whole.seated_after - whole.seated_before, len(whole.moves))


def test_another_years_result_is_compared_child_by_child():
    instance = market(FOUR)
    made = compare(instance, assign(instance).places, {"a": "moon", "z": "sun"})
    assert (made.only_before, made.only_after, [move.child for move in made.moves]) == (("b", "c", "d"), ("z",), ["a"])


def test_every_move_stands_in_exactly_one_chain():
    for seed in range(40):
        rng = Random(seed)
        instance = random_market(rng)
        before, after = assign(instance).places, {one.id: None for one in instance.children}
        made = compare(instance, before, after)
        assert sorted(move.child for chain in made.chains for move in chain) == [move.child for move in made.moves]


def test_points_of_who_asked_to_come_last_are_shown_as_people_know_them():
    """育休延長: the offset that puts a child behind all others is never read by anybody, nor published as the lowest points."""
    facility = Facility("A", (None, 2, None, None, None, None))
    children = (
        Child("first", "F1", 1, 24, (1,), ("A",)),
        Child("last", "F2", 1, 26 - LAST_OFFSET, (1,), ("A",)),
        Child("later", "F3", 1, 25 - LAST_OFFSET, (1,), ("A",)),
    )
    families = tuple(Family(child.family, (child.id,), "single") for child in children)
    market = Instance((facility,), children, families)
    places = assign(market).places
    assert places == {"first": "A", "last": "A", "later": None}
    (figures,) = summarise(market, places).classes
    assert figures.last_points == 24
    (wish,) = explain(market, places, "later").wishes
    assert (wish.own_points, wish.last_points, wish.decided_by) == (25, 26, "points")
    full = Instance((Facility("A", (None, 1, None, None, None, None)),), children, families)
    (wish,) = explain(full, assign(full).places, "last").wishes
    assert (wish.decided_by, wish.missing_points) == ("asked_to_be_last", None)
