"""The paper edition of a version: what was printed, and where its boxes stand."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from madoguchi.accounts.models import Owned
from madoguchi.procedures.models.version import ProcedureVersion


class PaperEdition(Owned):
    """紙の様式: one printing of a version. Papers of every edition may come back, so each keeps its own sheets; its QR codes name it."""

    append_only = True

    version = models.ForeignKey(ProcedureVersion, on_delete=models.PROTECT, related_name="paper_editions", verbose_name="手続の版")
    number = models.PositiveIntegerField("刷")
    digest = models.CharField("内容のハッシュ", max_length=64)  # of everything that decides how it looks
    sheets = models.JSONField("枠の位置")  # one a page, as the paper reader reads them
    pages = models.PositiveSmallIntegerField("枚数")
    missing = models.JSONField("印字できない文字", default=list)
    file = models.CharField(max_length=200)
    sha256 = models.CharField("ファイルのハッシュ", max_length=64)
    made_at = models.DateTimeField("作った日時", default=timezone.now)

    class Meta:
        verbose_name = "紙の様式"
        ordering = ["version", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "version", "number"], name="paper_edition_once"),
            models.UniqueConstraint(fields=["municipality", "version", "digest"], name="paper_content_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version} 第{self.number}刷"
