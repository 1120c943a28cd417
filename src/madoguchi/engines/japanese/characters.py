"""Which characters a text holds, and which of them another system can take.

Levels are those of JIS X 0208 (第1水準, 第2水準) and JIS X 0213:2004 (第3水準, 第4水準), read off the plane, row and cell
that Python's own codecs give. Nothing here replaces a character without reporting it.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .kana import is_variation_selector
from .oldforms import OLD_FORMS

GETA: Final = "〓"  # the printer's mark for "a character that we do not have"

_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ZWJ: Final = "\u200d"
# Blank letters and fillers that Unicode does not class as format characters.
_BLANKS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_LINE_ENDS: Final = str.maketrans({"\u2028": "\n", "\u2029": "\n"})
# The same sign stands at two code points: JIS tables point to the first, Microsoft's to the second.
_TWINS: Final = dict(zip("〜−‖—¢£¬～－∥―￠￡￢", "～－∥―￠￡￢〜−‖—¢£¬", strict=True))


class CharacterClass(StrEnum):
    """What a character is, from the point of view of a system that may not have it."""

    NON_KANJI = "non-kanji"
    JIS_LEVEL_1 = "jis-1"
    JIS_LEVEL_2 = "jis-2"
    JIS_LEVEL_3 = "jis-3"
    JIS_LEVEL_4 = "jis-4"
    UNICODE_ONLY = "unicode"
    PRIVATE_USE = "private"
    CONTROL = "control"
    IVS = "ivs"


@dataclass(frozen=True)
class CharacterReport:
    """What a text holds. Line breaks and tabs are no finding; each tuple lists what was found once, in order."""

    classes: frozenset[CharacterClass]
    has_ivs: bool
    supplementary: tuple[str, ...]
    controls: tuple[str, ...]
    bidi_controls: tuple[str, ...]
    private_use: tuple[str, ...]


@dataclass(frozen=True)
class Replacement:
    """One place where `replace_for` changed the text.

    `suggestion` is a common form that a person may choose instead, or None. It is never applied unasked.
    """

    index: int
    original: str
    replacement: str
    suggestion: str | None


def classify(char: str) -> CharacterClass:
    """The class of one character, or of one cluster as `clusters` gives it; ValueError for an empty text."""
    if not char:
        raise ValueError("one character is needed")
    if any(_is_ideographic_selector(part) for part in char):
        return CharacterClass.IVS
    category = unicodedata.category(char[0])
    if category == "Co":
        return CharacterClass.PRIVATE_USE
    if category in ("Cc", "Cf", "Cs", "Zl", "Zp") or _is_noncharacter(char[0]):
        return CharacterClass.CONTROL
    return _level(char)


def _is_ideographic_selector(char: str) -> bool:
    return "\U000e0100" <= char <= "\U000e01ef"


def _level(char: str) -> CharacterClass:
    if char.isascii():  # \ and ~ are missing from the codec asked next
        return CharacterClass.NON_KANJI
    # euc_jis_2004 would also take JIS X 0212, which is no level at all, so Shift_JIS decides what belongs to JIS X 0213.
    if not _encodes(char, "shift_jis_2004"):
        return CharacterClass.UNICODE_ONLY
    shifted = char.encode("shift_jis_2004")
    if len(shifted) == 1:  # half-width kana, ¥ and ‾
        return CharacterClass.NON_KANJI
    if shifted[0] >= 0xF0:  # the second plane holds nothing but level 4
        return CharacterClass.JIS_LEVEL_4
    encoded = char.encode("euc_jis_2004")
    row, cell = encoded[0] - 0xA0, encoded[1] - 0xA0
    if row < 14:
        return CharacterClass.NON_KANJI
    if (16, 1) <= (row, cell) <= (47, 51):
        return CharacterClass.JIS_LEVEL_1
    if (48, 1) <= (row, cell) <= (84, 6):
        return CharacterClass.JIS_LEVEL_2
    return CharacterClass.JIS_LEVEL_3


def clusters(text: str) -> list[str]:
    """`text` cut so that a base keeps its variation selectors, combining marks and joined emoji; the parts join to it."""
    found: list[str] = []
    for char in text:
        if found and _extends(found[-1], char):
            found[-1] += char
        else:
            found.append(char)
    return found


def _extends(cluster: str, char: str) -> bool:
    if unicodedata.category(cluster[0]) == "Cc":  # nothing sits on a line break
        return False
    if cluster[-1] == _ZWJ and len(cluster) > 1:
        return True
    is_mark = unicodedata.category(char) in ("Mn", "Mc", "Me")
    return is_mark or is_variation_selector(char) or char == _ZWJ or "\U0001f3fb" <= char <= "\U0001f3ff"


def report(text: str) -> CharacterReport:
    """Everything about the characters of `text` that a field's policy may ask for."""
    parts = [cluster for cluster in dict.fromkeys(clusters(text)) if cluster not in "\n\r\t"]
    chars = dict.fromkeys(char for part in parts for char in part)
    return CharacterReport(
        classes=frozenset(map(classify, parts)),
        has_ivs=any(map(_is_ideographic_selector, chars)),
        supplementary=tuple(part for part in parts if part[0] > "\uffff"),
        controls=tuple(char for char in chars if _is_forbidden(char) and char not in _BIDI),
        bidi_controls=tuple(char for char in chars if char in _BIDI),
        private_use=tuple(char for char in chars if unicodedata.category(char) == "Co"),
    )


