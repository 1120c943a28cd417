"""Publishing to the shared library lets no person, address or mark through; adopting brings data only; later changes are taken or left."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django_scopes import scope

from madoguchi.accounts.models import Municipality
from madoguchi.accounts.tests.make import make_division, make_municipality
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import (
    adopt_shared,
    change_draft,
    fact_updates,
    form_updates,
    has_updates,
    look_again,
    open_draft,
    origin_of,
    prepare,
    publish,
    rating,
    seen_of,
    share,
    shared_of,
    take_updates,
    undo_draft,
    withdraw,
)
from madoguchi.procedures.models import Adoption, Procedure, SharedProcedure, SharedVersion
from madoguchi.procedures.tests.make import form, make_procedure, words

NOTES = {"story": "窓口の件数が半分になりました。", "introduced": "2026-04", "minutes_before": 20, "minutes_after": 8}


def example(**answers: Any) -> dict[str, Any]:
    given = {"name": {"family": "実在", "given": "太郎", "family_kana": "ジツザイ", "given_kana": "タロウ"}, "kind": "born"}
    return {"id": "e", "note": words("例"), "on": "2026-11-20", "expect": "clean", "answers": {**given, **answers}}


@pytest.fixture
def told(division) -> Procedure:
    return make_procedure(division, notice_texts={"granted": {"title": words("決定"), "body": words("{name} 様 {reason}")}})


def shared(procedure: Procedure) -> SharedVersion:
    return share(procedure=procedure, examples=[example()], notes=NOTES, by=None)


# -- what leaves ----------------------------------------------------------------------------------------------------------------


def test_an_entry_holds_form_facts_and_notes_but_nobodys_name(told) -> None:
    made = shared(told)
    assert (made.number, made.notes, made.document) == (1, NOTES, told.current.document)
    assert made.facts["notice_texts"] == told.notice_texts
    assert "実在" not in str(made.examples)
    assert "annual_volume" not in made.facts
    assert shared_of(told).slug == "koto--dog"


def test_the_same_example_gives_the_same_invented_people(told) -> None:
    first, second = (prepare(procedure=told, examples=[example()], notes=NOTES) for _ in range(2))
    assert first.examples == second.examples


@pytest.mark.parametrize(
    "text", ["太郎 の犬です", "ジツザイさん", "電話は０３５５５５１２３４", "12-34", "a@example.org まで", "番号 4711"]
)
def test_a_name_or_a_number_in_a_free_text_is_refused(division, text) -> None:
    document = form()
    document["pages"][0]["questions"].append({"id": "why", "type": "long_text", "label": words("理由", "Reason")})
    procedure = make_procedure(division, document=document)
    with pytest.raises(Refused) as refused:
        prepare(procedure=procedure, examples=[example(why=text)], notes=NOTES)
    assert (refused.value.code, refused.value.details["question"]) == ("people_in_example", "why")
    prepare(procedure=procedure, examples=[example(why="公園で拾った犬です")], notes=NOTES)


@pytest.mark.parametrize(
    "text",
    ["https://example.org", "www.example.org", "{{ settings }}", "{% load x %}", "<script>", "javascript:x", "03-5555-1234", "a@b.jp へ"],
)
def test_addresses_and_marks_are_refused_wherever_they_stand(told, text) -> None:
    for place in ("overview", "notice_texts"):
        before = getattr(told, place)
        setattr(told, place, words(text) if place == "overview" else {"granted": {"title": words("x"), "body": words(text)}})
        with pytest.raises(Refused) as refused:
            prepare(procedure=told, examples=[example()], notes=NOTES)
        assert refused.value.code == "forbidden_text"
        setattr(told, place, before)
    with pytest.raises(Refused) as refused:
        prepare(procedure=told, examples=[example()], notes={**NOTES, "story": text})
    assert refused.value.code == "forbidden_text"


def test_a_placeholder_that_notices_do_not_know_is_refused(told) -> None:
    told.notice_texts = {"granted": {"title": words("決定"), "body": words("{name.password}")}}
    with pytest.raises(Refused) as refused:
        shared(told)
    assert refused.value.code == "unknown_placeholder"


def test_examples_are_needed_and_keep_their_word(told) -> None:
    for examples, code in (([], "no_examples"), ([{**example(), "expect": ["name.missing"]}], "example_fails")):
        with pytest.raises(Refused) as refused:
            share(procedure=told, examples=examples, notes=NOTES, by=None)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        share(procedure=make_procedure(told.division, "cat", published=False), examples=[example()], notes=NOTES, by=None)
    assert refused.value.code == "no_version"


def test_the_same_again_is_refused_and_a_change_is_the_next_version(told) -> None:
    shared(told)
    with pytest.raises(Refused) as refused:
        shared(told)
    assert refused.value.code == "nothing_changed"
    told.overview = words("別の概要", "Other")
    told.save()
    assert shared(told).number == 2


# -- taking over ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def midori(other_municipality) -> Municipality:
    return other_municipality


@pytest.fixture
def adopted(told, midori) -> Procedure:
    told.overview = words("{江東区|こうとうく}に犬を届け出ます。江東区の窓口", "Tell Koto City")
    told.save()
    shared(told)
    with scope(municipality=midori):
        return adopt_shared(entry=SharedProcedure.objects.get(), division=make_division("kankyo"), by=None)


def test_adopting_makes_a_hidden_procedure_that_speaks_of_us(adopted, midori, told) -> None:
    koto = told.municipality
    with scope(municipality=midori):
        adopted = Procedure.objects.get()
        assert (adopted.is_hidden, adopted.current.number, adopted.division.code) == (True, 1, "kankyo")
        if koto.name == "江東区":
            assert adopted.overview["ja"] == "みどり野市に犬を届け出ます。みどり野市の窓口"
        assert adopted.unsure[-1] == "要確認: 江東区の見本から採用した内容です"
        assert adopted.current.hash == told.current.hash


def test_what_cannot_be_adopted(adopted, midori, told, in_scope) -> None:
    entry = SharedProcedure.objects.get()
    with scope(municipality=midori):
        division = adopted.division
        with pytest.raises(Refused) as refused:
            adopt_shared(entry=entry, division=division, by=None)
        assert refused.value.code == "stands_already"
    withdraw(procedure=told, by=None)
    with scope(municipality=midori), pytest.raises(Refused) as refused:
        adopt_shared(entry=SharedProcedure.objects.get(), division=division, by=None)
    assert refused.value.code == "withdrawn"
    with pytest.raises(Refused) as refused:
        withdraw(procedure=told, by=None)
    assert refused.value.code == "not_shared"


# -- what the origin changed ----------------------------------------------------------------------------------------------------------


def grown(procedure: Procedure) -> None:
    """The origin publishes a question more, another label, another fact, and gives it to the library."""
    document = copy.deepcopy(procedure.current.document)
    document["pages"][0]["questions"][0]["label"]["ja"] = "飼い主のお名前"
    document["pages"][0]["questions"].append({"id": "chip", "type": "text", "label": words("チップの番号", "Chip")})
    publish(procedure=procedure, document=document, by=None)
    procedure.refresh_from_db()
    procedure.fee = words("三百円", "300 yen")
    procedure.save()
    share(procedure=procedure, examples=[example()], notes=NOTES, by=None)


def test_nothing_is_new_until_the_origin_publishes(adopted, midori, told, in_scope) -> None:
    with scope(municipality=midori):
        assert not has_updates(Adoption.objects.get())
    grown(told)
    with scope(municipality=midori):
        assert has_updates(Adoption.objects.get())


@pytest.fixture
def waiting(adopted, midori, told, in_scope) -> Adoption:
    grown(told)
    with scope(municipality=midori):
        return Adoption.objects.select_related("procedure__current").get()


def keys(adoption: Adoption) -> set[str]:
    origin = origin_of(adoption)
    mine = adoption.procedure.current.document
    return {one.key for one in form_updates(adoption, origin, mine)} | {one.key for one in fact_updates(adoption, origin)}


def test_what_is_taken_goes_into_a_draft_that_can_be_undone_and_the_rest_is_left(waiting, midori, designer) -> None:
    with scope(municipality=midori):
        assert keys(waiting) == {"changed:question:name", "added:question:chip", "fact:fee"}
        draft = take_updates(adoption=waiting, wanted={"added:question:chip", "fact:fee"}, by=designer)
        asked = [one["id"] for one in draft.document["pages"][0]["questions"]]
        assert "chip" in asked
        assert draft.document["pages"][0]["questions"][0]["label"]["ja"] != "飼い主のお名前"
        adoption = Adoption.objects.select_related("procedure__current").get()
        assert adoption.procedure.fee["ja"] == "三百円"
        assert not has_updates(adoption)
        undone = undo_draft(draft=draft, edition=draft.edition, by=designer)
        assert undone.document == adoption.procedure.current.document


def test_what_was_left_can_be_looked_at_again(waiting, midori, designer) -> None:
    with scope(municipality=midori):
        assert take_updates(adoption=waiting, wanted=(), by=designer) is None
        adoption = Adoption.objects.get()
        assert not has_updates(adoption)
        assert has_updates(look_again(adoption=adoption, by=designer))
        with pytest.raises(Refused):
            look_again(adoption=Adoption.objects.get(), by=designer)


def test_a_fact_that_was_adapted_is_said_to_be(waiting, midori) -> None:
    with scope(municipality=midori):
        procedure = waiting.procedure
        procedure.fee = words("無料です", "Free")
        procedure.save()
        (fee,) = fact_updates(Adoption.objects.select_related("procedure").get(), origin_of(waiting))
        assert (fee.adapted, fee.mine["ja"], fee.after["ja"]) == (True, "無料です", "三百円")


def test_nothing_is_taken_over_the_head_of_who_holds_the_draft(waiting, midori, designer, other) -> None:
    with scope(municipality=midori):
        draft = open_draft(procedure=waiting.procedure, by=other)
        change_draft(draft=draft, changes=[], edition=0, by=other)
        with pytest.raises(Refused) as refused:
            take_updates(adoption=waiting, wanted={"added:question:chip", "fact:fee"}, by=designer)
        assert refused.value.code == "held"
        adoption = Adoption.objects.select_related("procedure").get()
        assert has_updates(adoption)
        assert adoption.procedure.fee.get("ja") != "三百円"


def test_what_was_not_seen_is_not_taken(waiting, midori, told, designer) -> None:
    with scope(municipality=midori):
        seen = seen_of(waiting, origin_of(waiting))
    told.fee = words("一万円", "10,000 yen")
    told.save()
    shared(told)
    with scope(municipality=midori):
        with pytest.raises(Refused) as refused:
            take_updates(adoption=waiting, wanted={"fact:fee"}, by=designer, seen=seen)
        assert refused.value.code == "stale"
        assert has_updates(Adoption.objects.get())


def test_a_second_press_keeps_the_way_back(waiting, midori, designer) -> None:
    with scope(municipality=midori):
        for _ in range(2):
            take_updates(adoption=waiting, wanted=(), by=designer)
        assert has_updates(look_again(adoption=Adoption.objects.get(), by=designer))


def test_a_withdrawn_origin_leaves_the_copy_in_peace(waiting, midori, told, designer) -> None:
    withdraw(procedure=told, by=None)
    with scope(municipality=midori):
        assert origin_of(waiting) is None
        assert not has_updates(waiting)
        with pytest.raises(Refused) as refused:
            take_updates(adoption=waiting, wanted=(), by=designer)
        assert refused.value.code == "withdrawn"


# -- ratings ---------------------------------------------------------------------------------------------------------------------------


def test_ratings_are_sums_and_only_from_five_adopters_on(told, in_scope) -> None:
    shared(told)
    entry = SharedProcedure.objects.get()
    for number in range(5):
        assert rating("shared", entry.slug) is None
        with scope(municipality=make_municipality(f"town-{number}", name=f"架空{number}町", name_en=f"Town {number}")):
            adopt_shared(entry=entry, division=make_division("kankyo"), by=None)
    found = rating("shared", entry.slug)
    assert (found.adopters, found.filed, found.completion, found.corrections_per_100) == (5, 0, None, None)
