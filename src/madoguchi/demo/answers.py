"""Plausible answers: an example of the library, moved to a day, with other people in it and a few other choices.

Pure: the form engine, an example and a `Random`. What comes out is clean by `check`, or the plain example moved to the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from madoguchi.demo import people
from madoguchi.engines.forms import Form, Lists, Question, check, questions_of, walk
from madoguchi.lib.invented import Cast, Lead, World, changed, recast

Json = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """One clean example of a procedure's library entry."""

    id: str
    on: date
    answers: Json

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Example:
        return cls(str(data["id"]), date.fromisoformat(data["on"]), dict(data["answers"]))


@dataclass(frozen=True)
class Applicant:
    """Whom an application is for; `latin` names make an application in English likely."""

    name: Json
    email: str
    is_latin: bool = False


def _fixed(question: Question) -> bool:
    """Whether a check of the question names a day of the calendar: there the form fixes the day, not the day of filling in."""
    return any("'date':" in repr(check.that.source) for check in question.checks)


def moved(form: Form, example: Example, day: date) -> Json:
    """The example as it would have been filled in on another day: every date as far from it as before, but those the form fixes."""
    days = (day - example.on).days
    months = (day.year - example.on.year) * 12 + day.month - example.on.month

    def move(question: Question, value: Any) -> Any:
        if _fixed(question):
            return value
        if question.type == "date":
            return (date.fromisoformat(value) + timedelta(days=days)).isoformat()
        if question.type == "year_month":
            count = int(value[:4]) * 12 + int(value[5:]) - 1 + months
            return f"{count // 12:04}-{count % 12 + 1:02}"
        return value

    return changed(form, example.answers, move)


def varied(form: Form, answers: Json, world: World) -> Json:
    """A few other choices, of those that data/variations.json allows."""
    known = people.data("variations")
    allowed = set(known["choices"].get(form.id, ()))
    overlay = world.rng.choice(known["sets"].get(form.id, [{}]))

    def vary(question: Question, value: Any) -> Any:
        if question.id in overlay:
            return overlay[question.id]
        if question.id not in allowed or world.rng.random() < 0.4:
            return value
        return _another(question, value, world)

    return changed(form, answers, vary)


def _another(question: Question, value: Any, world: World) -> Any:
    rng = world.rng
    if question.type == "number":
        return rng.randint(*people.data("variations")["numbers"][question.id])
    if question.type == "choice":
        return rng.choice(question.choices).id
    if question.type == "choices":
        usual = [choice.id for choice in question.choices if not choice.exclusive and choice.id != "other"]
        chosen = set(rng.sample(usual, min(len(usual), rng.randint(1, 3))))
        return [choice.id for choice in question.choices if choice.id in chosen]
    if question.type == "ranked":
        found = world.lists.search(question.list, rng.choice("あいうえかきくしすたつとなはひふほまみもゆ"), 12)
        chosen_entries = rng.sample(list(found), min(len(found), rng.randint(2, 4)))
        return [{"id": entry.id, "label": entry.label["ja"]} for entry in chosen_entries] or value
    if question.type == "yes_no":
        return rng.random() < 0.7
    return value


# -- one application -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filled:
    """Answers for one application and whose they are."""

    answers: Json
    applicant: Applicant


def fill_in(form: Form, example: Example, day: date, world: World, lead: Lead | None = None) -> Filled:
    """Other people's answers on a day; less and less is changed until the form is clean. ValueError when it never is."""
    for spread, with_choices in ((1.0, True), (0.4, True), (0.4, False), (0.0, False)):
        cast = Cast(world, spread, day)
        plain = moved(form, example, day)
        if lead is not None:
            _cast_lead(form, plain, cast, lead)
        answers = recast(form, plain, cast)
        answers = varied(form, answers, world) if with_choices else answers
        answers, applicant = _with_email(form, answers, cast, lead)
        if is_clean(form, answers, day, world.lists):
            return Filled(answers, applicant)
    raise ValueError(f"{form.id}: the example {example.id} is not clean on {day}")


def is_clean(form: Form, answers: Json, day: date, lists: Lists) -> bool:
    """Whether it could be sent on this day."""
    if walk(form, answers, on=day, lists=lists).ended is not None:
        return False
    return not any(problem.level == "error" for problem in check(form, answers, on=day, lists=lists))


def _cast_lead(form: Form, answers: Json, cast: Cast, lead: Lead) -> None:
    """Give the applicant's part of an example to a named person."""
    own = {form.question(key).concept: value for key, value in answers.items() if form.has(key) and value}
    name, where = own.get("applicant.name"), own.get("applicant.address")
    if name:
        cast.families[name["family"]] = people.Family(people.Name(lead.name["family"], lead.name["family_kana"]))
        cast.names[(name["family"], name["given"])] = lead.name
        cast.kana[f"{name['family_kana']} {name['given_kana']}"] = f"{lead.name['family_kana']} {lead.name['given_kana']}"
    if own.get("applicant.birth"):
        cast.births[own["applicant.birth"]] = lead.birth
    if where:
        cast.addresses[f"{where.get('town')}{where.get('block')}{where.get('building')}"] = lead.address
    if own.get("applicant.phone"):
        cast.phones[own["applicant.phone"]] = lead.phone


def _with_email(form: Form, answers: Json, cast: Cast, lead: Lead | None) -> tuple[Json, Applicant]:
    """The applicant's address: four in five give one where it is asked."""
    name = answers.get("name") or next((value for value in answers.values() if isinstance(value, dict) and "given" in value), None)
    if not name:
        return answers, Applicant({}, "")
    if lead is not None:
        address = lead.email
    else:
        family = next(one for one in cast.families.values() if one.name.written == name["family"])
        given = people.Name(name["given"], name["given_kana"] or "エックス")
        address = people.email(given, family, cast.world.rng) if cast.world.rng.random() < 0.8 else ""

    def put(question: Question, value: Any) -> Any:
        return (address or None) if question.type == "email" and question.concept == "applicant.email" else value

    asked = next((each.id for each in questions_of(form) if each.concept == "applicant.email"), None)
    answers = changed(form, answers, put)
    if asked and address and asked not in answers:
        answers[asked] = address
    return answers, Applicant(name, address, is_latin=name["family"].isascii())
