"""The studio's pages: a part as boxes, conditions by choosing, problems by part, the page as residents will see it."""

from __future__ import annotations

import pytest

from madoguchi.accounts.tests.make import PASSWORD, make_member
from madoguchi.procedures.actions import change_draft, publish, take_draft
from madoguchi.procedures.forms.studio_boxes import PALETTE
from madoguchi.procedures.models import DraftState, FormDraft
from madoguchi.procedures.tests.at_studio import STUDIO, body_of, document_of, panel, text
from madoguchi.procedures.tests.make import form, words

# -- pages --------------------------------------------------------------------------------------------------------------------------


def test_clerks_do_not_get_in(client, dog, division) -> None:
    clerk = make_member("clerk", division).user
    client.post("/sign-in/desk/", {"username": clerk.username, "password": PASSWORD})
    assert client.get(STUDIO).status_code == 404
    assert client.post(STUDIO, {"act": "open"}).status_code == 404


def test_work_begins_with_a_press_of_a_button(client, dog, designer) -> None:
    client.post("/sign-in/desk/", {"username": designer.username, "password": PASSWORD})
    assert "次の版を作り始める" in body_of(client.get(STUDIO))
    assert not FormDraft.objects.exists()
    client.post(STUDIO, {"act": "open"})
    assert "犬の届け" in body_of(client.get(STUDIO))


@pytest.mark.parametrize("at", ["", "page:you", "question:name", "question:kind", "choice:kind/born", "question:giver"])
def test_saving_what_stands_changes_nothing(at_work, draft, at) -> None:
    before = draft.document
    response = at_work.post(STUDIO, {**panel(at_work, at), "act": "save"})
    assert response.status_code == 302
    assert document_of(draft) == before
    assert draft.edition == 0


def test_a_question_is_added_changed_moved_and_removed(at_work, draft) -> None:
    at_work.post(STUDIO, {"act": "add_question", "at": "page:you", "edition": 0, "label": "電話番号", "type": "phone"})
    new = document_of(draft)["pages"][0]["questions"][-1]
    at = f"question:{new['id']}"
    at_work.post(STUDIO, {**panel(at_work, at), "act": "save", "label_en": "Telephone", "required": "yes", "concept": "applicant.phone"})
    changed = document_of(draft)["pages"][0]["questions"][-1]
    assert (changed["label"], changed["required"], changed["concept"]) == ({"ja": "電話番号", "en": "Telephone"}, True, "applicant.phone")
    at_work.post(STUDIO, {"act": "up", "at": at, "edition": draft.edition})
    assert [one["id"] for one in document_of(draft)["pages"][0]["questions"]] == ["name", "kind", new["id"], "giver"]
    at_work.post(STUDIO, {"act": "remove", "at": at, "edition": draft.edition})
    assert [one["id"] for one in document_of(draft)["pages"][0]["questions"]] == ["name", "kind", "giver"]
    at_work.post(STUDIO, {"act": "undo", "edition": draft.edition})
    assert len(document_of(draft)["pages"][0]["questions"]) == 4


def test_a_question_moves_to_another_page(at_work, draft) -> None:
    at_work.post(STUDIO, {"act": "add_page", "at": "page:you", "edition": 0, "title": "犬について"})
    assert [one["address"] for one in at_work.get(STUDIO, {"at": "question:giver"}).context["homes"]] == ["page:page1"]
    at_work.post(STUDIO, {"act": "move", "at": "question:giver", "edition": 1, "into": "page:page1"})
    assert [[one["id"] for one in page["questions"]] for page in document_of(draft)["pages"]] == [["name", "kind"], ["giver"]]
    at_work.post(STUDIO, {"act": "move", "at": "question:giver", "edition": 2, "into": "page:nowhere"})
    assert draft.edits.count() == 2


@pytest.mark.parametrize("kind", PALETTE)
def test_every_type_that_can_be_added_opens_and_shows(at_work, draft, kind) -> None:
    at_work.post(STUDIO, {"act": "add_question", "at": "page:you", "edition": 0, "label": "Extra", "type": kind})
    assert document_of(draft)["pages"][0]["questions"][-1]["type"] == kind
    response = at_work.get(STUDIO, {"at": "question:extra"})
    assert response.status_code == 200
    assert "Extra" in body_of(response)
    assert at_work.post(STUDIO, {**panel(at_work, "question:extra"), "act": "save"}).status_code == 302
    assert draft.edition == 1


