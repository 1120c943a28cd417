"""Two runs side by side as figures: also of different rounds and years, where no child is the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.nursery.models.rulebook import rulebook_of
from madoguchi.nursery.models.run import Run
from madoguchi.nursery.models.showing import names_of_facilities

CLASSES = range(6)


@dataclass(frozen=True)
class Beside:
    """One figure of both; None where a run does not have it."""

    name: str
    one: Any
    two: Any

    @property
    def difference(self) -> float | None:
        numbers = isinstance(self.one, (int, float)) and isinstance(self.two, (int, float))
        return round(self.two - self.one, 2) if numbers else None


def totals_beside(one: Run, two: Run) -> list[Beside]:
    """Children, seated, first wishes, waiting, by class."""
    rows = [
        (_("お子さま"), "children"),
        (_("入れる（新しく）"), "newly_seated"),
        (_("転園"), "transferred"),
        (_("待つ"), "without"),
        (_("最後の順位で決定"), "last_key"),
    ]
    found = [Beside(name, one.summary[key], two.summary[key]) for name, key in rows]
    found.append(Beside(_("第1希望に入れた割合（％）"), first_share(one), first_share(two)))
    found.append(Beside(_("不満が残る世帯"), one.result["blocking_families"], two.result["blocking_families"]))
    for age in CLASSES:
        label = _("%(age)s歳児") % {"age": age}
        found.append(Beside(f"{label}：{_('待つ')}", one.summary["waiting"][str(age)], two.summary["waiting"][str(age)]))
    return found


def first_share(run: Run) -> float | None:
    """First wishes of all who were newly seated or moved, in per cent."""
    moved = sum(count for number, count in run.summary["by_wish"].items() if int(number) > 0)
    return round(100 * run.summary["first_wish"] / moved, 1) if moved else None


def cutoffs_beside(one: Run, two: Run) -> list[Beside]:
    """The last points of every facility and class that either run has, in points."""
    names = names_of_facilities()
    first, second = _cutoffs(one), _cutoffs(two)
    return [
        Beside(f"{names.get(code, code)} {'・'.join(map(str, ages))}", first.get((code, ages)), second.get((code, ages)))
        for code, ages in sorted({*first, *second})
        if first.get((code, ages)) != second.get((code, ages))
    ]


def _cutoffs(run: Run) -> dict[tuple[str, tuple[int, ...]], float]:
    scale = rulebook_of(run.round).scale
    return {
        (one["facility"], tuple(one["classes"])): one["last_points"] / scale
        for one in run.summary["classes"]
        if one["last_points"] is not None
    }
