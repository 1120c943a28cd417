"""`minutes`: how long a form takes, said before the first question."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from .definition import Form, Page, Question, Section
from .texts import pick
from .walked import Walk

CHARACTERS_A_MINUTE, WORDS_A_MINUTE = 500, 200
# Seconds to think and type, rounded; finding the bank book or photographing a paper included.
SECONDS: Mapping[str, int] = {
    "text": 15, "long_text": 90, "person_name": 20, "kana": 10, "date": 15, "year_month": 10, "address": 40, "phone": 12,
    "email": 20, "number": 8, "yen": 12, "yes_no": 5, "choice": 8, "choices": 15, "lookup": 20, "ranked": 90,
    "bank_account": 90, "mynumber": 60, "corporate_number": 40, "file": 60, "declaration": 5, "calculated": 2, "information": 0,
}  # fmt: skip


def _reading(text: str, language: str) -> float:
    """Seconds to read a text."""
    if language == "en":
        return len(text.split()) / WORDS_A_MINUTE * 60
    return len(text) / CHARACTERS_A_MINUTE * 60


def _question(question: Question, language: str) -> float:
    texts = [question.label, question.hint, *(choice.label for choice in question.choices)]
    seconds = sum(_reading(pick(text, language), language) for text in texts) + SECONDS[question.type]
    return seconds if question.required or not question.is_typed else seconds / 2


def _heading(part: Page | Section, language: str) -> float:
    return sum(_reading(pick(text, language), language) for text in (part.title, part.intro))


def minutes(form: Form, walk: Walk | None = None, language: str = "ja") -> int:
    """Minutes for reading and answering, at least 1. With a walk: of what counts now; without: what is conditional counts half."""
    seconds = sum(_walked(walk, language) if walk else _whole(form, language))
    return max(1, math.ceil(seconds / 60))


def _walked(walk: Walk, language: str) -> Iterator[float]:
    for page in walk.pages:
        yield _heading(page.page, language)
        yield from (_question(item.question, language) for item in page.items())


def _whole(form: Form, language: str) -> Iterator[float]:
    for page in form.pages:
        if page.ends:
            continue
        share = 0.5 if page.show_if else 1.0
        yield share * _heading(page, language)
        for section in page.sections:
            repeat = section.repeat or page.repeat
            of_section = share * (0.5 if section.show_if else 1.0) * (max(1, repeat.min) if repeat else 1)
            for question in section.questions:
                yield of_section * (0.5 if question.show_if else 1.0) * _question(question, language)
