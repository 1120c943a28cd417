"""Problems: one example a key, each with a sentence in three languages; what does not count is never complained about."""

from __future__ import annotations

from typing import Any

import pytest

from madoguchi.engines.forms import Problem, check, load, pick, say
from madoguchi.engines.forms.definition import TYPES
from madoguchi.engines.forms.problems import messages

from .make import ON, SAMPLE_ANSWERS, asks, choice, document, form_of, lists, page, repeat, sample, text

UNASKED = {"calculated", "information"}
FILE = {"id": "f", "name": "a.pdf", "type": "application/pdf", "size": 100}


def problems(answers: Any, *questions: dict[str, Any], **keys: Any) -> tuple[Problem, ...]:
    return check(form_of(*questions), answers, on=ON, lists=lists(), **keys)


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind not in UNASKED])
def test_required_and_soft(kind: str) -> None:
    (found,) = problems({}, asks("q", kind, required=True))
    assert (found.path, found.key, found.level, found.page) == ("q", f"{kind}.required", "error", "first")
    assert "質問" in say(found, "ja")
    (found,) = problems({}, asks("q", kind, required="soft"))
    assert found.level == "warning"
    assert problems({}, asks("q", kind)) == ()


ACCOUNT = SAMPLE_ANSWERS["account"]
HOME = {"postal": "135-0016", "prefecture": "東京都", "city": "江東区", "town": "東陽", "block": "4-11-28", "building": ""}


