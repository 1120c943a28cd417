"""Typing and showing: examples by type, and nothing that anyone posts raises."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.engines.forms import MASKED, TYPES, parts_of, read, shape, show
from madoguchi.engines.forms.problems import messages

from .make import ON, choice, lists, question_of, reads

OWN: dict[str, dict[str, Any]] = {"calculated": {"value": 1, "format": "number"}, "number": {"decimals": 2}, "file": {"later": True}}
MYNUMBER = "123456789018"


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("text", "  こんにちは\u0000\u202e ", "こんにちは"),
        ("text", "一行\n二行", "一行 二行"),
        ("text", "　　", None),
        ("text", "辻󠄀𠮷👨‍👩‍👧神", "辻󠄀𠮷👨‍👩‍👧神"),
        ("long_text", "一\r\n二  \r\n\r\n三\n", "一\n二\n\n三"),
        ("kana", "やまだ はなこ", "ヤマダ ハナコ"),
        ("kana", "ﾔﾏﾀﾞ", "ヤマダ"),
        ("date", "令和６年４月１５日", "2024-04-15"),
        ("date", "S63/1/5", "1988-01-05"),
        ("date", "４月１５日", "2026-04-15"),
        ("date", "2024-04-15", "2024-04-15"),
        ("year_month", "令和8年4月", "2026-04"),
        ("phone", "０３（１２３４）５６７８", "03-1234-5678"),
        ("phone", "090-0000-8101", "090-0000-8101"),
        ("phone", "+1 650 253 0000", "+1-650-253-0000"),
        ("email", " ｔａｒｏ@Example.JP ", "taro@example.jp"),
        ("number", "１２", 12),
        ("number", "1,200", 1200),
        ("yen", "１万２千円", 12000),
        ("yen", "¥12,000", 12000),
        ("yes_no", "yes", True),
        ("yes_no", "no", False),
        ("yes_no", "perhaps", None),
        ("choice", "b", "b"),
        ("choice", "z", None),
        ("lookup", "t3", {"id": "t3", "label": "さくら台"}),
        ("lookup", "サクラダイ", {"id": "t3", "label": "さくら台"}),
        ("lookup", "さくら", {"id": "t3", "label": "さくら台"}),
        ("lookup", "みどり町", {"id": "t1", "label": "みどり町"}),
        ("lookup", "midori-machi", {"id": "t1", "label": "みどり町"}),
        ("lookup", "さくら第", {"id": "t3", "label": "さくら台"}),
        ("mynumber", "１２３４ ５６７８ ９０１８", MYNUMBER),
        ("corporate_number", "7-0000-1205-0002", "7000012050002"),
        ("declaration", "on", True),
        ("declaration", "", None),
        ("information", "x", None),
    ],
)
def test_understood(kind: str, typed: str, value: Any) -> None:
    reading = reads(kind, typed, **OWN.get(kind, {}) if kind != "number" else {})
    assert (reading.value, reading.problem) == (value, None)


@pytest.mark.parametrize(
    ("kind", "typed", "key"),
    [
        ("kana", "山田", "kana.unreadable"),
        ("date", "そのうち", "date.unreadable"),
        ("date", "2026-02-30", "date.no_such_day"),
        ("date", "平成40年1月1日", "date.era_over"),
        ("date", "令和1年4月1日", "date.era_not_begun"),
        ("date", "2026年4月", "date.incomplete"),
        ("date", "1600-01-01", "date.out_of_range"),
        ("year_month", "2026", "year_month.incomplete"),
        ("phone", "電話なし", "phone.unreadable"),
        ("phone", "1234", "phone.wrong_length"),
        ("email", "taro", "email.no_at"),
        ("email", "taro@", "email.unreadable"),
        ("email", f"{'a' * 300}@example.jp", "email.too_long"),
        ("number", "多い", "number.unreadable"),
        ("number", "1.5", "number.no_decimals"),
        ("number", "9" * 20, "number.far_too_big"),
        ("yen", "1.5円", "yen.no_decimals"),
        ("yen", "高い", "yen.unreadable"),
        ("lookup", "どこか", "lookup.not_found"),
        ("lookup", "中央", "lookup.ambiguous"),
        ("mynumber", "12345", "mynumber.wrong_length"),
        ("mynumber", "123456789012", "mynumber.check_digit"),
        ("mynumber", "番号", "mynumber.unreadable"),
        ("corporate_number", "1000012050002", "corporate_number.check_digit"),
        ("corporate_number", "12", "corporate_number.wrong_length"),
        ("corporate_number", "番号", "corporate_number.unreadable"),
        ("text", "あ" * 20_001, "text.far_too_long"),
    ],
)
def test_not_understood(kind: str, typed: str, key: str) -> None:
    reading = reads(kind, typed)
    assert reading.value is None
    assert reading.problem is not None
    assert reading.problem.key == key
    assert key in messages()
    assert (reading.typed is None) == (kind == "mynumber")  # an individual number is never kept as text


def test_decimals() -> None:
    assert reads("number", "1.50", decimals=2).value == "1.5"
    assert reads("number", "2", decimals=2).value == "2"
    assert reads("number", "0", decimals=2).value == "0"
    assert reads("number", "1.555", decimals=2).problem.key == "number.too_many_decimals"  # type: ignore[union-attr]
    assert reads("number", "3人", unit={"ja": "人"}).value == 3


def test_what_was_typed_is_kept_and_what_was_understood_is_shown_back() -> None:
    reading = reads("date", "令和6年4月15日")
    assert reading.typed == {"": "令和6年4月15日"}
    assert reading.understood == {"ja": "2024年4月15日（令和6年）", "plain": "2024年4月15日（令和6年）", "en": "15 April 2024"}
    assert reads("date", "2024-04-15").typed is None
    assert reads("date", "x").understood is None
    assert reads("text", "  x ").typed is None
    assert reads("yen", "1万円").understood["en"] == "10,000 yen"  # type: ignore[index]


def test_names() -> None:
    def name(**parts: str) -> Any:
        return reads("person_name", parts={part: [text] for part, text in parts.items()})

    whole = name(family="山田　花子", family_kana="やまだ はなこ")
    assert whole.value == {"family": "山田", "given": "花子", "family_kana": "ヤマダ", "given_kana": "ハナコ"}
    assert whole.understood["ja"] == "山田 花子（ヤマダ ハナコ）"
    assert whole.typed == {"family": "山田　花子", "family_kana": "やまだ はなこ"}
    assert name(family="𠮷田", given="\ufa19󠄀").value["given"] == "\ufa19󠄀"
    assert name(family="Suharto").value == {"family": "Suharto", "given": "", "family_kana": "", "given_kana": ""}
    assert name(family="山田", given="花子", given_kana="花子").problem.part == "given_kana"
    assert name(family="あ" * 300).problem.key == "person_name.too_long"
    assert name(given=" ").value is None
    kanaless = reads("person_name", parts={"family": ["山田"], "family_kana": ["やまだ"]}, kana="none")
    assert kanaless.value == {"family": "山田", "given": ""}


def test_addresses() -> None:
    parts = {"postal": ["１３５００１６"], "prefecture": ["東京都"], "city": ["江東区"], "town": ["東陽"], "block": ["四丁目１１番２８号"]}
    reading = reads("address", parts=parts)
    assert reading.value["postal"] == "135-0016"
    assert reading.value["block"] == "4-11-28"
    assert reading.value["building"] == ""
    assert reading.typed is not None
    assert reading.typed["block"] == "四丁目１１番２８号"
    assert reading.understood == dict.fromkeys(("ja", "plain", "en"), "〒135-0016 東京都江東区東陽4-11-28")
    assert reads("address", parts={"postal": ["12"]}).problem.part == "postal"  # type: ignore[union-attr]
    assert reads("address", parts={"city": ["あ" * 201]}).problem.key == "address.too_long"  # type: ignore[union-attr]


def test_entries_of_code_lists() -> None:
    old = {"id": "t1", "label": "旧みどり町"}
    assert reads("lookup", "t1", value=old).value == old, "the label stays as it was seen"
    gone = {"id": "t9", "label": "なくなった町"}
    assert reads("lookup", "t9", value=gone).value == gone, "an entry that left the list is not lost by saving the page"
    assert reads("lookup", parts={"": [""], "text": ["かいがん"]}).value["id"] == "t4"
    several = reads("lookup", "中央").problem
    assert several is not None
    assert several.params["ids"] == ("t5", "t6")
    wishes = reads("ranked", "t3", "", "t1", "t3", "海岸通り")
    assert [wish["id"] for wish in wishes.value] == ["t3", "t1", "t4"]
    assert reads("ranked", "t1", "t2", "t3", max=2).problem.key == "ranked.too_many"  # type: ignore[union-attr]
    assert reads("ranked", "どこか", "t1").problem.key == "lookup.not_found"  # type: ignore[union-attr]
    assert reads("ranked", "t3", "どこか").typed == {"": "t3\nどこか"}


def test_bank_accounts() -> None:
    def account(**parts: str) -> Any:
        return reads("bank_account", parts={part: [text] for part, text in parts.items()})

    whole = account(bank="あおば銀行", branch="えきまえ", kind="普通預金", number="１２３", holder="ﾔﾏﾀﾞ ﾘｮｳｺ")
    assert whole.value == {
        "bank": {"id": "0001", "label": "あおば銀行"},
        "branch": {"id": "002", "label": "駅前支店"},
        "kind": "ordinary",
        "number": "0000123",
        "holder": "ヤマダ リヨウコ",
    }
    assert show(question_of("bank_account"), whole.value, "en") == "あおば銀行 駅前支店 ordinary account 0000123 ヤマダ リヨウコ"
    assert account(branch="本店").problem.key == "bank_account.bank_first"
    assert account(bank="0001", branch="みなと").problem.part == "branch"
    assert account(bank="0001", number="12345678").problem.key == "bank_account.number_unreadable"
    assert account(holder="山田").problem.key == "bank_account.holder_unreadable"
    assert account(bank="どこか", number="x").problems[1].part == "number"
    assert account(bank="0001").value == {"bank": {"id": "0001", "label": "あおば銀行"}}


def test_choices_files_and_numbers_that_are_masked() -> None:
    assert reads("choices", "c", "z", "a", "a").value == ["a", "c"]
    stored = {"files": [{"id": "f1", "name": "a.pdf", "type": "pdf", "size": 1}], "later": False}
    assert reads("file", value=stored, parts={"later": ["yes"]}, later=True).value == stored | {"later": True}
    assert reads("file", value=stored, parts={"later": ["yes"]}).value == stored
    assert reads("file", parts={}).value is None
    assert reads("mynumber", MASKED, value={"secret": "s1"}).value == {"secret": "s1"}
    assert reads("mynumber", "", value={"secret": "s1"}).value is None


@pytest.mark.parametrize(
    ("kind", "value", "keys", "ja", "en"),
    [
        ("date", "2026-02-03", {}, "2026年2月3日（令和8年）", "3 February 2026"),
        ("date", "1860-01-01", {}, "1860年1月1日", "1 January 1860"),
        ("year_month", "2019-05", {}, "2019年5月（令和元年）", "May 2019"),
        ("yen", 12000, {}, "12,000円", "12,000 yen"),
        ("number", 3, {"unit": {"ja": "人", "en": "people"}}, "3人", "3 people"),
        ("number", "1234.5", {"decimals": 1}, "1,234.5", "1,234.5"),
        ("yes_no", False, {}, "いいえ", "No"),
        ("choices", ["a", "b"], {}, "選択肢a、選択肢b", "選択肢a, 選択肢b"),
        ("choice", "gone", {}, "", ""),
        ("lookup", {"id": "t1", "label": "旧みどり町"}, {}, "旧みどり町", "Midori-machi"),
        ("ranked", [{"id": "t3", "label": "さくら台"}, {"id": "t4", "label": "海"}], {}, "1. さくら台\n2. 海", "1. さくら台\n2. 海"),
        ("mynumber", MYNUMBER, {}, MASKED, MASKED),
        ("mynumber", {"secret": "s1"}, {}, MASKED, MASKED),
        ("declaration", True, {}, "確認しました", "Confirmed"),
        ("file", {"files": [{"id": "f", "name": "a.pdf"}], "later": True}, {}, "a.pdf\nあとで出します", "a.pdf\nTo be handed in later"),
        ("calculated", 5000, {"value": 1, "format": "yen"}, "5,000円", "5,000 yen"),
        ("calculated", "text", {"value": "x", "format": "text"}, "text", "text"),
        ("calculated", "nonsense", {"value": 1, "format": "yen"}, "", ""),
        ("date", "nonsense", {}, "", ""),
        ("text", None, {}, "", ""),
    ],
)
def test_show(kind: str, value: Any, keys: dict[str, Any], ja: str, en: str) -> None:
    question = question_of(kind, **keys)
    assert show(question, value, "ja", lists=lists()) == ja
    assert show(question, value, "en", lists=lists()) == en


QUESTIONS = {kind: question_of(kind, **OWN.get(kind, {})) for kind in TYPES}
PARTS = ("", "text", "family", "given", "family_kana", "postal", "block", "building", "bank", "branch", "kind", "number", "holder", "later")
TYPED = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="0123456789０１２３４５６７８９年月日令和平成元-ー/.@,円万千兆 　ﾔﾏﾀﾞ\ud800\u202e\x00辻\U000e0100", max_size=20),
    st.sampled_from(["0001", "本店", "t1", "みどり", "a", "yes", "1" * 500, MYNUMBER]),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6), TYPED),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*PARTS, "id", "label", "files", "secret", "row"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(PARTS), st.lists(TYPED, max_size=3), max_size=5), JSON)
def test_reading_never_raises_and_its_value_reads_back_as_itself(kind: str, parts: dict[str, list[str]], stored: Any) -> None:
    question = QUESTIONS[kind]
    reading = read(question, parts, on=ON, lists=lists(), value=stored)
    assert shape(question, reading.value) == reading.value
    assert reading.typed is None or all(isinstance(text, str) and "\x00" not in text for text in reading.typed.values())
    for problem in reading.problems:
        assert problem.key in messages(), problem
    for language in ("ja", "plain", "en"):
        assert isinstance(show(question, reading.value, language, lists=lists()), str)
    if reading.value is not None and kind not in ("mynumber", "file"):
        again = read(question, parts_of(question, reading.value), on=ON, lists=lists(), value=reading.value)
        assert (again.value, again.typed, again.problem) == (reading.value, None, None)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(TYPES), JSON)
def test_any_json_has_a_shape_or_none_and_can_be_shown(kind: str, value: Any) -> None:
    question = QUESTIONS[kind]
    sound = shape(question, value)
    assert shape(question, sound) == sound
    assert isinstance(show(question, value, "ja"), str)
    assert isinstance(parts_of(question, value), dict)


def test_choices_that_read_back_in_the_order_of_the_form() -> None:
    question = question_of("choices", choices=[choice("z"), choice("a")])
    assert read(question, {"": ["a", "z"]}, on=ON).value == ["z", "a"]
