import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.japanese import (
    CharacterClass,
    Replacement,
    classify,
    clusters,
    remove_forbidden,
    replace_for,
    report,
    unencodable,
)

C = CharacterClass
ANY_TEXT = st.text(st.characters()) | st.text("か゚❤\ufe0f\U000e0100辻\u200d👩👧髙\ud83d\ude00\r\n\x00\u2028〜", max_size=10)


def test_levels_have_the_sizes_of_the_standards():
    counts = Counter(classify(chr(code)) for code in range(sys.maxunicode + 1) if not 0x30000 <= code < 0xE0000)
    assert counts[C.JIS_LEVEL_1] == 2965
    assert counts[C.JIS_LEVEL_2] == 3390
    assert counts[C.JIS_LEVEL_3] == 1259
    assert counts[C.JIS_LEVEL_4] == 2436
    assert counts[C.IVS] == 240


@pytest.mark.parametrize(
    ("char", "expected"),
    [
        ("亜", C.JIS_LEVEL_1),
        ("腕", C.JIS_LEVEL_1),
        ("弌", C.JIS_LEVEL_2),
        ("熙", C.JIS_LEVEL_2),
        ("邊", C.JIS_LEVEL_2),
        ("俱", C.JIS_LEVEL_3),
        ("﨑", C.JIS_LEVEL_3),
        ("𠂉", C.JIS_LEVEL_4),
        ("髙", C.UNICODE_ONLY),
        ("𠮷", C.UNICODE_ONLY),
        ("😀", C.UNICODE_ONLY),
        ("あ", C.NON_KANJI),
        ("ｶ", C.NON_KANJI),
        ("①", C.NON_KANJI),
        ("か゚", C.NON_KANJI),
        ("A", C.NON_KANJI),
        ("\\", C.NON_KANJI),
        ("¥", C.NON_KANJI),
        ("\ue000", C.PRIVATE_USE),
        ("\U000f0000", C.PRIVATE_USE),
        ("\x00", C.CONTROL),
        ("\u202e", C.CONTROL),
        ("\ud800", C.CONTROL),
        ("\ufffe", C.CONTROL),
        ("\U000e0100", C.IVS),
        ("辻\U000e0100", C.IVS),
        ("❤\ufe0f", C.UNICODE_ONLY),
    ],
)
def test_classify(char, expected):
    assert classify(char) is expected


def test_classify_wants_a_character():
    with pytest.raises(ValueError, match="one character"):
        classify("")


def test_clusters():
    assert clusters("辻\U000e0100か\u3099a👩\u200d👧👍🏽") == ["辻\U000e0100", "か\u3099", "a", "👩\u200d👧", "👍🏽"]
    assert clusters("") == []
    assert clusters("\U000e0100a") == ["\U000e0100", "a"]


def test_report():
    found = report("髙辻\U000e0100𠮷\n\t\u202e\x07\ue000髙")
    assert found.classes == {C.UNICODE_ONLY, C.IVS, C.CONTROL, C.PRIVATE_USE}
    assert found.has_ivs
    assert found.supplementary == ("𠮷",)
    assert found.controls == ("\x07",)
    assert found.bidi_controls == ("\u202e",)
    assert found.private_use == ("\ue000",)
    assert report("東陽\r\n").classes == {C.JIS_LEVEL_1}


def test_unencodable():
    assert unencodable("髙﨑辻\U000e0100𠮷") == ((2, "辻\U000e0100"), (4, "𠮷"))
    assert unencodable("髙", "iso2022_jp") == ((0, "髙"),)
    assert unencodable("𠮷\U000e0100", "utf-8") == ()
    with pytest.raises(LookupError):
        unencodable("a", "no-such-encoding")


def test_replace_for():
    assert replace_for("𠮷田辻\U000e0100か\u3099😀", "cp932") == (
        "〓田辻が〓",
        [
            Replacement(0, "𠮷", "〓", "吉"),
            Replacement(2, "辻\U000e0100", "辻", None),
            Replacement(4, "か\u3099", "が", None),
            Replacement(6, "😀", "〓", None),
        ],
    )
    assert replace_for("髙﨑～", "iso2022_jp")[0] == "〓〓〜"
    assert replace_for("髙", "iso2022_jp")[1] == [Replacement(0, "髙", "〓", "高")]
    assert replace_for("あ", "ascii") == ("?", [Replacement(0, "あ", "?", None)])
    assert replace_for("髙橋", "cp932") == ("髙橋", [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x1b\x7f\x9fc", "abc"),
        ("a\tb\r\nc\rd\ne\u2028f", "a\tb\nc\nd\ne\nf"),
        ("\ufeffa\u200bb\u202ec\u2066d\u00ade\u3164f", "abcdef"),
        ("\ud800a\udc00", "a"),
        ("\ud83d\ude00", "😀"),
        ("辻\U000e0100\ue000", "辻\U000e0100\ue000"),
        ("👩\u200d👧 か\u200dき\u200d", "👩\u200d👧 かき"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("\uffff", ""),
    ],
)
def test_remove_forbidden(text, expected):
    assert remove_forbidden(text) == expected


@given(ANY_TEXT)
def test_clusters_join_to_the_text(text):
    assert "".join(clusters(text)) == text
    report(text)


@given(ANY_TEXT)
def test_what_is_left_can_be_stored(text):
    clean = remove_forbidden(text)
    clean.encode("utf-8")
    assert remove_forbidden(clean) == clean
    found = report(clean)
    assert not found.controls
    assert not found.bidi_controls


@given(ANY_TEXT, st.sampled_from(["cp932", "euc_jp", "iso2022_jp", "shift_jis_2004", "ascii", "utf-8"]))
def test_replaced_text_always_encodes_and_is_never_silent(text, encoding):
    replaced, replacements = replace_for(text, encoding)
    replaced.encode(encoding)
    assert [(item.index, item.original) for item in replacements] == list(unencodable(text, encoding))
    assert replacements or replaced == text
