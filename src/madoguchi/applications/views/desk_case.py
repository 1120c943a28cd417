"""A case: everything about it on one page, and the short acts on it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from madoguchi.applications.actions import (
    LOOK_REASONS,
    Opening,
    accept,
    assign,
    cancel_correction,
    look_at_mynumber,
    may_edit,
    note,
    open_case,
    record_review,
    renew_phrase_at_counter,
    take,
    withdraw,
    write_message,
)
from madoguchi.applications.backends import panels_for
from madoguchi.applications.forms.desk import PROOFS, AssignForm, PhraseForm, WithdrawForm
from madoguchi.applications.models import Application, State, SubjectState
from madoguchi.applications.models.desk_story import desk_events, desk_openings
from madoguchi.applications.models.queue import days_late, desk_state
from madoguchi.applications.views.desk_access import acted, back_to_case, case_of, only_posted, show
from madoguchi.applications.views.desk_answers import answers_context
from madoguchi.applications.views.desk_decision import subject_rows
from madoguchi.applications.views.desk_place import place_of
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.notices.models import Notice


@desk("cases.read")
@never_cache
@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The whole case; opening it is written down."""
    return show_case(request, case_of(request, number))


def show_case(request: HttpRequest, application: Application, extra: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    opening = open_case(application=application, member=request.member)
    context = {**case_context(request, application, opening), **answers_context(request, application, opening), **(extra or {})}
    return show(request, "case", context, status=status)


def case_context(request: HttpRequest, application: Application, opening: Opening) -> dict[str, Any]:
    member = request.member
    reviews = list(application.reviews.select_related("by", "subject").order_by("id"))
    held = application.state == State.DECIDED and application.subjects.filter(state=SubjectState.HELD).exists()
    return {
        "application": application,
        "procedure": application.procedure,
        "opening": opening,
        "place": place_of(request, application),
        "state": desk_state(application, held=held),
        "style": "held" if held else application.state,
        "late": days_late(application),
        "correction": application.corrections.filter(state="open").prefetch_related("items").first(),
        "subjects": subject_rows(application, member),
        "steps": step_rows(application, reviews),
        "events": desk_events(application),
        "openings": desk_openings(application),
        "case_messages": application.messages.select_related("by", "division"),
        "notes": application.notes.select_related("by"),
        "notices": Notice.objects.of(application.uuid),
        "documents": application.documents.select_related("decision"),
        "panels": panels_for(application, member),
        "assign_form": AssignForm(initial={"to": str(application.assignee_id or "")}, member=member),
        "can": can(request, application),
        "look_reasons": list(LOOK_REASONS.items()),
    }


def can(request: HttpRequest, application: Application) -> dict[str, bool]:
    """Which acts the page shows: what the state or the role forbids is absent."""
    works = request.member.may("cases.work")
    open_subjects = application.subjects.filter(state__in=[SubjectState.OPEN, SubjectState.HELD]).exists()
    reviewable = application.state in (State.ACCEPTED, State.DECIDED) and not application.is_finished
    return {
        "work": works,
        "accept": works and application.state == State.SUBMITTED,
        "take": works and application.assignee_id != request.user.pk and application.is_open,
        "ask": works and may_edit(application) and not application.is_finished,
        "edit": works and may_edit(application),
        "cancel": works and application.state == State.CORRECTING,
        "review": works and application.state == State.ACCEPTED and not application.is_finished,
        "decide": works and reviewable,
        "withdraw": works and open_subjects,
        "phrase": works,
        "export": request.member.may("cases.export"),
    }


def step_rows(application: Application, reviews: list[Any]) -> list[dict[str, Any]]:
    """The procedure's list of what is to be looked at, with the newest look at each."""
    newest = {review.step: review for review in reviews if review.subject_id is None}
    return [{"step": step, "review": newest.get(step[:80])} for step in application.procedure.review_steps]


def refused_text(kind: str, refused: Refused, text: str) -> dict[str, Any]:
    """What the page needs to show a note or a message that could not be kept, with every word of it."""
    problems = [{"target": f"{kind}-text", "sentence": str(refused)}]
    return {f"{kind}_problem": str(refused), f"{kind}_text": text, "problems": problems}


# -- short acts: each is one POST and comes back to the page ----------------------------------------------------------------


@desk("cases.work")
@only_posted
def accepting(request: HttpRequest, number: str) -> HttpResponse:
    application = case_of(request, number)
    return acted(request, application, lambda: accept(application=application, by=request.user), _("受け付けました。"))


@desk("cases.work")
@only_posted
def taking(request: HttpRequest, number: str) -> HttpResponse:
    application = case_of(request, number)
    return acted(request, application, lambda: take(application=application, by=request.user), _("担当になりました。"))


@desk("cases.work")
@only_posted
def assigning(request: HttpRequest, number: str) -> HttpResponse:
    application = case_of(request, number)
    form = AssignForm(request.POST, member=request.member)

    def act() -> None:
        if not form.is_valid():
            raise Refused(_("この人は、この課の担当者ではありません。担当者を選び直してください。"), code="not_of_division")
        assign(application=application, to=form.user(), by=request.user)

    return acted(request, application, act, _("担当者を変えました。"))


@desk("cases.work")
@only_posted
def cancelling(request: HttpRequest, number: str) -> HttpResponse:
    """補正の求めを取り消す; the one that was on the page, not a later one."""
    application = case_of(request, number)
    wanted = request.POST.get("correction", "")
    correction = application.corrections.filter(pk=int(wanted) if wanted.isdecimal() and len(wanted) < 15 else 0).first()

    def act() -> None:
        if correction is None:
            raise Refused(_("この直しのお願いは、もう終わっています。画面を開き直してください。"), code="correction_over")
        cancel_correction(correction=correction, by=request.user)

    return acted(request, application, act, _("補正の求めを取り消しました。"))


@desk("cases.work")
@only_posted
def noting(request: HttpRequest, number: str) -> HttpResponse:
    application = case_of(request, number)
    text = request.POST.get("text", "")
    try:
        note(application=application, text=text, by=request.user)
    except Refused as refused:
        return show_case(request, application, refused_text("note", refused, text), status=422)
    return back_to_case(request, application, "#notes")


@desk("cases.work")
@only_posted
def messaging(request: HttpRequest, number: str) -> HttpResponse:
    application = case_of(request, number)
    text = request.POST.get("text", "")
    try:
        write_message(application=application, text=text, by=request.user, from_desk=True)
    except Refused as refused:
        return show_case(request, application, refused_text("message", refused, text), status=422)
    return back_to_case(request, application, "#messages")


@desk("cases.work")
@only_posted
def reviewing(request: HttpRequest, number: str) -> HttpResponse:
    """One item of the list of what is to be looked at."""
    application = case_of(request, number)
    step = request.POST.get("step", "")
    passed = request.POST.get("passed") == "yes"
    written = request.POST.get("note", "")

    def act() -> None:
        record_review(application=application, step=step, passed=passed, note=written, by=request.user)

    return acted(request, application, act, _("審査を記録しました。"), "#reviews")


@desk("cases.work")
@never_cache
@only_posted
def looking_at_mynumber(request: HttpRequest, number: str) -> HttpResponse:
    """The individual number, once, on a page that nobody keeps."""
    application = case_of(request, number)
    path, reason = request.POST.get("path", "")[:120], request.POST.get("reason", "")
    try:
        digits = look_at_mynumber(application=application, path=path, reason=reason, by=request.user)
    except Refused as refused:
        return show_case(request, application, {"mynumber_problem": str(refused)}, status=422)
    context = {"application": application, "digits": f"{digits[:4]} {digits[4:8]} {digits[8:]}", "reason": LOOK_REASONS[reason]}
    response = show(request, "mynumber", context)
    response["Cache-Control"] = "no-store, private"
    return response


# -- acts that ask first ----------------------------------------------------------------------------------------------------


@desk("cases.work")
@never_cache
@require_http_methods(["GET", "POST"])
def withdrawing(request: HttpRequest, number: str) -> HttpResponse:
    """取下げ that came by telephone or at the counter."""
    application = case_of(request, number)
    subjects = list(application.subjects.filter(state__in=[SubjectState.OPEN, SubjectState.HELD]))
    form = WithdrawForm(request.POST or None, subjects=subjects)
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            withdraw(application=application, reason=form.cleaned_data["reason"], subjects=form.chosen(), by=request.user, by_desk=True)

        return acted(request, application, act, _("取下げを受け付けました。"))
    context = {"application": application, "procedure": application.procedure, "form": form, "subjects": subjects}
    return show(request, "withdraw", context, status=422 if form.errors else 200)


@desk("cases.work")
@never_cache
@require_http_methods(["GET", "POST"])
def renewing_phrase(request: HttpRequest, number: str) -> HttpResponse:
    """A new passphrase for who stands at the counter and has proven who they are; shown once, to be printed."""
    application = case_of(request, number)
    form = PhraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        proof = str(PROOFS[form.cleaned_data["proof"]])
        phrase = renew_phrase_at_counter(application=application, proof=proof, by=request.user)
        response = show(request, "new_phrase", {"application": application, "procedure": application.procedure, "phrase": phrase})
        response["Cache-Control"] = "no-store, private"
        return response
    context = {"application": application, "procedure": application.procedure, "form": form}
    return show(request, "renew_phrase", context, status=422 if form.errors else 200)
