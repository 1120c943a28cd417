"""When the service was down, and which deadlines were moved for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Owned, OwnedQuerySet, User, scoped
from madoguchi.procedures.models.procedure import Procedure

SAID_BEFORE, SAID_AFTER = timedelta(days=3), timedelta(days=7)


class OutageReason(models.TextChoices):
    FAULT = "fault", _("機器や回線の故障")
    MAINTENANCE = "maintenance", _("点検・更新の作業")
    CONGESTION = "congestion", _("アクセスの集中")
    DISASTER = "disaster", _("災害・停電")
    OTHER = "other", _("そのほか")


class OutageQuerySet(OwnedQuerySet):
    def standing(self) -> OutageQuerySet:
        return self.filter(cancelled_at=None)

    def to_say(self, now: datetime) -> OutageQuerySet:
        """What residents are told on every page: it comes soon, it lasts, it was a few days ago."""
        lasts = Q(ended_at=None) | Q(ended_at__gte=now - SAID_AFTER)
        return self.standing().filter(lasts, began_at__lte=now + SAID_BEFORE).order_by("-began_at")


class Outage(Owned):
    """停止の記録: from when to when residents could not use the service; without an end it still lasts."""

    began_at = models.DateTimeField("止まった日時")
    ended_at = models.DateTimeField("直った日時", null=True, blank=True)
    reason = models.CharField("理由", max_length=12, choices=OutageReason.choices, default=OutageReason.FAULT)
    note = models.CharField("庁内のメモ", max_length=300, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="記録した人")
    at = models.DateTimeField("記録した日時", default=timezone.now)
    cancelled_at = models.DateTimeField("取り消した日時", null=True, blank=True)

    objects = scoped(OutageQuerySet)

    class Meta:
        verbose_name = "停止の記録"
        ordering = ["-began_at"]
        constraints = [models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gt=models.F("began_at")), name="outage_has_length")]

    def __str__(self) -> str:
        return timezone.localtime(self.began_at).strftime("%Y-%m-%d %H:%M")

    @property
    def stage(self) -> str:
        """coming, now or over."""
        now = timezone.now()
        if self.began_at > now:
            return "coming"
        return "now" if self.ended_at is None or self.ended_at > now else "over"

    def reaches(self, last_day: date, hours: int) -> bool:
        """Whether a deadline at the end of that day fell into it, or within so many hours after it."""
        if self.ended_at is None:
            return False
        end = deadline_of(last_day)
        return self.began_at < end <= self.ended_at + timedelta(hours=hours)

    def days_reached(self, hours: int) -> tuple[date, date]:
        """The first and the last day whose end it can reach."""
        last = (self.ended_at or self.began_at) + timedelta(hours=hours)
        return timezone.localdate(self.began_at), timezone.localdate(last)


def deadline_of(day: date) -> datetime:
    """The moment at which a day is over, in local time."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()))


class MovedDeadline(Owned):
    """動かした締切: a procedure's day before and after; taken back, it stays as it was read."""

    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="moved", verbose_name="停止の記録")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="moved_deadlines", verbose_name="手続")
    field = models.CharField("締切の種類", max_length=20)  # closes_on | amend_until_on
    before = models.DateField("もとの締切")
    after = models.DateField("新しい締切")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="動かした人")
    at = models.DateTimeField("日時", default=timezone.now)
    taken_back_at = models.DateTimeField("もどした日時", null=True, blank=True)

    class Meta:
        verbose_name = "動かした締切"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "outage", "procedure", "field"], condition=Q(taken_back_at=None), name="deadline_moved_once"
            )
        ]


@dataclass(frozen=True)
class DueDay:
    """A deadline that an outage reached: `key` names it, `kind` says whose (closes_on, amend_until_on, or a higher room's word).

    Deadlines of people are shown by procedure and day, as a number, never one by one.
    """

    key: str
    kind: str
    procedure: Procedure
    before: date
    after: date
    count: int
