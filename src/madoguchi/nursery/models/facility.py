"""Where children can be placed: facilities, the districts they lie in, and how many seats each class has in a round."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Owned, OwnedQuerySet, User, scoped
from madoguchi.engines.forms import pick


class FacilityKind(models.TextChoices):
    """種別, as wards print it in their lists of seats (江東区 募集人員一覧: 区・公・私・小A・認・地)."""

    PUBLIC = "public", _("区立")
    PUBLIC_PRIVATE = "public_private", _("公設民営")
    PRIVATE = "private", _("私立")
    KODOMO_EN = "kodomo_en", _("認定こども園（幼保連携型）")
    KODOMO_EN_LOCAL = "kodomo_en_local", _("認定こども園（地方裁量型）")
    SMALL_A = "small_a", _("小規模保育（A型）")
    HOME = "home", _("家庭的保育")
    WORKPLACE = "workplace", _("事業所内保育")


class District(Owned):
    """地区: `outline` is a polygon [[x, y], …] in the plane of the schematic map (0–1000 each way), drawn by us and to no scale."""

    code = models.SlugField("識別名", max_length=30)
    name = models.JSONField("名称")  # {"ja", "plain", "en"}
    order = models.PositiveSmallIntegerField("順", default=0)
    outline = models.JSONField("形", default=list, blank=True)
    towns = models.JSONField("町名", default=list, blank=True)  # names as they stand in an address: a family's district follows

    class Meta:
        verbose_name = "地区"
        ordering = ["order", "code"]
        constraints = [models.UniqueConstraint(fields=["municipality", "code"], name="district_code_once")]

    def __str__(self) -> str:
        return str(self.name["ja"])


class FacilityQuerySet(OwnedQuerySet):
    def running(self, on: date) -> FacilityQuerySet:
        """Open on a day."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_until=None) | Q(valid_until__gte=on))

    def in_order(self) -> FacilityQuerySet:
        return self.select_related("district").order_by("district__order", "code")


class Facility(Owned):
    """保育施設. Main garden and branch (本園・分園) are two, as wards number them."""

    code = models.CharField("施設番号", max_length=12)
    name = models.JSONField("名称")  # {"ja", "plain", "en"}
    kana = models.CharField("よみ", max_length=120, blank=True)
    kind = models.CharField("種別", max_length=16, choices=FacilityKind.choices, default=FacilityKind.PRIVATE)
    district = models.ForeignKey(District, null=True, blank=True, on_delete=models.PROTECT, related_name="facilities", verbose_name="地区")
    address = models.CharField("所在地", max_length=200, blank=True)
    phone = models.CharField("電話番号", max_length=20, blank=True)
    station = models.CharField("最寄り駅", max_length=80, blank=True)
    x = models.PositiveSmallIntegerField("横の位置", null=True, blank=True)  # 0–1000 in the schematic map
    y = models.PositiveSmallIntegerField("縦の位置", null=True, blank=True)
    min_age_days = models.PositiveSmallIntegerField("受入れの最低日齢", default=57)  # on the first day of the month of intake
    oldest_class = models.PositiveSmallIntegerField("いちばん上のクラス", default=5)  # 2 where children leave at three
    opens = models.CharField("開く時刻", max_length=5, blank=True)  # "7:15"
    closes = models.CharField("閉まる時刻", max_length=5, blank=True)
    partners = models.JSONField("連携施設", default=list, blank=True)  # codes: where those who leave at three may go on
    shared = models.JSONField("一体で募集するクラス", default=list, blank=True)  # [[3, 4, 5], …]: one pool of seats
    valid_from = models.DateField("開設日", null=True, blank=True)
    valid_until = models.DateField("閉園日", null=True, blank=True)
    is_invented = models.BooleanField("架空の施設", default=False)
    changed_at = models.DateTimeField("最後の変更", default=timezone.now)

    objects = scoped(FacilityQuerySet)

    class Meta:
        verbose_name = "保育施設"
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["municipality", "code"], name="facility_code_once")]

    def __str__(self) -> str:
        return str(self.name["ja"])

    def named(self, language: str) -> str:
        return pick(self.name, language)

    @property
    def hours(self) -> str:
        return f"{self.opens}〜{self.closes}" if self.opens and self.closes else ""


class FacilityChange(Owned):
    """What was changed at a facility, when and by whom (履歴): whole values before and after of the columns that changed."""

    append_only = True

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="changes", verbose_name="保育施設")
    before = models.JSONField("前", default=dict)
    after = models.JSONField("後", default=dict)
    source = models.CharField("もと", max_length=120, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="変えた人")
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "保育施設の変更"
        ordering = ["-id"]


class VacancyList(Owned):
    """募集人員一覧 of one round at one number: append-only, so that the history of seats is a read. The newest counts."""

    append_only = True

    round = models.ForeignKey("nursery.Round", on_delete=models.PROTECT, related_name="vacancy_lists", verbose_name="回")
    number = models.PositiveIntegerField("版")
    source = models.CharField("もと", max_length=200, blank=True)  # name of the file, or what was done
    sha256 = models.CharField(max_length=64, blank=True)
    note = models.CharField("説明", max_length=300, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="登録した人")
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "募集人員一覧"
        ordering = ["round", "-number"]
        constraints = [models.UniqueConstraint(fields=["municipality", "round", "number"], name="vacancy_list_once")]

    def __str__(self) -> str:
        return f"{self.round} 第{self.number}版"

    def seats(self) -> dict[str, tuple[int | None, ...]]:
        """{facility code: six numbers}; None where the facility has no such class (— is not 0)."""
        return {row.facility.code: tuple(row.seats) for row in self.rows.select_related("facility")}


class Vacancy(Owned):
    """空き: how many children each class of a facility may take in a round. None: no such class; 0: no seat."""

    append_only = True

    list = models.ForeignKey(VacancyList, on_delete=models.PROTECT, related_name="rows", verbose_name="募集人員一覧")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="vacancies", verbose_name="保育施設")
    seats = models.JSONField("募集人員")  # [n or null] × 6

    class Meta:
        verbose_name = "空き"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["municipality", "list", "facility"], name="vacancy_once")]

    def of(self, age_class: int) -> int | None:
        found: Any = self.seats[age_class] if 0 <= age_class < len(self.seats) else None
        return found
