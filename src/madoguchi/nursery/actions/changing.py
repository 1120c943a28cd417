"""希望の変更 by the family: for the round that is still open, at once, told and kept."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.lib.errors import Refused
from madoguchi.nursery.models import Candidate, CandidateState, Facility, Fact, FactState, Source, WishChange


@transaction.atomic
def change_wishes(*, candidate: Candidate, wishes: Sequence[str], by: User | None) -> Candidate:
    """Replace a child's wishes until the round's last day for it. Raises Refused, saying until when it was possible or what is wrong."""
    row = Candidate.objects.select_for_update(of=("self",)).select_related("round__procedure__division", "household").get(pk=candidate.pk)
    if not row.round.may_change_wishes or row.state != CandidateState.APPLYING:
        raise Refused(_("希望を変えられる期間が終わっています。担当の課にご連絡ください。"), code="changes_over")
    chosen = list(dict.fromkeys(code for code in wishes if code))
    if not chosen:
        raise Refused(_("希望する施設を1つは選んでください。"), code="no_wish")
    if len(chosen) > row.round.max_wishes:
        raise Refused(_("希望は%(most)sつまでです。") % {"most": row.round.max_wishes}, code="too_many")
    known = set(Facility.objects.running(row.round.month).filter(code__in=chosen).values_list("code", flat=True))
    if unknown := [code for code in chosen if code not in known]:
        raise Refused(_("選べない施設があります（%(code)s）。選び直してください。") % {"code": unknown[0]}, code="unknown_facility")
    if chosen == row.wishes:
        return row
    WishChange.objects.create(candidate=row, before=row.wishes, after=chosen, by=by)
    _as_fact(row, chosen, by)
    row.wishes, row.scored_at = chosen, None
    row.save(update_fields=["wishes", "scored_at"])
    record("nursery.change_wishes", by=by, on=row, division=row.round.procedure.division, wishes=len(chosen))
    return row


def _as_fact(row: Candidate, wishes: list[str], by: User | None) -> None:
    slot = Fact.slot_for(candidate=row)
    before = Fact.objects.in_force().filter(household=row.household, slot=slot, key="wishes").first()
    if before is not None:
        before.state = FactState.REPLACED
        before.save(update_fields=["state"])
    source = Source.FORM if by is None or by.is_resident else Source.CLERK
    Fact.objects.create(
        household=row.household, candidate=row, slot=slot, key="wishes", value=wishes, source=source, by=by, replaces=before
    )
