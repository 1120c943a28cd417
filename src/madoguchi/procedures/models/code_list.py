"""Long lists that live outside the form."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from madoguchi.accounts.models import Owned


class CodeList(Owned):
    """A long list (facilities, banks' branches, towns) at one version, published into the trunk by the room that owns it."""

    append_only = True

    name = models.CharField("名称", max_length=60)
    version = models.CharField("版", max_length=40)
    hash = models.CharField("ハッシュ", max_length=64)
    entries = models.JSONField("項目")  # [{"id", "label": Text, "kana", "group": Text, "facts": {…}}]
    published_at = models.DateTimeField("公開日時", default=timezone.now)

    class Meta:
        verbose_name = "コードリスト"
        ordering = ["name", "-id"]
        constraints = [models.UniqueConstraint(fields=["municipality", "name", "version"], name="code_list_version_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
