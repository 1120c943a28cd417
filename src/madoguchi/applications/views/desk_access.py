"""What every desk page of this room does: find the case within the division's wall, say what was done, show a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from madoguchi.applications.models import Application
from madoguchi.applications.models.queue import cases_of
from madoguchi.lib import numbers
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused


def to(request: HttpRequest, name: str, **parts: Any) -> str:
    """Address of a desk page of this room."""
    return address(f"applications_desk:{name}", slug=request.municipality.slug, **parts)


def case_of(request: HttpRequest, number: str) -> Application:
    """The case if the member's division has it; another division's does not exist for them."""
    rows = cases_of(request.member).select_related(
        "procedure__division", "procedure__current", "version", "resident", "assignee", "municipality", "filed_with"
    )
    return get_object_or_404(rows, number=numbers.read_number(number) or "")


def back_to_case(request: HttpRequest, application: Application, anchor: str = "") -> HttpResponse:
    return redirect(to(request, "case", number=application.number) + anchor)


def acted(request: HttpRequest, application: Application, act: Callable[[], object], said: Any, anchor: str = "") -> HttpResponse:
    """Do one act of a case's page and go back to it; a refusal is said there, above the state as it now is."""
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
        return back_to_case(request, application)
    messages.success(request, str(said))
    return back_to_case(request, application, anchor)


def only_posted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For an act on a case. Its address opened as a page (after signing in again, by the back button) leads to the case."""

    @wraps(view)
    def posted(request: HttpRequest, number: str, **parts: Any) -> HttpResponse:
        if request.method != "POST":
            return back_to_case(request, case_of(request, number))
        return view(request, number, **parts)

    return posted


def show(request: HttpRequest, page: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A desk page; the slot for opinions knows it by name, and leads on to a page that can be opened."""
    common: dict[str, Any] = {
        "search_query": request.GET.get("q", "")[:100],
        "feedback_end": f"desk:{page}",
        "has_errors": status == 422,
    }
    if request.method != "GET" and (application := context.get("application")) is not None:
        common["feedback_next"] = to(request, "case", number=application.number)
    return render(request, f"applications/desk/{page}.html", {**common, **context}, status=status)
