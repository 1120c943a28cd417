"""The studio's pages: sections, groups that repeat, another type, moving across pages."""

from __future__ import annotations

from typing import Any

import pytest

from madoguchi.engines.forms import load
from madoguchi.procedures.actions import change_draft, open_draft
from madoguchi.procedures.tests.at_studio import STUDIO, body_of, document_of
from madoguchi.procedures.tests.make import make_procedure, words


def post(client: Any, draft: Any, act: str, at: str, **given: Any) -> Any:
    draft.refresh_from_db()
    return client.post(STUDIO, {"act": act, "at": at, "edition": draft.edition, **given})


def ids(document: dict[str, Any]) -> list[Any]:
    """What stands where: {page: questions} or {page: {section: questions}}."""
    return [
        {page["id"]: {one["id"]: [q["id"] for q in one["questions"]] for one in page["sections"]}}
        if "sections" in page
        else {page["id"]: [one["id"] for one in page["questions"]]}
        for page in document["pages"]
    ]


def test_a_page_gets_sections_and_its_questions_stay(at_work, draft) -> None:
    post(at_work, draft, "add_section", "page:you", title="飼い始め")
    assert ids(document_of(draft)) == [{"you": {"section1": ["name", "kind", "giver"], "section2": []}}]
    for question in ("kind", "giver"):
        post(at_work, draft, "move", f"question:{question}", into="section:you/section2")
    assert ids(document_of(draft)) == [{"you": {"section1": ["name"], "section2": ["kind", "giver"]}}]
    load(draft.document)
    post(at_work, draft, "add_section", "section:you/section1", title="間")
    assert list(ids(document_of(draft))[0]["you"]) == ["section1", "section3", "section2"]
    post(at_work, draft, "add_page", "page:you", title="犬")
    post(at_work, draft, "move", "section:you/section2", into="page:page1")
    assert ids(document_of(draft)) == [{"you": {"section1": ["name"], "section3": []}}, {"page1": {"section2": ["kind", "giver"]}}]
    for _step in range(5):
        at_work.post(STUDIO, {"act": "undo", "edition": draft.edition})
        draft.refresh_from_db()
    post(at_work, draft, "undo", "")
    assert ids(document_of(draft)) == [{"you": ["name", "kind", "giver"]}]


def test_a_section_moves_into_a_page_with_questions_which_gets_a_section_for_them(at_work, draft) -> None:
    post(at_work, draft, "add_page", "page:you", title="犬")
    post(at_work, draft, "add_section", "page:page1", title="首輪")
    assert ids(document_of(draft))[1] == {"page1": {"section1": []}}
    post(at_work, draft, "move", "section:page1/section1", into="page:you")
    assert ids(document_of(draft))[0] == {"you": {"section2": ["name", "kind", "giver"], "section1": []}}


def test_an_only_section_gives_its_questions_back(at_work, draft) -> None:
    post(at_work, draft, "add_section", "page:you", title="空")
    post(at_work, draft, "remove", "section:you/section2")
    page = body_of(at_work.get(STUDIO, {"at": "page:you"}))
    assert "まとまりをなくして" in page
    post(at_work, draft, "unwrap", "page:you")
    assert ids(document_of(draft)) == [{"you": ["name", "kind", "giver"]}]


def test_a_dragged_row_is_moved_to_its_place_and_nowhere_else(at_work, draft) -> None:
    post(at_work, draft, "move", "question:giver", into="page:you", index="0")
    assert ids(document_of(draft)) == [{"you": ["giver", "name", "kind"]}]
    before = draft.edition
    for at, into in (
        ("question:giver", ""),
        ("page:you", "page:you"),
        ("choice:kind/born", "question:name"),
        ("question:name", "question:kind"),
    ):
        post(at_work, draft, "move", at, into=into, index="0")
    post(at_work, draft, "move", "question:giver", into="page:you", index="-1")
    assert (ids(document_of(draft)), draft.edition) == ([{"you": ["giver", "name", "kind"]}], before)


