from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.japanese import to_katakana
from madoguchi.lib import phrases

PHRASE = "さくら-みかん-でんしゃ-ねこ"


def morae(word: str) -> int:
    return len(re.sub("[ゃゅょ]", "", word))


def test_2048_sorted_easy_words() -> None:
    words = phrases.words()
    assert len(words) == 2048
    assert list(words) == sorted(set(words))
    for word in words:
        assert re.fullmatch("[ぁ-ん]+", word), word
        assert 2 <= morae(word) <= 5, word
        assert not re.search("[ぢづをぁぃぅぇぉー]|ん[あいうえおやゆよなにぬねの]", word), word


def test_no_two_words_fold_to_one() -> None:
    assert len({phrases.fold(word) for word in phrases.words()}) == 2048


def test_every_word_can_be_typed_in_latin_letters() -> None:
    for word in phrases.words():
        latin = phrases.romaji(word)
        assert re.fullmatch("[a-z]+", latin), word
        assert phrases.fold(latin) == phrases.fold(word), word


def test_new_phrases_are_four_words_and_differ() -> None:
    made = {phrases.new_phrase() for _ in range(50)}
    assert len(made) == 50
    assert all(len(phrase.split("-")) == 4 and set(phrase.split("-")) <= set(phrases.words()) for phrase in made)


@pytest.mark.parametrize(
    "typed",
    [
        "さくら みかん でんしゃ ねこ",
        "さくら　みかん　でんしゃ　ねこ",
        "さくらみかんでんしゃねこ",
        "さくらーみかんーでんしゃーねこ",
        "さくら・みかん、でんしゃ。ねこ",
        "  さくら\nみかん\tでんしゃ  ねこ ",
        "サクラ ミカン デンシャ ネコ",
        "ｻｸﾗ-ﾐｶﾝ-ﾃﾞﾝｼｬ-ﾈｺ",
        "さくら-みかん-て゛んしや-ねこ",
        "さくら みかん てんしや ねこ",
        "sakura mikan densha neko",
        "SAKURA-MIKAN-DENSHA-NEKO",
        "ｓａｋｕｒａ　ｍｉｋａｎ　ｄｅｎｓｈａ　ｎｅｋｏ",
        "sakura mikann dennsya neko",
        "sakura みかん densya ネコ",
        "SakuraMikanDenshaNeko",
        "さくら１みかん２でんしゃ３ねこ",
    ],
)
def test_what_people_type(typed) -> None:
    stored = phrases.hash_phrase(PHRASE)
    assert phrases.check_phrase(typed, stored)


@pytest.mark.parametrize(
    ("kana", "latin"),
    [
        ("ぎゅうにゅう", ["gyuunyuu", "gyunyu", "gyūnyū", "GYÛNYÛ", "gyuunyu"]),
        ("しんぶん", ["shinbun", "shimbun", "sinbun", "sinnbunn"]),
        ("きって", ["kitte", "kite"[:2] + "tte"]),
        ("まっちゃ", ["matcha", "maccha", "mattya"]),
        ("おおさか", ["oosaka", "ōsaka", "osaka"]),
        ("じてんしゃ", ["jitensha", "zitensya", "jitennsha"]),
        ("ふじ", ["fuji", "huzi"]),
        ("とけい", ["tokei", "tokē"]),
        ("つくえ", ["tsukue", "tukue"]),
        ("しゅくだい", ["shukudai", "syukudai"]),
        ("けんこう", ["kenkou", "kenkoo", "kenkō"]),
        ("ちゃわん", ["chawan", "tyawann"]),
        ("でんわ", ["denwa", "den'wa", "den’wa"]),
    ],
)
def test_spellings_in_latin_letters(kana, latin) -> None:
    assert {phrases.fold(each) for each in latin} == {phrases.fold(kana)}


def test_romaji_for_people_who_type_it() -> None:
    assert phrases.romaji(PHRASE) == "sakura-mikan-densha-neko"
    assert phrases.romaji("まっちゃ-きって-ふじ-つくえ-おちゃ-りょうり") == "matcha-kitte-fuji-tsukue-ocha-ryouri"


def test_unreadable_letters_are_named() -> None:
    assert phrases.unreadable("桜-みかん 2") == "桜2"
    assert phrases.unreadable("サクラ・mikan ー") == ""


def test_wrong_phrases() -> None:
    stored = phrases.hash_phrase(PHRASE)
    wrong = ["", "さくら", "さくら-みかん-でんしゃ", "みかん-さくら-でんしゃ-ねこ", "桜 蜜柑 電車 猫", "\x00", "x" * 5000, stored]
    for typed in wrong:
        assert not phrases.check_phrase(typed, stored)


@pytest.mark.parametrize("stored", ["", "scrypt", "scrypt$4$!$x", "md5$a$b$c", "scrypt$x$AAAA$AAAA"])
def test_what_is_no_hash_is_false(stored) -> None:
    assert phrases.check_phrase(PHRASE, stored) is False


def test_hashes_are_salted_and_say_their_cost(settings) -> None:
    first, second = phrases.hash_phrase(PHRASE), phrases.hash_phrase(PHRASE)
    assert first != second
    assert first.startswith("scrypt$4$")
    settings.TESTING = False
    slow = phrases.hash_phrase(PHRASE)
    assert slow.startswith("scrypt$14$")
    settings.TESTING = True
    assert phrases.check_phrase("サクラ みかん densha neko", slow)  # parameters come from the string
    assert len(slow) < 100


def test_a_missing_number_costs_what_a_wrong_phrase_costs(settings, monkeypatch) -> None:
    """The same slow hash with the same parameters, once: measured by what is asked of scrypt, since a clock depends on the machine."""
    settings.TESTING = False
    stored = phrases.hash_phrase(PHRASE)
    asked: list[dict[str, int]] = []
    scrypt = hashlib.scrypt

    def watched(password: bytes, **parameters: Any) -> bytes:
        asked.append({name: parameters[name] for name in ("n", "r", "p")})
        return scrypt(password, **parameters)

    monkeypatch.setattr(hashlib, "scrypt", watched)
    assert not phrases.check_phrase("ねこ", stored)
    wrong, asked[:] = list(asked), []
    phrases.burn()
    assert asked == wrong
    assert wrong == [{"n": 2**14, "r": wrong[0]["r"], "p": wrong[0]["p"]}]


@given(st.text(max_size=60))
def test_anything_typed_can_be_folded(text) -> None:
    folded = phrases.fold(text)
    assert re.fullmatch("[ぁ-ゖ]*", folded)
    assert phrases.fold(to_katakana(folded)) == phrases.fold(folded)
