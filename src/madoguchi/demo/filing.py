"""Filling in and sending one application as a resident does: through the actions, page after page, with real files."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from django.utils import timezone

from madoguchi.accounts.actions import resident_for
from madoguchi.accounts.models import User
from madoguchi.applications import actions as act
from madoguchi.applications.models import Application, Channel
from madoguchi.demo import files
from madoguchi.demo.answers import Example, Filled, Json, fill_in
from madoguchi.demo.city import City
from madoguchi.engines import japanese
from madoguchi.engines.forms import Form, Item, Walk, parts_of, walk
from madoguchi.lib.invented import Lead, World, is_rows
from madoguchi.procedures.actions import lists
from madoguchi.procedures.models import Procedure

CHANGING = ["state", "number", "email", "arrived_at", "accepted_at", "decided_at", "withdrawn_at", "due_on", "opened_at", "assignee"]


@dataclass
class Case:
    """One application of the sample city: what it starts from, and what came of it."""

    city: City
    procedure: str
    examples: list[Example]
    world: World
    lead: Lead | None = None  # a named person instead of an invented one
    application: Application | None = None
    phrase: str = ""
    filled: Filled | None = None
    facts: Json = field(default_factory=dict)

    @property
    def rng(self) -> Random:
        return self.world.rng

    @property
    def own(self) -> Application:
        """The application for what never changes of it."""
        assert self.application is not None
        return self.application

    @property
    def row(self) -> Application:
        """The application with its state of now; procedure and version stay the objects they were."""
        self.own.refresh_from_db(fields=CHANGING)
        return self.own


def begin(case: Case) -> Application:
    """Start an application: with an account, with a proven address, at the counter, or with nothing but the passphrase."""
    procedure = case.city.procedures[case.procedure]
    case.filled = clean_answers(case, procedure)
    email, language = case.filled.applicant.email, _language(case)
    resident = _resident(case, email, language)
    at_counter = resident is None and case.lead is None and case.rng.random() < 0.05
    clerk = case.rng.choice(case.city.office_of(procedure).clerks).user
    started = act.start(
        procedure=procedure,
        resident=resident,
        language=language,
        channel=Channel.COUNTER if at_counter else Channel.ONLINE,
        by=clerk if at_counter else None,
    )
    case.application, case.phrase = started.application, started.phrase
    if email and not at_counter and (resident is not None or case.rng.random() < 0.6):
        act.keep_email(application=case.application, email=email, agreed_electronic=case.lead is not None or case.rng.random() < 0.75)
    return case.application


def _resident(case: Case, email: str, language: str) -> User | None:
    if case.lead is not None and case.lead.email:
        return resident_for(email=case.lead.email, language=language)
    return resident_for(email=email, language=language) if email and case.rng.random() < 0.35 else None


def _language(case: Case) -> str:
    assert case.filled is not None
    if case.filled.applicant.is_latin and case.rng.random() < 0.7:
        return "en"
    return "ja-plain" if case.lead is None and case.rng.random() < 0.06 else "ja"


def clean_answers(case: Case, procedure: Procedure) -> Filled:
    """From the first example that is clean today, beginning with a random one."""
    examples = case.examples if case.lead else case.rng.sample(case.examples, len(case.examples))
    problem = ValueError(f"{procedure.slug} has no clean example")
    for example in examples:
        try:
            return fill_in(procedure.current.form, example, timezone.localdate(), case.world, case.lead)
        except ValueError as error:
            problem = error
    raise problem


# -- pages -----------------------------------------------------------------------------------------------------------------------


def write_answers(case: Case, *, pages: int | None = None) -> None:
    """Save the answers (of the first so many pages, for a draft that is left there), files included."""
    application = case.own
    assert case.filled is not None
    form, draft = application.version.form, application.draft()
    answers = _with_rows(case, application, form, case.filled.answers)
    walked = walk(form, answers, on=timezone.localdate(), lists=case.world.lists)
    chosen = walked.pages if pages is None else walked.pages[:pages]
    items = [item for page in chosen for item in page.items()]
    _save(case, application, draft, items)
    for item in items:
        if item.question.type == "file" and item.value:
            _attach(case, application, draft, item)
    for page in chosen if pages is not None else ():
        draft.refresh_from_db()
        act.mark_page_done(draft=draft, page=page.page.id)


def _with_rows(case: Case, application: Application, form: Form, answers: Json) -> Json:
    """The answers with the ids that the new rows got."""
    known = {repeat.id for repeat in form.repeats}
    made: Json = {}
    for key, value in answers.items():
        if key in known and is_rows(value):
            value = [{**row, "row": act.add_row(store=application.draft(), application=application, repeat_id=key)} for row in value]  # noqa: PLW2901
        made[key] = value
    return made


def _save(case: Case, application: Application, draft: Any, items: list[Item]) -> None:
    posted = {item.path: _posted(item, case.rng) for item in items if item.question.is_typed and item.value is not None}
    act.save_answers(store=draft, application=application, items=items, posted={path: parts for path, parts in posted.items() if parts})


def _posted(item: Item, rng: Random) -> dict[str, list[str]]:
    """What would have been typed; now and then as people type: full width, or the year in the Japanese calendar."""
    question, value = item.question, item.value
    if question.type == "mynumber":
        return {"": [value]}
    if question.type == "date" and rng.random() < 0.2:
        written = japanese.wareki_short if rng.random() < 0.5 else japanese.wareki
        return {"": [written(date.fromisoformat(value))]}
    if question.type == "phone" and rng.random() < 0.2:
        return {"": [value.translate(str.maketrans("0123456789-", "０１２３４５６７８９ー"))]}
    return parts_of(question, value)


def _attach(case: Case, application: Application, store: Any, item: Item) -> None:
    for file in item.value["files"]:
        name, content = files.sample(file["name"], case.rng)
        store.refresh_from_db()
        act.attach(store=store, application=application, question=item.question, path=item.path, file=io.BytesIO(content), name=name)


def send(case: Case) -> Application:
    """Submit what was written."""
    application = case.own
    act.submit(application=application, by=application.resident)
    return case.row


def latest_walk(application: Application) -> Walk:
    """The walk of the newest revision on its own day."""
    latest = application.latest()
    return walk(application.version.form, latest.values, on=latest.as_of, lists=lists())
