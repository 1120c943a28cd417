"""Numbers that people read aloud, copy from paper and type: 受付番号, 再開番号, check codes of documents, short addresses.

All are random and end in one check character. The alphabet has 23 characters: no vowels (no words), nothing that looks
like 0, 1, 2, 5 or 8, and neither L nor V. 23 is prime, and the weights of neighbours differ, so the check character finds every
single wrong character and every exchange of any two characters. The kinds differ in length, so none is taken for another.

    短い番地 (short)     5 characters  K7M4P        18 bits, and no secret
    受付番号 (number)    9 characters  K7M-4PX-9TR          36 bits
    再開番号 (resume)   12 characters  3K7M-4PX9-TR6C       49 bits
    確認コード (check)  16 characters  3K7M-4PX9-TR6C-HW2J  67 bits
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Container
from typing import Final, Literal

Kind = Literal["short", "number", "resume", "check"]

ALPHABET: Final = "23456789CDFGHJKMNPRTWXY"
_VALUE: Final = {char: value for value, char in enumerate(ALPHABET)}
_SIZES: Final[dict[Kind, tuple[int, int]]] = {"short": (5, 5), "number": (9, 3), "resume": (12, 4), "check": (16, 4)}  # characters, group
_KIND: Final[dict[int, Kind]] = {size: kind for kind, (size, _) in _SIZES.items()}
# What is not in the alphabet was misread: each goes to its nearest look-alike, and the check character judges.
_LOOK_ALIKES: Final = str.maketrans("0OQ1ILZSBV", "DDD777258Y")
_BETWEEN: Final = re.compile(r"[\s\-_.,:;/・ー‐-―−]+")


def new_number() -> str:
    """A new 受付番号, "K7M-4PX-9TR". Random: the caller keeps it unique by a constraint and asks again on a clash."""
    return _new("number")


def new_resume_code() -> str:
    """A new 再開番号, "3K7M-4PX9-TR6C"."""
    return _new("resume")


def new_check_code() -> str:
    """A new check code of a document, "3K7M-4PX9-TR6C-HW2J"."""
    return _new("check")


def new_short_code(taken: Container[str] = ()) -> str:
    """A new code of a short address, "K7M4P", that is none of those already given."""
    while (code := _new("short")) in taken:
        pass
    return code


def read_short_code(text: str) -> str | None:
    """The code of a short address that `text` means, or None: then a character was misread or mistyped."""
    return _read(text, "short")


def read_number(text: str) -> str | None:
    """The 受付番号 that `text` means, as `new_number` writes it; None when it is none.

    Width, case, separators and look-alikes (O for D, S for 5, B for 8 …) are forgiven.
    """
    return _read(text, "number")


def read_resume_code(text: str) -> str | None:
    """The 再開番号 that `text` means, or None."""
    return _read(text, "resume")


def read_check_code(text: str) -> str | None:
    """The check code that `text` means, or None."""
    return _read(text, "check")


def is_number(text: str) -> bool:
    """Whether `text` can be understood as a 受付番号 whose check character is right."""
    return read_number(text) is not None


def kind_of(text: str) -> Kind | None:
    """Which of them a text is (so that a page can say "this is the 再開番号"); None when it is none of them."""
    found = _tidy(text)
    return _KIND[len(found)] if len(found) in _KIND and _is_right(found) else None


def _new(kind: Kind) -> str:
    size, _ = _SIZES[kind]
    body = "".join(secrets.choice(ALPHABET) for _ in range(size - 1))
    return _group(body + _check_character(body), kind)


def _read(text: str, kind: Kind) -> str | None:
    found = _tidy(text)
    return _group(found, kind) if len(found) == _SIZES[kind][0] and _is_right(found) else None


def _tidy(text: str) -> str:
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text).upper()).translate(_LOOK_ALIKES)


def _group(chars: str, kind: Kind) -> str:
    step = _SIZES[kind][1]
    return "-".join(chars[start : start + step] for start in range(0, len(chars), step))


def _check_character(body: str) -> str:
    """The character that makes the sum of value × weight divisible by 23; it has weight 1, the characters before it 2, 3, 4 …"""
    return ALPHABET[-sum(weight * _VALUE[char] for weight, char in enumerate(reversed(body), start=2)) % len(ALPHABET)]


def _is_right(chars: str) -> bool:
    return all(char in _VALUE for char in chars) and _check_character(chars[:-1]) == chars[-1]
