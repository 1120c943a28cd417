"""The studio: a draft, held by one person, changed by steps that can be taken back, shown as residents will see it, published."""

from __future__ import annotations

import copy
import html
import io
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from madoguchi.accounts.tests.make import PASSWORD, make_member
from madoguchi.engines.forms import document_hash
from madoguchi.engines.forms.editing import parts
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import LIBRARY, change_draft, drop_draft, may_undo, open_draft, publish, take_draft, undo_draft
from madoguchi.procedures.forms.studio import TYPES, PartForm, value_of
from madoguchi.procedures.models import DraftState, FormDraft
from madoguchi.procedures.tests.make import form, make_procedure, words

STUDIO = "/koto/desk/procedures/dog/studio/"


@pytest.fixture
def designer(division):
    return make_member("designer", division).user


@pytest.fixture
def other(division):
    return make_member("ict").user


@pytest.fixture
def dog(division):
    return make_procedure(division)


@pytest.fixture
def draft(dog, designer):
    return open_draft(procedure=dog, by=designer)


def text(at: str, value: str, key: str = "label", language: str = "ja") -> dict[str, Any]:
    return {"do": "text", "at": at, "key": key, "language": language, "value": value}


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
    assert may_undo(back)
    start = undo_draft(draft=back, edition=3, by=designer)
    assert document_hash(start.document) == before
    assert not may_undo(start)
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
        ("number", "<", "多い"),
        ("date", "<", "きのう"),
        ("date", "age<", "-"),
        ("text", "==", ""),
    ],
)
def test_values_that_cannot_be_read_say_so(kind, operator, typed) -> None:
    with pytest.raises(ValueError, match="。"):
        value_of(QUESTIONS[kind], operator, typed)


# -- pages --------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_work(client, designer, draft):
    client.post("/sign-in/desk/", {"username": designer.username, "password": PASSWORD})
    return client


def body_of(response: Any) -> str:
    return html.unescape(response.content.decode())


def panel(client: Any, at: str, studio: str = STUDIO) -> dict[str, Any]:
    """What the browser would send of a part's panel as it stands: a select sends its first option where none is chosen."""
    given = client.get(studio, {"at": at}).context
    shown = [*given["plain"]["visible_fields"], *(item for row in given["rows"] for item in row)]
    shown += [given["form"]["join"]] if given["rows"] else []
    return {**{item.name: value for item in shown if (value := sent(item)) is not None}, "at": at, "edition": given["draft"].edition}


def sent(item: Any) -> Any:
    value = item.value()
    if hasattr(item.field, "choices"):
        offered = [str(one) for one, _label in item.field.choices]
        return str(value) if str(value) in offered else offered[0]
    if isinstance(value, bool):
        return "on" if value else None
    return (
        str(value).replace("\n", "\r\n")
        if "Textarea" in type(item.field.widget).__name__
        else re.sub(r"[\r\n]", "", "" if value is None else str(value))
    )


def document_of(draft: FormDraft) -> dict[str, Any]:
    draft.refresh_from_db()
    return draft.document


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


@pytest.mark.parametrize("kind", TYPES)
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


def test_only_who_may_publish_gets_to_the_page_before_publishing(at_work, client, draft, other, dog) -> None:
    assert at_work.post(STUDIO, {"act": "publish"}).status_code == 404
    take_draft(draft=draft, by=other)
    change_draft(draft=draft, changes=[text("question:name", "お名前")], edition=0, by=other)
    client.logout()
    client.post("/sign-in/desk/", {"username": other.username, "password": PASSWORD})
    response = client.post(STUDIO, {"act": "publish"})
    assert response.status_code == 200
    given = response.context["form"].initial
    client.post("/koto/desk/procedures/dog/publish/", {"document": given["document"], "change": given["change"], "note": "名前"})
    dog.refresh_from_db()
    draft.refresh_from_db()
    assert (dog.current.number, draft.state) == (2, DraftState.PUBLISHED)


def test_a_version_published_meanwhile_is_said(at_work, draft, dog, designer) -> None:
    assert "作り始めた後に" not in body_of(at_work.get(STUDIO))
    publish(procedure=dog, document=form(title=words("別の題")), by=designer, change="wording", note="別の題")
    assert "作り始めた後に、第2版が公開されました" in body_of(at_work.get(STUDIO))


def test_a_draft_that_is_dropped_can_be_begun_again(at_work, draft) -> None:
    at_work.post(STUDIO, {"act": "drop", "edition": 0})
    draft.refresh_from_db()
    assert draft.state == DraftState.DROPPED
    assert "次の版を作り始める" in body_of(at_work.get(STUDIO))


