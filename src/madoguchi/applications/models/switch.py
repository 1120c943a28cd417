"""What became of an application when a newer version of its form was published."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Owned
from madoguchi.applications.models.application import Application
from madoguchi.applications.models.case import Correction
from madoguchi.procedures.models import ProcedureVersion


class SwitchState(models.TextChoices):
    WAITING = "waiting", _("返事を待っています")
    TAKEN = "taken", _("新しい版に移りました")
    KEPT = "kept", _("前の版のままです")


class VersionSwitch(Owned):
    """版の切替え: of one application to one newer version; what the publisher chose, what it touched, and how it ended.

    A filed revision keeps the version with which it was filed, whatever stands here.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="switches", verbose_name="申請")
    before = models.ForeignKey(ProcedureVersion, on_delete=models.PROTECT, related_name="+", verbose_name="前の版")
    after = models.ForeignKey(ProcedureVersion, on_delete=models.PROTECT, related_name="+", verbose_name="新しい版")
    level = models.CharField("変更の種類", max_length=10)  # the heaviest change that touches this application
    touched = models.JSONField("関わる項目", default=list)  # [[key, id of the question, page or group]]
    way = models.CharField("扱い", max_length=10)  # finish | migrate | ask
    state = models.CharField("状態", max_length=10, choices=SwitchState.choices, default=SwitchState.WAITING)
    correction = models.ForeignKey(
        Correction, null=True, blank=True, on_delete=models.PROTECT, related_name="switches", verbose_name="求めた補正"
    )
    note = models.CharField("説明", max_length=200, blank=True)
    at = models.DateTimeField("日時", default=timezone.now)
    settled_at = models.DateTimeField("決まった日時", null=True)

    class Meta:
        verbose_name = "版の切替え"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["municipality", "application", "after"], name="switch_once")]

    def settle(self, state: str, note: object = "") -> None:
        """Write down how it ended."""
        self.state, self.settled_at = state, timezone.now()
        self.note = str(note)[:200] or self.note
        self.save(update_fields=["state", "settled_at", "note"])
