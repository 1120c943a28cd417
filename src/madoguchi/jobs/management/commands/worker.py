"""The process that runs tasks."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connections
from django_tasks_db.management.commands.db_worker import Worker as TaskRunner
from django_tasks_db.models import DBTaskResult

from madoguchi.jobs.actions import beat, bury, goodbye, reap, strike, sweep
from madoguchi.jobs.models import HEARTBEAT_SECONDS, Worker
from madoguchi.lib.tasks import LONG, process, where

log = logging.getLogger("madoguchi.worker")
REAP_SECONDS, SWEEP_SECONDS = 60, 3600


class Runner(TaskRunner):
    """django-tasks-db's worker for one task of one lane; notes what it runs."""

    def __init__(self, *, long: bool, note: Callable[[str], None]) -> None:
        queues, excluded = ([LONG], []) if long else (["*"], [LONG])
        super().__init__(
            queue_names=queues,
            excluded_queue_names=excluded,
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=1,
            worker_id=process.name,
        )
        self.note = note

    def run_task(self, db_task_result: DBTaskResult) -> None:
        self.note(db_task_result.task_path)
        super().run_task(db_task_result)
        self.note("")


class Lane:
    """One line of tasks in a thread of its own: quick ones do not wait behind a job over 5,000 rows."""

    def __init__(self, *, long: bool, interval: float) -> None:
        self.long, self.interval, self.running = long, interval, ""

    def note(self, path: str) -> None:
        self.running = path

    def run_one(self) -> bool:
        """Run the next task; False when there was none. Looking is free of locks, only taking one locks."""
        ready = DBTaskResult.objects.ready()
        if not (ready.filter(queue_name=LONG) if self.long else ready.exclude(queue_name=LONG)).exists():
            return False
        runner = Runner(long=self.long, note=self.note)
        runner.run()
        return bool(runner._run_tasks)

    def run(self) -> None:
        while not process.stopping.is_set():
            close_old_connections()
            if not self.run_one():
                process.stopping.wait(self.interval)


class Command(BaseCommand):
    help = "Run tasks and what happens by the clock until stopped; --once does what waits and ends."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--once", action="store_true", help="do what waits and end (cron, tests)")
        parser.add_argument("--interval", type=float, default=0.5, help="seconds between looks into the empty queue")
        parser.add_argument("--with-parent", action="store_true", help="stop when the process that started this one is gone")

    def handle(self, **options: Any) -> None:
        process.name = f"{host()}-{os.getpid()}-{secrets.token_hex(4)}"
        self.parent = os.getppid() if options["with_parent"] else None
        self.lanes = [Lane(long=long, interval=options["interval"]) for long in (False, True)]
        beat(process.name)
        bury(gone())
        try:
            self.once() if options["once"] else self.forever()
        finally:
            goodbye(process.name)
            process.name = ""

    def once(self) -> None:
        strike(force=True)
        reap()
        while any(lane.run_one() for lane in self.lanes):
            pass
        sweep()

    def forever(self) -> None:
        for name in ("SIGINT", "SIGTERM"):
            signal.signal(getattr(signal, name), self.stop)
        lanes = [spawn(lane.run) for lane in self.lanes]
        spawn(every(HEARTBEAT_SECONDS, self.live))
        spawn(every(REAP_SECONDS, reap))
        spawn(every(SWEEP_SECONDS, sweep))
        spawn(every(1, self.clock()))
        while not process.stopping.wait(1):
            pass
        for lane in lanes:
            while lane.is_alive():  # joined in short steps, so that a second signal is heard
                lane.join(0.5)

    def stop(self, *_: object) -> None:
        if process.stopping.is_set():
            os._exit(1)
        process.stopping.set()

    def live(self) -> None:
        if self.parent is not None and os.getppid() != self.parent:
            process.stopping.set()
        beat(process.name, running=" ".join(lane.running for lane in self.lanes if lane.running))

    def clock(self) -> Callable[[], None]:
        struck = 0

        def look() -> None:
            nonlocal struck
            minute = int(time.time()) // 60
            if minute != struck:
                struck = minute
                strike()

        return look


def host() -> str:
    """This machine's name as the first part of a worker's: host-pid-chance."""
    return socket.gethostname()[:30]


def gone() -> list[str]:
    """Workers of this machine whose process is no more. (On Windows nobody can be asked without being hurt.)"""
    names = Worker.objects.filter(name__startswith=f"{host()}-").values_list("name", flat=True)
    return [name for name in names if os.name == "posix" and not _is_running(int(name.rsplit("-", 2)[1]))]


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def every(seconds: float, act: Callable[[], object]) -> Callable[[], None]:
    """`act` again and again until the process stops."""

    def repeat() -> None:
        while not process.stopping.is_set():
            close_old_connections()
            act()
            process.stopping.wait(seconds)

    return repeat


def spawn(work: Callable[[], None]) -> threading.Thread:
    """A thread that goes on after an error (a database that is away comes back) and leaves no connection open."""

    def keep_on() -> None:
        while not process.stopping.is_set():
            try:
                work()
            except Exception as error:  # noqa: BLE001 a worker that ends on the first hiccup is worse than one that says so and goes on
                log.error("worker: %s", where(error))
                connections.close_all()
                process.stopping.wait(2)
        connections.close_all()

    thread = threading.Thread(target=keep_on, daemon=True)
    thread.start()
    return thread
