"""Who wants a place in a round: families and their children, and every fact about them with where it came from."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Owned, OwnedQuerySet, User, scoped
from madoguchi.applications.models import Answers, Application, Decision, Subject
from madoguchi.nursery.models.facility import Facility
from madoguchi.nursery.models.round import Round


class Source(models.TextChoices):
    FORM = "form", _("オンライン申請")
    PAPER = "paper", _("紙の申請")
    CORE = "core", _("基幹システム")
    OFFICE = "office", _("庁内の照会")
    EMPLOYER = "employer", _("勤め先の入力")
    CERTIFICATE = "certificate", _("就労証明書")
    CLERK = "clerk", _("職員の修正")


class Household(Owned):
    """申込世帯 in one round: one application is one family; without an application it came from the core system.

    `condition` and `priority` are those of engines.placement (placement-format.md); `other_year` says what becomes of the round of
    the other fiscal year when a place is won in one: withdraw, keep or transfer.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="households", verbose_name="回")
    application = models.ForeignKey(
        Application, null=True, blank=True, on_delete=models.PROTECT, related_name="households", verbose_name="申請"
    )
    code = models.CharField("世帯番号", max_length=40)  # the 受付番号, or the core system's number
    name = models.CharField("申込者", max_length=200, blank=True)
    source = models.CharField("経路", max_length=12, choices=Source.choices, default=Source.FORM)
    district = models.CharField("地区", max_length=30, blank=True)  # a District's code
    condition = models.CharField("きょうだいの条件", max_length=24, default="single")
    priority = models.CharField("先に入れる子", max_length=10, blank=True)  # elder | younger | ""
    other_year = models.CharField("ほかの年度の申込み", max_length=10, blank=True)
    revision = models.PositiveIntegerField("取り込んだ版", default=0)  # the Answers' number that was read last
    papers = models.JSONField("後から出す書類", default=list)  # as nursery.models.promised has them
    missing = models.JSONField("足りないもの", default=list)  # [{"kind", "slot", "key", "text"}]
    checked_at = models.DateTimeField("確かめた日時", null=True)
    checked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="確かめた人")
    taken_at = models.DateTimeField("取り込んだ日時", default=timezone.now)
    carried_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="carried_to")

    class Meta:
        verbose_name = "申込世帯"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["municipality", "round", "code"], name="household_once")]

    def __str__(self) -> str:
        return self.code


class CandidateState(models.TextChoices):
    APPLYING = "applying", _("申込中")
    OFFERED = "offered", _("内定")
    PROVISIONAL = "provisional", _("仮内定")  # not born yet: confirmed after birth
    WAITLISTED = "waitlisted", _("保留")
    STAYING = "staying", _("転園できず（いまの園のまま）")
    ACCEPTED = "accepted", _("承諾")
    DECLINED = "declined", _("辞退")
    WITHDRAWN = "withdrawn", _("取下げ")


class CandidateQuerySet(OwnedQuerySet):
    def competing(self) -> CandidateQuerySet:
        """Those whom a run places."""
        return self.exclude(state=CandidateState.WITHDRAWN)

    def waiting(self) -> CandidateQuerySet:
        return self.filter(state__in=[CandidateState.WAITLISTED, CandidateState.STAYING])

    def placed(self) -> CandidateQuerySet:
        return self.filter(state__in=[CandidateState.OFFERED, CandidateState.PROVISIONAL, CandidateState.ACCEPTED])

    def of_subject(self, subject: Subject) -> CandidateQuerySet:
        return self.filter(subject=subject)


