import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.japanese import (
    OLD_FORMS,
    fold_old_forms,
    is_katakana,
    normalise_hyphens,
    search_key,
    to_halfwidth,
    to_hiragana,
    to_katakana,
)

JAPANESE = st.text(st.characters(codec="utf-8")) | st.text("かガｶﾞﾟ゛゜ﾞ゙゚ーｰ・･ヷゝヾ髙邊\U000e0100 　Ａ１-−", max_size=12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("がっこう", "ガッコウ"),
        ("ｶﾞｯｺｳ", "ガッコウ"),
        ("ﾊﾟﾋﾟｰｳﾞ", "パピーヴ"),
        ("ﾔﾏﾀﾞ･ﾀﾛｳ", "ヤマダ・タロウ"),
        ("か\u3099", "ガ"),
        ("ﾞ", "゛"),
        ("あﾞ", "ア゛"),
        ("いすゞ", "イスヾ"),
        ("山田Ａ 1", "山田Ａ 1"),
        ("", ""),
    ],
)
def test_to_katakana(text, expected):
    assert to_katakana(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("ヤマダ", "やまだ"), ("ﾔﾏﾀﾞ", "やまだ"), ("ヴァー", "ゔぁー"), ("ヷ", "ヷ")])
def test_to_hiragana(text, expected):
    assert to_hiragana(text) == expected


@pytest.mark.parametrize("text", ["ヤマダ タロウ", "ヤマダ　タロウ", "ミッシェル・ヴー", "イスヾ", "ヶ"])
def test_is_katakana(text):
    assert is_katakana(text)


@pytest.mark.parametrize("text", ["", " ", "　", "やまだ", "ﾔﾏﾀﾞ", "ヤマダA", "ヤマダ\n", "山田", "ヤマダ-"])
def test_is_not_katakana(text):
    assert not is_katakana(text)


def test_to_halfwidth_leaves_kanji_and_kana():
    assert to_halfwidth("Ａｂ１２！～　髙ｶﾞ神ー") == "Ab12!~ 髙ｶﾞ神ー"


@pytest.mark.parametrize("hyphen", "-‐‑‒–—―−﹘﹣－ーｰ─")
def test_hyphens_between_digits(hyphen):
    assert normalise_hyphens(f"4{hyphen}11") == "4-11"


def test_long_vowel_is_kept_in_words():
    assert normalise_hyphens("コーポ４ー１１ー２８") == "コーポ４-１１-２８"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙橋", "高橋"),
        ("山﨑", "山崎"),
        ("渡邊", "渡邉"),
        ("渡辺", "渡邉"),
        ("斎藤", "齋藤"),
        ("斉藤", "齊藤"),
        ("澤田 廣", "沢田広"),
        ("濵國惠眞嶋", "浜国恵真島"),
        ("神", "神"),
        ("辻\U000e0100", "辻"),
        ("𠮷田", "吉田"),
        ("ﾀｶﾊｼ", "たかはし"),
        ("ＡＢＣ", "abc"),
        ("コーポ　Ａ", "こーぽa"),
        ("か゛", "ガ"),
    ],
)
def test_search_key_meets(one, other):
    assert search_key(one) == search_key(other)


def test_search_key_keeps_small_kana():
    assert search_key("きよ") != search_key("きょ")


def test_old_forms_are_folded_in_one_pass():
    assert len(OLD_FORMS) > 250
    assert not set(OLD_FORMS) & set(OLD_FORMS.values())
    assert all(len(old) == len(common) == 1 for old, common in OLD_FORMS.items())
    assert fold_old_forms("髙﨑") == "高崎"


@given(JAPANESE)
def test_idempotent(text):
    for function in (to_katakana, to_hiragana, to_halfwidth, normalise_hyphens, search_key):
        once = function(text)
        assert function(once) == once, function


@given(st.text(st.characters(whitelist_categories=["Lo"])))
def test_kanji_are_never_changed_outside_search_keys(text):
    kanji = "".join(char for char in text if unicodedata.name(char, "").startswith("CJK"))
    assert to_katakana(kanji) == to_halfwidth(kanji) == normalise_hyphens(kanji) == kanji
