"""The studio: a draft is looked at, or one thing is done to it. Works without scripts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.lib.guards import desk
from madoguchi.procedures.views.studio_acts import act
from madoguchi.procedures.views.studio_found import draft_of, procedure_of
from madoguchi.procedures.views.studio_page import show


@desk("forms.edit")
@never_cache
@require_http_methods(["GET", "POST"])
def studio(request: HttpRequest, procedure: str) -> HttpResponse:
    """Look at the draft, or do one thing to it."""
    found = procedure_of(procedure)
    draft = draft_of(found)
    if request.method == "POST":
        return act(request, found, draft)
    if draft is None:
        return render(request, "procedures/studio/begin.html", {"procedure": found})
    return show(request, draft, request.GET.get("at", ""))
