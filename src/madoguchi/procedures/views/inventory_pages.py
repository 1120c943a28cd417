"""What every page of the inventory does: find rows within the member's reach, say what was done, show a page, hand out a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.procedures.models import InventoryEntry, InventoryImport, InventoryReply, InventoryRound

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def to(request: HttpRequest, name: str, **parts: Any) -> str:
    """Address of a desk page of this room."""
    return address(f"procedures_desk:{name}", slug=request.municipality.slug, **parts)  # type: ignore[attr-defined]


def manages(request: HttpRequest) -> bool:
    return bool(request.member.may("inventory.manage"))  # type: ignore[attr-defined]


def entries_of(request: HttpRequest, *, ended: bool = False) -> Any:
    """Everybody at the desk reads the whole inventory: it holds no personal data, and divisions learn from each other."""
    rows = InventoryEntry.objects.all() if ended else InventoryEntry.objects.standing()
    return rows.select_related("division", "procedure", "rule")


def entry_of(request: HttpRequest, number: str) -> InventoryEntry:
    rows = InventoryEntry.objects.select_related("division", "procedure", "rule", "answered_in")
    return get_object_or_404(rows, number=number)


def may_answer(request: HttpRequest, entry: InventoryEntry) -> bool:
    """A member writes about the own division's procedures; who manages the inventory about all. What has ended is read only."""
    return entry.ended_on is None and owns(request, entry)


def owns(request: HttpRequest, entry: InventoryEntry) -> bool:
    return manages(request) or entry.division_id == request.member.division_id  # type: ignore[attr-defined, no-any-return]


def survey_of(pk: int) -> InventoryRound:
    return get_object_or_404(InventoryRound, pk=pk)


def reply_of(request: HttpRequest, survey: int, code: str) -> InventoryReply:
    """The reply of the member's own division, or any for who manages; another one does not exist."""
    rows = InventoryReply.objects.select_related("round", "division", "answered_by", "approved_by")
    if not manages(request):
        rows = rows.filter(division=request.member.division)  # type: ignore[attr-defined]
    return get_object_or_404(rows, round=survey, division__code=code)


def import_of(request: HttpRequest, pk: int) -> InventoryImport:
    rows = InventoryImport.objects.select_related("round", "division", "by")
    if not manages(request):
        rows = rows.exclude(division=None).filter(division=request.member.division)  # type: ignore[attr-defined]
    return get_object_or_404(rows, pk=pk)


def acted(request: HttpRequest, act: Callable[[], object], said: Any, place: str) -> HttpResponse:
    """Do one act and go on; a refusal is said there instead."""
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, str(said))
    return redirect(place)


def show(request: HttpRequest, page: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"procedures/inventory/{page}.html", {"manages": manages(request), **context}, status=status)


def file(data: bytes, name: str, kind: str = XLSX) -> HttpResponse:
    """A file to be kept, never shown in the browser."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type=kind, headers=headers)
