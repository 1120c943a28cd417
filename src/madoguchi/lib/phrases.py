"""Passphrases that a person can say on the telephone: four easy words out of 2,048, 44 bits (2048⁴ = 2⁴⁴).

The words are ours (phrases.txt), of two to five morae. What people type is folded to one form before it is hashed: kana of any
kind, Latin letters (Hepburn, Kunrei, as typed into an input method), any separator or none, and also forgotten ゛ and ゜, large
instead of small kana, forgotten long vowels. No two words of the list fold to the same form, so the generosity costs nothing.
44 bits withstand guessing on line, where five tries a quarter of an hour are allowed, and, through scrypt, a good while off line.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

from madoguchi.engines.japanese import to_hiragana

WORDS: Final = 4
SEPARATOR: Final = "-"  # the same key gives - and ー, and both are passed over

_VOWELS: Final = "aiueo"
_ROWS: Final = {
    "": "あいうえお", "k": "かきくけこ", "s": "さしすせそ", "t": "たちつてと", "n": "なにぬねの", "h": "はひふへほ",
    "m": "まみむめも", "y": "や ゆ よ", "r": "らりるれろ", "w": "わ   を", "g": "がぎぐげご", "z": "ざじずぜぞ",
    "d": "だぢづでど", "b": "ばびぶべぼ", "p": "ぱぴぷぺぽ",
}  # fmt: skip
_GLIDES: Final = {"a": "ゃ", "u": "ゅ", "o": "ょ"}
_HEPBURN: Final = {"shi": "し", "chi": "ち", "tsu": "つ", "fu": "ふ", "ji": "じ"} | {
    head + vowel: kana + glide for head, kana in (("sh", "し"), ("ch", "ち"), ("j", "じ"), ("jy", "じ")) for vowel, glide in _GLIDES.items()
}
_PLAIN: Final = {head + vowel: kana for head, row in _ROWS.items() for vowel, kana in zip(_VOWELS, row, strict=False) if kana != " "}
_GLIDED: Final = {
    f"{head}y{vowel}": row[1] + glide for head, row in _ROWS.items() if head not in ("", "y", "w") for vowel, glide in _GLIDES.items()
}
_FROM_LATIN: Final = _PLAIN | _GLIDED | _HEPBURN
_TO_LATIN: Final = {kana: latin for latin, kana in (_PLAIN | _GLIDED).items()} | {
    kana: latin for latin, kana in _HEPBURN.items() if "jy" not in latin
}

_PART: Final = re.compile("[a-z']+|[ぁ-ゖー]+")
_LARGE: Final = str.maketrans("ぁぃぅぇぉっゃゅょゎを", "あいうえおつやゆよわお")
_LONG: Final = re.compile("(?<=[あかさたなはまやらわ])あ+|(?<=[いきしちにひみりえけせてねへめれ])い+|(?<=[えけせてねへめれ])え+"
                          "|(?<=[うくすつぬふむゆるおこそとのほもよろ])う+|(?<=[おこそとのほもよろ])お+")  # fmt: skip


@cache
def words() -> tuple[str, ...]:
    """The 2,048 words, sorted."""
    return tuple((Path(__file__).parent / "phrases.txt").read_text(encoding="utf-8").split())


def new_phrase() -> str:
    """Four random words, "さくら-みかん-でんしゃ-ねこ". It is shown once; only `hash_phrase` of it is kept."""
    return SEPARATOR.join(secrets.choice(words()) for _ in range(WORDS))


def romaji(phrase: str) -> str:
    """A phrase in Latin letters for people who type those: "sakura-mikan-densha-neko"."""
    return SEPARATOR.join(_latin(word) for word in phrase.split(SEPARATOR))


def fold(text: str) -> str:
    """The one form of what was typed, to be hashed; not meant for reading.

    Every run of kana or Latin letters is read by itself (so ん before a separator is sure) and all are joined; what is neither is
    passed over. In Latin letters without any separator, n before a vowel is read as な …, so separators are needed there.
    """
    plain = unicodedata.normalize("NFKC", _without_macrons(text)).lower()
    parts = _PART.findall(to_hiragana(plain).replace("’", "'"))
    kana = "".join(_from_latin(part) if part[0] < "ぁ" else part for part in parts)
    voiceless = "".join(char for char in unicodedata.normalize("NFD", kana) if char not in "\u3099\u309aー")
    return _LONG.sub("", voiceless.translate(_LARGE))


def unreadable(text: str) -> str:
    """Letters of `text` that `fold` passes over (kanji, digits …): a page that gets some can say "write it in hiragana"."""
    plain = to_hiragana(unicodedata.normalize("NFKC", _without_macrons(text)).lower())
    return "".join(char for char in plain if char.isalnum() and not _PART.match(char))


def _without_macrons(text: str) -> str:
    """ō as oo, ê as ee: long vowels are dropped later."""
    return re.sub("([aiueoAIUEO])[\u0302\u0304]", r"\1\1", unicodedata.normalize("NFD", text))


def _from_latin(part: str) -> str:
    kana, at = "", 0
    while at < len(part):
        step = next((size for size in (3, 2, 1) if part[at : at + size] in _FROM_LATIN), 0)
        if step:
            kana += _FROM_LATIN[part[at : at + step]]
        else:
            kana, step = kana + _odd_letter(part, at), 1
            if part[at : at + 2] == "nn" and part[at + 2 : at + 3] not in tuple(_VOWELS + "y"):
                step = 2  # an input method's nn for ん
        at += step
    return kana


def _odd_letter(part: str, at: int) -> str:
    """ん or っ for a consonant without its vowel, nothing for anything else."""
    char, after = part[at], part[at + 1 : at + 2]
    if char == "n" or (char == "m" and after in ("b", "m", "p")):
        return "ん"
    is_doubled = after == char or (char == "t" and after == "c")
    return "っ" if is_doubled and char not in _VOWELS else ""


def _latin(word: str) -> str:
    latin, at, doubled = "", 0, False
    while at < len(word):
        step = 2 if word[at : at + 2] in _TO_LATIN else 1
        piece = _TO_LATIN.get(word[at : at + step], "n" if word[at] == "ん" else "")
        if doubled:
            latin += "t" if piece.startswith("ch") else piece[:1]
        latin, doubled, at = latin + piece, word[at] == "っ", at + step
    return latin


# -- keeping one --------------------------------------------------------------------------------------------------------


def hash_phrase(phrase: str) -> str:
    """What is stored of a phrase: "scrypt$cost$salt$hash", slow on purpose (about 50 ms and 16 MB)."""
    return _hashed(fold(phrase), secrets.token_bytes(16), _cost())


def check_phrase(phrase: str, stored: str) -> bool:
    """Whether `phrase` is the one that `stored` was made of, in a time that does not tell; False for what is no such hash."""
    try:
        _, cost, salt, _ = stored.split("$")
        made = _hashed(fold(phrase), base64.b64decode(salt), int(cost))
    except ValueError:
        burn()
        return False
    return hmac.compare_digest(made, stored)


def burn() -> None:
    """Spend the time of one check, so that a number that does not exist lasts as long as a wrong phrase."""
    _hashed("burn", b"\0" * 16, _cost())


def _cost() -> int:
    """scrypt's n as a power of two: 14, and next to nothing in tests."""
    return 4 if getattr(settings, "TESTING", False) else 14


def _hashed(folded: str, salt: bytes, cost: int) -> str:
    key = hashlib.scrypt(folded.encode(), salt=salt, n=2**cost, r=8, p=1, maxmem=64 * 1024 * 1024, dklen=32)
    return f"scrypt${cost}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"
