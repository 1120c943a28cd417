"""教育・保育給付認定 of a round: proposals, decisions, postponement in bulk, notices."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.nursery.actions import certify, recall_certification, release_certification
from madoguchi.nursery.batches.certifying import certify_round, postpone_round, propose_round
from madoguchi.nursery.forms.rounds import PostponeForm
from madoguchi.nursery.models import Certification, CertificationState
from madoguchi.nursery.views.access import acted, round_of, rounds_of, show, to

PER_PAGE = 100


@desk("cases.read")
@never_cache
@require_GET
def certifications(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002 the address's word
    """Every child of the round with what it is entitled to."""
    return show(request, "certifications", _context(request, round, PostponeForm()))


def _context(request: HttpRequest, slug: str, form: PostponeForm) -> dict[str, Any]:
    row = round_of(request, slug)
    rows = (
        Certification.objects.standing().filter(candidate__round=row).select_related("candidate__household", "notice").order_by("candidate")
    )
    wanted = request.GET.get("state", "")
    shown = rows.filter(state=wanted) if wanted in CertificationState.values else rows
    without = row.candidates.competing().filter(certifications=None).count()
    return {
        "round": row,
        "page_obj": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
        "counts": [(state, rows.filter(state=state).count()) for state in CertificationState],
        "without": without,
        "postpone_form": form,
        "may_work": request.member.may("cases.work"),
        "may_approve": request.member.may("cases.approve"),
    }


@desk("cases.work")
@require_POST
def propose_certifications(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """Make proposals for every child from the facts in force, as a job."""
    row = round_of(request, round)
    return _begun(request, row.slug, lambda: propose_round(round=row, by=request.user))


@desk("cases.approve")
@require_POST
def decide_certifications(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """Decide every proposal, as a job."""
    row = round_of(request, round)
    return _begun(request, row.slug, lambda: certify_round(round=row, by=request.user))


@desk("cases.approve")
@require_POST
def postpone_certifications(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """延期通知 to everybody who has no decision yet, as a job."""
    row, form = round_of(request, round), PostponeForm(request.POST)
    if not form.is_valid():
        return show(request, "certifications", _context(request, round, form), status=400)
    return _begun(request, row.slug, lambda: postpone_round(round=row, by=request.user, **form.cleaned_data))


JUDGED = {
    "release": (release_certification, _noop("通知を送りました。")),
    "recall": (recall_certification, _noop("認定を取りやめ、案に戻しました。")),
}


@desk("cases.approve")
@require_POST
def judge(request: HttpRequest, certification: int) -> HttpResponse:
    """One child's certification: decided with its notice held, refused with the reason, sent, or taken back while it was not sent."""
    rows = Certification.objects.select_related("candidate__round")
    row = get_object_or_404(rows, pk=certification, candidate__round__in=rounds_of(request).values("pk"))
    back = to(request, "certifications", round=row.candidate.round.slug)
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "")
    if act in JUDGED:
        done, said = JUDGED[act]
        return acted(request, lambda: done(certification=row, by=request.user), _(said), back)
    refuse = act == "refuse"
    said = _("認定しないことにしました。まだ知らせていません。") if refuse else _("認定しました。まだ知らせていません。")
    return acted(request, lambda: certify(certification=row, refuse=refuse, reason=reason, release=False, by=request.user), said, back)


def _begun(request: HttpRequest, slug: str, act: Any) -> HttpResponse:
    try:
        job = act()
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(to(request, "certifications", round=slug))
    messages.success(request, _("作業を始めました。画面を離れても続きます。"))
    return redirect(address("jobs_desk:job", slug=request.municipality.slug, pk=job.pk))
