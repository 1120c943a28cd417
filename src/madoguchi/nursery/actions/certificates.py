"""就労証明書: typed once at the desk, or by the employer through a link that works once; facts and points follow."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.lib.errors import Refused
from madoguchi.nursery.actions.facts import put_facts
from madoguchi.nursery.models import EmployerLink, EmploymentCertificate, Fact, Household, Source
from madoguchi.nursery.models.working import facts_from

LINK_DAYS = 30
PARENTS = (1, 2)


@transaction.atomic
def enter_certificate(*, household: Household, parent: int, values: Mapping[str, Any], by: User) -> EmploymentCertificate:
    """Type a paper certificate: it replaces an earlier one of the same parent, and its facts are in force. Raises Refused."""
    household = _locked(household, parent)
    made = _keep(household, parent, values, origin="paper", by=by)
    record(
        "nursery.enter_certificate", by=by, on=household, division=household.round.procedure.division, certificate=made.pk, parent=parent
    )
    return made


def _locked(household: Household, parent: int) -> Household:
    if parent not in PARENTS:
        raise Refused(_("この保護者はいません。画面を開き直してください。"), code="no_parent")
    found = Household.objects.select_for_update(of=("self",)).select_related("round__procedure__division").get(pk=household.pk)
    if found.round.is_fixed:
        raise Refused(_("決裁に進んだ回では、就労証明書を入れられません。差し戻してから入れてください。"), code="round_fixed")
    return found


def _keep(household: Household, parent: int, values: Mapping[str, Any], *, origin: str, by: User | None) -> EmploymentCertificate:
    before = EmploymentCertificate.objects.filter(household=household, parent=parent, replaced_by=None).order_by("-id").first()
    made = EmploymentCertificate.objects.create(
        household=household,
        parent=parent,
        values=dict(values),
        origin=origin,
        issued_on=values.get("issued_on") or None,
        by=by,
        replaces=before,
    )
    is_provisional = origin == "employer"
    put_facts(
        household=household,
        parent=parent,
        values=facts_from(values, household.round.month.isoformat()),
        source=Source.EMPLOYER if is_provisional else Source.CERTIFICATE,
        is_provisional=is_provisional,
        by=by,
    )
    return made


@transaction.atomic
def make_employer_link(*, household: Household, parent: int, by: User | None) -> tuple[EmployerLink, str]:
    """A link for the employer and the token that opens it, which is shown once: only its hash is kept. An earlier open link ends."""
    household = _locked(household, parent)
    now = timezone.now()
    EmployerLink.objects.filter(household=household, parent=parent, used_at=None, revoked_at=None).update(revoked_at=now)
    token = secrets.token_urlsafe(24)
    link = EmployerLink.objects.create(
        household=household, parent=parent, token_hash=digest(token), made_at=now, expires_at=now + timedelta(days=LINK_DAYS)
    )
    record("nursery.make_employer_link", by=by, on=household, division=household.round.procedure.division, link=link.pk, parent=parent)
    return link, token


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def usable_link(token: str) -> EmployerLink | None:
    """The link that a token opens; None when there is none, or when it was used, taken back or is over."""
    rows = EmployerLink.objects.select_related("household__round__procedure__division", "household__round__municipality")
    link = rows.filter(token_hash=digest(token)).first()
    return link if link is not None and link.is_usable and not link.household.round.is_fixed else None


@transaction.atomic
def receive_from_employer(*, token: str, values: Mapping[str, Any]) -> EmploymentCertificate:
    """What the employer typed lands in the case, marked as of unproven origin: points from it are provisional. Raises Refused."""
    known = usable_link(token)
    link = EmployerLink.objects.select_for_update().get(pk=known.pk) if known is not None else None
    if link is None or not link.is_usable:
        raise Refused(_("このページはもう使えません。従業員の方に、新しいリンクを頼んでください。"), code="link_over")
    household = _locked(link.household, link.parent)
    made = _keep(household, link.parent, values, origin="employer", by=None)
    link.used_at, link.certificate = timezone.now(), made
    link.save(update_fields=["used_at", "certificate"])
    record("nursery.receive_from_employer", by=None, on=household, division=household.round.procedure.division, certificate=made.pk)
    return made


@transaction.atomic
def verify_certificate(*, certificate: EmploymentCertificate, how: str, by: User) -> EmploymentCertificate:
    """A clerk asked at a contact found elsewhere (never the one on the form itself), and it is true. Raises Refused without saying how."""
    row = EmploymentCertificate.objects.select_for_update().get(pk=certificate.pk)
    household = _locked(row.household, row.parent)
    if not how.strip():
        raise Refused(_("どこで見つけた連絡先に、どう確かめたかを入力してください。"), code="no_how")
    if row.is_verified:
        return row
    row.verified_at, row.verified_by, row.verified_how = timezone.now(), by, how.strip()[:300]
    row.save(update_fields=["verified_at", "verified_by", "verified_how"])
    facts = Fact.objects.in_force().filter(household=household, parent=row.parent, source=Source.EMPLOYER, is_provisional=True)
    facts.update(is_provisional=False)
    record("nursery.verify_certificate", by=by, on=household, division=household.round.procedure.division, certificate=row.pk)
    return row
