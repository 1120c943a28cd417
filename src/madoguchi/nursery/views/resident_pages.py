"""For families before they apply: facilities with seats and last cut-offs, the points, the siblings' conditions; and what is published."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from madoguchi.engines.japanese import DateProblem, parse_date
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import anyone
from madoguchi.lib.tables import write_csv
from madoguchi.lib.tags import reader
from madoguchi.nursery.models import District, Facility, FacilityKind, Round
from madoguchi.nursery.models.calculator import boxes, reckon, told
from madoguchi.nursery.models.finding import last_told, round_shown, search
from madoguchi.nursery.models.map import map_of
from madoguchi.nursery.models.rulebook import rulebook_of
from madoguchi.nursery.models.showing import names_of_facilities


def to(request: HttpRequest, name: str, **parts: Any) -> str:
    return address(f"nursery:{name}", slug=request.municipality.slug, **parts)  # type: ignore[attr-defined]


@anyone
@require_GET
def facilities(request: HttpRequest) -> HttpResponse:
    """Find a facility: by name, district, kind and class; on a map and in a list."""
    given = request.GET
    age = int(given["age"]) if given.get("age", "") in list("012345") else None
    kind = given.get("kind", "") if given.get("kind") in FacilityKind.values else ""
    found = search(
        text=given.get("find", "")[:60], district=given.get("district", "")[:30], kind=kind, age=age, only_free=bool(given.get("free"))
    )
    free = {one.facility.code for one in found if (one.classes[age].seats if age is not None else one.has_seat)}
    rows = [one.facility for one in found]
    context = {
        "found": found,
        "map": map_of(rows, reader(), lambda row: to(request, "facility", code=row.code), lambda row: "" if row.code in free else "full"),
        "round": round_shown(),
        "told": last_told(),
        "districts": District.objects.all(),
        "kinds": FacilityKind.choices,
        "ages": range(6),
        "age": age,
        "given": {key: given.get(key, "") for key in ("find", "district", "kind", "age", "free")},
    }
    return render(request, "nursery/facilities.html", context)


@anyone
@require_GET
def facility(request: HttpRequest, code: str) -> HttpResponse:
    """One facility: its facts, seats and last cut-offs."""
    row = get_object_or_404(Facility.objects.select_related("district"), code=code)
    one = next((each for each in search() if each.facility.pk == row.pk), None)
    names = names_of_facilities()
    partners = [(code, names[code]) for code in row.partners if code in names]
    context = {"facility": row, "one": one, "round": round_shown(), "told": last_told(), "partners": partners}
    return render(request, "nursery/facility.html", context)


@anyone
@require_GET
def points(request: HttpRequest) -> HttpResponse:
    """The points before applying: nothing that is typed is kept."""
    row = round_shown()
    if row is None:
        raise Http404
    try:
        rules = rulebook_of(row)
    except Refused as refused:
        return render(request, "nursery/points.html", {"problem": str(refused), "round": row})
    typed = {key: value[:40] for key, value in request.GET.items()}
    language, yes_no = reader(), (_("はい"), _("いいえ"))
    birth, problem = _birth(typed.get("birth", ""))
    groups = [
        (_("家庭のこと"), list(boxes(rules, "household", "h_", typed, language, yes_no))),
        (_("保護者（1人目）"), list(boxes(rules, "parent", "p1_", typed, language, yes_no))),
        (_("保護者（2人目）"), list(boxes(rules, "parent", "p2_", typed, language, yes_no))),
        (_("お子さま"), list(boxes(rules, "child", "c_", typed, language, yes_no))),
    ]
    asked = any(key in typed for key in ("p1_reason", "birth", "h_single"))
    context = {
        "round": row,
        "rules": rules,
        "groups": groups,
        "birth": typed.get("birth", ""),
        "twins": typed.get("twins", ""),
        "problem": problem,
        "answer": told(rules, reckon(rules, typed, birth=birth, month=row.month)) if asked and not problem else None,
        "unconfirmed": rules.status != "official",
    }
    return render(request, "nursery/points.html", context)


def _birth(text: str) -> tuple[date | None, str]:
    if not text.strip():
        return None, ""
    try:
        return parse_date(text), ""
    except DateProblem:
        return None, _("お子さまの生年月日を読み取れません。例：2025-04-15、令和7年4月15日")


@anyone
@require_GET
def siblings(request: HttpRequest) -> HttpResponse:
    """The conditions for siblings, each in a parent's words and with a picture."""
    return render(request, "nursery/siblings.html", {"conditions": CONDITIONS})


# (picture, heading, what it means, what it costs)
CONDITIONS = (
    "same_facility",
    "same_facility_first",
    "same_time",
    "any_same_first",
    "any",
    "independent",
)


@anyone
@require_GET
def figures(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002 the address's word
    """What is public after a result: 申込倍率 and lowest points per facility and class."""
    row = _told(round)
    names = names_of_facilities()
    rows = [{**one, "name": names.get(one["facility"], one["facility"])} for one in row.figures.get("classes", [])]
    context = {"round": row, "rows": rows, "totals": row.figures.get("totals", {}), "small": row.figures.get("small")}
    return render(request, "nursery/figures.html", context)


@anyone
@require_GET
def figures_csv(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """The same as open data."""
    row = _told(round)
    names = names_of_facilities("ja")
    header = ["団体コード", "入園月", "回", "施設番号", "施設名", "クラス", "募集人員", "希望者数", "申込倍率", "内定者数", "最低指数"]
    rows = [
        [
            row.municipality.code, f"{row.month:%Y-%m}", row.name, one["facility"], names.get(one["facility"], ""),
            "+".join(map(str, one["classes"])), one["seats"], one["wishes"], one["ratio"], one["placed"], "非公表" if one["hidden"] else one["last_points"],
        ]
        for one in row.figures.get("classes", [])
    ]  # fmt: skip
    response = HttpResponse(write_csv(rows, header).data, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="nursery-{row.slug}.csv"'
    return response


def _told(slug: str) -> Round:
    return get_object_or_404(Round.objects.told().select_related("municipality"), slug=slug)
