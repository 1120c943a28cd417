"""A form under edit: the next version of a procedure, and every change that was made to it."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Owned, User
from madoguchi.procedures.models.procedure import Procedure
from madoguchi.procedures.models.version import ProcedureVersion

RESTS = timedelta(minutes=15)  # after so long without a change the holder is taken to be away


class DraftState(models.TextChoices):
    OPEN = "open", _("作成中")
    PUBLISHED = "published", _("公開済み")
    DROPPED = "dropped", _("取りやめ")


class FormDraft(Owned):
    """作成中の様式: one at a time for each procedure, held by one designer at a time; `document` may not be sound yet."""

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="drafts", verbose_name="手続")
    based_on = models.ForeignKey(
        ProcedureVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="もとの版"
    )
    restores = models.ForeignKey(
        ProcedureVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="戻した版"
    )
    document = models.JSONField("様式")
    edition = models.PositiveIntegerField("編集の回数", default=0)
    state = models.CharField("状態", max_length=10, choices=DraftState.choices, default=DraftState.OPEN)
    holder = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="編集している人")
    held_at = models.DateTimeField("最後の編集", default=timezone.now)
    opened_at = models.DateTimeField("始めた日時", default=timezone.now)

    class Meta:
        verbose_name = "作成中の様式"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["municipality", "procedure"], condition=Q(state="open"), name="one_open_form_draft")]

    def __str__(self) -> str:
        return str(self.procedure)

    @property
    def rests(self) -> bool:
        """Nobody has changed anything for a while."""
        return timezone.now() - self.held_at > RESTS


class FormEdit(Owned):
    """様式の編集: a change of the engine, and the change that takes it back. One press of a button is one `batch`. Append-only."""

    append_only = True

    draft = models.ForeignKey(FormDraft, on_delete=models.PROTECT, related_name="edits", verbose_name="作成中の様式")
    batch = models.PositiveIntegerField("まとまり")
    change = models.JSONField("変更")
    undo = models.JSONField("取り消す変更")
    undoes = models.PositiveIntegerField("取り消したまとまり", null=True, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="変えた人")
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "様式の編集"
        ordering = ["id"]


class FormBlock(Owned):
    """自治体のひな形: a section that a municipality keeps for its other forms. `name` is the id that copies remember as their origin;
    `parent` the block that it was itself made of, if any.
    """

    name = models.CharField("識別名", max_length=60)
    title = models.JSONField("題")
    about = models.JSONField("説明", default=dict, blank=True)
    section = models.JSONField("まとまり")
    parent = models.CharField("もとのひな形", max_length=60, blank=True, default="")
    dropped = models.BooleanField("使うのをやめた", default=False)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="作った人")
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "ひな形"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["municipality", "name"], name="form_block_name_once")]

    def __str__(self) -> str:
        return str(self.title.get("ja", self.name))
