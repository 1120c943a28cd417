"""Hard wording: long sentences, long runs of kanji, and the words of the office where plain ones exist (`terms.json`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from .findings import Finding, found
from .texts import strip_ruby

MAX_SENTENCE, MAX_KANJI = 60, 5
_SENTENCE_END = re.compile(r"[。！？!?\n]+")
_KANJI_RUN = re.compile(r"[々\u3400-\u9fff\uf900-\ufaff]{6,}")


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the office, a plain one instead, and when to take care."""

    term: str
    plain: str
    note: str


@cache
def terms() -> Mapping[str, Term]:
    """All terms by their office word."""
    table = json.loads(resources.files(__package__).joinpath("terms.json").read_text("utf-8"))
    return {each["term"]: Term(each["term"], each["plain"], each["note"]) for each in table}


@cache
def _any_term() -> re.Pattern[str]:
    """Longest first, so that 被保険者証 is not taken for 被保険者."""
    return re.compile("|".join(re.escape(term) for term in sorted(terms(), key=len, reverse=True)))


def hard_wording(text: str, path: str, language: str) -> Iterator[Finding]:
    """Findings for one text in Japanese (`ja` or `plain`); other languages have none."""
    if language not in ("ja", "plain"):
        return
    plain = strip_ruby(text)
    for sentence in _SENTENCE_END.split(plain):
        if len(sentence.strip()) > MAX_SENTENCE:
            sample = sentence.strip()
            yield found(path, "wording.long_sentence", "warning", count=len(sample), max=MAX_SENTENCE, sentence=sample[:30] + "…")
    for run in dict.fromkeys(_KANJI_RUN.findall(plain)):
        yield found(path, "wording.kanji_run", "note", count=len(run), run=run)
    for word in dict.fromkeys(_any_term().findall(plain)):
        term = terms()[word]
        yield found(path, "wording.term", "note", term=word, plain=term.plain, note=f"（{term.note}）" if term.note else "")
