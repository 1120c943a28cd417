"""Edits give new documents and take themselves back; rules keep their meaning; what would break a rule or reuse an id is refused."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.engines.forms import load
from madoguchi.engines.forms.canonical import canonical_json
from madoguchi.engines.forms.definition import TYPES
from madoguchi.engines.forms.editing import Rejected, edit, find, free_id, free_place, names_in, parts, uses

JIDO = json.loads((Path(__file__).parent / "jido_teate.json").read_text("utf-8"))
LIBRARY = [json.loads(path.read_text("utf-8")) for path in sorted(Path(__file__).parents[3].glob("procedures/library/*/form.json"))]


def small() -> dict[str, Any]:
    ja = {"ja": "x"}
    return {
        "schema": 1, "id": "small", "languages": ["ja"], "title": ja,
        "pages": [
            {"id": "you", "title": ja, "questions": [
                {"id": "name", "type": "text", "label": ja},
                {"id": "job", "type": "choice", "label": ja, "choices": [{"id": "a", "label": ja}, {"id": "b", "label": ja}]},
                {"id": "office", "type": "text", "label": ja, "show_if": {"==": [{"var": "job"}, "a"]}},
            ]},
            {"id": "kids", "title": ja, "repeat": {"id": "child", "item": ja, "named_by": "kid"}, "questions": [{"id": "kid", "type": "text", "label": ja}]},
        ],
        "calculations": [{"id": "many", "type": "number", "value": {"count": ["child", {"answered": [{"var": "kid"}]}]}}],
    }  # fmt: skip


def same(one: Any, two: Any) -> bool:
    return canonical_json(one) == canonical_json(two)


def test_every_form_of_the_library_is_addressed_whole():
    for document in [JIDO, *LIBRARY]:
        addresses = [address for address, _one in parts(copy.deepcopy(document))]
        assert len(addresses) == len(set(addresses))
        assert {f"question:{question}" for question in load(document)._questions} <= set(addresses)
        assert names_in(document) >= set(load(document)._questions)


@pytest.mark.parametrize(
    "change",
    [
        {"do": "set", "at": "question:name", "key": "required", "value": True},
        {"do": "set", "at": "question:office", "key": "show_if", "value": None},
        {"do": "text", "at": "question:name", "key": "label", "language": "en", "value": "Name"},
        {"do": "text", "at": "question:name", "key": "hint", "language": "ja", "value": "h"},
        {"do": "add", "into": "page:you", "kind": "question", "part": {"id": "age", "type": "number", "label": {"ja": "歳"}}, "index": 1},
        {"do": "add", "into": "question:job", "kind": "choice", "part": {"id": "c", "label": {"ja": "c"}}},
        {
            "do": "add",
            "into": "",
            "kind": "page",
            "part": {"id": "more", "title": {"ja": "m"}, "questions": [{"id": "z", "type": "text"}]},
            "index": 0,
        },
        {"do": "add", "into": "question:name", "kind": "check", "part": {"that": {"answered": [{"var": "name"}]}, "say": {"ja": "s"}}},
        {"do": "remove", "at": "question:office"},
        {"do": "remove", "at": "question:office", "retire": ["office", "name"]},
        {"do": "remove", "at": "choice:job/b"},
        {"do": "remove", "at": "calculation:many"},
        {"do": "move", "at": "question:office", "into": "page:kids", "index": 0},
        {"do": "move", "at": "page:kids", "into": "", "index": 0},
        {"do": "move", "at": "choice:job/a", "into": "question:job", "index": 1},
        {"do": "rename", "at": "question:kid", "id": "kid_name"},
        {"do": "rename", "at": "page:you", "id": "me"},
        {"do": "rename", "at": "choice:job/a", "id": "employed"},
        {"do": "wrap", "at": "page:you", "id": "first"},
        {"do": "repeat", "at": "page:kids", "value": {"id": "kidling", "item": {"ja": "x"}, "named_by": "kid", "min": 1}},
        {"do": "retype", "at": "question:name", "type": "choice", "own": {"choices": [{"id": "a", "label": {"ja": "a"}}]}},
        {"do": "retype", "at": "question:name", "type": "information"},
    ],
)
def test_a_change_takes_itself_back_and_leaves_the_old_document_alone(change):
    before = small()
    made = edit(before, change)
    assert same(before, small())
    assert not same(made.document, before)
    assert same(edit(made.document, made.undo).document, before)
    again = edit(edit(made.document, made.undo).document, change)
    assert same(again.document, made.document)


@pytest.mark.parametrize(
    ("change", "reason", "where"),
    [
        ({"do": "remove", "at": "question:job"}, "still_used", ("question:office",)),
        ({"do": "remove", "at": "page:kids"}, "still_used", ("calculation:many",)),
        ({"do": "remove", "at": "question:nowhere"}, "unknown_part", ("question:nowhere",)),
        ({"do": "add", "into": "page:you", "kind": "question", "part": {"id": "child", "type": "text"}}, "id_taken", ("question:child",)),
        ({"do": "add", "into": "page:you", "kind": "question", "part": {"id": "Ä", "type": "text"}}, "bad_id", ("Ä",)),
        ({"do": "add", "into": "page:you", "kind": "section", "part": {"id": "s", "questions": []}}, "wrong_place", ("section", "page")),
        ({"do": "add", "into": "question:name", "kind": "page", "part": {"id": "p"}}, "wrong_place", ("page", "question")),
        ({"do": "add", "into": "", "kind": "page", "part": {"id": "p", "questions": [{"id": "name"}]}}, "id_taken", ("question:name",)),
        ({"do": "set", "at": "question:name", "key": "id", "value": "x"}, "not_set", ("id",)),
        ({"do": "set", "at": "", "key": "pages", "value": []}, "not_set", ("pages",)),
        ({"do": "rename", "at": "question:kid", "id": "name"}, "id_taken", ("question:name",)),
        ({"do": "dance"}, "unknown_change", ("dance",)),
        ({"do": "set", "at": "page:kids", "key": "repeat", "value": None}, "not_set", ("repeat",)),
        ({"do": "set", "at": "question:name", "key": "type", "value": "yen"}, "not_set", ("type",)),
        ({"do": "repeat", "at": "page:kids", "value": None}, "read_outside", ("calculation:many",)),
        ({"do": "repeat", "at": "page:you", "value": {"id": "child", "item": {}}}, "id_taken", ("child",)),
        ({"do": "repeat", "at": "question:name", "value": {"id": "z", "item": {}}}, "wrong_place", ("question",)),
        ({"do": "wrap", "at": "page:you", "id": "kids"}, "id_taken", ("section:kids",)),
        ({"do": "wrap", "at": "page:you"}, "bad_id", ("",)),
        ({"do": "unwrap", "at": "page:you"}, "wrong_place", ("page",)),
        (
            {"do": "add", "into": "", "kind": "page", "part": {"id": "q", "sections": [{"id": "you", "questions": []}]}},
            "id_taken",
            ("section:you",),
        ),
        ({"do": "retype", "at": "question:job", "type": "text"}, "misread", ("question:office",)),
        ({"do": "retype", "at": "question:job", "type": "number"}, "misread", ("question:office",)),
        ({"do": "retype", "at": "question:kid", "type": "information"}, "misread", ("calculation:many",)),
    ],
)
def test_what_cannot_be_is_refused_with_what_speaks_against_it(change, reason, where):
    with pytest.raises(Rejected) as rejected:
        edit(small(), change)
    assert (rejected.value.reason, rejected.value.where) == (reason, where)


def test_a_renamed_question_keeps_every_rule_that_reads_it():
    made = edit(small(), {"do": "rename", "at": "question:kid", "id": "kid_name"}).document
    assert load(made).repeat("child").named_by == "kid_name"
    assert uses(made)["kid_name"] == ["page:kids", "calculation:many"]
    assert "kid" not in uses(made)


def test_an_id_that_was_retired_never_comes_back():
    made = edit(small(), {"do": "remove", "at": "question:office", "retire": ["office", "name"]}).document
    assert made["retired"] == ["office"]  # only what is named and goes with the part
    assert free_id(made, "office") == "office_2"
    with pytest.raises(Rejected, match="id_retired"):
        edit(made, {"do": "add", "into": "page:you", "kind": "question", "part": {"id": "office", "type": "text"}})


# -- any number of edits, one after another ------------------------------------------------------------------------------------------


def a_change(draw: Any, document: dict[str, Any]) -> Any:
    addresses = [address for address, _one in parts(copy.deepcopy(document))]
    at = draw(st.sampled_from(addresses))
    homes = [address for address in addresses if address.startswith(("page:", "section:"))]
    return draw(
        st.sampled_from(
            [
                {"do": "set", "at": at, "key": "hint", "value": {"ja": "h"}},
                {"do": "text", "at": at, "key": "label", "language": "en", "value": draw(st.sampled_from(["", "e", "ö"]))},
                {"do": "remove", "at": at, "retire": draw(st.sampled_from([[], ["name", "office", "kid", "child"]]))},
                {"do": "move", "at": at, "into": draw(st.sampled_from([*homes, ""])), "index": draw(st.integers(0, 4))},
                {"do": "rename", "at": at, "id": draw(st.sampled_from(["alpha", "beta", "gamma"]))},
                {"do": "add", "into": draw(st.sampled_from(homes)), "kind": "question", "index": draw(st.integers(0, 3)),
                 "part": {"id": free_id(document, "new"), "type": "text", "label": {"ja": "n"}}},
                {"do": "wrap", "at": at, "id": draw(st.sampled_from([None, "part-a", "part-b"]))},
                {"do": "unwrap", "at": at},
                {"do": "repeat", "at": at, "retire": ["child", "each"],
                 "value": draw(st.sampled_from([None, {"id": "each", "item": {"ja": "e"}}, {"id": "child", "item": {"ja": "c"}, "max": 3}]))},
                {"do": "retype", "at": at, "type": draw(st.sampled_from(TYPES)), "own": draw(st.sampled_from([{}, {"decimals": 2}]))},
                {"do": "add", "into": draw(st.sampled_from(homes)), "kind": "section", "index": draw(st.integers(0, 3)),
                 "part": {"id": free_place(document, "more"), "questions": [{"id": free_id(document, "inner"), "type": "text"}]}},
            ]
        )
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_undoing_everything_gives_the_form_back(data):
    """Lossless: whatever was done in whatever order, the undos in reverse give the very document, byte for byte."""
    start = data.draw(st.sampled_from([JIDO, small(), *LIBRARY]))
    document, undos = copy.deepcopy(start), []
    for _number in range(data.draw(st.integers(1, 12))):
        try:
            made = edit(document, a_change(data.draw, document))
        except Rejected:
            continue
        document = made.document
        undos.append(made.undo)
    for undo in reversed(undos):
        document = edit(document, undo).document
    assert same(document, start)


def test_parts_are_found_by_their_address():
    document = small()
    assert find(document, "choice:job/b").part["id"] == "b"
    assert find(document, "").kind == "form"
