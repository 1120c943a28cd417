"""The studio's acts: a draft, held by one person, changed by steps that can be taken back, published."""

from __future__ import annotations

from typing import Any

import pytest

from madoguchi.engines.forms import document_hash
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import change_draft, drop_draft, may_undo, open_draft, publish, take_draft, undo_draft
from madoguchi.procedures.forms.studio_values import value_of
from madoguchi.procedures.models import DraftState, FormDraft
from madoguchi.procedures.tests.at_studio import text
from madoguchi.procedures.tests.make import form, make_procedure, words

# -- actions ------------------------------------------------------------------------------------------------------------------------


def test_one_draft_is_open_for_a_procedure(dog, designer, other) -> None:
    first = open_draft(procedure=dog, by=designer)
    assert first.document == dog.current.document
    assert (first.based_on, first.holder) == (dog.current, designer)
    assert open_draft(procedure=dog, by=other).pk == first.pk
    drop_draft(draft=first, edition=0, by=designer)
    assert open_draft(procedure=dog, by=other).pk != first.pk


def test_a_procedure_without_a_version_begins_with_one_page(division, designer) -> None:
    draft = open_draft(procedure=make_procedure(division, published=False), by=designer)
    assert [page["questions"] for page in draft.document["pages"]] == [[]]


def test_changes_are_kept_and_taken_back_step_by_step(draft, designer) -> None:
    before = document_hash(draft.document)
    one = change_draft(draft=draft, changes=[text("question:name", "お名前"), text("question:name", "", "hint")], edition=0, by=designer)
    two = change_draft(draft=one, changes=[{"do": "remove", "at": "question:giver"}], edition=1, by=designer)
    assert two.document["retired"] == ["giver"]
    back = undo_draft(draft=two, edition=2, by=designer)
    assert document_hash(back.document) == document_hash(one.document)
    assert may_undo(draft=back)
    start = undo_draft(draft=back, edition=3, by=designer)
    assert document_hash(start.document) == before
    assert not may_undo(draft=start)
    with pytest.raises(Refused) as refused:
        undo_draft(draft=start, edition=4, by=designer)
    assert refused.value.code == "nothing_to_undo"
    assert [edit.batch for edit in start.edits.all()] == [1, 1, 2, 3, 4, 4]


def test_a_change_after_an_undo_is_the_next_to_be_taken_back(draft, designer) -> None:
    one = change_draft(draft=draft, changes=[text("question:name", "一")], edition=0, by=designer)
    back = undo_draft(draft=one, edition=1, by=designer)
    again = change_draft(draft=back, changes=[text("question:name", "二")], edition=2, by=designer)
    assert undo_draft(draft=again, edition=3, by=designer).document["pages"][0]["questions"][0]["label"]["ja"] == "氏名"


def test_only_who_holds_the_draft_changes_it(draft, designer, other) -> None:
    with pytest.raises(Refused) as refused:
        change_draft(draft=draft, changes=[text("question:name", "x")], edition=0, by=other)
    assert refused.value.code == "held"
    taken = take_draft(draft=draft, by=other)
    assert change_draft(draft=taken, changes=[text("question:name", "x")], edition=0, by=other).edition == 1
    with pytest.raises(Refused):
        change_draft(draft=draft, changes=[text("question:name", "y")], edition=1, by=designer)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"do": "remove", "at": "question:kind"}, "still_used"),
        ({"do": "remove", "at": "question:nowhere"}, "unknown_part"),
        ({"do": "add", "into": "page:you", "kind": "question", "part": {"id": "name", "type": "text"}}, "id_taken"),
    ],
)
def test_what_cannot_be_done_leaves_nothing_behind(draft, designer, change, code) -> None:
    with pytest.raises(Refused) as refused:
        change_draft(draft=draft, changes=[text("question:name", "お名前"), change], edition=0, by=designer)
    assert refused.value.code == code
    row = FormDraft.objects.get(pk=draft.pk)
    assert (row.edition, row.document, row.edits.count()) == (0, draft.document, 0)


def test_an_old_page_changes_nothing(draft, designer) -> None:
    change_draft(draft=draft, changes=[text("question:name", "お名前")], edition=0, by=designer)
    with pytest.raises(Refused) as refused:
        change_draft(draft=draft, changes=[text("question:name", "別")], edition=0, by=designer)
    assert refused.value.code == "stale"


def test_an_id_that_was_never_published_is_free_again(draft, designer) -> None:
    new = {"do": "add", "into": "page:you", "kind": "question", "part": {"id": "age", "type": "number"}}
    one = change_draft(draft=draft, changes=[new], edition=0, by=designer)
    two = change_draft(draft=one, changes=[{"do": "remove", "at": "question:age"}], edition=1, by=designer)
    assert "retired" not in two.document
    assert change_draft(draft=two, changes=[new], edition=2, by=designer).edition == 3


def test_publishing_closes_the_draft_that_was_published_and_no_other(draft, dog, designer) -> None:
    publish(procedure=dog, document=form(title=words("別の題")), by=designer, change="wording", note="別の題")
    draft.refresh_from_db()
    assert draft.state == DraftState.OPEN
    changed = change_draft(draft=draft, changes=[text("question:name", "お名前")], edition=0, by=designer)
    publish(procedure=dog, document=changed.document, by=designer, change="wording", note="名前")
    draft.refresh_from_db()
    assert draft.state == DraftState.PUBLISHED
    with pytest.raises(Refused) as refused:
        undo_draft(draft=draft, edition=1, by=designer)
    assert refused.value.code == "draft_over"


QUESTIONS: dict[str, dict[str, Any]] = {
    "yes_no": {"type": "yes_no"},
    "choice": {"type": "choice", "choices": [{"id": "given", "label": words("もらった", "Given")}]},
    "number": {"type": "number"},
    "date": {"type": "date"},
    "text": {"type": "text"},
}


@pytest.mark.parametrize(
    ("kind", "operator", "typed", "value"),
    [
        ("yes_no", "==", "はい", True),
        ("yes_no", "==", "no", False),
        ("choice", "==", "もらった", "given"),
        ("choice", "!=", "Given", "given"),
        ("choice", "in", "もらった、 given", ("given", "given")),
        ("number", ">=", "１，２００円", 1200),
        ("date", "<", "令和8年4月15日", "2026-04-15"),
        ("date", "<", "今日", "today"),
        ("date", "age>=", "18歳", 18),
        ("text", "answered", "", None),
    ],
)
def test_values_of_conditions_are_read_as_people_write_them(kind, operator, typed, value) -> None:
    assert value_of(QUESTIONS[kind], operator, typed) == value


@pytest.mark.parametrize(
    ("kind", "operator", "typed"),
    [
        ("yes_no", "==", "たぶん"),
        ("choice", "==", "買った"),
        ("choice", "in", "もらった、買った"),
        ("choice", "not_in", ""),
        ("number", "<", "多い"),
        ("date", "<", "きのう"),
        ("date", "age<", "-"),
        ("text", "==", ""),
    ],
)
def test_values_that_cannot_be_read_say_so(kind, operator, typed) -> None:
    with pytest.raises(ValueError, match="。"):
        value_of(QUESTIONS[kind], operator, typed)
