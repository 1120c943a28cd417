"""The short address of a procedure: what a poster carries and a voice says."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from madoguchi.lib.addresses import address
from madoguchi.lib.guards import anyone
from madoguchi.lib.numbers import read_short_code
from madoguchi.procedures.models import ShortAddress


@anyone
@require_GET
def short(request: HttpRequest, code: str) -> HttpResponse:
    """To the procedure; a code that was mistyped says so, and one whose procedure is not shown says where to ask."""
    read = read_short_code(code[:20])
    rows = ShortAddress.objects.select_related("procedure__division")
    found = rows.filter(code=read).first() if read else None
    if found is None:
        return render(request, "procedures/short_unknown.html", {"code": code[:20], "is_mistyped": read is None}, status=404)
    procedure = found.procedure
    if procedure.is_hidden or procedure.current_id is None:
        return render(request, "procedures/short_hidden.html", {"procedure": procedure, "contact": procedure.division})
    return redirect(address("procedures:procedure", slug=request.municipality.slug, procedure=procedure.slug))  # type: ignore[attr-defined]
