"""On the way to a version: example answers that must pass, the second pair of eyes, and a day and hour chosen in advance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Owned, OwnedQuerySet, User, scoped
from madoguchi.procedures.models.draft import FormDraft
from madoguchi.procedures.models.procedure import Procedure

CLEAN, ENDS = "clean", "ends"  # what an example may expect besides the keys of errors


class FormExampleQuerySet(OwnedQuerySet):
    def standing(self) -> FormExampleQuerySet:
        """Those that a version must pass; what was dropped stays readable."""
        return self.filter(dropped_at__isnull=True)


class FormExample(Owned):
    """回答の例: invented answers, the day on which they are given, and what the checker must find: "clean", "ends" or the keys of errors."""

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="examples", verbose_name="手続")
    name = models.CharField("名前", max_length=120)
    on = models.DateField("入力する日")
    answers = models.JSONField("回答", default=dict)
    expect = models.JSONField("結果", default=str)
    origin = models.CharField("もと", max_length=120, blank=True)  # its id in the library; empty: made here
    because = models.CharField("最後に変えた理由", max_length=300, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="入れた人")
    at = models.DateTimeField("入れた日時", default=timezone.now)
    dropped_at = models.DateTimeField("使うのをやめた日時", null=True, blank=True)
    dropped_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="やめた人")

    objects = scoped(FormExampleQuerySet)

    class Meta:
        verbose_name = "回答の例"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class ReviewState(models.TextChoices):
    WAITING = "waiting", _("確認待ち")
    APPROVED = "approved", _("確認済み")
    SENT_BACK = "sent_back", _("差戻し")


class FormReview(Owned):
    """様式の確認: a second person looks at one state of a draft; the hash says at which, so an edit afterwards is not covered."""

    draft = models.ForeignKey(FormDraft, on_delete=models.PROTECT, related_name="reviews", verbose_name="作成中の様式")
    hash = models.CharField("ハッシュ", max_length=64)
    state = models.CharField("状態", max_length=10, choices=ReviewState.choices, default=ReviewState.WAITING)
    words = models.CharField("見てほしいところ", max_length=500, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="頼んだ人")
    asked_at = models.DateTimeField("頼んだ日時", default=timezone.now)
    answer = models.CharField("返事", max_length=500, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="確認した人")
    at = models.DateTimeField("確認した日時", null=True)

    class Meta:
        verbose_name = "様式の確認"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["municipality", "draft"], condition=Q(state="waiting"), name="one_waiting_review")]


class ScheduleState(models.TextChoices):
    WAITING = "waiting", _("予約中")
    DONE = "done", _("公開済み")
    FAILED = "failed", _("公開できませんでした")
    CANCELLED = "cancelled", _("取消し")


class FormSchedule(Owned):
    """公開の予約: one state of a draft becomes a version at an hour, if nothing speaks against it then."""

    draft = models.ForeignKey(FormDraft, on_delete=models.PROTECT, related_name="schedules", verbose_name="作成中の様式")
    hash = models.CharField("ハッシュ", max_length=64)
    at = models.DateTimeField("公開する日時")
    change = models.CharField("変更の種類", max_length=10)
    note = models.CharField("変更の説明", max_length=300, blank=True)
    ways = models.JSONField("途中の申請の扱い", default=dict)
    state = models.CharField("状態", max_length=10, choices=ScheduleState.choices, default=ScheduleState.WAITING)
    problem = models.TextField("公開できなかった理由", blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="予約した人")
    made_at = models.DateTimeField("予約した日時", default=timezone.now)
    ended_at = models.DateTimeField("終わった日時", null=True)

    class Meta:
        verbose_name = "公開の予約"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["municipality", "draft"], condition=Q(state="waiting"), name="one_waiting_schedule")]


@dataclass(frozen=True)
class Impact:
    """Whom a new version would touch: unsent drafts and open cases, as (drafts, cases).

    `of` counts by (key, id) of each difference, `classes` by the heaviest difference that touches one, `all` everything under way;
    `left` were too many to be looked at one by one.
    """

    all: tuple[int, int] = (0, 0)
    of: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    classes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    left: int = 0

    @property
    def touched(self) -> tuple[int, int]:
        """Drafts and cases that any change touches."""
        counts = list(self.classes.values())
        return sum(drafts for drafts, _cases in counts), sum(cases for _drafts, cases in counts)
