"""Asking for a correction, and mending an answer on the resident's behalf."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.applications.actions import NotReady, default_due, desk_edit, is_editable, may_edit, open_case, request_correction
from madoguchi.applications.forms import field_for
from madoguchi.applications.forms.posted import posted_parts
from madoguchi.applications.models import Application
from madoguchi.applications.models.reading import walk_now, walk_revision
from madoguchi.applications.views.desk_access import back_to_case, case_of, show
from madoguchi.applications.views.summary import groups_of
from madoguchi.engines.forms import Item, Problem, say
from madoguchi.engines.japanese import DateProblem, parse_date
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.lib.tags import reader
from madoguchi.procedures.actions import lists

SIMPLE = ("lookup", "ranked")  # at the desk the exact name is typed; a list is searched on the resident's page


def ready_reasons() -> list[str]:
    """Sentences that are often needed; they are offered, never required."""
    return [
        _("書類の文字が読み取れません。明るい場所で、全体が入るように撮り直してください。"),
        _("記入がもれています。記入してください。"),
        _("添付の書類と内容が違います。確かめて、正しいほうに直してください。"),
        _("書類の有効期限が切れています。新しいものを付けてください。"),
        _("別の書類が付いています。付け直してください。"),
    ]


@desk("cases.work")
@never_cache
@require_http_methods(["GET", "POST"])
def asking(request: HttpRequest, number: str) -> HttpResponse:
    """The answers with a box to tick and a reason at each."""
    application = case_of(request, number)
    open_case(application=application, member=request.member)
    if request.method == "GET":
        if may_edit(application) and not application.is_finished:
            return show_asking(request, application, [])
        messages.error(request, _("いまの状態では、補正を求められません。"))
        return back_to_case(request, application)
    problem, due = "", None
    try:
        text = request.POST.get("due_on", "").strip()[:40]
        due = parse_date(text) if text else None
        items = [(path, request.POST.get(f"reason:{path}", "")) for path in request.POST.getlist("path")]
        request_correction(application=application, items=items, words=request.POST.get("words", ""), due_on=due, by=request.user)
    except DateProblem:
        problem, target = _("期限の日付を読み取れません。例：2026-04-15、令和8年4月15日"), "due_on"
    except Refused as refused:
        problem, target = str(refused), f"reason-{refused.details['path']}" if "path" in refused.details else ""
    if problem:
        return show_asking(request, application, [{"target": target, "sentence": problem}])
    messages.success(request, _("直していただくところを知らせました。返事があるまで、処理の期間は止まります。"))
    return back_to_case(request, application)


def show_asking(request: HttpRequest, application: Application, problems: list[dict[str, str]]) -> HttpResponse:
    walked = walk_now(application, application.latest())
    groups = groups_of(walked, application)
    ticked = set(request.POST.getlist("path")) or set(request.GET.getlist("path"))
    for row in (row for group in groups for row in group["rows"]):
        row["askable"] = row["question"].is_typed
        row["ticked"] = row["path"] in ticked
        row["error"] = next((one["sentence"] for one in problems if one["target"] == f"reason-{row['path']}"), "")
        row["reason"] = request.POST.get(f"reason:{row['path']}", "")
    context = {
        "application": application,
        "procedure": application.procedure,
        "groups": groups,
        "problems": problems,
        "words": request.POST.get("words", ""),
        "due_on": request.POST.get("due_on", "") or default_due(application).isoformat(),
        "default_due": default_due(application),
        "ready_reasons": ready_reasons(),
    }
    return show(request, "ask_correction", context, status=422 if problems else 200)


@desk("cases.work")
@never_cache
@require_http_methods(["GET", "POST"])
def editing(request: HttpRequest, number: str) -> HttpResponse:
    """One answer, mended for the resident, who is told why."""
    application = case_of(request, number)
    latest = application.latest()
    item = walk_revision(application, latest).item(request.GET.get("path", "")[:120])
    if item is None or not is_editable(item.question) or not may_edit(application):
        raise Http404
    problems: list[Problem] = []
    refusal = ""
    if request.method == "POST":
        try:
            desk_edit(
                application=application, changes=posted_parts(request, [item]), reason=request.POST.get("reason", ""), by=request.user
            )
        except NotReady as not_ready:
            problems = list(not_ready.problems)
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, _("内容を直し、申請した人に知らせました。"))
            return back_to_case(request, application)
    context = editing_context(request, application, item, problems, refusal)
    return show(request, "edit", context, status=422 if problems or refusal else 200)


def editing_context(request: HttpRequest, application: Application, item: Item, problems: list[Problem], refusal: str) -> dict[str, Any]:
    latest = application.latest()
    field = field_for(item, language=reader(), lists=lists(), typed=latest.typed.get(item.path), problems=problems)
    if request.method == "POST":
        field.values = {part: "\n".join(texts) for part, texts in posted_parts(request, [item])[item.path].items()}
        for choice in field.choices:
            choice["checked"] = choice["id"] in request.POST.getlist(field.name)
    names = [entry["label"] for entry in field.picked] if request.method == "GET" else request.POST.getlist(field.name)
    listed = [{"target": error["target"], "sentence": error["sentence"]} for error in field.errors]
    listed += [{"target": "", "sentence": say(problem, reader())} for problem in problems if problem.path != item.path]
    if refusal:
        listed.append({"target": "edit-reason", "sentence": refusal})
    wanted = field.max if item.question.type == "ranked" else 1
    return {
        "application": application,
        "procedure": application.procedure,
        "field": field,
        "row_name": item.row.named(reader()) if item.row is not None else "",
        "boxes": [names[place] if place < len(names) else "" for place in range(wanted)] if item.question.type in SIMPLE else [],
        "problems": listed,
        "reason": request.POST.get("reason", ""),
    }
