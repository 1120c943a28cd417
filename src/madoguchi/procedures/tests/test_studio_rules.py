"""Calculations and checks in the studio: chosen by kind, shown back as a sentence, left alone where they say more."""

from __future__ import annotations

from typing import Any

import pytest

from madoguchi.engines.forms import lint, load
from madoguchi.procedures.actions import change_draft
from madoguchi.procedures.tests.at_studio import STUDIO, body_of, document_of, panel
from madoguchi.procedures.tests.make import words

NEW = [
    {"id": "copies", "type": "number", "label": words("枚数", "Copies")},
    {"id": "price", "type": "yen", "label": words("値段", "Price")},
    {"id": "day", "type": "date", "label": words("日", "Day")},
    {"id": "mail", "type": "text", "label": words("文字", "Text")},
    {"id": "home", "type": "address", "label": words("住所", "Home")},
    {"id": "likes", "type": "choices", "label": words("好み", "Likes"), "choices": [{"id": "a", "label": words("散歩")}, {"id": "b", "label": words("昼寝")}]},
]  # fmt: skip
DOGS = {
    "id": "dogs", "title": words("犬"), "repeat": {"id": "each_dog", "item": words("犬"), "min": 1, "max": 5},
    "questions": [{"id": "born", "type": "date", "label": words("生まれた日")}, {"id": "fee", "type": "yen", "label": words("手数料")},
                  {"id": "walks", "type": "number", "label": words("散歩")}],
}  # fmt: skip


@pytest.fixture
def rich(draft, designer):
    changes = [{"do": "add", "into": "page:you", "kind": "question", "part": one} for one in NEW]
    return change_draft(draft=draft, changes=[*changes, {"do": "add", "into": "", "kind": "page", "part": DOGS}], edition=0, by=designer)


OTHERS = {
    "id": "cats", "title": words("猫"), "repeat": {"id": "each_cat", "item": words("猫"), "min": 1, "max": 5},
    "questions": [{"id": "price_of_cat", "type": "yen", "label": words("値段")}],
}  # fmt: skip


def post(client: Any, draft: Any, **given: Any) -> Any:
    draft.refresh_from_db()
    return client.post(STUDIO, {"edition": draft.edition, **given})


def calculation(draft: Any) -> dict[str, Any]:
    return document_of(draft)["calculations"][0]


CHOSEN: list[tuple[str, dict[str, str], Any]] = [
    ("total", {"o0_what": "var:copies", "o1_what": "number", "o1_value": "３"}, {"+": [{"var": "copies"}, 3]}),
    ("difference", {"o0_what": "var:price", "o1_what": "var:copies"}, {"-": [{"var": "price"}, {"var": "copies"}]}),
    ("product", {"o0_what": "var:copies", "o1_what": "number", "o1_value": "0.5"}, {"*": [{"var": "copies"}, {"decimal": "0.5"}]}),
    ("quotient", {"o0_what": "var:price", "o1_what": "number", "o1_value": "10"}, {"round_down": [{"/": [{"var": "price"}, 10]}]}),
    ("round", {"o0_what": "var:price", "digits": "-2"}, {"round_down": [{"var": "price"}, -2]}),
    ("sum", {"o0_what": "each_dog|fee"}, {"sum": ["each_dog", {"var": "fee"}]}),
    ("count", {"group": "each_dog"}, {"count": ["each_dog", True]}),
    (
        "count",
        {"group": "each_dog", "f0_question": "born", "f0_operator": "age<", "f0_value": "3"},
        {"count": ["each_dog", {"<": [{"age": [{"var": "born"}, {"today": []}]}, 3]}]},
    ),
    ("age", {"o0_what": "var:day", "o1_what": "today"}, {"age": [{"var": "day"}, {"today": []}]}),
    ("days", {"o0_what": "date", "o0_value": "令和8年4月1日", "o1_what": "var:day"}, {"days_between": [{"date": "2026-04-01"}, {"var": "day"}]}),
    ("fiscal_year", {"o0_what": "var:day"}, {"fiscal_year": [{"var": "day"}]}),
    (
        "if",
        {"f0_question": "kind", "f0_operator": "==", "f0_value": "もらった", "o0_what": "var:price", "o1_what": "number", "o1_value": "0"},
        {"if": [{"==": [{"var": "kind"}, "given"]}, {"var": "price"}, 0]},
    ),
    ("same", {"o0_what": "var:price"}, {"var": "price"}),
    ("greater", {"o0_what": "number", "o0_value": "0", "o1_what": "var:price"}, {"max": [0, {"var": "price"}]}),
    ("smaller", {"o0_what": "var:price", "o1_what": "var:copies"}, {"min": [{"var": "price"}, {"var": "copies"}]}),
    ("sum_product", {"o0_what": "each_dog|fee", "o1_what": "each_dog|walks"}, {"sum": ["each_dog", {"*": [{"var": "fee"}, {"var": "walks"}]}]}),
    ("later_days", {"o0_what": "var:day", "o1_what": "number", "o1_value": "14"}, {"add_days": [{"var": "day"}, 14]}),
    ("later_months", {"o0_what": "today", "o1_what": "number", "o1_value": "-3"}, {"add_months": [{"today": []}, -3]}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "given", "rule"), CHOSEN)
