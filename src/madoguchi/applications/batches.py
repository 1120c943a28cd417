"""One act over many cases: at once for what was ticked on a page, as a job for what is long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications.actions.accepting import PURPOSES
from madoguchi.applications.actions.clearing import EXPORT
from madoguchi.applications.actions.exporting import Exported, export_cases, require_exportable, write
from madoguchi.applications.models import Application
from madoguchi.jobs.actions import finish, running, start
from madoguchi.jobs.models import Job
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.tasks import scoped_task

AT_ONCE = 200  # cases that a page may wait for
CHUNK = 50


@dataclass(frozen=True)
class Batch:
    """What became of the rows: how many were done, and which were not and why [(label, sentence)]."""

    done: int
    refused: tuple[tuple[str, str], ...]


def over(rows: Iterable[Any], act: Callable[[Any], object]) -> Batch:
    """The act for each row of one page, each in its own transaction; one that is refused does not stop the others."""
    done, refused = 0, []
    for row in rows:
        try:
            act(row)
            done += 1
        except Refused as error:
            refused.append((str(row), str(error)))
    return Batch(done, tuple(refused))


def export(*, applications: Sequence[Application], format: str, by: User) -> Exported | Job:  # noqa: A002 what the file is
    """The file at once, or for more than 200 cases a job that makes it."""
    if len(applications) <= AT_ONCE:
        return export_cases(applications=applications, format=format, by=by)
    chosen = require_exportable(applications, format, by)
    ids = [application.pk for application in chosen]
    return start(EXPORT, title=_("申請の書き出し"), by=by, task=export_long, ids=ids, options={"format": format})


@scoped_task
def export_long(job_id: int) -> None:
    """Write the file of a long export. The whole of it is made by one run: what an earlier run had read is read again."""
    with running(job_id) as job:
        chosen: list[Application] = []
        for place in range(0, len(job.ids), CHUNK):
            ids = job.ids[place : place + CHUNK]
            found = Application.objects.filed().select_related("procedure__division", "procedure__current", "version", "assignee")
            by_id = {one.pk: one for one in found.filter(pk__in=ids)}
            chosen += [by_id[pk] for pk in ids if pk in by_id]
            for application in by_id.values() if place >= job.resumed_from else ():
                record("applications.open_case", by=job.by, on=application, division=application.division, purpose=PURPOSES[3])
            job.tick(min(len(ids), max(0, place + len(ids) - job.done)))
        exported = write(require_exportable(chosen, job.options["format"], job.by), job.options["format"])
        file = default_storage.save(f"exports/{job.pk}-{exported.name}", ContentFile(exported.data))
        record("applications.export", by=job.by, division=chosen[0].division, count=exported.count, format=job.options["format"])
        page = address("applications_desk:export_result", slug=job.municipality.slug, job=job.pk)
        unmappable = [dict(one) for one in exported.unmappable]
        text = _("%(count)s件を書き出しました。ファイルは7日後に消えます。") % {"count": exported.count}
        finish(
            job, {"text": text, "address": page, "file": file, "name": exported.name, "type": exported.media_type, "unmappable": unmappable}
        )
