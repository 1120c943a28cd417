"""棚卸調査: opening one, who answered, one division's answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.procedures.actions import (
    add_in_survey,
    answer_entry,
    approve_reply,
    close_survey,
    open_survey,
    propose_in_survey,
    remind_divisions,
    send_back_reply,
    submit_reply,
)
from madoguchi.procedures.forms import AnswerForm, NewEntryForm, SheetFile, SurveyForm
from madoguchi.procedures.models import InventoryEntry, InventoryReply, NationalProcedure
from madoguchi.procedures.models.inventory_sheet import sheet_of
from madoguchi.procedures.views.inventory_pages import acted, file, manages, reply_of, show, survey_of, to


@desk("inventory.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def new_survey(request: HttpRequest) -> HttpResponse:
    """Choose what to ask, whom, and until when."""
    form = SurveyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = open_survey(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error({"name": "name", "asked": "asked", "due_on": "due_on"}.get(refused.code), str(refused))
        else:
            return acted(request, lambda: None, _("調査を始め、課に知らせました。"), to(request, "survey", survey=made.pk))
    return show(request, "new_survey", {"form": form, "has_errors": bool(form.errors)}, 400 if form.errors else 200)


@desk("inventory.answer")
@never_cache
@require_GET
def survey(request: HttpRequest, survey: int) -> HttpResponse:
    """Every division's reply, for who manages; the others go to their own."""
    row = survey_of(survey)
    if not manages(request):
        own = get_object_or_404(InventoryReply.objects.select_related("division"), round=row, division=request.member.division)  # type: ignore[attr-defined]
        return redirect(to(request, "reply", survey=row.pk, division=own.division.code))
    replies = row.replies.select_related("division", "answered_by", "approved_by")
    shown = [{"reply": one, "total": _own(one).count(), "done": _own(one).filter(answered_in=row).count()} for one in replies]
    states = [(label, sum(one["reply"].state == value for one in shown)) for value, label in InventoryReply.state.field.choices]
    return show(request, "survey", {"survey": row, "rows": shown, "states": states, "is_late": row.is_late(timezone.localdate())})


def _own(reply: InventoryReply) -> InventoryEntry:
    return InventoryEntry.objects.standing().filter(division=reply.division_id)  # type: ignore[no-any-return]


@desk("inventory.manage")
@require_POST
def remind(request: HttpRequest, survey: int) -> HttpResponse:
    """Write to those who have not answered."""
    row = survey_of(survey)
    here = to(request, "survey", survey=row.pk)
    try:
        count = remind_divisions(round=row, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(here)
    said = ngettext("%(count)s課に催促を送りました。", "%(count)s課に催促を送りました。", count) % {"count": count}
    return acted(request, lambda: None, said if count else _("今日は、催促する課がありません。"), here)


@desk("inventory.manage")
@require_POST
def close(request: HttpRequest, survey: int) -> HttpResponse:
    row = survey_of(survey)
    return acted(
        request, lambda: close_survey(round=row, by=request.user), _("調査を締め切りました。"), to(request, "survey", survey=row.pk)
    )


@desk("inventory.answer")
@never_cache
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, survey: int, division: str) -> HttpResponse:
    """One division's procedures: which were looked at, Excel out and in, and the chief's word."""
    row = reply_of(request, survey, division)
    if request.method == "POST":
        return _act(request, row)
    rows = list(_own(row).select_related("division", "answered_in").order_by("number"))
    context = {
        "reply": row,
        "survey": row.round,
        "rows": [{"entry": one, "is_done": one.answered_in_id == row.round_id} for one in rows],
        "left": sum(one.answered_in_id != row.round_id for one in rows),
        "has_national": NationalProcedure.objects.exists(),
        "new": NewEntryForm(),
        "file": SheetFile(),
        "may_approve": request.member.may("inventory.approve") and row.division_id == request.member.division_id,  # type: ignore[attr-defined]
        "is_late": row.round.is_late(timezone.localdate()),
    }
    return show(request, "reply", context)


def _act(request: HttpRequest, row: InventoryReply) -> HttpResponse:
    here = to(request, "reply", survey=row.round_id, division=row.division.code)
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "")
    is_chief = request.member.may("inventory.approve") and row.division_id == request.member.division_id  # type: ignore[attr-defined]
    if act == "submit":
        return acted(request, lambda: submit_reply(reply=row, by=request.user), _("回答を出しました。課長の承認を待ちます。"), here)
    if act == "propose":
        return acted(request, lambda: propose_in_survey(reply=row, by=request.user), _("国の棚卸から、空いている項目を入れました。"), here)
    if act == "add":
        form = NewEntryForm(request.POST)
        if not form.is_valid():
            messages.error(request, form.errors["name"][0])
            return redirect(here)
        name = form.cleaned_data["name"]
        return acted(request, lambda: add_in_survey(reply=row, name=name, by=request.user), _("手続きを加えました。"), here)
    if act == "approve" and is_chief:
        return acted(request, lambda: approve_reply(reply=row, by=request.user), _("承認しました。"), here)
    if act == "send_back" and (is_chief or manages(request)):
        return acted(request, lambda: send_back_reply(reply=row, reason=reason, by=request.user), _("差し戻しました。"), here)
    raise Http404


@desk("inventory.answer")
@require_GET
def reply_xlsx(request: HttpRequest, survey: int, division: str) -> HttpResponse:
    """The division's rows with the columns that are asked."""
    row = reply_of(request, survey, division)
    return file(sheet_of(_own(row).select_related("division").order_by("number"), row.round.asked), f"inventory-{row.division.code}.xlsx")


@desk("inventory.answer")
@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, survey: int, division: str, number: str) -> HttpResponse:
    """One procedure's columns; saved, the next one that was not looked at is open."""
    row = reply_of(request, survey, division)
    found = get_object_or_404(_own(row).select_related("division", "procedure"), number=number)
    form = AnswerForm(request.POST or None, names=row.round.asked, entry=found)
    if request.method == "POST" and form.is_valid():
        try:
            answer_entry(reply=row, entry=found, values=form.values(), by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _next(request, row, found)
    status = 400 if request.method == "POST" else 200
    place = {"entry": found, "reply": row, "survey": row.round, "form": form, "has_errors": status == 400}
    return show(request, "answer", {**place, "left": _own(row).exclude(answered_in=row.round).count()}, status)


def _next(request: HttpRequest, row: InventoryReply, found: InventoryEntry) -> HttpResponse:
    following = _own(row).exclude(answered_in=row.round).order_by("number").first()
    parts = {"survey": row.round_id, "division": row.division.code}
    place = to(request, "answer", number=following.number, **parts) if following is not None else to(request, "reply", **parts)
    return acted(request, lambda: None, _("%(name)sを保存しました。") % {"name": found.name}, place)
