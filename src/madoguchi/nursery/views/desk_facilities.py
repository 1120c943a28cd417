"""Facilities and seats at the desk: lists, map, history, the ward's sheets in and out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.engines import japanese
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.lib.tables import write_xlsx
from madoguchi.lib.tags import reader
from madoguchi.nursery.actions import free_seats, import_facilities, import_seats, publish_facilities, save_facility, set_seats
from madoguchi.nursery.forms.facilities import FacilityForm, SeatsForm, SheetForm
from madoguchi.nursery.models import District, Facility, FacilityKind, Round, VacancyList
from madoguchi.nursery.models.map import map_of
from madoguchi.nursery.views.access import acted, of_nursery, round_of, rounds_of, show, to

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def found_facilities(request: HttpRequest) -> Any:
    """Narrowed by words, district and kind."""
    rows = Facility.objects.in_order()
    if text := request.GET.get("find", "").strip()[:60]:
        key = japanese.search_key(text)
        rows = [row for row in rows if key in japanese.search_key(f"{row.name.get('ja', '')}{row.kana}{row.station}{row.code}")]
        rows = Facility.objects.in_order().filter(pk__in=[row.pk for row in rows])
    if (kind := request.GET.get("kind", "")) in FacilityKind.values:
        rows = rows.filter(kind=kind)
    if district := request.GET.get("district", ""):
        rows = rows.filter(district__code=district)
    return rows


def newest_round(request: HttpRequest) -> Round | None:
    return rounds_of(request).filter(vacancy_lists__isnull=False).order_by("-month", "-id").first()


@desk("cases.read")
@never_cache
@require_GET
@of_nursery
def facilities(request: HttpRequest) -> HttpResponse:
    """Every facility, on the map and in a list."""
    rows = list(found_facilities(request))
    drawn = map_of(rows, reader(), lambda row: to(request, "facility", code=row.code), lambda row: row.kind.replace("_", "-"))
    context = {
        "rows": rows,
        "map": drawn,
        "districts": District.objects.all(),
        "kinds": FacilityKind.choices,
        "find": request.GET.get("find", ""),
        "kind": request.GET.get("kind", ""),
        "district": request.GET.get("district", ""),
        "sheet": SheetForm(),
        "may_work": request.member.may("cases.work"),
        "here": "facilities",
    }
    return show(request, "facilities", context)


@desk("cases.export")
@require_GET
@of_nursery
def facilities_xlsx(request: HttpRequest) -> HttpResponse:
    """The list as a sheet that can be read in again."""
    header = ["施設番号", "施設名", "よみ", "区分", "地区", "所在地", "電話番号", "最寄り駅", "受入月齢", "開所時間", "名称（英語）"]
    marks = {FacilityKind.PUBLIC: "区", FacilityKind.PUBLIC_PRIVATE: "公", FacilityKind.PRIVATE: "私", FacilityKind.SMALL_A: "小A"}
    marks |= {FacilityKind.KODOMO_EN: "認", FacilityKind.KODOMO_EN_LOCAL: "地"}
    rows = [
        [
            row.code, row.name["ja"], row.kana, marks.get(FacilityKind(row.kind), row.kind),
            row.district.name["ja"] if row.district is not None else "", row.address, row.phone, row.station, f"{row.min_age_days}日", row.hours,
            row.name.get("en", ""),
        ]
        for row in found_facilities(request)
    ]  # fmt: skip
    return _sheet(write_xlsx(rows, header, title="保育施設"), "facilities.xlsx")


def _sheet(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@desk("cases.read")
@never_cache
@require_http_methods(["GET", "POST"])
@of_nursery
def facility(request: HttpRequest, code: str) -> HttpResponse:
    """One facility: its facts to change, seats in each round, history. `new` makes one."""
    row = None if code == "new" else get_object_or_404(Facility.objects.select_related("district"), code=code)
    if request.method == "POST" and not request.member.may("cases.work"):
        raise Http404
    form = FacilityForm(request.POST or None, initial=FacilityForm.initial_of(row) if row is not None else None)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_facility(code=row.code if row is not None else form.cleaned_data["code"], values=form.values(), by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("施設を保存しました。申込みの様式の一覧に出すには「様式の一覧に反映する」を押してください。"))
            return redirect(to(request, "facility", code=saved.code))
    context = {
        "facility": row,
        "form": form,
        "changes": row.changes.select_related("by")[:30] if row is not None else [],
        "seats": _seats_of(request, row) if row is not None else [],
        "may_work": request.member.may("cases.work"),
    }
    return show(request, "facility", context, status=400 if form.errors else 200)


def _seats_of(request: HttpRequest, row: Facility) -> list[tuple[Round, Any]]:
    found = []
    for one in rounds_of(request)[:12]:
        newest = one.current_seats()
        vacancy = newest.rows.filter(facility=row).first() if newest is not None else None
        if vacancy is not None:
            found.append((one, vacancy.seats))
    return found


@desk("cases.work")
@require_POST
@of_nursery
def import_list(request: HttpRequest) -> HttpResponse:
    """The ward's list of facilities."""
    form, back = SheetForm(request.POST, request.FILES), to(request, "facilities")
    if not form.is_valid():
        messages.error(request, _("取り込むファイルを選んでください（10MBまで）。"))
        return redirect(back)
    file = form.cleaned_data["file"]
    try:
        count, doubts = import_facilities(data=file.read(), name=file.name, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(count)s施設を登録・変更しました。") % {"count": count})
        for doubt in doubts[:20]:
            messages.warning(request, doubt)
    return redirect(back)


@desk("cases.work")
@require_POST
@of_nursery
def publish(request: HttpRequest) -> HttpResponse:
    """Give the application form the list."""
    return acted(request, lambda: publish_facilities(by=request.user), _("申込みの様式の一覧に反映しました。"), to(request, "facilities"))


@desk("cases.read")
@never_cache
@require_http_methods(["GET", "POST"])
def seats(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002 the address's word
    """A round's seats: the grid, its history, the ward's sheet in."""
    row = round_of(request, round)
    may_work = request.member.may("cases.work") and not row.is_fixed
    if request.method == "POST" and not may_work:
        raise Http404
    newest = row.current_seats()
    known = newest.seats() if newest is not None else {}
    form = SeatsForm(request.POST or None, facilities=Facility.objects.in_order().running(row.month), seats=known)
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        return acted(
            request,
            lambda: set_seats(round=row, seats=form.seats(), by=request.user, source=_("画面で入力"), note=note),
            _("募集人員を保存しました。"),
            to(request, "seats", round=row.slug),
        )
    lists = list(row.vacancy_lists.select_related("by").order_by("-number")[:20])
    context = {
        "round": row,
        "form": form,
        "newest": newest,
        "history": [(one, difference(one, lists[place + 1] if place + 1 < len(lists) else None)) for place, one in enumerate(lists)],
        "sheet": SheetForm(),
        "may_work": may_work,
        "classes": range(6),
    }
    return show(request, "seats", context, status=400 if form.errors else 200)


def difference(one: VacancyList, before: VacancyList | None) -> list[str]:
    """What a list changed against the one before it, facility by facility."""
    old, new = before.seats() if before is not None else {}, one.seats()
    changed = sorted(code for code in {*old, *new} if old.get(code) != new.get(code))
    if before is None:
        return []
    return [f"{code}：{words(old.get(code))} → {words(new.get(code))}" for code in changed[:40]]


def words(row: tuple[int | None, ...] | None) -> str:
    return "・".join("—" if number is None else str(number) for number in row) if row is not None else _("（なし）")


@desk("cases.export")
@require_GET
def seats_xlsx(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """The newest list of seats as a sheet that can be read in again."""
    row = round_of(request, round)
    newest = row.current_seats()
    header = ["施設番号", "施設名", *(f"{age}歳児" for age in range(6)), "合計"]
    rows = []
    for vacancy in newest.rows.select_related("facility").order_by("facility__code") if newest is not None else []:
        cells = ["—" if number is None else number for number in vacancy.seats]
        rows.append([vacancy.facility.code, vacancy.facility.name["ja"], *cells, sum(number or 0 for number in vacancy.seats)])
    return _sheet(write_xlsx(rows, header, title="募集人員"), f"seats-{row.slug}.xlsx")


@desk("cases.work")
@require_POST
def import_round_seats(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """The ward's 募集人員一覧."""
    row, form = round_of(request, round), SheetForm(request.POST, request.FILES)
    back = to(request, "seats", round=row.slug)
    if not form.is_valid():
        messages.error(request, _("取り込むファイルを選んでください（10MBまで）。"))
        return redirect(back)
    file = form.cleaned_data["file"]
    try:
        _made, doubts = import_seats(round=row, data=file.read(), name=file.name, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("募集人員を取り込みました。"))
        for doubt in doubts[:20]:
            messages.warning(request, doubt)
    return redirect(back)


@desk("cases.work")
@require_POST
def take_free_seats(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """The seats that the round before left."""
    row = round_of(request, round)
    said = _("前の回の残りと辞退の席を入れました。")
    return acted(request, lambda: free_seats(round=row, by=request.user), said, to(request, "seats", round=row.slug))