def test_after_a_step_the_focus_is_on_the_button_that_was_pressed(at_work, draft) -> None:
    answer = post(at_work, draft, "down", "question:name")
    assert answer["Location"].endswith("?at=question%3Aname&did=down")
    page = body_of(at_work.get(answer["Location"]))
    assert page.count("autofocus") == 1
    assert 'value="down" autofocus' in page


# -- groups ------------------------------------------------------------------------------------------------------------------------------

GROUP = {"item_ja": "犬", "item_plain": "{犬|いぬ}", "item_en": "Dog", "min": "1", "max": "5", "named_by": "", "subject": ""}


def test_a_page_becomes_a_group_and_no_group_again(at_work, draft) -> None:
    post(at_work, draft, "add_page", "page:you", title="犬たち")
    post(at_work, draft, "add_question", "page:page1", label="Dog name", type="text")
    post(at_work, draft, "group", "page:page1", **{**GROUP, "named_by": "dog_name"})
    repeat = document_of(draft)["pages"][1]["repeat"]
    assert repeat == {"id": "group", "item": {"ja": "犬", "plain": "{犬|いぬ}", "en": "Dog"}, "min": 1, "max": 5, "named_by": "dog_name"}
    page = body_of(at_work.get(STUDIO, {"at": "page:page1"}))
    assert "「犬」ごとに繰り返す" in page
    assert "くり返し" in page.partition('class="phone"')[2]
    before = draft.edition
    post(at_work, draft, "group", "page:page1", **{**GROUP, "named_by": "dog_name"})
    draft.refresh_from_db()
    assert draft.edition == before
    post(at_work, draft, "ungroup", "page:page1")
    assert "repeat" not in document_of(draft)["pages"][1]


def test_a_group_that_is_counted_outside_stays_and_the_page_says_by_what(at_work, draft, designer) -> None:
    post(at_work, draft, "add_page", "page:you", title="犬たち")
    post(at_work, draft, "add_question", "page:page1", label="Dog name", type="text")
    post(at_work, draft, "group", "page:page1", **GROUP)
    part = {"id": "calc1", "type": "number", "value": {"count": ["group", True]}}
    document_of(draft)
    change_draft(draft=draft, changes=[{"do": "add", "into": "", "kind": "calculation", "part": part}], edition=draft.edition, by=designer)
    post(at_work, draft, "ungroup", "page:page1")
    assert document_of(draft)["pages"][1]["repeat"]["id"] == "group"
    draft.refresh_from_db()
    answer = at_work.post(STUDIO, {"act": "ungroup", "at": "page:page1", "edition": draft.edition}, follow=True)
    assert "外の条件や計算が、この中の項目を使っています" in body_of(answer)


def test_what_is_read_outside_becomes_no_group(at_work, draft) -> None:
    post(at_work, draft, "add_page", "page:you", title="後")
    post(at_work, draft, "move", "question:giver", into="page:page1")
    answer = at_work.post(STUDIO, {"act": "group", "at": "page:you", "edition": 2, **GROUP}, follow=True)
    assert "「くれた人」" in body_of(answer)
    assert "repeat" not in document_of(draft)["pages"][0]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [({"item_ja": ""}, "error"), ({"min": "6"}, "「少なくとも」より大きく"), ({"max": "0"}, "error"), ({"max": "x"}, "error")],
)
def test_a_faulty_group_is_shown_again(at_work, draft, wrong, sentence) -> None:
    answer = at_work.post(STUDIO, {"act": "group", "at": "page:you", "edition": 0, **GROUP, **wrong})
    assert answer.status_code == 400
    assert sentence in body_of(answer)
    assert 'id="error-summary"' in body_of(answer)
    assert document_of(draft)["pages"][0].get("repeat") is None


