"""Letters: their PDF, the print run, and that they were posted."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pikepdf
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.notices.backends import letter_pdf
from madoguchi.notices.models import Delivery, Notice, NoticeState

RUN = 100  # letters of one print run: one file that a printer and a browser can take


def document_pdf(notice: Notice) -> bytes:
    """The letter of a notice as it was made, with the address; raises BackendError when it cannot be made or was changed."""
    return letter_pdf(notice)


def print_run(notices: Iterable[Notice]) -> bytes:
    """The letters one after the other in one file."""
    with pikepdf.new() as whole:
        for notice in notices:
            with pikepdf.open(io.BytesIO(letter_pdf(notice))) as letter:
                whole.pages.extend(letter.pages)
        out = io.BytesIO()
        whole.save(out)
    return out.getvalue()


@transaction.atomic
def posted(notices: Iterable[Notice], by: User) -> int:
    """The desk took these letters to the post; gives how many were still waiting for it."""
    chosen = [notice.pk for notice in notices]
    waiting = list(Notice.objects.select_for_update().filter(pk__in=chosen, state=NoticeState.PRINT))
    for notice in waiting:
        notice.state, notice.sent_at = NoticeState.SENT, timezone.now()
        notice.save(update_fields=["state", "sent_at"])
        Delivery.objects.create(
            notice=notice, channel="post", arrived=True, answer=_("投函しました（SHA-256 %(hash)s）") % {"hash": notice.file_hash}
        )
        record("notices.posted", by=by, on=notice, division=notice.division)
    return len(waiting)
