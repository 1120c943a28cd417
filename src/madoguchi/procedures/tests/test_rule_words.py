"""Every operator of the rules can be said; nothing is left out."""

from __future__ import annotations

import json

import pytest

from madoguchi.engines.forms import TYPES as ALL
from madoguchi.engines.forms import load
from madoguchi.engines.forms.rule_words import Wording
from madoguchi.procedures.actions import LIBRARY
from madoguchi.procedures.tests.make import words
from madoguchi.procedures.views.readable import TYPES, readable

DOCUMENT = {
    "schema": 1,
    "id": "rules",
    "languages": ["ja"],
    "title": words("題"),
    "pages": [
        {
            "id": "p",
            "title": words("頁"),
            "questions": [
                {"id": "born", "type": "date", "label": words("生年月日")},
                {"id": "sure", "type": "yes_no", "label": words("確か")},
                {"id": "fee", "type": "yen", "label": words("金額")},
                {"id": "home", "type": "address", "label": words("住所")},
                {
                    "id": "work",
                    "type": "choice",
                    "label": words("仕事"),
                    "choices": [{"id": "a", "label": words("会社")}, {"id": "b", "label": words("役所")}],
                },
            ],
        },
        {
            "id": "r",
            "title": words("子"),
            "repeat": {"id": "child", "item": words("お子さま")},
            "questions": [{"id": "child_born", "type": "date", "label": words("子の生年月日")}],
        },
    ],
    "calculations": [{"id": "total", "type": "number", "value": {"count": ["child", True]}}],
}
WORK, BORN, FEE = {"var": "work"}, {"var": "born"}, {"var": ["fee"]}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (None, ""),
        (True, "はい"),
        ({"==": [WORK, "a"]}, "「仕事」が「会社」"),
        ({"!=": [WORK, "c"]}, "「仕事」が「c」でない"),
        ({"in": [WORK, ["a", "b"]]}, "「仕事」が「会社」・「役所」のどれか"),
        ({"in": ["a", WORK]}, "「仕事」に「会社」がある"),
        ({"==": [{"var": "sure"}, False]}, "「確か」がいいえ"),
        ({"<=": [BORN, {"today": []}]}, "「生年月日」が今日以前"),
        ({">": [BORN, {"date": "2026-04-01"}]}, "「生年月日」が2026年4月1日より後"),
        ({">=": [FEE, 100]}, "「金額」が100以上"),
        ({"<": [{"var": "total"}, {"decimal": "0.5"}]}, "〈total〉が0.5より小さい"),
        ({"==": [{"var": "home.city"}, "江東区"]}, "「住所」の市区町村が「江東区」"),
        (
            {"and": [{"==": [WORK, "a"]}, {"or": [{"answered": [BORN]}, {"not": [{"var": "sure"}]}]}]},
            "「仕事」が「会社」、かつ（「生年月日」に答えがある、または（「確か」）ではない）",
        ),
        ({"age": [BORN, {"today": []}]}, "「生年月日」から数えた今日の年齢"),
        ({"add_months": [BORN, 36]}, "「生年月日」の36か月後"),
        (
            {"count": ["child", {"<": [{"age": [{"var": "child_born"}, {"today": []}]}, 3]}]},
            "「お子さま」のうち（「子の生年月日」から数えた今日の年齢が3より小さい）の数",
        ),
        ({"max": [0, {"-": [FEE, 100]}]}, "（0、「金額」 − 100）の最大"),
        ({"max": ["child", 1]}, "「お子さま」の（1）の最大"),
        ({"if": [{"var": "sure"}, 1, 2]}, "もし「確か」なら1、そうでなければ2"),
        ({"never_heard": [1]}, "never_heard（1）"),
        ({"a": 1, "b": 2}, "{'a': 1, 'b': 2}"),
    ],
)
def test_rules_in_words(rule, said) -> None:
    assert Wording(load(DOCUMENT)).say(rule) == said


@pytest.mark.parametrize("name", sorted(path.parent.name for path in LIBRARY.glob("*/form.json")))
def test_every_form_of_the_library_is_readable(name) -> None:
    form = load(json.loads((LIBRARY / name / "form.json").read_text(encoding="utf-8")))
    whole = readable(form)
    shown = [question["id"] for page in whole["pages"] for section in page["sections"] for question in section["questions"]]
    assert shown == [question.id for page in form.pages for section in page.sections for question in section.questions]
    assert "{'" not in json.dumps(whole, ensure_ascii=False, default=str)


def test_every_type_has_a_name() -> None:
    assert set(TYPES) == set(ALL)
