"""Sheets in, rules to be changed, the month's numbers, the weights, and the table that is published."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.accounts.models import Division
from madoguchi.engines.inventory import columns, write_cell
from madoguchi.engines.japanese import fiscal_year
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.lib.tables import write_csv, write_docx, write_xlsx
from madoguchi.lib.tags import date_ja
from madoguchi.procedures.actions import drop_import, move_rule, read_inventory, record_counts, save_rule, set_weights, take_import
from madoguchi.procedures.actions.importing import facts, said
from madoguchi.procedures.backends import filed_online
from madoguchi.procedures.forms import CountsForm, RuleForm, SheetFile, WeightsForm
from madoguchi.procedures.forms.inventory import WORDS, called, month_of
from madoguchi.procedures.models import (
    CountChannel,
    InventoryCount,
    InventoryEntry,
    InventoryImport,
    InventoryRound,
    InventorySettings,
    RuleChange,
    weights_of,
)
from madoguchi.procedures.models.inventory_figures import Published, published, year_of
from madoguchi.procedures.views.inventory_pages import DOCX, acted, file, import_of, manages, show, to

COUNTED_A_PAGE = 100  # four boxes each: well below what a form may have (DATA_UPLOAD_MAX_NUMBER_FIELDS)
BOX = re.compile(r"c(\d{1,9})-[a-z]+")
SHOWN = 200  # rows of an import on its page
# What is doubtful about a row as a whole; about a cell: forms.inventory.WORDS.
ROW_WORDS = {
    "bad_number": gettext_lazy(
        "手続番号に使えない書き方のため、空いている番号を付けます。使えるのは、文字・数字・「-」・「_」で30字までです"
    ),
    "number_twice": gettext_lazy("同じ手続番号が前の行にあるため、空いている番号を付けます"),
    "division_kept": gettext_lazy("手続番号が登録済みのため、その手続きの所管課のままにします"),
    "plan_kept": gettext_lazy("計画は情報システム担当が変えるため、読みませんでした"),
}


@desk("inventory.answer")
@never_cache
@require_http_methods(["GET", "POST"])
def importing(request: HttpRequest) -> HttpResponse:
    """Choose a sheet; a division's own, or everybody's for who manages."""
    if not manages(request) and request.member.division is None:  # type: ignore[attr-defined]
        raise Http404  # without a division every division's rows would be taken
    form = SheetFile(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name, data = form.cleaned_data["file"]
        division = None if manages(request) else request.member.division  # type: ignore[attr-defined]
        survey = (
            InventoryRound.objects.filter(pk=int(text)).first()
            if (text := request.POST.get("survey", "")).isdecimal() and len(text) < 10
            else None
        )
        try:
            made = read_inventory(data=data, name=name, division=division, round=survey, by=request.user)
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect(to(request, "inventory_import", found=made.pk))
    rows = InventoryImport.objects.select_related("by", "division")
    rows = rows if manages(request) else rows.filter(division=request.member.division)  # type: ignore[attr-defined]
    return show(request, "importing", {"form": form, "imports": rows[:20], "has_errors": bool(form.errors)}, 400 if form.errors else 200)


@desk("inventory.answer")
@never_cache
@require_http_methods(["GET", "POST"])
def one_import(request: HttpRequest, found: int) -> HttpResponse:
    """What was understood, what was not, what would change; then take it over, or not."""
    row = import_of(request, found)
    if request.method == "POST":
        if request.POST.get("act") == "drop":
            return acted(
                request, lambda: drop_import(found=row, by=request.user), _("取り込みをやめました。"), to(request, "inventory_importing")
            )
        return acted(
            request, lambda: take_import(found=row, by=request.user), _("取り込みました。"), to(request, "inventory_import", found=row.pk)
        )
    rows = row.found["rows"]
    context = {
        "import": row,
        "found": row.found,
        "counts": [(_label(what), sum(one["what"] == what for one in rows)) for what in ("new", "changed", "same", "refused")],
        **_cut("rows", [_shown(one, plan=row.division is None) for one in rows if one["what"] != "same"]),
        **_cut("doubts", _worded([*row.found["doubts"], *(doubt for one in rows for doubt in one.get("doubts", ()))])),
        **_cut("passed", _worded(row.found["passed"])),
    }
    return show(request, "import", context)


def _cut(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A list of the page, how many more there are, and how many in all."""
    return {name: rows[:SHOWN], f"{name}_more": max(0, len(rows) - SHOWN), f"{name}_total": len(rows)}


