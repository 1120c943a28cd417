"""Finding a procedure with the words people have for it. Plain code over a few hundred rows in memory: no index to keep."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from madoguchi.engines.forms import Entry, rank, ruby
from madoguchi.engines.japanese import search_key

if TYPE_CHECKING:
    from madoguchi.procedures.models.procedure import Procedure

BETWEEN = re.compile(r"[\s・、，,／/（）()「」]+")
LEAST_SHARED = 0.5  # so much of what was typed must be found in a procedure's texts
MAX_TYPED, MOST = 100, 30


def find(procedures: Iterable[Procedure], text: str) -> list[Procedure]:
    """Those whose name or keyword is meant, then those whose description holds the text; else those that share most of it."""
    typed = text.strip()[:MAX_TYPED]
    wanted = search_key(typed)
    if not wanted:
        return []
    by_slug = {procedure.slug: procedure for procedure in procedures}
    hits = [entry.id for entry in rank((_entry(procedure) for procedure in by_slug.values()), typed, MOST)]
    if len(wanted) > 1:
        hits += [slug for slug, procedure in by_slug.items() if slug not in hits and wanted in _everything(procedure)]
    return [by_slug[slug] for slug in (hits or _nearest(by_slug, typed))]


def _nearest(by_slug: Mapping[str, Procedure], typed: str) -> list[str]:
    """By the share of the typed text's words, or of its pairs of characters, that the procedure's texts hold."""
    words = [key for key in map(search_key, BETWEEN.split(typed)) if key]
    pieces = words if len(words) > 1 else _pairs(search_key(typed))
    shares = {slug: sum(piece in _everything(procedure) for piece in pieces) / max(1, len(pieces)) for slug, procedure in by_slug.items()}
    near = [slug for slug, share in shares.items() if share >= LEAST_SHARED]
    return sorted(near, key=lambda slug: -shares[slug])[:MOST]


def _pairs(key: str) -> list[str]:
    return [key[start : start + 2] for start in range(len(key) - 1)]


def _entry(procedure: Procedure) -> Entry:
    """A procedure as the ranking reads it: every name, every word of a name and every keyword is a label of its own."""
    names = list(dict.fromkeys(_names(procedure)))
    return Entry(procedure.slug, {"ja": names[0], **{f"n{number}": name for number, name in enumerate(names)}}, kana=procedure.kana)


def _names(procedure: Procedure) -> Iterator[str]:
    for language, name in procedure.name.items():
        for spelling in _spellings(name, language):
            yield spelling
            yield from (word for word in BETWEEN.split(spelling) if len(word) > 1)
    yield from procedure.keywords


def _spellings(text: str, language: str) -> Iterator[str]:
    """The text, and where it carries furigana, how it is read."""
    pairs = ruby({language: text, "ja": text}, language)
    yield "".join(base for base, _ in pairs)
    if any(reading for _, reading in pairs):
        yield "".join(reading or base for base, reading in pairs)


def _everything(procedure: Procedure) -> str:
    texts = [*_names(procedure), procedure.kana]
    for field in (procedure.overview, procedure.who, procedure.when):
        texts += [spelling for language, text in field.items() for spelling in _spellings(text, language)]
    return _key("\n".join(texts))


@lru_cache(maxsize=2_000)
def _key(text: str) -> str:
    return "|".join(search_key(line) for line in text.split("\n"))
