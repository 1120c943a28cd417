"""月の件数: what came by paper, counter and telephone, typed in one minute a month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import Division, User
from madoguchi.lib.errors import Refused
from madoguchi.procedures.models import CountChannel, InventoryCount, InventoryEntry

MOST = 1_000_000


@transaction.atomic
def record_counts(*, division: Division, month: date, counts: Mapping[tuple[int, str], int | None], by: User) -> int:
    """{(entry id, channel): number, None to take it away} of one division and month; gives how many differ from before.

    Raises Refused for a month to come, another division's procedure, an unknown channel, a number below zero.
    """
    first = month.replace(day=1)
    if first > timezone.localdate():
        raise Refused(_("これからの月の件数は入力できません。"), code="month")
    rows = {row.pk: row for row in InventoryEntry.objects.filter(division=division, pk__in={entry for entry, _channel in counts})}
    for (entry, channel), number in counts.items():
        if entry not in rows or channel not in CountChannel.values:
            raise Refused(_("ほかの課の手続きか、知らない経路です。画面を開き直してください。"), code="entry")
        if number is not None and not 0 <= number <= MOST:
            raise Refused(_("件数は0以上の整数で入力してください。"), code="number")
    before = {(row.entry_id, row.channel): row for row in InventoryCount.objects.filter(entry__in=rows, month=first)}
    changed = 0
    for (entry, channel), number in counts.items():
        changed += _write(before.get((entry, channel)), rows[entry], first, channel, number, by)
    if changed:
        record("procedures.record_counts", by=by, division=division, month=first.isoformat(), changed=changed)
    return changed


def _write(row: InventoryCount | None, entry: InventoryEntry, month: date, channel: str, number: int | None, by: User) -> bool:
    if number == (row.count if row is not None else None):
        return False
    if number is None:
        assert row is not None
        row.delete()
        return True
    row = row or InventoryCount(entry=entry, month=month, channel=channel)
    row.count, row.by, row.at = number, by, timezone.now()
    row.save()
    return True
