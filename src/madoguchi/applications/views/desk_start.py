"""An application that did not come by the web: a clerk types it from a sheet or at the counter, with the form that residents have."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.applications.actions import start_for
from madoguchi.applications.forms.desk import StartForm
from madoguchi.applications.views.desk_access import show
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk


@desk("cases.work")
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Choose procedure and channel; then the link that opens the form, once, and what the person gets."""
    if request.method == "GET":
        return show(request, "start", {"form": StartForm(member=request.member, initial=request.GET.dict())})
    form = StartForm(request.POST, member=request.member)
    if form.is_valid():
        try:
            started, token = start_for(procedure=form.procedure_row(), channel=form.cleaned_data["channel"], by=request.user)
        except Refused as refused:
            form.add_error("procedure", str(refused))
        else:
            link = settings.PUBLIC_URL + address("applications:link", slug=request.municipality.slug, token=token)
            return show(request, "started", {"started": started, "link": link, "channel": started.application.get_channel_display()})
    return show(request, "start", {"form": form, "has_errors": True}, status=400)
