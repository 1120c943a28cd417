"""Answers with other people in them: a tree of values, walked once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from madoguchi.engines.forms import Form, Question
from madoguchi.lib.invented.cast import ADULT, Cast, Json

Change = Callable[[Question, Any], Any]


def is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) and "row" in row for row in value)


def changed(form: Form, answers: Json, change: Change) -> Json:
    """The same answers with every value put through `change(question, value)`, rows included."""
    made: Json = {}
    for key, value in answers.items():
        if is_rows(value):
            made[key] = [changed(form, row, change) for row in value]
        elif form.has(key) and value is not None:
            made[key] = change(form.question(key), value)
        else:
            made[key] = value
    return made


def _names_and_births(answers: Json) -> Iterator[tuple[Json, date]]:
    """Every name with the birth asked beside it: `p2_name` with `p2_birth`, `member_name` with `member_birth`."""
    for key, value in answers.items():
        if is_rows(value):
            for row in value:
                yield from _names_and_births(row)
        elif isinstance(value, dict) and "given" in value:
            born = answers.get(key.replace("name", "birth"))
            yield value, date.fromisoformat(born) if isinstance(born, str) else ADULT


def _is_birth(question: Question) -> bool:
    meaning = question.concept or question.id
    return question.type == "date" and meaning.endswith("birth") and not meaning.startswith("dog")


def recast(form: Form, answers: Json, cast: Cast) -> Json:
    """The answers with other people in them."""
    for name, born in _names_and_births(answers):
        cast.name(name, born)
    by_type: dict[str, Callable[[Any], Any]] = {
        "person_name": cast.name,
        "address": cast.address,
        "phone": cast.phone,
        "text": cast.text,
        "long_text": cast.text,
        "bank_account": cast.account,
    }

    def exchange(question: Question, value: Any) -> Any:
        if _is_birth(question):
            return cast.birth(value)
        return by_type.get(question.type, lambda same: same)(value)

    return changed(form, answers, exchange)
