"""The case as a person reads it: what happened, in plain words, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.accounts.models import AuditEntry
from madoguchi.applications.models.application import Application, State, Subject, SubjectState
from madoguchi.applications.models.decision import Decision
from madoguchi.applications.models.switch import SwitchState
from madoguchi.engines.forms import pick
from madoguchi.lib.tags import reader


@dataclass(frozen=True)
class Event:
    at: datetime | date
    title: str
    text: str = ""


def events(application: Application, *, full: bool = True) -> list[Event]:
    """What a resident may know of the case; no clerk's name is in it, and without `full` no name of a subject either."""
    told = reversed(list(_events(application, full)))  # at the same moment, what came of an act stands above the act
    return sorted(told, key=lambda event: event.at, reverse=True)


def subject_name(subject: Subject, *, full: bool) -> str:
    """What a subject is called: by name only for who gave the second proof, else 「お子さま2」, or nothing where there is just one."""
    if full:
        return subject.name
    repeat = subject.application.version.form.subject_repeat
    if repeat is None:
        return ""
    return f"{pick(repeat.item, reader())}{subject.application.subjects.filter(pk__lte=subject.pk).count()}"


def _events(application: Application, full: bool) -> Iterator[Event]:
    marks = [
        (application.arrived_at, _("申請が届きました")),
        (application.accepted_at, _("担当の課が受け付けました")),
        (application.withdrawn_at, _("取下げを受け付けました")),
    ]
    for correction in application.corrections.all():
        marks.append((correction.asked_at, _("直していただきたいところをお知らせしました")))
        marks.append((correction.answered_at, _("直した内容が届きました")))
    switches = application.switches.filter(state=SwitchState.TAKEN).exclude(level="wording")
    moved = () if application.knows_one_version else switches
    marks += [(switch.settled_at, _("様式が新しくなり、この申請も新しい様式に移りました")) for switch in moved]
    marks += [(amendment.arrived_at, _("変更・追加の内容が届きました")) for amendment in application.amendments.all()]
    yield from (Event(at, title) for at, title in marks if at is not None)
    for decision in told_decisions(application):
        yield Event(decision.at, _("結果が出ました"), subject_name(decision.subject, full=full))
    for subject in application.subjects.exclude(declined_at=None):
        yield Event(subject.declined_at, _("辞退を受け付けました"), subject_name(subject, full=full))


def told_decisions(application: Application) -> Any:
    """Decisions whose notice was released; a held one does not exist for the resident yet."""
    found = Decision.objects.filter(subject__application=application, recalled_at=None).select_related("subject", "notice")
    return found.exclude(released_at=None).order_by("-id")


def openings(application: Application) -> list[AuditEntry]:
    """Which division opened the case, when and for what (never a clerk's name)."""
    entries = AuditEntry.objects.filter(verb="applications.open_case", on_model="applications.application", on_id=str(application.pk))
    return list(entries.select_related("division").order_by("-seq")[:50])


def shown_label(application: Application) -> str:
    """The state in words; an accepted 届出 is over, which "accepted" would not say."""
    return str(SubjectState.RECEIVED.label if application.is_finished else State(shown_state(application)).label)


def shown_state(application: Application) -> str:
    """The state as the resident may know it: decided only when something was told."""
    if application.state == State.DECIDED and not told_decisions(application).exists() and application.withdrawn_at is None:
        return State.ACCEPTED
    return application.state
