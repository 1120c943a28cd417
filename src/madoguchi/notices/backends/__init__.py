"""The ways by which a notice leaves the house: `NOTICE_CHANNELS` in the settings names one for "email" and one for "post"."""

from __future__ import annotations

from typing import Protocol

from madoguchi.lib.backends import Backends
from madoguchi.notices.backends.letters import Post, letter_pdf
from madoguchi.notices.backends.mail import Email, QuotingSmtp
from madoguchi.notices.backends.menu import NoticesMenu
from madoguchi.notices.backends.stand_ins import Mailbox, Stub
from madoguchi.notices.models import Notice

__all__ = ["Channel", "Email", "Mailbox", "NoticesMenu", "Post", "QuotingSmtp", "Stub", "channels", "letter_pdf"]


class Channel(Protocol):
    """One way. `leaves_house` is False where somebody must still carry it (a letter waits to be printed and posted)."""

    leaves_house: bool

    def deliver(self, notice: Notice) -> str:
        """Send, and give the other side's answer for the ledger; raises BackendError(temporary=…). May be called twice for one notice."""
        ...


channels: Backends[Channel] = Backends("NOTICE_CHANNELS")