@pytest.mark.parametrize(
    ("kind", "keys", "value", "expected"),
    [
        ("text", {"max_length": 3}, "あいうえお", [("text.too_long", "")]),
        ("text", {"min_length": 3}, "あ", [("text.too_short", "")]),
        ("text", {"pattern": "digits"}, "12a", [("pattern.digits", "")]),
        ("text", {"pattern": "insurance_number"}, "12345678", []),
        ("text", {"pattern": "vehicle_number"}, "品川 500 あ 12-34", []),
        ("text", {"pattern": "vehicle_number"}, "くるま", [("pattern.vehicle_number", "")]),
        ("text", {"pattern": "alphanumeric"}, "あ", [("pattern.alphanumeric", "")]),
        ("text", {"pattern": "halfwidth"}, "Ａ", [("pattern.halfwidth", "")]),
        ("number", {"min": 1}, 0, [("number.too_small", "")]),
        ("number", {"max": "1.5", "decimals": 1}, "1.6", [("number.too_big", "")]),
        ("yen", {"max": 10000}, 10001, [("yen.too_big", "")]),
        ("yen", {"min": 0}, -1, [("yen.too_small", "")]),
        ("person_name", {}, {"family": "山田", "given": "花子"}, []),
        ("person_name", {"kana": "required"}, {"family": "山田", "given": "花子"},
         [("person_name.family_kana_missing", "family_kana"), ("person_name.given_kana_missing", "given_kana")]),
        ("person_name", {"kana": "none"}, {"given": "花子"}, [("person_name.family_missing", "family")]),
        ("person_name", {"kana": "none"}, {"family": "Suharto"}, [("person_name.given_missing", "given")]),
        ("person_name", {}, {"family": "山田", "given": "花", "family_kana": "山"}, [("person_name.kana_unreadable", "family_kana")]),
        ("address", {}, HOME, []),
        ("address", {}, HOME | {"postal": ""}, [("address.postal_missing", "postal")]),
        ("address", {}, {"postal": "1"}, [("postal.unreadable", "postal")]),
        ("address", {}, {"postal": "135-0016", "prefecture": "東京"}, [("address.city_missing", "city"), ("address.town_missing", "town")]),
        ("address", {}, HOME | {"prefecture": ""}, [("address.prefecture_missing", "prefecture")]),
        ("email", {}, "taro@gmial.com", [("email.suggestion", "")]),
        ("email", {}, "taro", [("email.no_at", "")]),
        ("phone", {}, "090-0000-8101", [("phone.unknown_number", "")]),
        ("phone", {}, "12", [("phone.wrong_length", "")]),
        ("choices", {"choices": [choice("a"), choice("b", exclusive=True)]}, ["a", "b"], [("choices.exclusive", "")]),
        ("choices", {"choices": [choice("a"), choice("b", exclusive=True)], "min": 2}, ["b"], []),
        ("choices", {"min": 2}, ["a"], [("choices.too_few", "")]),
        ("choices", {"max": 1}, ["a", "b"], [("choices.too_many", "")]),
        ("choices", {}, ["gone"], [("value.unreadable", "")]),
        ("lookup", {}, {"id": "t9", "label": "なくなった町"}, [("lookup.gone", "")]),
        ("lookup", {"list": "unknown-list"}, {"id": "t9", "label": "町"}, []),
        ("ranked", {"min": 2}, [{"id": "t1", "label": "み"}], [("ranked.too_few", "")]),
        ("ranked", {"max": 1}, [{"id": "t1", "label": "み"}, {"id": "t2", "label": "み"}], [("ranked.too_many", "")]),
        ("bank_account", {}, ACCOUNT, []),
        ("bank_account", {}, {"bank": ACCOUNT["bank"]}, [
            ("bank_account.branch_missing", "branch"), ("bank_account.kind_missing", "kind"),
            ("bank_account.number_missing", "number"), ("bank_account.holder_missing", "holder")]),
        ("bank_account", {}, ACCOUNT | {"branch": {"id": "999", "label": "なくなった支店"}}, [("lookup.gone", "branch")]),
        ("bank_account", {}, ACCOUNT | {"holder": "山田"}, [("bank_account.holder_unreadable", "holder")]),
        ("mynumber", {}, "123456789018", []),
        ("mynumber", {}, "123456789012", [("mynumber.check_digit", "")]),
        ("mynumber", {}, {"secret": "s1"}, []),
        ("corporate_number", {}, "1000012050002", [("corporate_number.check_digit", "")]),
        ("file", {"max_files": 1}, {"files": [FILE, FILE], "later": False}, [("file.too_many", "")]),
        ("file", {"max_mb": 1}, {"files": [FILE | {"size": 2**21}], "later": False}, [("file.too_big", "")]),
        ("file", {"accept": ["png"]}, {"files": [FILE], "later": False}, [("file.wrong_type", "")]),
        ("file", {}, {"files": [], "later": True}, [("file.required", "")]),
        ("file", {"later": True}, {"files": [], "later": True}, []),
        ("date", {}, "2026-02-30", [("value.unreadable", "")]),
        ("yes_no", {}, "yes", [("value.unreadable", "")]),
        ("declaration", {}, False, []),
    ],
)  # fmt: skip
def test_limits(kind: str, keys: dict[str, Any], value: Any, expected: list[tuple[str, str]]) -> None:
    found = problems({"q": value}, asks("q", kind, **keys))
    assert [(each.key, each.part) for each in found] == expected
    for each in found:
        for language in ("ja", "plain", "en"):
            sentence = say(each, language)
            assert "{" not in sentence
            assert sentence.strip() == sentence


def test_sentences_tell_what_to_do_in_the_reader_s_language() -> None:
    (found,) = problems({"q": 12000}, asks("q", "yen", max=10000, label={"ja": "家賃", "en": "Rent"}))
    assert say(found, "ja") == "家賃は10,000円以下で入力してください"
    assert say(found, "en") == "Enter 10,000 yen or less: Rent"
    assert say(found, "zh") == say(found, "ja")
    assert say(Problem("q", "no.such.key", params={"label": text("名前")}), "ja").startswith("名前を")
    assert say(Problem("q", "check", text={"ja": "直して", "plain": "{直|なお}して"}), "plain") == "直して"


def test_text_that_did_not_parse_is_told_instead_of_required() -> None:
    (found,) = problems({}, asks("q", "date", required=True), typed={"q": {"": "平成40年1月1日"}})
    assert found.key == "date.era_over"
    assert say(found, "ja") == "平成は2019年4月30日（平成31年）までです。質問の年号と年を確かめてください"
    assert problems({"q": "2024-04-15"}, asks("q", "date"), typed={"q": {"": "令和6年4月15日"}}) == ()
    assert problems({}, asks("q", "ranked"), typed={"q": {"": "t1\nどこか"}})[0].key == "lookup.not_found"
    two = problems({}, asks("q", "bank_account"), typed={"q": {"bank": "どこか", "number": "x"}})
    assert [each.part for each in two] == ["bank", "number"]
    assert problems({}, asks("q"), typed={"q": "nonsense", "z": {"": "x"}}) == ()


