"""Making versions, and opening, closing and hiding a procedure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.engines.forms import (
    Difference,
    Faulty,
    Finding,
    Form,
    Question,
    classify,
    differences,
    document_hash,
    lint,
    load,
    questions_of,
)
from madoguchi.engines.forms.changes import CLASSES
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions.entries import went_online
from madoguchi.procedures.models import DraftState, FormDraft, Procedure, ProcedureVersion


@dataclass(frozen=True)
class Proposal:
    """What would happen if a document were published: looked at on the page before, checked again by `publish`."""

    document: Mapping[str, Any]
    form: Form
    hash: str
    number: int
    findings: tuple[Finding, ...]
    differences: tuple[Difference, ...]
    change: str

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == "error")

    @property
    def notes(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level != "error")


def propose(*, procedure: Procedure, document: Mapping[str, Any], restores: ProcedureVersion | None = None) -> Proposal:
    """Look at a document that might become the next version; raises Refused for one that could never be published.

    `restores` is the earlier version from which it was brought back: ids of that version may return with the meaning they had there.
    """
    form = _load(document)
    current = procedure.current
    hash_ = document_hash(form.document)
    if form.id != procedure.slug:
        raise Refused(_("この様式は「%(id)s」のものです。この手続きの様式を選んでください。") % {"id": form.id}, code="other_form")
    if current is not None and current.hash == hash_:
        raise Refused(_("いまの版と同じ内容です。変えたところがありません。"), code="same_document")
    _require_new_ids(procedure, form, restores)
    return Proposal(
        document=form.document,
        form=form,
        hash=hash_,
        number=(procedure.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1,
        findings=lint(form),
        differences=differences(current.form, form) if current is not None else (),
        change=classify(current.form, form) if current is not None else "meaning",
    )


@transaction.atomic
def publish(
    *,
    procedure: Procedure,
    document: Mapping[str, Any],
    by: User | None,
    change: str = "",
    note: str = "",
    ways: Mapping[str, Any] | None = None,
    restores: ProcedureVersion | None = None,
) -> ProcedureVersion:
    """Make a document the procedure's next version, for ever as it is now; whether the task list is done is asked by `publish_draft`.

    `change` is what the publisher believes it to be (wording, addition, meaning); the comparison decides and only a heavier belief stands.
    `ways` says what becomes of what people have begun: see `sound_ways`. Without them everything stays on its version.
    """
    procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
    proposal = propose(procedure=procedure, document=document, restores=restores)
    if proposal.errors:
        first = proposal.errors[0]
        sentence = _("様式にまちがいがあります。直してから公開してください：%(path)s %(message)s")
        raise Refused(sentence % {"path": first.path, "message": first.message}, code="lint", findings=proposal.errors)
    if change and (change not in CLASSES or CLASSES.index(change) < CLASSES.index(proposal.change)):
        raise Refused(_("変更の種類が、実際の変更より軽くなっています。選び直してください。"), code="change_class", change=proposal.change)
    version = ProcedureVersion.objects.create(
        procedure=procedure,
        number=proposal.number,
        document=proposal.document,
        hash=proposal.hash,
        change=change or proposal.change,
        note=note,
        ways=dict(ways or {}),
        by=by,
    )
    procedure.current = version
    procedure.save(update_fields=["current"])
    for draft in FormDraft.objects.filter(procedure=procedure, state=DraftState.OPEN):  # what was published is no draft any more
        if document_hash(draft.document) == proposal.hash:
            draft.state = DraftState.PUBLISHED
            draft.save(update_fields=["state"])
    details = {"procedure": procedure.slug, "number": version.number, "hash": version.hash, "change": version.change}
    record("procedures.publish", by=by, on=version, division=procedure.division, **details)
    return version


def _load(document: Mapping[str, Any]) -> Form:
    try:
        return load(document)
    except Faulty as faulty:
        path, message = faulty.problems[0]
        sentence = _("様式を読めません。%(path)s を直してください：%(message)s")
        raise Refused(sentence % {"path": path or _("全体"), "message": message}, code="faulty", problems=faulty.problems) from faulty


def _require_new_ids(procedure: Procedure, form: Form, restores: ProcedureVersion | None) -> None:
    """An id that has once been given up never comes back: its answers lie in filed applications with another meaning.

    Unless a version is restored that had it, and it means there what it means here.
    """
    versions = list(procedure.versions.order_by("-number"))
    if len(versions) < 2 and not (versions and versions[0].form.retired):
        return
    standing = {question.id for question in questions_of(versions[0].form)}
    given_up = set(versions[0].form.retired)
    for version in versions[1:]:
        given_up |= ({question.id for question in questions_of(version.form)} | set(version.form.retired)) - standing
    returned = {} if restores is None else {question.id: meaning_of(question) for question in questions_of(restores.form)}
    asked = {question.id: meaning_of(question) for question in questions_of(form)}
    again = sorted(one for one in asked.keys() & given_up if returned.get(one) != asked[one])
    if again:
        sentence = _("前に使うのをやめた項目の識別名です。別の名前にしてください：%(ids)s")
        raise Refused(sentence % {"ids": "、".join(again)}, code="id_again", ids=again)


def meaning_of(question: Question) -> tuple[Any, ...]:
    """What makes answers under one id answers to the same question: its type, group, list, concept, and the words it asks with."""
    return (question.type, question.repeat, question.list, question.concept, question.label.get("ja"))


@transaction.atomic
def reopen(*, procedure: Procedure, opens_on: date | None = None, closes_on: date | None = None, by: User | None) -> Procedure:
    """Set from which day to which day the procedure takes applications; None is without a limit."""
    if opens_on and closes_on and closes_on < opens_on:
        raise Refused(_("受付の終わりは、始まりと同じ日か、あとの日にしてください。"), code="opening_order")
    return _change(procedure, "procedures.reopen", by, opens_on=opens_on, closes_on=closes_on)


@transaction.atomic
def close(*, procedure: Procedure, last_day: date, by: User | None) -> Procedure:
    """Make a day the last on which the procedure takes applications; what was started can still be looked at."""
    opens_on = procedure.opens_on if procedure.opens_on is None or procedure.opens_on <= last_day else last_day
    return _change(procedure, "procedures.close", by, opens_on=opens_on, closes_on=last_day)


@transaction.atomic
def hide(*, procedure: Procedure, by: User | None) -> Procedure:
    """Take a procedure off the residents' pages; cases and versions stay."""
    return _change(procedure, "procedures.hide", by, is_hidden=True)


@transaction.atomic
def show(*, procedure: Procedure, by: User | None) -> Procedure:
    """Put a hidden procedure back on the residents' pages; the inventory counts it as online from the first day on which it is."""
    row = _change(procedure, "procedures.show", by, is_hidden=False)
    if row.current_id is not None:
        went_online(row)
    return row


def _change(procedure: Procedure, verb: str, by: User | None, **facts: Any) -> Procedure:
    for name, value in facts.items():
        setattr(procedure, name, value)
    procedure.save(update_fields=[*facts])
    details = {name: value if isinstance(value, bool) or value is None else value.isoformat() for name, value in facts.items()}
    record(verb, by=by, on=procedure, division=procedure.division, procedure=procedure.slug, **details)
    return procedure
