"""起案, 決裁 and 決定 of one subject, and the chief's page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Membership
from madoguchi.applications.actions import (
    approve,
    approved_proposal,
    decide,
    decide_as_proposed,
    open_case,
    open_proposal,
    preview,
    propose,
    recall,
    release_decision,
    send_back,
    standing_decision,
)
from madoguchi.applications.forms.desk import DecisionForm
from madoguchi.applications.models import Application, Decision, Review, State, Subject, SubjectState
from madoguchi.applications.models.appeal import appeal_note
from madoguchi.applications.models.decision import PROPOSAL
from madoguchi.applications.models.reading import walk_revision
from madoguchi.applications.views.desk_access import acted, case_of, only_posted, show, to
from madoguchi.applications.views.summary import groups_of
from madoguchi.engines.forms import pick
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk

OVER = (SubjectState.WITHDRAWN, SubjectState.DECLINED, SubjectState.RECEIVED)


def subject_rows(application: Application, member: Membership) -> list[dict[str, Any]]:
    """Each subject with its standing decision, its proposal and what may be done now."""
    reviewable = application.state in (State.ACCEPTED, State.DECIDED) and not application.is_finished
    rows = []
    for subject in application.subjects.all():
        standing = standing_decision(subject)
        proposal = open_proposal(subject)
        works = member.may("cases.work") and reviewable and subject.state not in OVER
        held_back = standing is not None and standing.released_at is None
        rows.append(
            {
                "subject": subject,
                "decision": standing,
                "proposal": proposal,
                "approved": approved_proposal(subject),
                "sent_back": sent_back(subject) if proposal is None else None,
                "may_decide": works and not held_back,
                "is_change": standing is not None and standing.outcome != "held",
                "may_release": member.may("cases.work") and held_back,
                "may_approve": proposal is not None and member.may("cases.approve") and proposal.by_id != member.user_id,
            }
        )
    return rows


def sent_back(subject: Subject) -> Review | None:
    """The refusal of the newest proposal, when that is how things stand."""
    newest = Review.objects.filter(subject=subject, outcome__gt="").order_by("-id").first()
    return newest if newest is not None and newest.step != PROPOSAL and not newest.passed else None


def subject_of(request: HttpRequest, number: str, subject: int) -> Subject:
    application = case_of(request, number)
    found = get_object_or_404(Subject, pk=subject, application=application)
    found.application = application
    return found


def ready_reasons(application: Application) -> list[str]:
    """Beginnings of reasons with the procedure's basis in them; the facts are the clerk's to write."""
    basis = pick(application.procedure.basis, "ja") if application.procedure.basis else _("（根拠）")
    return [
        _("○○であるため、%(basis)sの定める要件に当たりません。") % {"basis": basis},
        _("必要な書類（○○）が期限までに提出されず、%(basis)sの要件に当たることを確かめられませんでした。") % {"basis": basis},
        _("申請の内容（○○）と、○○の記録が一致しませんでした。"),
        _("○○の部分は%(basis)sの要件に当たらないため、その他の部分だけを認めます。") % {"basis": basis},
    ]


@desk("cases.work")
@never_cache
@require_http_methods(["GET", "POST"])
def deciding(request: HttpRequest, number: str, subject: int) -> HttpResponse:
    """結果, reason, the notice as it will read; where a second person must agree, the proposal first."""
    found = subject_of(request, number, subject)
    open_case(application=found.application, member=request.member)
    approved = approved_proposal(found)
    proposing = found.application.procedure.second_review and approved is None
    initial = {"outcome": approved.outcome, "reason": approved.reason} if approved is not None else {}
    initial = {"release": "now", **initial}
    act = request.POST.get("act", "")
    if request.method == "GET" or "ready" in request.POST:
        typed = with_ready_reason(request, found.application) if request.method == "POST" else {}
        form = DecisionForm(subject=found, proposing=proposing, initial={**initial, **typed})
        return show(request, "decide", deciding_context(found, form, None, ""))
    form = DecisionForm(request.POST, subject=found, proposing=proposing)
    refusal, text = "", None
    if form.is_valid():
        try:
            if act in ("decide", "propose"):
                return finish(request, found, form, proposing)
            text = preview(found, **{name: form.cleaned_data.get(name, "") for name in ("outcome", "reason", "title", "body")})
        except Refused as refused:
            refusal = str(refused)
    return show(request, "decide", deciding_context(found, form, text, refusal), status=422 if refusal or form.errors else 200)


def with_ready_reason(request: HttpRequest, application: Application) -> dict[str, str]:
    """What was typed so far, with the chosen beginning of a reason behind it."""
    typed = {
        name: request.POST[name]
        for name in ("outcome", "reason", "note", "valid_until", "title", "body", "release")
        if name in request.POST
    }
    chosen = dict(enumerate(ready_reasons(application))).get(place_of(request.POST.get("ready", "")), "")
    return {**typed, "reason": f"{typed.get('reason', '').rstrip()}\n{chosen}".strip()}


def place_of(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 3 else -1


def finish(request: HttpRequest, subject: Subject, form: DecisionForm, proposing: bool) -> HttpResponse:
    """Write the decision, or its proposal; `seen` is the decision that was on the page."""
    given = form.cleaned_data
    standing = standing_decision(subject)
    if str(standing.pk if standing else "") != request.POST.get("seen", ""):
        raise Refused(_("ほかの人が先に決定を変えました。画面を開き直して、内容を確かめてください。"), code="stale")
    if proposing:
        propose(subject=subject, outcome=given["outcome"], reason=given["reason"], note=given["note"], by=request.user)
        messages.success(request, _("起案しました。ほかの人の決裁を待ちます。"))
    else:
        replaced = standing if standing is not None and standing.outcome != "held" else None
        texts = {name: given.get(name, "") for name in ("outcome", "reason", "title", "body")}
        decide(subject, by=request.user, supersedes=replaced, release=form.releases, valid_until=given.get("valid_until"), **texts)
        messages.success(request, _("決定し、申請した人に知らせます。") if form.releases else _("決定しました。まだ知らせていません。"))
    return redirect(to(request, "case", number=subject.application.number) + "#subjects")


def deciding_context(subject: Subject, form: DecisionForm, text: Any, refusal: str) -> dict[str, Any]:
    application = subject.application
    standing = standing_decision(subject)
    return {
        "application": application,
        "procedure": application.procedure,
        "subject": subject,
        "form": form,
        "preview": text,
        "appeal": appeal_note(application.procedure),
        "refusal": refusal,
        "problems": [{"target": "", "sentence": refusal}] if refusal else [],
        "standing": standing,
        "approved": approved_proposal(subject),
        "waiting": open_proposal(subject),
        "sent_back": sent_back(subject),
        "proposing": "note" in form.fields,
        "groups": groups_of(walk_revision(application, application.latest()), application),
        "ready_reasons": list(enumerate(ready_reasons(application))),
    }


@desk("cases.approve")
@only_posted
def approving(request: HttpRequest, number: str, subject: int) -> HttpResponse:
    """決裁: agree (and decide in one), only agree, or send back."""
    found = subject_of(request, number, subject)
    seen = request.POST.get("seen", "")
    proposal = int(seen) if seen.isdecimal() and len(seen) < 15 else 0
    written = request.POST.get("note", "")
    acts = {
        "decide": (lambda: decide_as_proposed(subject=found, by=request.user, seen=proposal), _("決裁し、結果を知らせます。")),
        "approve": (lambda: approve(subject=found, by=request.user, seen=proposal, note=written), _("決裁しました。")),
        "back": (lambda: send_back(subject=found, by=request.user, seen=proposal, note=written), _("差し戻しました。")),
    }
    act, said = acts.get(request.POST.get("act", ""), acts["approve"])
    return acted(request, found.application, act, said, "#subjects")


@desk("cases.work")
@only_posted
def releasing(request: HttpRequest, number: str, decision: int) -> HttpResponse:
    """Tell a decision that was held back, or take it back."""
    application = case_of(request, number)
    found = get_object_or_404(Decision, pk=decision, subject__application=application)
    if request.POST.get("act") == "recall":
        return acted(request, application, lambda: recall(decision=found, by=request.user), _("決定を取りやめました。"), "#subjects")
    return acted(request, application, lambda: release_decision(decision=found, by=request.user), _("結果を知らせます。"), "#subjects")
