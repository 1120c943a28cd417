"""Writing into the inventory: every change is kept with its origin, and what law wants published flows into the procedure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import Division, User
from madoguchi.engines.inventory import columns
from madoguchi.lib.errors import Refused
from madoguchi.procedures.models import (
    ClockUnit,
    InventoryChange,
    InventoryEntry,
    InventoryReply,
    InventoryRound,
    PlannedChannel,
    Procedure,
    Progress,
    ReplyState,
    RoundState,
)
from madoguchi.procedures.models.inventory import stated

FIXED = frozenset({"number", "division", "name"})  # columns that are fields of the row itself
NUMBER = re.compile(r"(?=.*[^\W_])[\w-]{1,30}")  # a number is a part of addresses: no blank, no "/", and never only dots


@transaction.atomic
def update_entry(*, entry: InventoryEntry, values: Mapping[str, Any], source: str, by: User | None) -> InventoryEntry:
    """Write column values into an entry; what is the same already is no change. Raises Refused for a column that does not exist."""
    row = InventoryEntry.objects.select_for_update(of=("self",)).select_related("division", "procedure").get(pk=entry.pk)
    change = changed(row, values, source, by)
    if change is not None:
        row.save()
        change.save()
        publish_facts(row, change)
        reopen_replies(row, change.after)
        record("procedures.update_entry", by=by, on=row, division=row.division, columns=sorted(change.after))
    return row


def changed(row: InventoryEntry, values: Mapping[str, Any], source: str, by: User | None) -> InventoryChange | None:
    """Put the values into the (unsaved) row; the change that has to be kept, None where nothing differs."""
    unknown = set(values) - set(columns())
    if unknown:
        raise Refused(_("棚卸にない項目です：%(names)s") % {"names": "、".join(sorted(unknown))}, code="no_such_column")
    own = {key: value for key, value in values.items() if key not in FIXED}
    before = {key: row.values.get(key) for key, value in own.items() if stated(row.values.get(key)) != stated(value)}
    after = {key: own[key] for key in before}
    if "name" in values and values["name"] and values["name"] != row.name:
        before["name"], after["name"] = row.name, values["name"]
        row.name = str(values["name"])[:200]
    if not after:
        return None
    row.values = {**row.values, **{key: value for key, value in after.items() if key != "name"}}
    return InventoryChange(entry=row, by=by, source=source[:120], before=before, after=after)


def reopen_replies(row: InventoryEntry, touched: Iterable[str]) -> None:
    """What a chief approved, or is about to, is no longer what stands in the division's rows: the reply is answered anew."""
    replies = InventoryReply.objects.filter(division_id=row.division_id, round__state=RoundState.OPEN).exclude(state=ReplyState.WAITING)
    for reply in replies.select_related("round"):
        if set(touched) & {*reply.round.asked, "name"}:
            reply.state, reply.approved_at, reply.approved_by = ReplyState.WAITING, None, None
            reply.save(update_fields=["state", "approved_at", "approved_by"])


def publish_facts(row: InventoryEntry, change: InventoryChange | None = None) -> None:
    """行政手続法5条・6条: criteria and standard period are published with the procedure, as the division says them.

    What a division takes back (`change`) goes from the procedure too, where it had come from here.
    """
    if row.procedure is None:
        return
    fields = [*_publish_days(row.procedure, row.values.get("standard_days"), change), *_publish_criteria(row.procedure, row, change)]
    if fields:
        row.procedure.save(update_fields=fields)


def _publish_days(procedure: Procedure, days: int | None, change: InventoryChange | None) -> list[str]:
    taken_back = (
        days is None
        and change is not None
        and procedure.standard_days is not None
        and procedure.standard_days == change.before.get("standard_days")
    )
    is_new = days is not None and procedure.standard_days != days
    if not (taken_back or is_new) or procedure.clock_unit not in (ClockUnit.NONE, ClockUnit.CALENDAR, ClockUnit.OPEN):
        return []
    procedure.standard_days, procedure.standard_label = days, {}  # the words said the period of before
    if days is not None and procedure.clock_unit == ClockUnit.NONE:
        procedure.clock_unit = ClockUnit.CALENDAR
    return ["standard_days", "standard_label", "clock_unit"]


def _publish_criteria(procedure: Procedure, row: InventoryEntry, change: InventoryChange | None) -> list[str]:
    criteria, standing = row.values.get("criteria"), procedure.criteria.get("ja")
    if criteria and standing != criteria:
        procedure.criteria = {**procedure.criteria, "ja": criteria}
        return ["criteria"]
    if not criteria and change is not None and standing and standing == change.before.get("criteria"):
        procedure.criteria = {}
        return ["criteria"]
    return []


