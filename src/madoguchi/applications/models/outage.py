"""補正の期限 that was moved because the service was down on its last evening."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from madoguchi.accounts.models import Owned, User
from madoguchi.applications.models.case import Correction
from madoguchi.procedures.models import Outage


class MovedCorrection(Owned):
    """動かした補正の期限: before and after; taken back, the row stays."""

    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="moved_corrections", verbose_name="停止の記録")
    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="moved", verbose_name="補正")
    before = models.DateField("もとの期限")
    after = models.DateField("新しい期限")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="動かした人")
    at = models.DateTimeField("日時", default=timezone.now)
    taken_back_at = models.DateTimeField("もどした日時", null=True, blank=True)

    class Meta:
        verbose_name = "動かした補正の期限"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "outage", "correction"], condition=Q(taken_back_at=None), name="correction_moved_once"
            )
        ]
