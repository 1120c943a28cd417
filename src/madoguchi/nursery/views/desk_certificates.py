"""就労証明書 at the desk: the entry card, the link for the employer, and confirming where it came from."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.nursery.actions import enter_certificate, make_employer_link, verify_certificate
from madoguchi.nursery.actions.certificates import PARENTS
from madoguchi.nursery.forms.certificate import PARTS, CertificateForm
from madoguchi.nursery.models import EmployerLink, EmploymentCertificate, Household
from madoguchi.nursery.models.working import gaps
from madoguchi.nursery.views.access import acted, household_of, show, to


@desk("cases.read")
@never_cache
@require_http_methods(["GET", "POST"])
def certificate(request: HttpRequest, household: int, parent: int) -> HttpResponse:
    """One parent's certificate: what is known, and the card to type it."""
    row = _household(request, household, parent)
    known = EmploymentCertificate.objects.filter(household=row, parent=parent, replaced_by=None).order_by("-id").first()
    if request.method == "POST" and not request.member.may("cases.work"):
        raise Http404
    form = CertificateForm(request.POST or None, today=timezone.localdate(), initial=known.values if known is not None else None)
    if request.method == "POST" and form.is_valid():
        return acted(
            request,
            lambda: enter_certificate(household=row, parent=parent, values=form.values(), by=request.user),
            _("就労証明書を保存しました。指数を計算し直してください。"),
            to(request, "family", household=row.pk),
        )
    return show(request, "certificate", _context(request, row, parent, form, known), status=400 if form.errors else 200)


def _household(request: HttpRequest, pk: int, parent: int) -> Household:
    if parent not in PARENTS:
        raise Http404
    return household_of(request, pk)


def _context(request: HttpRequest, row: Household, parent: int, form: CertificateForm, known: Any) -> dict[str, Any]:
    return {
        "household": row,
        "parent": parent,
        "form": form,
        "parts": [(title, [form[name] for name in names]) for title, names in PARTS],
        "known": known,
        "gaps": gaps(known.values) if known is not None else [],
        "links": EmployerLink.objects.filter(household=row, parent=parent).order_by("-id")[:5],
        "may_work": request.member.may("cases.work") and not row.round.is_fixed,
    }


@desk("cases.work")
@never_cache
@require_POST
def employer_link(request: HttpRequest, household: int, parent: int) -> HttpResponse:
    """Make a link for the employer; its address is shown once, here."""
    row = _household(request, household, parent)
    try:
        link, token = make_employer_link(household=row, parent=parent, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(to(request, "certificate", household=row.pk, parent=parent))
    path = address("nursery:employer", slug=row.round.municipality.slug, token=token)
    return show(request, "employer_link", {"household": row, "parent": parent, "link": link, "whole": f"{settings.PUBLIC_URL}{path}"})


@desk("cases.work")
@require_POST
def verify(request: HttpRequest, household: int, certificate: int) -> HttpResponse:
    """Confirm where a certificate came from, and say how that was found out."""
    row = household_of(request, household)
    found = get_object_or_404(EmploymentCertificate, pk=certificate, household=row)
    return acted(
        request,
        lambda: verify_certificate(certificate=found, how=request.POST.get("how", ""), by=request.user),
        _("出どころを確かめたことを記録しました。"),
        to(request, "certificate", household=row.pk, parent=found.parent),
    )
