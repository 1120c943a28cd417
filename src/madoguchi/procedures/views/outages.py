"""Outages: recorded here, told to residents on every page, and the deadlines that are moved for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.procedures.actions import cancel_outage, deadlines_in, end_outage, move_deadlines, record_outage, take_back_deadlines
from madoguchi.procedures.backends import deadline_keepers
from madoguchi.procedures.forms.outages import EndForm, OutageForm
from madoguchi.procedures.models import Outage


def _to(request: HttpRequest, outage: Outage) -> HttpResponse:
    return redirect(address("procedures_desk:outage", slug=request.municipality.slug, outage=outage.pk))  # type: ignore[attr-defined]


@desk("forms.publish")
@require_http_methods(["GET", "POST"])
def outages(request: HttpRequest) -> HttpResponse:
    """What was recorded, and a new record."""
    form = OutageForm(request.POST) if request.method == "POST" else OutageForm()
    if form.is_valid():
        try:
            return _to(request, record_outage(by=request.user, **form.cleaned_data))
        except Refused as refused:
            form.add_error("ended_at" if refused.code == "order" else "began_at", str(refused))
    rows = Outage.objects.select_related("by")[:100]
    context = {"form": form, "outages": rows, "has_errors": bool(form.errors)}
    return render(request, "procedures/outages.html", context, status=400 if form.errors else 200)


@desk("forms.publish")
@require_http_methods(["GET", "POST"])
def outage(request: HttpRequest, outage: int) -> HttpResponse:
    """One outage: when it ended, which deadlines it reached, and moving them or putting them back."""
    found = get_object_or_404(Outage.objects.select_related("by"), pk=outage)
    act = ACTS.get(request.POST.get("act", "")) if request.method == "POST" else None
    if act is not None:
        return act(request, found)
    return _page(request, found)


def _page(request: HttpRequest, found: Outage, form: EndForm | None = None) -> HttpResponse:
    dues = deadlines_in(outage=found)
    stands = list(found.moved.filter(taken_back_at=None).select_related("procedure__division"))
    others = sum(keeper.moved(found) for _alias, keeper in deadline_keepers.all())
    context: dict[str, Any] = {
        "outage": found,
        "form": form or EndForm(initial={"ended_at": timezone.localtime(found.ended_at or timezone.now())}),
        "dues": dues,
        "moved": stands,
        "moved_others": others,
        "has_errors": bool(form and form.errors),
    }
    return render(request, "procedures/outage.html", context, status=400 if context["has_errors"] else 200)


def _end(request: HttpRequest, found: Outage) -> HttpResponse:
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            end_outage(outage=found, ended_at=form.cleaned_data["ended_at"], by=request.user)
        except Refused as refused:
            form.add_error("ended_at", str(refused))
        else:
            messages.success(request, _("直った日時を記録しました。"))
            return _to(request, found)
    return _page(request, found, form)


def _move(request: HttpRequest, found: Outage) -> HttpResponse:
    number = move_deadlines(outage=found, keys=request.POST.getlist("key"), by=request.user)
    messages.success(request, _("%(number)s件の期限を動かし、書きかけの方と補正を待っている方にお知らせしました。") % {"number": number})
    return _to(request, found)


def _take_back(request: HttpRequest, found: Outage) -> HttpResponse:
    number = take_back_deadlines(outage=found, by=request.user)
    messages.success(request, _("%(number)s件の期限をもとにもどしました。") % {"number": number})
    return _to(request, found)


def _cancel(request: HttpRequest, found: Outage) -> HttpResponse:
    cancel_outage(outage=found, by=request.user)
    messages.success(request, _("停止の記録を取り消しました。住民のページのお知らせも消えました。"))
    return _to(request, found)


ACTS: dict[str, Callable[[HttpRequest, Outage], HttpResponse]] = {
    "end": _end,
    "move": _move,
    "take_back": _take_back,
    "cancel": _cancel,
}
