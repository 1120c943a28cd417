"""The worker and the server as processes."""

from __future__ import annotations

import socket

import pytest
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from madoguchi.jobs.management.commands.worker import Lane
from madoguchi.jobs.models import Job, JobState, Worker
from madoguchi.jobs.tests.make import DONE, breaks, note, start_rows
from madoguchi.lib.errors import Refused
from madoguchi.lib.serving import WorkerProcess, public_address, serve_forever
from madoguchi.lib.tasks import enqueue, process


@pytest.mark.django_db(transaction=True)  # the worker closes old connections, which PostgreSQL would not survive in a transaction
def test_once_does_what_waits_and_says_goodbye(division):
    job = start_rows([1, 2])
    enqueue(note, division=division.pk)
    enqueue(breaks, division=division.pk)
    call_command("worker", "--once")
    assert Job.objects.get(pk=job.pk).state == JobState.DONE
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"SUCCESSFUL", "FAILED"}
    failed = DBTaskResult.objects.get(status="FAILED")
    assert failed.exception_class_path == "madoguchi.lib.tasks.TaskFailed"
    assert "hanako" not in failed.traceback
    assert not Worker.objects.exists()
    assert process.name == ""


@pytest.mark.django_db(transaction=True)
def test_quick_tasks_do_not_wait_behind_long_ones(division):
    process.name = "test"
    start_rows([1, 2])
    enqueue(note, division=division.pk)
    quick, long = Lane(long=False, interval=0), Lane(long=True, interval=0)
    assert quick.run_one()
    assert [division.code] == DONE
    assert not quick.run_one()
    assert long.run_one()
    assert not long.run_one()


def test_the_address_follows_the_port_unless_it_is_named(settings, monkeypatch):
    monkeypatch.delenv("MADOGUCHI_PUBLIC_URL", raising=False)
    monkeypatch.delenv("MADOGUCHI_PUBLIC_URL_FILE", raising=False)
    settings.PUBLIC_URL = "http://localhost:8000"
    assert public_address("127.0.0.1", 8123) == settings.PUBLIC_URL == "http://localhost:8123"
    monkeypatch.setenv("MADOGUCHI_PUBLIC_URL", "https://city.example.jp")
    settings.PUBLIC_URL = "https://city.example.jp"
    assert public_address("0.0.0.0", 8123) == "https://city.example.jp"


def test_a_taken_port_is_said_in_a_sentence(settings, monkeypatch):
    monkeypatch.setenv("MADOGUCHI_PUBLIC_URL", settings.PUBLIC_URL)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Refused, match="--port"):
            serve_forever(port=taken.getsockname()[1])


def test_a_worker_that_never_began_is_stopped_without_ado():
    WorkerProcess().stop()