def test_a_page_and_a_choice_are_added(at_work, draft) -> None:
    at_work.post(STUDIO, {"act": "add_page", "at": "page:you", "edition": 0, "title": "犬について"})
    at_work.post(STUDIO, {"act": "add_choice", "at": "question:kind", "edition": 1, "label": "買った"})
    document = document_of(draft)
    assert [page["title"]["ja"] for page in document["pages"]] == ["飼い主", "犬について"]
    assert document["pages"][0]["questions"][1]["choices"][-1]["label"] == {"ja": "買った"}


def test_a_condition_is_chosen(at_work, draft) -> None:
    at_work.post(STUDIO, {"act": "add_question", "at": "page:you", "edition": 0, "label": "Shop", "type": "text"})
    chosen = {
        "join": "or",
        "c0_question": "kind",
        "c0_operator": "==",
        "c0_value": "もらった",
        "c1_question": "giver",
        "c1_operator": "unanswered",
    }
    at_work.post(STUDIO, {**panel(at_work, "question:shop"), "act": "save", **chosen})
    rule = {"or": [{"==": [{"var": "kind"}, "given"]}, {"not": [{"answered": [{"var": "giver"}]}]}]}
    assert document_of(draft)["pages"][0]["questions"][-1]["show_if"] == rule
    standing = panel(at_work, "question:shop")
    assert (standing["c0_question"], standing["c0_value"], standing["join"]) == ("kind", "もらった", "or")


def test_one_of_several_choices_is_chosen_and_saved_again_unchanged(at_work, draft) -> None:
    chosen = {"c0_question": "kind", "c0_operator": "in", "c0_value": "もらった、生まれた"}
    at_work.post(STUDIO, {**panel(at_work, "question:giver"), "act": "save", **chosen})
    rule = {"in": [{"var": "kind"}, ["given", "born"]]}
    assert document_of(draft)["pages"][0]["questions"][2]["show_if"] == rule
    assert panel(at_work, "question:giver")["c0_value"] == "もらった、生まれた"
    before = draft.edition
    at_work.post(STUDIO, {**panel(at_work, "question:giver"), "act": "save"})
    assert (document_of(draft)["pages"][0]["questions"][2]["show_if"], draft.edition) == (rule, before)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_values_that_stand_are_read_again_in_every_language(at_work, draft, designer, language) -> None:
    rule = {"and": [{"==": [{"var": "sure"}, True]}, {"<": [{"var": "day"}, {"today": []}]}, {"!=": [{"var": "kind"}, "born"]}]}
    new = [{"id": "sure", "type": "yes_no", "label": words("確か", "Sure")}, {"id": "day", "type": "date", "label": words("日", "Day")}]
    new.append({"id": "last", "type": "text", "label": words("終わり", "Last"), "show_if": rule})
    changes = [{"do": "add", "into": "page:you", "kind": "question", "part": one} for one in new]
    change_draft(draft=draft, changes=changes, edition=0, by=designer)
    at_work.cookies["madoguchi_language"] = language
    given = panel(at_work, "question:last")
    assert given["c0_value"] == {"ja": "はい", "en": "Yes"}[language]
    assert at_work.post(STUDIO, {**given, "act": "save"}).status_code == 302
    assert (document_of(draft)["pages"][0]["questions"][-1], draft.edition) == (new[-1], 1)


def test_a_condition_that_does_not_fit_is_shown_again_as_typed(at_work, draft) -> None:
    typed = {**panel(at_work, "question:giver"), "act": "save", "label_ja": "くれた方", "c0_value": "買った"}
    response = at_work.post(STUDIO, typed)
    assert response.status_code == 400
    assert "選択肢の文をそのまま入力してください。" in body_of(response)
    assert "くれた方" in body_of(response)
    assert document_of(draft)["pages"][0]["questions"][2]["label"]["ja"] == "くれた人"
    wrong = at_work.post(STUDIO, {**typed, "c0_operator": "age<", "c0_value": "3"})
    assert "その比べ方ができません" in body_of(wrong)


def test_a_rule_written_by_hand_stays_unless_it_is_dropped(at_work, draft, designer) -> None:
    rule = {"not": [{"and": [{"==": [{"var": "kind"}, "given"]}, {"answered": [{"var": "name"}]}]}]}
    change_draft(draft=draft, changes=[{"do": "set", "at": "question:giver", "key": "show_if", "value": rule}], edition=0, by=designer)
    at_work.post(STUDIO, {**panel(at_work, "question:giver"), "act": "save", "label_ja": "くれた方"})
    assert document_of(draft)["pages"][0]["questions"][2]["show_if"] == rule
    at_work.post(STUDIO, {**panel(at_work, "question:giver"), "act": "save", "show_if_drop": "on"})
    assert "show_if" not in document_of(draft)["pages"][0]["questions"][2]


