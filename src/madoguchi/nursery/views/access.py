"""What every desk page of this room does: find rows within the division's wall, say what was done, show a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.nursery.backends import has_nursery
from madoguchi.nursery.models import Candidate, Household, Round, Run


def to(request: HttpRequest, name: str, **parts: Any) -> str:
    """Address of a desk page of this room."""
    return address(f"nursery_desk:{name}", slug=request.municipality.slug, **parts)


def rounds_of(request: HttpRequest) -> Any:
    return Round.objects.visible_to(request.member).select_related("procedure__division", "municipality", "chosen", "previous")


def round_of(request: HttpRequest, slug: str) -> Round:
    """The round if the member's division has its procedure; another division's does not exist for them."""
    return get_object_or_404(rounds_of(request), slug=slug)


def run_of(request: HttpRequest, pk: int) -> Run:
    rows = Run.objects.select_related("round__procedure__division", "round__municipality", "by", "based_on", "job")
    return get_object_or_404(rows, pk=pk, round__in=rounds_of(request).values("pk"))


def household_of(request: HttpRequest, pk: int) -> Household:
    rows = Household.objects.select_related("round__procedure__division", "round__municipality", "application")
    return get_object_or_404(rows, pk=pk, round__in=rounds_of(request).values("pk"))


def candidate_of(request: HttpRequest, pk: int) -> Candidate:
    rows = Candidate.objects.select_related("round__procedure__division", "round__municipality", "household", "current", "placed")
    return get_object_or_404(rows, pk=pk, round__in=rounds_of(request).values("pk"))


def of_nursery(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For pages of facilities, which belong to no round: only the division that runs the placement has them."""

    @wraps(view)
    def admitted(request: HttpRequest, *args: Any, **parts: Any) -> HttpResponse:
        if request.member.division is None or not has_nursery(request.member):
            raise Http404
        return view(request, *args, **parts)

    return admitted


def acted(request: HttpRequest, act: Callable[[], object], said: Any, address: str) -> HttpResponse:
    """Do one act and go on; a refusal is said there instead."""
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, str(said))
    return redirect(address)


def show(request: HttpRequest, page: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"nursery/desk/{page}.html", context, status=status)
