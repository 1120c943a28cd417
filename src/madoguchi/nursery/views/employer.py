"""For an employer with a link: the national form on the web, one question set and nothing else of the case."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import anyone
from madoguchi.nursery.actions import receive_from_employer
from madoguchi.nursery.actions.certificates import usable_link
from madoguchi.nursery.forms.certificate import PARTS, CertificateForm


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
def employer(request: HttpRequest, token: str) -> HttpResponse:
    """The form while the link works; a link that is over says what to do."""
    link = usable_link(token)
    if link is None:
        return render(request, "nursery/employer_over.html", status=410)
    form = CertificateForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            receive_from_employer(token=token, values=form.values())
        except Refused:
            return render(request, "nursery/employer_over.html", status=410)
        return render(request, "nursery/employer_thanks.html", {"division": link.household.round.procedure.division})
    parts = [(title, [form[name] for name in names]) for title, names in PARTS]
    context = {"form": form, "parts": parts, "division": link.household.round.procedure.division, "expires": link.expires_at}
    return render(request, "nursery/employer.html", context, status=400 if form.errors else 200)
