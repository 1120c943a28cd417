"""How long it usually takes, from what was decided lately."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from statistics import quantiles

from django.db.models.functions import Coalesce
from django.utils import timezone

from madoguchi.applications.models import Application, Correction, State
from madoguchi.procedures.models import Procedure

CASES, YEAR, FEWEST = 50, timedelta(days=365), 5


def usual_days(procedure: Procedure) -> tuple[int, int] | None:
    """(low, high) in calendar days: what the middle half of the last 50 cases of a year took; None while there are fewer than five.

    From arrival to the first decision (of a 届出: to its acceptance), without the days on which the resident was asked to correct.
    """
    ended = State.DECIDED if procedure.is_decided else State.ACCEPTED
    cases = (
        Application.objects.filter(procedure=procedure, state=ended, is_test=False)
        .annotate(closed_at=Coalesce("decided_at", "accepted_at") if procedure.is_decided else Coalesce("accepted_at", "decided_at"))
        .filter(closed_at__gte=timezone.now() - YEAR)
        .order_by("-closed_at")
        .values_list("pk", "arrived_at", "closed_at")[:CASES]
    )
    spans = {pk: (arrived, closed) for pk, arrived, closed in cases}
    if len(spans) < FEWEST:
        return None
    paused = _paused(spans)
    low, _middle, high = quantiles((days_between(*span) - paused.get(pk, 0) for pk, span in spans.items()), n=4, method="inclusive")
    return max(1, math.floor(low)), max(1, math.ceil(high))


def _paused(cases: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    rows = Correction.objects.filter(application__in=list(cases)).exclude(ended_at=None).values_list("application", "asked_at", "ended_at")
    for application, asked, ended in rows:
        found[application] = found.get(application, 0) + days_between(asked, ended)
    return found


def days_between(start: datetime, end: datetime) -> int:
    """Calendar days from one moment's day to another's, in local time."""
    return (_day(end) - _day(start)).days


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)
