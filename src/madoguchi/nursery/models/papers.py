"""Papers about a family that others write: 就労証明書, facts of other offices, and the 給付認定 that goes with a place."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Owned, OwnedQuerySet, User, scoped
from madoguchi.notices.models import Notice
from madoguchi.nursery.models.household import Candidate, Household
from madoguchi.nursery.models.round import Round


class EmploymentCertificate(Owned):
    """就労証明書 as the national standard form has it; `values` by the keys of nursery.forms.certificate. Points follow from it."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="certificates", verbose_name="申込世帯")
    parent = models.PositiveSmallIntegerField("保護者")
    values = models.JSONField("内容", default=dict)
    origin = models.CharField("出どころ", max_length=10, default="paper")  # paper | employer
    issued_on = models.DateField("証明日", null=True, blank=True)
    made_at = models.DateTimeField("入力日時", default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="入力した人")
    verified_at = models.DateTimeField("出どころを確かめた日時", null=True)
    verified_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="確かめた人")
    verified_how = models.CharField("確かめ方", max_length=300, blank=True)  # by a contact that was found elsewhere
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")

    class Meta:
        verbose_name = "就労証明書"
        ordering = ["-id"]

    @property
    def is_verified(self) -> bool:
        return self.origin != "employer" or self.verified_at is not None


class EmployerLink(Owned):
    """勤め先への入力の依頼: one question set and nothing else of the case; works once, for 30 days. Only a hash of the token is kept."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="employer_links", verbose_name="申込世帯")
    parent = models.PositiveSmallIntegerField("保護者")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField("作った日時", default=timezone.now)
    expires_at = models.DateTimeField("期限")
    used_at = models.DateTimeField("使われた日時", null=True)
    revoked_at = models.DateTimeField("取り消した日時", null=True)
    certificate = models.ForeignKey(EmploymentCertificate, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="就労証明書")

    class Meta:
        verbose_name = "勤め先への依頼"
        ordering = ["-id"]

    @property
    def is_usable(self) -> bool:
        return self.used_at is None and self.revoked_at is None and timezone.now() < self.expires_at


class OfficeList(Owned):
    """庁内の照会の結果: a table that another office (税, ほかの自治体) gave us, matched row by row."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="office_lists", verbose_name="回")
    kind = models.CharField("種類", max_length=20)  # tax | certificate | core
    source = models.CharField("ファイル", max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="取り込んだ人")
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "照会の結果"
        ordering = ["-id"]


class MatchState(models.TextChoices):
    MATCHED = "matched", _("一致")
    DOUBTFUL = "doubtful", _("確認が必要")
    UNMATCHED = "unmatched", _("該当なし")
    TAKEN = "taken", _("取り込み済み")
    LEFT = "left", _("取り込まない")


class OfficeRow(Owned):
    """照会の結果の1行, and whom it seems to be about. Doubts are shown, never guessed away."""

    list = models.ForeignKey(OfficeList, on_delete=models.PROTECT, related_name="rows", verbose_name="照会の結果")
    number = models.PositiveIntegerField("行")
    values = models.JSONField("内容", default=dict)
    state = models.CharField("状態", max_length=10, choices=MatchState.choices)
    household = models.ForeignKey(Household, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="申込世帯")
    parent = models.PositiveSmallIntegerField("保護者", null=True, blank=True)
    doubt = models.CharField("確認すること", max_length=300, blank=True)

    class Meta:
        verbose_name = "照会の結果の行"
        ordering = ["number"]


class CareHours(models.TextChoices):
    STANDARD = "standard", _("保育標準時間")  # up to 11 hours a day
    SHORT = "short", _("保育短時間")  # up to 8 hours a day


class CertificationState(models.TextChoices):
    PROPOSED = "proposed", _("案")
    DECIDED = "decided", _("認定")
    REFUSED = "refused", _("認定しない")
    POSTPONED = "postponed", _("延期")


class CertificationQuerySet(OwnedQuerySet):
    def standing(self) -> CertificationQuerySet:
        return self.filter(replaced_by=None)


class Certification(Owned):
    """教育・保育給付認定 (子ども・子育て支援法19条, 20条): 2号 from three, 3号 below; with hours and validity, and a notice of its own."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="certifications", verbose_name="申込児")
    category = models.PositiveSmallIntegerField("号")  # 1, 2, 3
    hours = models.CharField("保育必要量", max_length=10, choices=CareHours.choices)
    valid_from = models.DateField("有効期間の始め")
    valid_until = models.DateField("有効期間の終わり")
    grounds = models.CharField("事由", max_length=60, blank=True)
    state = models.CharField("状態", max_length=10, choices=CertificationState.choices, default=CertificationState.PROPOSED)
    postponed_until = models.DateField("延期した期日", null=True, blank=True)  # 20条6項: within 30 days, or a notice of delay
    reason = models.CharField("理由", max_length=500, blank=True)
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    notice = models.ForeignKey(Notice, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="通知")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="決めた人")
    at = models.DateTimeField("日時", default=timezone.now)

    objects = scoped(CertificationQuerySet)

    class Meta:
        verbose_name = "教育・保育給付認定"
        ordering = ["-id"]
