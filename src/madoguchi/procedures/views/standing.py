"""The report to mayor and assembly: figures with their definitions, the rows behind each, assumptions and costs."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.lib.tables import write_csv
from madoguchi.procedures.actions import (
    add_cost,
    offered,
    public_facts,
    remove_cost,
    set_assumptions,
    share_standing,
    withdraw_standing,
)
from madoguchi.procedures.forms import AssumptionsForm, CostForm
from madoguchi.procedures.models import OperatingCost, Procedure, PublicStanding, StandingSettings, assumptions_of
from madoguchi.procedures.models.neighbours import Beside, beside, missing
from madoguchi.procedures.views.inventory_pages import DOCX, acted, entries_of, file, manages, show, to
from madoguchi.procedures.views.standing_report import months, report_of, shares_figure, standing_docx, standing_pdf

FIRST = 10  # so many of what others have stand on the page itself


def _compared(request: HttpRequest) -> list[Beside]:
    return beside(request.municipality, public_facts(), timezone.now())  # type: ignore[attr-defined]


@desk("inventory.answer")
@never_cache
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """One page: how far, how much was saved and spent, beside whom, and what others have."""
    entries = list(entries_of(request))
    report = report_of(entries)
    compared = _compared(request)
    lacking = missing(request.municipality, entries, Procedure.objects.for_lists(), offered())  # type: ignore[attr-defined]
    context = {
        "report": report,
        "months": months(timezone.localdate()),
        "beside": compared,
        "shares": shares_figure(compared),
        "shown": PublicStanding.objects.filter(municipality=request.municipality).first(),  # type: ignore[attr-defined]
        "missing": lacking[:FIRST],
        "missing_more": max(0, len(lacking) - FIRST),
    }
    return show(request, "standing", context)


@desk("inventory.answer")
@never_cache
@require_GET
def standing_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The same page on paper: for the meeting as PDF, to be worked on as Word."""
    if kind not in ("pdf", "docx"):
        raise Http404
    report, compared = report_of(list(entries_of(request))), _compared(request)
    if kind == "docx":
        return file(standing_docx(report, compared, request.municipality), "standing.docx", DOCX)  # type: ignore[attr-defined]
    return file(standing_pdf(report, compared, request.municipality), "standing.pdf", "application/pdf")  # type: ignore[attr-defined]


@desk("inventory.answer")
@never_cache
@require_GET
def rows(request: HttpRequest, figure: str) -> HttpResponse:
    """The rows that one figure is the sum of, and nothing else; also as a file."""
    report = report_of(list(entries_of(request)))
    found = report.figure(figure, request.GET.get("span", ""))
    if found is None:
        raise Http404
    if request.GET.get("as") == "csv":
        lines = [[part.entry.number if part.entry else "", part.name, part.amount, part.how] for part in found.parts]
        header = [_("手続番号"), _("名称"), found.title, _("数字のもと")]
        return file(write_csv(lines, header).data, f"{figure}.csv", "text/csv; charset=utf-8")
    return show(request, "standing_rows", {"figure": found, "report": report})


# -- assumptions, costs, and what is shown to others ------------------------------------------------------------------------------


@desk("inventory.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """What is assumed, with source and day; and whether the others of the installation see this municipality."""
    act, place = request.POST.get("act", ""), to(request, "standing_settings")
    if act == "share":
        return acted(request, lambda: share_standing(by=request.user), _("ほかの自治体に見せています。毎日、作り直します。"), place)
    if act == "withdraw":
        return acted(request, lambda: withdraw_standing(by=request.user), _("見せるのをやめました。見せていた値は消しました。"), place)
    form = AssumptionsForm(request.POST or None, assumed=assumptions_of(StandingSettings.objects.first()))
    if request.method == "POST" and form.is_valid():
        try:
            set_assumptions(assumptions=form.assumptions(), by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return acted(request, lambda: None, _("前提を保存しました。"), to(request, "standing"))
    shown = PublicStanding.objects.filter(municipality=request.municipality).first()  # type: ignore[attr-defined]
    context = {"form": form, "shown": shown, "facts": shown.facts if shown else public_facts(), "has_errors": bool(form.errors)}
    return show(request, "standing_settings", context, 400 if form.errors else 200)


@desk("inventory.answer")
@never_cache
@require_http_methods(["GET", "POST"])
def costs(request: HttpRequest) -> HttpResponse:
    """What was spent, row by row with its paper; entered by who manages the inventory, read by all."""
    if request.method == "POST" and not manages(request):
        raise Http404
    place = to(request, "standing_costs")
    if request.POST.get("act") == "remove":
        cost = get_object_or_404(OperatingCost, pk=_number(request.POST.get("cost", "")))
        return acted(request, lambda: remove_cost(cost=cost, by=request.user), _("経費を取り消しました。"), place)
    form = CostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_cost(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return acted(request, lambda: None, _("経費を登録しました。"), place)
    context = {"form": form, "costs": OperatingCost.objects.select_related("by"), "has_errors": bool(form.errors)}
    return show(request, "standing_costs", context, 400 if form.errors else 200)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0
