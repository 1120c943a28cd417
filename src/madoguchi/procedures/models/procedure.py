"""What can be asked: a procedure and its facts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Division, Owned, OwnedQuerySet, scoped
from madoguchi.lib.numbers import new_short_code
from madoguchi.procedures.models.finding import find
from madoguchi.procedures.models.short_address import ShortAddress

Opening = Literal["open", "not_yet", "closed"]


class ProcedureKind(models.TextChoices):
    """What a procedure is in law; states, clock, reason, appeal and identity follow from it."""

    APPLICATION = "application", _("申請")  # 行政手続法2条3号: asks for a disposition; must be answered
    NOTIFICATION = "notification", _("届出")  # 2条7号, 37条: complete on arrival; no decision
    CERTIFICATE = "certificate", _("証明等の請求")
    ENROLMENT = "enrolment", _("申込")


class ClockUnit(models.TextChoices):
    CALENDAR = "calendar", _("日")
    OPEN = "open", _("開庁日")
    FIXED_DAY = "fixed_day", _("決まった日")
    NONE = "none", _("期間の定めなし")


class LifeEvent(models.TextChoices):
    """What happens in a life; the order is that of the home page."""

    BIRTH = "birth", _("妊娠・出産")
    CHILD = "child", _("子ども・子育て")
    MOVING = "moving", _("引っ越し")
    MARRIAGE = "marriage", _("結婚・離婚")
    WORK = "work", _("仕事・退職")
    ILLNESS = "illness", _("病気・けが・障害")
    CARE = "care", _("介護・高齢")
    DEATH = "death", _("お亡くなりになったとき")
    TAX = "tax", _("税金・証明書")
    DISASTER = "disaster", _("災害にあったとき")
    PET = "pet", _("犬・ペット")
    LEARNING = "learning", _("講座・文化")
    VOTE = "vote", _("選挙")
    INFORMATION = "information", _("情報公開")


class ProcedureQuerySet(OwnedQuerySet):
    def public(self) -> ProcedureQuerySet:
        """Shown to residents: with a published version, and not hidden."""
        return self.filter(is_hidden=False, current__isnull=False)

    def open_on(self, day: date) -> ProcedureQuerySet:
        return self.filter(Q(opens_on__isnull=True) | Q(opens_on__lte=day), Q(closes_on__isnull=True) | Q(closes_on__gte=day))

    def of(self, division: Division) -> ProcedureQuerySet:
        return self.filter(division=division)

    def for_lists(self) -> ProcedureQuerySet:
        """With the division and without what only a procedure's own page needs (the form document above all)."""
        return self.select_related("division").defer("notice_texts", "review_steps", "unsure", "needs", "after", "criteria")

    def closing_soon(self, day: date, days: int = 21) -> ProcedureQuerySet:
        """Open now and closing within so many days, the next to close first."""
        return self.open_on(day).filter(closes_on__lte=day + timedelta(days=days)).order_by("closes_on", "kana")

    def for_life_event(self, event: str) -> list[Procedure]:
        """Compared here and not by the database: SQLite cannot look into a JSON list, and a municipality has a few hundred."""
        return [procedure for procedure in self if event in procedure.life_events]

    def matching(self, text: str) -> list[Procedure]:
        """As people type: any kana, width or language, one character wrong; the best first."""
        return find(self, text)


