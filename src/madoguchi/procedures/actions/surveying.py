"""棚卸調査: the ICT section asks, divisions answer, chiefs approve, who is missing is reminded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import Division, User
from madoguchi.engines.inventory import MOST_ASKED, columns, fold
from madoguchi.lib.errors import Refused
from madoguchi.notices.actions import notify
from madoguchi.notices.models import Recipient
from madoguchi.procedures.actions.entries import add_entry, touched_in, update_entry
from madoguchi.procedures.actions.national import take_proposals
from madoguchi.procedures.models import InventoryEntry, InventoryReply, InventoryRound, ReplyState, RoundState


@transaction.atomic
def open_survey(*, name: str, asked: Sequence[str], message: str, due_on: date, divisions: Iterable[Division], by: User) -> InventoryRound:
    """Begin a survey and tell every division. Raises Refused for more than MOST_ASKED columns, an unknown one, a day that is over."""
    if not name.strip() or InventoryRound.objects.filter(name=name.strip()).exists():
        raise Refused(_("まだ使っていない名称を入力してください。"), code="name")
    if not asked or len(asked) > MOST_ASKED or set(asked) - set(columns()):
        raise Refused(_("たずねる項目は1つ以上、%(most)sまでです。") % {"most": MOST_ASKED}, code="asked")
    if due_on <= timezone.localdate():
        raise Refused(_("回答期限は、明日から後の日にしてください。"), code="due_on")
    asks = list(divisions)
    if not asks:
        raise Refused(_("たずねる課を選んでください。"), code="no_division")
    ordered = [one for one in columns() if one in set(asked)]
    row = InventoryRound.objects.create(name=name.strip()[:80], asked=ordered, message=message.strip(), due_on=due_on, by=by)
    InventoryReply.objects.bulk_create([InventoryReply(round=row, division=division) for division in asks])
    for division in asks:
        _tell(row, division)
    record("procedures.open_survey", by=by, on=row, divisions=len(asks), asked=ordered)
    return row


def _tell(row: InventoryRound, division: Division) -> None:
    if division.email:
        to = Recipient(name=division.name, language="ja", email=division.email, channel="email")
        notify("procedures/inventory", to=to, about=row, division=division, values={"procedure": row.name, "due": row.due_on})


def _reply(reply: InventoryReply) -> InventoryReply:
    found = InventoryReply.objects.select_for_update(of=("self",)).select_related("round", "division").get(pk=reply.pk)
    if not found.round.is_open:
        raise Refused(_("この調査は締め切られました。情報システム担当に連絡してください。"), code="closed")
    return found


@transaction.atomic
def answer_entry(*, reply: InventoryReply, entry: InventoryEntry, values: Mapping[str, Any], by: User) -> InventoryEntry:
    """One procedure's answers in a survey. Raises Refused for another division's, or a survey that is over."""
    row = _reply(reply)
    if entry.division_id != row.division_id:
        raise Refused(_("ほかの課の手続きです。"), code="other_division")
    made = update_entry(entry=entry, values=values, source=row.round.name, by=by)
    touched_in([made], row.round)
    if row.state != ReplyState.WAITING:  # what the chief has approved, or is about to, is no longer what stands here
        row.state, row.approved_at, row.approved_by = ReplyState.WAITING, None, None
        row.save(update_fields=["state", "approved_at", "approved_by"])
    return made


@transaction.atomic
def add_in_survey(*, reply: InventoryReply, name: str, by: User) -> InventoryEntry:
    """A procedure that a division misses in the list. Raises Refused for one that it has by that name, or a survey that is over."""
    row = _reply(reply)
    same = InventoryEntry.objects.standing().filter(division=row.division, key=fold(name)[:200]).first()
    if same is not None:
        raise Refused(_("同じ名前の手続きがあります：%(number)s") % {"number": same.number}, code="name_taken")
    return add_entry(division=row.division, name=name, source=row.round.name, by=by)


@transaction.atomic
def propose_in_survey(*, reply: InventoryReply, by: User) -> int:
    """What the state's list says of a division's procedures, into what is empty; gives how many. Raises Refused for a survey that is over."""
    row = _reply(reply)
    entries = InventoryEntry.objects.standing().filter(division=row.division).select_related("procedure")
    return take_proposals(entries=entries, by=by)


def _require_whole(row: InventoryReply) -> None:
    left = InventoryEntry.objects.standing().filter(division=row.division).exclude(answered_in=row.round).count()
    if left:
        raise Refused(_("まだ確かめていない手続きが%(count)s件あります。") % {"count": left}, code="left")


@transaction.atomic
def submit_reply(*, reply: InventoryReply, by: User) -> InventoryReply:
    """回答: everything of the division is answered. Raises Refused while a procedure was not looked at."""
    row = _reply(reply)
    _require_whole(row)
    if row.state != ReplyState.WAITING:
        return row
    row.state, row.answered_at, row.answered_by, row.sent_back = ReplyState.ANSWERED, timezone.now(), by, ""
    row.save(update_fields=["state", "answered_at", "answered_by", "sent_back"])
    record("procedures.submit_reply", by=by, on=row, division=row.division)
    return row


@transaction.atomic
def approve_reply(*, reply: InventoryReply, by: User) -> InventoryReply:
    """承認 by the chief. Raises Refused for a reply that was not submitted."""
    row = _reply(reply)
    if row.state == ReplyState.APPROVED:
        return row
    if row.state != ReplyState.ANSWERED:
        raise Refused(_("回答がまだ出されていません。"), code="not_answered")
    _require_whole(row)
    row.state, row.approved_at, row.approved_by = ReplyState.APPROVED, timezone.now(), by
    row.save(update_fields=["state", "approved_at", "approved_by"])
    record("procedures.approve_reply", by=by, on=row, division=row.division)
    return row


@transaction.atomic
def send_back_reply(*, reply: InventoryReply, reason: str, by: User) -> InventoryReply:
    """差し戻し by the chief or the ICT section. Raises Refused without a reason."""
    row = _reply(reply)
    if not reason.strip():
        raise Refused(_("差し戻す理由を入力してください。"), code="no_reason")
    if row.state == ReplyState.WAITING:
        raise Refused(_("回答がまだ出されていません。"), code="not_answered")
    row.state, row.sent_back, row.approved_at, row.approved_by = ReplyState.WAITING, reason.strip()[:300], None, None
    row.save(update_fields=["state", "sent_back", "approved_at", "approved_by"])
    record("procedures.send_back_reply", by=by, on=row, division=row.division)
    return row


@transaction.atomic
def remind_divisions(*, round: InventoryRound, by: User | None) -> int:  # noqa: A002 the office's word
    """催促 to every division that has not answered; gives how many. Nobody is reminded twice on a day."""
    if not InventoryRound.objects.get(pk=round.pk).is_open:
        raise Refused(_("この調査は締め切られています。"), code="closed")
    rows = InventoryReply.objects.select_for_update(of=("self",)).filter(round=round, state=ReplyState.WAITING).select_related("division")
    count = 0
    for row in rows:
        if row.reminded_at is not None and timezone.localdate(row.reminded_at) == timezone.localdate():
            continue
        _tell(round, row.division)
        row.reminded_at = timezone.now()
        row.save(update_fields=["reminded_at"])
        count += 1
    record("procedures.remind_divisions", by=by, on=round, divisions=count)
    return count


@transaction.atomic
def close_survey(*, round: InventoryRound, by: User) -> InventoryRound:  # noqa: A002
    """締切: answers stand as they are."""
    row = InventoryRound.objects.select_for_update().get(pk=round.pk)
    if not row.is_open:
        raise Refused(_("この調査は締め切られています。"), code="closed")
    row.state = RoundState.CLOSED
    row.save(update_fields=["state"])
    record("procedures.close_survey", by=by, on=row)
    return row
