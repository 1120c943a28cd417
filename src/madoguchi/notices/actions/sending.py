"""Telling somebody something, once, in the transaction of the act that made it necessary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import Division, User, current_municipality
from madoguchi.lib.errors import Refused
from madoguchi.lib.seal import seal
from madoguchi.lib.tasks import enqueue
from madoguchi.notices.actions.writing import Value, Writer, kind_of, language_of
from madoguchi.notices.models import Delivery, Notice, NoticeState, Recipient
from madoguchi.notices.tasks import deliver

AT_ONCE = 200  # notices that one tick of the clock puts into the queue


@transaction.atomic
def notify(
    template: str,
    *,
    to: Recipient,
    about: models.Model,
    division: Division | None,
    thread: str = "",
    values: Mapping[str, Value] | None = None,
    document: dict[str, Any] | None = None,
    hold: bool = False,
) -> Notice:
    """Write a notice to one person and send it after the commit; with `hold` it waits for `release`.

    `values` may be procedure, number, address (a path of ours or a whole address), until, due, division, phone, digits: texts in
    the reader's language, or days and a form's texts, which are put into it here. `document` is what a letter prints; where the
    person is reached by e-mail it is the PDF that the status page hands out. `thread` is the case's uuid.
    """
    municipality, language = current_municipality(), language_of(to.language)
    writer = Writer(template, values or {}, municipality, division)
    words = writer.mail(language)
    channel, state = _way(to, template, has_document=document is not None)
    if channel == "post" and document is None:
        document = writer.letter(language)
    notice = Notice(
        municipality=municipality,
        template=template,
        channel=channel,
        language=language,
        name=to.name,
        email=to.email,
        postal=to.postal,
        address=to.address,
        subject=words.subject,
        body=words.kept,
        document=document,
        division=division,
        about_model=about._meta.label_lower,
        about_id=str(about.pk),
        thread=thread,
        state=NoticeState.HELD if hold and state == NoticeState.WAITING else state,
    )
    if words.kept != words.body and state == NoticeState.WAITING:
        notice.sealed, notice.key_id = seal(words.body, place=notice.place)
    notice.save()
    if notice.state == NoticeState.WAITING:
        _send(notice)
    return notice


def _way(to: Recipient, template: str, *, has_document: bool) -> tuple[str, NoticeState]:
    """(channel, state): what the person chose, else whatever reaches them.

    Somebody without e-mail gets a letter when they asked for letters, or when the notice carries a document or is worth one;
    else the status page tells it. A letter that was asked for is never replaced by e-mail: it is the notice in law.
    """
    if to.channel == "post":
        return "post", NoticeState.WAITING if to.address else NoticeState.UNREACHABLE
    if to.email:
        return "email", NoticeState.WAITING
    if has_document or kind_of(template).by_letter:
        return "post", NoticeState.WAITING if to.address else NoticeState.UNREACHABLE
    return "", NoticeState.SKIPPED


def _send(notice: Notice) -> None:
    notice.queued_at = timezone.now()
    notice.save(update_fields=["queued_at"])
    enqueue(deliver, priority=kind_of(notice.template).priority, notice=notice.pk)


@transaction.atomic
def release(notices: Notice | Iterable[Notice], by: User | None) -> int:
    """Send what was held; gives how many were. What is no longer held is left as it is."""
    chosen = [notices.pk] if isinstance(notices, Notice) else [one.pk for one in notices]
    held = list(Notice.objects.select_for_update().filter(pk__in=chosen, state=NoticeState.HELD))
    for notice in held:
        notice.state = NoticeState.WAITING
        notice.save(update_fields=["state"])
        _send(notice)
        record("notices.release", by=by, on=notice, division=notice.division)
    return len(held)


@transaction.atomic
def recall(notice: Notice, by: User | None = None) -> Notice:
    """Take back a notice that was never released; the row stays. Raises Refused when it is on its way."""
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    never_left = notice.state in (NoticeState.UNREACHABLE, NoticeState.SKIPPED) and not notice.deliveries.exists()
    if notice.state != NoticeState.HELD and not never_left:
        raise Refused(_("この通知はもう送られているため、取りやめられません。"), code="notice_released")
    notice.state = NoticeState.RECALLED
    notice.save(update_fields=["state"])
    record("notices.recall", by=by, on=notice, division=notice.division)
    return notice


@transaction.atomic
def resend(notice: Notice, by: User, *, email: str = "", postal: str = "", address: str = "") -> Notice:
    """Send once more, to a corrected address if one is given; raises Refused for what cannot be sent again."""
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    if kind_of(notice.template).secret:
        raise Refused(_("このお知らせは一度しか使えません。本人に、新しいものを送る操作をしてもらってください。"), code="notice_secret")
    if notice.state not in (NoticeState.SENT, NoticeState.FAILED, NoticeState.UNREACHABLE, NoticeState.SKIPPED):
        raise Refused(_("この通知はまだ送られていないため、もう一度送る必要はありません。"), code="notice_not_sent")
    _readdress(notice, email=email, postal=postal, address=address)
    notice.state, notice.attempts, notice.next_try_at = NoticeState.WAITING, 0, None
    notice.save()
    _send(notice)
    record("notices.resend", by=by, on=notice, division=notice.division, channel=notice.channel, new_address=bool(email or address))
    return notice


def _readdress(notice: Notice, *, email: str, postal: str, address: str) -> None:
    """A letter for another address is made anew; its old file stays where the ledger's hash can be held against it."""
    if email:
        notice.email = email
    if address and (postal, address) != (notice.postal, notice.address):
        notice.postal, notice.address = postal, address
        notice.file, notice.file_hash = "", ""
    if not notice.channel or (notice.state == NoticeState.UNREACHABLE and email and not address):
        notice.channel = "email" if notice.email else "post"
    if not (notice.email if notice.channel == "email" else notice.address):
        raise Refused(_("送り先を入力してください。"), code="notice_no_address")


@transaction.atomic
def returned(notice: Notice, by: User) -> Notice:
    """Write down that what was sent came back (宛先不明): it counts as not delivered and stands among the failed ones."""
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    if notice.state != NoticeState.SENT:
        raise Refused(_("送った通知ではないため、戻ってきたことにはできません。"), code="notice_not_sent")
    notice.state = NoticeState.FAILED
    notice.save(update_fields=["state"])
    Delivery.objects.create(notice=notice, channel=notice.channel, arrived=False, answer=_("戻ってきました"))
    record("notices.returned", by=by, on=notice, division=notice.division)
    return notice


@transaction.atomic
def try_again() -> int:
    """By the clock: put into the queue what is due and has no task on its way; gives how many."""
    lost = list(Notice.objects.lost().order_by("pk")[:AT_ONCE])
    for notice in lost:
        _send(notice)
    return len(lost)
