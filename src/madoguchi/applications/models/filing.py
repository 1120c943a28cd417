"""Several applications filed together, and answers that were taken over from elsewhere: rows beside the applications, which stay as they are."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any

from django.db import models
from django.utils import timezone

from madoguchi.accounts.models import Owned, User
from madoguchi.applications.models.application import Application
from madoguchi.engines.forms import Form, load
from madoguchi.procedures.models import Procedure


class FilingBundle(Owned):
    """まとめての申請: drafts that one person begins together, and the questions that are asked once for all of them.

    It holds values, typed texts and pages done as a draft's answers do, and has a form: so the same pages fill it. What was
    answered here is a copy for as long as there are drafts; it is blanked when the last of them was sent or is gone.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    bundle = models.SlugField("まとまり", max_length=40)
    title = models.JSONField("名称", default=dict)
    document = models.JSONField("共通の質問", null=True)  # None: nothing is asked in common
    values = models.JSONField("回答", default=dict)
    typed = models.JSONField("入力されたまま", default=dict)
    edition = models.PositiveIntegerField("下書きの版", default=0)
    pages_done = models.JSONField("済んだページ", default=list)
    agreed_at = models.DateTimeField("答えを写すことへの同意", null=True)
    resident = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="住民")
    language = models.CharField("言語", max_length=10, default="ja")
    resume_code = models.CharField("再開番号", max_length=14, null=True, unique=True)
    phrase_hash = models.CharField("合言葉", max_length=200, blank=True)
    started_at = models.DateTimeField("始めた日時", default=timezone.now)
    blanked_at = models.DateTimeField("回答を消した日時", null=True)

    class Meta:
        verbose_name = "まとめての申請"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.resume_code or str(self.uuid)

    @cached_property
    def form(self) -> Form | None:
        """The common questions."""
        return load(self.document) if self.document is not None else None

    @property
    def version(self) -> FilingBundle:
        """As an application names its form: `filing.version.form`."""
        return self

    @property
    def is_asking(self) -> bool:
        """Whether the common questions can still be answered."""
        return self.document is not None and self.blanked_at is None


class FilingMember(Owned):
    """まとめた手続: one application of a filing; without one when its draft was thrown away or has ended."""

    filing = models.ForeignKey(FilingBundle, on_delete=models.PROTECT, related_name="members", verbose_name="まとめての申請")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+", verbose_name="手続")
    application = models.OneToOneField(
        Application, null=True, blank=True, on_delete=models.SET_NULL, related_name="filed_with", verbose_name="申請"
    )
    order = models.PositiveSmallIntegerField("順")
    trouble = models.CharField("送れなかった理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "まとめた手続"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return str(self.procedure)


class Reuse(Owned):
    """答えの再利用: what a draft took over, with the person's consent, from the common questions or from an earlier application.

    `marks` is {path: short hash of the answer as it came}: an answer that bears its mark is still the one that came.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="reuses", verbose_name="申請")
    filing = models.ForeignKey(
        FilingBundle, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="まとめての申請"
    )
    source = models.ForeignKey(Application, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="もとの申請")
    marks = models.JSONField("写した答え", default=dict)
    pages = models.JSONField("答えが済んだページ", default=list)
    agreed_at = models.DateTimeField("同意した日時", default=timezone.now)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="同意した人")

    class Meta:
        verbose_name = "答えの再利用"
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.application)


def siblings_of(application: Application) -> list[Any]:
    """The other applications of the same filing, in its order; drafts too."""
    mine = getattr(application, "filed_with", None)
    if mine is None:
        return []
    rows = FilingMember.objects.filter(filing=mine.filing_id).exclude(application=None).exclude(application=application)
    return [row.application for row in rows.select_related("application__procedure__division")]
