"""Answers carried from one form to another by what they mean (`concept`), never by id.

A closed list says what may be carried; a new concept is never carried until it stands there. Not on it on purpose: individual
numbers, health and disability, income, nationality and 本籍, files, consent, and whatever is about one request only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .answers import get, put, rows_of
from .canonical import canonical_json, document_hash
from .definition import Answers, Form, Question, Repeat, questions_of
from .limits import limits
from .lists import Lists, NoLists
from .reading import read
from .shapes import parts_of, shape
from .walked import Item, Row, Walk

CARRIED = frozenset(
    {
        "applicant.name", "applicant.kana", "applicant.birth", "applicant.address", "applicant.phone", "applicant.email",
        "applicant.organisation", "applicant.representative", "applicant.corporate_number", "applicant.previous_address",
        "applicant.occupation", "applicant.language", "contact.phone", "contact.time", "delivery.address", "account",
        "household.head", "household.name", "household.kana", "household.birth", "household.relation",
        "spouse.name", "spouse.birth", "spouse.address", "spouse.phone", "spouse.occupation",
        "child.name", "child.kana", "child.birth", "child.relation", "child.address", "child.together", "child.school",
        "moving.date", "moving.address", "moving.from_address", "deceased.name", "deceased.date",
        "insured.name", "insured.birth", "business.name", "business.address", "business.kind", "property.address",
    }
)  # fmt: skip
# Types whose answers say the same in another form. Long lists count when both questions name the same one.
TYPES_CARRIED = frozenset(
    {"text", "long_text", "person_name", "kana", "date", "address", "phone", "email", "yes_no", "choice", "choices", "lookup",
     "bank_account", "corporate_number"}
)  # fmt: skip
FAMILIES = ("child", "household", "insured")  # groups that repeat are matched by what their rows are about


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer that fits a question of another form: where it would go, what would stand there, where it was given."""

    path: str
    value: Any
    question: Question
    source: Item

    @property
    def mark(self) -> str:
        """What is remembered of a carried answer: whether it is still the one that came."""
        return mark_of(self.value)


@dataclass(frozen=True, slots=True)
class Carried:
    """The answers after carrying, and {path: mark} of those that came from elsewhere."""

    values: Mapping[str, Any]
    marks: Mapping[str, str]


def mark_of(value: Any) -> str:
    """A short hash of a canonical answer."""
    return document_hash({"value": value})[:16]


def may_carry(question: Question) -> bool:
    """Whether answers to this question may ever come from, or go to, another form."""
    return question.concept in CARRIED and question.type in TYPES_CARRIED


def family_of(form: Form, repeat: Repeat) -> str:
    """What the rows of a group are about: "child", "household" or "insured"; "" for anything else."""
    for question in questions_of(form):
        if question.repeat == repeat.id and question.type == "person_name" and may_carry(question):
            family = str(question.concept).partition(".")[0]
            return family if family in FAMILIES else ""
    return ""


def fitting(question: Question, source: Question, value: Any, *, on: date, lists: Lists | None = None) -> Any:
    """The answer as this question would take it, None where it would not: every value given back parses and keeps the limits."""
    known = lists or NoLists()
    wanted = _translated(question, source, shape(source, value))
    if wanted is None:
        return None
    reading = read(question, parts_of(question, wanted), on=on, lists=known, value=wanted)
    if reading.value is None or reading.problems:
        return None
    found = limits(Item(question, question.id, reading.value, question.choices), known)
    return None if any(level == "error" for _key, level, _params, _part in found) else reading.value


def _translated(question: Question, source: Question, value: Any) -> Any:
    """The value in the other question's terms: choices are the same when they are called the same."""
    if value is None or not may_carry(question) or not may_carry(source) or question.concept != source.concept:
        return None
    kinds = {question.type, source.type}
    if len(kinds) > 1 and not kinds <= {"text", "long_text"}:
        return None
    if question.type == "lookup":
        return value if question.list == source.list else None
    if question.type == "choice":
        return _same_choice(question, source, value)
    if question.type == "choices":
        chosen = [_same_choice(question, source, each) for each in value]
        return chosen if chosen and None not in chosen else None
    return value


