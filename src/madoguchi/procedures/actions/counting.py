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
SAVED_AT_ONCE = 500


@transaction.atomic
def record_counts(*, division: Division, month: date, counts: Mapping[tuple[int, str], int | None], by: User | None) -> int:
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
    written = [_row(before.get(key), rows[key[0]], first, key[1], number, by) for key, number in counts.items() if number is not None]
    new, known = [row for row in written if row and row.pk is None], [row for row in written if row and row.pk is not None]
    gone = [before[key].pk for key, number in counts.items() if number is None and key in before]
    InventoryCount.objects.bulk_create(new, batch_size=SAVED_AT_ONCE)
    InventoryCount.objects.bulk_update(known, ["count", "by", "at"], batch_size=SAVED_AT_ONCE)
    InventoryCount.objects.filter(pk__in=gone).delete()
    changed = len(new) + len(known) + len(gone)
    if changed:
        record("procedures.record_counts", by=by, division=division, month=first.isoformat(), changed=changed)
    return changed


def _row(
    row: InventoryCount | None, entry: InventoryEntry, month: date, channel: str, number: int, by: User | None
) -> InventoryCount | None:
    """The row as it is to be saved; None where it says so already."""
    if row is not None and row.count == number:
        return None
    row = row or InventoryCount(entry=entry, month=month, channel=channel)
    row.count, row.by, row.at = number, by, timezone.now()
    return row
