"""止まったとき: the record of an outage, and the deadlines that are moved for it, each looked at before."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import Municipality, User
from madoguchi.engines import japanese
from madoguchi.lib.errors import Refused
from madoguchi.procedures.backends import deadline_keepers
from madoguchi.procedures.models import DueDay, MovedDeadline, Outage, Procedure

FIELDS = ("closes_on", "amend_until_on")  # the days of a procedure that end at midnight


@transaction.atomic
def record_outage(*, began_at: datetime, ended_at: datetime | None, reason: str, note: str = "", by: User) -> Outage:
    """Write down when the service was down, is down (no end) or will be; residents are told on every page.

    Raises Refused for an end that is not after the beginning, and for an outage that overlaps one already recorded.
    """
    _check_times(began_at, ended_at)
    for other in Outage.objects.standing():
        if (ended_at is None or other.began_at < ended_at) and (other.ended_at is None or began_at < other.ended_at):
            raise Refused(_("同じ時間の停止が、もう記録されています。その記録を直してください。"), code="overlap")
    outage = Outage.objects.create(began_at=began_at, ended_at=ended_at, reason=reason, note=note.strip()[:300], by=by)
    record("procedures.record_outage", by=by, on=outage, **_times(outage))
    return outage


@transaction.atomic
def end_outage(*, outage: Outage, ended_at: datetime, by: User) -> Outage:
    """Say when the service was back, or put that right; raises Refused while deadlines stand that were moved by the old time."""
    outage = _standing(outage)
    _check_times(outage.began_at, ended_at)
    _require_nothing_moved(outage)
    outage.ended_at = ended_at
    outage.save(update_fields=["ended_at"])
    record("procedures.end_outage", by=by, on=outage, **_times(outage))
    return outage


@transaction.atomic
def cancel_outage(*, outage: Outage, by: User) -> Outage:
    """Take a record back that was a mistake: residents are told no more. Raises Refused while deadlines stand that were moved for it."""
    outage = _standing(outage)
    _require_nothing_moved(outage)
    outage.cancelled_at = timezone.now()
    outage.save(update_fields=["cancelled_at"])
    record("procedures.cancel_outage", by=by, on=outage)
    return outage


def deadlines_in(*, outage: Outage) -> list[DueDay]:
    """Every deadline whose moment fell into the outage or within OUTAGE_NEAR_HOURS after it, with the day it would be moved to.

    Procedures first; then what higher rooms keep (補正の期限). Nothing while the outage lasts: how long it will be is not known.
    """
    if outage.ended_at is None or outage.cancelled_at is not None:
        return []
    own = list(_own(outage))
    return own + [due for _alias, keeper in deadline_keepers.all() for due in keeper.due(outage)]


def new_day(*, outage: Outage, last_day: date, municipality: Municipality) -> date:
    """The next open day after the old last day and after the day on which the service was back: one whole day of service."""
    back = timezone.localdate(outage.ended_at) if outage.ended_at else last_day
    closed = frozenset(date.fromisoformat(day) for day in municipality.closed_days)
    return japanese.add_open_days(max(last_day, back), 1, closed=closed)


def _own(outage: Outage) -> Iterator[DueDay]:
    near = settings.OUTAGE_NEAR_HOURS
    for procedure in Procedure.objects.for_lists().select_related("municipality").order_by("kana"):
        for field in FIELDS:
            day = getattr(procedure, field)
            if day is not None and outage.reaches(day, near):
                after = new_day(outage=outage, last_day=day, municipality=procedure.municipality)
                yield DueDay(f"{procedure.pk}:{field}", field, procedure, day, after, 1)


@transaction.atomic
def move_deadlines(*, outage: Outage, keys: Collection[str], by: User) -> int:
    """Move the chosen deadlines; gives how many. Who has a draft or a correction to answer is told.

    Raises Refused for no choice, and when the list was another one meanwhile.
    """
    outage = _standing(outage)
    offered = {due.key: due for due in deadlines_in(outage=outage)}
    if not keys:
        raise Refused(_("期限を動かすものを、1つ以上選んでください。"), code="none_chosen")
    if not set(keys) <= offered.keys():
        raise Refused(_("一覧が変わりました。画面を開き直して、選び直してください。"), code="changed")
    for due in offered.values():
        if due.key in keys and due.kind in FIELDS:
            _move(outage, due, by)
    for _alias, keeper in deadline_keepers.all():
        keeper.move(outage, [key for key in keys if offered[key].kind not in FIELDS], by)
    record("procedures.move_deadlines", by=by, on=outage, deadlines=sorted(keys))
    return len(set(keys))


def _move(outage: Outage, due: DueDay, by: User) -> None:
    procedure = Procedure.objects.select_for_update().get(pk=due.procedure.pk)
    setattr(procedure, due.kind, due.after)
    procedure.save(update_fields=[due.kind])
    MovedDeadline.objects.create(outage=outage, procedure=procedure, field=due.kind, before=due.before, after=due.after, by=by)
    _tell(procedure, due.kind, due.after, by)


def _tell(procedure: Procedure, field: str, day: date, by: User) -> None:
    if field == "closes_on":
        for _alias, keeper in deadline_keepers.all():
            keeper.tell_closing(procedure, day, by)


@transaction.atomic
def take_back_deadlines(*, outage: Outage, by: User) -> int:
    """Put every deadline that was moved for an outage back; gives how many. One that somebody has set anew since stays as it is."""
    outage = _standing(outage)
    back = 0
    for moved in outage.moved.select_for_update().filter(taken_back_at=None).order_by("-id"):
        procedure = Procedure.objects.select_for_update().get(pk=moved.procedure_id)
        if getattr(procedure, moved.field) == moved.after:
            setattr(procedure, moved.field, moved.before)
            procedure.save(update_fields=[moved.field])
            _tell(procedure, moved.field, moved.before, by)
            back += 1
        moved.taken_back_at = timezone.now()
        moved.save(update_fields=["taken_back_at"])
    back += sum(keeper.take_back(outage, by) for _alias, keeper in deadline_keepers.all())
    record("procedures.take_back_deadlines", by=by, on=outage, count=back)
    return back


def _standing(outage: Outage) -> Outage:
    outage = Outage.objects.select_for_update().get(pk=outage.pk)
    if outage.cancelled_at is not None:
        raise Refused(_("この停止の記録は取り消されています。新しく記録してください。"), code="cancelled")
    return outage


def _require_nothing_moved(outage: Outage) -> None:
    if outage.moved.filter(taken_back_at=None).exists() or any(keeper.moved(outage) for _alias, keeper in deadline_keepers.all()):
        raise Refused(_("この停止のために動かした期限があります。先に期限をもどしてください。"), code="moved")


def _check_times(began_at: datetime, ended_at: datetime | None) -> None:
    if ended_at is not None and ended_at <= began_at:
        raise Refused(_("直った日時は、止まった日時より後にしてください。"), code="order")


def _times(outage: Outage) -> dict[str, str]:
    return {"began": outage.began_at.isoformat(), "ended": outage.ended_at.isoformat() if outage.ended_at else ""}