def test_a_calculation_is_chosen_shown_as_a_sentence_and_saved_again_unchanged(at_work, rich, kind, given, rule) -> None:
    answer = post(at_work, rich, act="add_calculation", at="", kind=kind)
    assert answer["Location"].endswith(f"?at=calculation%3Acalc1&kind={kind}#part")
    assert at_work.get(answer["Location"]).status_code == 200
    gives = "date" if kind.startswith("later") else "yen"
    assert post(at_work, rich, act="save", at="calculation:calc1", kind=kind, gives=gives, **given).status_code == 302
    assert calculation(rich) == {"id": "calc1", "type": gives, "value": rule}
    load(rich.document)
    page = at_work.get(STUDIO, {"at": "calculation:calc1"})
    assert "計算：" in body_of(page)
    before = rich.edition
    assert at_work.post(STUDIO, {**panel(at_work, "calculation:calc1"), "act": "save"}).status_code == 302
    assert (calculation(rich)["value"], rich.edition) == (rule, before)


FAULTY: list[tuple[str, dict[str, str], str]] = [
    ("total", {"o0_what": "var:copies"}, "選んでください。"),
    ("total", {"o0_what": "var:copies", "o1_what": "number", "o1_value": "多い"}, "数字で入力してください。"),
    ("days", {"o0_what": "var:day", "o1_what": "date", "o1_value": "きのう"}, "日付を読み取れません。"),
    ("count", {}, "数える繰り返しを選んでください。"),
    ("count", {"group": "each_dog", "f0_question": "born", "f0_operator": "==", "f0_value": "3"}, "その比べ方ができません"),
    ("if", {"o0_what": "var:price", "o1_what": "number", "o1_value": "0"}, "条件を選んでください。"),
    (
        "if",
        {"f0_question": "born", "f0_operator": "answered", "o0_what": "var:price", "o1_what": "number", "o1_value": "0"},
        "繰り返しの中の項目は、ここでは使えません。",
    ),
    ("same", {"o0_what": "var:day"}, "この計算の答えは「日付」です。"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "given", "sentence"), FAULTY)
def test_a_calculation_that_does_not_fit_is_shown_again_as_typed(at_work, rich, kind, given, sentence) -> None:
    post(at_work, rich, act="add_calculation", at="", kind=kind)
    answer = post(at_work, rich, act="save", at="calculation:calc1", kind=kind, gives="number", **given)
    assert answer.status_code == 400
    assert sentence in body_of(answer)
    assert "value" not in calculation(rich)


def test_a_calculation_written_by_hand_stays_and_says_so_until_another_is_chosen(at_work, rich, designer) -> None:
    rule = {"max": [0, {"-": [{"var": "price"}, 100]}]}  # two steps at once
    part = {"id": "calc1", "type": "yen", "value": rule}
    change_draft(draft=rich, changes=[{"do": "add", "into": "", "kind": "calculation", "part": part}], edition=1, by=designer)
    assert "手で書かれています" in body_of(at_work.get(STUDIO, {"at": "calculation:calc1"}))
    at_work.post(STUDIO, {**panel(at_work, "calculation:calc1"), "act": "save"})
    assert calculation(rich)["value"] == rule
    post(at_work, rich, act="save", at="calculation:calc1", kind="same", gives="yen", o0_what="var:price")
    assert calculation(rich)["value"] == {"var": "price"}


