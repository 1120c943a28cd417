"""What was written by hand stays as it is in the studio, and what was tampered with is refused."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from madoguchi.accounts.tests.make import PASSWORD
from madoguchi.engines.forms.editing import parts
from madoguchi.procedures.actions import LIBRARY, change_draft, open_draft, publish, take_draft
from madoguchi.procedures.forms.studio import PartForm
from madoguchi.procedures.models import DraftState, FormDraft
from madoguchi.procedures.tests.at_studio import STUDIO, body_of, document_of, panel, sent, text
from madoguchi.procedures.tests.make import form, make_procedure, words

# -- what was written by hand stays as it is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", sorted(path.name for path in LIBRARY.iterdir() if (path / "form.json").exists()))
def test_saving_any_part_of_any_form_unchanged_changes_nothing(client, division, designer, entry) -> None:
    document = json.loads((LIBRARY / entry / "form.json").read_text("utf-8"))
    procedure = make_procedure(division, entry, published=False)
    draft = FormDraft.objects.create(procedure=procedure, document=document, holder=designer)
    client.post("/sign-in/desk/", {"username": designer.username, "password": PASSWORD})
    for at in ["", *(address for address, _one in parts(copy.deepcopy(document)))]:
        form = PartForm(document=draft.document, address=at)
        data = {item.name: value for item in form if (value := sent(item)) is not None}
        again = PartForm(data, document=draft.document, address=at)
        assert again.is_valid(), (at, again.errors)
        assert again.changes() == [], at
    client.get(f"/koto/desk/procedures/{entry}/studio/", {"at": "page:" + document["pages"][-1]["id"]})


RULES: list[Any] = [
    {"<": [{"var": "age"}, 40]},  # a calculation
    {"!=": [{"var": "sure"}, True]},  # not offered for a yes or no
    {"or": [{"==": [{"var": "kind"}, "given"]}] * 5},  # more than there are rows
    {"==": [{"var": "last"}, True]},  # stands later
    {"==": [{"var": "kind"}, "gone"]},  # no such choice
    {"==": [{"var": "twin"}, "b"]},  # two choices of one label
    {"==": [{"var": "twin"}, "1"]},  # a choice whose label is another's id
    {"==": [{"var": "kid"}, True]},  # within a group
]


@pytest.mark.parametrize("rule", RULES)
def test_a_condition_is_never_changed_by_saving_something_else(rule) -> None:
    document = form()
    choices = [{"id": one, "label": {"ja": label}} for one, label in (("a", "同じ"), ("b", "同じ"), ("2", "1"), ("1", "2"))]
    page = document["pages"][0]
    page["questions"] += [
        {"id": "sure", "type": "yes_no", "label": {"ja": "確か"}},
        {"id": "twin", "type": "choice", "label": {"ja": "組"}, "choices": choices},
        {"id": "x", "type": "text", "label": {"ja": "一行\n二行 "}, "show_if": rule, "required": False},
        {"id": "last", "type": "yes_no", "label": {"ja": "終わり"}},
    ]
    document["pages"].insert(
        0, {"id": "kids", "title": {"ja": "子"}, "repeat": {"id": "child"}, "questions": [{"id": "kid", "type": "yes_no"}]}
    )
    document["calculations"] = [{"id": "age", "type": "number", "value": 3}]
    shown = PartForm(document=document, address="question:x")
    data = {item.name: value for item in shown if (value := sent(item)) is not None}
    saved = PartForm({**data, "hint_ja": "変えた"}, document=document, address="question:x")
    assert saved.is_valid(), saved.errors
    assert saved.changes() == [text("question:x", "変えた", "hint")]


@pytest.mark.parametrize(("typed", "kept"), [("0.5", "0.5"), ("1.50", "1.5"), ("3", 3), ("-2", -2), ("", None)])
def test_limits_may_have_decimals(at_work, draft, designer, typed, kept) -> None:
    new = {"id": "amount", "type": "number", "label": words("量", "Amount"), "decimals": 2, "min": "0.25"}
    change_draft(draft=draft, changes=[{"do": "add", "into": "page:you", "kind": "question", "part": new}], edition=0, by=designer)
    assert panel(at_work, "question:amount")["min"] == "0.25"
    at_work.post(STUDIO, {**panel(at_work, "question:amount"), "act": "save", "min": typed})
    assert document_of(draft)["pages"][0]["questions"][-1].get("min") == kept
    assert at_work.post(STUDIO, {**panel(at_work, "question:amount"), "act": "save", "min": "9" * 40}).status_code == 400


def test_only_who_holds_a_draft_drops_it(at_work, draft, other) -> None:
    take_draft(draft=draft, by=other)
    assert "編集しています" in body_of(at_work.post(STUDIO, {"act": "drop", "edition": 0}, follow=True))
    draft.refresh_from_db()
    assert draft.state == DraftState.OPEN


def test_the_id_of_a_choice_that_was_published_is_never_given_to_another(at_work, draft, dog, designer) -> None:
    at_work.post(STUDIO, {"act": "add_choice", "at": "question:kind", "edition": 0, "label": "買った"})
    assert document_of(draft)["pages"][0]["questions"][1]["choices"][-1]["id"] == "c1"
    for language in ("plain", "en"):
        change_draft(
            draft=draft,
            changes=[text("choice:kind/c1", "買った", language=language)],
            edition=document_of(draft) and draft.edition,
            by=designer,
        )
        draft.refresh_from_db()
    publish(procedure=dog, document=draft.document, by=designer, change="addition", note="選択肢")
    new = open_draft(procedure=dog, by=designer)
    at_work.post(STUDIO, {"act": "remove", "at": "choice:kind/c1", "edition": 0})
    at_work.post(STUDIO, {"act": "add_choice", "at": "question:kind", "edition": 1, "label": "全く別"})
    assert document_of(new)["pages"][0]["questions"][1]["choices"][-1]["id"] == "c2"


def test_what_was_tampered_with_is_refused(at_work, draft) -> None:
    before = draft.document
    at_work.post(STUDIO, {"act": "move", "at": "choice:kind/born", "edition": 0, "into": "question:name"})
    assert at_work.post(STUDIO, {**panel(at_work, "question:giver"), "act": "save", "c0_operator": "bogus"}).status_code == 400
    at_work.post(STUDIO, {"act": "add_question", "at": "page:you", "edition": 9, "label": "A", "type": "text"})
    assert document_of(draft) == before


def test_control_characters_never_get_into_a_form(at_work, draft) -> None:
    at_work.post(STUDIO, {"act": "add_question", "at": "page:you", "edition": 0, "label": "A\x07B", "type": "text"})
    assert document_of(draft)["pages"][0]["questions"][-1]["label"]["ja"] == "AB"


def test_a_faulty_addition_has_its_summary_of_errors(at_work, draft) -> None:
    response = at_work.post(STUDIO, {"act": "add_page", "at": "page:you", "edition": 0, "title": ""})
    assert response.status_code == 400
    assert 'href="#new_page_title"' in body_of(response)
