"""Definitions: what is refused, with which path; what is filled in."""

from __future__ import annotations

import contextlib
import copy
import json
import pickle
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.engines.forms import TYPES, Faulty, canonical_json, document_hash, load, questions_of

from .make import asks, choice, document, form_of, page, repeat, sample, sample_document, text


def faults(raw: Any) -> dict[str, str]:
    with pytest.raises(Faulty) as caught:
        load(raw)
    assert caught.value.problems
    assert str(caught.value)
    return dict(caught.value.problems)


def test_every_type_loads_with_its_defaults() -> None:
    own: dict[str, dict[str, Any]] = {"calculated": {"value": 1, "format": "number"}}
    form = form_of(*(asks(f"q_{kind}", kind, **own.get(kind, {})) for kind in TYPES))
    assert [question.type for question in questions_of(form)] == list(TYPES)
    assert form.question("q_text").max_length == 200
    assert form.question("q_long_text").max_length == 2000
    assert form.question("q_file").accept == ("pdf", "jpeg", "png", "heic")
    assert (form.question("q_ranked").min, form.question("q_ranked").max) == (Decimal(1), Decimal(5))
    assert form.question("q_person_name").kana == "optional"
    assert form_of(asks("q", "person_name", required=True)).question("q").kana == "required"
    assert form.question("q_choice").choice("b").label["ja"] == "選択肢b"  # type: ignore[union-attr]


def test_finding_parts() -> None:
    form = sample()
    assert form.page("children").repeat is form.repeat("child") is form.subject_repeat
    assert form.question("together").repeat == "child"
    assert form.question("together").section == "child-home"
    assert [each.id for each in form.repeats] == ["child", "relative"]
    assert form.has("together")
    assert not form.has("child")
    for find in (form.page, form.question, form.repeat):
        with pytest.raises(KeyError):
            find("nobody")


def test_a_form_is_a_private_copy_and_can_be_pickled() -> None:
    raw = sample_document()
    form = load(raw)
    raw["title"]["ja"] = "別の題"
    assert form.title["ja"] == "児童手当の申請"
    assert pickle.loads(pickle.dumps(form)) == form


def _set(raw: dict[str, Any], *keys: Any, to: Any) -> dict[str, Any]:
    at: Any = raw
    for key in keys[:-1]:
        at = at[key]
    at[keys[-1]] = to
    return raw


