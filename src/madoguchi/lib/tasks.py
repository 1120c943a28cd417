"""Slow work: how every room declares a task and puts it into the queue.

    @scoped_task
    def deliver(notice: int) -> None: ...

    enqueue(deliver, notice=notice.pk)

A task's arguments are ids and nothing else: rows of the queue are kept for days and read by the ICT section. A task may be run
twice (a worker died, a lease ended), so it looks at its row before it acts. It runs in the scope of the municipality from whose
scope it was enqueued, in Japanese unless it opens another language itself.
"""

from __future__ import annotations

import inspect
import logging
import re
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import translation
from django_scopes import get_scope, scope
from django_tasks import task
from django_tasks.base import Task
from django_tasks_db import DatabaseBackend

LONG = "long"  # the queue of jobs over many rows; everything else must not wait behind them
OWNER = ("accounts", "Municipality")  # the rows whose id every scoped task carries
MAX_ATTEMPTS = 3  # how often a task is begun before it is given up
AN_ID = re.compile(r"[A-Za-z0-9_:.-]{1,64}")
log = logging.getLogger("madoguchi.tasks")


class NothingToDo(Exception):
    """Raised in a task whose row needs nothing (any more); the task ends quietly."""


class TaskFailed(Exception):
    """What the queue keeps of a failure: the kind of error and the line, never its words (they may quote personal data)."""


@dataclass
class Process:
    """This process as a worker; `name` is empty in every other process."""

    name: str = ""
    stopping: threading.Event = field(default_factory=threading.Event)


process = Process()


def scoped_task(function: Callable[..., Any] | None = None, *, priority: int = 0, language: str = "ja") -> Any:
    """Make a module-level function a task; from -100 to 100, a higher priority is run first.

    The function gets the ids it names; also `municipality` (an id) if it names that. `wraps` keeps module and qualified name,
    by which the worker finds the task again.
    """

    def declare(work: Callable[..., Any]) -> Task[Any, Any]:
        wants_municipality = "municipality" in inspect.signature(work).parameters

        @wraps(work)
        def run(*, municipality: int, **ids: Any) -> None:
            owner = apps.get_model(*OWNER)._default_manager.get(pk=municipality)
            if wants_municipality:
                ids["municipality"] = municipality
            with scope(municipality=owner), translation.override(language):
                _run(work, ids)

        run.is_scoped = True  # type: ignore[attr-defined]
        return task(priority=priority)(run)

    return declare(function) if function is not None else declare


def _run(work: Callable[..., Any], ids: Mapping[str, Any]) -> None:
    """Only in a worker is the exception replaced: there its words would be stored and logged."""
    try:
        work(**ids)
    except NothingToDo:
        pass
    except Exception as error:
        if not process.name:
            raise
        raise TaskFailed(where(error)) from None


def where(error: BaseException) -> str:
    """Kind and place of an error without its words: "ValueError in actions.py line 40"."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" in {trace.tb_frame.f_code.co_filename.replace(chr(92), '/').rsplit('/', 1)[-1]} line {trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"


def enqueue(wanted: Task[Any, Any], *, queue: str = "", priority: int | None = None, **ids: int | str | uuid.UUID) -> str:
    """Put a task into the queue as part of the caller's transaction; gives the queue's id, "" where it is not known yet.

    With rows in our database (django-tasks-db) a rollback takes the task along; with any other engine it is sent after the
    commit. The open municipality is added for scoped tasks. Raises ValueError for an argument that is not an id.
    """
    arguments = {name: _an_id(name, value) for name, value in ids.items()}
    if getattr(wanted.func, "is_scoped", False) and "municipality" not in arguments:
        municipality = get_scope().get("municipality")
        if municipality is None:
            raise ValueError(f"{wanted.name} needs the scope of a municipality")
        arguments["municipality"] = municipality.pk
    wanted = wanted.using(queue_name=queue or None, priority=priority)
    if isinstance(wanted.get_backend(), DatabaseBackend):
        return str(wanted.enqueue(**arguments).id)
    transaction.on_commit(lambda: _send(wanted, arguments))
    return ""


def _send(wanted: Task[Any, Any], arguments: dict[str, int | str]) -> None:
    wanted.enqueue(**arguments)


def _an_id(name: str, value: object) -> int | str:
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and AN_ID.fullmatch(value):
        return value
    raise ValueError(f"task argument {name} is not an id")
