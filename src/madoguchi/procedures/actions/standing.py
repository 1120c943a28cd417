"""What the report to mayor and assembly is made with: the assumptions, each with its source and day, and what was spent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.lib.errors import Refused
from madoguchi.procedures.models import CostKind, OperatingCost, StandingSettings
from madoguchi.procedures.models.standing import ASSUMED

MOST_ASSUMED, MOST_YEN = 100_000_000, 1_000_000_000_000
FIRST_YEAR = 2000


@transaction.atomic
def set_assumptions(*, assumptions: Mapping[str, Mapping[str, Any] | None], by: User | None) -> StandingSettings:
    """{name of ASSUMED: {"value": n, "source": text, "on": date}, or None for what stands by itself}. What is not named stays.

    Raises Refused for an unknown name, a number that is none, a number without a source, a day to come.
    """
    row = StandingSettings.objects.select_for_update().first() or StandingSettings()
    standing = dict(row.assumptions)
    for name, given in assumptions.items():
        if name not in ASSUMED:
            raise Refused(_("知らない前提です。画面を開き直してください。"), code="assumption")
        if given is None:
            standing.pop(name, None)
        else:
            standing[name] = _assumption(name, given)
    changed = sorted(name for name in ASSUMED if standing.get(name) != row.assumptions.get(name))
    row.assumptions = standing
    row.save()
    if changed:
        said = {name: standing[name]["value"] if name in standing else None for name in changed}
        record("procedures.set_assumptions", by=by, on=row, names=changed, values=[said[name] for name in changed])
    return row


def _assumption(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    label, value, source, on = ASSUMED[name][0], given["value"], str(given["source"]).strip(), given["on"]
    if not isinstance(value, int) or not (1 if name == "population" else 0) <= value <= MOST_ASSUMED:
        raise Refused(_("「%(label)s」は0以上の整数で入力してください。") % {"label": label}, code="number")
    if not source:
        raise Refused(_("「%(label)s」の出典を入力してください。") % {"label": label}, code="no_source")
    if not isinstance(on, date) or on > timezone.localdate():
        raise Refused(_("「%(label)s」の時点は、今日までの日にしてください。") % {"label": label}, code="day")
    return {"value": value, "source": source[:200], "on": on.isoformat()}


@transaction.atomic
def add_cost(*, fiscal_year: int, kind: str, label: str, yen: int, source: str, by: User | None) -> OperatingCost:
    """A sum that putting procedures online cost in a fiscal year. Raises Refused without words or source, for a year or sum that is none."""
    if not FIRST_YEAR <= fiscal_year <= timezone.localdate().year + 1:
        raise Refused(_("年度は2000から来年までにしてください。"), code="year")
    if kind not in CostKind.values or not label.strip() or not source.strip():
        raise Refused(_("経費の種類・内容・出典を入力してください。"), code="no_words")
    if not 0 <= yen <= MOST_YEN:
        raise Refused(_("金額は0以上の整数で入力してください。"), code="yen")
    row = OperatingCost.objects.create(
        fiscal_year=fiscal_year, kind=kind, label=label.strip()[:120], yen=yen, source=source.strip()[:200], by=by
    )
    record("procedures.add_cost", by=by, on=row, year=fiscal_year, kind=kind, yen=yen)
    return row


@transaction.atomic
def remove_cost(*, cost: OperatingCost, by: User) -> None:
    """Take a sum back that was entered by mistake; the record keeps what it was."""
    record("procedures.remove_cost", by=by, on=cost, year=cost.fiscal_year, kind=cost.kind, yen=cost.yen)
    cost.delete()
