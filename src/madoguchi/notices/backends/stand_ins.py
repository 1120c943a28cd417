"""Channels from which nothing leaves the machine."""

from __future__ import annotations

from django.utils.translation import gettext as _

from madoguchi.lib.errors import BackendError
from madoguchi.notices.models import Mail, Notice


class Mailbox:
    """The demo's and the tests' mail: a row that the mailbox page shows."""

    leaves_house = True

    def deliver(self, notice: Notice) -> str:
        Mail.objects.create(notice=notice, to=notice.email, subject=notice.subject, body=notice.text)
        return _("見本の郵便受けに入れました")


class Stub:
    """For tests: remembers in `sent` what was delivered, or fails as told."""

    leaves_house = True

    def __init__(self, *, failing: str = "", temporary: bool = True) -> None:
        self.failing, self.temporary = failing, temporary
        self.sent: list[str] = []

    def deliver(self, notice: Notice) -> str:
        if self.failing:
            raise BackendError(self.failing, temporary=self.temporary)
        self.sent.append(str(notice.uuid))
        return "stub"
