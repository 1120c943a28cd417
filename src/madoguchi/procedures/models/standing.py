"""What the report to mayor and assembly is made with: assumptions, costs, and the public facts that others may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Municipality, Owned, User

# {name: (label with its unit, what stands until a municipality says otherwise)}. The numbers are ours and only assumed (要確認).
ASSUMED: dict[str, tuple[Any, int | None]] = {
    "resident_paper": (_("住民が窓口や紙の申請1件にかける時間（分）"), 60),
    "resident_online": (_("住民がオンラインの申請1件にかける時間（分）"), 15),
    "staff_paper": (_("職員が窓口や紙の申請1件にかける時間（分）"), 20),
    "staff_online": (_("職員がオンラインの申請1件にかける時間（分）"), 15),
    "staff_hour_yen": (_("職員1時間の費用（円）"), 3000),
    "population": (_("人口（人）"), None),
}


@dataclass(frozen=True)
class Assumption:
    """One number that is not counted but assumed or taken from elsewhere, with where it comes from."""

    name: str
    label: str
    value: int | None
    source: str = ""
    on: date | None = None

    @property
    def is_default(self) -> bool:
        return not self.source and self.value is not None


class StandingSettings(Owned):
    """前提 of a municipality's report; what is not set is ASSUMED."""

    assumptions = models.JSONField("前提", default=dict)  # {name: {"value": n, "source": text, "on": ISO date}}

    class Meta:
        verbose_name = "報告の前提"
        constraints = [models.UniqueConstraint(fields=["municipality"], name="standing_settings_once")]


def assumptions_of(settings: StandingSettings | None) -> dict[str, Assumption]:
    """Every assumption by name: the municipality's own, else ours."""
    given: Mapping[str, Any] = settings.assumptions if settings is not None else {}
    found = {}
    for name, (label, default) in ASSUMED.items():
        own = given.get(name)
        if own is None:
            found[name] = Assumption(name, str(label), default)
        else:
            found[name] = Assumption(name, str(label), own["value"], own["source"], date.fromisoformat(own["on"]))
    return found


class CostKind(models.TextChoices):
    LICENCE = "licence", _("利用料・ライセンス")
    DEVELOPMENT = "development", _("構築・改修")
    OPERATION = "operation", _("運用・保守")
    POSTAGE = "postage", _("郵送料")
    OTHER = "other", _("その他")


class OperatingCost(Owned):
    """かかった経費の1行 of a fiscal year, with the paper that says so."""

    fiscal_year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("種類", max_length=12, choices=CostKind.choices)
    label = models.CharField("内容", max_length=120)
    yen = models.PositiveBigIntegerField("金額（円）")
    source = models.CharField("出典", max_length=200)
    at = models.DateTimeField("日時", default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="入力した人")

    class Meta:
        verbose_name = "オンライン化の経費"
        ordering = ["-fiscal_year", "pk"]

    def __str__(self) -> str:
        return f"{self.fiscal_year} {self.label}"


# -- what leaves the wall ------------------------------------------------------------------------------------------------------

FACTS: dict[str, tuple[type, ...]] = {
    "year": (int,),  # the fiscal year of filings_online
    "procedures": (int,),
    "online": (int,),
    "filings_online": (int, type(None)),
    "population": (int, type(None)),
    "population_on": (str, type(None)),
    "has": (list,),
}
HELD: dict[str, tuple[type, ...]] = {
    "library": (str,),  # id in the library, "" for a form of its own
    "name": (str,),
    "name_en": (str,),
    "key": (str,),
    "law": (str,),
    "volume": (int, type(None)),
    "is_few": (bool,),
    "elsewhere": (bool,),  # online on another service
}
LONGEST, MOST_HELD, FEW = 600, 5000, 10


class PublicStanding(models.Model):
    """比較に出した状況: what a municipality shows the others of its installation. Written inside its own scope, read by all.

    It is the only thing that another municipality's pages read: nobody opens another scope for it. Only what FACTS and HELD name can
    be saved; no person's name, no case, no number below FEW is in it. A municipality without a row shows nothing.
    """

    is_owned = False

    municipality = models.OneToOneField(Municipality, on_delete=models.PROTECT, related_name="+", verbose_name="自治体")
    at = models.DateTimeField("集計した日時", default=timezone.now)
    facts = models.JSONField("公開する値", default=dict)

    class Meta:
        verbose_name = "比較に出した状況"
        ordering = ["municipality__code", "municipality__slug"]

    def __str__(self) -> str:
        return str(self.municipality)

    def save(self, *args: Any, **kwargs: Any) -> None:
        require_public(self.facts)
        super().save(*args, **kwargs)


def require_public(facts: Mapping[str, Any]) -> None:
    """Raises ValueError for anything that is not on the list of what may leave a municipality."""
    _require(facts, FACTS)
    if len(facts["has"]) > MOST_HELD:
        raise ValueError("too many procedures")
    for one in facts["has"]:
        _require(one, HELD)
        if one["volume"] is not None and (one["is_few"] or one["volume"] < FEW):
            raise ValueError("a number of so few filings does not leave a municipality")


def _require(given: Mapping[str, Any], wanted: Mapping[str, tuple[type, ...]]) -> None:
    if set(given) != set(wanted):
        raise ValueError(f"not on the list: {sorted(set(given) ^ set(wanted))}")
    for name, kinds in wanted.items():
        value = given[name]
        if type(value) not in kinds or (isinstance(value, str) and len(value) > LONGEST):
            raise ValueError(f"{name} is not what the list says")