def _worded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With why in words, by row; a word that the engine learnt later than this page still opens the page."""
    words, other = {**WORDS, **ROW_WORDS}, _("書かれていたとおりか、確かめてください")
    return [{**one, "words": words.get(one["word"], other)} for one in sorted(rows, key=lambda one: one["row"])]


def _label(what: str) -> str:
    return {"new": _("新しい手続き"), "changed": _("変わる手続き"), "same": _("同じ手続き"), "refused": _("取り込めない行")}[what]


def _shown(one: dict[str, Any], *, plan: bool) -> dict[str, Any]:
    """A row with what is written of it: the values of a new one, what a known one had and will have."""
    known = columns()
    if one["what"] == "new":
        stated = (said if plan else facts)(one["values"])
        lines = [f"{called(known['number'])}：{one['number']}"] if one.get("number") else []
        lines += [f"{called(known[name])}：{_cell(name, value)}" for name, value in stated.items() if name != "name"]
    else:
        lines = [f"{called(known[name])}：{_cell(name, old)} → {_cell(name, new)}" for name, (old, new) in one["changes"].items()]
    return {**one, "label": _label(str(one["what"])), "said": lines}


def _cell(name: str, value: Any) -> object:
    return "–" if value in (None, []) else write_cell(columns()[name], value)


# -- rules -------------------------------------------------------------------------------------------------------------------------


@desk("inventory.answer")
@never_cache
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """What must change first, how far it is, and what each would free."""
    form = RuleForm(request.POST or None)
    if request.method == "POST":
        if not manages(request):
            raise Http404
        if form.is_valid():
            try:
                save_rule(rule=None, by=request.user, **form.cleaned_data)
            except Refused as refused:
                form.add_error("title", str(refused))
            else:
                return acted(request, lambda: None, _("改正を登録しました。"), to(request, "inventory_rules"))
    rows = [_freed(rule) for rule in RuleChange.objects.select_related("division").prefetch_related("entries__division")]
    waiting = [
        entry for entry in InventoryEntry.objects.standing().select_related("division", "rule") if entry.track == "B" and entry.rule is None
    ]
    kinds = {code.code: code.ja for code in columns()["rule_change"].codes}
    context = {"rows": rows, "form": form, "kinds": kinds, "waiting": waiting, "has_errors": bool(form.errors)}
    return show(request, "rules", context, 400 if form.errors else 200)


def _freed(rule: RuleChange) -> dict[str, object]:
    entries = [entry for entry in rule.entries.all() if entry.ended_on is None]
    label = next((code.ja for code in columns()["rule_change"].codes if code.code == rule.kind), rule.kind)
    return {"rule": rule, "kind": label, "entries": entries, "filings": sum(one.values.get("count_total") or 0 for one in entries)}


@desk("inventory.manage")
@require_POST
def moving_rule(request: HttpRequest, rule: int) -> HttpResponse:
    """One state further."""
    row = get_object_or_404(RuleChange, pk=rule)
    return acted(
        request,
        lambda: move_rule(rule=row, to=request.POST.get("to", ""), by=request.user),
        _("段階を進めました。"),
        to(request, "inventory_rules"),
    )


# -- counts and weights --------------------------------------------------------------------------------------------------------------


@desk("inventory.answer")
@never_cache
@require_http_methods(["GET", "POST"])
def counts(request: HttpRequest) -> HttpResponse:
    """The month's numbers of the member's division, so many procedures a page as a form may have boxes."""
    division: Division | None = request.member.division  # type: ignore[attr-defined]
    if division is None:
        raise Http404
    month = month_of(request.GET.get("month", ""))
    rows = InventoryEntry.objects.standing().filter(division=division).order_by("number")
    page = Paginator(rows, COUNTED_A_PAGE).get_page(request.GET.get("page"))
    entries = list(page) if request.method == "GET" else list(rows.filter(pk__in=_boxed(request.POST)))
    known = {(row.entry_id, row.channel): row.count for row in InventoryCount.objects.filter(entry__in=entries, month=month)}
    form = CountsForm(request.POST or None, entries=entries, known=known)
    place = f"{to(request, 'inventory_counts')}?month={month:%Y-%m}{f'&page={page.number}' if page.number > 1 else ''}"
    if request.method == "POST" and form.is_valid():
        return acted(
            request,
            lambda: record_counts(division=division, month=month, counts=form.counts(), by=request.user),
            _("件数を保存しました。"),
            place,
        )
    context = {"form": form, "month": month, "channels": CountChannel.labels, "has_errors": bool(form.errors), "division": division}
    context["page_obj"] = page
    return show(request, "counts", context, 400 if form.errors else 200)


def _boxed(posted: Iterable[str]) -> set[int]:
    """The rows that a form had boxes for: what was typed counts, though the list moved on to other pages meanwhile."""
    return {int(found[1]) for name in posted if (found := BOX.fullmatch(name))}


@desk("inventory.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def weights(request: HttpRequest) -> HttpResponse:
    """What the order is made from."""
    form = WeightsForm(request.POST or None, weights=weights_of(InventorySettings.objects.first()))
    if request.method == "POST" and form.is_valid():
        return acted(
            request,
            lambda: set_weights(weights=form.weights(), by=request.user),
            _("重みを保存しました。"),
            to(request, "inventory_weights"),
        )
    return show(request, "weights", {"form": form, "has_errors": bool(form.errors)}, 400 if form.errors else 200)


# -- the published table ----------------------------------------------------------------------------------------------------------


def _table(request: HttpRequest) -> tuple[int, list[Published]]:
    this_year = fiscal_year(timezone.localdate())
    text = request.GET.get("year", "")
    year = int(text) if len(text) == 4 and text.isdecimal() and 2000 <= int(text) <= this_year else this_year
    stood = Q(ended_on=None) | Q(ended_on__gte=year_of(year)[0])
    entries = InventoryEntry.objects.filter(stood).select_related("division", "procedure")
    return year, published(entries, year, filed_online(*year_of(year)), timezone.localdate())


def _header() -> list[str]:
    return [_("手続の名称"), _("所管課"), _("総件数"), _("うちオンライン"), _("割合（%）"), _("数字のもと")]


def _rows(table: list[Published]) -> list[list[object]]:
    return [[one.entry.name, one.entry.division.name, one.total, one.online, one.share, one.basis] for one in table]


@desk("inventory.answer")
@never_cache
@require_GET
def publication(request: HttpRequest) -> HttpResponse:
    """オンライン利用状況の公表: the table as ordinances ask for it, and as files."""
    year, table = _table(request)
    known = [one for one in table if one.total is not None and one.online is not None]
    total, online = sum(one.total or 0 for one in known), sum(one.online or 0 for one in known)
    this_year = fiscal_year(timezone.localdate())
    context = {
        "year": year,
        "years": range(this_year, this_year - 6, -1),
        "table": table,
        "total": total,
        "online": online,
        "share": round(100 * online / total, 1) if total else None,
        "unknown": len(table) - len(known),
    }
    return show(request, "publication", context)


@desk("inventory.answer")
@require_GET
def publication_file(request: HttpRequest, kind: str) -> HttpResponse:
    year, table = _table(request)
    if kind == "csv":
        return file(write_csv(_rows(table), _header()).data, f"online-{year}.csv", "text/csv; charset=utf-8")
    if kind == "xlsx":
        return file(write_xlsx(_rows(table), _header(), title=f"{year}"), f"online-{year}.xlsx")
    if kind == "docx":
        title = _("オンライン利用状況の公表（%(year)s年度）") % {"year": year}
        notes = [_("%(day)s現在。総件数が空の手続きは、件数が分かっていません。") % {"day": date_ja(timezone.localdate())}]
        return file(write_docx(_rows(table), _header(), title=title, notes=notes), f"online-{year}.docx", DOCX)
    raise Http404