def test_what_is_multiplied_row_by_row_stands_in_one_group(at_work, rich, designer) -> None:
    change_draft(draft=rich, changes=[{"do": "add", "into": "", "kind": "page", "part": OTHERS}], edition=1, by=designer)
    post(at_work, rich, act="add_calculation", at="", kind="sum_product")
    given = {"kind": "sum_product", "gives": "yen", "o0_what": "each_dog|fee", "o1_what": "each_cat|price_of_cat"}
    answer = post(at_work, rich, act="save", at="calculation:calc1", **given)
    assert "同じ繰り返しの中の数" in body_of(answer)
    assert "value" not in calculation(rich)


def test_calculations_never_run_in_a_circle(at_work, rich) -> None:
    post(at_work, rich, act="add_calculation", at="", kind="same")
    post(at_work, rich, act="save", at="calculation:calc1", kind="same", gives="number", o0_what="var:copies")
    post(at_work, rich, act="add_calculation", at="", kind="same")
    post(at_work, rich, act="save", at="calculation:calc2", kind="same", gives="number", o0_what="var:calc1")
    page = at_work.get(STUDIO, {"at": "calculation:calc1", "kind": "same"})
    assert "var:calc2" not in [name for name, _label in page.context["form"].fields["o0_what"].choices]
    assert post(at_work, rich, act="save", at="calculation:calc1", kind="same", gives="number", o0_what="var:calc2").status_code == 400


def test_a_calculated_answer_shows_a_calculation(at_work, rich) -> None:
    post(at_work, rich, act="add_question", at="page:you", label="Shown", type="calculated")
    post(at_work, rich, act="save", at="question:shown", kind="product", gives="yen", label_ja="合計", label_en="Total", label_plain="合計",
         o0_what="var:copies", o1_what="number", o1_value="300")  # fmt: skip
    shown = next(one for one in document_of(rich)["pages"][0]["questions"] if one["id"] == "shown")
    assert (shown["value"], shown["format"], shown["label"]["ja"]) == ({"*": [{"var": "copies"}, 300]}, "yen", "合計")
    page = body_of(at_work.get(STUDIO, {"at": "question:shown"}))
    assert "合計" in page.partition('class="phone"')[2]


# -- checks -----------------------------------------------------------------------------------------------------------------------------------

CHECKS: list[tuple[str, dict[str, str], Any]] = [
    ("copies", {"operator": "<=", "other": "value", "other_value": "１０"}, {"<=": [{"var": "copies"}, 10]}),
    ("price", {"operator": ">=", "other": "var:copies"}, {">=": [{"var": "price"}, {"var": "copies"}]}),
    ("day", {"measure": "", "operator": "<=", "other": "today"}, {"<=": [{"var": "day"}, {"today": []}]}),
    ("day", {"measure": "", "operator": "<=", "other": "months", "other_value": "7"}, {"<=": [{"var": "day"}, {"add_months": [{"today": []}, 7]}]}),
    ("day", {"measure": "", "operator": ">=", "other": "days", "other_value": "-14"}, {">=": [{"var": "day"}, {"add_days": [{"today": []}, -14]}]}),
    ("day", {"measure": "age", "operator": ">=", "other": "value", "other_value": "18"}, {">=": [{"age": [{"var": "day"}, {"today": []}]}, 18]}),
    ("mail", {"measure": "length", "operator": "<", "other": "value", "other_value": "20"}, {"<": [{"length": [{"var": "mail"}]}, 20]}),
    ("mail", {"measure": "matches", "other": "pattern:digits"}, {"matches": [{"var": "mail"}, "digits"]}),
    ("home", {"part": "city", "operator": "==", "other": "value", "other_value": "江東区"}, {"==": [{"var": "home.city"}, "江東区"]}),
    ("likes", {"measure": "", "operator": "has_not", "other": "value", "other_value": "昼寝"}, {"not": [{"in": ["b", {"var": "likes"}]}]}),
    ("kind", {"operator": "!=", "other": "value", "other_value": "生まれた"}, {"!=": [{"var": "kind"}, "born"]}),
]  # fmt: skip


