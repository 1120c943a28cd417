"""Classes of change between two versions of a form."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from madoguchi.engines.forms import classify, differences, load

FORM = json.loads((Path(__file__).parent / "jido_teate.json").read_text(encoding="utf-8"))
EXTRA = {"id": "nickname", "type": "text", "label": {"ja": "呼び名", "plain": "よびな", "en": "Nickname"}}


def changed(change) -> Any:
    document = copy.deepcopy(FORM)
    change(document)
    return document


def you(document: dict[str, Any]) -> Any:
    return document["pages"][0]["questions"]


def find(change) -> tuple[str, set[str]]:
    old, new = load(FORM), load(changed(change))
    return classify(old, new), {each.key for each in differences(old, new)}


def test_the_same_document_has_no_difference() -> None:
    assert differences(load(FORM), load(copy.deepcopy(FORM))) == ()
    assert classify(load(FORM), load(FORM)) == "wording"


CASES = {
    "form title": (lambda d: d["title"].update(ja="別の題"), "wording", "form.wording"),
    "page title": (lambda d: d["pages"][0]["title"].update(en="You"), "wording", "page.wording"),
    "label": (lambda d: you(d)[0]["label"].update(ja="氏名"), "wording", "question.wording"),
    "hint": (lambda d: you(d)[0].update(hint={"ja": "戸籍のとおりに"}), "wording", "question.wording"),
    "choice label": (lambda d: you(d)[2]["choices"][0]["label"].update(ja="会社員"), "wording", "question.wording"),
    "check's words": (lambda d: you(d)[1]["checks"][0]["say"].update(ja="別の文"), "wording", "question.wording"),
    "item": (lambda d: d["pages"][2]["repeat"]["item"].update(ja="子"), "wording", "repeat.wording"),
    "information": (lambda d: you(d).append({"id": "i", "type": "information", "label": {"ja": "お知らせ"}}), "wording", "question.added"),
    "optional question": (lambda d: you(d).append(EXTRA), "addition", "question.added"),
    "soft question": (lambda d: you(d).append({**EXTRA, "required": "soft"}), "addition", "question.added"),
    "choice": (lambda d: you(d)[2]["choices"].append({"id": "self", "label": {"ja": "自営業"}}), "addition", "question.choices_added"),
    "order of choices": (lambda d: you(d)[2]["choices"].reverse(), "addition", "question.choices_order"),
    "order": (lambda d: you(d).insert(0, you(d).pop()), "addition", "form.order"),
    "warning": (
        lambda d: you(d)[3].update(checks=[{"that": {"answered": [{"var": "mail"}]}, "say": {"ja": "書くと便利です"}, "level": "warning"}]),
        "addition",
        "question.checks",
    ),
    "unread calculation": (
        lambda d: d.setdefault("calculations", []).append({"id": "extra", "type": "number", "value": 1}),
        "addition",
        "calculation.added",
    ),
    "required question": (lambda d: you(d).append({**EXTRA, "required": True}), "meaning", "question.added"),
    "required": (lambda d: you(d)[3].update(required=True), "meaning", "question.required"),
    "type": (lambda d: you(d)[3].update(type="phone", concept="applicant.phone"), "meaning", "question.type"),
    "limit": (lambda d: d["pages"][2]["repeat"].update(max=3), "meaning", "repeat.rules"),
    "condition": (lambda d: you(d)[3].update(show_if={"==": [{"var": "work"}, "other"]}), "meaning", "question.condition"),
    "check": (lambda d: you(d)[1].pop("checks"), "meaning", "question.checks"),
    "choice's condition": (
        lambda d: you(d)[2]["choices"][0].update(show_if={"answered": [{"var": "birth"}]}),
        "meaning",
        "question.choices",
    ),
    "removed question": (lambda d: you(d).pop(3), "meaning", "question.removed"),
    "removed choice": (lambda d: you(d)[2]["choices"].pop(0), "meaning", "question.choices"),
    "ending page gone": (lambda d: d["pages"].pop(1), "meaning", "page.ends"),
    "ending for others": (lambda d: d["pages"][1].update(show_if={"==": [{"var": "work"}, "company"]}), "meaning", "page.ends"),
    "amendable": (lambda d: you(d)[3].update(amendable=True), "meaning", "question.rules"),
    "another form": (lambda d: d.update(id="other"), "meaning", "form.id"),
}


@pytest.mark.parametrize("name", CASES)
def test_each_change_has_its_class(name) -> None:
    change, level, key = CASES[name]
    found, keys = find(change)
    assert (found, key in keys) == (level, True), keys


def test_a_new_choice_is_no_change_of_wording() -> None:
    change, _, _ = CASES["choice"]
    assert find(change) == ("addition", {"question.choices_added"})


def test_a_condition_that_moves_to_its_page_asks_the_same() -> None:
    rule = {"==": [{"var": "work"}, "other"]}
    page = {"id": "more", "title": {"ja": "もう少し"}, "questions": [EXTRA]}
    old = changed(lambda d: d["pages"].append({**page, "questions": [{**EXTRA, "show_if": rule}]}))
    new = changed(lambda d: d["pages"].append({**page, "show_if": rule}))
    assert "question.condition" not in {each.key for each in differences(load(old), load(new))}


def test_a_difference_names_what_it_is_about() -> None:
    [difference] = differences(load(FORM), load(changed(lambda d: you(d).pop(3))))
    assert (difference.id, difference.text and difference.text["ja"], difference.level) == ("mail", "メールアドレス", "meaning")
