"""Builders: a queue that runs when the test says so, and tasks to put into it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from django_tasks_db.models import DBTaskResult

from madoguchi.accounts.models import Division, User
from madoguchi.jobs import actions
from madoguchi.jobs.models import Job, Worker
from madoguchi.lib.errors import Refused
from madoguchi.lib.tasks import process, scoped_task

DONE: list[object] = []  # what the tasks below did, in order
MOST_TASKS = 1000


def run_tasks() -> int:
    """Run what the queue holds, and what that puts into it, until it is empty; a task that raises fails the test."""
    count = 0
    while row := DBTaskResult.objects.ready().first():
        count += 1
        assert count < MOST_TASKS, "tasks that enqueue each other without end"
        row.claim("test")
        row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
        row.set_successful(None)
    return count


@scoped_task
def note(division: int) -> None:
    DONE.append(Division.objects.get(pk=division).code)


@scoped_task(priority=20)
def breaks(division: int) -> None:
    raise ValueError(f"hanako@example.jp {division}")


def _act(options: dict[str, list[int]], row: int) -> None:
    DONE.append(row)
    if row in options.get("refuse", []):
        raise Refused("この行はできません。", code="no")
    if row in options.get("break", []):
        raise ValueError("hanako@example.jp")


@scoped_task
def rows(job_id: int) -> None:
    """Does each row into DONE; the options "refuse" and "break" name rows that are refused or raise."""
    options = Job.objects.get(pk=job_id).options
    job = actions.each(job_id, lambda row: _act(options, row), label=lambda row: f"行{row}")
    DONE.append(job.state)


@scoped_task
def ticks(job_id: int) -> None:
    """The same by hand."""
    with actions.running(job_id) as job:
        for row in job.remaining:
            _act(job.options, row)
            job.tick()
        actions.finish(job, {"text": f"{job.done}件を数えました。"})


@scoped_task
def slow_rows(job_id: int) -> None:
    """Each row takes 20 ms and is a row of its own (a worker), so that a row done twice would fail."""

    def act(row: int) -> None:
        time.sleep(0.02)
        Worker.objects.create(name=f"row {row}", running=process.name)

    actions.each(job_id, act)


def start_rows(ids: Sequence[int], *, by: User | None = None, task: object = rows, **options: list[int]) -> Job:
    return actions.start("test.rows", title="行を数える", by=by, task=task, ids=ids, options=options)
