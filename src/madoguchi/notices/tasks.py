"""Delivering one notice."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from madoguchi.lib.errors import BackendError
from madoguchi.lib.tasks import NothingToDo, scoped_task
from madoguchi.notices.backends import Channel, channels
from madoguchi.notices.models import FIRST_WAIT, LEASE, MAX_ATTEMPTS, Delivery, Notice, NoticeState


@scoped_task
def deliver(notice: int) -> None:
    """Send a waiting notice by its channel and write the ledger.

    The row is the truth: whoever moves it out of "due" has it, for the time of a lease; a second task for it finds nothing to do.
    A worker that dies between the mail server's yes and the ledger makes the mail go twice, with the same Message-ID.
    """
    now, due = timezone.now(), Notice.objects.due().filter(pk=notice)
    if due.filter(attempts__gte=MAX_ATTEMPTS).update(state=NoticeState.FAILED, sealed=None, next_try_at=None):
        return  # every attempt ended without an answer: the workers died with it
    if not due.update(attempts=F("attempts") + 1, next_try_at=now + LEASE, queued_at=None):
        raise NothingToDo
    row = Notice.objects.select_related("municipality", "division").get(pk=notice)
    channel = channels[row.channel]
    try:
        answer = channel.deliver(row)
    except BackendError as error:
        _missed(row, error)
    else:
        _sent(row, channel, answer)


@transaction.atomic
def _sent(notice: Notice, channel: Channel, answer: str) -> None:
    if not channel.leaves_house:
        Notice.objects.filter(pk=notice.pk).update(state=NoticeState.PRINT, next_try_at=None)
        return
    Delivery.objects.create(notice=notice, channel=notice.channel, arrived=True, answer=answer[:300])
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.SENT, sent_at=timezone.now(), next_try_at=None, sealed=None)


@transaction.atomic
def _missed(notice: Notice, error: BackendError) -> None:
    """Wait twice as long after each temporary failure; give up after the last attempt or a permanent one."""
    Delivery.objects.create(notice=notice, channel=notice.channel, arrived=False, answer=str(error)[:300])
    rows = Notice.objects.filter(pk=notice.pk)
    if error.temporary and notice.attempts < MAX_ATTEMPTS:
        rows.update(next_try_at=timezone.now() + FIRST_WAIT * 2 ** (notice.attempts - 1))
    else:
        rows.update(state=NoticeState.FAILED, next_try_at=None, sealed=None)