def test_what_cannot_be_removed_says_where_it_is_used(at_work, draft) -> None:
    response = at_work.post(STUDIO, {"act": "remove", "at": "question:kind", "edition": 0}, follow=True)
    assert "「くれた人」" in body_of(response)
    assert len(document_of(draft)["pages"][0]["questions"]) == 3


def test_an_old_page_and_another_holder_lose_nothing(at_work, draft, other, designer) -> None:
    change_draft(draft=draft, changes=[text("question:name", "お名前")], edition=0, by=designer)
    old = {"act": "add_question", "at": "page:you", "edition": 0, "label": "A", "type": "text"}
    assert "別の画面で変更されています" in body_of(at_work.post(STUDIO, old, follow=True))
    take_draft(draft=draft, by=other)
    page = body_of(at_work.get(STUDIO))
    assert "編集を引き継ぐ" in page
    assert "保存する" not in page
    assert "編集しています" in body_of(at_work.post(STUDIO, {**old, "edition": 1}, follow=True))
    at_work.post(STUDIO, {"act": "take"})
    assert at_work.post(STUDIO, {**old, "edition": 1}).status_code == 302
    assert len(document_of(draft)["pages"][0]["questions"]) == 4


def test_what_is_missing_is_listed_and_the_page_shows_as_residents_see_it(at_work, draft) -> None:
    page = body_of(at_work.get(STUDIO, {"at": "question:giver"}))
    assert "公開の前に直すところ" not in page
    assert 'class="phone" inert' in page
    assert "くれた人" in page.partition('class="phone" inert')[2]
    at_work.post(STUDIO, {**panel(at_work, "question:giver"), "act": "save", "label_ja": ""})
    page = body_of(at_work.get(STUDIO))
    assert "公開の前に直すところ" in page
    assert '?at=question%3Agiver#part">giver</a>' in page
    at_work.post(STUDIO, {"act": "add_page", "at": "page:you", "edition": 1, "title": "空のページ"})
    assert '?at=page%3Apage1#part">空のページ</a>' in body_of(at_work.get(STUDIO))


@pytest.mark.parametrize("edition", ["", "x", "-1", "９", "99999999999999999999"])
def test_an_edition_that_is_no_number_changes_nothing(at_work, draft, edition) -> None:
    at_work.post(STUDIO, {"act": "remove", "at": "question:giver", "edition": edition})
    assert document_of(draft)["pages"][0]["questions"][2]["id"] == "giver"


@pytest.mark.parametrize("act", ["", "dance", "up"])
def test_an_unknown_act_is_not_found(at_work, draft, act) -> None:
    assert at_work.post(STUDIO, {"act": act, "at": "", "edition": 0}).status_code == 404


def test_a_part_that_is_gone_says_so(at_work, draft) -> None:
    response = at_work.post(STUDIO, {"act": "save", "at": "question:nowhere", "edition": 0}, follow=True)
    assert "もうありません" in body_of(response)
    assert at_work.get(STUDIO, {"at": "question:nowhere"}).status_code == 200


@pytest.mark.parametrize(("at", "act"), [("page:you", "add_choice"), ("question:kind", "add_question"), ("choice:kind/born", "add_choice")])
def test_parts_stand_only_where_they_may(at_work, draft, at, act) -> None:
    before = draft.document
    at_work.post(STUDIO, {"act": act, "at": at, "edition": 0, "label": "A", "type": "text"})
    assert document_of(draft) == before


def test_a_version_published_meanwhile_is_said(at_work, draft, dog, designer) -> None:
    assert "作り始めた後に" not in body_of(at_work.get(STUDIO))
    publish(procedure=dog, document=form(title=words("別の題")), by=designer, change="wording", note="別の題")
    assert "作り始めた後に、第2版が公開されました" in body_of(at_work.get(STUDIO))


def test_a_draft_that_is_dropped_can_be_begun_again(at_work, draft) -> None:
    at_work.post(STUDIO, {"act": "drop", "edition": 0})
    draft.refresh_from_db()
    assert draft.state == DraftState.DROPPED
    assert "次の版を作り始める" in body_of(at_work.get(STUDIO))
