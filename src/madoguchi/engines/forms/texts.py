"""Texts in several languages, and furigana in them."""

from __future__ import annotations

import re
from collections.abc import Mapping

_RUBY = re.compile(r"\{([^{}|]+)\|([^{}|]*)\}")
FALLBACK = {"plain": "ja", "en": "ja"}


def strip_ruby(text: str) -> str:
    """The text without its readings: `{漢字|かんじ}` becomes 漢字."""
    return _RUBY.sub(r"\1", text)


def raw(text: Mapping[str, str] | None, language: str) -> str:
    """The text in the language or in Japanese, furigana marks kept; "" for no text."""
    if not text:
        return ""
    return text.get(language) or text.get(FALLBACK.get(language, "ja")) or text.get("ja") or ""


def pick(text: Mapping[str, str] | None, language: str) -> str:
    """The text in the language (or in Japanese where it is missing), without furigana; "" for no text."""
    return strip_ruby(raw(text, language))


def ruby(text: Mapping[str, str] | None, language: str) -> list[tuple[str, str | None]]:
    """The text as (base, reading) pairs; reading is None for what carries no furigana."""
    pairs: list[tuple[str, str | None]] = []
    whole, end = raw(text, language), 0
    for match in _RUBY.finditer(whole):
        if match.start() > end:
            pairs.append((whole[end : match.start()], None))
        pairs.append((match[1], match[2] or None))
        end = match.end()
    if end < len(whole):
        pairs.append((whole[end:], None))
    return pairs
