"""Trial runs: several are kept side by side, and none is thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.jobs.actions import start
from madoguchi.lib.errors import Refused
from madoguchi.nursery.actions.deciding import settle_answers
from madoguchi.nursery.actions.rounds import locked
from madoguchi.nursery.models import Analysis, AnalysisKind, Round, RoundState, Run, RunKind, RunState
from madoguchi.nursery.models.analysing import steps_of
from madoguchi.nursery.tasks import STEPS, analyse_run, place_run

PLACING, ANALYSING = "nursery.place", "nursery.analyse"


@transaction.atomic
def start_run(*, round: Round, by: User | None, label: str = "", prove: bool = False, max_seated: bool = False) -> Run:  # noqa: A002 the office's word
    """試行 of a round as a job: the rows of now are frozen, placed, checked and explained. Raises Refused."""
    row = locked(round)
    if row.is_fixed:
        raise Refused(_("決裁に進んだ回は、試行できません。差し戻してから試行してください。"), code="round_fixed")
    for other in Round.objects.filter(procedure=row.procedure, state=RoundState.TOLD).exclude(pk=row.pk):
        settle_answers(round=other)
    options = {"prove": prove, "max_seated": max_seated, "rule": row.rule}
    return _begin(row, RunKind.TRIAL, label.strip(), options, by=by)


@transaction.atomic
def start_what_if(*, run: Run, change: Mapping[str, Any], label: str, by: User) -> Run:
    """もしも: the same input with a change, beside the run that it is compared with; it can never become the result. Raises Refused."""
    if run.state != RunState.DONE or run.kind != RunKind.TRIAL:
        raise Refused(_("終わった試行からだけ、もしもを試せます。"), code="run_not_done")
    row = locked(run.round)
    return _begin(row, RunKind.WHAT_IF, label.strip(), dict(run.options), by=by, based_on=run, change=dict(change))


def _begin(
    row: Round,
    kind: str,
    label: str,
    options: dict[str, Any],
    *,
    by: User | None,
    based_on: Run | None = None,
    change: dict[str, Any] | None = None,
) -> Run:
    newest = Run.objects.filter(round=row).order_by("-number").first()
    run = Run.objects.create(
        round=row,
        number=1 if newest is None else newest.number + 1,
        kind=kind,
        label=label[:120],
        rules=row.rules,
        options=options,
        based_on=based_on,
        change=change or {},
        by=by,
    )
    title = _("利用調整の試行 %(number)s（%(round)s）") % {"number": run.number, "round": row}
    run.job = start(PLACING, title=title, by=by, task=place_run, ids=[run.pk], total=STEPS)
    run.save(update_fields=["job"])
    record("nursery.start_run", by=by, on=run, division=row.procedure.division, number=run.number, kind=str(kind))
    return run


@transaction.atomic
def start_analysis(*, run: Run, kind: str, by: User) -> Analysis:
    """点検 of a finished run as a job: one more seat everywhere, or its fairness. Raises Refused for a run without a result of ours."""
    if run.state != RunState.DONE or run.kind == RunKind.IMPORTED or kind not in AnalysisKind.values:
        raise Refused(_("終わった試行だけを点検できます。"), code="run_not_done")
    row = Analysis.objects.create(run=run, kind=kind, by=by)
    title = f"{row.get_kind_display()}（{run.round} {run.number}）"
    row.job = start(ANALYSING, title=title, by=by, task=analyse_run, ids=[row.pk], total=steps_of(run, kind))
    row.save(update_fields=["job"])
    record("nursery.start_analysis", by=by, on=run, division=run.round.procedure.division, kind=kind)
    return row
