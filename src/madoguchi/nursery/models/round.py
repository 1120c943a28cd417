"""When places are given: rounds of an intake month, each with its calendar, and the rules of a fiscal year."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Membership, Owned, OwnedQuerySet, User, scoped
from madoguchi.lib.errors import Refused
from madoguchi.lib.tags import reader
from madoguchi.procedures.models import Procedure


class Rules(Owned):
    """利用調整基準 of a fiscal year: the document that engines.placement.points reads. The newest number of a year counts."""

    append_only = True

    fiscal_year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("版")
    document = models.JSONField("基準")
    hash = models.CharField("ハッシュ", max_length=64)
    note = models.CharField("説明", max_length=300, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="公開した人")
    at = models.DateTimeField("公開日時", default=timezone.now)

    class Meta:
        verbose_name = "利用調整基準"
        ordering = ["-fiscal_year", "-number"]
        constraints = [models.UniqueConstraint(fields=["municipality", "fiscal_year", "number"], name="rules_once")]

    def __str__(self) -> str:
        return f"{self.fiscal_year}年度 第{self.number}版"


class CoreLayout(Owned):
    """対応表: how the core system's files are read and written (nursery.models.core_layout); numbered, the newest counts."""

    append_only = True

    number = models.PositiveIntegerField("番号")
    name = models.CharField("ファイル", max_length=200, blank=True)
    document = models.JSONField("内容", default=dict)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="登録した人")
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "基幹システムとの対応表"
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["municipality", "number"], name="core_layout_once")]


class RoundKind(models.TextChoices):
    FIRST = "first", _("一次")
    SECOND = "second", _("二次")
    MONTHLY = "monthly", _("随時")


class RoundState(models.TextChoices):
    PREPARING = "preparing", _("準備中")
    OPEN = "open", _("受付中")
    CLOSED = "closed", _("調整中")  # candidates are taken in; trial runs are made
    PROPOSED = "proposed", _("決裁待ち")
    APPROVED = "approved", _("決裁済み")
    FINALISED = "finalised", _("決定済み（未通知）")
    TOLD = "told", _("通知済み")


ROUND_MOVES: dict[str, frozenset[str]] = {
    RoundState.PREPARING: frozenset({RoundState.OPEN}),
    RoundState.OPEN: frozenset({RoundState.CLOSED}),
    RoundState.CLOSED: frozenset({RoundState.PROPOSED, RoundState.OPEN}),
    RoundState.PROPOSED: frozenset({RoundState.APPROVED, RoundState.CLOSED}),
    RoundState.APPROVED: frozenset({RoundState.FINALISED, RoundState.CLOSED}),
    RoundState.FINALISED: frozenset({RoundState.TOLD, RoundState.APPROVED}),  # back: everything is recalled that nobody was told
    RoundState.TOLD: frozenset(),
}


class RoundQuerySet(OwnedQuerySet):
    def visible_to(self, member: Membership) -> RoundQuerySet:
        """A member sees the rounds of the procedures of their own division."""
        if not member.may("cases.read") or member.division_id is None:
            return self.none()
        return self.filter(procedure__division=member.division)

    def told(self) -> RoundQuerySet:
        return self.filter(state=RoundState.TOLD)

    def open_for_changes(self, on: date | None = None) -> RoundQuerySet:
        """Wishes can still be changed."""
        day = on or timezone.localdate()
        return self.filter(state__in=[RoundState.PREPARING, RoundState.OPEN], changes_until__gte=day)

    def taking_applications(self, on: date | None = None) -> RoundQuerySet:
        day = on or timezone.localdate()
        return self.filter(Q(opens_on=None) | Q(opens_on__lte=day), state=RoundState.OPEN, applications_until__gte=day)


class Round(Owned):
    """利用調整の回. Rules, classes and seats follow `month`, never today's date; so rounds of two fiscal years run side by side."""

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="rounds", verbose_name="手続")
    slug = models.SlugField("識別名", max_length=40)
    name = models.CharField("名称", max_length=80)
    name_en = models.CharField("名称（英語）", max_length=120, blank=True)
    kind = models.CharField("種類", max_length=10, choices=RoundKind.choices, default=RoundKind.MONTHLY)
    month = models.DateField("入園月")  # its first day
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="following", verbose_name="前の回"
    )  # whose waiting children roll over
    opens_on = models.DateField("受付の始まり", null=True, blank=True)
    applications_until = models.DateField("申込みの締切")
    changes_until = models.DateField("希望の変更の締切")
    result_on = models.DateField("結果の日")
    answer_until = models.DateField("承諾・辞退の締切", null=True, blank=True)
    rule = models.CharField("方式", max_length=10, default="points")  # points: 優先順位重視; wishes: 希望順位重視
    max_wishes = models.PositiveSmallIntegerField("希望の数", default=5)
    state = models.CharField("状態", max_length=10, choices=RoundState.choices, default=RoundState.PREPARING)
    rules = models.ForeignKey(Rules, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="利用調整基準")
    chosen = models.ForeignKey(
        "nursery.Run", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="採用した試行"
    )
    proposed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="起案した人")
    proposed_at = models.DateTimeField("起案日時", null=True)
    sent_back_note = models.CharField("差し戻した理由", max_length=500, blank=True)
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="決裁した人")
    approved_at = models.DateTimeField("決裁日時", null=True)
    finalised_at = models.DateTimeField("決定日時", null=True)
    told_at = models.DateTimeField("通知日時", null=True)
    taken_in_at = models.DateTimeField("取り込んだ日時", null=True)
    frozen_sha256 = models.CharField("決めたときの入力のハッシュ", max_length=64, blank=True)
    figures = models.JSONField("公表する数字", default=dict, blank=True)  # fixed when the result is told

    objects = scoped(RoundQuerySet)

    class Meta:
        verbose_name = "利用調整の回"
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "slug"], name="round_slug_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="round_month_is_a_first"),
        ]

    def __str__(self) -> str:
        return self.name

    def move(self, to: str) -> None:
        """Change the state if the table of moves allows it; saves nothing."""
        if to not in ROUND_MOVES[self.state]:
            raise Refused(
                _("この回は、いま「%(state)s」です。この操作はできません。画面を開き直してください。")
                % {"state": self.get_state_display()},
                code="round_move",
            )
        self.state = to

    @property
    def fiscal_year(self) -> int:
        """The school year of the month of intake: from April."""
        return int(self.month.year - (self.month.month < 4))

    def current_seats(self) -> Any:
        """The newest list of seats; None before the first."""
        return self.vacancy_lists.order_by("-number").first()

    @property
    def may_change_wishes(self) -> bool:
        return self.state in (RoundState.PREPARING, RoundState.OPEN) and timezone.localdate() <= self.changes_until

    @property
    def title(self) -> str:
        """The name as the reader reads it."""
        return self.name_en if reader() == "en" and self.name_en else self.name

    @property
    def is_fixed(self) -> bool:
        """Nothing about its candidates changes any more."""
        return self.state not in (RoundState.PREPARING, RoundState.OPEN, RoundState.CLOSED)