@transaction.atomic
def add_entry(
    *, division: Division, name: str, by: User | None, values: Mapping[str, Any] | None = None, number: str = "", source: str = ""
) -> InventoryEntry:
    """A procedure that the inventory did not have. Raises Refused for one without a name, or whose number is taken."""
    if not name.strip():
        raise Refused(_("手続名を入力してください。"), code="no_name")
    if number and NUMBER.fullmatch(number) is None:
        raise Refused(_("手続番号は、文字・数字・「-」・「_」で30字までにしてください。"), code="number_form")
    if number and InventoryEntry.objects.filter(number=number).exists():
        raise Refused(_("手続番号%(number)sは使われています。別の番号にしてください。") % {"number": number}, code="number_taken")
    row = InventoryEntry(number=number or free_numbers(division, 1)[0], division=division, name=name.strip()[:200])
    change = changed(row, values or {}, source or _("入力"), by)
    row.save()
    reopen_replies(row, columns())
    if change is not None:
        change.entry = row
        change.save()
    record("procedures.add_entry", by=by, on=row, division=division, number=row.number)
    return row


def free_numbers(division: Division, count: int) -> list[str]:
    """The next numbers of a division: its code and three digits."""
    taken = InventoryEntry.objects.filter(number__startswith=f"{division.code}-").values_list("number", flat=True)
    last = max((int(found[1]) for one in taken if (found := re.search(r"-(\d{1,9})$", one))), default=0)
    return [f"{division.code}-{number:03}" for number in range(last + 1, last + 1 + count)]


@transaction.atomic
def end_entry(*, entry: InventoryEntry, reason: str, by: User) -> InventoryEntry:
    """廃止: the procedure is no more; its row stays with its history. Raises Refused without a reason."""
    if not reason.strip():
        raise Refused(_("理由を入力してください。"), code="no_reason")
    row = InventoryEntry.objects.select_for_update(of=("self",)).select_related("division").get(pk=entry.pk)
    row.ended_on = timezone.localdate()
    row.save(update_fields=["ended_on", "key"])
    InventoryChange.objects.create(entry=row, by=by, source=reason.strip()[:120], before={}, after={"ended_on": row.ended_on.isoformat()})
    record("procedures.end_entry", by=by, on=row, division=row.division)
    return row


@transaction.atomic
def restore_entry(*, entry: InventoryEntry, by: User) -> InventoryEntry:
    """An ending that was a mistake is taken back; the record keeps both. Raises Refused where there was none."""
    row = InventoryEntry.objects.select_for_update(of=("self",)).select_related("division").get(pk=entry.pk)
    if row.ended_on is None:
        raise Refused(_("この手続きは廃止になっていません。"), code="not_ended")
    before, row.ended_on = row.ended_on.isoformat(), None
    row.save(update_fields=["ended_on", "key"])
    source = _("廃止の取り消し")
    InventoryChange.objects.create(entry=row, by=by, source=source, before={"ended_on": before}, after={"ended_on": None})
    record("procedures.restore_entry", by=by, on=row, division=row.division)
    return row


@transaction.atomic
def entries_for(*, procedures: Iterable[Procedure], by: User | None) -> list[InventoryEntry]:
    """An entry for each procedure that the inventory does not know yet, with what the procedure itself says."""
    made = []
    for procedure in procedures:
        if procedure.inventory.exists():
            continue
        row = add_entry(
            division=procedure.division, name=str(procedure.name["ja"]), values=facts_of(procedure), source=_("手続きから"), by=by
        )
        is_shown = procedure.current_id is not None and not procedure.is_hidden
        row.procedure, row.progress = procedure, Progress.ONLINE if is_shown else Progress.OPEN
        row.online_on = first_day_of(procedure)
        row.save(update_fields=["procedure", "progress", "online_on", "key"])
        made.append(row)
    return made


def went_online(procedure: Procedure) -> None:
    """The inventory's row of a procedure that residents see from today; a day that stands there already stays."""
    rows = procedure.inventory.filter(ended_on=None, online_on=None, channel__in=("", PlannedChannel.OWN))
    rows.update(progress=Progress.ONLINE, online_on=timezone.localdate())


def first_day_of(procedure: Procedure | None) -> date | None:
    """The day on which a procedure's first version was published; None where there is none yet, or residents do not see it."""
    first = procedure.versions.order_by("number").first() if procedure is not None and not procedure.is_hidden else None
    return timezone.localdate(first.published_at) if first is not None else None


def facts_of(procedure: Procedure) -> dict[str, Any]:
    """What a procedure's own facts say in the inventory's columns; what they do not say is left out."""
    law, _space, article = str(procedure.basis.get("ja") or "").partition(" ")
    values: dict[str, Any] = {
        "law": law or None,
        "article": article.strip() or None,
        "type": "1",
        "receiver": "3",
        "actor": "5",
        "count_total": procedure.annual_volume,
        "standard_days": procedure.standard_days,
        "criteria": procedure.criteria.get("ja") or None,
        "fee": "2" if procedure.fee_yen else "1",
        "fee_yen": procedure.fee_yen,
        "identity_needed": "no" if procedure.identity == "none" else "yes",
        "basis_kind": {"law": "law", "ordinance": "ordinance", "rule": "rule"}.get(procedure.basis_kind),
    }
    return {key: value for key, value in values.items() if value is not None}


def touched_in(entries: Iterable[InventoryEntry], round: InventoryRound) -> None:  # noqa: A002 the office's word
    """These were looked at in a survey, whether or not something changed."""
    InventoryEntry.objects.filter(pk__in=[one.pk for one in entries]).update(answered_in=round)
