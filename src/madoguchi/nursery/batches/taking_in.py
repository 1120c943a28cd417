"""取り込み of a round as a job: every application that arrived in time, those who wait since the round before, and the points."""

from __future__ import annotations

from django.utils.translation import gettext as _

from madoguchi.accounts.models import User
from madoguchi.applications.models import SELDOM_READ, Application
from madoguchi.jobs.actions import each, start
from madoguchi.jobs.models import Job
from madoguchi.lib.errors import Refused
from madoguchi.lib.tasks import scoped_task
from madoguchi.nursery.actions.scoring import score_round
from madoguchi.nursery.actions.taking_in import carry_over, take_in_application, waiting_applications
from madoguchi.nursery.models import Household, Round

TAKE_IN = "nursery.take_in"


def take_in(*, round: Round, by: User) -> Job:  # noqa: A002 the office's word
    """Begin to read every application of a round; the points follow. Raises Refused for a fixed round, or without rules for its month."""
    if round.is_fixed:
        raise Refused(_("決裁に進んだ回には取り込めません。差し戻してから取り込んでください。"), code="round_fixed")
    carry_over(round=round, by=by)
    known = Household.objects.filter(round=round).exclude(application=None).values_list("application", flat=True)
    ids = sorted({*waiting_applications(round).values_list("pk", flat=True), *known})
    return start(
        TAKE_IN, title=_("申込みの取り込み（%(round)s）") % {"round": round}, by=by, task=take_in_long, ids=ids, options={"round": round.pk}
    )


@scoped_task
def take_in_long(job_id: int) -> None:
    row = Job.objects.select_related("by").get(pk=job_id)
    target = Round.objects.select_related("procedure__division").get(pk=row.options["round"])
    job = each(job_id, lambda pk: take_in_application(round=target, application=_application(pk), by=row.by), label=_label)
    if job.done == job.total:
        score_round(round=Round.objects.get(pk=target.pk), by=row.by)


def _application(pk: int) -> Application:
    rows = Application.objects.select_related("version", "municipality", "procedure").defer(*SELDOM_READ)
    return rows.get(pk=pk)


def _label(pk: object) -> str:
    return str(Application.objects.filter(pk=pk).values_list("number", flat=True).first() or pk)