@pytest.mark.parametrize(
    ("keys", "value", "path"),
    [
        (["schema"], 2, "schema"),
        (["schema"], True, "schema"),
        (["id"], "Bad Id", "id"),
        (["languages"], ["en"], "languages"),
        (["languages"], "ja", "languages"),
        (["title"], "text", "title"),
        (["title", "ja"], " ", "title.ja"),
        (["pages"], [], "pages"),
        (["pages"], {}, "pages"),
        (["more"], 1, "more"),
        (["retired"], ["name"], "retired"),
        (["pages", 0, "id"], "x_y", "pages[0].id"),
        (["pages", 0, "id"], "payment", "pages[3].id"),
        (["pages", 0, "ends"], "never", "pages[0].ends"),
        (["pages", 0, "sections"], [], "pages[0]"),
        (["pages", 0, "questions"], [], "pages[0].questions"),
        (["pages", 0, "questions", 0, "id"], "row", "pages[0].questions[0].id"),
        (["pages", 0, "questions", 0, "id"], "birth", "pages[0].questions[1].id"),
        (["pages", 0, "questions", 0, "type"], "riddle", "pages[0].questions[0].type"),
        (["pages", 0, "questions", 0, "required"], "maybe", "pages[0].questions[0].required"),
        (["pages", 0, "questions", 0, "amendable"], 1, "pages[0].questions[0].amendable"),
        (["pages", 0, "questions", 0, "pattern"], "digits", "pages[0].questions[0].pattern"),
        (["pages", 0, "questions", 0, "kana"], "often", "pages[0].questions[0].kana"),
        (["pages", 0, "questions", 0, "concept"], 7, "pages[0].questions[0].concept"),
        (["pages", 0, "questions", 0], 7, "pages[0].questions[0]"),
        (["pages", 0, "questions", 1, "checks", 0, "level"], "note", "pages[0].questions[1].checks[0].level"),
        (["pages", 0, "questions", 1, "checks", 0, "that"], None, "pages[0].questions[1].checks[0].that"),
        (["pages", 0, "questions", 2, "choices"], [], "pages[0].questions[2].choices"),
        (["pages", 0, "questions", 2, "choices", 1, "id"], "company", "pages[0].questions[2].choices"),
        (["pages", 1, "show_if"], {"==": [{"var": "together"}, True]}, "pages[1].show_if.==[0].var"),
        (["pages", 1, "show_if"], {"any": ["child", True]}, "pages[1].show_if"),
        (["pages", 1, "show_if"], {"==": [{"var": "monthly"}, 1]}, "pages[1].show_if"),
        (["pages", 1, "show_if"], {">": [{"var": "amount"}, 1]}, "pages[1].show_if"),
        (["pages", 1, "show_if"], 0.5, "pages[1].show_if"),
        (["pages", 2, "repeat", "min"], 13, "pages[2].repeat.min"),
        (["pages", 2, "repeat", "named_by"], "birth", "pages[2].repeat.named_by"),
        (["pages", 2, "repeat", "id"], "name", "pages[2].repeat.id"),
        (["pages", 2, "sections", 0, "repeat"], repeat("inner"), "pages[2].sections[0].repeat"),
        (["pages", 2, "sections", 1, "show_if"], {"any": ["child", True]}, "pages[2].sections[1].show_if"),
        (["pages", 3, "sections", 2, "repeat", "subject"], True, "pages"),
        (["calculations", 0, "type"], "colour", "calculations[0].type"),
        (["calculations", 0, "id"], "name", "calculations[0].id"),
        (["calculations", 0, "value"], {"var": "amount"}, "calculations[2].value"),
        (["calculations", 0, "value"], None, "calculations[0].value"),
    ],
)
def test_faults_have_paths(keys: list[Any], value: Any, path: str) -> None:
    assert path in faults(_set(sample_document(), *keys, to=value))


@pytest.mark.parametrize(
    ("question", "key"),
    [
        (asks("q", "number", min=5, max=1), "min"),
        (asks("q", "number", min="0.5"), "min"),
        (asks("q", "text", max_length=0), "max_length"),
        (asks("q", "text", min_length=9, max_length=3), "min_length"),
        (asks("q", "text", pattern="[a-z]+"), "pattern"),
        (asks("q", "lookup", list="No Such"), "list"),
        (asks("q", "ranked", facts=["A b"]), "facts"),
        (asks("q", "file", accept=["exe"]), "accept"),
        (asks("q", "information", required=True), "required"),
        (asks("q", "calculated", format="number"), "value"),
        (asks("q", "calculated", value=1, format="poem"), "format"),
        (asks("q", "date", choices=[choice("a")]), "choices"),
    ],
)
def test_own_keys_of_types(question: dict[str, Any], key: str) -> None:
    assert f"pages[0].questions[0].{key}" in faults(document(question))


def test_all_faults_are_told_at_once() -> None:
    raw = _set(_set(sample_document(), "id", to="X"), "pages", 0, "questions", 0, "type", to="riddle")
    assert {"id", "pages[0].questions[0].type"} <= set(faults(raw))


def test_looking_at_the_same_page_backwards_and_at_itself_in_checks() -> None:
    form_of(asks("a", "yes_no"), asks("b", show_if={"var": "a"}))
    assert "pages[0].questions[0].show_if" in faults(document(asks("a", show_if={"var": "b"}), asks("b", "yes_no")))
    assert "pages[0].questions[0].show_if" in faults(document(asks("a", "yes_no", show_if={"var": "a"})))
    form_of(asks("a", "number", checks=[{"that": {">": [{"var": "a"}, 0]}, "say": text()}]))
    ahead = document(asks("a", "number", checks=[{"that": {">": [{"var": "b"}, 0]}, "say": text()}]), asks("b", "number"))
    assert "pages[0].questions[0].checks[0].that" in faults(ahead)


