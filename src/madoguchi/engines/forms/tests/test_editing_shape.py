"""Sections, groups and other types: what a part becomes, what it loses, and what stands in the way."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from madoguchi.engines.forms import load
from madoguchi.engines.forms.editing import Rejected, edit, uses
from madoguchi.engines.forms.editing_shape import lost
from madoguchi.engines.forms.retyping import misreaders
from madoguchi.engines.forms.tests.test_editing import JIDO, LIBRARY, same, small

JA = {"ja": "x"}


def test_a_page_gets_sections_one_of_them_repeats_and_all_goes_back():
    document, undos = small(), []
    for change in (
        {"do": "wrap", "at": "page:you", "id": "first"},
        {"do": "add", "into": "page:you", "kind": "section", "part": {"id": "jobs", "title": JA, "questions": []}},
        {"do": "add", "into": "section:you/jobs", "kind": "question", "part": {"id": "firm", "type": "text", "label": JA}},
        {"do": "repeat", "at": "section:you/jobs", "value": {"id": "job_row", "item": JA, "named_by": "firm"}},
        {"do": "move", "at": "section:you/jobs", "into": "page:you", "index": 0},
    ):
        made = edit(document, change)
        document = made.document
        undos.append(made.undo)
    form = load(document)
    assert [section.id for section in form.page("you").sections] == ["jobs", "first"]
    assert form.repeat("job_row").section == "jobs"
    for undo in reversed(undos):
        document = edit(document, undo).document
    assert same(document, small())


def test_a_group_with_another_id_keeps_the_rules_that_count_it():
    made = edit(small(), {"do": "repeat", "at": "page:kids", "value": {"id": "kidling", "item": JA, "named_by": "kid"}}).document
    assert made["calculations"][0]["value"] == {"count": ["kidling", {"answered": [{"var": "kid"}]}]}
    assert load(made)


def test_what_is_read_from_outside_becomes_no_group():
    document = edit(small(), {"do": "remove", "at": "calculation:many"}).document
    document = edit(document, {"do": "set", "at": "page:kids", "key": "show_if", "value": {"answered": [{"var": "name"}]}}).document
    with pytest.raises(Rejected) as rejected:
        edit(document, {"do": "repeat", "at": "page:you", "value": {"id": "me", "item": JA}})
    assert (rejected.value.reason, rejected.value.where) == ("read_outside", ("page:kids",))


def test_a_group_is_no_group_within_a_group():
    document = {"pages": [{"id": "p", "repeat": {"id": "a", "item": JA}, "sections": [{"id": "s", "questions": []}]}]}
    with pytest.raises(Rejected, match="group_in_group"):
        edit(document, {"do": "repeat", "at": "section:p/s", "value": {"id": "b", "item": JA}})
    inner = {"pages": [{"id": "p", "sections": [{"id": "s", "repeat": {"id": "a", "item": JA}, "questions": []}]}]}
    with pytest.raises(Rejected, match="group_in_group"):
        edit(inner, {"do": "repeat", "at": "page:p", "value": {"id": "b", "item": JA}})


def test_a_group_that_was_published_and_is_given_up_never_comes_back():
    document = edit(small(), {"do": "remove", "at": "calculation:many"}).document
    document["pages"][1]["repeat"].pop("named_by")
    made = edit(document, {"do": "repeat", "at": "page:kids", "value": None, "retire": ["child", "name"]})
    assert made.document["retired"] == ["child"]
    with pytest.raises(Rejected, match="id_retired"):
        edit(made.document, {"do": "repeat", "at": "page:kids", "value": {"id": "child", "item": JA}})
    assert same(edit(made.document, made.undo).document, document)


@pytest.mark.parametrize(
    ("part", "kind", "gone"),
    [
        ({"type": "choice", "choices": [], "label": JA}, "text", ["choices"]),
        ({"type": "choice", "choices": [], "label": JA}, "choices", []),
        ({"type": "number", "min": 1, "max": "2.5", "decimals": 1}, "yen", ["decimals", "max"]),
        ({"type": "number", "min": 1, "unit": JA}, "choices", ["min", "unit"]),
        ({"type": "text", "max_length": 5, "pattern": "digits"}, "long_text", ["pattern"]),
        ({"type": "text", "required": True, "checks": [], "concept": "applicant.phone"}, "information", ["checks", "concept", "required"]),
        ({"type": "phone", "concept": "applicant.phone"}, "email", ["concept"]),
        ({"type": "calculated", "value": 1, "format": "yen"}, "yen", ["format", "value"]),
    ],
)
def test_what_a_question_loses_is_known_before(part, kind, gone):
    assert lost({"id": "q", **part}, kind) == gone
    document: dict[str, Any] = {"pages": [{"id": "p", "questions": [{"id": "q", **part}]}]}
    made = edit(document, {"do": "retype", "at": "question:q", "type": kind})
    assert set(made.document["pages"][0]["questions"][0]) == {"id", *part} - set(gone)
    assert same(edit(made.document, made.undo).document, document)


READS: list[tuple[Any, str, set[str]]] = [
    ({"==": [{"var": "q"}, True]}, "yes_no", {"yes_no", "declaration"}),
    ({">=": [{"var": "q"}, 3]}, "number", {"number", "yen"}),
    ({"<": [{"var": "q"}, {"today": []}]}, "date", {"date", "year_month"}),
    ({">=": [{"age": [{"var": "q"}, {"today": []}]}, 18]}, "date", {"date", "year_month"}),
    ({"==": [{"var": "q"}, "a"]}, "choice", {"choice"}),
    ({"in": ["a", {"var": "q"}]}, "choices", {"choices"}),
    ({"in": [{"var": "q"}, ["a", "b"]]}, "choice", {"choice"}),
    ({"==": [{"var": "q.city"}, "x"]}, "address", {"address"}),
    (
        {"matches": [{"var": "q"}, "digits"]},
        "text",
        {"text", "long_text", "kana", "phone", "email", "choice", "lookup", "corporate_number"},
    ),
    ({"answered": [{"var": "q"}]}, "text", {"text", "number", "mynumber", "address", "choices"}),
    ({"!=": [{"var": "q"}, {"var": "other"}]}, "date", {"date", "year_month"}),
    ({"any": ["rows", {"==": [{"var": "q"}, True]}]}, "yes_no", {"yes_no", "declaration"}),
]


@pytest.mark.parametrize(("rule", "was", "may"), READS)
def test_a_type_is_borne_or_not_by_the_rules_that_read_it(rule, was, may):
    choices = [{"id": "a", "label": JA}, {"id": "b", "label": JA}] if was in ("choice", "choices") else []
    question = {"id": "q", "type": was, **({"choices": choices} if choices else {})}
    questions = [question, {"id": "other", "type": "date"}, {"id": "z", "type": "text", "show_if": rule}]
    document: dict[str, Any] = {"pages": [{"id": "p", "questions": questions}]}
    assert misreaders(document, question, was) == []
    every = {"text", "number", "yen", "yes_no", "date", "choice", "choices", "address", "information", "declaration", "mynumber"}
    borne = {kind for kind in every if not misreaders(document, question, kind)}
    assert borne >= may & every
    if was != "text":
        assert borne == may & every
    assert all(misreaders(document, question, kind) == ["question:z"] for kind in every - borne)


@pytest.mark.parametrize("document", [JIDO, *LIBRARY], ids=lambda one: one["id"])
def test_no_rule_of_the_library_speaks_against_the_type_that_stands(document):
    form = load(document)
    for name in uses(document):
        if form.has(name):
            question = _raw(document, name)
            assert misreaders(copy.deepcopy(document), question, question["type"]) == [], name


def _raw(document: dict[str, Any], name: str) -> dict[str, Any]:
    holders = [one for page in document["pages"] for one in (page.get("sections") or [page])]
    return next(one for holder in holders for one in holder["questions"] if one["id"] == name)
