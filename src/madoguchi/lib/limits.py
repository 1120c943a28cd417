"""One limiter for everything: counts in the shared cache, so that it holds across processes and machines.

It delays and refuses for a while; it never locks (a lock is something a stranger could use against somebody).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.core.cache import cache
from django.utils import timezone


@dataclass(frozen=True)
class Limit:
    """At most `count` events of a `kind` by one key in a window of `seconds`."""

    kind: str
    count: int
    seconds: int

    def hit(self, key: str) -> Verdict:
        """Count one event and say whether it may go on."""
        window = int(timezone.now().timestamp()) // self.seconds
        name = f"limit:{self.kind}:{window}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"
        cache.add(name, 0, self.seconds * 2)
        try:
            used = cache.incr(name)
        except ValueError:  # the row expired or was culled between the two calls
            cache.set(name, 1, self.seconds * 2)
            used = 1
        left = self.seconds - int(timezone.now().timestamp()) % self.seconds
        return Verdict(allowed=used <= self.count, used=used, wait_seconds=left if used > self.count else 0)

    def clear(self, key: str) -> None:
        """Forget what was counted (the right answer was given)."""
        window = int(timezone.now().timestamp()) // self.seconds
        cache.delete(f"limit:{self.kind}:{window}:{hashlib.sha256(key.encode()).hexdigest()[:32]}")


@dataclass(frozen=True)
class Verdict:
    allowed: bool
    used: int
    wait_seconds: int

    @property
    def wait_minutes(self) -> int:
        return max(1, -(-self.wait_seconds // 60))
