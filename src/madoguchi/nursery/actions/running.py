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
from madoguchi.nursery.actions.rounds import locked
from madoguchi.nursery.models import Round, Run, RunKind, RunState
from madoguchi.nursery.tasks import STEPS, place_run

PLACING = "nursery.place"


@transaction.atomic
def start_run(*, round: Round, by: User | None, label: str = "", prove: bool = False, max_seated: bool = False) -> Run:  # noqa: A002 the office's word
    """試行 of a round as a job: the rows of now are frozen, placed, checked and explained. Raises Refused."""
    row = locked(round)
    if row.is_fixed:
        raise Refused(_("決裁に進んだ回は、試行できません。差し戻してから試行してください。"), code="round_fixed")
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