@pytest.mark.parametrize(("question", "given", "rule"), CHECKS)
def test_a_check_is_chosen_and_saved_again_unchanged(at_work, rich, question, given, rule) -> None:
    answer = post(at_work, rich, act="add_check", at=f"question:{question}", say="直してください。")
    at = f"check:{question}/0"
    assert f"at=check%3A{question}%2F0" in answer["Location"]
    sent = {"say_ja": "直してください。", "say_en": "Please mend this.", "say_plain": "なおして ください。", "level": "warning", **given}
    assert post(at_work, rich, act="save", at=at, **sent).status_code == 302
    check = next(one for one in document_of(rich)["pages"][0]["questions"] if one["id"] == question)["checks"][0]
    say = {"ja": "直してください。", "en": "Please mend this.", "plain": "なおして ください。"}
    assert check == {"that": rule, "say": say, "level": "warning"}
    assert not [one for one in lint(load(rich.document)) if one.level == "error"]
    before = rich.edition
    assert at_work.post(STUDIO, {**panel(at_work, at), "act": "save"}).status_code == 302
    rich.refresh_from_db()
    assert rich.edition == before
    assert "でないとき" in body_of(at_work.get(STUDIO, {"at": f"question:{question}"}))


@pytest.mark.parametrize(
    ("question", "given", "sentence"),
    [
        ("copies", {"operator": "<=", "other": "value", "other_value": "多い"}, "数字で入力してください。"),
        ("mail", {"measure": "", "operator": "<", "other": "value", "other_value": "x"}, "その比べ方ができません"),
        ("mail", {"measure": "matches", "operator": "==", "other": "value"}, "文字の形を選んでください。"),
        ("home", {"operator": "==", "other": "value", "other_value": "x"}, "選んでください。"),
        ("day", {"measure": "", "operator": "<", "other": "days", "other_value": "99999"}, "36,500まで"),
        ("likes", {"measure": "", "operator": "has", "other": "value", "other_value": "釣り"}, "選択肢の文をそのまま"),
    ],
)  # fmt: skip
def test_a_check_that_does_not_fit_is_shown_again_as_typed(at_work, rich, question, given, sentence) -> None:
    post(at_work, rich, act="add_check", at=f"question:{question}", say="直してください。")
    answer = post(at_work, rich, act="save", at=f"check:{question}/0", say_ja="変えた文", level="error", **given)
    assert answer.status_code == 400
    assert sentence in body_of(answer)
    assert "変えた文" in body_of(answer)


def test_a_check_written_by_hand_stays_its_words_can_change_and_it_can_be_chosen_anew(at_work, rich, designer) -> None:
    rule = {"or": [{"==": [{"var": "kind"}, "born"]}, {"<": [{"var": "copies"}, 3]}]}
    part = {"that": rule, "say": words("直して")}
    change_draft(draft=rich, changes=[{"do": "add", "into": "question:copies", "kind": "check", "part": part}], edition=1, by=designer)
    assert "手で書かれています" in body_of(at_work.get(STUDIO, {"at": "check:copies/0"}))
    at_work.post(STUDIO, {**panel(at_work, "check:copies/0"), "act": "save", "say_ja": "直してください"})
    check = document_of(rich)["pages"][0]["questions"][3]["checks"][0]
    assert (check["that"], check["say"]["ja"]) == (rule, "直してください")
    anew = {"act": "save", "at": "check:copies/0", "kind": "anew", "operator": "<", "other": "value", "other_value": "5"}
    post(at_work, rich, **anew, say_ja="直してください", say_en="x", say_plain="x", level="error")
    assert document_of(rich)["pages"][0]["questions"][3]["checks"][0]["that"] == {"<": [{"var": "copies"}, 5]}


def test_checks_move_and_go(at_work, rich) -> None:
    for say in ("一", "二"):
        post(at_work, rich, act="add_check", at="question:copies", say=say)
    answer = post(at_work, rich, act="down", at="check:copies/0")
    assert "at=check%3Acopies%2F1" in answer["Location"]
    said = [one["say"]["ja"] for one in document_of(rich)["pages"][0]["questions"][3]["checks"]]
    assert said == ["二", "一"]
    post(at_work, rich, act="remove", at="check:copies/0")
    assert [one["say"]["ja"] for one in document_of(rich)["pages"][0]["questions"][3]["checks"]] == ["一"]
