"""When the service was down: deadlines of corrections are moved with those of procedures, and who sits at a form is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications.actions.telling import inform
from madoguchi.applications.models import Application, Correction, CorrectionState, MovedCorrection
from madoguchi.procedures.actions import new_day
from madoguchi.procedures.models import Outage, Procedure


def corrections_in(*, outage: Outage) -> dict[tuple[int, date], list[Correction]]:
    """Open corrections whose last day the outage reached, by (procedure id, day): that is how they are shown and chosen."""
    first, last = outage.days_reached(settings.OUTAGE_NEAR_HOURS)
    rows = Correction.objects.filter(state=CorrectionState.OPEN, due_on__range=(first, last))
    rows = rows.select_related("application__procedure__division", "application__procedure__municipality", "application__resident")
    found: dict[tuple[int, date], list[Correction]] = defaultdict(list)
    for row in rows.order_by("application__procedure__kana", "due_on", "pk"):
        if outage.reaches(row.due_on, settings.OUTAGE_NEAR_HOURS):
            found[row.application.procedure_id, row.due_on].append(row)
    return found


@transaction.atomic
def move_corrections(*, outage: Outage, chosen: Collection[tuple[int, date]], by: User) -> int:
    """Move the deadlines of corrections, by procedure and day, and tell those who were asked; gives how many."""
    moved = 0
    for group, corrections in corrections_in(outage=outage).items():
        if group not in chosen:
            continue
        for correction in Correction.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in corrections]):
            after = new_day(outage=outage, last_day=correction.due_on, municipality=correction.municipality)
            MovedCorrection.objects.create(outage=outage, correction=correction, before=correction.due_on, after=after, by=by)
            _set_due(correction, after, by)
            moved += 1
    return moved


@transaction.atomic
def take_back_corrections(*, outage: Outage, by: User) -> int:
    """Put the deadlines of corrections back, but for those that somebody answered, or moved anew; gives how many."""
    back = 0
    rows = MovedCorrection.objects.select_for_update(of=("self",)).filter(outage=outage, taken_back_at=None)
    for moved in rows.select_related("correction__application__procedure__division", "correction__application__resident"):
        correction = moved.correction
        if correction.state == CorrectionState.OPEN and correction.due_on == moved.after:
            _set_due(correction, moved.before, by)
            back += 1
        moved.taken_back_at = timezone.now()
        moved.save(update_fields=["taken_back_at"])
    return back


def _set_due(correction: Correction, day: date, by: User) -> None:
    application = correction.application
    correction.due_on = day
    correction.save(update_fields=["due_on"])
    inform(application, "applications/correction_moved", about=correction, due=day)
    record("applications.move_correction", by=by, on=application, division=application.division, due=day.isoformat())


def corrections_moved(*, outage: Outage) -> int:
    """How many deadlines of corrections stand moved for an outage."""
    return MovedCorrection.objects.filter(outage=outage, taken_back_at=None).count()


def drafts_to_tell(*, procedure: Procedure) -> list[int]:
    """Ids of the drafts of a procedure whose people left an address or an account."""
    drafts = Application.objects.drafts().filter(procedure=procedure).exclude(Q(email="") & Q(resident=None))
    return list(drafts.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def tell_draft(*, application: int, day: date) -> bool:
    """Tell the person of a draft (by its id) that its procedure now closes on this day; False when it is no draft any more."""
    rows = Application.objects.drafts().select_related("procedure__division", "municipality", "resident")
    draft = rows.filter(pk=application).first()
    if draft is not None:
        inform(draft, "applications/closing_moved", until=day)
    return draft is not None
