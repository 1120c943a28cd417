"""Answers of earlier applications, offered before a draft is filled: each with where it was given, taken over only when picked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.applications.actions import Suggestion, reuse, suggestions
from madoguchi.applications.models import Application
from madoguchi.applications.views.access import application_of, own_case
from madoguchi.applications.views.fill import to
from madoguchi.engines.forms import pick, show
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import anyone
from madoguchi.lib.tags import reader
from madoguchi.procedures.actions import lists


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
@own_case
def offer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """For who is signed in and applied before; everybody else goes on to the form."""
    application = application_of(request, uuid)
    found = suggestions(application=application, resident=request.user) if request.user.is_authenticated else []
    if not found:
        return redirect(to(request, "fill", application))
    if request.method == "POST":
        picked = request.POST.getlist("pick")
        try:
            reuse(application=application, picked=picked, by=request.user)
        except Refused as refused:
            return _show(request, application, found, str(refused))
        return redirect(to(request, "fill", application))
    return _show(request, application, found)


def _show(request: HttpRequest, application: Application, found: list[Suggestion], said: str = "") -> HttpResponse:
    context = {
        "application": application,
        "procedure": application.procedure,
        "groups": list(_by_source(found)),
        "go_on": to(request, "fill", application),
        "problems": [{"target": "pick-1", "sentence": said}] if said else [],
        "has_errors": bool(said),
    }
    return render(request, "applications/together/reuse.html", context, status=422 if said else 200)


def _by_source(found: list[Suggestion]) -> Iterable[dict[str, Any]]:
    language, known, number = reader(), lists(), 0
    for source in {one.source.pk: one.source for one in found}.values():
        rows = []
        for one in (each for each in found if each.source.pk == source.pk):
            number += 1
            row = one.offer.source.row
            label = pick(one.offer.question.label, language)
            rows.append(
                {
                    "path": one.offer.path,
                    "id": f"pick-{number}",
                    "label": f"{row.named(language)} {label}" if row is not None else label,
                    "value": show(one.offer.question, one.offer.value, language, lists=known),
                }
            )
        yield {"source": source, "rows": rows}