def test_the_author_s_checks() -> None:
    own = {"that": {"<=": [{"var": "q"}, {"today": []}]}, "say": {"ja": "未来の日です", "en": "In the future"}}
    question = asks("q", "date", checks=[own | {"level": "warning"}, own])
    found = problems({"q": "2030-01-01"}, question)
    assert [(each.key, each.level, say(each, "en")) for each in found] == [
        ("check", "warning", "In the future"), ("check", "error", "In the future"),
    ]  # fmt: skip
    assert problems({}, question) == (), "a check that is unknown passes"
    broken = asks("q", "number", checks=[{"that": {">": [{"/": [1, {"var": "q"}]}, 0]}, "say": text()}])
    (error,) = problems({"q": 0}, broken)
    assert (error.key, error.level, error.params["reason"]) == ("rule.error", "error", "rule.divided_by_zero")


def test_what_does_not_count_is_not_checked() -> None:
    hidden = asks("b", "number", required=True, min=5, show_if={"var": "a"})
    assert problems({"a": False, "b": 1}, asks("a", "yes_no"), hidden, typed={"b": {"": "x"}}) == ()
    assert [each.path for each in problems({"a": True, "b": 1}, asks("a", "yes_no"), hidden)] == ["b"]


def test_rows_too_few_too_many_and_inside() -> None:
    rows = page(asks("q", required=True), repeat=repeat(min=1, max=2))
    form = load(document(pages=[rows]))
    (few,) = check(form, {}, on=ON)
    assert (few.path, few.key) == ("child", "repeat.too_few")
    assert say(few, "en") == "Add more: Child (at least 1 needed, now 0)"
    many = check(form, {"child": [{"row": f"r{i}", "q": "x"} for i in range(3)]}, on=ON)
    assert [each.key for each in many] == ["repeat.too_many"]
    inside = check(form, {"child": [{"row": "r1", "q": "x"}, {"row": "r2"}]}, on=ON)
    assert [each.path for each in inside] == ["child[r2].q"]


def test_checks_over_all_rows_of_the_own_group() -> None:
    one_first = {"<=": [{"count": ["child", {"var": "first"}]}, 1]}
    rows = page(asks("first", "yes_no", checks=[{"that": one_first, "say": text("一人だけ選んでください")}]), repeat=repeat())
    answers = {"child": [{"row": "r1", "first": True}, {"row": "r2", "first": True}]}
    assert [each.path for each in check(load(document(pages=[rows])), answers, on=ON)] == ["child[r1].first", "child[r2].first"]


def test_limiting_to_pages_and_rows() -> None:
    answers = {"child": [{"row": "r1"}, {"row": "r2"}]}
    form = sample()
    whole = {each.path for each in check(form, answers, on=ON)}
    assert {"name", "child[r1].child_name", "child[r2].child_name", "account"} <= whole
    assert {each.path for each in check(form, answers, on=ON, pages=["you"])} == {"name", "birth", "work"}
    assert {each.path for each in check(form, answers, on=ON, pages=["children/r2"])} == {"child[r2].child_name", "child[r2].child_birth"}
    assert {each.path for each in check(form, {}, on=ON, pages=["children"])} == {"child"}
    assert check(form, {"work": "public"}, on=ON, pages=["public-servant"]) == ()


def test_every_sentence_is_there_in_three_languages_and_speaks_plainly() -> None:
    forbidden = ("canonical", "None", "path", "rule.", "値が不正", "エラー", "invalid")
    for key, sentences in messages().items():
        assert set(sentences) == {"ja", "plain", "en"}, key
        for language, sentence in sentences.items():
            assert sentence, key
            assert pick(sentences, language) == sentence, "no furigana marks in messages"
            assert not any(word in sentence for word in forbidden), key
        if not key.startswith("rule.") or key == "rule.error":
            assert any(words in sentences["ja"] for words in ("ください", "進めます")), key
