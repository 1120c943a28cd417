"""From draft to version: now, or at an hour that was chosen, and only while nothing on the task list is open."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.engines.forms import document_hash
from madoguchi.engines.forms.changes import CLASSES
from madoguchi.engines.japanese import remove_forbidden
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.tasks import where
from madoguchi.notices.actions import notify
from madoguchi.notices.models import Recipient
from madoguchi.procedures.actions.publishing import publish
from madoguchi.procedures.actions.studio import locked_draft
from madoguchi.procedures.actions.tasklist import TaskList, publishing_tasks
from madoguchi.procedures.backends import under_way
from madoguchi.procedures.models import FormDraft, FormSchedule, Procedure, ProcedureVersion, ReviewState, ScheduleState

WAYS = ("finish", "migrate", "ask")
WHOM = ("drafts", "cases")
LATEST = timedelta(days=366)
# What is proposed: words go over silently; what is new is told and left to the person; filed cases stay as they were filed.
DEFAULT_WAYS: Mapping[str, Mapping[str, str]] = {
    "wording": {"drafts": "migrate", "cases": "migrate"},
    "addition": {"drafts": "ask", "cases": "finish"},
    "meaning": {"drafts": "ask", "cases": "finish"},
}
log = logging.getLogger("madoguchi.procedures")


def sound_ways(ways: Mapping[str, Any] | None) -> dict[str, dict[str, str]]:
    """What becomes of what is under way, by class of change and for drafts and cases; raises Refused for an unknown word."""
    made = {change: dict(DEFAULT_WAYS[change]) for change in CLASSES}
    for change, wanted in (ways or {}).items():
        for whom, way in dict(wanted).items():
            if change not in made or whom not in WHOM or way not in WAYS:
                raise Refused(_("途中の申請をどうするか、選び直してください。"), code="ways")
            made[change][whom] = way
    return made


def locked_whole(draft: FormDraft) -> FormDraft:
    """The procedure first, as whoever publishes without a draft does, then the draft: two of them never wait for each other."""
    Procedure.objects.select_for_update().get(pk=draft.procedure_id)
    return locked_draft(draft)


@transaction.atomic
def publish_draft(
    *, draft: FormDraft, edition: int, change: str = "", note: str = "", ways: Mapping[str, Any] | None = None, by: User
) -> ProcedureVersion:
    """Make the draft the next version, and treat what is under way as `ways` say.

    Raises Refused when the page was old, when something on the task list is open, and for what `publish` refuses.
    """
    row = _as_seen(draft, edition)
    if row.schedules.filter(state=ScheduleState.WAITING).exists():  # type: ignore[attr-defined]
        raise Refused(_("公開を予約しています。いま公開するには、先に予約を取り消してください。"), code="scheduled")
    return _release(row, change, note, sound_ways(ways), by)


def _as_seen(draft: FormDraft, edition: int) -> FormDraft:
    row = locked_whole(draft)
    if row.edition != edition:
        raise Refused(_("別の画面で変更されています。内容を確かめてから、もう一度公開してください。"), code="stale")
    return row


def _release(row: FormDraft, change: str, note: str, ways: Mapping[str, Any], by: User) -> ProcedureVersion:
    found = publishing_tasks(draft=row)
    if not found.is_ready:
        sentences = "".join(task.sentence for task in found.open)
        raise Refused(_("まだ公開できません。%(what)s") % {"what": sentences}, code="tasks", keys=[task.key for task in found.open])
    _require_eyes(found, change)
    version = publish(procedure=row.procedure, document=row.document, change=change, note=note, ways=ways, restores=row.restores, by=by)
    for _alias, backend in under_way.all():
        backend.hand_over(version, by)
    return version


def _require_eyes(found: TaskList, change: str) -> None:
    """Who calls a change one of meaning, though the comparison does not, wants the second pair of eyes too."""
    approved = found.review is not None and found.review.state == ReviewState.APPROVED
    if change == "meaning" and not approved:
        raise Refused(_("意味の変更として公開するには、もう1人の確認が要ります。先に確認を頼んでください。"), code="review")


@transaction.atomic
def schedule_publishing(
    *, draft: FormDraft, edition: int, at: datetime, change: str = "", note: str = "", ways: Mapping[str, Any] | None = None, by: User
) -> FormSchedule:
    """Publish the draft at an hour, as it is now: until then it cannot be changed. Raises Refused as `publish_draft` would today."""
    row = _as_seen(draft, edition)
    if not timezone.now() < at <= timezone.now() + LATEST:
        raise Refused(_("公開する日時は、いまより後で1年以内にしてください。"), code="when")
    if row.schedules.filter(state=ScheduleState.WAITING).exists():  # type: ignore[attr-defined]
        raise Refused(_("もう予約しています。変えるには、先に予約を取り消してください。"), code="scheduled")
    found = publishing_tasks(draft=row)
    if not found.is_ready or found.proposal is None:
        raise Refused(_("まだ公開できません。%(what)s") % {"what": "".join(task.sentence for task in found.open)}, code="tasks")
    _require_eyes(found, change)
    if change and (change not in CLASSES or CLASSES.index(change) < CLASSES.index(found.proposal.change)):
        raise Refused(_("変更の種類が、実際の変更より軽くなっています。選び直してください。"), code="change_class")
    made = FormSchedule.objects.create(
        draft=row,
        hash=document_hash(row.document),
        at=at,
        change=change or found.proposal.change,
        note=remove_forbidden(note)[:300],
        ways=sound_ways(ways),
        by=by,
    )
    record("procedures.schedule_publishing", by=by, on=made, division=row.procedure.division, procedure=row.procedure.slug)
    return made


@transaction.atomic
def cancel_schedule(*, schedule: FormSchedule, by: User) -> FormSchedule:
    """Take a schedule back; the draft can be changed again. Raises Refused when it is over."""
    locked_whole(schedule.draft)
    row = FormSchedule.objects.select_for_update(of=("self",)).select_related("draft__procedure__division").get(pk=schedule.pk)
    if row.state != ScheduleState.WAITING:
        raise Refused(_("この予約は、もう終わっています。画面を開き直してください。"), code="schedule_over")
    _end(row, ScheduleState.CANCELLED)
    record("procedures.cancel_schedule", by=by, on=row, division=row.draft.procedure.division)
    return row


def _end(row: FormSchedule, state: ScheduleState, problem: str = "") -> None:
    row.state, row.problem, row.ended_at = state, problem, timezone.now()
    row.save(update_fields=["state", "problem", "ended_at"])


def publish_due() -> int:
    """By the clock: publish what was scheduled for now, each in a transaction of its own; who asked is told where it cannot be."""
    due = FormSchedule.objects.filter(state=ScheduleState.WAITING, at__lte=timezone.now()).order_by("at")
    return sum(_publish_one(pk) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _publish_one(pk: int) -> int:
    draft = FormSchedule.objects.select_related("draft").get(pk=pk).draft
    Procedure.objects.select_for_update().get(pk=draft.procedure_id)
    rows = FormSchedule.objects.select_for_update(of=("self",)).select_related("draft__procedure__division", "draft__holder", "by")
    row = rows.filter(pk=pk, state=ScheduleState.WAITING).first()
    if row is None:  # another worker was faster
        return 0
    try:
        with transaction.atomic():
            version = _release(locked_draft(draft), row.change, row.note, row.ways, row.by)
    except Refused as refused:
        _fail(row, str(refused))
        return 0
    except Exception as error:  # noqa: BLE001 what broke must not be tried every minute for ever, and somebody must know
        log.error("schedule %s: %s", row.pk, where(error))
        _fail(row, _("公開の途中で止まりました。情報システム担当に連絡してください。（%(where)s）") % {"where": where(error)})
        return 0
    _end(row, ScheduleState.DONE)
    record("procedures.publish_scheduled", by=row.by, on=row, division=row.draft.procedure.division, number=version.number)
    return 1


def _fail(row: FormSchedule, problem: str) -> None:
    """Keep why, and tell who scheduled it and who holds the draft."""
    _end(row, ScheduleState.FAILED, problem)
    procedure = row.draft.procedure
    record("procedures.schedule_failed", by=row.by, on=row, division=procedure.division, procedure=procedure.slug)
    page = address("procedures_desk:studio_publish", slug=row.municipality.slug, procedure=procedure.slug)
    people = {one.email: one for one in (row.by, row.draft.holder) if one is not None and one.email}
    for email, person in people.items():
        to = Recipient(name=person.name, language=person.language, email=email, channel="email")
        values = {"procedure": procedure.name, "address": page}
        notify("procedures/not_published", to=to, about=row, division=procedure.division, values=values)
