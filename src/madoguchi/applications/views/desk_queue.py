"""The queue: the desk's home."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from madoguchi.applications.actions import accept, assign, give_feedback
from madoguchi.applications.backends import first_page
from madoguchi.applications.batches import Batch, over
from madoguchi.applications.forms.desk import AssignForm, QueueFilter
from madoguchi.applications.models import Application, State
from madoguchi.applications.models.queue import cases_of, days_late, desk_state, listed, marks, narrowed, ordered, tab, tab_names
from madoguchi.applications.views.desk_access import show, to
from madoguchi.applications.views.desk_place import LONGEST, remember
from madoguchi.lib import numbers
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.lib.tags import date_ja, plain_text

PAGE = 50


@desk("desk")
@never_cache
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The desk's first page: the queue for who reads cases; the others begin at the first entry of their menu."""
    if request.member.may("cases.read"):
        return show_queue(request)
    if place := first_page(request):
        return redirect(place)
    raise Http404


def show_queue(request: HttpRequest) -> HttpResponse:
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
    sort = request.GET.get("sort", "due")
    rows = Paginator(listed(found, sort), PAGE).get_page(request.GET.get("page"))
    remember(request, ordered(found, sort).values_list("pk", flat=True)[:LONGEST])
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
        **nothing_here(chosen, to(request, "queue")),
        # A column that says the same in every row says nothing.
        "one_procedure": len(form.fields["procedure"].choices) <= 2 or bool(not text and request.GET.get("procedure")),
        "one_assignee": not text and (chosen == "mine" or request.GET.get("assignee") in ("me", "none")),
    }
    return show(request, "queue", context, status=422 if form.errors else 200)


def nothing_here(tab: str, queue: str) -> dict[str, str]:
    """What an empty list says, and where to go on from it."""
    said = {
        "mine": _("いま担当している申請はありません。"),
        "late": _("期限を過ぎた申請はありません。"),
        "resident": _("補正の返事を待っている申請はありません。"),
        "news": _("新しい連絡や変更はありません。"),
        "approvals": _("決裁を待つ起案はありません。"),
        "all": _("まだ申請が届いていません。"),
    }
    onward = {"mine": "division", "division": "all"}.get(tab, "")
    words = {"division": _("課の申請を見る"), "all": _("終わった申請も見る")}.get(onward, "")
    place = f"{queue}?tab={onward}" if onward else ""
    return {"nothing_here": said.get(tab, _("手続き中の申請はありません。")), "elsewhere": place, "elsewhere_words": words}


def row_of(case: Any) -> dict[str, Any]:
    """One line of a list of cases, from a row of `listed`."""
    return {
        "case": case,
        "state": desk_state(case, held=case.is_held),
        "style": "held" if case.is_held and case.state == State.DECIDED else case.state,
        "late": days_late(case),
        "marks": marks(case),
        "today": case.due_on == timezone.localdate() and case.is_open,
        "arrived": short_day(case.arrived_at),
        "due": short_day(case.due_on) if case.due_on and case.state in (State.SUBMITTED, State.ACCEPTED) and not case.is_finished else "",
        "instead": instead_of_due(case),
        "unanswered": case.state == State.CORRECTING and bool(case.answer_due_on) and case.answer_due_on < timezone.localdate(),
    }


def instead_of_due(case: Any) -> str:
    """What stands where no due day of ours runs: the resident's own, the round's result day, or when it was over."""
    if case.state == State.CORRECTING and case.answer_due_on:
        over = case.answer_due_on < timezone.localdate()
        return (_("返事の期限 %(day)s を過ぎました") if over else _("返事は%(day)sまで")) % {"day": short_day(case.answer_due_on)}
    if case.state == State.WITHDRAWN:
        return _("%(day)sに取下げ") % {"day": short_day(case.withdrawn_at)}
    if case.is_finished:
        return _("%(day)sに受付") % {"day": short_day(case.accepted_at)}
    if case.is_held and case.state == State.DECIDED:
        return _("保留は%(day)sまで") % {"day": short_day(case.held_until)} if case.held_until else _("保留の期限なし")
    if case.state == State.DECIDED:
        return _("%(day)sに決定") % {"day": short_day(case.decided_at)}
    return plain_text(case.procedure.standard_label) or _("期限の定めなし")


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