def test_a_check_may_count_the_rows_of_its_own_group_a_condition_may_not() -> None:
    whole = {"<=": [{"count": ["child", {"var": "twin"}]}, 2]}
    rows = page(asks("twin", "yes_no", checks=[{"that": whole, "say": text()}]), repeat=repeat())
    load(document(pages=[rows]))
    assert "pages[0].questions[1].show_if" in faults(
        document(pages=[page(asks("twin", "yes_no"), asks("b", show_if=whole), repeat=repeat())])
    )


def test_calculations_in_a_circle() -> None:
    raw = document(asks())
    raw["calculations"] = [
        {"id": "a", "type": "number", "value": {"+": [{"var": "b"}, 1]}},
        {"id": "b", "type": "number", "value": {"+": [{"var": "c"}, 1]}},
        {"id": "c", "type": "number", "value": {"+": [{"var": "a"}, 1]}},
    ]
    assert any(path.startswith("calculations[") for path in faults(raw))


def test_bombs() -> None:
    deep: Any = {}
    for _ in range(5_000):
        deep = {"pages": [deep]}
    faults(deep)
    faults(_set(sample_document(), "intro", to={"ja": "あ" * 3_000_000}))
    many = [asks(f"q{i}", "yes_no", show_if={"==": [1, 1]}, checks=[{"that": True, "say": text()}] * 50) for i in range(60)]
    assert "" in faults(document(*many))
    faults(document(*(asks(f"q{i}") for i in range(301))))


@pytest.mark.parametrize("raw", [None, [], "form", {}, {"schema": 1}, {"pages": [None]}, {"pages": [{"repeat": 3, "questions": [{}]}]}])
def test_anything_that_is_no_form(raw: Any) -> None:
    faults(raw)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=5), st.floats(allow_nan=False)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
SPOTS: list[Callable[[dict[str, Any]], Any]] = [
    lambda raw: raw,
    lambda raw: raw["pages"][0],
    lambda raw: raw["pages"][0]["questions"][1],
    lambda raw: raw["pages"][0]["questions"][1]["checks"][0],
    lambda raw: raw["pages"][0]["questions"][2]["choices"][0],
    lambda raw: raw["pages"][2]["repeat"],
    lambda raw: raw["pages"][3]["sections"][0],
    lambda raw: raw["calculations"][2]["value"]["+"][0],
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SPOTS), st.data(), JSON)
def test_a_document_loads_or_is_faulty(spot: Callable[[dict[str, Any]], Any], data: st.DataObject, value: Any) -> None:
    raw = sample_document()
    at = spot(raw)
    at[data.draw(st.sampled_from(sorted(at)))] = value
    with contextlib.suppress(Faulty):
        load(raw)


def test_hash_is_of_the_document_whatever_the_order_of_its_keys() -> None:
    raw = sample_document()
    turned = json.loads(json.dumps(raw, sort_keys=True))
    assert list(turned) != list(raw)
    assert document_hash(turned) == document_hash(raw)
    changed = copy.deepcopy(raw)
    changed["title"]["en"] += "."
    assert document_hash(changed) != document_hash(raw)


def test_hash_keeps_every_code_point() -> None:
    assert document_hash({"a": "\ufa19"}) != document_hash({"a": "\u795e"})
    assert canonical_json({"b": ["é", None], "a": True}) == '{"a":true,"b":["é",null]}'
    with pytest.raises(TypeError):
        document_hash({"a": 0.5})


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=6), st.randoms())
def test_hash_ignores_order(mapping: dict[str, Any], random: Any) -> None:
    keys = list(mapping)
    random.shuffle(keys)
    assert document_hash({key: mapping[key] for key in keys}) == document_hash(mapping)
