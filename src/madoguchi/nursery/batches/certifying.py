"""給付認定 over a round: proposals, decisions with their notices, 延期通知."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.accounts.models import User
from madoguchi.jobs.actions import each, start
from madoguchi.jobs.models import Job
from madoguchi.lib.errors import Refused
from madoguchi.lib.tasks import scoped_task
from madoguchi.nursery.actions.certifying import certify, postpone_certification, propose_certification
from madoguchi.nursery.models import Candidate, Certification, CertificationState, Round

PROPOSE, CERTIFY, POSTPONE = "nursery.propose_certifications", "nursery.certify", "nursery.postpone"
OPEN = (CertificationState.PROPOSED, CertificationState.POSTPONED)


def propose_round(*, round: Round, by: User) -> Job:  # noqa: A002 the office's word
    """Begin to propose for every child that competes. Raises Refused when there is none."""
    ids = _ids(Candidate.objects.competing().filter(round=round))
    return _start(PROPOSE, _("給付認定の案（%(round)s）") % {"round": round}, by, propose_long, ids, {})


def certify_round(*, round: Round, by: User) -> Job:  # noqa: A002
    """Begin to decide every open proposal; each notice goes out. Raises Refused when there is none."""
    ids = _ids(Certification.objects.standing().filter(candidate__round=round, state__in=OPEN))
    return _start(CERTIFY, _("給付認定の決定（%(round)s）") % {"round": round}, by, certify_long, ids, {})


def postpone_round(*, round: Round, until: date, reason: str, by: User) -> Job:  # noqa: A002
    """Begin to send a 延期通知 for every proposal. Raises Refused when there is none."""
    ids = _ids(Certification.objects.standing().filter(candidate__round=round, state=CertificationState.PROPOSED))
    options = {"until": until.isoformat(), "reason": reason}
    return _start(POSTPONE, _("給付認定の延期通知（%(round)s）") % {"round": round}, by, postpone_long, ids, options)


def _ids(rows: Any) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _start(kind: str, title: str, by: User, task: Any, ids: list[int], options: dict[str, str]) -> Job:
    if not ids:
        raise Refused(_("対象になるお子さまがいません。先に案を作ってください。"), code="nothing_to_do")
    return start(kind, title=title, by=by, task=task, ids=ids, options=options)


@scoped_task
def propose_long(job_id: int) -> None:
    _over(job_id, lambda pk, job: propose_certification(candidate=Candidate.objects.get(pk=pk), by=job.by))


@scoped_task
def certify_long(job_id: int) -> None:
    _over(job_id, lambda pk, job: certify(certification=Certification.objects.get(pk=pk), by=job.by))


@scoped_task
def postpone_long(job_id: int) -> None:
    def act(pk: int, job: Job) -> object:
        until, reason = date.fromisoformat(job.options["until"]), job.options["reason"]
        return postpone_certification(certification=Certification.objects.get(pk=pk), until=until, reason=reason, by=job.by)

    _over(job_id, act)


def _over(job_id: int, act: Callable[[int, Job], object]) -> None:
    job = Job.objects.select_related("by").get(pk=job_id)
    each(job_id, lambda pk: act(pk, job))
