"""決定, 取りやめ, 通知 and 給付認定 over a whole round: one child a transaction, refused ones named, then the round itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.accounts.models import User
from madoguchi.jobs.actions import each, start
from madoguchi.jobs.models import Job
from madoguchi.lib.errors import Refused
from madoguchi.lib.tasks import scoped_task
from madoguchi.nursery.actions import deciding
from madoguchi.nursery.models import Candidate, Round, RoundState

DECIDE, RECALL, TELL = "nursery.decide", "nursery.recall", "nursery.tell"


def decide_round(*, round: Round, by: User) -> Job:  # noqa: A002 the office's word
    """Begin to decide every child of an approved round. Raises Refused when it is not approved."""
    if round.state not in (RoundState.APPROVED, RoundState.FINALISED):
        raise Refused(_("決裁の済んだ回だけを決定できます。"), code="not_approved")
    ids = list(Candidate.objects.competing().filter(round=round, decision=None).order_by("pk").values_list("pk", flat=True))
    return _start(DECIDE, _("利用調整の決定（%(round)s）") % {"round": round}, round, by, decide_long, ids)


def recall_round(*, round: Round, by: User) -> Job:  # noqa: A002
    """Begin to take back every decision that nobody was told. Raises Refused once it was told."""
    if round.state not in (RoundState.APPROVED, RoundState.FINALISED):
        raise Refused(_("取りやめられる決定はありません。"), code="nothing_to_recall")
    ids = list(Candidate.objects.filter(round=round).exclude(placed=None, decision=None).order_by("pk").values_list("pk", flat=True))
    return _start(RECALL, _("決定の取りやめ（%(round)s）") % {"round": round}, round, by, recall_long, ids)


def tell_round(*, round: Round, by: User) -> Job:  # noqa: A002
    """Begin to send every notice of a decided round. Raises Refused before that."""
    if round.state not in (RoundState.FINALISED, RoundState.TOLD):
        raise Refused(_("全員の決定が済んでから通知してください。"), code="not_finalised")
    rows = Candidate.objects.filter(round=round, decision__released_at=None).exclude(decision=None)
    return _start(
        TELL, _("結果の通知（%(round)s）") % {"round": round}, round, by, tell_long, list(rows.order_by("pk").values_list("pk", flat=True))
    )


def _start(kind: str, title: str, row: Round, by: User, task: Any, ids: list[int]) -> Job:
    return start(kind, title=title, by=by, task=task, ids=ids, options={"round": row.pk})


@scoped_task
def decide_long(job_id: int) -> None:
    _over(job_id, deciding.decide_candidate, deciding.finish_deciding)


@scoped_task
def recall_long(job_id: int) -> None:
    _over(job_id, deciding.recall_candidate, deciding.finish_recalling)


@scoped_task
def tell_long(job_id: int) -> None:
    _over(job_id, deciding.tell_candidate, deciding.finish_telling)


def _over(job_id: int, act: Callable[..., Any], finish: Callable[..., Any]) -> None:
    """Each child, then the round: the round moves with the last child, and not before."""
    by = Job.objects.select_related("by").get(pk=job_id).by
    job = each(job_id, lambda pk: act(candidate=Candidate.objects.get(pk=pk), by=by), label=_label)
    if job.refused or job.done < job.total:
        return
    finish(round=Round.objects.get(pk=job.options["round"]), by=by)


def _label(pk: Any) -> str:
    return str(Candidate.objects.filter(pk=pk).values_list("code", flat=True).first() or pk)
