"""The shared library: procedures that municipalities publish for each other, and where a procedure of ours was taken from."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Owned, OwnedQuerySet, User, scoped
from madoguchi.procedures.models.procedure import Procedure


class SharedProcedure(models.Model):
    """共同の見本: a procedure that a municipality gave to all. It lies outside every municipality and says only what publishing let through."""

    is_owned = False

    slug = models.SlugField("識別名", max_length=100, unique=True)  # <municipality>--<procedure>
    procedure = models.SlugField("手続の識別名", max_length=60)
    name = models.JSONField("名称")
    kana = models.CharField("よみ", max_length=200, blank=True)
    origin = models.SlugField("もとの自治体", max_length=30)
    origin_name = models.CharField("もとの自治体の名称", max_length=60)
    origin_name_en = models.CharField("もとの自治体の名称（英語）", max_length=80, blank=True)
    is_invented = models.BooleanField("架空のデータ", default=False)
    withdrawn_at = models.DateTimeField("取り下げた日時", null=True, blank=True)

    class Meta:
        verbose_name = "共同の見本"
        ordering = ["kana", "slug"]

    def __str__(self) -> str:
        return f"{self.name['ja']}（{self.origin_name}）"


class SharedVersion(models.Model):
    """共同の見本の版: form, facts, notices, invented example answers and what the origin says of its introduction. Never changed."""

    is_owned = False
    append_only = True

    shared = models.ForeignKey(SharedProcedure, on_delete=models.PROTECT, related_name="versions", verbose_name="見本")
    number = models.PositiveIntegerField("版")
    document = models.JSONField("様式")
    facts = models.JSONField("手続の内容")  # columns of Procedure, actions.library.FACTS
    examples = models.JSONField("回答の例")
    notes = models.JSONField("導入の記録", default=dict)  # {"story", "introduced", "minutes_before", "minutes_after", "saved"}
    hash = models.CharField("ハッシュ", max_length=64)  # of document and facts together
    at = models.DateTimeField("公開日時", default=timezone.now)

    left: Sequence[tuple[str, str]] = ()  # of one that is only prepared: examples that stay here, and why

    class Meta:
        verbose_name = "共同の見本の版"
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["shared", "number"], name="shared_version_once")]

    def __str__(self) -> str:
        return f"{self.shared} 第{self.number}版"


class AdoptionKind(models.TextChoices):
    LIBRARY = "library", _("様式の見本")
    SHARED = "shared", _("ほかの自治体の見本")


class AdoptionQuerySet(OwnedQuerySet):
    def of_origin(self, kind: str, origin: str) -> AdoptionQuerySet:
        return self.filter(kind=kind, origin=origin)


class Adoption(Owned):
    """採用: where a procedure was taken from, and how it stood there then, so that later changes of the origin can be told from ours."""

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="adoptions", verbose_name="手続")
    kind = models.CharField("もとの種類", max_length=8, choices=AdoptionKind.choices)
    origin = models.CharField("もと", max_length=100)  # id of the library's entry, or slug of the shared one
    number = models.PositiveIntegerField("もとの版", default=1)
    base = models.JSONField("採用したときの内容")  # {"document", "facts"}
    before = models.JSONField("前にくらべた内容", null=True, blank=True)  # base as it was before the last look, for looking again
    at = models.DateTimeField("採用日時", default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="採用した人")

    objects = scoped(AdoptionQuerySet)

    class Meta:
        verbose_name = "採用"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["municipality", "procedure"], name="adopted_once")]
