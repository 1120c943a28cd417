"""Starting, running and ending work over many rows.

The contract of a job's task (batches.py of a room):

* it is declared with `scoped_task` and takes `job_id`;
* it goes over `job.remaining`, one transaction a row, and says so after each row; so a worker that dies costs at most one
  row's work, and the next run goes on behind the last row that was said to be done;
* `each` does all this, and writes the progress in the row's own transaction: then no row is done twice, whatever dies.

    @scoped_task
    def export(job_id: int) -> None:
        each(job_id, lambda pk: actions.export(Application.objects.get(pk=pk)))
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tasks.base import Task

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.jobs.models import Cancelled, Interrupted, Job, JobState
from madoguchi.lib.errors import Refused
from madoguchi.lib.tasks import LONG, NothingToDo, enqueue, process, where

log = logging.getLogger("madoguchi.jobs")


@transaction.atomic
def start(
    kind: str,
    *,
    title: str,
    by: User | None,
    task: Task[Any, Any],
    ids: Sequence[int | str],
    total: int | None = None,
    options: Mapping[str, Any] | None = None,
) -> Job:
    """Begin work over many rows: `task` is enqueued with `job_id` and goes over `ids`.

    `total` is the number of rows if it is not that of the ids. `options` (JSON) and `title` hold no personal data.
    """
    job = Job.objects.create(
        kind=kind,
        title=title,
        by=by,
        total=len(ids) if total is None else total,
        ids=list(ids),
        options=dict(options or {}),
        task_path=task.module_path,
    )
    put_into_queue(job)
    record("jobs.start", by=by, on=job, kind=kind, rows=job.total)
    return job


def put_into_queue(job: Job) -> None:
    """Enqueue the job's task, in the caller's transaction."""
    task = import_string(job.task_path)
    job.task_id = enqueue(task, queue=LONG, job_id=job.pk)
    job.save(update_fields=["task_id"])


@contextmanager
def running(job_id: int) -> Iterator[Job]:
    """The job, claimed by this run, inside its task; its state is settled when the block ends.

    Ends as DONE, CANCELLED (Cancelled), WAITING again (Interrupted) or FAILED (any other exception, which is logged by kind and
    place and does not go further). Raises NothingToDo when the job is over or another run has it.
    """
    now = timezone.now()
    claimed = Job.objects.claimable().filter(pk=job_id)
    if not claimed.update(state=JobState.RUNNING, attempts=F("attempts") + 1, started_at=now, heartbeat_at=now, worker=process.name):
        raise NothingToDo
    job = Job.objects.get(pk=job_id)
    job.resumed_from = job.done
    job.save(update_fields=["resumed_from"])
    if job.cancel_asked:
        _end(job, JobState.CANCELLED)
        raise NothingToDo
    try:
        yield job
    except Cancelled:
        _end(job, JobState.CANCELLED)
    except Interrupted:
        _back_into_queue(job)
    except NothingToDo:
        raise
    except Exception as error:  # noqa: BLE001 whatever a room's code raises, the job must say so to the person who waits for it
        place = where(error)
        log.error("job %s (%s) failed: %s", job.pk, job.kind, place)
        _end(job, JobState.FAILED, problem=_("途中で止まりました。もう一度動かすと、続きから始まります。（%(where)s）") % {"where": place})
    else:
        _end(job, JobState.DONE)


def _end(job: Job, state: JobState, *, problem: str = "") -> None:
    """Close this run's job; a run that was superseded closes nothing."""
    job.state, job.problem, job.finished_at, job.worker = state, problem, timezone.now(), ""
    mine = Job.objects.filter(pk=job.pk, attempts=job.attempts, state=JobState.RUNNING)
    fields = ("state", "problem", "finished_at", "worker", "refused", "result")
    mine.update(heartbeat_at=job.finished_at, **{name: getattr(job, name) for name in fields})


@transaction.atomic
def _back_into_queue(job: Job) -> None:
    """The worker stops, the job does not: an interruption is no failed attempt."""
    mine = Job.objects.filter(pk=job.pk, attempts=job.attempts, state=JobState.RUNNING)
    if mine.update(state=JobState.WAITING, attempts=F("attempts") - 1, refused=job.refused, worker=""):
        put_into_queue(job)


def each(job_id: int, act: Callable[[Any], object], *, label: Callable[[Any], str] = str) -> Job:
    """Run a job to its end: `act(id)` for every remaining row, in one transaction with the progress.

    A row whose act raises Refused is undone, kept with its sentence under `label(id)` for the result page, and the next is done.
    """
    with running(job_id) as job:
        for row in job.remaining:
            job.look_up()
            try:
                with transaction.atomic():
                    act(row)
                    job.mark()
            except Refused as refused:
                job.refuse(id=row, label=label(row), sentence=str(refused))
                job.mark()
    return job


def finish(job: Job, result: Mapping[str, Any]) -> None:
    """Give the result, inside the task before it ends: {"text": sentence, "address": page of the result}, JSON without personal data."""
    job.result = dict(result)


@transaction.atomic
def cancel(job: Job, by: User) -> Job:
    """Stop it: at once if it waits, between two rows if it runs. What is done stays done. Raises Refused when it is over."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if not job.is_open:
        raise Refused(_("この作業はもう終わっています。"), code="job_over")
    job.cancel_asked = True
    if job.state == JobState.WAITING:
        job.state, job.finished_at = JobState.CANCELLED, timezone.now()
    job.save(update_fields=["cancel_asked", "state", "finished_at"])
    record("jobs.cancel", by=by, on=job, kind=job.kind, done=job.done)
    return job


@transaction.atomic
def run_again(job: Job, by: User) -> Job:
    """Go on with what stopped, or try the refused rows of what ended as a new job; gives the job that now waits."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if not job.may_run_again:
        raise Refused(_("この作業をもう一度動かす必要はありません。"), code="job_not_stopped")
    if job.state == JobState.DONE:
        ids = [row["id"] for row in job.refused]
        return start(job.kind, title=job.title, by=by, task=import_string(job.task_path), ids=ids, options=job.options)
    job.state, job.attempts, job.cancel_asked, job.problem, job.finished_at = JobState.WAITING, 0, False, "", None
    job.save(update_fields=["state", "attempts", "cancel_asked", "problem", "finished_at"])
    put_into_queue(job)
    record("jobs.run_again", by=by, on=job, kind=job.kind, done=job.done)
    return job
