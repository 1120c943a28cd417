"""A run as pictures and tables: what the desk's pages of a run show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.lib.charts import Figure, Series
from madoguchi.nursery.models.facility import Facility
from madoguchi.nursery.models.run import Run
from madoguchi.nursery.models.showing import names_of_facilities

CLASSES = range(6)


def class_figure(run: Run) -> Figure:
    """Applicants and seats per class."""
    summary = run.summary
    labels = [_("%(age)s歳児") % {"age": age} for age in CLASSES]
    placed = [summary["placed"][str(age)] for age in CLASSES]
    waiting = [summary["waiting"][str(age)] for age in CLASSES]
    return Figure(
        title=_("クラスごとの入れる人数と待つ人数"),
        labels=labels,
        series=[Series(_("入れる"), placed), Series(_("待つ"), waiting)],
        unit=_("人"),
        label_name=_("クラス"),
    )


def wish_figure(run: Run) -> Figure:
    """How many got which wish."""
    counts = {int(number): count for number, count in run.summary["by_wish"].items() if int(number) > 0}
    numbers = range(1, max(counts, default=1) + 1)
    total = sum(counts.values()) or 1
    share = round(100 * counts.get(1, 0) / total)
    return Figure(
        title=_("第何希望に入れたか"),
        labels=[_("第%(number)s希望") % {"number": number} for number in numbers],
        series=[Series(_("人数"), [counts.get(number, 0) for number in numbers])],
        unit=_("人"),
        label_name=_("希望"),
        summary=_("新しく席が決まったうち、%(share)s%%が第1希望です。") % {"share": share},
    )


def district_figure(run: Run) -> Figure | None:
    """Seats filled and left per district; None where no facility has one."""
    districts: dict[str, list[int]] = {}
    where = {row.code: str(row.district) for row in Facility.objects.select_related("district").exclude(district=None)}
    for one in run.summary["classes"]:
        if (name := where.get(one["facility"])) is not None:
            row = districts.setdefault(name, [0, 0, 0])
            row[0] += one["placed"] + one["staying"]
            row[1] += one["left"]
    if not districts:
        return None
    return Figure(
        title=_("地区ごとの席"),
        labels=list(districts),
        series=[
            Series(_("決まった席"), [row[0] for row in districts.values()]),
            Series(_("残る席"), [row[1] for row in districts.values()]),
        ],
        unit=_("人"),
        label_name=_("地区"),
    )


@dataclass(frozen=True)
class PoolRow:
    """One facility and class (or classes that are filled together) in a run."""

    code: str
    name: str
    classes: str
    seats: int
    wishes: int
    first: int
    ratio: str
    placed: int
    staying: int
    left: int
    waiting: int
    last_points: str

    def cells(self) -> list[Any]:
        return [
            self.code, self.name, self.classes, self.seats, self.first, self.wishes, self.ratio, self.placed, self.staying, self.left,
            self.waiting, self.last_points,
        ]  # fmt: skip


def pool_rows(run: Run, scale: int, keep: Callable[[dict[str, Any]], bool] = lambda one: True) -> list[PoolRow]:
    names = names_of_facilities()
    return [
        PoolRow(
            code=one["facility"],
            name=names.get(one["facility"], one["facility"]),
            classes="・".join(str(age) for age in one["classes"]),
            seats=one["seats"],
            wishes=sum(one["wishes"]),
            first=one["wishes"][0] if one["wishes"] else 0,
            ratio=f"{one['ratio']:.2f}" if one["ratio"] is not None else "–",
            placed=one["placed"],
            staying=one["staying"],
            left=one["left"],
            waiting=one["waiting"],
            last_points=f"{one['last_points'] / scale:g}" if one["last_points"] is not None else "–",
        )
        for one in run.summary["classes"]
        if keep(one)
    ]


POOL_HEADER = ("施設番号", "施設", "クラス", "席", "第1希望", "希望の合計", "申込倍率", "入園", "在園のまま", "残り", "待つ", "最低指数")
