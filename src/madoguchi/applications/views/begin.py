"""Beginning an application: the draft, and the page that shows its passphrase once."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from madoguchi.applications.actions import start, suggestions
from madoguchi.applications.models import Application, FilingBundle
from madoguchi.applications.views.access import PHRASE, address_of, application_of, grant, own_case
from madoguchi.applications.views.fill import reader_code, to
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import anyone
from madoguchi.lib.limits import Limit
from madoguchi.lib.phrases import romaji
from madoguchi.procedures.models import Procedure

STARTS = Limit("start", 40, 15 * 60)


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, procedure: str) -> HttpResponse:
    """Begin a draft (POST from the procedure's page); a GET goes back to that page."""
    found = Procedure.objects.public().filter(slug=procedure).select_related("current", "division").first()
    if found is None:
        raise Http404
    if request.method == "GET":
        return redirect(address("procedures:procedure", slug=request.municipality.slug, procedure=procedure))
    if not STARTS.hit(address_of(request)).allowed:
        raise Refused(_("短い時間にたくさんの申請が始められました。15分ほど待ってから、もう一度お試しください。"), code="too_many")
    resident = request.user if request.user.is_authenticated else None
    started = start(procedure=found, resident=resident, language=reader_code())
    grant(request, started.application, full=True)
    request.session[PHRASE] = {str(started.application.uuid): started.phrase}
    return redirect(to(request, "keep", started.application))


@anyone
@never_cache
@require_GET
@own_case
def keep(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The resume code and the passphrase, shown once, before the first question."""
    application = application_of(request, uuid)
    known = request.user.is_authenticated and suggestions(application=application, resident=request.user)
    return show_keep(request, application, to(request, "reuse" if known else "fill", application))


def show_keep(request: HttpRequest, begun: Application | FilingBundle, go_on: str) -> HttpResponse:
    """The page that shows the passphrase of what was just begun."""
    phrase = request.session.get(PHRASE, {}).get(str(begun.uuid), "")
    context = {
        "application": begun,
        "phrase": phrase,
        "words": phrase.split("-"),
        "romaji": romaji(phrase) if phrase else "",
        "go_on": go_on,
        "is_bundle": isinstance(begun, FilingBundle),
    }
    return render(request, "applications/keep.html", context)
