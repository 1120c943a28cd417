"""受付: the desk opens a case, takes it in, and somebody has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import AuditEntry, Membership, User
from madoguchi.applications.actions.telling import inform
from madoguchi.applications.models import Application, State, SubjectState
from madoguchi.lib.errors import Refused

ONE_OPENING = timedelta(minutes=10)
# Why a case was opened: the resident reads it on the status page, so it is one of these and never free text.
PURPOSES = ("審査", "お問い合わせへの対応", "決裁", "一覧の書き出し")


@dataclass(frozen=True)
class Opening:
    """One look of one member at a case. What came in since the look before is `new`: it stays so for as long as this one lasts."""

    began_at: datetime
    amendments: frozenset[int]
    corrections: frozenset[int]
    messages: frozenset[int]

    @property
    def has_news(self) -> bool:
        return bool(self.amendments or self.corrections or self.messages)


@transaction.atomic
def open_case(*, application: Application, member: Membership, purpose: str = PURPOSES[0]) -> Opening:
    """Write down that a member looks at a case (once in ten minutes), and mark as seen what is shown now; raises Refused outside the division.

    The resident sees the division, the time and the purpose of it, never the member's name.
    """
    if not member.may("cases.read") or member.division_id is None or member.division_id != application.procedure.division_id:
        raise Refused(_("この申請は、ほかの課の申請です。"), code="other_division")
    if application.is_draft:
        raise Refused(_("この申請は、まだ提出されていません。"), code="draft")
    known = AuditEntry.objects.filter(
        verb="applications.open_case",
        on_model="applications.application",
        on_id=str(application.pk),
        by=member.user,
        at__gte=timezone.now() - ONE_OPENING,
    )
    entry = known.order_by("-seq").first()
    if entry is None:
        purpose = purpose if purpose in PURPOSES else PURPOSES[0]
        entry = record("applications.open_case", by=member.user, on=application, division=member.division, purpose=purpose)
        application.opened_at = entry.at
        Application.objects.filter(pk=application.pk).update(opened_at=entry.at)
    return _look(application, entry.at)


def _look(application: Application, since: datetime) -> Opening:
    """What is new at this opening, marked as seen; what was marked earlier in the same opening is still new."""
    now = timezone.now()
    unseen = {
        "amendments": (application.amendments.exclude(arrived_at=None), "seen_at"),
        "corrections": (application.corrections.filter(state="answered"), "seen_at"),
        "messages": (application.messages.filter(from_desk=False), "read_at"),
    }
    found = {}
    for name, (rows, field) in unseen.items():
        rows.filter(**{field: None}).update(**{field: now})
        found[name] = frozenset(rows.filter(**{f"{field}__gte": since}).values_list("pk", flat=True))
    return Opening(since, **found)


@transaction.atomic
def accept(*, application: Application, by: User) -> Application:
    """受付: the application goes to its assignee (who accepts it, if there is none). A 届出 is complete with this. Accepting twice is one."""
    application = Application.objects.locked(application.pk)
    if application.state == State.ACCEPTED:
        return application
    if application.state == State.CORRECTING:
        raise Refused(_("直しをお願いしています。返事を待つか、お願いを取り消してから受け付けてください。"), code="correcting")
    application.move(State.ACCEPTED)
    application.accepted_at = timezone.now()
    application.assignee = application.assignee or by
    application.save(update_fields=["state", "accepted_at", "assignee"])
    if not application.procedure.is_decided:
        for subject in application.subjects.select_for_update().filter(state=SubjectState.OPEN):
            subject.move(SubjectState.RECEIVED)
            subject.save(update_fields=["state"])
    inform(application, "applications/accepted", due=_promised(application))
    record("applications.accept", by=by, on=application, division=application.division)
    return application


def _promised(application: Application) -> date | None:
    """The day to tell: only where there is a result to wait for."""
    return application.due_on if application.procedure.is_decided else None


@transaction.atomic
def assign(*, application: Application, to: User | None, by: User) -> Application:
    """Give a case to a member of its division who works on cases, or (None) to nobody."""
    application = Application.objects.locked(application.pk)
    if application.is_draft:
        raise Refused(_("この申請は、まだ提出されていません。"), code="draft")
    if to is not None and not works_here(to, application):
        raise Refused(_("この人は、この課の担当者ではありません。担当者を選び直してください。"), code="not_of_division")
    application.assignee = to
    application.save(update_fields=["assignee"])
    record("applications.assign", by=by, on=application, division=application.division, to=to.pk if to else None)
    return application


@transaction.atomic
def take(*, application: Application, by: User) -> Application:
    """Take a case for oneself; raises Refused when a colleague has taken it a moment before."""
    application = Application.objects.locked(application.pk)
    if application.assignee_id not in (None, by.pk):
        raise Refused(
            _("%(name)sさんが先に担当になりました。替わるときは、担当者を選び直してください。") % {"name": application.assignee.name},
            code="taken",
        )
    return assign(application=application, to=by, by=by)


def works_here(user: User, application: Application, permission: str = "cases.work") -> bool:
    """Whether a person has a role with this permission in the case's division today."""
    mine = Membership.objects.current().filter(user=user, division_id=application.procedure.division_id)
    return any(membership.may(permission) for membership in mine)
