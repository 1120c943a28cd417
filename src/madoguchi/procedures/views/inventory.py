"""The inventory's home with its pictures, the list in its order, and one procedure with everything that is known of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from madoguchi.engines.inventory import asked, columns, fold, write_cell
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.procedures.actions import end_entry, order_entry, plan_entry, proposals_for, restore_entry, take_proposals, update_entry
from madoguchi.procedures.backends import filed_online
from madoguchi.procedures.forms import AnswerForm, OrderForm, PlanForm
from madoguchi.procedures.forms.inventory import called
from madoguchi.procedures.models import InventoryEntry, InventoryReply, InventoryRound, InventorySettings, PlannedChannel, weights_of
from madoguchi.procedures.models.inventory_figures import barrier_figure, counted_elsewhere, division_figure, history_figure, shares
from madoguchi.procedures.models.inventory_order import ranked
from madoguchi.procedures.models.inventory_sheet import PLAN, sheet_of
from madoguchi.procedures.views.inventory_pages import acted, entries_of, entry_of, file, may_answer, owns, show, to

PAGE = 50
FILTERS = ("track", "division", "barrier", "q")


@desk("inventory.answer")
@never_cache
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """How far the municipality is, what hinders it, and what this member is asked now."""
    entries, today = list(entries_of(request)), timezone.localdate()
    a_year_ago = today - timedelta(days=365)
    place = to(request, "inventory_entries")
    context = {
        "shares": shares(entries, filed_online(a_year_ago, today), counted_elsewhere(a_year_ago, today)),
        "waiting": sum(entry.track == "B" and not entry.is_online for entry in entries),
        "barriers": barrier_figure(entries, lambda code: f"{place}?barrier={code}"),
        "history": history_figure(entries, today),
        "by_division": division_figure(entries, lambda code: f"{place}?division={code}"),
        "surveys": InventoryRound.objects.all()[:10],
        "mine": _asked_now(request),
    }
    return show(request, "home", context)


def _asked_now(request: HttpRequest) -> list[dict[str, Any]]:
    """Open surveys that the member's division has to answer, with how far it is."""
    division = request.member.division  # type: ignore[attr-defined]
    if division is None:
        return []
    found = InventoryReply.objects.filter(division=division, round__state="open").select_related("round", "division")
    own = InventoryEntry.objects.standing().filter(division=division)
    today = timezone.localdate()
    return [
        {"reply": reply, "total": own.count(), "done": own.filter(answered_in=reply.round).count(), "is_late": reply.round.is_late(today)}
        for reply in found
    ]


# -- the list ------------------------------------------------------------------------------------------------------------------


@desk("inventory.answer")
@never_cache
@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """What is not online yet, in the order of the priority; or everything, with `all`."""
    given = {name: request.GET.get(name, "").strip()[:100] for name in FILTERS}
    everything = request.GET.get("all") == "1"
    weights = weights_of(InventorySettings.objects.first())
    rows = ranked([entry for entry in entries_of(request, ended=everything) if everything or not entry.is_online], weights)
    shown = [row for row in rows if _fits(row.entry, given)]
    context = {
        "page_obj": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "given": given,
        "everything": everything,
        "divisions": sorted({(row.entry.division.code, row.entry.division.name) for row in rows}),
        "barriers": [(code.code, code.ja) for code in columns()["barriers"].codes],
        "hours": round(sum(row.score.hours for row in shown)),
    }
    return show(request, "entries", context)


def _fits(entry: InventoryEntry, given: dict[str, str]) -> bool:
    return (
        given["track"] in ("", entry.track)
        and given["division"] in ("", entry.division.code)
        and (not given["barrier"] or given["barrier"] in (entry.values.get("barriers") or ()))
        and fold(given["q"]) in f"{entry.key} {fold(entry.number)}"
    )


@desk("inventory.answer")
@require_GET
def entries_xlsx(request: HttpRequest) -> HttpResponse:
    """The whole inventory with all columns; it comes back without loss."""
    return file(sheet_of(entries_of(request), list(columns())), "inventory.xlsx")


# -- one procedure ---------------------------------------------------------------------------------------------------------------


