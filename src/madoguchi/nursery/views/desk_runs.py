"""A run at the desk: pictures, facilities, children, what if, two runs side by side, the meeting's papers."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from madoguchi.engines.placement import say
from madoguchi.lib import pdf
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.lib.tables import write_workbook
from madoguchi.lib.tags import reader
from madoguchi.nursery.actions import start_what_if
from madoguchi.nursery.forms.runs import WhatIfForm
from madoguchi.nursery.models import Candidate, Facility, Run, RunKind, RunState
from madoguchi.nursery.models.figures import POOL_HEADER, class_figure, district_figure, pool_rows, wish_figure
from madoguchi.nursery.models.meeting import meeting_papers
from madoguchi.nursery.models.reasons import key_texts
from madoguchi.nursery.models.rulebook import rulebook_of
from madoguchi.nursery.models.showing import names_of_facilities
from madoguchi.nursery.models.waiting import waiting_of
from madoguchi.nursery.views.access import rounds_of, run_of, show, to

PER_PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def finished(request: HttpRequest, pk: int) -> Run:
    """A run with a result; one that is not finished has no such pages."""
    row = run_of(request, pk)
    if row.state != RunState.DONE:
        raise Http404
    return row


@desk("cases.read")
@never_cache
@require_GET
def run_page(request: HttpRequest, run: int) -> HttpResponse:
    """One run: its figures as pictures, each facility, what is uncertain."""
    row = run_of(request, run)
    if row.state != RunState.DONE:
        return show(request, "run_waiting", {"run": row})
    scale = rulebook_of(row.round).scale
    context = {
        "run": row,
        "round": row.round,
        "by_class": class_figure(row),
        "by_wish": wish_figure(row),
        "by_district": district_figure(row),
        "pools": pool_rows(row, scale, lambda one: bool(one["seats"] or sum(one["wishes"]))),
        "others": others_of(request, row),
        "what_if": WhatIfForm(run=row),
        "waiting": waiting_of(row),
        "last_key": row.placements.filter(is_last_key=True).count(),
        "may_work": request.member.may("cases.work"),
        "chains": chains(row) if row.difference else [],
    }
    return show(request, "run", context)


def others_of(request: HttpRequest, row: Run) -> list[Run]:
    """What a run can be put beside: the others of its round, then those that were chosen or imported in other rounds."""
    same = list(row.round.runs.done().exclude(pk=row.pk).select_related("round").order_by("-number")[:20])
    elsewhere = Run.objects.done().filter(round__in=rounds_of(request).values("pk")).exclude(round=row.round)
    told = elsewhere.filter(Q(kind=RunKind.IMPORTED) | Q(round__chosen=F("pk")))
    return [*same, *told.select_related("round").order_by("-round__month", "-number")[:20]]


def chains(row: Run) -> list[list[dict[str, str]]]:
    """玉突き of a what-if: each move with names."""
    names = names_of_facilities()
    children = dict(Candidate.objects.filter(round=row.round).values_list("code", "name"))
    return [
        [
            {
                "child": children.get(move["child"]) or move["child"],
                "before": names.get(move["before"], _("待つ")) if move["before"] else _("待つ"),
                "after": names.get(move["after"], _("待つ")) if move["after"] else _("待つ"),
            }
            for move in chain
        ]
        for chain in row.difference.get("chains", [])[:60]
    ]


@desk("cases.read")
@never_cache
@require_GET
def run_facility(request: HttpRequest, run: int, code: str) -> HttpResponse:
    """One facility in a run: who got in, the cut-off, who waits."""
    row, facility = finished(request, run), get_object_or_404(Facility, code=code)
    placed = row.placements.filter(facility=facility).select_related("candidate__household", "candidate__current").order_by("-points")
    waiting = [
        (place, wish)
        for place in row.placements.select_related("candidate__household", "facility")
        for wish in place.explanation["wishes"]
        if wish["facility"] == code and wish["result"] in ("full", "siblings", "passed_over")
    ]
    context = {
        "run": row,
        "round": row.round,
        "facility": facility,
        "pools": pool_rows(row, rulebook_of(row.round).scale, lambda one: one["facility"] == code),
        "placed": placed,
        "waiting": sorted(waiting, key=lambda pair: (pair[0].candidate.age_class, -pair[1]["own_points"])),
    }
    return show(request, "run_facility", context)


@desk("cases.read")
@never_cache
@require_GET
def run_child(request: HttpRequest, run: int, candidate: int) -> HttpResponse:
    """One child in a run: the explanation, whole."""
    row = finished(request, run)
    rows = row.placements.select_related("candidate__household", "candidate__current", "facility")
    place = get_object_or_404(rows, candidate=candidate)
    words = say(
        place.explanation,
        reader(),
        names=names_of_facilities(),
        keys=key_texts(row.round, reader()),
        audience="desk",
        scale=rulebook_of(row.round).scale,
    )
    context = {
        "run": row,
        "round": row.round,
        "place": place,
        "words": words,
        "wishes": place.explanation["wishes"],
        "names": names_of_facilities(),
    }
    return show(request, "run_child", context)


@desk("cases.read")
@never_cache
@require_GET
def run_children(request: HttpRequest, run: int) -> HttpResponse:
    """Every child of a run; `show=last` only those whom the last key decided, `show=waiting` those without a place."""
    row = finished(request, run)
    rows = row.placements.select_related("candidate__household", "candidate__current", "facility").order_by("candidate__code")
    wanted = request.GET.get("show", "")
    if wanted == "last":
        rows = rows.filter(is_last_key=True)
    elif wanted == "waiting":
        rows = rows.filter(facility=None)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return show(request, "run_children", {"run": row, "round": row.round, "page_obj": page, "shown": wanted})


@desk("cases.export")
@require_GET
def run_xlsx(request: HttpRequest, run: int) -> HttpResponse:
    """A run as a workbook: children and facilities."""
    row = finished(request, run)
    scale = rulebook_of(row.round).scale
    names = names_of_facilities("ja")
    header = ["世帯番号", "児童番号", "氏名", "クラス", "いまの園", "結果", "第何希望", "指数", "最後の順位で決定"]
    children = [
        [
            place.candidate.household.code, place.candidate.code, place.candidate.name, place.candidate.age_class,
            names.get(place.candidate.current.code, "") if place.candidate.current is not None else "",
            names.get(place.facility.code, "") if place.facility is not None else "", place.wish, place.points / scale,
            1 if place.is_last_key else 0,
        ]
        for place in row.placements.select_related("candidate__household", "candidate__current", "facility").order_by("candidate__code")
    ]  # fmt: skip
    book = write_workbook(
        {"お子さま": [header, *children], "施設とクラス": [list(POOL_HEADER), *(one.cells() for one in pool_rows(row, scale))]}
    )
    response = HttpResponse(book, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="run-{row.round.slug}-{row.number}.xlsx"'
    return response


@desk("cases.work")
@require_POST
def what_if(request: HttpRequest, run: int) -> HttpResponse:
    """Try a change beside a run, as a job."""
    row = finished(request, run)
    form = WhatIfForm(request.POST, run=row)
    if not form.is_valid():
        messages.error(request, " ".join(str(sentence) for sentences in form.errors.values() for sentence in sentences))
        return redirect(to(request, "run", run=row.pk))
    try:
        made = start_what_if(run=row, change=form.change(), label=form.label(), by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(to(request, "run", run=row.pk))
    return redirect(address("jobs_desk:job", slug=request.municipality.slug, pk=made.job.pk))


@desk("cases.read")
@require_GET
def papers(request: HttpRequest, run: int) -> HttpResponse:
    """The meeting's papers as one PDF."""
    row = finished(request, run)
    rendered = pdf.render("report", meeting_papers(row))
    response = HttpResponse(rendered.pdf, content_type="application/pdf", headers={"X-Content-Type-Options": "nosniff"})
    response["Content-Disposition"] = f'inline; filename="meeting-{row.round.slug}-{row.number}.pdf"'
    return response
