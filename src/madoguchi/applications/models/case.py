"""What passes between resident and desk while a case is open."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Division, Owned, User
from madoguchi.applications.models.answers import Answers
from madoguchi.applications.models.application import Application
from madoguchi.procedures.models import Procedure


class CorrectionState(models.TextChoices):
    OPEN = "open", _("お願いしています")
    ANSWERED = "answered", _("直りました")
    CANCELLED = "cancelled", _("取り消しました")


class Correction(Owned):
    """補正: the desk marks answers with a reason and a due date; only those are unlocked."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="corrections", verbose_name="申請")
    state = models.CharField("状態", max_length=10, choices=CorrectionState.choices, default=CorrectionState.OPEN)
    from_state = models.CharField(max_length=12)  # to which the case returns
    words = models.TextField("全体へのひとこと", blank=True)
    due_on = models.DateField("期限")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="求めた人")
    asked_at = models.DateTimeField("求めた日時", default=timezone.now)
    reminded_at = models.DateTimeField(null=True)
    values = models.JSONField("直しかけの回答", default=dict)  # what the resident has typed so far, saved at every navigation
    typed = models.JSONField(default=dict)
    edition = models.PositiveIntegerField(default=0)
    answers = models.ForeignKey(Answers, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="直した回答")
    answered_at = models.DateTimeField("直った日時", null=True)
    ended_at = models.DateTimeField("期間がまた進み始めた日時", null=True)  # answered or cancelled: the clock runs again
    seen_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "補正"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "application"], condition=Q(state="open"), name="one_open_correction")
        ]

    @property
    def is_over(self) -> bool:
        """Nobody answered and the day is past."""
        return self.state == CorrectionState.OPEN and self.due_on < timezone.localdate()


class CorrectionItem(Owned):
    """One answer to mend and why."""

    correction = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="items")
    path = models.CharField("項目", max_length=120)
    reason = models.TextField("理由")

    class Meta:
        verbose_name = "補正の項目"
        ordering = ["id"]


class Amendment(Owned):
    """変更・追加提出, unasked: with its own number and arrival time, marked new until the desk opens the case."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="amendments", verbose_name="申請")
    number = models.CharField("受付番号", max_length=12, unique=True, null=True)
    values = models.JSONField(default=dict)
    typed = models.JSONField(default=dict)
    edition = models.PositiveIntegerField(default=0)
    answers = models.ForeignKey(Answers, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="変更後の回答")
    started_at = models.DateTimeField(default=timezone.now)
    arrived_at = models.DateTimeField("到達日時", null=True)
    seen_at = models.DateTimeField("担当課が見た日時", null=True)

    class Meta:
        verbose_name = "変更・追加提出"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "application"], condition=Q(arrived_at=None), name="one_open_amendment")
        ]


class Message(Owned):
    """連絡, both ways."""

    append_only = True
    append_only_except = ("read_at",)

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="messages", verbose_name="申請")
    from_desk = models.BooleanField("担当課から")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    division = models.ForeignKey(Division, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField("内容")
    at = models.DateTimeField("日時", default=timezone.now)
    read_at = models.DateTimeField("読んだ日時", null=True)

    class Meta:
        verbose_name = "連絡"
        ordering = ["id"]


class Note(Owned):
    """庁内のメモ: residents never see it."""

    append_only = True

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="notes", verbose_name="申請")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="書いた人")
    text = models.TextField("内容")
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "庁内メモ"
        ordering = ["-id"]


class Feedback(Owned):
    """One 5-step answer and one box, at every end and on every desk page; kept before anything analyses it."""

    append_only = True

    procedure = models.ForeignKey(Procedure, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="手続")
    end = models.CharField("どこで", max_length=40)  # sent, withdrawn, decided, refused, not_eligible, error, desk:<page>
    score = models.PositiveSmallIntegerField("5段階", null=True)
    words = models.TextField("ひとこと", blank=True)
    language = models.CharField("言語", max_length=10, default="ja")
    by_staff = models.BooleanField("職員", default=False)
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "ご意見"
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(score__isnull=True) | Q(score__range=(1, 5)), name="feedback_five_steps")]
