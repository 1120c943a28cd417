"""Finding a procedure, and everything to know before the first question."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from madoguchi.accounts.models import Division
from madoguchi.engines.forms import minutes, pick
from madoguchi.engines.japanese import to_hiragana
from madoguchi.lib.addresses import address
from madoguchi.lib.guards import anyone
from madoguchi.lib.tags import named, reader
from madoguchi.procedures.actions import offered_bundle, offered_bundles
from madoguchi.procedures.backends import panels
from madoguchi.procedures.models import LifeEvent, Opening, Procedure

MOST_USED, NAMES_SHOWN = 5, 2
ROWS = "あかさたなはまやらわ"  # each row's first kana, in order


@dataclass(frozen=True)
class Item:
    """One procedure in a list."""

    procedure: Procedure
    opening: Opening
    closes_soon: bool


def items_of(procedures: Iterable[Procedure], today: date) -> list[Item]:
    return [Item(procedure, procedure.opening(today), procedure.closes_soon(today)) for procedure in procedures]


@anyone
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The municipality's front door: a search box, life events, what closes soon and what most people need."""
    today = timezone.localdate()
    procedures = list(Procedure.objects.public().for_lists())
    closing = sorted((one for one in procedures if one.closes_soon(today)), key=lambda one: one.closes_on)
    used = sorted((one for one in procedures if one.annual_volume and one.is_open(today)), key=lambda one: -one.annual_volume)
    context = {"events": events_of(procedures), "closing": items_of(closing, today), "used": items_of(used[:MOST_USED], today)}
    context["bundles"] = offered_bundles(procedures=procedures) if procedures else []
    return render(request, "procedures/home.html", {**context, "has_any": bool(procedures)})


def events_of(procedures: list[Procedure]) -> list[dict[str, Any]]:
    """The life events that have procedures, with the names of the first few."""
    found = []
    for event in LifeEvent:
        inside = [procedure for procedure in procedures if event in procedure.life_events]
        if inside:
            found.append({"code": event.value, "label": event.label, "first": inside[:NAMES_SHOWN], "more": len(inside) > NAMES_SHOWN})
    return found


@anyone
@require_GET
def life_event(request: HttpRequest, event: str) -> HttpResponse:
    """What there is to do when something happens in a life; the address of a bundle leads to its guide."""
    if event not in LifeEvent.values:
        return _guide(request, event)
    public = list(Procedure.objects.public().for_lists())
    inside = [one for one in public if event in one.life_events]
    context = {"heading": LifeEvent(event).label, "items": items_of(inside, timezone.localdate())}
    context["bundles"] = [one for one in offered_bundles(procedures=public) if one.bundle.life_event == event]
    return render(request, "procedures/list.html", context)


def _guide(request: HttpRequest, name: str) -> HttpResponse:
    found = offered_bundle(name)
    if found is None or not found.is_on:
        raise Http404
    try:
        return redirect(address("applications:guide", slug=request.municipality.slug, bundle=name))  # type: ignore[attr-defined]
    except NoReverseMatch as not_served:  # a process that takes no applications
        raise Http404 from not_served


@anyone
@require_GET
def division(request: HttpRequest, code: str) -> HttpResponse:
    """A division's procedures, with its telephone."""
    found = get_object_or_404(Division.objects.all(), code=code)
    procedures = Procedure.objects.public().for_lists().of(found)
    context = {"heading": named(found), "division": found, "contact": found, "items": items_of(procedures, timezone.localdate())}
    return render(request, "procedures/list.html", context)


@anyone
@require_GET
def every(request: HttpRequest) -> HttpResponse:
    """All procedures by kana row (by letter in English), and the divisions that have some."""
    today = timezone.localdate()
    procedures = sorted(Procedure.objects.public().for_lists(), key=_sorting)
    rows = [{"row": row, "items": items_of(inside, today)} for row, inside in groupby(procedures, key=_row)]
    divisions = sorted({procedure.division for procedure in procedures}, key=lambda division: division.code)
    return render(request, "procedures/all.html", {"rows": rows, "divisions": divisions})


def _sorting(procedure: Procedure) -> str:
    return pick(procedure.name, "en").casefold() if reader() == "en" else to_hiragana(procedure.kana or procedure.name["ja"])


def _row(procedure: Procedure) -> str:
    """The letter, or the first kana of the row: ぎ → か. Without its marks; the rows follow each other in Unicode as in the table."""
    first = _sorting(procedure)[:1]
    if reader() == "en":
        return first.upper()
    bare = unicodedata.normalize("NFD", first)[:1]
    return max((row for row in ROWS if row <= bare <= "ん"), default=_("ほか"))


@anyone
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What fits the words that somebody has for it."""
    query = request.GET.get("q", "").strip()[:100]
    found = Procedure.objects.public().for_lists().matching(query)
    return render(request, "procedures/search.html", {"query": query, "items": items_of(found, timezone.localdate())})


@anyone
@require_GET
def procedure(request: HttpRequest, procedure: str) -> HttpResponse:
    """Everything to know before the first question, and the button to it."""
    found = get_object_or_404(Procedure.objects.public().select_related("division", "current").defer("current__document"), slug=procedure)
    today = timezone.localdate()
    added = [panel for _alias, backend in panels.all() if (panel := backend.panel(found, request)) is not None]
    context = {
        "procedure": found,
        "contact": found.division,
        "today": today,
        "opening": found.opening(today),
        "minutes": minutes(found.current.form, language=reader()),
        "events": [LifeEvent(event) for event in found.life_events if event in LifeEvent.values],
        "panels": added,
        "show_unsure": bool(found.unsure) and settings.DEMO,
    }
    return render(request, "procedures/procedure.html", context)
