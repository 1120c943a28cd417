"""What leaves the screen: the paper edition, a poster for the counter, words for the web site; and the picture of the paths people took."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from madoguchi.engines.forms.mapping import map_of
from madoguchi.lib import pdf
from madoguchi.lib.errors import BackendError, Refused
from madoguchi.lib.guards import anyone, desk
from madoguchi.procedures.actions import paper_edition, sheet_archive
from madoguchi.procedures.backends import taken_of
from madoguchi.procedures.models import FEWEST, PaperEdition, Procedure, ProcedureVersion, announcement, poster_data, share_of, short_url
from madoguchi.procedures.views.readable import readable

SIZES = ("a4", "a5")


def _version(procedure: str, number: int) -> ProcedureVersion:
    rows = ProcedureVersion.objects.select_related("procedure__division", "procedure__municipality", "municipality")
    return get_object_or_404(rows, procedure__slug=procedure, number=number)


def _edition(version: ProcedureVersion) -> PaperEdition:
    try:
        return paper_edition(version=version)
    except BackendError as error:
        raise Refused(_("紙の様式を作れませんでした。少し待ってから、もう一度開いてください。"), code="paper") from error


def _file(version: ProcedureVersion) -> FileResponse:
    edition = _edition(version)
    name = f"{version.procedure.slug}-{version.number}.pdf"
    return FileResponse(default_storage.open(edition.file), filename=name, content_type="application/pdf")


@anyone
@require_GET
def paper(_request: HttpRequest, procedure: str) -> HttpResponseBase:
    """The paper edition of the form that is open now, for whoever would rather write by hand."""
    rows = Procedure.objects.public().select_related("current")
    found = get_object_or_404(rows, slug=procedure)
    if not found.takes_paper:
        raise Http404
    return _file(_version(procedure, found.current.number))


@desk("desk")
@require_GET
def version_paper(_request: HttpRequest, procedure: str, number: int) -> HttpResponseBase:
    """The paper edition of any version."""
    return _file(_version(procedure, number))


@desk("desk")
@require_GET
def version_sheets(_request: HttpRequest, procedure: str, number: int) -> HttpResponse:
    """Where each box of the paper edition stands, as the paper reader wants it: one sheet a page, of every edition, the newest first."""
    version = _version(procedure, number)
    _edition(version)
    editions = [{"edition": one.number, "digest": one.digest, "sheets": one.sheets} for one in version.paper_editions.all()]
    document = {"form": version.procedure.slug, "version": version.number, "hash": version.hash, "editions": editions}
    response = JsonResponse(document, json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{version.procedure.slug}-{version.number}-sheets.json"'
    return response


@desk("desk")
@require_GET
def version_archive(_request: HttpRequest, procedure: str, number: int) -> HttpResponse:
    """The newest edition's sheets with their blank pages, as one ZIP for the paper reader."""
    version = _version(procedure, number)
    response = HttpResponse(sheet_archive(edition=_edition(version)), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{version.procedure.slug}-{version.number}-sheets.zip"'
    return response


def _procedure(slug: str) -> Procedure:
    rows = Procedure.objects.select_related("division", "municipality", "current").defer("current__document")
    return get_object_or_404(rows, slug=slug)


@desk("desk")
@require_GET
def poster(_request: HttpRequest, procedure: str, size: str) -> HttpResponse:
    """A poster with a QR code for the counter, A4 or A5."""
    if size not in SIZES:
        raise Http404
    found = _procedure(procedure)
    response = HttpResponse(pdf.render("poster", poster_data(found, size)).pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.slug}-poster-{size}.pdf"'
    return response


@desk("desk")
@require_GET
def announcing(request: HttpRequest, procedure: str) -> HttpResponse:
    """Words for the municipality's own web site, as plain text and as simple HTML, in three languages; and the posters."""
    found = _procedure(procedure)
    parts = []
    for language in ("ja", "plain", "en"):
        written = {
            kind: render_to_string(
                f"procedures/parts/announcement.{kind}", {"words": announcement(found, language, as_html=kind == "html")}
            )
            for kind in ("txt", "html")
        }
        parts.append({"language": language, "text": written["txt"].strip(), "html": written["html"].strip()})
    context = {"procedure": found, "parts": parts, "short_url": short_url(found), "code": found.short_code, "sizes": SIZES}
    return render(request, "procedures/announcing.html", context)


@desk("desk")
@require_GET
def paths(request: HttpRequest, procedure: str, number: int) -> HttpResponse:
    """The map of a version with the share of people who took each page, and where drafts rest. Groups below ten are not told apart."""
    version = _version(procedure, number)
    taken, drawn = taken_of(version), map_of(version.form)
    conditions = {page["id"]: page["condition"] for page in readable(version.form)["pages"]}
    rows: list[dict[str, Any]] = [
        {
            "station": one,
            "condition": conditions.get(one.id, ""),
            "share": share_of(taken.pages.get(one.id, 0), taken.filed) if one.kind == "page" else None,
            "rests": share_of(taken.resting.get(one.id, 0), taken.drafts),
        }
        for one in drawn.stations
    ]
    enough, drafts = taken.filed >= FEWEST, taken.drafts >= FEWEST
    for row in rows:
        row["bar"] = drawn.box[0] * row["share"].width // 100 if enough and row["share"] else 0
    context = {"version": version, "procedure": version.procedure, "map": drawn, "rows": rows, "taken": taken, "fewest": FEWEST}
    return render(request, "procedures/desk_paths.html", {**context, "enough": enough, "enough_drafts": drafts})
