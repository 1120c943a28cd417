"""By the clock: drafts that nobody goes on with are announced and then thrown away; files that were exported do not stay."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from madoguchi.applications.actions.starting import discard
from madoguchi.applications.actions.telling import inform
from madoguchi.applications.models import Application
from madoguchi.jobs.models import Job
from madoguchi.procedures.models import Procedure

WARN_DAYS = 3
KEEP_EXPORTS = timedelta(days=7)
EXPORT = "applications.export"  # kind of the job whose result is a file


def _drafts_saved_before(days_left: int) -> list[Application]:
    """Drafts whose life ends within so many days (0: is over)."""
    today = timezone.localdate()
    found: list[Application] = []
    for days in Procedure.objects.order_by().values_list("draft_days", flat=True).distinct():
        last_save = today - timedelta(days=days - days_left)
        rows = Application.objects.drafts().filter(procedure__draft_days=days, saved_at__date__lte=last_save)
        found += rows.select_related("procedure__division", "municipality")
    return found


def tell_ending_drafts() -> int:
    """Tell once, three days before, whoever gave an address that the draft will be deleted; gives how many."""
    told = 0
    for draft in _drafts_saved_before(WARN_DAYS):
        if draft.ending_told_at is not None or not draft.email or draft.draft_ends_on < timezone.localdate():
            continue
        with transaction.atomic():
            inform(draft, "applications/draft_ending", until=draft.draft_ends_on)
            draft.ending_told_at = timezone.now()
            draft.save(update_fields=["ending_told_at"])
        told += 1
    return told


def sweep_drafts() -> int:
    """Delete drafts whose last day is over, with their answers, individual numbers and files; gives how many."""
    swept = 0
    for draft in _drafts_saved_before(-1):
        with transaction.atomic():
            locked = Application.objects.drafts().select_for_update().filter(pk=draft.pk).first()
            if locked is not None and locked.draft_ends_on < timezone.localdate():
                discard(application=locked)
                swept += 1
    return swept


def sweep_exports() -> int:
    """Delete the files of exports a week after they were made; gives how many."""
    swept = 0
    old = Job.objects.filter(kind=EXPORT, finished_at__lt=timezone.now() - KEEP_EXPORTS)
    for job in old.exclude(result={}):
        file = job.result.get("file")
        if file:
            default_storage.delete(file)
            job.result = {"text": job.result.get("text", "")}
            job.save(update_fields=["result"])
            swept += 1
    return swept
