"""The part of an address after the town: block numbers and buildings, and a key to compare whole addresses.

Block numbers follow 住居表示に関する法律 (丁目-番-号) or the land register (番地); written short, both join with hyphens.
"""

import re
from typing import Final

from .kana import normalise_hyphens, search_key, to_halfwidth, to_katakana
from .numbers import KANJI_NUMERALS, parse_kanji_number

_NUMBER: Final = f"(?:[0-9]{{1,6}}|[{KANJI_NUMERALS}]{{1,7}})"
_JOIN: Final = "[-のノ之]"
_BLOCK: Final = re.compile(
    rf"(?:(?P<chome>{_NUMBER})丁目{_JOIN}?)?(?:(?P<ban>{_NUMBER})番地?(?:{_JOIN}(?=.))?)?"
    rf"(?:(?P<rest>{_NUMBER}(?:{_JOIN}{_NUMBER})*)(?:号(?:{_JOIN}(?P<room>{_NUMBER}))?|番地?)?)?"
)
_NUMBER_WITH_UNIT: Final = re.compile(rf"({_NUMBER})(?:丁目|番地|番|号)(?:{_JOIN}(?={_NUMBER}))?")
_KANJI_BEFORE_JOIN: Final = re.compile(rf"(?<=-)[{KANJI_NUMERALS}]+(?=[-\s]|$)")
_LOOSE_SPACE: Final = re.compile(r"(?<![0-9])\s+|\s+(?![0-9])")  # "11 28" is left alone: it must not become 1128
_SPACE_BETWEEN_DIGITS: Final = re.compile(r"(?<=[0-9])\s+(?=[0-9])")


def normalise_block(text: str) -> str:
    """Block numbers in short form: "四丁目１１番２８号" -> "4-11-28"; what it does not fully understand, only trimmed.

    Understood: 丁目, 番, 番地, 号, の between numbers, kanji numerals, any hyphen. A lone "4丁目" stays, since "4" would
    read as a lot number.
    """
    match = _BLOCK.fullmatch(normalise_hyphens(_LOOSE_SPACE.sub("", to_halfwidth(text))))
    if not match or not (match["ban"] or match["rest"]):
        return text.strip()
    written = [match["chome"], match["ban"], *re.split(_JOIN, match["rest"] or ""), match["room"]]
    try:
        return "-".join(number if number.isascii() else str(parse_kanji_number(number)) for number in written if number)
    except ValueError:
        return text.strip()


def normalise_building(text: str) -> str:
    """A building's name with half-width digits and letters, full-width kana, single spaces and plain hyphens in numbers."""
    narrow = normalise_hyphens(to_halfwidth(_widen(text)))
    return re.sub(r"\s+", " ", narrow).strip()


def _widen(text: str) -> str:
    """Half-width katakana as full-width, hiragana as it is."""
    return re.sub("[｡-ﾟ]+", lambda match: to_katakana(match[0]), text)


def address_key(text: str) -> str:
    """A key that is equal for two spellings of one address: 霞が関/霞ヶ関, 四丁目11番28号/4-11-28, 大字 or none.

    For comparing only; it takes nothing from outside, so an address with and one without its prefecture differ.
    """
    plain = normalise_hyphens(to_halfwidth(text))
    numbered = _NUMBER_WITH_UNIT.sub(lambda match: f"{_arabic(match[1])}-", plain)
    numbered = _KANJI_BEFORE_JOIN.sub(lambda match: _arabic(match[0]), numbered)
    joined = re.sub(r"-+(?=\s|$|[^0-9\s])", " ", _SPACE_BETWEEN_DIGITS.sub("-", numbered))
    return re.sub("[ヶヵケがゖゕけ]", "が", search_key(_SPACE_BETWEEN_DIGITS.sub("-", joined)).replace("大字", ""))


def _arabic(numeral: str) -> str:
    try:
        return str(parse_kanji_number(numeral))
    except ValueError:
        return numeral
