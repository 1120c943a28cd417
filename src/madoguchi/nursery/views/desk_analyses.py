"""What is asked of a finished run: one more seat everywhere, and its fairness."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from madoguchi.engines.forms import pick
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.lib.tables import write_workbook
from madoguchi.lib.tags import reader
from madoguchi.nursery.actions import start_analysis
from madoguchi.nursery.models import Analysis, AnalysisKind, Run, RunState
from madoguchi.nursery.models.analysing import rows_of, rules_of
from madoguchi.nursery.models.showing import names_of_facilities
from madoguchi.nursery.views.access import run_of, show

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@desk("cases.read")
@never_cache
@require_http_methods(["GET", "POST"])
def analysis(request: HttpRequest, run: int, kind: str) -> HttpResponse:
    """The newest analysis of a kind; POST begins one."""
    row = _finished(request, run, kind)
    problem = ""
    if request.method == "POST":
        if not request.member.may("cases.work"):
            raise Http404
        try:
            made = start_analysis(run=row, kind=kind, by=request.user)
        except Refused as refused:
            problem = str(refused)
        else:
            return redirect(address("jobs_desk:job", slug=request.municipality.slug, pk=made.job.pk))
    newest = Analysis.objects.filter(run=row, kind=kind).select_related("by", "job").first()
    context: dict[str, Any] = {"run": row, "round": row.round, "kind": AnalysisKind(kind), "analysis": newest, "problem": problem}
    context["may_work"] = request.member.may("cases.work")
    if newest is not None and newest.state == RunState.DONE:
        context |= _shown(row, newest)
    return show(request, "analysis", context, status=400 if problem else 200)


def _finished(request: HttpRequest, run: int, kind: str) -> Run:
    row = run_of(request, run)
    if row.state != RunState.DONE or kind not in AnalysisKind.values:
        raise Http404
    return row


def _shown(row: Run, newest: Analysis) -> dict[str, Any]:
    if newest.kind == AnalysisKind.SENSITIVITY:
        names = names_of_facilities()
        rows = [{**one, "name": names.get(one["facility"], one["facility"])} for one in newest.result["rows"] if one["moves"]]
        return {"rows": rows, "untouched": len(newest.result["rows"]) - len(rows)}
    texts = {name: pick(text, reader()) for name, text in rows_of(rules_of(row))}
    rows = [{**one, "text": texts.get(one["row"], one["row"])} for one in newest.result["rows"]]
    dimensions = {"district": _("地区"), "household": _("家庭"), "siblings": _("申込み"), "income": _("区市町村民税の所得割額")}
    groups = [(dimensions[name], [_group(one) for one in figures]) for name, figures in newest.result["groups"].items()]
    return {"rows": rows, "groups": groups}


def _group(one: dict[str, Any]) -> dict[str, Any]:
    share, name = one["share"], one["group"]
    return {**one, "group": _(name), "percent": f"{100 * share:.0f}" if share is not None else None}


@desk("cases.export")
@require_GET
def analysis_xlsx(request: HttpRequest, run: int, kind: str) -> HttpResponse:
    """The newest analysis as a workbook; groups that are not shown are empty there too."""
    row = _finished(request, run, kind)
    newest = Analysis.objects.filter(run=row, kind=kind, state=RunState.DONE).first()
    if newest is None:
        raise Http404
    response = HttpResponse(write_workbook(_sheets(row, newest)), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{kind}-{row.round.slug}-{row.number}.xlsx"'
    return response


def _sheets(row: Run, newest: Analysis) -> dict[str, list[list[Any]]]:
    shown = _shown(row, newest)
    if newest.kind == AnalysisKind.SENSITIVITY:
        head = ["施設番号", "施設", "クラス", "入れる人数の差", "動く人数", "よくなる", "下がる"]
        keys = ("facility", "name", "age", "more_seated", "moves", "better", "worse")
        return {"1席ずつ増やしたら": [head, *([one[key] for key in keys] for one in shown["rows"])]}
    head = ["区分", "群", "人数", "入れる人数", "第1希望", "指数の中央値"]
    keys = ("group", "children", "placed", "first_wish", "median_points")
    groups = [[title, *("" if one[key] is None else one[key] for key in keys)] for title, rows in shown["groups"] for one in rows]
    effect_keys = ("row", "text", "counted", "moves", "better_without", "worse_without", "seated_difference")
    effect_head = ["行", "内容", "数えた世帯", "動く人数", "ないとよくなる", "ないと下がる", "入れる人数の差"]
    return {"群ごと": [head, *groups], "基準の行ごと": [effect_head, *([one[key] for key in effect_keys] for one in shown["rows"])]}
