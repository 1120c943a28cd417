"""Kana and width: the two alphabets, the two widths, the many hyphens, and one key to search by.

Full-width and half-width forms are those of Unicode's block FF00-FFEF. Kanji are never touched, because NFKC replaces
compatibility ideographs (神 U+FA19 becomes 神 U+795E) and so changes how a person's name is written.
"""

import re
import unicodedata
from typing import Final

from .oldforms import fold_old_forms

# ヷ-ヺ have no hiragana of their own and stay katakana.
_HIRAGANA_TO_KATAKANA: Final = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_KATAKANA_TO_HIRAGANA: Final = {kata: hira for hira, kata in _HIRAGANA_TO_KATAKANA.items()}

_HALF_KANA: Final = re.compile("[ｳｶ-ﾄﾊ-ﾎ]ﾞ|[ﾊ-ﾎ]ﾟ|[｡-ﾟ]")
_LONE_MARKS: Final = {"ﾞ": "゛", "ﾟ": "゜"}  # NFKC would give a combining mark that sticks to whatever stands before
_DECOMPOSED_KANA: Final = re.compile("[ぁ-ヿ][\u3099\u309a]")

_FULL_ASCII: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

_KATAKANA_ONLY: Final = re.compile("[ァ-ヺー・ヽヾ 　]+")

_HYPHENS: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")
_HYPHENS_BETWEEN_DIGITS: Final = re.compile("(?<=[0-9０-９])[ー\uff70─](?=[0-9０-９])")

_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs"})


def is_variation_selector(char: str) -> bool:
    """Whether `char` chooses a glyph for the character before it (U+FE00-FE0F, U+E0100-E01EF; UTS #37)."""
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def to_katakana(text: str) -> str:
    """Hiragana and half-width kana as full-width katakana (ｶﾞ -> ガ, が -> ガ); everything else as it was."""
    composed = _DECOMPOSED_KANA.sub(lambda match: unicodedata.normalize("NFC", match[0]), _widen_kana(text))
    return composed.translate(_HIRAGANA_TO_KATAKANA)


def to_hiragana(text: str) -> str:
    """Katakana of both widths as hiragana; everything else, and ー ・ ヷ-ヺ, as it was."""
    return to_katakana(text).translate(_KATAKANA_TO_HIRAGANA)


def _widen_kana(text: str) -> str:
    return _HALF_KANA.sub(lambda match: _LONE_MARKS.get(match[0]) or unicodedata.normalize("NFKC", match[0]), text)


def is_katakana(text: str) -> bool:
    """Whether `text` can stand in a フリガナ box: full-width katakana, ー, ・, ヽヾ and spaces, and not only spaces."""
    return bool(_KATAKANA_ONLY.fullmatch(text)) and not text.isspace()


def to_halfwidth(text: str) -> str:
    """Full-width digits, letters and ASCII signs, and the ideographic space, as ASCII; kanji and kana as they were."""
    return text.translate(_FULL_ASCII)


def normalise_hyphens(text: str) -> str:
    """Every look-alike of the hyphen as "-".

    Always replaced: U+2010-2015, U+2212, U+FE58, U+FE63, U+FF0D. Replaced only between two digits, because elsewhere
    they are letters or rules: ー (U+30FC), ｰ (U+FF70), ─ (U+2500). "コーポ4ー11" becomes "コーポ4-11".
    """
    return _HYPHENS_BETWEEN_DIGITS.sub("-", text.translate(_HYPHENS))


def search_key(text: str) -> str:
    """A key by which two spellings of one name meet: ﾀｶﾊｼ / たかはし, 髙橋 / 高橋, Ａ / a.

    For searching only; never store it in place of the name. Folded: width, katakana to hiragana, case, old forms of
    kanji (`OLD_FORMS`), variation selectors, spaces, invisible characters. Small and large kana stay different.
    """
    # ゛ decomposes to a space and a combining mark, which would stick to the wrong character once spaces are gone.
    marks = text.replace("゛", "\u3099").replace("゜", "\u309a")
    folded = _compatible(_compatible(marks).casefold())
    return unicodedata.normalize("NFC", to_hiragana(fold_old_forms(folded)))


def _compatible(text: str) -> str:
    visible = (char for char in unicodedata.normalize("NFKC", text) if not _is_passed_over(char))
    return unicodedata.normalize("NFKC", "".join(visible))


def _is_passed_over(char: str) -> bool:
    return char.isspace() or is_variation_selector(char) or unicodedata.category(char) in _INVISIBLE
