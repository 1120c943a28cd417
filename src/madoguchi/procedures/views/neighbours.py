"""What other municipalities have online and this one has not, and taking it over."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Division
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.procedures.actions import offered, take_over
from madoguchi.procedures.forms import TakeOverForm
from madoguchi.procedures.models import Procedure
from madoguchi.procedures.models.neighbours import missing
from madoguchi.procedures.views.inventory_pages import entries_of, manages, show, to

PAGE = 50


@desk("inventory.answer")
@never_cache
@require_http_methods(["GET", "POST"])
def neighbours(request: HttpRequest) -> HttpResponse:
    """The whole list; who manages the inventory takes a procedure over for a division, and goes on to adapt it."""
    divisions = Division.objects.all()
    if request.method == "POST":
        return _take(request, TakeOverForm(request.POST, divisions=divisions))
    entries = list(entries_of(request))
    rows = missing(request.municipality, entries, Procedure.objects.for_lists(), offered())  # type: ignore[attr-defined]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return show(request, "standing_neighbours", {"page_obj": page, "rows": rows, "divisions": divisions})


def _take(request: HttpRequest, form: TakeOverForm) -> HttpResponse:
    if not manages(request):
        raise Http404
    place = to(request, "standing_neighbours")
    if not form.is_valid():
        messages.error(request, _("引き継ぐ手続きと課を選んでください。"))
        return redirect(place)
    try:
        procedure = take_over(by=request.user, **form.cleaned_data)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(place)
    messages.success(request, _("引き継ぎました。まだ非公開です。様式を直してから、公開してください。"))
    return redirect(address("procedures_desk:procedure", slug=request.municipality.slug, procedure=procedure.slug))  # type: ignore[attr-defined]
