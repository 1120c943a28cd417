"""Corrections that the desk asked for and amendments unasked: the same page machinery over fewer questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.applications.actions import NotReady, amend, amendable_paths, begin_amendment, correct, drop_amendment
from madoguchi.applications.forms import FieldView
from madoguchi.applications.models import Application
from madoguchi.applications.models.reading import walk_now, walk_revision
from madoguchi.applications.views.access import application_of, level, own_case
from madoguchi.applications.views.fill import autosaved, to
from madoguchi.applications.views.pages import PageForm
from madoguchi.engines.forms import Group, Walk, get
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import anyone

PROOF = "applicant.birth"  # the answer that opens all the others (status.second_proof)


def only(paths: set[str], opened: Callable[[Walk], set[str]] | None = None) -> Callable[[Walk], Sequence[Group]]:
    """Groups reduced to some questions, and to those that these open."""

    def pick(walk: Walk) -> Sequence[Group]:
        wanted = paths | (opened(walk) if opened else set())
        found = []
        for page in walk.pages:
            for group in page.groups:
                items = tuple(item for item in group.items if item.path in wanted)
                if items:
                    found.append(Group(group.section, group.row, items))
        return found

    return pick


def newly_counting(application: Application) -> Callable[[Walk], set[str]]:
    """Questions that the filed answers did not have to answer and that count now because an answer was mended."""
    filed = {item.path for item in walk_revision(application, application.latest()).items()}
    return lambda walk: {item.path for item in walk.items() if item.path not in filed and item.question.is_typed}


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
@own_case
def correcting(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Just the marked answers, each with its reason, and what happens if nobody answers."""
    application = application_of(request, uuid, full=False)
    correction = application.corrections.filter(state="open").prefetch_related("items").first()
    if correction is None:
        return redirect(to(request, "status", application))
    reasons = {item.path: item.reason for item in correction.items.all()}
    form = PageForm(request, application, correction, only(set(reasons), newly_counting(application)))

    def finish() -> str:
        correct(correction=correction, by=application.resident)
        return to(request, "status", application) + "?corrected=1"

    more = {"correction": correction, "reasons": reasons, "full": level(request, application) == "full"}
    return mend(request, form, "applications/correct.html", finish, more)


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
@own_case
def amending(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What the procedure leaves open until its cut-off, and documents that were to follow."""
    application = application_of(request, uuid)
    amendment = begin_amendment(application=application)
    paths = amendable_paths(application, walk_now(application, application.latest()))
    form = PageForm(request, application, amendment, only(paths, newly_counting(application)))
    if request.method == "POST" and request.POST.get("act") == "drop-amendment":
        drop_amendment(amendment=amendment)
        return redirect(to(request, "status", application))

    def finish() -> str:
        amend(amendment=amendment, by=application.resident)
        return to(request, "status", application) + "?amended=1"

    return mend(request, form, "applications/amend.html", finish, {"until": application.amendable_until})


def mend(request: HttpRequest, form: PageForm, template: str, finish: Callable[[], str], more: dict[str, Any]) -> HttpResponse:
    """Save, act, and on the last button send; problems are shown on the same page."""
    status = 200
    if request.method == "POST":
        act = form.post()
        if act.word == "autosave":
            return autosaved(form)
        if act.word in ("back", "leave") and not (form.conflicts or form.refused):
            return redirect(to(request, "status", form.application))
        if act.word == "next" and not (form.conflicts or form.refused):
            place = send(form, finish)
            if place:
                return redirect(place)
            status = 422
    return render(request, template, mend_context(form, more), status=status)


def send(form: PageForm, finish: Callable[[], str]) -> str:
    """Where to go once it is sent; "" while something is to be mended or a new question has opened."""
    if form.new_items() or form.check():
        return ""
    try:
        return finish()
    except NotReady as not_ready:
        form.problems = list(not_ready.problems)
    except Refused as refused:
        form.said.append(str(refused))
    return ""


def mend_context(form: PageForm, more: dict[str, Any]) -> dict[str, Any]:
    errors = form.error_list()
    sections = form.sections()
    is_full = more.get("full", True)
    for section, group in zip(sections, [group for group in form.groups if group.items], strict=True):
        section.row_name = name_of(group, form.language, is_full=is_full)
        for view in section.fields:
            view.reason = more.get("reasons", {}).get(view.path, "")
            if not is_full:
                keep_back(form, view)
    return {
        "application": form.application,
        "procedure": form.application.procedure,
        "sections": sections,
        "form": form,
        "problems": errors,
        "has_errors": bool(errors),
        "conflict": bool(form.conflicts),
        "seen": form.seen(),
        "contact": form.application.division,
        "nothing": not sections,
        **more,
    }


def name_of(group: Group, language: str, *, is_full: bool) -> str:
    """Which row these questions are about; its own name is another answer, for who gave the second proof."""
    if group.row is None:
        return ""
    return group.row.named(language) if is_full else replace(group.row, own_name=None).named(language)


def keep_back(form: PageForm, view: FieldView) -> None:
    """No filed date of birth for who came with number and passphrase only: that day is the second proof.

    It is asked anew in an empty box, and shown again only once it is the one that was typed here.
    """
    if view.question.concept == PROOF and get(form.store.values, view.path) == get(form.application.latest().values, view.path):
        view.before = view.understood = view.shown = ""
        view.values = view.values if view.path in form.unsaved else {}
