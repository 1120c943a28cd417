"""Results that were not made here: placed by hand, or by another system. They are checked and shown beside our runs, and never told."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.lib.errors import Refused
from madoguchi.nursery.actions.rounds import locked
from madoguchi.nursery.models import Facility, Placement, Round, Run, RunKind, RunState
from madoguchi.nursery.models.placing import checked, frozen_input, placements
from madoguchi.nursery.models.result_sheets import understood_result


@transaction.atomic
def import_result(*, round: Round, data: bytes, name: str, by: User) -> Run:  # noqa: A002 the office's word
    """A hand-made placement of a round, kept as a run beside ours with what the check says of it; a child that is left out waits.

    Raises Refused, naming the rows, when a child or a facility is unknown or a child stands there twice: nothing is kept then.
    """
    row = locked(round)
    run = Run(round=row, kind=RunKind.IMPORTED, label=name[:120], rules=row.rules, by=by, options={"rule": row.rule})
    frozen = frozen_input(run)
    children = {child.id for child in frozen.instance.children}
    understood = understood_result(data, children, set(Facility.objects.values_list("code", flat=True)))
    if understood.refused:
        raise Refused("\n".join([_("取り込めない行があります。何も変えていません。"), *understood.refused[:30]]), code="rows_refused")
    placed = checked(frozen.instance, {code: understood.rows.get(code) for code in children}, row.rule)
    newest = Run.objects.filter(round=row).order_by("-number").first()
    run.number = 1 if newest is None else newest.number + 1
    run.state, run.finished_at = RunState.DONE, timezone.now()
    run.input = default_storage.save(f"nursery/{frozen.sha256[:16]}-hand.json", ContentFile(frozen.data))
    run.input_sha256, run.result, run.summary = frozen.sha256, placed.line, placed.summary
    run.save()
    Placement.objects.bulk_create(placements(run, frozen, placed), batch_size=500)
    record("nursery.import_result", by=by, on=run, division=row.procedure.division, number=run.number)
    return run
