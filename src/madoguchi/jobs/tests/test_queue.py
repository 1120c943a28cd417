"""Declaring tasks and putting them into the queue."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction
from django.utils.module_loading import import_string
from django_scopes import get_scope, scope, scopes_disabled
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from madoguchi.jobs.tests.make import DONE, breaks, note, run_tasks
from madoguchi.lib.tasks import TaskFailed, enqueue, process, where


@pytest.fixture(autouse=True)
def _clean():
    DONE.clear()
    yield
    process.name = ""


def test_a_task_is_found_again_by_its_path():
    assert note.module_path == "madoguchi.jobs.tests.make.note"
    assert isinstance(import_string(note.module_path), Task)


def test_a_task_runs_in_the_scope_from_which_it_was_enqueued(municipality, other_municipality, division):
    enqueue(note, division=division.pk)
    with scopes_disabled():
        row = DBTaskResult.objects.get()
    assert row.args_kwargs == {"args": [], "kwargs": {"division": division.pk, "municipality": municipality.pk}}
    with scope(municipality=other_municipality):
        run_tasks()
        assert get_scope()["municipality"] == other_municipality
    assert [division.code] == DONE


def test_without_a_scope_nothing_is_enqueued(db):
    with pytest.raises(ValueError, match="scope"):
        enqueue(note, division=1)


@pytest.mark.parametrize("value", ["hanako@example.jp", "江東 花子", "a b", "x" * 65, 1.5, True, None, {"id": 1}])
def test_what_is_no_id_is_refused(in_scope, value):
    with pytest.raises(ValueError, match="not an id"):
        enqueue(note, division=value)


def test_ids_are_numbers_uuids_and_words(division):
    for value in (1, uuid.uuid4(), "granted", "2026-04-01"):
        enqueue(note, division=value)
    assert DBTaskResult.objects.count() == 4


def test_a_rollback_takes_the_task_along(division):
    with transaction.atomic():
        enqueue(note, division=division.pk)
        transaction.set_rollback(True)
    assert not DBTaskResult.objects.exists()


def test_another_engine_is_called_after_the_commit(division, settings, django_capture_on_commit_callbacks):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": []}}
    with django_capture_on_commit_callbacks(execute=True):
        assert enqueue(note, division=division.pk) == ""
        assert DONE == []
    assert [division.code] == DONE


def test_priority_and_queue(division):
    enqueue(note, division=division.pk)
    enqueue(breaks, division=division.pk)
    enqueue(note, queue="long", priority=-5, division=division.pk)
    assert list(DBTaskResult.objects.values_list("priority", "queue_name")) == [(20, "default"), (0, "default"), (-5, "long")]


def test_in_a_worker_an_error_loses_its_words(division):
    with pytest.raises(ValueError, match="hanako"):
        breaks.call(municipality=division.municipality_id, division=division.pk)
    process.name = "worker"
    with pytest.raises(TaskFailed, match=r"^ValueError in make\.py line \d+$") as caught:
        breaks.call(municipality=division.municipality_id, division=division.pk)
    assert caught.value.__suppress_context__


def test_where_of_an_error_that_was_never_raised():
    assert where(ValueError("secret")) == "ValueError"
