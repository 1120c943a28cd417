"""What runs, how far is it, what failed?"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from madoguchi.accounts.models import Owned, OwnedQuerySet, User, scoped
from madoguchi.lib.tasks import MAX_ATTEMPTS, NothingToDo, process

HEARTBEAT_SECONDS = 15
SILENT_AFTER = timedelta(seconds=90)  # six missed heartbeats: the worker is dead
LONGEST_GAP = 0.1  # seconds between two rows

__all__ = ["HEARTBEAT_SECONDS", "MAX_ATTEMPTS", "SILENT_AFTER", "Cancelled", "Interrupted", "Job", "JobState", "Superseded", "Worker"]


class Cancelled(Exception):
    """Somebody pressed cancel; the task stops between two rows."""


class Interrupted(Exception):
    """The worker was asked to stop; the job goes back into the queue and is resumed."""


class Superseded(NothingToDo):
    """This run was thought dead and another one has taken over; it must not touch a further row."""


class JobState(models.TextChoices):
    WAITING = "waiting", _("待っています")
    RUNNING = "running", _("動いています")
    DONE = "done", _("終わりました")
    FAILED = "failed", _("失敗しました")
    CANCELLED = "cancelled", _("取り消しました")


class JobQuerySet(OwnedQuerySet):
    def open(self) -> JobQuerySet:
        return self.filter(state__in=[JobState.WAITING, JobState.RUNNING])

    def silent(self) -> JobQuerySet:
        """Running, but nobody has heard of its worker for too long."""
        return self.filter(state=JobState.RUNNING, heartbeat_at__lt=timezone.now() - SILENT_AFTER)

    def claimable(self) -> JobQuerySet:
        """What a worker may begin: what waits, and what a dead worker left."""
        return self.filter(Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, heartbeat_at__lt=timezone.now() - SILENT_AFTER))

    def visible_to(self, member: Any) -> JobQuerySet:
        """A member's own; all of them for who manages jobs."""
        return self if member.may("jobs.manage") else self.filter(by=member.user)


class Job(Owned):
    """Work over many rows that somebody started and can watch, cancel and read the result of."""

    kind = models.CharField("種類", max_length=60)
    title = models.CharField("名称", max_length=120)
    state = models.CharField("状態", max_length=10, choices=JobState.choices, default=JobState.WAITING)
    total = models.PositiveIntegerField("件数", default=0)
    done = models.PositiveIntegerField("済んだ件数", default=0)
    refused = models.JSONField("できなかったもの", default=list)  # [{"id", "label", "sentence"}]
    result = models.JSONField("結果", default=dict)  # {"address": "/…", "text": "…"} or what the kind says
    task_path = models.CharField(max_length=200)
    ids = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    task_id = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="始めた人")
    worker = models.CharField("働き手", max_length=120, blank=True)  # the name of the Worker that has it
    resumed_from = models.PositiveIntegerField(default=0)  # `done` when the present run began
    created_at = models.DateTimeField("開始", default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    problem = models.TextField("失敗の内容", blank=True)

    objects = scoped(JobQuerySet)

    class Meta:
        verbose_name = "作業"
        ordering = ["-id"]
        indexes = [models.Index(fields=["municipality", "state"])]

    def __str__(self) -> str:
        return self.title

    @property
    def percent(self) -> int:
        return 100 if self.state == JobState.DONE else (self.done * 100 // self.total if self.total else 0)

    @property
    def remaining(self) -> list[Any]:
        """The ids that this run has still to do: all of them at the first, the rest after an interruption."""
        return list(self.ids[self.done :])

    @property
    def seconds_left(self) -> int | None:
        """From the speed of this run so far; None while nothing is known."""
        here = self.done - self.resumed_from
        if self.state != JobState.RUNNING or here <= 0 or self.started_at is None:
            return None
        spent = (timezone.now() - self.started_at).total_seconds()
        return round(spent / here * max(0, self.total - self.done))

    @property
    def left(self) -> str:
        """The time left in words, rounded up; "" while it is not known."""
        seconds = self.seconds_left
        if seconds is None:
            return ""
        minutes = max(1, -(-seconds // 60))
        if minutes < 90:
            return ngettext("%(count)s分", "%(count)s分", minutes) % {"count": minutes}
        hours = -(-seconds // 3600)
        return ngettext("%(count)s時間", "%(count)s時間", hours) % {"count": hours}

    @property
    def is_open(self) -> bool:
        return self.state in (JobState.WAITING, JobState.RUNNING)

    @property
    def may_run_again(self) -> bool:
        """What stopped on the way can go on; what ended with refused rows can try those again."""
        return self.state in (JobState.FAILED, JobState.CANCELLED) or (self.state == JobState.DONE and bool(self.refused))

    def mark(self, count: int = 1) -> None:
        """Write that so many more rows are done, in the transaction of the row itself. Also the heartbeat.

        Raises Superseded when another run has taken over: the row's transaction is undone with it.
        """
        self.done = min(self.total, self.done + count)
        self.heartbeat_at = timezone.now()
        values = {"done": self.done, "heartbeat_at": self.heartbeat_at, "refused": self.refused}
        mine = Job.objects.filter(pk=self.pk, attempts=self.attempts, state=JobState.RUNNING)
        if not mine.update(**values):
            raise Superseded

    def look_up(self) -> None:
        """Between two rows: lets others write; raises Cancelled when somebody asked for it, Interrupted when this worker shall stop."""
        self._give_way()
        if process.stopping.is_set():
            raise Interrupted
        if Job.objects.filter(pk=self.pk, cancel_asked=True).exists():
            raise Cancelled

    def _give_way(self) -> None:
        """SQLite has one writer, and who waits for it only looks now and then: without a gap between two rows nobody else gets it."""
        now = time.monotonic()
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            time.sleep(min(LONGEST_GAP, (now - getattr(self, "_looked_up", now)) / 3))
        self._looked_up = time.monotonic()

    def tick(self, count: int = 1) -> None:
        """Say that so many more rows are done, and look up. Call it after the row's transaction, not inside."""
        self.mark(count)
        self.look_up()

    def refuse(self, *, id: int | str, label: str, sentence: str) -> None:  # noqa: A002 the row's id
        """Remember a row that could not be done and why; written with the next tick."""
        self.refused = [*self.refused, {"id": id, "label": label, "sentence": sentence}]


class Worker(models.Model):
    """A process that runs tasks; not owned: it works for every municipality."""

    name = models.CharField(max_length=120, unique=True)
    started_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(default=timezone.now)
    running = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "働き手"
        ordering = ["-heartbeat_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_alive(self) -> bool:
        return self.heartbeat_at > timezone.now() - SILENT_AFTER
