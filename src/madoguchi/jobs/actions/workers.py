"""Workers that live, and the work of those that died.

django-tasks-db never takes back what a dead worker held. A worker says every 15 seconds that it lives (its Worker row and the
jobs it has); `reap` gives back what belonged to one that has been silent for 90 seconds, and gives up what died three times.
A worker that begins looks at once for those of its own machine whose process is gone (`bury`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_scopes import scope
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from madoguchi.accounts.models import Municipality
from madoguchi.jobs.actions.jobs import put_into_queue
from madoguchi.jobs.models import MAX_ATTEMPTS, SILENT_AFTER, Job, JobState, Worker
from madoguchi.lib.tasks import TaskFailed

log = logging.getLogger("madoguchi.jobs")
KEEP_TASKS = timedelta(days=7)
KEEP_FAILED_TASKS = timedelta(days=60)
KEEP_WORKERS = timedelta(days=1)


def beat(name: str, *, running: str = "") -> None:
    """A worker lives; so do the jobs it has, however long one of their rows takes."""
    now = timezone.now()
    Worker.objects.update_or_create(name=name, defaults={"heartbeat_at": now, "running": running[:200]})
    for municipality in Municipality.objects.all():
        with scope(municipality=municipality):
            Job.objects.filter(worker=name, state=JobState.RUNNING).update(heartbeat_at=now)


def goodbye(name: str) -> None:
    """A worker ends with nothing in its hands."""
    Worker.objects.filter(name=name).delete()


def bury(names: Iterable[str]) -> None:
    """These workers are known to be dead: their work need not wait until they have been silent for long enough."""
    past = timezone.now() - SILENT_AFTER - timedelta(seconds=1)
    dead = list(Worker.objects.filter(name__in=list(names)).values_list("name", flat=True))
    Worker.objects.filter(name__in=dead).update(heartbeat_at=past)
    for municipality in Municipality.objects.all() if dead else ():
        with scope(municipality=municipality):
            Job.objects.filter(worker__in=dead, state=JobState.RUNNING).update(heartbeat_at=past)


def reap() -> dict[str, int]:
    """Give back what dead workers held: {"tasks", "jobs", "given_up"} counts. Safe to call from several processes."""
    found = _reap_tasks()
    for municipality in Municipality.objects.all():
        with scope(municipality=municipality), override("ja"):
            for job in [*Job.objects.silent(), *_stranded()]:
                found["given_up" if _reap_job(job) else "jobs"] += 1
    if any(found.values()):
        log.warning("taken back from dead workers: %s", found)
    return found


def _is_lost(row: DBTaskResult, workers: dict[str, bool]) -> bool:
    """Its worker is dead; of one that left no row, only after the time in which it could have said something."""
    alive = workers.get(row.worker_ids[-1]) if row.worker_ids else None
    if alive is None:
        return row.started_at is None or row.started_at < timezone.now() - SILENT_AFTER
    return not alive


@transaction.atomic
def _reap_tasks() -> dict[str, int]:
    """Rows of the queue whose last worker is dead: back into the queue, or failed when it was the third."""
    found = {"tasks": 0, "jobs": 0, "given_up": 0}
    workers = {worker.name: worker.is_alive for worker in Worker.objects.all()}
    for row in DBTaskResult.objects.select_for_update(skip_locked=True).running():
        if not _is_lost(row, workers):
            continue
        if len(row.worker_ids) >= MAX_ATTEMPTS:
            row.set_failed(TaskFailed("three workers died with it"))
            found["given_up"] += 1
        else:
            row.status, row.started_at = TaskResultStatus.READY, None
            row.save(update_fields=["status", "started_at"])
            found["tasks"] += 1
    return found


def _stranded() -> list[Job]:
    """Jobs that wait for a task which has ended without them (it failed before it reached the job)."""
    waiting = list(Job.objects.filter(state=JobState.WAITING, created_at__lt=timezone.now() - SILENT_AFTER).exclude(task_id=""))
    ended = {TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED}
    rows = DBTaskResult.objects.filter(pk__in=[job.task_id for job in waiting], status__in=ended)
    over = {str(pk) for pk in rows.values_list("pk", flat=True)}
    return [job for job in waiting if job.task_id in over]


@transaction.atomic
def _reap_job(job: Job) -> bool:
    """Put a silent job back, or give it up after the third attempt; True when given up."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    row = DBTaskResult.objects.filter(pk=job.task_id).first() if job.task_id else None
    job.attempts += job.state == JobState.WAITING  # a stranded one was never begun, but tried
    given_up = job.attempts >= MAX_ATTEMPTS
    job.worker = ""
    if given_up:
        job.state, job.finished_at = JobState.FAILED, timezone.now()
        job.problem = _("働き手が%(count)s度止まったため、打ち切りました。情報システム担当に知らせてください。") % {"count": job.attempts}
    else:
        job.state = JobState.WAITING
    job.save(update_fields=["state", "attempts", "worker", "finished_at", "problem"])
    if not given_up and (row is None or row.status in (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)):
        put_into_queue(job)
    return given_up


def sweep() -> int:
    """Clear the queue of what ended long ago, and the list of workers of those that are gone; gives the rows deleted."""
    now = timezone.now()
    old = DBTaskResult.objects.successful().filter(finished_at__lt=now - KEEP_TASKS).delete()[0]
    failed = DBTaskResult.objects.failed().filter(finished_at__lt=now - KEEP_FAILED_TASKS).delete()[0]
    return old + failed + Worker.objects.filter(heartbeat_at__lt=now - KEEP_WORKERS).delete()[0]
