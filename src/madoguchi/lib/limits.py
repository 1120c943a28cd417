"""One limiter for everything: counts in the shared cache, so that it holds across processes and machines.

It delays and refuses for a while; it never locks (a lock is something a stranger could use against somebody). Where a count by
somebody's number or address stands beside one by the caller's, the caller's is taken first and ends the matter: else a single
caller could fill the cache with names until it throws counts away.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone


@dataclass(frozen=True)
class Limit:
    """At most `count` events of a `kind` by one key in a window of `seconds`."""

    kind: str
    count: int
    seconds: int

    def hit(self, key: str) -> Verdict:
        """Count one event and say whether it may go on. Of two at the same moment both are counted."""
        name = self._name(key)
        with transaction.atomic():
            _alone(name)
            used = int(cache.get(name, 0)) + 1
            cache.set(name, used, self.seconds * 2)  # the cache's own incr() would let it end after five minutes
        return self._verdict(used)

    def look(self, key: str) -> Verdict:
        """Whether one more would go on; counts nothing."""
        return self._verdict(int(cache.get(self._name(key), 0)) + 1)

    def clear(self, key: str) -> None:
        """Forget what was counted (the right answer was given)."""
        cache.delete(self._name(key))

    def _verdict(self, used: int) -> Verdict:
        left = self.seconds - int(timezone.now().timestamp()) % self.seconds
        return Verdict(allowed=used <= self.count, used=used, wait_seconds=left if used > self.count else 0)

    def _name(self, key: str) -> str:
        window = int(timezone.now().timestamp()) // self.seconds
        return f"limit:{self.kind}:{window}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


@dataclass(frozen=True)
class Verdict:
    allowed: bool
    used: int
    wait_seconds: int

    @property
    def wait_minutes(self) -> int:
        return max(1, -(-self.wait_seconds // 60))


def _alone(name: str) -> None:
    """Until the transaction ends nobody else counts this name; SQLite's transactions are alone anyway (BEGIN IMMEDIATE)."""
    if connection.vendor == "postgresql":
        lock = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])


def caller(address: str) -> str:
    """What one caller has in common: an IPv4 address, or the first 64 bits of an IPv6 one (a household has all the others)."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def sweep() -> int:
    """Throw away what is over: the cache itself does so only when it is full. Gives how many rows of the cache went."""
    table = getattr(cache, "_table", "")  # the database's cache keeps its rows here
    if not table:
        return 0
    with connection.cursor() as cursor:
        now: Any = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)} WHERE expires < %s", [now])  # noqa: S608 our own table's name
        return int(cursor.rowcount)
