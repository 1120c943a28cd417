"""kill -9 in the middle of a job, with real processes: nothing is lost and nothing is done twice."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

ROWS = 60
START = """
import django; django.setup()
from django_scopes import scope
from madoguchi.accounts.tests.make import make_municipality
from madoguchi.jobs.tests.make import slow_rows, start_rows
with scope(municipality=make_municipality()):
    start_rows(range({rows}), task=slow_rows)
"""


class Installation:
    """A database of its own under a folder, and the commands that work on it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {
            **os.environ,
            "MADOGUCHI_MODE": "test",
            "MADOGUCHI_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "madoguchi.settings",
        }
        self.environment.update({"PYTHONPATH": str(Path(__file__).parents[3]), "DATABASE_URL": ""})

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, *arguments], env=self.environment, stdout=subprocess.DEVNULL)

    def run(self, *arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], env=self.environment, check=True, stdout=subprocess.DEVNULL, timeout=120)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.home / "madoguchi.sqlite3", timeout=20)) as database:
            return database.execute(query).fetchall()

    def wait_for(self, query: str, count: int) -> None:
        until = time.monotonic() + 60
        while len(self.ask(query)) < count:
            assert time.monotonic() < until, f"nothing came of {query}"
            time.sleep(0.05)


@pytest.fixture
def installation(tmp_path) -> Iterator[Installation]:
    one = Installation(tmp_path)
    one.run("-m", "madoguchi", "migrate", "--verbosity", "0")
    one.run("-m", "madoguchi", "createcachetable")
    one.run("-c", START.format(rows=ROWS))
    return one


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
def test_a_killed_workers_job_is_taken_over_at_once(installation):
    done = "SELECT running FROM jobs_worker WHERE name LIKE 'row %'"
    worker = installation.begin("-m", "madoguchi", "worker")
    installation.wait_for(done, 5)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert 5 <= len(installation.ask(done)) < ROWS
    assert installation.ask("SELECT state, attempts FROM jobs_job") == [("running", 1)]
    installation.run("-m", "madoguchi", "worker", "--once")
    assert len(installation.ask(done)) == ROWS
    assert len(set(installation.ask(done))) == 2
    assert installation.ask("SELECT state, done, attempts, refused FROM jobs_job") == [("done", ROWS, 2, "[]")]


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
def test_a_worker_asked_to_stop_hands_its_job_back(installation):
    done = "SELECT running FROM jobs_worker WHERE name LIKE 'row %'"
    worker = installation.begin("-m", "madoguchi", "worker")
    installation.wait_for(done, 5)
    worker.terminate()
    assert worker.wait(20) == 0
    assert installation.ask("SELECT state, attempts FROM jobs_job") == [("waiting", 0)]
    installation.run("-m", "madoguchi", "worker", "--once")
    assert installation.ask("SELECT state, done, attempts FROM jobs_job") == [("done", ROWS, 1)]
