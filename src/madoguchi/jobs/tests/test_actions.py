"""Jobs: every end they can come to, and what a dead worker leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_scopes import scope
from django_tasks_db.models import DBTaskResult

from madoguchi.accounts.models import AuditEntry, Municipality, current_municipality
from madoguchi.jobs import actions
from madoguchi.jobs.models import SILENT_AFTER, Job, JobState, Superseded, Worker
from madoguchi.jobs.tests.make import DONE, note, rows, run_tasks, start_rows, ticks
from madoguchi.lib.errors import Refused
from madoguchi.lib.tasks import LONG, NothingToDo, enqueue, process

LONG_AGO = timedelta(minutes=5)


@pytest.fixture
def user(chief):
    return chief.user


def again(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_start_makes_the_job_and_its_task_in_one_transaction(user):
    job = start_rows([1, 2, 3], by=user)
    row = DBTaskResult.objects.get()
    assert (job.state, job.total, job.task_id, row.queue_name) == (JobState.WAITING, 3, str(row.pk), LONG)
    assert row.args_kwargs["kwargs"] == {"job_id": job.pk, "municipality": job.municipality_id}
    assert AuditEntry.objects.filter(verb="jobs.start", on_id=str(job.pk)).exists()
    with transaction.atomic():
        start_rows([1], by=user)
        transaction.set_rollback(True)
    assert (Job.objects.count(), DBTaskResult.objects.count()) == (1, 1)


@pytest.mark.parametrize("task", [rows, ticks])
def test_a_job_comes_to_its_end(in_scope, task):
    job = start_rows([5, 6, 7], task=task)
    assert run_tasks() == 1
    job = again(job)
    assert DONE[:3] == [5, 6, 7]
    assert (job.state, job.done, job.percent, job.attempts, job.problem) == (JobState.DONE, 3, 100, 1, "")
    assert job.finished_at
    assert job.remaining == []


def test_the_result_is_kept(in_scope):
    job = start_rows([1], task=ticks)
    run_tasks()
    assert again(job).result == {"text": "1件を数えました。"}


def test_refused_rows_are_kept_with_their_sentences_and_undone(in_scope):
    job = start_rows([1, 2, 3], refuse=[2])
    run_tasks()
    job = again(job)
    assert (job.state, job.done) == (JobState.DONE, 3)
    assert job.refused == [{"id": 2, "label": "行2", "sentence": "この行はできません。"}]
    assert job.may_run_again


def test_refused_rows_are_tried_again_as_a_new_job(user):
    job = start_rows([1, 2, 3], by=user, refuse=[2])
    run_tasks()
    job = again(job)
    job.options = {}
    job.save()
    new = actions.run_again(job, by=user)
    assert (new.pk != job.pk, new.ids) == (True, [2])
    run_tasks()
    assert again(new).state == JobState.DONE


@pytest.mark.parametrize("task", [rows, ticks])
def test_an_exception_fails_the_job_without_its_words(user, task, caplog):
    job = start_rows([1, 2, 3], by=user, task=task, **{"break": [2]})
    run_tasks()
    job = again(job)
    assert (job.state, job.done, job.attempts) == (JobState.FAILED, 1, 1)
    assert "ValueError in make.py" in job.problem
    assert "hanako" not in job.problem + caplog.text


def test_run_again_goes_on_behind_the_last_row(user):
    job = start_rows([1, 2, 3], by=user, **{"break": [2]})
    run_tasks()
    Job.objects.update(options={})
    DONE.clear()
    actions.run_again(again(job), by=user)
    run_tasks()
    assert DONE == [2, 3, JobState.DONE]
    assert again(job).done == 3


def test_run_again_of_what_is_done_is_refused(user):
    job = start_rows([1], by=user)
    with pytest.raises(Refused):
        actions.run_again(job, by=user)
    run_tasks()
    with pytest.raises(Refused):
        actions.run_again(job, by=user)


def test_cancel_while_waiting_ends_it_at_once(user):
    job = start_rows([1, 2], by=user)
    actions.cancel(job, by=user)
    assert again(job).state == JobState.CANCELLED
    run_tasks()
    assert DONE == []
    with pytest.raises(Refused):
        actions.cancel(job, by=user)


def test_cancel_while_running_keeps_what_is_done(user):
    job = start_rows([1, 2, 3], by=user)

    def act(row: int) -> None:
        DONE.append(row)
        if row == 2:
            actions.cancel(job, by=user)

    actions.each(job.pk, act)
    job = again(job)
    assert (DONE, job.state, job.done) == ([1, 2], JobState.CANCELLED, 2)


def test_a_task_run_twice_does_nothing_the_second_time(in_scope):
    job = start_rows([1, 2])
    run_tasks()
    DBTaskResult.objects.update(status="READY")
    run_tasks()
    assert DONE == [1, 2, JobState.DONE]
    assert again(job).attempts == 1


def test_a_worker_that_stops_puts_the_job_back(in_scope):
    job = start_rows([1, 2, 3])

    def act(row: int) -> None:
        DONE.append(row)
        process.stopping.set()

    actions.each(job.pk, act)
    assert (again(job).state, again(job).done, again(job).attempts) == (JobState.WAITING, 1, 0)
    process.stopping.clear()
    run_tasks()
    assert DONE == [1, 2, 3, JobState.DONE]


def die_with(job: Job, *, done: int, attempts: int = 1) -> None:
    """What kill -9 leaves: a running row in the queue, a running job, a worker that says nothing."""
    past = timezone.now() - LONG_AGO
    Worker.objects.update_or_create(name="dead", defaults={"heartbeat_at": past})
    DBTaskResult.objects.filter(pk=job.task_id).update(status="RUNNING", started_at=past, worker_ids=["dead"] * attempts)
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, done=done, attempts=attempts, started_at=past, heartbeat_at=past, worker="dead"
    )


def test_what_a_dead_worker_left_is_run_to_its_end(in_scope):
    job = start_rows([1, 2, 3])
    die_with(job, done=1)
    assert actions.reap() == {"tasks": 1, "jobs": 1, "given_up": 0}
    assert again(job).state == JobState.WAITING
    run_tasks()
    assert DONE == [2, 3, JobState.DONE]
    assert (again(job).state, again(job).attempts) == (JobState.DONE, 2)
    assert actions.reap() == {"tasks": 0, "jobs": 0, "given_up": 0}


def test_a_living_workers_work_is_left_alone(in_scope):
    job = start_rows([1, 2, 3])
    die_with(job, done=1)
    actions.beat("dead")
    assert actions.reap() == {"tasks": 0, "jobs": 0, "given_up": 0}
    assert again(job).state == JobState.RUNNING


def test_who_is_known_to_be_dead_need_not_be_waited_for(in_scope):
    job = start_rows([1, 2, 3])
    die_with(job, done=1)
    actions.beat("dead")
    DBTaskResult.objects.update(started_at=timezone.now())
    actions.bury(["dead", "never heard of"])
    assert actions.reap() == {"tasks": 1, "jobs": 1, "given_up": 0}


def test_the_third_death_is_the_last(in_scope):
    job = start_rows([1, 2, 3])
    die_with(job, done=1, attempts=3)
    assert actions.reap() == {"tasks": 0, "jobs": 0, "given_up": 2}
    assert again(job).state == JobState.FAILED
    assert "3度" in again(job).problem
    assert DBTaskResult.objects.get().status == "FAILED"
    assert run_tasks() == 0


def test_a_job_whose_task_failed_before_it_is_queued_again_thrice(in_scope):
    job = start_rows([1])
    Job.objects.update(created_at=timezone.now() - LONG_AGO)
    for _ in range(2):
        DBTaskResult.objects.update(status="FAILED")
        assert actions.reap()["jobs"] == 1
    DBTaskResult.objects.update(status="FAILED")
    assert actions.reap()["given_up"] == 1
    assert again(job).state == JobState.FAILED


def test_plain_tasks_of_the_dead_are_given_back_too(division):
    enqueue(note, division=division.pk)
    DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now() - LONG_AGO, worker_ids=["never heard of"])
    assert actions.reap()["tasks"] == 1
    run_tasks()
    assert [division.code] == DONE


def test_a_run_that_was_thought_dead_touches_nothing_more(in_scope):
    job = start_rows([1, 2, 3])
    with actions.running(job.pk) as mine:
        Job.objects.update(heartbeat_at=timezone.now() - SILENT_AFTER - LONG_AGO)
        with actions.running(job.pk) as other:
            other.tick()
            with pytest.raises(Superseded):
                mine.tick()
    assert (again(job).done, again(job).attempts) == (1, 2)


def test_two_runs_at_once_are_one(in_scope):
    job = start_rows([1])
    with actions.running(job.pk), pytest.raises(NothingToDo), actions.running(job.pk):
        pass


def test_the_reaper_sees_every_municipality(municipality, other_municipality):
    for one in (municipality, other_municipality):
        with scope(municipality=one):
            die_with(start_rows([1]), done=0)
    assert actions.reap()["jobs"] == 2


def test_sweep_forgets_what_ended_long_ago(division):
    for _ in range(3):
        enqueue(note, division=division.pk)
    run_tasks()
    first = DBTaskResult.objects.first()
    DBTaskResult.objects.filter(pk=first.pk).update(finished_at=timezone.now() - timedelta(days=8))
    Worker.objects.create(name="old", heartbeat_at=timezone.now() - timedelta(days=2))
    assert actions.sweep() == 2
    assert DBTaskResult.objects.count() == 2


def test_time_left(in_scope):
    job = start_rows(list(range(100)))
    assert job.left == ""
    job.state, job.done, job.resumed_from, job.started_at = JobState.RUNNING, 60, 50, timezone.now() - timedelta(seconds=100)
    assert 395 <= job.seconds_left <= 405
    assert job.left == "7分"
    job.started_at = timezone.now() - timedelta(hours=1)
    assert job.left == "4時間"


STRUCK: list[str] = []


def struck() -> None:
    STRUCK.append(current_municipality().slug)


def stumbles() -> None:
    raise ValueError("hanako@example.jp")


def test_the_clock_strikes_once_a_minute_in_each_municipality(municipality, other_municipality, settings, caplog):
    STRUCK.clear()
    settings.CLOCK = [f"{__name__}.stumbles", f"{__name__}.struck"]
    assert actions.strike(force=True) == 4
    assert STRUCK == ["koto", "midori"]
    assert actions.strike() == 0
    assert "hanako" not in caplog.text
    assert Municipality.objects.count() == 2
