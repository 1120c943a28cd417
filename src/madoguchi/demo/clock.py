"""Letting time go by while the sample city is filled.

Actions ask `timezone.now()` for the time, and rows have that very function as the default of their days. So inside `Clock.running`
the one name that it looks up, `django.utils.timezone.datetime`, is exchanged for a class whose `now` is ours, and put back
afterwards, whatever happens. Only the filling uses this, in a process that does nothing else at the time; never in production.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import Any

from django.conf import settings
from django.utils import timezone

from madoguchi.lib import phrases


class Clock:
    """The time of the filling: it only goes forward. `at` is aware."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def forward(self, to: datetime) -> None:
        """Let it be `to`, or leave it where it is when `to` is earlier."""
        self.at = max(self.at, to)

    @contextmanager
    def running(self) -> Iterator[Clock]:
        """Inside, timezone.now() is this clock's time."""
        if not (settings.DEMO or settings.TESTING):
            raise RuntimeError("The clock is set only to fill an invented city.")
        real = vars(timezone)["datetime"]
        vars(timezone)["datetime"] = _class(self)
        try:
            yield self
        finally:
            vars(timezone)["datetime"] = real


def _class(clock: Clock) -> type[datetime]:
    class AnyDatetime(type):
        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, datetime)

    class Stopped(datetime, metaclass=AnyDatetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock.at.astimezone(tz)

    return Stopped


@contextmanager
def phrases_ahead(count: int) -> Iterator[None]:
    """Inside, passphrases and their slow hashes come from another thread that works ahead: the same words, the same cost."""
    new, slow = phrases.new_phrase, phrases.hash_phrase
    with ThreadPoolExecutor(max_workers=1) as pool:
        prepared: dict[str, Future[str]] = {}
        for _ in range(count):
            phrase = new()
            prepared[phrase] = pool.submit(slow, phrase)
        waiting = iter(list(prepared))
        phrases.new_phrase = lambda: next(waiting, None) or new()
        phrases.hash_phrase = lambda phrase: prepared.pop(phrase).result() if phrase in prepared else slow(phrase)
        try:
            yield
        finally:
            phrases.new_phrase, phrases.hash_phrase = new, slow
            pool.shutdown(cancel_futures=True)
