"""For one family after the result: why, in plain words; the wishes of the next round; the papers for a longer leave; the employer's link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.applications.actions import made_paper
from madoguchi.applications.models import Application
from madoguchi.engines.forms import pick
from madoguchi.engines.placement import public, say
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import anyone
from madoguchi.lib.tags import reader
from madoguchi.nursery.actions import change_wishes, make_employer_link
from madoguchi.nursery.actions.certificates import PARENTS
from madoguchi.nursery.backends import own_application
from madoguchi.nursery.models import Candidate, CandidateState, EmploymentCertificate, Facility, Household, Placement, RoundState
from madoguchi.nursery.models.extending import extension_set, held_decisions, papers_to_add
from madoguchi.nursery.models.reasons import key_texts
from madoguchi.nursery.models.rulebook import rulebook_of
from madoguchi.nursery.models.showing import child_page, names_of_facilities
from madoguchi.nursery.views.resident_pages import to


def _to_status(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return redirect(address("applications:status", slug=request.municipality.slug, uuid=uuid))


@anyone
@never_cache
@require_GET
def result(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Every child of the application in every round that was told, and what can be done now."""
    application = own_application(request, uuid)
    if application is None:
        return _to_status(request, uuid)
    rows = Candidate.objects.filter(household__application=application).select_related("round", "round__chosen", "placed", "household")
    children = list(rows.order_by("-round__month", "-round_id", "order"))
    if not children:
        raise Http404
    context = {
        "application": application,
        "told": [_told(child) for child in children if child.round.state == RoundState.TOLD],
        "open": [child for child in children if child.round.may_change_wishes and child.state == CandidateState.APPLYING],
        "names": names_of_facilities(),
        "has_held": bool(held_decisions(application)),
        "parents": _parents(application),
        "contact": application.division,
    }
    return render(request, "nursery/result.html", context)


def _told(child: Candidate) -> dict[str, Any]:
    """One child's result in the reader's words, without anything that could reveal another family."""
    place = Placement.objects.filter(run=child.round.chosen, candidate=child).first()
    language = reader()
    words = None
    if place is not None:
        rules = rulebook_of(child.round)
        words = say(
            public(place.explanation),
            language,
            names=names_of_facilities(language),
            keys=key_texts(child.round, language),
            scale=rules.scale,
        )
    return {
        "child": child,
        "words": words,
        "round": child.round,
        "points": child_page(child, rulebook_of(child.round), names_of_facilities(language)),
        "answer_until": child.round.answer_until if child.state == CandidateState.OFFERED else None,
    }


def _parents(application: Application) -> list[dict[str, Any]]:
    """Parents whose employer can still be asked: in a round that is not fixed."""
    household = _open_household(application)
    if household is None:
        return []
    known = {row.parent for row in EmploymentCertificate.objects.filter(household=household, replaced_by=None)}
    numbers = sorted(set(household.facts.in_force().exclude(parent=None).values_list("parent", flat=True)))
    return [{"number": number, "has": number in known} for number in numbers]


def _open_household(application: Application) -> Household | None:
    rows = Household.objects.filter(application=application).select_related("round").order_by("-pk")
    return next((row for row in rows if not row.round.is_fixed), None)


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
def wishes(request: HttpRequest, uuid: UUID, candidate: int) -> HttpResponse:
    """Change a child's wishes for the round that is still open."""
    application = own_application(request, uuid)
    if application is None:
        return _to_status(request, uuid)
    row = get_object_or_404(Candidate.objects.select_related("round", "household"), pk=candidate, household__application=application)
    chosen, problem = [row.wishes[number] if number < len(row.wishes) else "" for number in range(row.round.max_wishes)], ""
    if request.method == "POST":
        chosen = [request.POST.get(f"wish{number}", "")[:12] for number in range(1, row.round.max_wishes + 1)]
        try:
            change_wishes(candidate=row, wishes=chosen, by=application.resident)
        except Refused as refused:
            problem = str(refused)
        else:
            messages.success(request, _("希望を変えました。締切までは、何度でも変えられます。"))
            return redirect(to(request, "result", uuid=uuid))
    language = reader()
    choices = [(one.code, one.named(language), pick(one.district.name, language) if one.district else "") for one in _choices(row)]
    context = {
        "application": application,
        "child": row,
        "boxes": list(enumerate(chosen, 1)),
        "choices": choices,
        "has_errors": bool(problem),
        "problems": [{"target": "wish1", "sentence": problem}] if problem else [],
        "may": row.round.may_change_wishes,
        "contact": application.division,
    }
    return render(request, "nursery/wishes.html", context, status=400 if problem else 200)


def _choices(row: Candidate) -> list[Facility]:
    """Facilities that have the child's class in the round."""
    newest = row.round.current_seats()
    seats = newest.seats() if newest is not None else {}
    rows = Facility.objects.in_order().running(row.round.month)
    return [one for one in rows if one.code not in seats or seats[one.code][row.age_class] is not None]


@anyone
@never_cache
@require_GET
def extension(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One button: the papers for extending 育児休業給付, made anew each time."""
    application = own_application(request, uuid)
    if application is None:
        return _to_status(request, uuid)
    if not Household.objects.filter(application=application).exists():
        raise Http404
    for paper in papers_to_add(application):
        made_paper(document=paper)
    response = HttpResponse(extension_set(application), content_type="application/pdf", headers={"X-Content-Type-Options": "nosniff"})
    response["Content-Disposition"] = f'attachment; filename="ikukyu-{application.number}.pdf"'
    return response


@anyone
@never_cache
@require_POST
def ask_employer(request: HttpRequest, uuid: UUID, parent: int) -> HttpResponse:
    """Make the link for a parent's employer; it is shown once."""
    application = own_application(request, uuid)
    if application is None:
        return _to_status(request, uuid)
    household = _open_household(application)
    if household is None or parent not in PARENTS:
        raise Http404
    try:
        link, token = make_employer_link(household=household, parent=parent, by=application.resident)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(to(request, "result", uuid=uuid))
    whole = f"{settings.PUBLIC_URL}{to(request, 'employer', token=token)}"
    return render(request, "nursery/employer_link.html", {"application": application, "link": link, "whole": whole, "parent": parent})
