"""Looking up, status, second proof, messages, withdrawal, answers to what was granted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from madoguchi.applications.actions import accept_offer, decline, look_up, may_amend, prove_birth, usual_days, withdraw, write_message
from madoguchi.applications.backends import status_panels_for
from madoguchi.applications.models import Application, FilingBundle, Subject, SubjectState
from madoguchi.applications.models.reading import applicant, walk_revision
from madoguchi.applications.models.story import events, openings, shown_label, shown_state, subject_name, told_decisions
from madoguchi.applications.views.access import (
    AFTER_PROOF,
    KEPT,
    address_of,
    application_of,
    grant,
    level,
    own_case,
    sign_in_context,
)
from madoguchi.applications.views.fill import to
from madoguchi.applications.views.siblings import bundle_address, together_of
from madoguchi.applications.views.summary import groups_of
from madoguchi.engines.japanese import DateProblem, parse_date
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import anyone


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
def status_sign_in(request: HttpRequest) -> HttpResponse:
    """Number and passphrase open the status (or, while it is a draft, the form again)."""
    typed = {"number": request.POST.get("number", request.GET.get("number", ""))[:60], "phrase": request.POST.get("phrase", "")[:200]}
    kept = [(name, text) for name in request.POST if name.startswith(KEPT) for text in request.POST.getlist(name)]
    kept_to, problem = request.POST.get("kept_to", "")[:300], ""
    if request.method == "POST":
        try:
            application = look_up(number=typed["number"], phrase=typed["phrase"], address=address_of(request))
        except Refused as refused:
            problem = str(refused)
        else:
            if isinstance(application, FilingBundle):
                return opened_together(request, application, kept, kept_to)
            grant(request, application, full=application.is_draft)
            return opened(request, application, kept, kept_to)
    context = sign_in_context(
        over=bool(request.GET.get("over")) or bool(kept),
        kept=kept,
        kept_to=kept_to,
        typed=typed,
        problem=problem,
        has_errors=bool(problem),
        problems=[{"target": "number", "sentence": problem}] if problem else [],
    )
    return render(request, "applications/status_sign_in.html", context, status=422 if problem else 200)


def opened_together(request: HttpRequest, filing: FilingBundle, kept: list[tuple[str, str]], kept_to: str) -> HttpResponse:
    """What is filed together, and with it each of its applications whose passphrase is still the same."""
    for member in filing.members.exclude(application=None).select_related("application"):
        if member.application.phrase_hash == filing.phrase_hash:
            grant(request, member.application, full=member.application.is_draft)
    grant(request, filing, full=True)
    hub = bundle_address(request, "bundle", filing)
    if kept and kept_to.startswith(hub):
        fields = [(name.removeprefix(KEPT), text) for name, text in kept]
        return render(request, "carry_on.html", {"kept": fields, "kept_to": kept_to, "never_mind": hub})
    return redirect(hub)


def opened(request: HttpRequest, application: Application, kept: list[tuple[str, str]], kept_to: str) -> HttpResponse:
    """The form again or the status; where something typed was carried along, one button saves it on its page first."""
    if kept and kept_to.startswith(to(request, "fill", application)):
        fields = [(name.removeprefix(KEPT), text) for name, text in kept]
        return render(request, "carry_on.html", {"kept": fields, "kept_to": kept_to, "never_mind": to(request, "fill", application)})
    return redirect(to(request, "fill" if application.is_draft else "status", application))


@anyone
@never_cache
@require_http_methods(["GET"])
@own_case
def status(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where the case stands and what is asked of the person now."""
    application = application_of(request, uuid, full=False)
    if application.is_draft:
        return redirect(to(request, "fill", application))
    application.messages.filter(from_desk=True, read_at=None).update(read_at=timezone.now())
    return render(request, "applications/status.html", status_context(request, application))


def status_context(request: HttpRequest, application: Application) -> dict[str, Any]:
    correction = application.corrections.filter(state="open").prefetch_related("items").first()
    decisions, full = list(told_decisions(application)), level(request, application) == "full"
    context: dict[str, Any] = {
        "application": application,
        "procedure": application.procedure,
        "contact": application.division,
        "shown_state": shown_state(application),
        "shown_label": shown_label(application),
        "events": events(application, full=full),
        "openings": openings(application),
        "correction": correction,
        "usual": usual_days(application.procedure) if application.is_open else None,
        "subjects": subject_rows(application, decisions, full),
        "case_messages": application.messages.all(),
        "may_amend": may_amend(application),
        "may_withdraw": application.subjects.filter(state__in=[SubjectState.OPEN, SubjectState.HELD]).exists(),
        "full": full,
    }
    together = together_of(application)
    context["together"] = together if together is not None and level(request, together.filing) == "full" else None
    if full:
        latest = application.latest()
        context["groups"] = groups_of(walk_revision(application, latest), application)
        context["documents"] = application.documents.told().select_related("decision")
        context["panels"] = status_panels_for(application, request)
    return context


