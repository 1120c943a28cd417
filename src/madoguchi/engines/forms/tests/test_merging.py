"""What an origin changed is found part by part, taken or left, and never takes away what was adapted unasked."""

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
from madoguchi.engines.forms.editing import Rejected, edit, parts
from madoguchi.engines.forms.merging import take, updates

JIDO = json.loads((Path(__file__).parent / "jido_teate.json").read_text("utf-8"))


def ja(text: str) -> dict[str, str]:
    return {"ja": text}


def base() -> dict[str, Any]:
    return {
        "schema": 1, "id": "dog", "languages": ["ja"], "title": ja("犬の登録"),
        "pages": [
            {"id": "you", "title": ja("あなた"), "questions": [
                {"id": "name", "type": "text", "label": {"ja": "名前", "en": "Name"}},
                {"id": "kind", "type": "choice", "label": ja("種類"), "choices": [{"id": "a", "label": ja("あ")}, {"id": "b", "label": ja("い")}]},
            ]},
            {"id": "dog", "title": ja("犬"), "questions": [
                {"id": "born", "type": "date", "label": ja("生まれた日"), "checks": [{"that": {"answered": [{"var": "born"}]}, "say": ja("はい")}]},
            ]},
        ],
    }  # fmt: skip


def changed(document: dict[str, Any], *changes: dict[str, Any]) -> dict[str, Any]:
    for change in changes:
        document = edit(document, change).document
    return document


def taken(theirs: dict[str, Any], mine: dict[str, Any], found: Any) -> dict[str, Any]:
    return changed(mine, *(dict(one) for one in take(theirs, mine, found)))


def flat(document: dict[str, Any]) -> dict[str, Any]:
    """A document by its parts, whatever their order."""
    found = {}
    for address, one in parts(copy.deepcopy(document)):
        own = {key: value for key, value in one.part.items() if key not in ("questions", "sections", "choices", "checks")}
        found[address] = canonical_json([one.home, own, one.part.get("checks")])
    return {**found, "": canonical_json({key: value for key, value in document.items() if key not in ("pages", "calculations", "retired")})}


LABEL = {"do": "text", "at": "question:name", "key": "label", "language": "ja", "value": "お名前"}
NEW = {"do": "add", "into": "page:you", "kind": "question", "part": {"id": "tel", "type": "phone", "label": ja("電話")}, "index": 1}
MORE = {"id": "more", "title": ja("ほか"), "questions": [{"id": "z", "type": "text", "label": ja("z")}]}
PAGE: dict[str, Any] = {"do": "add", "into": "", "kind": "page", "index": 1, "part": MORE}
CHOICE = {"do": "add", "into": "question:kind", "kind": "choice", "part": {"id": "c", "label": ja("う")}}
CHECK = {
    "do": "add",
    "into": "question:born",
    "kind": "check",
    "part": {"that": {"<=": [{"var": "born"}, {"today": []}]}, "say": ja("今日まで")},
}
SUM = {"do": "add", "into": "", "kind": "calculation", "part": {"id": "one", "type": "number", "value": {"+": [1, 1]}}}
EVERY = [
    LABEL,
    NEW,
    PAGE,
    CHOICE,
    CHECK,
    SUM,
    {"do": "remove", "at": "choice:kind/b"},
    {"do": "move", "at": "question:born", "into": "page:you", "index": 0},
    {"do": "repeat", "at": "page:dog", "value": {"id": "each_dog", "item": ja("犬"), "max": 5}},
]


@pytest.mark.parametrize("change", EVERY, ids=lambda change: f"{change['do']} {change.get('at') or change.get('kind')}")
def test_each_change_of_the_origin_is_one_update_and_taking_it_brings_it(change) -> None:
    theirs = changed(base(), change)
    found = updates(base(), theirs, base())
    assert [(one.state, one.takable) for one in found] == [("clean", True)]
    assert flat(taken(theirs, base(), found)) == flat(theirs)
    assert updates(base(), theirs, theirs) == ()


def test_nothing_changed_nothing_found() -> None:
    assert updates(JIDO, copy.deepcopy(JIDO), base()) == ()


def test_a_text_adapted_in_another_language_stays() -> None:
    theirs = changed(base(), LABEL)
    mine = changed(base(), {**LABEL, "language": "en", "value": "Full name"})
    (found,) = updates(base(), theirs, mine)
    assert found.state == "clean"
    assert taken(theirs, mine, [found])["pages"][0]["questions"][0]["label"] == {"ja": "お名前", "en": "Full name"}


def test_what_was_adapted_here_is_said_and_overwritten_only_when_taken() -> None:
    theirs = changed(base(), LABEL, NEW)
    mine = changed(base(), {**LABEL, "value": "氏名"})
    label, new = updates(base(), theirs, mine)
    assert (label.state, new.state) == ("adapted", "clean")
    assert taken(theirs, mine, [new])["pages"][0]["questions"][0]["label"]["ja"] == "氏名"
    assert taken(theirs, mine, [label, new])["pages"][0]["questions"][0]["label"]["ja"] == "お名前"


