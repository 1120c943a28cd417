"""教育・保育給付認定 (子ども・子育て支援法19条, 20条): what a child is entitled to, for how long, and the notice of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.lib.errors import Refused
from madoguchi.notices.actions import notify
from madoguchi.notices.actions import recall as recall_notice
from madoguchi.notices.actions import release as release_notice
from madoguchi.nursery.models import Candidate, CareHours, Certification, CertificationState
from madoguchi.nursery.models.certifying import Entitlement, entitlement_of
from madoguchi.nursery.models.letters import certification_letter, recipient_of


@transaction.atomic
def propose_certification(*, candidate: Candidate, by: User | None, hours: str = "", reason: str = "") -> Certification:
    """認定の案 from the facts in force; a clerk may choose other hours with a reason. A later proposal replaces an undecided one."""
    candidate = (
        Candidate.objects.select_for_update(of=("self",)).select_related("round__procedure__division", "household").get(pk=candidate.pk)
    )
    found = entitlement_of(candidate)
    if hours and hours not in CareHours.values:
        raise Refused(_("保育標準時間か保育短時間を選んでください。"), code="hours")
    if hours and hours != found.hours and not reason.strip():
        raise Refused(_("事実から決まる保育必要量と違うときは、理由を入力してください。"), code="no_reason")
    before = _standing(candidate)
    if before is not None and before.state == CertificationState.PROPOSED:
        return _renewed(before, found, hours or found.hours, reason, by)
    made = Certification.objects.create(
        candidate=candidate,
        category=found.category,
        hours=hours or found.hours,
        valid_from=found.valid_from,
        valid_until=found.valid_until,
        grounds=found.grounds,
        state=CertificationState.PROPOSED,
        reason=reason.strip()[:500],
        replaces=before,
        by=by,
    )
    record("nursery.propose_certification", by=by, on=candidate, division=candidate.round.procedure.division, certification=made.pk)
    return made


def _standing(candidate: Candidate) -> Certification | None:
    return Certification.objects.standing().filter(candidate=candidate).order_by("-id").first()


def _renewed(row: Certification, found: Entitlement, hours: str, reason: str, by: User | None) -> Certification:
    row.category, row.hours, row.grounds = found.category, hours, found.grounds
    row.valid_from, row.valid_until, row.reason, row.by = found.valid_from, found.valid_until, reason.strip()[:500], by
    row.save()
    return row


@transaction.atomic
def certify(*, certification: Certification, by: User, refuse: bool = False, reason: str = "", release: bool = True) -> Certification:
    """認定 (or 認定しない, with its reason) with a notice of its own; deciding twice is one. Raises Refused."""
    row = _locked(certification)
    if row.state in (CertificationState.DECIDED, CertificationState.REFUSED):
        return row
    if refuse and not reason.strip():
        raise Refused(_("認定しないときは、理由を入力してください。"), code="no_reason")
    row.state = CertificationState.REFUSED if refuse else CertificationState.DECIDED
    row.reason = reason.strip()[:500] or row.reason
    row.by, row.at = by, timezone.now()
    row.notice = _write(row, hold=not release)
    row.save()
    record(
        "nursery.certify", by=by, on=row.candidate, division=row.candidate.round.procedure.division, certification=row.pk, refused=refuse
    )
    return row


@transaction.atomic
def postpone_certification(*, certification: Certification, until: date, reason: str, by: User, release: bool = True) -> Certification:
    """延期通知 (20条6項): not within 30 days, until when and why; for the many applications for April, in bulk. Raises Refused."""
    row = _locked(certification)
    if row.state not in (CertificationState.PROPOSED, CertificationState.POSTPONED):
        raise Refused(_("もう認定が決まっているため、延期できません。"), code="decided")
    if until <= timezone.localdate():
        raise Refused(_("延期した後の期日は、明日から後の日で入力してください。"), code="until")
    if not reason.strip():
        raise Refused(_("延期する理由を入力してください。"), code="no_reason")
    row.state, row.postponed_until, row.reason, row.by, row.at = (
        CertificationState.POSTPONED,
        until,
        reason.strip()[:500],
        by,
        timezone.now(),
    )
    row.notice = _write(row, hold=not release)
    row.save()
    record("nursery.postpone_certification", by=by, on=row.candidate, division=row.candidate.round.procedure.division, certification=row.pk)
    return row


@transaction.atomic
def release_certification(*, certification: Certification, by: User) -> Certification:
    """Send the notice that was held; releasing twice is one."""
    row = _locked(certification)
    if row.notice is not None:
        release_notice(row.notice, by=by)
    return row


@transaction.atomic
def recall_certification(*, certification: Certification, by: User) -> Certification:
    """Take back a certification whose notice was never released: it is a proposal again. Raises Refused when it was told."""
    row = _locked(certification)
    if row.notice is not None:
        recall_notice(row.notice, by=by)
    row.state, row.notice = CertificationState.PROPOSED, None
    row.save(update_fields=["state", "notice"])
    record("nursery.recall_certification", by=by, on=row.candidate, division=row.candidate.round.procedure.division, certification=row.pk)
    return row


def _locked(certification: Certification) -> Certification:
    rows = Certification.objects.select_for_update(of=("self",)).select_related(
        "candidate__round__procedure__division", "candidate__household__application", "candidate__subject", "notice"
    )
    return rows.get(pk=certification.pk)


def _write(row: Certification, *, hold: bool) -> Any:
    """The notice, when there is somebody to write to: a family from the core system is written to by that system."""
    candidate = row.candidate
    to = recipient_of(candidate)
    if to is None:
        return None
    application = candidate.household.application
    return notify(
        "nursery/certified" if row.state != CertificationState.POSTPONED else "nursery/postponed",
        to=to,
        about=row,
        division=candidate.round.procedure.division,
        thread=str(application.uuid),
        values={"procedure": application.procedure.name, "number": application.number or ""},
        document=certification_letter(row),
        hold=hold,
    )
