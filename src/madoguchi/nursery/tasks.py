"""Slow work on one row: a run of the placement, from rows to explained places, and what is asked of it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from madoguchi.jobs.actions import finish, running
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.tasks import NothingToDo, scoped_task
from madoguchi.nursery.models import Analysis, AnalysisKind, Run, RunState
from madoguchi.nursery.models.analysing import fairness, one_more_seat
from madoguchi.nursery.models.placing import Input, Placed, computed, frozen_input, placements

STEPS = 4  # what the progress bar counts: input, places, explanation, rows


@scoped_task
def place_run(job_id: int) -> None:
    """利用調整: input frozen with its hash, placed, checked by the independent verifier, explained, kept. Running it twice is one."""
    with running(job_id) as job:
        run = Run.objects.select_related("round__procedure__division", "round__municipality").get(pk=job.ids[0])
        if run.state == RunState.DONE:
            raise NothingToDo
        Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING, problem="")
        try:
            _work(run, job.tick)
        except Refused as refused:
            Run.objects.filter(pk=run.pk).update(state=RunState.FAILED, problem=str(refused), finished_at=timezone.now())
            job.refuse(id=run.pk, label=str(run), sentence=str(refused))
            job.tick(STEPS)
            return
        finish(job, {"text": "", "address": address("nursery_desk:run", slug=run.round.municipality.slug, run=run.pk)})


@scoped_task
def analyse_run(job_id: int) -> None:
    """A question about a finished run (1席ずつ, 公平さ), worked out and kept beside it. Running it twice is one."""
    with running(job_id) as job:
        row = Analysis.objects.select_related("run__round__municipality", "run__rules").get(pk=job.ids[0])
        if row.state == RunState.DONE:
            raise NothingToDo
        try:
            row.result = (one_more_seat if row.kind == AnalysisKind.SENSITIVITY else fairness)(row.run, job.tick)
        except Refused as refused:
            row.state, row.problem = RunState.FAILED, str(refused)
            job.refuse(id=row.pk, label=row.get_kind_display(), sentence=str(refused))
        else:
            row.state = RunState.DONE
            shown = address("nursery_desk:analysis", slug=row.run.round.municipality.slug, run=row.run_id, kind=row.kind)
            finish(job, {"text": "", "address": shown})
        row.save(update_fields=["state", "result", "problem"])


def _work(run: Run, tick: Callable[[], None]) -> None:
    frozen = frozen_input(run)
    tick()
    placed = computed(run, frozen)
    tick()
    rows = placements(run, frozen, placed)
    tick()
    _keep(run, frozen, placed, rows)
    tick()


@transaction.atomic
def _keep(run: Run, frozen: Input, placed: Placed, rows: list[Any]) -> None:
    """All or nothing: a run that was killed midway leaves no half result."""
    row = Run.objects.select_for_update().get(pk=run.pk)
    if row.state == RunState.DONE:
        return
    row.placements.model.objects.bulk_create(rows, batch_size=500)
    row.input = default_storage.save(f"nursery/{frozen.sha256[:16]}-{row.pk}.json", ContentFile(frozen.data))
    row.input_sha256, row.result, row.summary = frozen.sha256, placed.line, placed.summary
    row.difference = placed.difference
    row.state, row.finished_at = RunState.DONE, timezone.now()
    row.save()
