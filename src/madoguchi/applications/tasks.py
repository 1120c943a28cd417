"""Slow work on one row: papers from frozen revisions and from notices."""

from __future__ import annotations

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from madoguchi.applications.models import IssuedDocument
from madoguchi.applications.models.papers import receipt_content
from madoguchi.lib import pdf
from madoguchi.lib.tasks import scoped_task
from madoguchi.notices.actions import document_pdf


@scoped_task
def make_receipt(document: int) -> None:
    """The receipt's PDF from the frozen revision; made once, kept with its hash. Running it twice gives the same file."""
    row = IssuedDocument.objects.select_related("application__procedure__division", "answers").get(pk=document)
    if row.file:
        return
    rendered = pdf.render("receipt", receipt_content(row))
    row.file = default_storage.save(f"documents/{row.check_code}.pdf", ContentFile(rendered.pdf))
    row.sha256 = hashlib.sha256(rendered.pdf).hexdigest()
    row.missing = list(rendered.missing)
    row.made_at = timezone.now()
    row.save(update_fields=["file", "sha256", "missing", "made_at"])


@scoped_task
def make_decision_paper(document: int) -> None:
    """The notice of a decision as PDF: the very letter that is posted. Running it twice gives the same file."""
    row = IssuedDocument.objects.select_related("decision__notice").get(pk=document)
    notice = row.decision.notice
    if row.file or notice is None:
        return
    document_pdf(notice)
    row.file, row.sha256, row.missing, row.made_at = notice.file, notice.file_hash, notice.missing, timezone.now()
    row.save(update_fields=["file", "sha256", "missing", "made_at"])
