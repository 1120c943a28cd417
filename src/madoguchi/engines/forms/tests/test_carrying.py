"""Answers carried by concept: what comes to stand in a form is what its question would have read, and nothing sensitive ever comes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madoguchi.engines.forms import DictLists, Entry, Form, check, concepts, get, load, parts_of, read, walk
from madoguchi.engines.forms.carrying import CARRIED, TYPES_CARRIED, carry, fitting, mark_of, offers
from madoguchi.engines.forms.uniting import unite

ON = date(2026, 11, 29)
LISTS = DictLists({"places": [Entry("p1", {"ja": "東"}), Entry("p2", {"ja": "西"})]})
NAME = {"family": "見本", "given": "花子", "family_kana": "ミホン", "given_kana": "ハナコ"}
SENSITIVE = ("mynumber", "health", "allergy", "disability", "income", "illness", "nationality", "domicile", "sex", "medical")


def words(text: str) -> dict[str, str]:
    return {"ja": text, "plain": text, "en": text}


def question(own_id: str, kind: str, concept: str, **keys: Any) -> dict[str, Any]:
    return {"id": own_id, "type": kind, "label": words(own_id), "concept": concept, **keys}


def form(name: str, *questions: dict[str, Any], rows: list[dict[str, Any]] | None = None, **repeat: Any) -> Form:
    pages: list[dict[str, Any]] = [{"id": "one", "title": words("頁"), "questions": list(questions)}] if questions else []
    if rows:
        group = {"id": "kid", "item": words("子"), "min": 0, "max": 3, "named_by": rows[0]["id"], **repeat}
        pages.append({"id": "kids", "title": words("子"), "repeat": group, "questions": rows})
    return load({"schema": 1, "id": name, "languages": ["ja", "plain", "en"], "title": words(name), "pages": pages})


def given_in(source: Form, answers: dict[str, Any]) -> Any:
    return walk(source, answers, on=ON, lists=LISTS)


def test_the_closed_list_names_known_concepts_and_nothing_sensitive():
    assert concepts().keys() >= CARRIED
    assert not [concept for concept in CARRIED if any(word in concept for word in SENSITIVE)]
    assert not [concept for concept in CARRIED if concept.partition(".")[0] in ("attachment", "request", "event", "vote", "proxy")]
    assert "consent" not in CARRIED
    assert not {"mynumber", "file", "declaration", "information", "calculated"} & TYPES_CARRIED


@pytest.mark.parametrize("kind", ["mynumber", "file", "declaration"])
def test_numbers_files_and_consent_stay_where_they_were_given(kind):
    concept = {"mynumber": "applicant.mynumber", "file": "attachment.identity", "declaration": "consent"}[kind]
    value = {"mynumber": {"secret": "x"}, "file": {"files": [{"id": "f"}], "later": False}, "declaration": True}[kind]
    one, other = form("one", question("a", kind, concept)), form("other", question("b", kind, concept))
    assert given_in(one, {"a": value}).item("a").answered
    assert offers(given_in(one, {"a": value}), other, on=ON) == ()


def test_choices_are_the_same_when_they_are_called_the_same():
    def choosing(*choices: tuple[str, str]) -> dict[str, Any]:
        return question("job", "choice", "applicant.occupation", choices=[{"id": own, "label": words(label)} for own, label in choices])

    source = given_in(form("one", choosing(("a", "会社員"), ("b", "公務員"))), {"job": "b"})
    (found,) = offers(source, form("two", choosing(("b", "会社員"), ("x", "公務員"))), on=ON)
    assert found.value == "x"
    assert offers(source, form("three", choosing(("b", "会社員"))), on=ON) == ()


def test_a_name_without_its_reading_does_not_fit_where_the_reading_is_required():
    source = given_in(form("one", question("n", "person_name", "applicant.name", kana="none")), {"n": {"family": "見本", "given": "花子"}})
    strict = form("two", question("n", "person_name", "applicant.name", required=True))
    assert offers(source, strict, on=ON) == ()


# -- the property ----------------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)
VALUES = {
    "text": TEXT,
    "long_text": TEXT,
    "person_name": st.dictionaries(st.sampled_from(["family", "given", "family_kana", "given_kana"]), TEXT | st.just("ミホン")),
    "kana": TEXT | st.just("ミホン"),
    "date": st.dates().map(str) | TEXT,
    "address": st.dictionaries(st.sampled_from(["postal", "prefecture", "city", "town", "block", "building"]), TEXT | st.just("135-0016")),
    "phone": st.sampled_from(["03-5555-0101", "090-1234-5678", "1", "０３５５５５０１０１"]) | TEXT,
    "email": st.sampled_from(["a@example.jp", "a..b@example.jp", "a@b"]) | TEXT,
    "yes_no": st.booleans(),
    "choice": st.sampled_from(["a", "b", "zz"]),
    "choices": st.lists(st.sampled_from(["a", "b", "zz"])),
    "lookup": st.sampled_from(["p1", "p2", "p9"]).map(lambda own: {"id": own, "label": "東"}),
    "bank_account": st.fixed_dictionaries(
        {}, optional={"number": TEXT | st.just("1234567"), "holder": TEXT | st.just("ミホン"), "kind": TEXT}
    ),
    "corporate_number": st.sampled_from(["7000012050002", "1"]),
}
CONCEPTS = {
    "text": "applicant.organisation", "long_text": "applicant.organisation", "person_name": "applicant.name", "kana": "applicant.kana",
    "date": "applicant.birth", "address": "applicant.address", "phone": "applicant.phone", "email": "applicant.email",
    "yes_no": "child.together", "choice": "applicant.language", "choices": "contact.time", "lookup": "child.school",
    "bank_account": "account", "corporate_number": "applicant.corporate_number",
}  # fmt: skip
KEYS = {
    "text": st.fixed_dictionaries({}, optional={"max_length": st.integers(1, 30), "min_length": st.integers(0, 1)}),
    "long_text": st.fixed_dictionaries({}, optional={"max_length": st.integers(1, 30)}),
    "person_name": st.fixed_dictionaries({}, optional={"kana": st.sampled_from(["none", "optional", "required"])}),
}


def test_every_type_that_can_be_carried_is_tried():
    assert set(VALUES) == set(CONCEPTS) == TYPES_CARRIED


@st.composite
def pairs(draw: Any) -> tuple[Any, Any]:
    """A question of a form, an answer to it, and a question of the same meaning in another form."""
    kind = draw(st.sampled_from(sorted(TYPES_CARRIED)))
    other = draw(st.sampled_from(["text", "long_text"])) if kind in ("text", "long_text") else kind
    labels = draw(st.permutations(["甲", "乙"]))
    made: list[Form] = []
    for each in (kind, other):
        keys = dict(draw(KEYS[each])) if each in KEYS else {}
        if each in ("choice", "choices"):
            order = ["甲", "乙"] if not made else labels
            keys["choices"] = [{"id": own, "label": words(label)} for own, label in zip("ab", order, strict=True)]
        if each == "lookup":
            keys["list"] = draw(st.sampled_from(["places", "others"]))
        keys["required"] = draw(st.sampled_from([True, False]))
        made.append(form(f"form-{len(made)}", question("q", each, CONCEPTS[kind], **keys)))
    return given_in(made[0], {"q": draw(VALUES[kind])}), made[1]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pairs())
def test_what_is_carried_is_what_the_question_would_have_read(pair):
    source, target = pair
    for offer in offers(source, target, on=ON, lists=LISTS):
        wanted = target.question("q")
        again = read(wanted, parts_of(wanted, offer.value), on=ON, lists=LISTS, value=offer.value)
        assert (again.value, again.problems) == (offer.value, ())
        carried = carry({}, [offer], form=target)
        assert not [one for one in check(target, carried.values, on=ON, lists=LISTS) if one.level == "error"]
        assert given_in(target, dict(carried.values)).item("q").value == offer.value
        assert carried.marks == {"q": mark_of(offer.value)}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(TYPES_CARRIED)), st.recursive(st.none() | st.booleans() | st.integers() | TEXT, st.lists))
def test_no_junk_is_carried(kind, junk):
    keys = (
        {"choices": [{"id": "a", "label": words("甲")}]}
        if kind in ("choice", "choices")
        else {"list": "places"}
        if kind == "lookup"
        else {}
    )
    wanted = form("f", question("q", kind, CONCEPTS[kind], **keys)).question("q")
    value = fitting(wanted, wanted, junk, on=ON, lists=LISTS)
    assert value is None or not read(wanted, parts_of(wanted, value), on=ON, lists=LISTS, value=value).problems


# -- rows, and what a person changed ----------------------------------------------------------------------------------------------

KIDS = [question("kid_name", "person_name", "child.name", kana="none"), question("kid_birth", "date", "child.birth")]
TWO = {
    "kid": [
        {"row": "r1", "kid_name": {"family": "見本", "given": "一"}, "kid_birth": "2024-02-03"},
        {"row": "r2", "kid_birth": "2022-05-06"},
    ]
}


def test_rows_keep_their_ids_and_go_with_their_source():
    source = form("one", rows=KIDS)
    target = form("two", rows=[*KIDS, question("kid_note", "text", "opinion")])
    first = carry({}, offers(given_in(source, TWO), target, on=ON), form=target)
    assert [row["row"] for row in first.values["kid"]] == ["r1", "r2"]
    less = {"kid": TWO["kid"][:1]}
    after = carry(first.values, offers(given_in(source, less), target, on=ON), form=target, before=first.marks)
    assert [row["row"] for row in after.values["kid"]] == ["r1"]
    noted = {"kid": [*first.values["kid"][:1], {**first.values["kid"][1], "kid_note": "食べません"}]}
    kept = carry(noted, offers(given_in(source, less), target, on=ON), form=target, before=first.marks)
    assert [row["row"] for row in kept.values["kid"]] == ["r1", "r2"], "somebody wrote in it"


def test_more_rows_than_a_form_takes_are_not_brought():
    target = form("two", rows=KIDS, max=1)
    assert {offer.path for offer in offers(given_in(form("one", rows=KIDS), TWO), target, on=ON)} == {
        "kid[r1].kid_name",
        "kid[r1].kid_birth",
    }


@given(
    st.lists(st.sampled_from(["03-5555-0101", "03-5555-0102", ""]), max_size=4), st.sampled_from(["", "090-1234-5678"]), st.integers(0, 3)
)
def test_what_a_person_typed_is_never_written_over(sent, typed, at):
    """However often the source changes: once a person changed (or emptied) the answer, it stays as they left it."""
    source, target = form("one", question("p", "phone", "applicant.phone")), form("two", question("q", "phone", "applicant.phone"))
    values: Any = {}
    marks: Any = {}
    touched = False
    for step, text in enumerate(sent):
        found = offers(given_in(source, {"p": text} if text else {}), target, on=ON)
        carried = carry(values, found, form=target, before=marks)
        values, marks = carried.values, carried.marks
        if touched and typed:
            assert get(values, "q") == typed
        elif not touched:
            assert get(values, "q") == (text or None)
        if step == at:
            touched = bool(typed)
            values = {"q": typed} if typed else values


# -- common questions ------------------------------------------------------------------------------------------------------------


def united_of(*forms: Form) -> Form:
    document = unite([(words(f"届{'一二三'[place]}"), one) for place, one in enumerate(forms)], form_id="common", title=words("共通"))
    assert document is not None
    return load(document)


def test_a_question_is_common_when_two_forms_ask_it_and_one_asks_everybody():
    name, phone = question("n", "person_name", "applicant.name", required=True), question("p", "phone", "applicant.phone")
    hidden = {**question("t", "phone", "applicant.phone", required=True), "show_if": {"==": [{"var": "yes"}, True]}}
    yes = {"id": "yes", "type": "yes_no", "label": words("はい")}
    one, two = form("one", name, phone), form("two", {**name, "kana": "none"}, yes, hidden)
    united = united_of(one, two)
    assert united.question("applicant_name").kana == "required"
    assert united.question("applicant_phone").required is False, "only some people must answer it"
    alone = unite(
        [(words("届一"), one), (words("届三"), form("three", question("e", "email", "applicant.email")))], form_id="c", title=words("共")
    )
    assert alone is None, "what one form asks stays there"
    both_hidden = unite([(words("一"), form("one", yes, hidden)), (words("二"), form("two", yes, hidden))], form_id="c", title=words("共"))
    assert both_hidden is None


def test_what_it_is_used_for_stands_under_each_common_question():
    name, phone = question("n", "person_name", "applicant.name"), question("p", "phone", "applicant.phone")
    forms = [form("one", name, phone), form("two", name), form("three", phone)]
    united = united_of(*forms)
    assert (united.question("applicant_name").hint or {})["ja"] == "使う手続き：届一、届二"
    assert (united.question("applicant_phone").hint or {})["ja"] == "使う手続き：届一、届三"
