"""操作記録: append-only, chained by HMAC per municipality."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from madoguchi.accounts.models.owned import Owned
from madoguchi.accounts.models.people import Division, User


class AuditHead(Owned):
    """The end of a municipality's chain; its row is locked while an entry is appended."""

    seq = models.PositiveBigIntegerField(default=0)
    mac = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "操作記録の末尾"
        constraints = [models.UniqueConstraint(fields=["municipality"], name="one_head_per_chain")]


class AuditEntry(Owned):
    """One act: ids and words, never personal data. `mac` is HMAC-SHA256 over the entry and the mac before it."""

    append_only = True

    seq = models.PositiveBigIntegerField("通し番号")
    at = models.DateTimeField("日時", default=timezone.now)
    verb = models.CharField("操作", max_length=60)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="操作した人")
    division = models.ForeignKey(Division, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="所管課")
    on_model = models.CharField("対象の種類", max_length=60, blank=True)
    on_id = models.CharField("対象の番号", max_length=40, blank=True)
    details = models.JSONField("内容", default=dict)
    previous = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64)
    key_id = models.CharField(max_length=40)

    class Meta:
        verbose_name = "操作記録"
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["municipality", "seq"], name="audit_seq_once")]
        indexes = [models.Index(fields=["municipality", "on_model", "on_id"]), models.Index(fields=["municipality", "at"])]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb}"

    def payload(self) -> dict[str, object]:
        """What the mac covers."""
        return {
            "municipality": self.municipality_id,
            "seq": self.seq,
            "at": self.at.isoformat(),
            "verb": self.verb,
            "by": self.by_id,
            "division": self.division_id,
            "on": [self.on_model, self.on_id],
            "details": self.details,
            "previous": self.previous,
        }
