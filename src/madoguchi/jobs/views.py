"""Desk pages: what runs, how far it is, what failed; and for the ICT section whether the workers live."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_tasks_db.models import DBTaskResult

from madoguchi.jobs import actions
from madoguchi.jobs.models import Job, Worker
from madoguchi.lib.addresses import address
from madoguchi.lib.guards import desk

PAGE = 50


def _job_or_404(request: HttpRequest, pk: int) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.member).select_related("by"), pk=pk)


def _address(request: HttpRequest, name: str, **parts: int) -> str:
    return address(f"jobs_desk:{name}", slug=request.municipality.slug, **parts)


@desk("jobs.read")
@require_GET
@never_cache
def jobs(request: HttpRequest) -> HttpResponse:
    """My jobs; everybody's for who manages jobs."""
    rows = Job.objects.visible_to(request.member).select_related("by").defer("ids", "refused", "options")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "jobs/list.html", {"page_obj": page, "sees_all": request.member.may("jobs.manage")})


@desk("jobs.read")
@require_GET
@never_cache
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One job; asked by htmx, only what moves."""
    row = _job_or_404(request, pk)
    context = {"job": row, "job_address": _address(request, "job", pk=pk) if row.is_open else "", "refused": row.refused[:500]}
    return render(request, "jobs/part_job.html" if request.htmx else "jobs/job.html", context)


@desk("jobs.read")
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    actions.cancel(_job_or_404(request, pk), by=request.user)
    messages.success(request, _("取り消しを受け付けました。済んだ分はそのまま残ります。"))
    return redirect(_address(request, "job", pk=pk))


@desk("jobs.read")
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    row = actions.run_again(_job_or_404(request, pk), by=request.user)
    messages.success(request, _("もう一度動かします。"))
    return redirect(_address(request, "job", pk=row.pk))


@desk("jobs.manage")
@require_GET
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Do workers live, how much waits, what failed? The queue is the installation's, so only counts and task names are shown."""
    rows = DBTaskResult.objects.all()
    context = {
        "workers": Worker.objects.all()[:20],
        "is_alive": any(worker.is_alive for worker in Worker.objects.all()),
        "waiting": rows.ready().count(),
        "oldest": rows.ready().order_by("enqueued_at").first(),
        "running": rows.running().count(),
        "failed": rows.failed().count(),
        "failures": [(row.finished_at, row.task_path, _kind_of_failure(row)) for row in rows.failed().order_by("-finished_at")[:20]],
    }
    return render(request, "jobs/health.html", context)


def _kind_of_failure(row: DBTaskResult) -> str:
    """Kind and place as our tasks keep them; of any other error only its class, for its words may quote personal data."""
    last = row.traceback.strip().rpartition("\n")[2]
    return last.partition(": ")[2] if row.exception_class_path.endswith(".TaskFailed") else row.exception_class_path
