"""A paper that somebody wants to see before its task has run."""

from __future__ import annotations

from django.db import transaction

from madoguchi.applications.models import IssuedDocument
from madoguchi.applications.tasks import make_decision_paper, make_receipt


@transaction.atomic
def made_paper(*, document: IssuedDocument) -> IssuedDocument:
    """The paper with its file, made now when the queue has not come to it: whoever asks first does not wait for the worker.

    `file` stays "" where there is nothing to print (a decision without a notice).
    """
    if document.file:
        return document
    row = IssuedDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if not row.file:
        task = make_decision_paper if row.decision_id else make_receipt
        task.func(municipality=row.municipality_id, document=row.pk)
        row.refresh_from_db()
    return row