def _same_choice(question: Question, source: Question, chosen: str) -> str | None:
    choice = source.choice(chosen)
    called = choice.label["ja"] if choice else None
    return next((each.id for each in question.choices if each.label["ja"] == called), None)


def offers(source: Walk, form: Form, *, on: date, lists: Lists | None = None) -> tuple[Offer, ...]:
    """What the answers of a walk could say in another form, in that form's order; rows of groups keep their ids."""
    return (*_plain(source, form, on, lists), *_in_rows(source, form, on, lists))


def _plain(source: Walk, form: Form, on: date, lists: Lists | None) -> Iterator[Offer]:
    given: dict[str, Item] = {}
    for item in source.items():
        if item.row is None and item.answered and item.question.concept:
            given.setdefault(item.question.concept, item)
    taken: set[str] = set()
    for question in questions_of(form):
        concept = question.concept
        if question.repeat is not None or concept is None or concept in taken or concept not in given:
            continue
        value = fitting(question, given[concept].question, given[concept].value, on=on, lists=lists)
        if value is not None:
            taken.add(concept)
            yield Offer(question.id, value, question, given[concept])


def _in_rows(source: Walk, form: Form, on: date, lists: Lists | None) -> Iterator[Offer]:
    """Row by row, the first group of a kind into the first group of the same kind."""
    targets: dict[str, Repeat] = {}
    for repeat in form.repeats:
        targets.setdefault(family_of(form, repeat), repeat)
    done: set[str] = {""}
    for group in source.form.repeats:
        family = family_of(source.form, group)
        if family in done or family not in targets:
            continue
        rows = source.rows(group.id)
        if rows:
            done.add(family)
            for row in rows[: targets[family].max]:
                yield from _row(source, row, form, targets[family], on, lists)


def _row(source: Walk, row: Row, form: Form, target: Repeat, on: date, lists: Lists | None) -> Iterator[Offer]:
    given: dict[str, Item] = {}
    for item in source.items():
        if item.row is not None and item.row.path == row.path and item.answered and item.question.concept:
            given.setdefault(item.question.concept, item)
    taken: set[str] = set()
    for question in questions_of(form):
        concept = question.concept or ""
        if question.repeat != target.id or concept in taken or concept not in given:
            continue
        value = fitting(question, given[concept].question, given[concept].value, on=on, lists=lists)
        if value is not None:
            taken.add(concept)
            yield Offer(f"{target.id}[{row.id}].{question.id}", value, question, given[concept])


def carry(values: Answers, found: Iterable[Offer], *, form: Form, before: Mapping[str, str] | None = None) -> Carried:
    """The answers with what is offered written in. What a person wrote or changed themself stays as it is.

    `before` are the marks of an earlier carrying: an answer that still bears its mark follows its source, also when that is gone.
    """
    earlier, made, marks = before or {}, dict(values), {}
    wanted = {offer.path: offer for offer in found}
    for path, mark in earlier.items():
        if path not in wanted and mark_of(get(made, path)) == mark:
            made = put(made, path, None)
    for path, offer in wanted.items():
        stands = get(made, path)
        if stands is None and path in earlier:
            marks[path] = earlier[path]  # emptied by hand: it stays empty
        elif stands is None or mark_of(stands) == earlier.get(path):
            made = put(made, path, offer.value)
            marks[path] = offer.mark
        elif canonical_json(stands) == canonical_json(offer.value):
            marks[path] = offer.mark
    return Carried(_without_empty_rows(made, earlier, form), marks)


def _without_empty_rows(values: Mapping[str, Any], earlier: Mapping[str, str], form: Form) -> dict[str, Any]:
    """Rows that came with an earlier carrying and in which nothing is left go with their source."""
    made = dict(values)
    came = {path.partition(".")[0] for path in earlier if "." in path}
    for repeat in form.repeats:
        if repeat.id in made:
            rows = rows_of(made, repeat.id)
            made[repeat.id] = [row for row in rows if len(row) > 1 or f"{repeat.id}[{row['row']}]" not in came]
    return made
