"""What a log may hold: what went wrong and where, never what somebody wrote and no address that opens something.

Django's own lines name the whole path of a request (a one-time link, a case) and print an exception with its words, which may quote
what was typed. Both are cut here, for every logger, at the one handler that writes.
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

SEGMENTS = 3  # of a path: the empty one, the municipality, the kind of page
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class ShortPaths(logging.Filter):
    """Paths among a line's values lose everything behind their second segment; the line itself always passes."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(short(value) if isinstance(value, str) else value for value in record.args)
        return True


def short(text: str) -> str:
    """`/koto/a/0d1c…/status/` → `/koto/a/…`; any other text as it is."""
    parts = text.split("/")
    return "/".join(parts[:SEGMENTS]) + "/…" if text.startswith("/") and len(parts) > SEGMENTS and parts[SEGMENTS] else text


class WithoutWords(logging.Formatter):
    """Exceptions by kind and place, those before them too; lines of our source stay, they hold nobody's data."""

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 the standard library's name
        lines: list[str] = []
        error = ei[1]
        while error is not None and len(lines) < 500:
            frames = traceback.format_tb(error.__traceback__)
            lines = [*frames, f"{type(error).__module__}.{type(error).__qualname__}\n", *lines]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "".join(lines).rstrip()
