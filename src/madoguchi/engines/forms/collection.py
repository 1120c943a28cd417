"""What a collection of ready forms amounts to: how much each asks of its own, and whether two are one form under two titles.

Own questions are those a procedure asks for itself: parts that were copied from a block (`origin`), questions that mean what a block's
question means (the applicant's name, an account) and `information` are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Any

from .definition import Form, Page, Question, Section, questions_of

# Two forms that share more than this part of their own questions (Jaccard) are one form with two titles.
MOST_SHARED = 0.5
LEAST_OWN = 3


@dataclass(frozen=True, slots=True)
class Counted:
    """One form of a collection, counted; `shown_if` and `grouped` say whether it has any condition, any repeat group or calculation."""

    id: str
    languages: tuple[str, ...]
    pages: int
    questions: int
    own: frozenset[tuple[str, str]]  # (type, Japanese label without blanks)
    shown_if: bool
    grouped: bool


def own_questions(form: Form, standard: Collection[str] = ()) -> tuple[Question, ...]:
    """The questions that are the form's own, in order. `standard`: the concepts that blocks ask for."""
    return tuple(question for question in _uncopied(form) if question.is_typed and question.concept not in standard)


def _uncopied(form: Form) -> Iterator[Question]:
    for page in form.pages:
        for section in page.sections:
            if page.origin is None and section.origin is None:
                yield from section.questions


def counted(form: Form, standard: Collection[str] = ()) -> Counted:
    """One form, counted; `standard` as in `own_questions`."""
    questions = [question for question in questions_of(form) if question.type != "information"]
    parts: list[Page | Section | Question] = [*form.pages, *(section for page in form.pages for section in page.sections), *questions]
    return Counted(
        id=form.id,
        languages=form.languages,
        pages=len(form.pages),
        questions=len(questions),
        own=frozenset((question.type, "".join(question.label["ja"].split())) for question in own_questions(form, standard)),
        shown_if=any(part.show_if is not None for part in parts),
        grouped=bool(form.repeats or form.calculations or any(question.type == "calculated" for question in questions)),
    )


def alike(forms: Collection[Counted]) -> Iterator[tuple[str, str, float]]:
    """Pairs of forms that are one form under two titles, with the part of their own questions that they share."""
    for one, other in combinations(forms, 2):
        shared = len(one.own & other.own) / max(len(one.own | other.own), 1)
        if shared > MOST_SHARED or (not one.own and not other.own):
            yield one.id, other.id, shared


def summary(forms: Collection[Counted], with_examples: int) -> Mapping[str, Any]:
    """The figures of a collection; the median is of own questions a form."""
    return {
        "procedures": len(forms),
        "pages": sum(form.pages for form in forms),
        "questions": sum(form.questions for form in forms),
        "with_examples": with_examples,
        "own_questions_median": median([len(form.own) for form in forms] or [0]),
        "own_questions_least": min((len(form.own) for form in forms), default=0),
        "with_conditions": sum(form.shown_if for form in forms),
        "with_groups_or_calculations": sum(form.grouped for form in forms),
        "languages": {language: sum(language in form.languages for form in forms) for language in _languages(forms)},
    }


def _languages(forms: Collection[Counted]) -> list[str]:
    return list(dict.fromkeys(language for form in forms for language in form.languages))
