"""`read`: from what a person typed to the canonical value, generously; what was understood is given back to be shown.

One reader a type, in a table. A reader judges only whether the text can be understood; limits are for `check`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from madoguchi.engines.japanese import remove_forbidden

from .definition import Question
from .lists import Lists, NoLists
from .parsing import PARTS
from .readers import MAX_TYPED, Reading, ReadingProblem, Typed
from .readers_compound import READERS
from .shapes import parts_of
from .showing import show

__all__ = ["Reading", "ReadingProblem", "read"]

SHOWN_BACK = frozenset(
    {"person_name", "kana", "date", "year_month", "address", "phone", "email", "number", "yen", "lookup", "ranked",
     "bank_account", "corporate_number"}
)  # fmt: skip
LANGUAGES = ("ja", "plain", "en")


def read(question: Question, parts: Mapping[str, Sequence[str]], *, on: date, lists: Lists | None = None, value: Any = None) -> Reading:
    """What the posted texts mean. Never raises, whatever was posted.

    `parts` holds texts by part, "" for a simple question. `value` is what is stored now: entries of code lists that have
    gone since, masked numbers and files are kept from it. Without any text the value is None and there is no problem.
    """
    texts = _clean(parts, keep_lines=question.type == "long_text")
    typed = Typed(question, texts, on, lists or NoLists(), value)
    found, problems = READERS[question.type](typed) if question.type in READERS else (None, ())
    if problems:
        found = None
    kept = _typed(question, texts, found, bool(problems))
    understood = None
    if kept is not None and found is not None and question.type in SHOWN_BACK:
        understood = {language: show(question, found, language, lists=lists) for language in LANGUAGES}
    return Reading(found, kept, understood, tuple(problems))


def _clean(parts: Mapping[str, Sequence[str]], *, keep_lines: bool) -> Mapping[str, tuple[str, ...]]:
    """Texts without what nobody types on purpose, trimmed, the empty ones left out. Names keep every other character."""
    cleaned: dict[str, tuple[str, ...]] = {}
    for part, texts in parts.items():
        several = (texts,) if isinstance(texts, str) else texts
        kept = (_tidy(text, keep_lines) for text in several if isinstance(text, str))
        cleaned[part] = tuple(text for text in kept if text)
    return MappingProxyType(cleaned)


def _tidy(text: str, keep_lines: bool) -> str:
    visible = remove_forbidden(text[: MAX_TYPED + 1])
    if keep_lines:
        return "\n".join(line.rstrip() for line in visible.split("\n")).strip()
    return " ".join(visible.split("\n")).replace("\t", " ").strip()


def _typed(question: Question, texts: Mapping[str, tuple[str, ...]], found: Any, has_problem: bool) -> dict[str, str] | None:
    """The typed text where it differs from what is stored; an individual number is never kept as text."""
    if question.type in ("mynumber", "file", "declaration", "yes_no", "choice", "choices"):
        return None
    wanted = PARTS.get(question.type, frozenset({"", "text"}))
    texts = {part: each for part, each in texts.items() if each and part in wanted}
    stored = {part: tuple(each) for part, each in parts_of(question, found).items()}
    if not texts or (not has_problem and texts == stored):
        return None
    return {part: "\n".join(each)[:MAX_TYPED] for part, each in texts.items()}
