"""A placement as it was computed: input frozen with its hash, result, and one row per child; and places set by hand."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Owned, OwnedQuerySet, User, scoped
from madoguchi.jobs.models import Job
from madoguchi.nursery.models.facility import Facility
from madoguchi.nursery.models.household import Candidate
from madoguchi.nursery.models.round import Round, Rules


class RunKind(models.TextChoices):
    TRIAL = "trial", _("試行")
    WHAT_IF = "what_if", _("もしも")
    IMPORTED = "imported", _("取り込んだ結果")  # by hand, or of another year


class RunState(models.TextChoices):
    WAITING = "waiting", _("待っています")
    RUNNING = "running", _("計算しています")
    DONE = "done", _("終わりました")
    FAILED = "failed", _("できませんでした")


class RunQuerySet(OwnedQuerySet):
    def done(self) -> RunQuerySet:
        return self.filter(state=RunState.DONE)

    def trials(self) -> RunQuerySet:
        return self.filter(kind=RunKind.TRIAL)


class Run(Owned):
    """試行: several are kept side by side. `input` is the instance file (placement-format.md) whose SHA-256 is `input_sha256`."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="runs", verbose_name="回")
    number = models.PositiveIntegerField("番号")
    kind = models.CharField("種類", max_length=10, choices=RunKind.choices, default=RunKind.TRIAL)
    label = models.CharField("名称", max_length=120, blank=True)
    rules = models.ForeignKey(Rules, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="利用調整基準")
    options = models.JSONField("指定", default=dict)  # {"prove": bool, "max_seated": bool, "rule": "points" | "wishes"}
    based_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="what_ifs", verbose_name="もとの試行"
    )
    change = models.JSONField("変えたこと", default=dict)  # a what-if: engines.placement.simulate's change as data
    state = models.CharField("状態", max_length=10, choices=RunState.choices, default=RunState.WAITING)
    job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="作業")
    input = models.CharField(max_length=200, blank=True)  # a file of the default storage
    input_sha256 = models.CharField("入力のハッシュ", max_length=64, blank=True)
    result = models.JSONField("結果", default=dict)  # the command's line: children, seated, stable, stable_exists, proof …
    summary = models.JSONField("集計", default=dict)  # engines.placement.summary as data
    difference = models.JSONField("違い", default=dict)  # a what-if: moves, chains
    problem = models.TextField("できなかった理由", blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="動かした人")
    at = models.DateTimeField("日時", default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = scoped(RunQuerySet)

    class Meta:
        verbose_name = "利用調整の試行"
        ordering = ["round", "-number"]
        constraints = [models.UniqueConstraint(fields=["municipality", "round", "number"], name="run_once")]

    def __str__(self) -> str:
        return self.label or f"試行{self.number}"

    @property
    def is_stable(self) -> bool:
        return bool(self.result.get("stable"))


class Placement(Owned):
    """利用調整 of one child in one run; `facility` None: no place. `explanation` is engines.placement.explain as data."""

    append_only = True

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="placements", verbose_name="試行")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="placements", verbose_name="申込児")
    facility = models.ForeignKey(Facility, null=True, on_delete=models.PROTECT, related_name="placements", verbose_name="保育施設")
    wish = models.PositiveSmallIntegerField("希望順位", null=True)  # 1-based place in the child's list
    points = models.IntegerField("指数", default=0)  # at that facility, bonus included
    is_last_key = models.BooleanField("最後の順位で決まった", default=False)
    explanation = models.JSONField("説明", default=dict)

    class Meta:
        verbose_name = "利用調整の結果"
        ordering = ["run", "id"]
        constraints = [models.UniqueConstraint(fields=["municipality", "run", "candidate"], name="placement_once")]
        indexes = [models.Index(fields=["municipality", "run", "facility"])]


class AnalysisKind(models.TextChoices):
    SENSITIVITY = "sensitivity", _("1席ずつ増やしたら")
    FAIRNESS = "fairness", _("公平さの点検")


class Analysis(Owned):
    """点検: what was asked of a finished run in a job of its own, kept beside it. `result` is nursery.models.analysing's as data."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="analyses", verbose_name="試行")
    kind = models.CharField("種類", max_length=12, choices=AnalysisKind.choices)
    state = models.CharField("状態", max_length=10, choices=RunState.choices, default=RunState.WAITING)
    job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="作業")
    result = models.JSONField("結果", default=dict)
    problem = models.TextField("できなかった理由", blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="動かした人")
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "試行の点検"
        ordering = ["run", "-id"]


class HandPlaceQuerySet(OwnedQuerySet):
    def standing(self) -> HandPlaceQuerySet:
        return self.filter(revoked_at=None)


class HandPlace(Owned):
    """手で決めた枠: decided beforehand (内定済み, 障害児枠 …) or forbidden, always with a reason."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="hand_places", verbose_name="回")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="hand_places", verbose_name="申込児")
    facility = models.ForeignKey(Facility, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="保育施設")
    is_forbidden = models.BooleanField("入れない", default=False)
    reason = models.CharField("理由", max_length=500)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="決めた人")
    at = models.DateTimeField("日時", default=timezone.now)
    revoked_at = models.DateTimeField("取りやめた日時", null=True)

    objects = scoped(HandPlaceQuerySet)

    class Meta:
        verbose_name = "手で決めた枠"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "candidate"], condition=Q(is_forbidden=False, revoked_at=None), name="one_pin_per_candidate"
            ),
            models.CheckConstraint(condition=Q(is_forbidden=False) | Q(facility__isnull=False), name="forbidden_names_a_facility"),
        ]