class Candidate(Owned):
    """申込児 in one round: one Subject is one Candidate. `birth` is the expected day where `is_expected`."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="candidates", verbose_name="回")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="candidates", verbose_name="申込世帯")
    subject = models.ForeignKey(Subject, null=True, blank=True, on_delete=models.PROTECT, related_name="candidates", verbose_name="対象者")
    code = models.CharField("児童番号", max_length=48)  # stable through rounds: household's code and the child's row
    order = models.PositiveSmallIntegerField("順", default=0)  # as the form names them
    name = models.CharField("氏名", max_length=200, blank=True)
    kana = models.CharField("フリガナ", max_length=200, blank=True)
    birth = models.DateField("生年月日・出産予定日")
    is_expected = models.BooleanField("出生前", default=False)
    age_class = models.PositiveSmallIntegerField("クラス")  # age on the day before the school year of the round's month
    current = models.ForeignKey(
        Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="transfer_candidates", verbose_name="いまの園"
    )  # a 転園 applicant: that seat cannot be lost
    wishes = models.JSONField("希望", default=list)  # facility codes, best first
    state = models.CharField("状態", max_length=12, choices=CandidateState.choices, default=CandidateState.APPLYING)
    score = models.JSONField("指数", default=dict)  # engines.placement.points Score.as_data(), of the last scoring
    scored_at = models.DateTimeField("計算した日時", null=True)
    placed = models.ForeignKey(
        Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="placed_candidates", verbose_name="決まった園"
    )
    decision = models.ForeignKey(Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="決定")
    answered_at = models.DateTimeField("返事の日時", null=True)
    born_on = models.DateField("生まれた日", null=True, blank=True)  # confirms a 仮内定
    carried_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="carried_to")

    objects = scoped(CandidateQuerySet)

    class Meta:
        verbose_name = "申込児"
        ordering = ["household", "order"]
        constraints = [models.UniqueConstraint(fields=["municipality", "round", "code"], name="candidate_once")]
        indexes = [models.Index(fields=["municipality", "round", "state"])]

    def __str__(self) -> str:
        return self.name or self.code

    @property
    def is_transfer(self) -> bool:
        return self.current_id is not None

    @property
    def day_of_birth(self) -> date:
        return self.born_on or self.birth


class FactState(models.TextChoices):
    PROPOSED = "proposed", _("新しい内容（未確認）")
    IN_FORCE = "in_force", _("採用中")
    REPLACED = "replaced", _("前の内容")
    REJECTED = "rejected", _("採用しない")


class FactQuerySet(OwnedQuerySet):
    def in_force(self) -> FactQuerySet:
        return self.filter(state=FactState.IN_FORCE)

    def proposed(self) -> FactQuerySet:
        return self.filter(state=FactState.PROPOSED)


class Fact(Owned):
    """事実: one value with where it came from. `key` is a fact of the rules document.

    `parent` 1 or 2 where the fact is about a parent, `candidate` where it is about a child, neither where about the household. What
    was read from answers keeps the revision and the path, so that it can be shown beside the paper. A later revision makes a new row
    PROPOSED beside the one IN_FORCE until a clerk takes it over. `is_provisional`: nobody has confirmed its origin yet.
    """

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="facts", verbose_name="申込世帯")
    candidate = models.ForeignKey(Candidate, null=True, blank=True, on_delete=models.PROTECT, related_name="facts", verbose_name="申込児")
    parent = models.PositiveSmallIntegerField("保護者", null=True, blank=True)
    slot = models.CharField("誰のこと", max_length=24)  # "household", "parent1", "child17": what the fact is about, never empty
    key = models.CharField("項目", max_length=60)
    value = models.JSONField("値", null=True)
    state = models.CharField("状態", max_length=10, choices=FactState.choices, default=FactState.IN_FORCE)
    source = models.CharField("もと", max_length=12, choices=Source.choices)
    revision = models.ForeignKey(Answers, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="版")
    path = models.CharField("項目の場所", max_length=120, blank=True)
    is_provisional = models.BooleanField("未確認の出どころ", default=False)
    reason = models.CharField("理由", max_length=500, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="登録した人")
    at = models.DateTimeField("日時", default=timezone.now)
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")

    objects = scoped(FactQuerySet)

    class Meta:
        verbose_name = "申込みの事実"
        ordering = ["id"]
        indexes = [models.Index(fields=["municipality", "household", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "household", "slot", "key"], condition=Q(state="in_force"), name="one_fact_in_force"
            )
        ]

    def __str__(self) -> str:
        return self.key

    @staticmethod
    def slot_for(*, candidate: Candidate | None = None, parent: int | None = None) -> str:
        """What a fact is about, as one word that is never empty: databases do not compare what is missing."""
        if candidate is not None:
            return f"child{candidate.pk}"
        return f"parent{parent}" if parent is not None else "household"


class WishChange(Owned):
    """希望の変更: before and after, by the family (by None) or at the counter."""

    append_only = True

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="wish_changes", verbose_name="申込児")
    before = models.JSONField("前", default=list)
    after = models.JSONField("後", default=list)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="受け付けた人")
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "希望の変更"
        ordering = ["-id"]
