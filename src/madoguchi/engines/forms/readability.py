"""How hard a form's Japanese is to read, as numbers with their source: advice for who writes it, never a gate.

What is measured, and from where the marks come:

* the longest sentence. The state's guide to official writing (文化審議会「公用文作成の考え方」, 2022) asks to look again from 50 to 60
  characters on; 60 is the mark here, as in the lint;
* the share of kanji. Writers of official texts aim at about 3 in 10 (a rule of thumb, no standard); from 4.5 in 10 on, in a text of
  20 characters or more, it is said;
* verbs in れる・られる. They may be passive, polite or "can": a machine without a dictionary cannot tell. Two in one sentence are said.

Nothing is added up to one score: a score hides what to mend.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from .editing import parts
from .texts import strip_ruby

LONG, DENSE, FROM, PASSIVES = 60, 0.45, 20, 2
KEYS: Final = ("title", "intro", "label", "hint", "say")
Mark = Literal["long", "dense", "passive"]
_END = re.compile(r"[。！？!?\n]+")
_KANJI = re.compile(r"[々\u3400-\u9fff\uf900-\ufaff]")
_PASSIVE = re.compile(r"[かがさたなばまらわ]れ(?:る|た|て|ば|ない|なけ|ます|まし|ませ)")


@dataclass(frozen=True, slots=True)
class Measure:
    """Of one text: characters in all, sentences, the longest one, kanji of 100 characters, most れる・られる in one sentence."""

    characters: int
    sentences: int
    longest: int
    kanji: int
    passives: int

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What speaks against it."""
        found: list[tuple[Mark, bool]] = [
            ("long", self.longest > LONG),
            ("dense", self.characters >= FROM and self.kanji > DENSE * 100),
            ("passive", self.passives >= PASSIVES),
        ]
        return tuple(mark for mark, holds in found if holds)


@dataclass(frozen=True, slots=True)
class Advice:
    """A text worth looking at again: the part's address (as `editing` names it), the text's key, the text, its measure."""

    at: str
    key: str
    text: str
    measure: Measure


def measure(text: str) -> Measure:
    """The numbers of one Japanese text; furigana are no part of it."""
    plain = strip_ruby(text)
    sentences = [each.strip() for each in _END.split(plain) if each.strip()]
    letters = re.sub(r"\s", "", plain)
    return Measure(
        characters=len(letters),
        sentences=len(sentences),
        longest=max((len(each) for each in sentences), default=0),
        kanji=round(100 * len(_KANJI.findall(letters)) / len(letters)) if letters else 0,
        passives=max((len(_PASSIVE.findall(each)) for each in sentences), default=0),
    )


def whole(document: Mapping[str, Any]) -> Measure:
    """All Japanese texts of a form together."""
    return measure("\n".join(text for _at, _key, text in _texts(document)))


def advice(document: Mapping[str, Any]) -> tuple[Advice, ...]:
    """The texts with a mark, in the form's order."""
    measured = (Advice(at, key, text, measure(text)) for at, key, text in _texts(document))
    return tuple(one for one in measured if one.measure.marks)


def _texts(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(address, key, text in Japanese) of everything that residents read."""
    inner = copy.deepcopy(dict(document))
    yield from (("", key, text) for key, text in _own(inner))
    for at, one in parts(inner):
        where = one.home if one.kind == "check" else at
        yield from ((where, key, text) for key, text in _own(one.part))


def _own(part: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in KEYS:
        words = part.get(key)
        if isinstance(words, Mapping) and isinstance(text := words.get("ja"), str) and text.strip():
            yield key, text
