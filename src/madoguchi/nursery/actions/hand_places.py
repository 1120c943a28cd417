"""Places that people decide: 内定済み, 障害児枠, and what must not be; always with a reason that the meeting reads."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.lib.errors import Refused
from madoguchi.nursery.models import Candidate, Facility, HandPlace


@transaction.atomic
def place_by_hand(*, candidate: Candidate, facility: Facility | None, reason: str, by: User, is_forbidden: bool = False) -> HandPlace:
    """Decide a child's place beforehand (None: no place in this round), or forbid one. Raises Refused."""
    candidate = Candidate.objects.select_for_update(of=("self",)).select_related("round__procedure__division").get(pk=candidate.pk)
    if candidate.round.is_fixed:
        raise Refused(_("決裁に進んだ回では、手で決められません。差し戻してから決めてください。"), code="round_fixed")
    if not reason.strip():
        raise Refused(_("手で決める理由を入力してください。会議の資料に載ります。"), code="no_reason")
    if is_forbidden and facility is None:
        raise Refused(_("入れない園を選んでください。"), code="no_facility")
    if not is_forbidden:
        HandPlace.objects.standing().filter(candidate=candidate, is_forbidden=False).update(revoked_at=timezone.now())
        _require_seat(candidate, facility)
    made = HandPlace.objects.create(
        round=candidate.round, candidate=candidate, facility=facility, is_forbidden=is_forbidden, reason=reason.strip()[:500], by=by
    )
    record("nursery.place_by_hand", by=by, on=candidate, division=candidate.round.procedure.division, place=made.pk, forbidden=is_forbidden)
    return made


def _require_seat(candidate: Candidate, facility: Facility | None) -> None:
    """More pins than seats would make the whole run unusable: said here, where somebody can act on it."""
    if facility is None or facility.pk == candidate.current_id:
        return
    seats = candidate.round.current_seats()
    row = seats.rows.filter(facility=facility).first() if seats is not None else None
    pool = next((group for group in facility.shared if candidate.age_class in group), [candidate.age_class])
    free = sum((row.of(age) or 0) for age in pool) if row is not None else 0
    taken = HandPlace.objects.standing().filter(round=candidate.round, facility=facility, is_forbidden=False)
    if taken.filter(candidate__age_class__in=pool).exclude(candidate__current=facility).count() >= free:
        raise Refused(
            _("%(facility)sの%(age)s歳児クラスには、手で決められる空きがもうありません。募集人員を確かめてください。")
            % {"facility": facility, "age": candidate.age_class},
            code="no_seat",
        )


@transaction.atomic
def revoke_hand_place(*, place: HandPlace, by: User) -> HandPlace:
    """Take back what was set by hand; the row stays. Raises Refused."""
    place = HandPlace.objects.select_for_update(of=("self",)).select_related("round__procedure__division").get(pk=place.pk)
    if place.round.is_fixed:
        raise Refused(_("決裁に進んだ回では、手で決めた枠を取りやめられません。差し戻してからにしてください。"), code="round_fixed")
    if place.revoked_at is None:
        place.revoked_at = timezone.now()
        place.save(update_fields=["revoked_at"])
        record("nursery.revoke_hand_place", by=by, on=place.candidate, division=place.round.procedure.division, place=place.pk)
    return place