def test_no_group_within_a_group(at_work, draft) -> None:
    post(at_work, draft, "add_section", "page:you", title="犬")
    post(at_work, draft, "add_question", "section:you/section2", label="Dog name", type="text")
    post(at_work, draft, "group", "section:you/section2", **GROUP)
    draft.refresh_from_db()
    answer = at_work.post(STUDIO, {"act": "group", "at": "page:you", "edition": draft.edition, **GROUP}, follow=True)
    assert "繰り返しの中に、繰り返しは置けません。" in body_of(answer)


# -- another type -------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def fresh(client, division, designer, at_work):
    """A draft of a procedure that was never published."""
    procedure = make_procedure(division, "cat", published=False)
    draft = open_draft(procedure=procedure, by=designer)
    new = [
        {"id": "kind", "type": "choice", "label": words("種類"), "choices": [{"id": "a", "label": words("あ")}], "required": True},
        {"id": "more", "type": "text", "label": words("ほか"), "max_length": 5, "show_if": {"==": [{"var": "kind"}, "a"]}},
    ]
    changes = [{"do": "add", "into": "page:you", "kind": "question", "part": one} for one in new]
    return change_draft(draft=draft, changes=changes, edition=0, by=designer)


CAT = STUDIO.replace("/dog/", "/cat/")


def test_what_another_type_takes_away_is_said_before(at_work, fresh) -> None:
    page = body_of(at_work.get(CAT, {"at": "question:more", "type": "yes_no"}))
    assert "次のものはなくなります：いちばん長い字数" in page
    at_work.post(CAT, {"act": "retype", "at": "question:more", "edition": 1, "type": "yes_no"})
    assert document_of(fresh)["pages"][0]["questions"][1]["type"] == "yes_no"
    assert "max_length" not in document_of(fresh)["pages"][0]["questions"][1]
    at_work.post(CAT, {"act": "undo", "edition": 2})
    assert document_of(fresh)["pages"][0]["questions"][1]["max_length"] == 5
    assert "なくなるものはありません" in body_of(at_work.get(CAT, {"at": "question:more", "type": "long_text"}))
    assert at_work.get(CAT, {"at": "question:more", "type": "bogus"}).status_code == 200


def test_a_type_that_a_condition_cannot_bear_is_refused_with_its_place(at_work, fresh) -> None:
    answer = at_work.post(CAT, {"act": "retype", "at": "question:kind", "edition": 1, "type": "number"}, follow=True)
    assert "この形の答えでは成り立たない" in body_of(answer)
    assert "「ほか」" in body_of(answer)
    assert document_of(fresh)["pages"][0]["questions"][0]["type"] == "choice"


def test_a_choice_begins_with_two_choices(at_work, fresh) -> None:
    at_work.post(CAT, {"act": "retype", "at": "question:more", "edition": 1, "type": "choices"})
    assert [one["id"] for one in document_of(fresh)["pages"][0]["questions"][1]["choices"]] == ["c1", "c2"]
    load(fresh.document)


def test_a_question_that_was_published_keeps_its_type(at_work, draft) -> None:
    assert "公開された項目の答えの形は変えられません" in body_of(at_work.get(STUDIO, {"at": "question:giver"}))
    answer = at_work.post(STUDIO, {"act": "retype", "at": "question:giver", "edition": 0, "type": "number"}, follow=True)
    assert "公開された項目" in body_of(answer)
    assert document_of(draft)["pages"][0]["questions"][2]["type"] == "text"


@pytest.mark.parametrize(
    ("act", "at"),
    [
        ("group", "question:name"),
        ("retype", "page:you"),
        ("add_dragon", "page:you"),
        ("block_insert", "question:name"),
        ("block_eat", "page:you"),
    ],
)
def test_acts_that_do_not_fit_are_not_found(at_work, draft, act, at) -> None:
    assert at_work.post(STUDIO, {"act": act, "at": at, "edition": 0}).status_code == 404
    assert draft.edits.count() == 0


def test_the_last_page_stays(at_work, draft) -> None:
    answer = at_work.post(STUDIO, {"act": "remove", "at": "page:you", "edition": 0}, follow=True)
    assert "最後の1ページ" in body_of(answer)
    assert len(document_of(draft)["pages"]) == 1
