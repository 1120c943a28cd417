"""The case as the desk reads it: every act, with who did it, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.accounts.models import AuditEntry
from madoguchi.applications.models.application import Application
from madoguchi.applications.models.decision import APPROVAL, PROPOSAL, Decision
from madoguchi.applications.models.switch import SwitchState


@dataclass(frozen=True)
class DeskEvent:
    at: datetime
    title: str
    text: str = ""


def desk_events(application: Application) -> list[DeskEvent]:
    """What happened, newest first; at the same moment, what came of an act stands above the act."""
    parts = (_arrivals, _switches, _corrections, _reviews, _decisions, _subjects)
    found = reversed([event for part in parts for event in part(application)])
    return sorted(found, key=lambda event: event.at, reverse=True)


def _arrivals(application: Application) -> Iterator[DeskEvent]:
    if application.arrived_at:
        yield DeskEvent(application.arrived_at, _("届きました"), str(application.get_channel_display()))
    if application.accepted_at:
        yield DeskEvent(application.accepted_at, _("受け付けました"), _who(application, "applications.accept"))
    for revision in application.answers.filter(kind="desk").select_related("by"):
        yield DeskEvent(revision.at, _("職員が内容を直しました"), _name(revision.by))
    for amendment in application.amendments.exclude(arrived_at=None):
        yield DeskEvent(amendment.arrived_at, _("変更・追加が届きました"), amendment.number)
    if application.withdrawn_at:
        yield DeskEvent(application.withdrawn_at, _("取り下げられました"), application.withdrawal_reason)


def _switches(application: Application) -> Iterator[DeskEvent]:
    """How a newer version of the form reached the case."""
    if application.knows_one_version:
        return
    for switch in application.switches.select_related("before", "after"):
        numbers = {"before": switch.before.number, "after": switch.after.number}
        if switch.state == SwitchState.TAKEN:
            yield DeskEvent(switch.settled_at, _("様式の第%(before)s版から第%(after)s版に移りました") % numbers, switch.note)
        elif switch.state == SwitchState.WAITING:
            yield DeskEvent(switch.at, _("様式の第%(after)s版に合わせて、答えをお願いしました") % numbers, switch.note)
        else:
            words = _("様式の第%(after)s版が公開されましたが、第%(before)s版のままです") % numbers
            yield DeskEvent(switch.settled_at, words, switch.note)


def _who(application: Application, verb: str) -> str:
    entry = AuditEntry.objects.filter(verb=verb, on_model="applications.application", on_id=str(application.pk)).select_related("by").last()
    return _name(entry.by) if entry else ""


def _name(user: Any) -> str:
    return (user.name or user.username) if user is not None else ""


def _quoted(words: str) -> str:
    return _("「%(words)s」") % {"words": words}


def _corrections(application: Application) -> Iterator[DeskEvent]:
    for correction in application.corrections.select_related("asked_by").prefetch_related("items"):
        count = len(correction.items.all())
        yield DeskEvent(correction.asked_at, _("補正を求めました（%(count)s項目）") % {"count": count}, _name(correction.asked_by))
        if correction.reminded_at:
            yield DeskEvent(correction.reminded_at, _("補正の期限を知らせました"))
        if correction.answered_at:
            yield DeskEvent(correction.answered_at, _("補正が届きました"))
        elif correction.state == "cancelled" and correction.ended_at:
            yield DeskEvent(correction.ended_at, _("補正の求めを取り消しました"))


def _reviews(application: Application) -> Iterator[DeskEvent]:
    for review in application.reviews.filter(step__in=[PROPOSAL, APPROVAL]).select_related("by", "subject"):
        words = _("起案しました") if review.step == PROPOSAL else _("決裁しました") if review.passed else _("差し戻しました")
        subject = f"{review.subject.name}　" if review.subject and review.subject.path else ""
        outcome = _quoted(review.get_outcome_display()) if review.passed else review.note
        yield DeskEvent(review.at, words, f"{subject}{outcome}\n{_name(review.by)}")


def _decisions(application: Application) -> Iterator[DeskEvent]:
    for decision in Decision.objects.filter(subject__application=application).select_related("by", "subject"):
        subject = f"{decision.subject.name}　" if decision.subject.path else ""
        held = _("（まだ知らせていません）") if decision.released_at is None and decision.recalled_at is None else ""
        yield DeskEvent(decision.at, _("決定しました") + held, f"{subject}{_quoted(decision.get_outcome_display())}\n{_name(decision.by)}")
        if decision.recalled_at:
            yield DeskEvent(decision.recalled_at, _("決定を取りやめました"), subject)
        elif decision.released_at and (decision.released_at - decision.at).total_seconds() > 1:
            yield DeskEvent(decision.released_at, _("結果を知らせました"), subject)


def _subjects(application: Application) -> Iterator[DeskEvent]:
    for subject in application.subjects.all():
        if subject.accepted_at:
            yield DeskEvent(subject.accepted_at, _("承諾がありました"), subject.name)
        if subject.declined_at:
            yield DeskEvent(subject.declined_at, _("辞退がありました"), subject.name)


def desk_openings(application: Application) -> list[AuditEntry]:
    """Who opened the case, when and for what, and who looked at an individual number."""
    verbs = ["applications.open_case", "applications.look_at_mynumber"]
    entries = AuditEntry.objects.filter(verb__in=verbs, on_model="applications.application", on_id=str(application.pk))
    return list(entries.select_related("by", "division").order_by("-seq")[:50])
