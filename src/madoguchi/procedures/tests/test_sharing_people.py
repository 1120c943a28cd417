"""Nobody leaves with an example: odd shapes, old answers, names in any writing, and what may not stand in a text."""

from __future__ import annotations

import pytest
from django_scopes import scope

from madoguchi.accounts.tests.make import make_division, make_municipality
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import prepare, shared_of
from madoguchi.procedures.models import Procedure, SharedProcedure
from madoguchi.procedures.tests.make import form, make_procedure, words
from madoguchi.procedures.tests.test_sharing import NOTES, example, shared


@pytest.fixture
def told(division) -> Procedure:
    return make_procedure(division, notice_texts={"granted": {"title": words("決定"), "body": words("{name} 様 {reason}")}})


SECRET = "秘密花子"


@pytest.mark.parametrize(
    "answers",
    [
        {"friend": {"family": SECRET, "given": "x"}},
        {"kids": [{"row": SECRET, "name": {"family": SECRET, "given": ""}}]},
        {"kids": {"name": SECRET}},
        {"old_mynumber": SECRET},
    ],
)
def test_what_the_form_does_not_ask_stays_here(told, answers) -> None:
    assert SECRET not in str(prepare(procedure=told, examples=[example(**answers)], notes=NOTES).examples)


def test_an_individual_number_leaves_as_the_sample(division) -> None:
    document = form()
    document["pages"][0]["questions"].append({"id": "mine", "type": "mynumber", "label": words("個人番号", "My Number")})
    procedure = make_procedure(division, document=document, entitled_to_mynumber=True)
    made = prepare(procedure=procedure, examples=[example(mine="987654321098")], notes=NOTES).examples
    assert made[0]["answers"]["mine"] == "123456789018"


def test_the_name_of_an_example_stays_here(told) -> None:
    made = prepare(procedure=told, examples=[{**example(), "id": SECRET, "note": words(SECRET)}], notes=NOTES).examples
    assert (SECRET not in str(made), made[0]["id"]) == (True, "e1")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("date", SECRET), ("date", "2026-02-31"), ("date", 5), ("number", "090-1234-5678"), ("number", 123456789018), ("yes_no", SECRET),
        ("declaration", {"agreed": True, "name": SECRET}), ("year_month", "2026-99"), ("address", SECRET), ("phone", [SECRET]), ("yen", SECRET),
        ("bank_account", {}), ("bank_account", {"bank": {"id": "0001", "label": SECRET}}), ("file", [SECRET]), ("file", {"files": [SECRET]}),
        ("person_name", SECRET), ("person_name", [SECRET]), ("corporate_number", 1), ("email", {}), ("text", [SECRET]), ("long_text", 7),
    ],
)  # fmt: skip
def test_an_answer_in_another_shape_is_refused_even_where_an_error_is_expected(division, kind, value) -> None:
    document = form()
    document["pages"][0]["questions"].append({"id": "odd", "type": kind, "label": words("ほか", "Other")})
    procedure = make_procedure(division, document=document)
    with pytest.raises(Refused) as refused:
        prepare(procedure=procedure, examples=[{**example(odd=value), "expect": ["value.unreadable"]}], notes=NOTES)
    assert (refused.value.code, refused.value.details["question"]) == ("unreadable_in_example", "odd")


@pytest.mark.parametrize(
    "text",
    [
        "佐藤さんにもらった",
        "佐藤花子にもらった",
        "じつざいさん",
        "実 在さん",
        "東陽4-1-2に住む",
        "東陽4丁目",
        "昭和60年1月2日生",
        "ﾀﾛｳの犬",
    ],
)
def test_names_in_any_writing_addresses_and_births_are_refused(division, text) -> None:
    with pytest.raises(Refused) as refused:
        prepare(procedure=make_procedure(division), examples=[example(kind="given", giver=text)], notes=NOTES)
    assert refused.value.code == "people_in_example"


@pytest.mark.parametrize("pattern", ["halfwidth", "alphanumeric"])
def test_a_pattern_that_lets_names_through_makes_no_number(division, pattern) -> None:
    document = form()
    document["pages"][0]["questions"].append({"id": "code", "type": "text", "label": words("番号", "Code"), "pattern": pattern})
    procedure = make_procedure(division, document=document)
    given = {"name": {"family": "Jitsuzai", "given": "Taro", "family_kana": "ジツザイ", "given_kana": "タロウ"}, "code": "JitsuzaiTaro"}
    with pytest.raises(Refused):
        prepare(procedure=procedure, examples=[example(**given)], notes=NOTES)


def test_a_birth_is_another_one_whatever_its_question_is_called(division) -> None:
    document = form()
    document["pages"][0]["questions"].append({"id": "dob", "type": "date", "label": words("生年月日", "Born")})
    procedure = make_procedure(division, document=document)
    made = prepare(procedure=procedure, examples=[example(dob="1985-03-07")], notes=NOTES).examples
    assert made[0]["answers"]["dob"] != "1985-03-07"


@pytest.mark.parametrize(
    "text",
    [
        "０３－５５５５－１２３４",
        "03(5555)1234",
        "0355551234",
        "03ー5555ー1234",
        "+81-3-5555-1234",
        "a＠b",
        "ｈｔｔｐｓ：／／x",
        "city.koto.lg.jp",
    ],
)
def test_addresses_in_any_width_are_refused(told, text) -> None:
    with pytest.raises(Refused) as refused:
        prepare(procedure=told, examples=[example()], notes={**NOTES, "story": text})
    assert refused.value.code == "forbidden_text"


def test_the_name_of_a_colleague_is_refused(told, designer) -> None:
    with pytest.raises(Refused) as refused:
        prepare(procedure=told, examples=[example()], notes={**NOTES, "story": f"担当は{designer.name.replace(' ', '')}です"})
    assert refused.value.code == "forbidden_text"


def test_an_example_that_cannot_leave_is_left_out_and_said(division) -> None:
    procedure = make_procedure(division)
    bad = {**example(kind="given", giver="佐藤さん"), "id": "bad"}
    prepared = prepare(procedure=procedure, examples=[bad, example()], notes=NOTES)
    assert [one["id"] for one in prepared.examples] == ["e2"]
    assert [name for name, _sentence in prepared.left] == ["bad"]


def test_two_municipalities_never_write_one_entry(told, db) -> None:
    shared(told)
    odd = make_municipality("koto--x", name="架空市", name_en="Nowhere")
    SharedProcedure.objects.update(slug="koto--x--dog", origin="koto", procedure="x--dog")
    with scope(municipality=odd):
        theirs = make_procedure(make_division("kankyo"))
        with pytest.raises(Refused) as refused:
            shared(theirs)
        assert refused.value.code == "slug_taken"
        assert shared_of(theirs) is None
