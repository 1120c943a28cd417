"""One act over many cases: at once for what was ticked on a page, as a job for what is long, by the publishing of a version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications.actions.accepting import PURPOSES
from madoguchi.applications.actions.clearing import EXPORT
from madoguchi.applications.actions.exporting import Exported, export_cases, require_exportable, write
from madoguchi.applications.actions.handing_over import Touch, hand_over, heaviest, newest_answers, under_way
from madoguchi.applications.actions.outages import drafts_to_tell, tell_draft
from madoguchi.applications.models import Application
from madoguchi.engines.forms import Form
from madoguchi.jobs.actions import each, finish, running, start
from madoguchi.jobs.models import Job
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.tasks import scoped_task
from madoguchi.procedures.actions import lists
from madoguchi.procedures.models import Impact, Procedure, ProcedureVersion

AT_ONCE = 200  # cases that a page may wait for
CHUNK = 50
MOST_LOOKED_AT = 1000  # applications that the preview walks one by one
HAND_OVER = "applications.hand_over"
TELL_CLOSING = "applications.tell_closing"


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


def tell_closing(*, procedure: Procedure, day: date, by: User) -> int:
    """Tell everybody with a draft that the procedure now closes on this day: at once, or for more than 200 by a job; gives how many."""
    ids = drafts_to_tell(procedure=procedure)
    if len(ids) <= AT_ONCE:
        return sum(tell_draft(application=pk, day=day) for pk in ids)
    title = _("「%(procedure)s」の新しい期限のお知らせ") % {"procedure": procedure}
    start(TELL_CLOSING, title=title, by=by, task=tell_closing_all, ids=ids, options={"day": day.isoformat()})
    return len(ids)


@scoped_task
def tell_closing_all(job_id: int) -> None:
    """Every draft of a procedure whose closing day was moved, one after the other."""
    day = date.fromisoformat(Job.objects.get(pk=job_id).options["day"])
    each(job_id, lambda pk: tell_draft(application=pk, day=day))


class UnderWay:
    """What people have begun with earlier versions, for the room that publishes them. Settings: UNDER_WAY["applications"]."""

    def impact(self, procedure: Procedure, form: Form) -> Impact:
        """Whom the form would touch: each application's own answers are walked with its version and with the form."""
        rows = under_way(procedure).select_related("version").defer("version__document")
        total, known, touches = rows.count(), lists(), dict[int, Touch]()
        of: dict[tuple[str, str], list[int]] = {}
        classes: dict[str, list[int]] = {}
        everything, looked_at = [0, 0], list(rows[:MOST_LOOKED_AT])
        answers = newest_answers(looked_at)
        for application in looked_at:
            whom = 0 if application.is_draft else 1
            everything[whom] += 1
            if application.pk not in answers:
                continue
            mine = answers[application.pk]
            touch = touches.setdefault(application.version_id, Touch.between(application.version.form, form))
            found = touch.of(mine.values, on=mine.as_of, known=known)
            for each_found in found:
                of.setdefault((each_found.key, each_found.id), [0, 0])[whom] += 1
            if found:
                classes.setdefault(heaviest(found), [0, 0])[whom] += 1
        counted = {key: (counts[0], counts[1]) for key, counts in of.items()}
        by_class = {key: (counts[0], counts[1]) for key, counts in classes.items()}
        return Impact((everything[0], everything[1]), counted, by_class, total - len(looked_at))

    def hand_over(self, version: ProcedureVersion, by: User | None) -> None:
        """A job that treats them one by one, so that its page says how far it is and whom it could not treat."""
        ids = list(under_way(version.procedure).exclude(version=version).values_list("pk", flat=True))
        if ids:
            title = _("「%(procedure)s」第%(number)s版への切替え") % {"procedure": version.procedure, "number": version.number}
            start(HAND_OVER, title=title, by=by, task=hand_over_all, ids=ids, options={"version": version.pk})


@scoped_task
def hand_over_all(job_id: int) -> None:
    """Every application that was under way when a version was published, as the version's `ways` say."""
    job = Job.objects.select_related("by").get(pk=job_id)
    version = ProcedureVersion.objects.select_related("procedure__division").get(pk=job.options["version"])

    def act(pk: int) -> None:
        application = Application.objects.filter(pk=pk).first()
        if application is not None:  # a draft may have been thrown away meanwhile
            hand_over(application=application, version=version, by=job.by)

    each(job_id, act)