def unencodable(text: str, encoding: str = "cp932") -> tuple[tuple[int, str], ...]:
    """Place (counted in code points) and cluster of everything in `text` that `encoding` cannot hold.

    LookupError when Python does not know the encoding.
    """
    return tuple((index, cluster) for index, cluster in _places(text) if not _encodes(cluster, encoding))


def _places(text: str) -> list[tuple[int, str]]:
    index, places = 0, []
    for cluster in clusters(text):
        places.append((index, cluster))
        index += len(cluster)
    return places


def _encodes(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def remove_forbidden(text: str) -> str:
    """`text` without what nobody can see or type on purpose; every line end becomes a line feed.

    Removed: NUL and all controls but line feed and tab, bidi controls, other invisible format characters, fillers,
    noncharacters and unpaired surrogates. Kept: variation selectors, private use, and the joiner inside an emoji.
    """
    paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    kept = "".join(char for char in paired.translate(_LINE_ENDS) if char in "\n\r\t" or not _is_forbidden(char))
    return _drop_stray_joiners(kept).replace("\r\n", "\n").replace("\r", "\n")


def _is_forbidden(char: str) -> bool:
    if char == _ZWJ:
        return False
    return char in _BLANKS or _is_noncharacter(char) or unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _is_noncharacter(char: str) -> bool:
    return "\ufdd0" <= char <= "\ufdef" or ord(char) & 0xFFFE == 0xFFFE


def _drop_stray_joiners(text: str) -> str:
    def is_joining(index: int) -> bool:
        before, after = text[index - 1 : index], text[index + 1 : index + 2]
        return _is_pictorial(before) and _is_pictorial(after)

    return "".join(char for index, char in enumerate(text) if char != _ZWJ or is_joining(index))


def _is_pictorial(char: str) -> bool:
    return char == "\ufe0f" or (char != "" and unicodedata.category(char) in ("So", "Sk"))


def replace_for(text: str, encoding: str) -> tuple[str, list[Replacement]]:
    """`text` as `encoding` can hold it, and one `Replacement` for every place that changed.

    The same character in another spelling is used where there is one (〜 for ～, か + dakuten as が, 辻 + selector as
    辻); everything else becomes 〓 ("?" where even that is missing). LookupError for an unknown encoding.
    """
    parts: list[str] = []
    replacements: list[Replacement] = []
    for index, cluster in _places(text):
        if _encodes(cluster, encoding):
            parts.append(cluster)
            continue
        replacement = _same_character(cluster, encoding) or (GETA if _encodes(GETA, encoding) else "?")
        suggestion = _common_form(cluster, encoding)
        replacements.append(Replacement(index, cluster, replacement, None if suggestion == replacement else suggestion))
        parts.append(replacement)
    return "".join(parts), replacements


def _same_character(cluster: str, encoding: str) -> str | None:
    base = "".join(char for char in cluster if not is_variation_selector(char))
    # Composition is for marks only: on a lone kanji, NFC would exchange compatibility ideographs.
    composed = unicodedata.normalize("NFC", base) if len(base) > 1 else base
    for candidate in (base, composed, _TWINS.get(base, "")):
        if candidate and _encodes(candidate, encoding):
            return candidate
    return None


def _common_form(cluster: str, encoding: str) -> str | None:
    base = "".join(char for char in cluster if not is_variation_selector(char))
    common = OLD_FORMS.get(base) or unicodedata.normalize("NFKC", base)
    return common if common not in ("", cluster) and _encodes(common, encoding) else None