def subject_rows(application: Application, decisions: list[Any], full: bool) -> list[dict[str, Any]]:
    """Each subject with what was told about it; an untold decision is not shown."""
    rows = []
    for subject in application.subjects.all():
        told = next((one for one in decisions if one.subject_id == subject.pk), None)
        known = (SubjectState.WITHDRAWN, SubjectState.DECLINED, SubjectState.OPEN, SubjectState.RECEIVED)
        state = (
            subject.state if subject.state in known else told.outcome if told else SubjectState.OPEN
        )  # what was told, not what is held back
        can_answer = (
            told is not None and subject.state in (SubjectState.GRANTED, SubjectState.PARTLY) and application.procedure.kind == "enrolment"
        )
        can_answer = can_answer or (told is not None and subject.state == SubjectState.GRANTED and bool(subject.path))
        rows.append(
            {
                "subject": subject,
                "name": subject_name(subject, full=full),
                "state": SubjectState(state),
                "decision": told,
                "can_answer": can_answer and not subject.accepted_at,
            }
        )
    return rows


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
@own_case
def second_proof(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The date of birth opens whole answers and papers for who came with number and passphrase."""
    application = application_of(request, uuid, full=False)
    typed, problem = request.POST.get("birth", "")[:40], ""
    if request.method == "POST":
        try:
            prove_birth(application=application, born=parse_date(typed), address=address_of(request))
            grant(request, application, full=True)
            wanted = request.GET.get("to", "")
            return redirect(to(request, wanted if wanted in AFTER_PROOF else "status", application))
        except DateProblem:
            problem = _("生年月日を入力してください。例：平成2年4月15日、1990-4-15")
        except Refused as refused:
            problem = str(refused)
    context = {"application": application, "typed": typed, "problem": problem, "has_errors": bool(problem)}
    context |= {"asks_birth": applicant(application).birth is not None, "can_email": bool(application.email)}
    context["status_address"] = to(request, "status", application)
    context["problems"] = [{"target": "birth", "sentence": problem}] if problem else []
    return render(request, "applications/second_proof.html", context, status=422 if problem else 200)


@anyone
@require_POST
@own_case
def send_message(request: HttpRequest, uuid: UUID) -> HttpResponse:
    application = application_of(request, uuid, full=False)
    try:
        write_message(application=application, text=request.POST.get("text", ""), by=application.resident)
    except Refused as refused:
        context = {**status_context(request, application), "message_problem": str(refused), "message_text": request.POST.get("text", "")}
        return render(request, "applications/status.html", {**context, "has_errors": True}, status=422)
    messages.success(request, _("連絡を送りました。"))
    return redirect(to(request, "status", application) + "#messages")


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
@own_case
def withdrawing(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """取下げ after asking: of the whole application or of some subjects."""
    application = application_of(request, uuid, full=False)
    open_subjects = list(application.subjects.filter(state__in=[SubjectState.OPEN, SubjectState.HELD]))
    for one in open_subjects:
        one.shown_name = subject_name(one, full=level(request, application) == "full")
    if request.method == "POST":
        chosen = set(request.POST.getlist("subject"))
        subjects = [one for one in open_subjects if str(one.pk) in chosen] if len(open_subjects) > 1 else None
        if len(open_subjects) > 1 and not subjects:
            context = {"application": application, "subjects": open_subjects, "has_errors": True, "procedure": application.procedure}
            context["reason"] = request.POST.get("reason", "")
            context["problems"] = [{"target": f"subject-{open_subjects[0].pk}", "sentence": _("取り下げる対象を選んでください。")}]
            return render(request, "applications/withdraw.html", context, status=422)
        withdraw(application=application, reason=request.POST.get("reason", ""), subjects=subjects, by=application.resident)
        context = {"application": application, "procedure": application.procedure, "contact": application.division}
        return render(request, "applications/withdrawn.html", context)
    context = {"application": application, "subjects": open_subjects, "procedure": application.procedure, "contact": application.division}
    return render(request, "applications/withdraw.html", context)


@anyone
@require_POST
@own_case
def reply(request: HttpRequest, uuid: UUID, subject: int) -> HttpResponse:
    """承諾 or 辞退 of what was granted to one subject."""
    application = application_of(request, uuid)
    found = get_object_or_404(Subject, pk=subject, application=application)
    if request.POST.get("act") == "accept":
        accept_offer(subject=found, by=application.resident)
        messages.success(request, _("承諾を受け付けました。"))
    elif request.POST.get("sure") == "yes":
        decline(subject=found, by=application.resident)
        messages.success(request, _("辞退を受け付けました。"))
    else:
        return render(
            request, "applications/decline.html", {"application": application, "subject": found, "procedure": application.procedure}
        )
    return redirect(to(request, "status", application))
