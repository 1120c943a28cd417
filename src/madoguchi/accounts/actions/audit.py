"""Writing and verifying the chain of acts."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from madoguchi.accounts.models import AuditEntry, AuditHead, Division, User, current_municipality
from madoguchi.lib import keys

PURPOSE = "audit"


@transaction.atomic
def record(
    verb: str,
    *,
    by: User | None,
    on: models.Model | None = None,
    division: Division | None = None,
    **details: str | int | bool | list[Any] | None,
) -> AuditEntry:
    """Append one act to the municipality's chain; details are ids and words, never personal data."""
    head, _ = AuditHead.objects.select_for_update().get_or_create(municipality=current_municipality())
    key_id, key = keys.newest(settings.KEYS_DIR, PURPOSE)
    entry = AuditEntry(
        municipality=current_municipality(),
        seq=head.seq + 1,
        at=timezone.now(),
        verb=verb,
        by=by if by is not None and by.pk else None,
        division=division,
        on_model=on._meta.label_lower if on is not None else "",
        on_id=str(on.pk) if on is not None else "",
        details=details,
        previous=head.mac,
        key_id=key_id,
    )
    entry.mac = mac(entry, key)
    entry.save()
    head.seq, head.mac = entry.seq, entry.mac
    head.save(update_fields=["seq", "mac"])
    return entry


def mac(entry: AuditEntry, key: bytes) -> str:
    """HMAC-SHA256 over the canonical JSON of the entry (RFC 2104)."""
    text = json.dumps(entry.payload(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class ChainReport:
    """`broken_at` is the number of the first entry that does not fit, None when the chain holds."""

    entries: int
    broken_at: int | None
    reason: str


def verify_chain() -> ChainReport:
    """Walk the chain of the open scope from its first entry."""
    known = keys.all_keys(settings.KEYS_DIR, PURPOSE)
    previous, count = "", 0
    for count, entry in enumerate(AuditEntry.objects.order_by("seq").iterator(), start=1):
        if entry.seq != count:
            return ChainReport(count, count, "an entry is missing")
        if entry.previous != previous:
            return ChainReport(count, count, "the entry before it was changed or replaced")
        if entry.key_id not in known:
            return ChainReport(count, count, f"key {entry.key_id} is missing")
        if not hmac.compare_digest(entry.mac, mac(entry, known[entry.key_id])):
            return ChainReport(count, count, "the entry was changed")
        previous = entry.mac
    head = AuditHead.objects.first()
    if head is not None and (head.seq, head.mac) != (count, previous):
        return ChainReport(count, count + 1, "entries at the end are missing")
    return ChainReport(count, None, "")