# -- from paper ----------------------------------------------------------------------------------------------------------------------

PAPER = f"{STUDIO}paper/"


def word(*rows: tuple[str, str]) -> SimpleUploadedFile:
    made, out = Document(), io.BytesIO()
    made.add_paragraph("架空の申請書")
    table = made.add_table(rows=len(rows), cols=2)
    for number, (label, beside) in enumerate(rows):
        table.cell(number, 0).text, table.cell(number, 1).text = label, beside
    made.save(out)
    return SimpleUploadedFile("架空の申請書.docx", out.getvalue())


def rows_of(response: Any) -> dict[str, Any]:
    """What a browser would send of the rows that were read."""
    rows = response.context["rows"]
    given = {f"{rows.prefix}-{name}": rows.management_form[name].value() for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    for row in rows:
        given |= {row.add_prefix(name): row[name].value() for name in row.fields if row[name].value() not in (None, False)}
    return {**given, "act": "take", "title": response.context["title"], "edition": response.context["draft"].edition}


def test_a_word_form_becomes_a_page_of_questions(at_work, draft) -> None:
    shown = at_work.post(PAPER, {"file": word(("氏　名", ""), ("性別", "□男 □女 □答えない"), ("生年月日", "年　月　日"), ("屋号", ""))})
    assert [one["label"].value() for one in shown.context["rows"]] == ["氏名", "性別", "生年月日", "屋号"]
    assert draft.edits.count() == 0
    given = rows_of(shown)
    del given["form-3-take"]
    answer = at_work.post(PAPER, {**given, "form-0-label": "お名前"})
    assert answer.status_code == 302
    page = document_of(draft)["pages"][-1]
    assert page["title"] == {"ja": "架空の申請書"}
    assert [(one["label"]["ja"], one["type"], one.get("concept")) for one in page["questions"]] == [
        ("お名前", "person_name", "applicant.name"), ("性別", "choice", None), ("生年月日", "date", "applicant.birth"),
    ]  # fmt: skip
    assert [one["label"]["ja"] for one in page["questions"][1]["choices"]] == ["男", "女", "答えない"]
    at_work.post(STUDIO, {"act": "undo", "edition": draft.edition})
    assert len(document_of(draft)["pages"]) == 1


def test_a_row_that_lacks_something_is_shown_again_and_nothing_is_lost(at_work, draft) -> None:
    given = rows_of(at_work.post(PAPER, {"file": word(("氏名", ""), ("屋号", ""))}))
    again = at_work.post(PAPER, {**given, "form-0-label": "直した名前", "form-1-type": "choice"})
    assert again.status_code == 400
    assert "直した名前" in body_of(again)
    assert "選択肢を「、」で区切って" in body_of(again)
    none = {name: value for name, value in given.items() if not name.endswith("-take")}
    assert "入れる項目を選んでください" in body_of(at_work.post(PAPER, none))
    assert document_of(draft)["pages"][0]["id"] == "you"
    assert draft.edition == 0


def test_an_old_page_of_proposals_changes_nothing_and_keeps_what_was_typed(at_work, draft, designer) -> None:
    given = rows_of(at_work.post(PAPER, {"file": word(("氏名", ""))}))
    change_draft(draft=draft, changes=[text("question:name", "お名前")], edition=0, by=designer)
    again = at_work.post(PAPER, {**given, "form-0-label": "直した名前"})
    assert again.status_code == 400
    assert "直した名前" in body_of(again)
    assert at_work.post(PAPER, {**rows_of(again), "edition": 1}).status_code == 302


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 scan", b"PK\x03\x04broken"])
def test_a_file_that_cannot_be_read_says_what_to_do(at_work, draft, data) -> None:
    response = at_work.post(PAPER, {"file": SimpleUploadedFile("form.docx", data)})
    assert response.status_code == 400
    assert "選" in body_of(response)


def test_rows_that_were_tampered_with_are_refused(at_work, draft) -> None:
    given = rows_of(at_work.post(PAPER, {"file": word(("氏名", ""))}))
    for change in ({"form-TOTAL_FORMS": "x"}, {"form-TOTAL_FORMS": "100000"}, {"form-0-type": "calculated"}):
        assert at_work.post(PAPER, {**given, **change}).status_code == 400
    assert at_work.post(PAPER, {**given, "form-0-concept": "no.such"}).status_code == 302
    assert "concept" not in document_of(draft)["pages"][-1]["questions"][0]


def test_paper_is_read_only_into_ones_own_draft(at_work, draft, other) -> None:
    take_draft(draft=draft, by=other)
    assert at_work.get(PAPER).status_code == 302
    assert at_work.post(PAPER, {"act": "take"}).status_code == 302


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
