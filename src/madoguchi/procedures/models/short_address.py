"""A short address that a poster can carry and a voice can say; once given, it belongs to its procedure for ever."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from madoguchi.accounts.models import Owned


class ShortAddress(Owned):
    """短い番地: /<municipality>/t/<code>/. The row is never changed and never deleted, so a code is never given twice."""

    append_only = True

    procedure = models.ForeignKey("Procedure", on_delete=models.PROTECT, related_name="short_addresses", verbose_name="手続")
    code = models.CharField("短い番地", max_length=8)
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "短い番地"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "code"], name="short_address_once"),
            models.UniqueConstraint(fields=["municipality", "procedure"], name="one_short_address"),
        ]

    def __str__(self) -> str:
        return self.code
