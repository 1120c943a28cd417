"""Versions beside each other, and an earlier one brought back: by a new version, never by unmaking one."""

from __future__ import annotations

import copy

import pytest

from madoguchi.accounts.tests.make import PASSWORD
from madoguchi.engines.forms import document_hash
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import approve_review, ask_review, drop_draft, open_draft, publish, publish_draft, restore_version
from madoguchi.procedures.models import FormDraft
from madoguchi.procedures.tests.at_studio import STUDIO, body_of, panel
from madoguchi.procedures.tests.make import form, make_ready, words

HOME = "/koto/desk/procedures/dog/"


@pytest.fixture
def dog(division):
    return make_ready(division)


def second() -> dict:
    """Another wording, one question gone, one come, one choice come."""
    document = form()
    questions = document["pages"][0]["questions"]
    questions[0]["label"] = words("お名前", "Your name")
    questions[1]["choices"].append({"id": "bought", "label": words("買った", "Bought")})
    questions[2] = {"id": "tel", "type": "phone", "label": words("電話", "Telephone")}
    return document


@pytest.fixture
def two(dog):
    publish(procedure=dog, document=second(), by=None)
    dog.refresh_from_db()
    return dog


def test_a_version_is_brought_back_as_a_new_one(two, designer, other) -> None:
    first = two.versions.get(number=1)
    draft = restore_version(version=first, by=designer)
    assert (draft.restores, draft.based_on, draft.document["retired"]) == (first, two.current, ["tel"])
    approve_review(review=ask_review(draft=draft, edition=0, by=designer), by=other)
    made = publish_draft(draft=draft, edition=0, by=other)
    assert [one["id"] for one in made.document["pages"][0]["questions"]] == ["name", "kind", "giver"]
    assert list(two.versions.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert document_hash(two.versions.get(number=1).document) == document_hash(form())
    assert made.note == ""


def test_what_came_between_is_retired_for_good(two, designer, other) -> None:
    draft = restore_version(version=two.versions.get(number=1), by=designer)
    approve_review(review=ask_review(draft=draft, edition=0, by=designer), by=other)
    publish_draft(draft=draft, edition=0, by=other)
    with pytest.raises(Refused) as refused:
        publish(procedure=two, document={**second(), "retired": ["giver"]}, by=None)
    assert (refused.value.code, refused.value.details["ids"]) == ("id_again", ["tel"])


def test_an_id_comes_back_only_with_the_meaning_it_had(two) -> None:
    first = two.versions.get(number=1)
    document = copy.deepcopy(form())
    document["retired"] = ["tel"]
    document["pages"][0]["questions"][2]["type"] = "long_text"
    with pytest.raises(Refused) as refused:
        publish(procedure=two, document=document, by=None, restores=first)
    assert refused.value.details["ids"] == ["giver"]
    document["pages"][0]["questions"][2] |= {"type": "text", "hint": words("わかる範囲で")}
    assert publish(procedure=two, document=document, by=None, restores=first).number == 3


def test_neither_the_version_of_now_nor_past_a_draft(two, designer) -> None:
    with pytest.raises(Refused) as refused:
        restore_version(version=two.current, by=designer)
    assert refused.value.code == "current"
    draft = open_draft(procedure=two, by=designer)
    with pytest.raises(Refused) as refused:
        restore_version(version=two.versions.get(number=1), by=designer)
    assert refused.value.code == "draft_open"
    drop_draft(draft=draft, edition=0, by=designer)
    assert restore_version(version=two.versions.get(number=1), by=designer).state == "open"


# -- pages -----------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, designer):
    client.post("/sign-in/desk/", {"username": designer.username, "password": PASSWORD})
    return client


def test_two_versions_stand_beside_each_other_in_words(desk, two) -> None:
    body = body_of(desk.get(f"{HOME}versions/1/compare/2/"))
    for part in ("氏名", "お名前", "買った", "電話", "項目がなくなる", "項目が増える", "くれた人", "Your name"):
        assert part in body
    back = body_of(desk.get(f"{HOME}versions/2/compare/1/"))
    assert "前の版に戻すと、変わるところです。" in back
    assert "違いはありません" in body_of(desk.get(f"{HOME}versions/1/compare/1/"))
    assert desk.get(f"{HOME}versions/1/compare/9/").status_code == 404
    assert f"{HOME}versions/1/compare/2/" in body_of(desk.get(HOME))


def test_the_old_version_offers_to_be_brought_back(desk, two) -> None:
    assert "この版の内容に戻す" in body_of(desk.get(f"{HOME}versions/1/"))
    assert "この版の内容に戻す" not in body_of(desk.get(f"{HOME}versions/2/"))
    response = desk.post(f"{HOME}versions/1/restore/")
    assert response.url == STUDIO
    assert FormDraft.objects.get().restores.number == 1
    assert "作成中の様式があります" in body_of(desk.post(f"{HOME}versions/1/restore/", follow=True))


def test_an_edit_to_a_form_that_was_published_meanwhile_loses_nothing(desk, dog, designer) -> None:
    draft = open_draft(procedure=dog, by=designer)
    given = {**panel(desk, "question:name"), "act": "save", "label_ja": "お名前を書いてください", "hint_ja": "二行の\r\n補足"}
    publish(procedure=dog, document={**draft.document, "title": words("新しい題")}, by=None)
    FormDraft.objects.update(state="published")
    response = desk.post(STUDIO, given)
    assert response.status_code == 409
    body = body_of(response)
    assert "いまの版は第2版です" in body
    assert "お名前を書いてください" in body
    assert not FormDraft.objects.filter(state="open").exists()
    kept = dict(response.context["kept"])
    shown = desk.post(STUDIO, {**kept, "then": "save", "act": "carry"})
    new = FormDraft.objects.get(state="open")
    assert (new.document["title"]["ja"], new.edition) == ("新しい題", 0)
    assert shown.context["form"]["label_ja"].value() == "お名前を書いてください"
    assert "まだ保存していません" in body_of(shown)
    desk.post(STUDIO, {**panel(desk, "question:name"), "act": "save", "label_ja": kept["label_ja"], "hint_ja": kept["hint_ja"]})
    new.refresh_from_db()
    assert new.document["pages"][0]["questions"][0]["label"]["ja"] == "お名前を書いてください"


def test_a_new_question_typed_for_a_form_that_is_over_is_carried_too(desk, dog, designer) -> None:
    open_draft(procedure=dog, by=designer)
    FormDraft.objects.update(state="dropped")
    response = desk.post(STUDIO, {"act": "add_question", "at": "page:you", "edition": 0, "label": "犬の色", "type": "text"})
    assert "犬の色" in body_of(response)
    shown = desk.post(STUDIO, {**dict(response.context["kept"]), "then": "add_question", "act": "carry"})
    assert shown.context["adding"]["question"]["label"].value() == "犬の色"
    gone = desk.post(STUDIO, {"at": "page:gone", "then": "save", "act": "carry"})
    assert gone.status_code == 200