class Procedure(Owned):
    """手続: its facts; the texts are {"ja", "plain", "en"}."""

    slug = models.SlugField("識別名", max_length=60)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="procedures", verbose_name="所管課")
    kind = models.CharField("法的性質", max_length=14, choices=ProcedureKind.choices)
    basis = models.JSONField("根拠", default=dict)
    basis_kind = models.CharField("根拠の種類", max_length=12, default="law")
    name = models.JSONField("名称")
    kana = models.CharField("よみ", max_length=200, blank=True)
    life_events = models.JSONField("ライフイベント", default=list)
    keywords = models.JSONField("検索語", default=list)
    overview = models.JSONField("概要", default=dict)
    who = models.JSONField("対象", default=dict)
    when = models.JSONField("時期", default=dict)
    needs = models.JSONField("用意するもの", default=list)
    fee = models.JSONField("手数料", default=dict)
    fee_yen = models.PositiveIntegerField("手数料（円）", default=0)
    usual = models.JSONField("かかる期間", default=dict)
    after = models.JSONField("提出した後", default=dict)
    clock_unit = models.CharField("期間の数え方", max_length=10, choices=ClockUnit.choices, default=ClockUnit.NONE)
    standard_days = models.PositiveSmallIntegerField("標準処理期間", null=True, blank=True)
    standard_label = models.JSONField("標準処理期間の説明", default=dict)
    criteria = models.JSONField("審査基準", default=dict)
    privacy = models.JSONField("利用目的", default=dict)  # what the answers are used for, told before they are given (個人情報保護法62条)
    result_on = models.DateField("結果の日", null=True, blank=True)
    appeal = models.CharField("審査請求先", max_length=10, default="none")
    identity = models.CharField("本人確認", max_length=10, default="none")
    finish = models.CharField("手続きの終え方", max_length=10, default="online")
    entitled_to_mynumber = models.BooleanField("個人番号を扱える", default=False)
    second_review = models.BooleanField("決裁が要る", default=False)
    outcomes = models.JSONField("決定の種類", default=list)
    review_steps = models.JSONField("審査の項目", default=list)
    notice_texts = models.JSONField("通知の文例", default=dict)  # {"granted": {"title": Text, "body": Text}, …}
    amend_until_days = models.PositiveSmallIntegerField("変更できる日数", null=True, blank=True)
    amend_until_on = models.DateField("変更の締切日", null=True, blank=True)
    retention_years = models.PositiveSmallIntegerField("保存年数", default=5)
    capacity = models.PositiveIntegerField("定員", null=True, blank=True)
    once_per_person = models.BooleanField("1人1回", default=False)
    annual_volume = models.PositiveIntegerField("年間件数", null=True, blank=True)
    draft_days = models.PositiveSmallIntegerField("下書きの保存日数", default=30)
    opens_on = models.DateField("受付の始まり", null=True, blank=True)
    closes_on = models.DateField("受付の終わり", null=True, blank=True)
    unsure = models.JSONField("要確認", default=list)
    is_hidden = models.BooleanField("非公開", default=False)
    current = models.ForeignKey(
        "ProcedureVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="現在の版"
    )

    objects = scoped(ProcedureQuerySet)

    class Meta:
        verbose_name = "手続"
        ordering = ["kana"]
        constraints = [models.UniqueConstraint(fields=["municipality", "slug"], name="procedure_slug_once")]

    def __str__(self) -> str:
        return str(self.name["ja"])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A procedure has its short address from the first moment, whoever makes it."""
        is_new = self._state.adding
        with transaction.atomic():
            super().save(*args, **kwargs)
            if is_new:
                taken = set(ShortAddress.objects.values_list("code", flat=True))
                ShortAddress.objects.create(procedure=self, code=new_short_code(taken))

    @property
    def short_code(self) -> str:
        """What stands after /t/ in its short address."""
        return self.short_addresses.get().code

    @property
    def is_decided(self) -> bool:
        """Ends with a decision; a 届出 ends at acceptance."""
        return self.kind != ProcedureKind.NOTIFICATION

    @property
    def is_disposition(self) -> bool:
        """Its decision is a 処分: a refusal needs a reason (行政手続法8条) and the appeal note (行政不服審査法82条)."""
        return self.kind == ProcedureKind.APPLICATION or (self.kind == ProcedureKind.CERTIFICATE and self.appeal != "none")

    @property
    def finishes_at_counter(self) -> bool:
        """Prepared here, finished at the counter: it needs a card's signature or the person."""
        return self.finish == "counter" or self.identity == "card"

    @property
    def takes_paper(self) -> bool:
        """Can be handed in on paper; what a card must sign cannot."""
        return self.identity != "card"

    def is_open(self, day: date) -> bool:
        return (self.opens_on is None or self.opens_on <= day) and (self.closes_on is None or day <= self.closes_on)

    def opening(self, day: date) -> Opening:
        """Whether it can be started on a day, could be later, or could be before."""
        if self.is_open(day):
            return "open"
        return "not_yet" if self.opens_on is not None and day < self.opens_on else "closed"

    def closes_soon(self, day: date) -> bool:
        return self.is_open(day) and self.closes_on is not None and self.closes_on - day <= timedelta(days=21)
