"""Letters: a PDF made once and kept with its hash, then printed and posted by the desk."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from madoguchi.lib import pdf
from madoguchi.lib.errors import BackendError
from madoguchi.notices.models import Notice

TEMPLATE = "letter"


def letter_pdf(notice: Notice) -> bytes:
    """The letter of a notice: made at the first call, read back at every other; raises BackendError when the file was changed."""
    if not notice.file:
        return _make(notice)
    try:
        with default_storage.open(notice.file) as file:
            content = file.read()
    except OSError as error:
        raise BackendError(f"the letter's file cannot be read: {error}", temporary=True) from error
    if hashlib.sha256(content).hexdigest() != notice.file_hash:
        raise BackendError("the letter's file is not the one that was made", temporary=False)
    return content


def _make(notice: Notice) -> bytes:
    """Two tasks may want the letter at the same moment: the first file stands, the other is thrown away."""
    rendered = pdf.render(TEMPLATE, letter_of(notice), at=notice.created_at)
    # The storage gives another name when the first is taken: a letter made again for a new address leaves the old one in place.
    name = default_storage.save(f"notices/{notice.uuid}.pdf", ContentFile(rendered.pdf))
    made = {"file": name, "file_hash": hashlib.sha256(rendered.pdf).hexdigest(), "missing": list(rendered.missing)}
    is_first = Notice.objects.filter(pk=notice.pk, file="").update(**made)
    notice.refresh_from_db(fields=list(made))
    if is_first:
        return rendered.pdf
    default_storage.delete(name)
    return letter_pdf(notice)


def letter_of(notice: Notice) -> dict[str, Any]:
    """What is printed: the notice's document with its present address; one that was meant as a mail is printed as its text."""
    document = notice.document or {"title": notice.subject, "body": notice.body.split("\n\n")}
    return {**document, "to": {"name": notice.name, "postal": notice.postal, "address": notice.address}}


class Post:
    """Makes the letter; whoever prints and posts it marks it as posted."""

    leaves_house = False

    def deliver(self, notice: Notice) -> str:
        letter_pdf(notice)
        return notice.file_hash
