"""Filling in: page by page, check, send. Every navigation saves; back never validates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.applications.actions import (
    NotReady,
    add_row,
    discard,
    look_over,
    mark_page_done,
    move_to_current_version,
    origins,
    passed_over,
    stay_on_version,
    submit,
)
from madoguchi.applications.models import Application
from madoguchi.applications.views.access import PHRASE, application_of, own_case
from madoguchi.applications.views.newer import left_rows, newer_version
from madoguchi.applications.views.pages import PageForm
from madoguchi.applications.views.siblings import bundle_address, filing_of_member, together_of
from madoguchi.applications.views.summary import groups_of, problem_rows
from madoguchi.engines.forms import Problem, Walk, WalkedPage, check_walk, pick
from madoguchi.lib.addresses import address
from madoguchi.lib.guards import anyone


def reader_code() -> str:
    return translation.get_language() or "ja"


def to(request: HttpRequest, name: str, application: Application, **parts: Any) -> str:
    """Address of one of this application's pages."""
    return address(f"applications:{name}", slug=request.municipality.slug, uuid=application.uuid, **parts)


@anyone
@never_cache
@require_GET
@own_case
def fill(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Land where the person was: the first page not yet passed, else the check page."""
    application = application_of(request, uuid)
    if not application.is_draft:
        return redirect(to(request, "status", application))
    request.session.pop(PHRASE, None)
    draft = application.draft()
    walked = PageForm(request, application, draft, lambda walk: ()).walked
    page = next((page for page in walked.pages if page.page.id not in draft.pages_done), None)
    return redirect(to(request, "page", application, page=page.page.id) if page else to(request, "check", application))


@dataclass(frozen=True)
class Place:
    """Where in the walk a page stands."""

    walked: Walk
    page: WalkedPage
    number: int
    before: WalkedPage | None
    after: WalkedPage | None


def place_of(walked: Walk, page_id: str) -> Place | None:
    pages = walked.pages
    for index, page in enumerate(pages):
        if page.page.id == page_id:
            return Place(walked, page, index + 1, pages[index - 1] if index else None, pages[index + 1] if index + 1 < len(pages) else None)
    return None


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
@own_case
def page(request: HttpRequest, uuid: UUID, page: str, row: str = "") -> HttpResponse:
    """One page (or one row of a repeating page) of the draft."""
    application = application_of(request, uuid)
    if not application.is_draft:
        return redirect(to(request, "status", application))
    form = PageForm(
        request, application, application.draft(), lambda walk: page_groups(walk, page, row), lambda walk: page_repeats(walk, page)
    )
    place = place_of(form.walked, page)
    if place is None:
        return redirect(to(request, "fill", application))
    if row and not any(one.id == row for one in place.page.rows):
        return redirect(to(request, "page", application, page=page))
    if request.method == "POST":
        return posted(request, form, page, row)
    if place.page.page.repeat and not row and not place.page.rows and place.page.page.repeat.min:
        new = add_row(store=form.store, application=application, repeat_id=place.page.page.repeat.id, by=form.by)
        return redirect(to(request, "row", application, page=page, row=new))
    return show_page(request, form, page, row)


def page_groups(walk: Walk, page: str, row: str) -> Any:
    found = walk.page(page)
    if found is None or (found.page.repeat is not None and not row):
        return ()
    return found.for_row(row) if row else found.groups


def page_repeats(walk: Walk, page: str) -> set[str]:
    found = walk.page(page)
    return {repeat.id for repeat in found.repeats} if found is not None else set()


def posted(request: HttpRequest, form: PageForm, page: str, row: str) -> HttpResponse:
    """After a save: where the button leads."""
    act = form.post()
    if act.word == "autosave":
        return autosaved(form)
    if form.conflicts or form.refused:
        return show_page(request, form, page, row, status=422 if form.refused else 200)
    application = form.application
    if act.word == "back":
        return redirect(back_address(request, form, page, row))
    if act.word == "leave":
        return redirect(to(request, "leave", application))
    wanted = form.row_of(act.path) if act.word == "row" else form.added_row if not row and is_page_repeat(form, act.path) else ""
    if wanted:
        return redirect(to(request, "row", application, page=page, row=wanted))
    if act.word != "next" or form.new_items():
        return show_page(request, form, page, row)
    if form.check([f"{page}/{row}"] if row else [page]):
        return show_page(request, form, page, row, status=422)
    return redirect(next_address(request, form, page, row))


def is_page_repeat(form: PageForm, repeat_id: str) -> bool:
    return any(page.page.repeat is not None and page.page.repeat.id == repeat_id for page in form.walked.pages)


def autosaved(form: PageForm) -> HttpResponse:
    """What the page's script needs after a save in passing; 409 where another tab was faster, or nothing could be saved."""
    if form.refused:
        return JsonResponse({"message": " ".join(form.said)}, status=409)
    if form.conflicts:
        return JsonResponse({"conflict": True, "paths": list(form.conflicts)}, status=409)
    words = {path: texts.get(form.language, texts["ja"]) for path, texts in form.understood.items()}
    return JsonResponse({"seen": form.seen(), "understood": words, "at": timezone.localtime().strftime("%H:%M"), "problems": form.said})


def back_address(request: HttpRequest, form: PageForm, page: str, row: str) -> str:
    if request.GET.get("from") == "check":
        return to(request, "check", form.application)
    if row:
        return to(request, "page", form.application, page=page)
    place = place_of(form.walked, page)
    if place is None or place.before is None:
        filing = filing_of_member(form.application)
        if filing is not None:
            return bundle_address(request, "bundle", filing)
        return address("procedures:procedure", slug=request.municipality.slug, procedure=form.application.procedure.slug)
    return to(request, "page", form.application, page=place.before.page.id)


def next_address(request: HttpRequest, form: PageForm, page: str, row: str) -> str:
    """The next page that counts now; from a row back to its list; after a change from the check page straight back there."""
    application = form.application
    if row:
        return to(request, "page", application, page=page) + ("?from=check" if request.GET.get("from") == "check" else "")
    mark_page_done(draft=form.store, page=page)
    place = place_of(form.walked, page)
    assert place is not None
    if request.GET.get("from") == "check":
        undone = [one for one in form.walked.pages if one.page.id not in form.store.pages_done]
        return to(request, "page", application, page=undone[0].page.id) if undone else to(request, "check", application)
    if place.page.page.ends:
        return to(request, "page", application, page=page)
    settled = passed_over(application=application)
    after = next((one for one in form.walked.pages[place.number :] if one.page.id not in settled), None)
    if after is not None:
        return to(request, "page", application, page=after.page.id)
    filing = filing_of_member(application)
    return bundle_address(request, "bundle_next", filing) if filing is not None else to(request, "check", application)


def show_page(request: HttpRequest, form: PageForm, page: str, row: str, status: int = 200) -> HttpResponse:
    place = place_of(form.walked, page)
    if place is None:
        return redirect(to(request, "fill", form.application))
    context = {
        **page_context(form, place),
        **hub_context(form, place, row),
        "application": form.application,
        "procedure": form.application.procedure,
        "form": form,
        "conflict": bool(form.conflicts),
        "seen": form.seen(),
        "contact": form.application.division,
        "newer_version": newer_version(form.application),
        "together": together_of(form.application),
        "said_only": not form.problems and bool(form.said),
    }
    return render(request, "applications/page.html", context, status=status)


def page_context(form: PageForm, place: Place) -> dict[str, Any]:
    """What every page of questions shows, whoever fills it and wherever it is kept."""
    errors = form.error_list()
    return {
        "page": place.page.page,
        "sections": form.sections(),
        "number": place.number,
        "total": len(form.walked.pages),
        "problems": errors,
        "has_errors": bool(errors),
        "section_repeats": section_repeats(form, place),
    }


def hub_context(form: PageForm, place: Place, row: str) -> dict[str, Any]:
    """A page that repeats as the list of its rows, or one row of it; and whether the form ends here."""
    repeat = place.page.page.repeat
    is_hub = repeat is not None and not row
    return {
        "row": next((one for one in place.page.rows if one.id == row), None),
        "hub": repeat if is_hub else None,
        "rows": hub_rows(form, place) if is_hub else [],
        "ended": form.walked.ended is not None and form.walked.ended.page.id == place.page.page.id,
    }


def hub_rows(form: PageForm, place: Place) -> list[dict[str, Any]]:
    """The rows of a repeating page with how many answers each still needs."""
    waiting: dict[str, int] = {}
    for problem in page_errors(form, place.page.page.id):
        head = problem.path.partition(".")[0]
        waiting[head] = waiting.get(head, 0) + 1
    return [{"row": row, "name": row.named(form.language), "waiting": waiting.get(row.path, 0)} for row in place.page.rows]


def page_errors(form: PageForm, page: str) -> list[Problem]:
    """Errors of a whole page, its rows included."""
    found = check_walk(form.walked, form.store.values, lists=form.lists, typed=form.store.typed, pages=[page])
    return [problem for problem in found if problem.level == "error"]


def section_repeats(form: PageForm, place: Place) -> list[dict[str, Any]]:
    """Groups that may take another row on this page."""
    return [
        {"id": repeat.id, "item": pick(repeat.item, form.language), "full": len(form.walked.rows(repeat.id)) >= repeat.max}
        for repeat in place.page.repeats
        if repeat.section is not None
    ]


@anyone
@require_POST
@own_case
def take_new_version(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Go on with the newer version, or stay on the one that was begun."""
    application = application_of(request, uuid)
    if request.POST.get("act") == "stay":
        stay_on_version(application=application)
    else:
        move_to_current_version(application=application)
    return redirect(to(request, "fill", application))


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
@own_case
def check(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Check your answers, then send. The sending request carries no answers, so nothing can get lost in it."""
    application = application_of(request, uuid)
    if not application.is_draft:
        return redirect(to(request, "sent", application))
    if request.method == "POST" and request.POST.get("version", application.version_hash) != application.version_hash:
        messages.warning(request, _("確かめている間に、様式が新しくなりました。内容をもう一度確かめてから、送ってください。"))
        return show_check(request, application, status=409)
    if request.method == "POST":
        try:
            application = submit(application=application, by=application.resident)
        except NotReady:
            return show_check(request, application, status=422)
        return redirect(to(request, "sent", application))
    return show_check(request, application)


def show_check(request: HttpRequest, application: Application, status: int = 200) -> HttpResponse:
    try:
        ready = look_over(application)
        walked, problems = ready.walked, ready.warnings
    except NotReady as not_ready:
        walked, problems = not_ready.walked, not_ready.problems
    if walked.ended is not None:
        return redirect(to(request, "page", application, page=walked.ended.page.id))
    errors = [problem for problem in problems if problem.level == "error"]
    context = {
        "application": application,
        "procedure": application.procedure,
        "groups": groups_of(
            walked,
            application,
            change=lambda page, row: change_address(request, application, page, row),
            origins=origins(application=application),
        ),
        "together": together_of(application),
        "problems": problem_rows(walked, errors, lambda page, row: change_address(request, application, page, row)),
        "warnings": problem_rows(
            walked, [p for p in problems if p.level != "error"], lambda page, row: change_address(request, application, page, row)
        ),
        "left": left_rows(application, walked),
        "has_errors": status == 422,
        "contact": application.division,
        "back": to(request, "page", application, page=walked.pages[-1].page.id),
        "can_email": not application.email,
    }
    return render(request, "applications/check.html", context, status=status)


def change_address(request: HttpRequest, application: Application, page: str, row: str) -> str:
    place = to(request, "row", application, page=page, row=row) if row else to(request, "page", application, page=page)
    return f"{place}?from=check"


@anyone
@never_cache
@require_GET
@own_case
def sent(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """That it arrived, when, under which number, and what happens next."""
    application = application_of(request, uuid)
    if application.is_draft:
        return redirect(to(request, "fill", application))
    context = {"application": application, "procedure": application.procedure, "contact": application.division}
    return render(request, "applications/sent.html", {**context, "together": together_of(application)})


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
@own_case
def throw_away(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Throw a draft away after asking."""
    application = application_of(request, uuid)
    if request.method == "POST":
        filing = filing_of_member(application)
        discard(application=application, by=application.resident)
        if filing is not None:
            return redirect(bundle_address(request, "bundle", filing))
        return render(request, "applications/discarded.html", {"procedure": application.procedure})
    return render(request, "applications/discard.html", {"application": application, "procedure": application.procedure})
