"""What every page of the studio looks up: the procedure, its open draft, the way back, and a page made ready for sections."""

from __future__ import annotations

from collections.abc import Collection

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.http import urlencode

from madoguchi.engines.forms.editing import Change, Found, Json, free_place
from madoguchi.lib.addresses import address
from madoguchi.procedures.models import DraftState, FormDraft, Procedure

LAST = 10_000  # an index past the end of every list


def procedure_of(slug: str) -> Procedure:
    """A procedure with its version of now; what does not exist is not found."""
    return get_object_or_404(Procedure.objects.select_related("division", "current"), slug=slug)


def draft_of(procedure: Procedure) -> FormDraft | None:
    """The draft that is open."""
    rows = FormDraft.objects.select_related("holder", "based_on", "procedure__division", "procedure__current")
    return rows.filter(procedure=procedure, state=DraftState.OPEN).first()


def here(request: HttpRequest, procedure: Procedure, at: str = "", **more: str) -> str:
    """Address of the studio, at a part. With `did`, the button that was pressed has the focus again."""
    place = address("procedures_desk:studio", slug=request.municipality.slug, procedure=procedure.slug)  # type: ignore[attr-defined]
    if not at:
        return place
    return f"{place}?{urlencode({'at': at, **more})}" + ("" if "did" in more else "#part")


def edition_in(request: HttpRequest) -> int:
    """The edition that the page showed; -1 for what is none."""
    text = request.POST.get("edition", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def ready_for_sections(document: Json, page: Found, at: str, besides: Collection[str] = ()) -> list[Change]:
    """A page's questions become its first section, where it has no sections yet."""
    if "sections" in page.part:
        return []
    return [{"do": "wrap", "at": at, "id": free_place(document, "section", besides) if page.part.get("questions") else None}]