@desk("inventory.answer")
@never_cache
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, number: str) -> HttpResponse:
    """One procedure: its columns, its place in the order and why, the plan, and everything that was ever written."""
    row = entry_of(request, number)
    if request.method != "POST":
        return _show_entry(request, row)
    act = request.POST.get("act", "")
    if not (owns(request, row) if act == "restore" else may_answer(request, row)):
        raise Http404
    if act in ("plan", "order") and not request.member.may("inventory.manage"):  # type: ignore[attr-defined]
        raise Http404
    if act == "propose":
        return acted(
            request,
            lambda: take_proposals(entries=[row], by=request.user),
            _("国の棚卸から、空いている項目を入れました。"),
            _here(request, row),
        )
    if act == "end":
        return acted(
            request,
            lambda: end_entry(entry=row, reason=request.POST.get("reason", ""), by=request.user),
            _("廃止にしました。"),
            _here(request, row),
        )
    if act == "restore":
        return acted(request, lambda: restore_entry(entry=row, by=request.user), _("廃止を取り消しました。"), _here(request, row))
    return _write(request, row, act)


def _here(request: HttpRequest, row: InventoryEntry) -> str:
    return to(request, "inventory_entry", number=row.number)


def _write(request: HttpRequest, row: InventoryEntry, act: str) -> HttpResponse:
    """The three forms of the page: a faulty one is shown again with what was typed."""
    forms = _forms(row, request.GET.get("columns") == "all", {act: request.POST})
    form = forms.get(act)
    if form is None:
        raise Http404
    if not form.is_valid():
        return _show_entry(request, row, forms, 400)
    acts = {
        "answer": lambda: update_entry(entry=row, values=form.values(), source=_("入力"), by=request.user),
        "plan": lambda: plan_entry(entry=row, plan=form.cleaned_data, by=request.user),
        "order": lambda: order_entry(entry=row, by=request.user, **form.cleaned_data),
    }
    try:
        acts[act]()
    except Refused as refused:
        form.add_error(None, str(refused))
        return _show_entry(request, row, forms, 400)
    return acted(request, lambda: None, _("保存しました。"), _here(request, row))


def _forms(row: InventoryEntry, everything: bool, posted: dict[str, Any] | None = None) -> dict[str, Any]:
    posted = posted or {}
    names = [name for name in columns() if name not in ("number", "division", "name", *PLAN)] if everything else list(asked())
    plan = {name: getattr(row, name) for name in ("channel", "progress", "owner", "rule", "online_on")}
    plan["target_year"] = row.target_year or ""
    return {
        "answer": AnswerForm(posted.get("answer"), names=names, entry=row),
        "plan": PlanForm(posted.get("plan"), initial=plan),
        "order": OrderForm(posted.get("order"), initial={"rank": row.hand_rank, "reason": row.hand_reason}),
    }


def _show_entry(request: HttpRequest, row: InventoryEntry, forms: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    everything = request.GET.get("columns") == "all"
    weights = weights_of(InventorySettings.objects.first())
    order = ranked([one for one in entries_of(request) if not one.is_online], weights)
    place = next((one for one in order if one.entry.pk == row.pk), None) or ranked([row], weights)[0]
    known = columns()
    context = {
        "entry": row,
        "forms": forms or _forms(row, everything),
        "everything": everything,
        "may_answer": may_answer(request, row),
        "may_restore": row.ended_on is not None and owns(request, row),
        "ranked": place,
        "is_ranked": not row.is_online,
        "facts": [(called(known[name]), write_cell(known[name], value)) for name, value in row.values.items() if value not in (None, [])],
        "proposals": _proposed(row) if may_answer(request, row) else [],
        "changes": [_told(change) for change in row.changes.select_related("by")[:30]],
        "has_errors": status == 400,
    }
    return show(request, "entry", context, status)


def _proposed(row: InventoryEntry) -> list[tuple[str, Any]]:
    known = columns()
    return [(called(known[name]), write_cell(known[name], value)) for name, value in proposals_for(row).items()]


def _told(change: Any) -> dict[str, Any]:
    """A change in words: what stood there, and what stands there since."""
    known = columns()
    rows = []
    for name, value in change.after.items():
        column = known.get(name)
        said = [_cell(name, column, one) for one in (change.before.get(name), value)]
        rows.append(
            (
                called(column) if column is not None else _(PLAN_WORDS.get(name, name)),
                *("–" if one in (None, "") else one for one in said),
            )
        )
    return {"change": change, "rows": rows}


def _cell(name: str, column: Any, value: Any) -> Any:
    if name == "channel" and value:
        return PlannedChannel(value).label if value in PlannedChannel.values else value
    return value if column is None else write_cell(column, value)


PLAN_WORDS = {
    "channel": "利用予定サービス", "target_year": "目標年度", "progress": "進捗", "owner": "担当者", "rule": "必要な改正", "hand_rank": "手で決めた順",
    "hand_reason": "順を変えた理由", "ended_on": "なくなった日", "online_on": "オンラインになった日",
}  # fmt: skip
