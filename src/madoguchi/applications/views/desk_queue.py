"""The queue: the desk's home."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from madoguchi.applications.actions import accept, assign, give_feedback
from madoguchi.applications.batches import Batch, over
from madoguchi.applications.forms.desk import AssignForm, QueueFilter
from madoguchi.applications.models import Application
from madoguchi.applications.models.queue import cases_of, days_late, desk_state, listed, marks, narrowed, tab, tab_names
from madoguchi.applications.views.desk_access import show, to
from madoguchi.lib import numbers
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.lib.tags import date_ja

PAGE = 50


@desk("cases.read")
@never_cache
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Tabs, filters and one search box over the division's cases; a whole number goes straight to its case."""
    cases, text = cases_of(request.member), request.GET.get("q", "").strip()[:100]
    number = numbers.read_number(text) if text else None
    if number and cases.filter(number=number).exists():
        return redirect(to(request, "case", number=number))
    names = tab_names(request.member)
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in dict(names) else "division"
    form = QueueFilter(request.GET, member=request.member)
    found = cases.matching(text) if text else narrowed(tab(cases, chosen, request.user), form.filters(), request.user)
    rows = Paginator(listed(found, request.GET.get("sort", "due")), PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": [(name, words, tab(cases, name, request.user).count()) for name, words in names],
        "tab": "" if text else chosen,
        "query": text,
        "form": form,
        "is_narrowed": any(request.GET.get(name) for name in ("procedure", "state", "assignee", "arrived_from", "arrived_to")),
        "page_obj": rows,
        "rows": [row_of(case) for case in rows],
        "assign_form": AssignForm(member=request.member),
        "may_work": request.member.may("cases.work"),
        "may_export": request.member.may("cases.export"),
        "here": request.get_full_path(),
    }
    return show(request, "queue", context, status=422 if form.errors else 200)


def row_of(case: Any) -> dict[str, Any]:
    """One line of a list of cases, from a row of `listed`."""
    return {
        "case": case,
        "state": desk_state(case),
        "late": days_late(case),
        "marks": marks(case),
        "today": case.due_on == timezone.localdate() and case.is_open,
        "arrived": short_day(case.arrived_at),
        "due": short_day(case.due_on),
    }


def short_day(value: date | None) -> str:
    """A day without the year while it is this one: 11月12日（木）."""
    if value is None:
        return ""
    year = timezone.localtime(value).year if isinstance(value, datetime) else value.year
    return date_ja(value).removeprefix(f"{year}年").removesuffix(f" {year}") if year == timezone.localdate().year else date_ja(value)


def ticked(request: HttpRequest) -> list[Application]:
    """The ticked cases that are the division's own; numbers of others are as if they were not there."""
    chosen = request.POST.getlist("case")[:PAGE]
    return list(
        cases_of(request.member)
        .select_related("procedure__division", "procedure__current", "version", "assignee")
        .filter(number__in=chosen)
    )


def say_batch(request: HttpRequest, batch: Batch, words: str) -> None:
    """How many were done, and each that was not with its reason."""
    if batch.done:
        messages.success(request, words % {"count": batch.done})
    for label, sentence in batch.refused[:20]:
        messages.error(request, f"{label}：{sentence}")


def after(request: HttpRequest) -> HttpResponse:
    """Back to the list as it was."""
    wanted = request.POST.get("next", "")
    return redirect(wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else to(request, "queue"))


@desk("cases.work")
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """One act for every ticked case."""
    cases = ticked(request)
    if not cases:
        messages.error(request, _("申請が選ばれていません。一覧で印を付けてください。"))
    elif request.POST.get("act") == "accept":
        batch = over(cases, lambda case: accept(application=case, by=request.user))
        say_batch(request, batch, ngettext("%(count)s件を受け付けました。", "%(count)s件を受け付けました。", batch.done))
    elif request.POST.get("act") == "assign":
        form = AssignForm(request.POST, member=request.member)
        if not form.is_valid():
            raise Refused(_("この人は、この課の担当者ではありません。担当者を選び直してください。"), code="not_of_division")
        batch = over(cases, lambda case: assign(application=case, to=form.user(), by=request.user))
        say_batch(request, batch, ngettext("%(count)s件の担当者を変えました。", "%(count)s件の担当者を変えました。", batch.done))
    return after(request)


@desk("desk")
@require_POST
def feedback(request: HttpRequest) -> HttpResponse:
    """What the staff think of a desk page."""
    score = request.POST.get("score", "")
    end = request.POST.get("end", "")
    given = give_feedback(
        end=end if end.startswith("desk:") else "desk:page",
        score=int(score) if score in ("1", "2", "3", "4", "5") else None,
        words=request.POST.get("words", ""),
        by_staff=True,
    )
    if given is not None:
        messages.success(request, _("ご意見をありがとうございました。"))
    return after(request)
