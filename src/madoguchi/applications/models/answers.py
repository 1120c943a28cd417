"""Answers: one overwritten draft, then whole append-only revisions; secrets and files beside them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Owned, User
from madoguchi.applications.models.application import Application
from madoguchi.lib import seal
from madoguchi.procedures.models import ProcedureVersion


class AnswersKind(models.TextChoices):
    DRAFT = "draft", _("下書き")
    SUBMITTED = "submitted", _("提出")
    CORRECTION = "correction", _("補正")
    AMENDMENT = "amendment", _("変更・追加提出")
    DESK = "desk", _("職員による修正")


class Answers(Owned):
    """回答 at one revision. Keyed by the question's stable id; `as_of` is the day on which `today` was evaluated and stays so."""

    append_only = True
    append_only_unless = "OLD.kind = 'draft'"

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="answers", verbose_name="申請")
    kind = models.CharField("種類", max_length=10, choices=AnswersKind.choices)
    number = models.PositiveIntegerField("版", default=0)  # 0: the draft; 1 as submitted; then counting
    edition = models.PositiveIntegerField("下書きの版", default=0)  # a save names the edition it saw
    values = models.JSONField("回答", default=dict)
    typed = models.JSONField("入力されたまま", default=dict)
    pages_done = models.JSONField("済んだページ", default=list)
    code_lists = models.JSONField("使ったコードリスト", default=dict)  # {name: [version, hash]}
    as_of = models.DateField("基準日")
    hash = models.CharField("ハッシュ", max_length=64, blank=True)
    version = models.ForeignKey(  # with which it was filed; of a draft: the application's own
        ProcedureVersion, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="手続の版"
    )
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="入力した人")
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "回答"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "application", "number"], name="revision_once"),
            models.CheckConstraint(condition=Q(kind="draft", number=0) | (~Q(kind="draft") & Q(number__gt=0)), name="draft_is_number_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.get_kind_display()} {self.number}"


class Secret(Owned):
    """個人番号 of one answer, sealed for its place; the answer holds only this row's id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="secrets")
    path = models.CharField("項目", max_length=120)
    sealed = models.BinaryField()
    key_id = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "個人番号"

    @property
    def place(self) -> str:
        return f"{self.municipality_id}|{self._meta.db_table}|{self.pk}|{self.path}"

    def close(self, text: str) -> None:
        self.sealed, self.key_id = seal.seal(text, place=self.place)

    def open(self) -> str:
        """The number in clear; whoever calls this records why."""
        return seal.unseal(self.sealed, place=self.place, key_id=self.key_id)


class Attachment(Owned):
    """添付: examined at once; a row that no revision names is swept with its draft."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="attachments", verbose_name="申請")
    path = models.CharField("項目", max_length=120)
    name = models.CharField("ファイル名", max_length=200)
    kind = models.CharField("種類", max_length=10)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField("大きさ")
    pages = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64)
    file = models.CharField(max_length=200)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "添付"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    def as_answer(self) -> dict[str, object]:
        return {"id": str(self.uuid), "name": self.name, "type": self.media_type, "size": self.size}