def test_what_is_not_here_any_more_is_not_brought_back() -> None:
    mine = changed(base(), {"do": "remove", "at": "question:name"})
    (found,) = updates(base(), changed(base(), LABEL), mine)
    assert (found.state, found.takable) == ("gone", False)
    assert take(changed(base(), LABEL), mine, [found]) == []


def test_a_page_built_anew_there_or_an_id_used_here_is_done_by_hand() -> None:
    theirs = base()
    theirs["pages"][1] = {"id": "dog", "title": ja("犬"), "sections": [{"id": "s", "questions": theirs["pages"][1]["questions"]}]}
    assert {one.state for one in updates(base(), theirs, base())} <= {"by_hand", "clean"}
    mine = changed(base(), {**NEW, "part": {"id": "tel", "type": "text", "label": ja("内線")}})
    (found,) = updates(base(), changed(base(), NEW), mine)
    assert found.state == "by_hand"


def test_another_type_is_done_by_hand() -> None:
    """What was published keeps its type, so the press would only be refused."""
    theirs = changed(base(), {"do": "retype", "at": "question:name", "type": "number", "own": {"min": 1, "decimals": 0}})
    (found,) = updates(base(), theirs, base())
    assert (found.state, take(theirs, base(), [found])) == ("by_hand", [])


def test_a_question_that_we_moved_to_a_page_is_not_removed_with_it() -> None:
    """The origin gave up its page; what it still asks elsewhere stays here, wherever we put it."""
    theirs = changed(base(), {"do": "move", "at": "question:born", "into": "page:you", "index": 0}, {"do": "remove", "at": "page:dog"})
    mine = changed(base(), {"do": "move", "at": "question:kind", "into": "page:dog", "index": 0})
    found = {one.key: one for one in updates(base(), theirs, mine)}
    assert found["removed:page:dog"].state == "adapted"
    with pytest.raises(Rejected) as rejected:
        take(theirs, mine, list(found.values()))
    assert rejected.value.where == ("question:kind",)
    with pytest.raises(Rejected):  # nor is a question that the origin only moved, when its move is left
        take(theirs, base(), [one for one in updates(base(), theirs, base()) if one.what == "removed"])


def test_a_question_that_a_rule_of_ours_reads_is_not_taken_away() -> None:
    theirs = changed(base(), {"do": "remove", "at": "question:kind"})
    mine = changed(base(), {"do": "set", "at": "question:name", "key": "show_if", "value": {"==": [{"var": "kind"}, "a"]}})
    with pytest.raises(Rejected) as rejected:
        take(theirs, mine, updates(base(), theirs, mine))
    assert rejected.value.where == ("question:name",)


def test_questions_that_moved_to_a_new_page_come_with_it() -> None:
    theirs = changed(
        base(), PAGE, {"do": "move", "at": "question:born", "into": "page:more", "index": 0}, {"do": "remove", "at": "page:dog"}
    )
    result = taken(theirs, base(), updates(base(), theirs, base()))
    assert flat(result) == flat(theirs)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_taking_everything_gives_theirs_and_leaving_everything_gives_mine(data) -> None:
    """Whatever the origin did to a real form: all of it can be taken where nothing was adapted."""
    theirs = JIDO
    for _ in range(data.draw(st.integers(1, 5))):
        theirs = changed_somehow(theirs, data)
    found = updates(JIDO, theirs, JIDO)
    assert all(one.state == "clean" for one in found)
    assert flat(taken(theirs, JIDO, found)) == flat(theirs)
    assert taken(theirs, JIDO, []) == JIDO
    assert updates(JIDO, theirs, theirs) == ()


def changed_somehow(document: dict[str, Any], data: Any) -> dict[str, Any]:
    """One change that can be made: a text, a property, a new question, a removal, a move."""
    every = dict(parts(copy.deepcopy(document)))
    questions = [address for address, one in every.items() if one.kind == "question"]
    pages = [address for address, one in every.items() if one.kind == "page" and "questions" in one.part]
    at, page = data.draw(st.sampled_from(questions)), data.draw(st.sampled_from(pages))
    name = f"q{len(questions)}_{data.draw(st.integers(0, 9999))}"
    change = data.draw(
        st.sampled_from(
            [
                {"do": "text", "at": at, "key": "hint", "language": "ja", "value": name},
                {"do": "set", "at": at, "key": "required", "value": "soft"},
                {"do": "add", "into": page, "kind": "question", "part": {"id": name, "type": "text", "label": ja(name)}, "index": 0},
                {"do": "remove", "at": at},
                {"do": "move", "at": at, "into": page, "index": 0},
            ]
        )
    )
    try:
        return edit(document, change).document
    except Rejected:
        return document


def test_a_whole_form_of_the_library_taken_anew_loads() -> None:
    theirs = changed(JIDO, {**PAGE, "part": {**MORE, "title": {"ja": "ほか", "plain": "ほか", "en": "More"}}})
    load(taken(theirs, JIDO, updates(JIDO, theirs, JIDO)))
