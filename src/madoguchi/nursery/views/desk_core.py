"""The core system's files, in and out, and the lists that each nursery gets (名簿)."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.lib.tables import write_csv, write_workbook, write_xlsx
from madoguchi.nursery.actions import import_core_families, save_layout
from madoguchi.nursery.forms.facilities import SheetForm
from madoguchi.nursery.models import Candidate, CoreLayout, Facility, Round
from madoguchi.nursery.models.core_layout import VALUES, exported
from madoguchi.nursery.views.access import acted, round_of, show, to

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@desk("cases.read")
@never_cache
@require_GET
def core(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002 the address's word
    """The mapping file, families in, results out."""
    row = round_of(request, round)
    newest = CoreLayout.objects.select_related("by").first()
    context = {
        "round": row,
        "layout": newest,
        "shown": json.dumps(newest.document, ensure_ascii=False, indent=1) if newest is not None else "",
        "values": VALUES,
        "sheet": SheetForm(),
        "may_work": request.member.may("cases.work"),
        "may_export": request.member.may("cases.export"),
    }
    return show(request, "core_system", context)


@desk("cases.work")
@require_POST
def layout(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """A new mapping file."""
    back, file = to(request, "core", round=round_of(request, round).slug), request.FILES.get("file")
    if file is None or file.size > 1_000_000:
        messages.error(request, _("対応表のファイル（JSON、1MBまで）を選んでください。"))
        return redirect(back)
    try:
        document = json.loads(file.read().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        messages.error(request, _("JSONとして読めません。かっことカンマを確かめて、もう一度選んでください。"))
        return redirect(back)
    return acted(request, lambda: save_layout(document=document, name=file.name, by=request.user), _("対応表を登録しました。"), back)


@desk("cases.work")
@require_POST
def import_families(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """Families from the core system's sheet."""
    row, form = round_of(request, round), SheetForm(request.POST, request.FILES)
    back = to(request, "core", round=row.slug)
    if not form.is_valid():
        messages.error(request, _("取り込むファイルを選んでください（10MBまで）。"))
        return redirect(back)
    try:
        count, doubts = import_core_families(round=row, data=form.cleaned_data["file"].read(), by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(count)s人のお子さまを取り込みました。") % {"count": count})
        for doubt in doubts[:20]:
            messages.warning(request, doubt)
    return redirect(back)


@desk("cases.export")
@require_GET
def export(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """Results in the core system's layout."""
    row = round_of(request, round)
    newest = CoreLayout.objects.first()
    wanted = newest.document.get("export") if newest is not None else None
    if wanted is None:
        raise Http404
    header, rows = exported(list(_children(row).order_by("household__code", "order")), wanted)
    name = f"results-{row.slug}"
    if wanted.get("file") == "xlsx":
        return _file(write_xlsx(rows, header, title="results"), f"{name}.xlsx", XLSX)
    written = write_csv(rows, header, encoding=wanted.get("encoding", "utf-8-sig"))
    return _file(written.data, f"{name}.csv", "text/csv")


def _file(data: bytes, name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(data, content_type=media_type, headers={"X-Content-Type-Options": "nosniff"})
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _children(row: Round) -> Any:
    return Candidate.objects.competing().filter(round=row).select_related("household", "placed", "decision", "round", "current")


HEADER = ["児童番号", "氏名", "フリガナ", "生年月日", "クラス", "保護者", "結果", "転園"]


def _roster(row: Round, facility: Facility) -> list[list[Any]]:
    """Who comes to a nursery: those placed there, by class and name."""
    children = _children(row).placed().filter(placed=facility).order_by("age_class", "kana", "code")
    return [
        [one.code, one.name, one.kana, one.day_of_birth, one.age_class, one.household.name, str(one.get_state_display()), 1 if one.is_transfer else 0]
        for one in children
    ]  # fmt: skip


@desk("cases.export")
@require_GET
def roster_xlsx(request: HttpRequest, round: str, code: str) -> HttpResponse:  # noqa: A002
    """The list of one nursery, to send to it."""
    row, facility = round_of(request, round), get_object_or_404(Facility, code=code)
    return _file(write_xlsx(_roster(row, facility), HEADER, title=facility.name["ja"]), f"roster-{row.slug}-{facility.code}.xlsx", XLSX)


@desk("cases.export")
@require_GET
def rosters_xlsx(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """Every nursery's list, a sheet each; nurseries to which nobody comes are left out."""
    row = round_of(request, round)
    wanted = Facility.objects.filter(placed_candidates__in=Candidate.objects.placed().filter(round=row)).distinct().order_by("code")
    sheets = {f"{facility.code} {facility.name['ja']}": [HEADER, *_roster(row, facility)] for facility in wanted}
    return _file(write_workbook(sheets or {"名簿": [HEADER]}), f"rosters-{row.slug}.xlsx", XLSX)
