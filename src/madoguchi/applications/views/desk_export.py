"""Writing cases out."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from madoguchi.applications.actions import Exported
from madoguchi.applications.actions.clearing import EXPORT
from madoguchi.applications.actions.exporting import lost_in_cp932
from madoguchi.applications.batches import AT_ONCE, export
from madoguchi.applications.forms.desk import QueueFilter
from madoguchi.applications.models import Application
from madoguchi.applications.models.queue import cases_of, narrowed, tab
from madoguchi.applications.views.account import download
from madoguchi.applications.views.desk_access import show
from madoguchi.jobs.models import Job
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk

KEPT = ("tab", "procedure", "state", "assignee", "arrived_from", "arrived_to", "q")


def wanted_cases(request: HttpRequest) -> list[Application]:
    """The ticked ones; else all that the queue's tab and filters (in the address) show."""
    cases = cases_of(request.member).select_related("procedure__division", "procedure__current", "version", "assignee")
    ticked = request.POST.getlist("case") or request.GET.getlist("case")
    if ticked:
        return list(cases.filter(number__in=ticked[:500]).order_by("arrived_at"))
    text = request.GET.get("q", "").strip()[:100]
    filters = QueueFilter(request.GET, member=request.member).filters()
    found = cases.matching(text) if text else narrowed(tab(cases, request.GET.get("tab", "division"), request.user), filters, request.user)
    return list(found.order_by("arrived_at"))


@desk("cases.export")
@never_cache
@require_http_methods(["GET", "POST"])
def exporting(request: HttpRequest) -> HttpResponse:
    """Choose a format and get the file; what CP932 cannot hold is shown before, more than 200 cases become a job."""
    cases = wanted_cases(request)
    wanted = request.POST.get("format", "")
    problem, lost = "", ()
    if request.method == "POST" and request.POST.get("act") == "write":
        try:
            if wanted == "csv-cp932" and len(cases) <= AT_ONCE and not request.POST.get("sure"):
                lost = lost_in_cp932(applications=cases, by=request.user)
            if not lost:
                return given(request, export(applications=cases, format=wanted, by=request.user))
        except Refused as refused:
            problem = str(refused)
    context = {
        "count": len(cases),
        "cases": request.POST.getlist("case"),
        "lost": lost[:200],
        "lost_count": len(lost),
        "format": wanted or "csv",
        "is_long": len(cases) > AT_ONCE,
        "problems": [{"target": "", "sentence": problem}] if problem else [],
        "query": urlencode([(key, value) for key in KEPT for value in request.GET.getlist(key)]),
    }
    return show(request, "export", context, status=422 if problem else 200)


def given(request: HttpRequest, made: Exported | Job) -> HttpResponse:
    if isinstance(made, Job):
        return redirect(address("jobs_desk:job", slug=request.municipality.slug, pk=made.pk))
    response = HttpResponse(made.data, content_type=made.media_type)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@desk("cases.export")
@never_cache
@require_GET
def export_result(request: HttpRequest, job: int) -> HttpResponse:
    """The file of a long export and what it could not hold; only for who started it."""
    found = get_object_or_404(Job, pk=job, kind=EXPORT, by=request.user)
    file, is_still_ours = found.result.get("file"), not cases_elsewhere(request, found)
    if not file or not is_still_ours:
        raise Http404
    if request.GET.get("file"):
        return download(default_storage.open(file), found.result["name"], found.result["type"])
    lost = found.result.get("unmappable", [])
    return show(request, "export_result", {"job": found, "lost": lost[:200], "lost_count": len(lost)})


def cases_elsewhere(request: HttpRequest, job: Job) -> bool:
    """Whether a case in the file is none of this member's any more: the person has moved to another division."""
    rows = Application.objects.filter(pk__in=job.ids[:1000])
    return rows.exclude(pk__in=cases_of(request.member).filter(pk__in=job.ids[:1000]).values("pk")).exists()
