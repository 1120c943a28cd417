"""Several applications of one person: the common questions, where each stands, one summary, one press, one list of documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from madoguchi.applications.actions import Standing, add_row, carry_common, mark_page_done, origins, standings, submit_bundle
from madoguchi.applications.backends import level
from madoguchi.applications.models import FilingBundle
from madoguchi.applications.models.documents import documents_of, documents_paper
from madoguchi.applications.models.story import shown_label, shown_state
from madoguchi.applications.views.access import PHRASE, Expired, grant, own_case
from madoguchi.applications.views.begin import show_keep
from madoguchi.applications.views.fill import autosaved, change_address, page_context, place_of
from madoguchi.applications.views.pages import PageForm
from madoguchi.applications.views.siblings import bundle_address as at
from madoguchi.applications.views.summary import groups_of, problem_rows
from madoguchi.engines.forms import WalkedPage
from madoguchi.lib import pdf
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import anyone
from madoguchi.lib.limits import Limit

PAPERS = Limit("bundle-documents", 20, 15 * 60)  # of one filing: each is set anew


def filing_of(request: HttpRequest, uuid: UUID) -> FilingBundle:
    """The filing if this browser may see it; raises Expired for one that it may not (or no longer)."""
    found = FilingBundle.objects.filter(uuid=uuid).first()
    if found is None:
        raise Http404
    if level(request, found) != "full":
        raise Expired(found, "")
    grant(request, found, full=True)
    return found


@anyone
@never_cache
@require_GET
@own_case
def keep(request: HttpRequest, filing: UUID) -> HttpResponse:
    """The resume code and the passphrase for all of them, shown once."""
    found = filing_of(request, filing)
    return show_keep(request, found, at(request, "bundle_next", found))


@anyone
@never_cache
@require_GET
@own_case
def go_on(request: HttpRequest, filing: UUID) -> HttpResponse:
    """Where the next question is: a common page, else the first member that is not ready, else the summary."""
    found = filing_of(request, filing)
    request.session.pop(PHRASE, None)
    page = next((page for page in common_pages(request, found) if page.page.id not in found.pages_done), None)
    if page is not None:
        return redirect(at(request, "bundle_common", found, page=page.page.id))
    rows = standings(filing=found)
    waiting = next((one for one in rows if one.state == "todo"), None)
    if waiting is not None:
        return redirect(address("applications:fill", slug=request.municipality.slug, uuid=waiting.application.uuid))
    return redirect(at(request, "bundle_check" if any(one.state == "ready" for one in rows) else "bundle", found))


def common_pages(request: HttpRequest, filing: FilingBundle) -> Sequence[WalkedPage]:
    """The pages of the common questions; none where nothing is asked in common (any more)."""
    return PageForm(request, filing, filing, lambda walk: ()).walked.pages if filing.is_asking else ()


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
@own_case
def common(request: HttpRequest, filing: UUID, page: str) -> HttpResponse:
    """One page of the common questions, with the same boxes and acts as any page of a form."""
    found = filing_of(request, filing)
    if not found.is_asking:
        return redirect(at(request, "bundle", found))
    form = PageForm(
        request,
        found,
        found,
        lambda walk: walked.groups if (walked := walk.page(page)) is not None else (),
        lambda walk: {repeat.id for repeat in walked.repeats} if (walked := walk.page(page)) is not None else set(),
    )
    place = place_of(form.walked, page)
    if place is None:
        return redirect(at(request, "bundle_next", found))
    if request.method == "POST":
        return _posted(request, found, form, page)
    for repeat in place.page.repeats:
        if repeat.min and not form.walked.rows(repeat.id):  # the first row is there to be filled
            add_row(store=found, application=found, repeat_id=repeat.id, by=form.by)
            form.reload()
    return _show_common(request, found, form, page)


def _posted(request: HttpRequest, filing: FilingBundle, form: PageForm, page: str) -> HttpResponse:
    act = form.post()
    if act.word == "autosave":
        return autosaved(form)
    if form.conflicts or form.refused:
        return _show_common(request, filing, form, page, status=422 if form.refused else 200)
    place = place_of(form.walked, page)
    assert place is not None
    if act.word == "back":
        before = place.before
        return redirect(at(request, "bundle_common", filing, page=before.page.id) if before else at(request, "bundle", filing))
    if act.word == "leave":
        return redirect(at(request, "bundle", filing))
    if act.word != "next" or form.new_items():
        return _show_common(request, filing, form, page)
    if form.check([page]):
        return _show_common(request, filing, form, page, status=422)
    mark_page_done(draft=form.store, page=page)
    if all(one.page.id in form.store.pages_done for one in form.walked.pages):
        carry_common(filing=filing, by=form.by)
    after = place.after if request.GET.get("from") != "bundle" else None
    return redirect(at(request, "bundle_common", filing, page=after.page.id) if after else at(request, "bundle_next", filing))


def _show_common(request: HttpRequest, filing: FilingBundle, form: PageForm, page: str, status: int = 200) -> HttpResponse:
    place = place_of(form.walked, page)
    assert place is not None
    context = {
        **page_context(form, place),
        "application": filing,
        "procedure": {"name": filing.title},
        "form": form,
        "conflict": bool(form.conflicts),
        "seen": form.seen(),
        "is_common": True,
        "said_only": not form.problems and bool(form.said),
    }
    return render(request, "applications/page.html", context, status=status)


# -- where they stand ------------------------------------------------------------------------------------------------------


@anyone
@never_cache
@require_GET
@own_case
def bundle(request: HttpRequest, filing: UUID) -> HttpResponse:
    """All of them on one page: what is still to be done, what was sent, and the documents."""
    found = filing_of(request, filing)
    rows = standings(filing=found)
    return render(request, "applications/together/bundle.html", bundle_context(request, found, rows))


def bundle_context(request: HttpRequest, filing: FilingBundle, rows: list[Standing]) -> dict[str, Any]:
    open_rows = [one for one in rows if one.state in ("todo", "ready", "ended")]
    pages = common_pages(request, filing) if open_rows else ()
    return {
        "filing": filing,
        "rows": [_row(request, filing, one) for one in rows],
        "sent": sum(one.state == "sent" for one in rows),
        "ready": sum(one.state == "ready" for one in rows),
        "total": sum(one.state != "gone" for one in rows),
        "left": len(open_rows),
        "common": [{"page": page.page, "done": page.page.id in filing.pages_done} for page in pages],
        "documents": documents_of(rows),
        "says_agreed": filing.agreed_at is not None,
    }


def _row(request: HttpRequest, filing: FilingBundle, one: Standing) -> dict[str, Any]:
    application = one.application
    row: dict[str, Any] = {"standing": one, "state": one.state, "procedure": one.member.procedure, "application": application}
    if application is None:
        return row
    slug = request.municipality.slug
    if one.state == "sent":
        row |= {"shown_state": shown_state(application), "shown_label": shown_label(application)}
    row["address"] = address(f"applications:{'status' if one.state == 'sent' else 'fill'}", slug=slug, uuid=application.uuid)
    return row


# -- one summary, one press ---------------------------------------------------------------------------------------------------


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
@own_case
def check(request: HttpRequest, filing: UUID) -> HttpResponse:
    """What will be sent, procedure by procedure, and what stays a draft; one press sends all that is complete."""
    found = filing_of(request, filing)
    if request.method == "POST":
        try:
            submit_bundle(filing=found, by=found.resident)
        except Refused as refused:
            return _show_check(request, found, said=str(refused))
        return redirect(at(request, "bundle", found) + "?sent=1")
    return _show_check(request, found)


def _show_check(request: HttpRequest, filing: FilingBundle, said: str = "") -> HttpResponse:
    rows = standings(filing=filing)
    ready = [one for one in rows if one.state == "ready"]
    if not ready and not said:
        return redirect(at(request, "bundle", filing))
    context = {
        "filing": filing,
        "ready": [_summary(request, one) for one in ready],
        "waiting": [_row(request, filing, one) for one in rows if one.state in ("todo", "ended", "gone")],
        "problems": [{"target": "", "sentence": said}] if said else [],
        "has_errors": bool(said),
        "can_email": any(not one.application.email for one in ready),
        "first": ready[0].application if ready else None,
    }
    return render(request, "applications/together/check.html", context, status=422 if said else 200)


def _summary(request: HttpRequest, one: Standing) -> dict[str, Any]:
    def change(page: str, row: str) -> str:
        return change_address(request, one.application, page, row)

    groups = groups_of(one.walked, one.application, change=change, origins=origins(application=one.application))
    return {
        "application": one.application,
        "procedure": one.member.procedure,
        "groups": [{**group, "level": 3} for group in groups],
        "warnings": problem_rows(one.walked, one.warnings, change),
    }


@anyone
@never_cache
@require_GET
@own_case
def documents(request: HttpRequest, filing: UUID) -> HttpResponse:
    """The list of documents as PDF, to print and tick off."""
    found = filing_of(request, filing)
    if not PAPERS.hit(str(found.pk)).allowed:
        raise Refused(_("短い時間に何度も作られました。15分ほど待ってから、もう一度お試しください。"), code="too_many")
    paper = pdf.render("report", documents_paper(found, standings(filing=found)))
    response = HttpResponse(paper.pdf, content_type="application/pdf")
    name = _("用意するもの")
    response["Content-Disposition"] = f"attachment; filename=\"documents.pdf\"; filename*=UTF-8''{quote(name)}.pdf"
    response["X-Content-Type-Options"] = "nosniff"
    return response
