"""With which form, at which version: immutable documents."""

from __future__ import annotations

from functools import cached_property, lru_cache

from django.db import models
from django.utils import timezone

from madoguchi.accounts.models import Owned, User
from madoguchi.engines.forms import Form, load
from madoguchi.procedures.models.procedure import Procedure


class ProcedureVersion(Owned):
    """手続の版: an immutable document with its hash; an application keeps version and hash."""

    append_only = True

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="versions", verbose_name="手続")
    number = models.PositiveIntegerField("版")
    document = models.JSONField("様式")
    hash = models.CharField("ハッシュ", max_length=64)
    change = models.CharField("変更の種類", max_length=10, default="meaning")  # wording | addition | meaning
    note = models.CharField("変更の説明", max_length=300, blank=True)
    ways = models.JSONField("途中の申請の扱い", default=dict)  # {class of change: {"drafts" | "cases": finish | migrate | ask}}
    published_at = models.DateTimeField("公開日時", default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="公開した人")

    class Meta:
        verbose_name = "手続の版"
        ordering = ["procedure", "-number"]
        constraints = [models.UniqueConstraint(fields=["municipality", "procedure", "number"], name="version_once")]

    def __str__(self) -> str:
        return f"{self.procedure} 第{self.number}版"

    @cached_property
    def form(self) -> Form:
        """The loaded form; the same hash is the same document, so loaded forms are shared."""
        return _loaded(self.hash, self.pk)


@lru_cache(maxsize=256)
def _loaded(hash: str, pk: int) -> Form:  # noqa: A002 the document's hash is the key
    return load(ProcedureVersion.objects.with_scopes_disabled().get_queryset().only("document").get(pk=pk).document)
