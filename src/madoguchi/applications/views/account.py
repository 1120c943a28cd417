"""Residents' sign-in by e-mail, their page, leaving, one-time links, feedback, checking a paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login, logout
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_scopes import scope, scopes_disabled

from madoguchi.accounts.actions import check_code, consume_link, look_at_link, resident_for
from madoguchi.applications.actions import claim, give_feedback, keep_email, made_paper, mail_code, send_resume_link
from madoguchi.applications.backends import continuing, filings_here
from madoguchi.applications.models import Application, Attachment, IssuedDocument
from madoguchi.applications.models.story import shown_label, shown_state
from madoguchi.applications.views.access import address_of, application_of, forget, grant, level, own_case
from madoguchi.applications.views.fill import reader_code, to
from madoguchi.applications.views.siblings import bundle_address, filing_of_member, open_siblings
from madoguchi.engines.japanese import ContactProblem, normalise_email
from madoguchi.lib import numbers
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import anyone, resident
from madoguchi.lib.limits import Limit
from madoguchi.lib.uploads import preview_png

FEEDBACKS = Limit("feedback", 60, 15 * 60)  # of one address: what is kept here can never be deleted
WAITING = "waiting_code"  # session key: {"id", "email", "for": "sign-in" | application uuid}


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Step 1: an address. The answer is the same for known and unknown ones."""
    return ask_email(request, purpose="sign-in", target="sign-in", template="applications/sign_in.html", then="sign_in_code")


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Step 2: the six digits, in the same browser."""

    def done(email: str) -> str:
        held = dict(request.session.get("applications", {}))
        user = resident_for(email=email, language=reader_code())
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        for application in Application.objects.filter(uuid__in=held, email__iexact=email):
            claim(application=application, resident=user)
        wanted = request.POST.get("next", "")
        return (
            wanted
            if url_has_allowed_host_and_scheme(wanted, {request.get_host()})
            else address("applications:my", slug=request.municipality.slug)
        )

    return ask_code(request, purpose="sign-in", template="applications/sign_in_code.html", done=done, again="sign_in")


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of who proved the address before: a button, and only the button uses it up."""
    if request.method == "GET":
        usable = look_at_link(token=token, purpose="sign-in") is not None
        return render(request, "applications/link.html", {"usable": usable, "signs_in": True}, status=200 if usable else 410)
    used = consume_link(token=token, purpose="sign-in")
    login(request, resident_for(email=used.email, language=reader_code()), backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect(address("applications:my", slug=request.municipality.slug))


def ask_email(request: HttpRequest, *, purpose: str, target: str, template: str, then: str, **context: Any) -> HttpResponse:
    typed, problem = request.POST.get("email", "")[:300], ""
    if request.method == "POST":
        try:
            email = normalise_email(typed)
            code = mail_code(email=email, purpose=purpose, language=reader_code(), address=address_of(request))
        except ContactProblem:
            problem = _("メールアドレスを確かめてください。例：hanako@example.jp")
        except Refused as refused:
            problem = str(refused)
        else:
            request.session[WAITING] = {"id": code, "email": email, "for": target, "next": request.POST.get("next", "")[:500]}
            parts = {"uuid": target} if target != "sign-in" else {}
            return redirect(address(f"applications:{then}", slug=request.municipality.slug, **parts))
    problems = [{"target": "email", "sentence": problem}] if problem else []
    shown = {
        "typed": typed,
        "problem": problem,
        "problems": problems,
        "has_errors": bool(problem),
        "next": request.GET.get("next", ""),
        **context,
    }
    return render(request, template, shown, status=422 if problem else 200)


def ask_code(
    request: HttpRequest, *, purpose: str, template: str, done: Any, again: str, parts: dict[str, Any] | None = None, **context: Any
) -> HttpResponse:
    waiting = request.session.get(WAITING)
    wanted = str((parts or {}).get("uuid", "sign-in"))
    again_address = address(f"applications:{again}", slug=request.municipality.slug, **(parts or {}))
    if not waiting or waiting["for"] != wanted:
        return redirect(again_address)
    problem = ""
    if request.method == "POST":
        digits = numbers_only(request.POST.get("code", ""))
        try:
            email = check_code(id=waiting["id"], digits=digits, purpose=purpose, address=address_of(request))
        except Refused as refused:
            problem = str(refused)
        else:
            request.session.pop(WAITING, None)
            return redirect(done(email))
    problems = [{"target": "code", "sentence": problem}] if problem else []
    shown = {
        "email": waiting["email"],
        "next": waiting.get("next", ""),
        "problems": problems,
        "problem": problem,
        "has_errors": bool(problem),
    }
    return render(request, template, {**shown, "again": again_address, **context}, status=422 if problem else 200)


def numbers_only(text: str) -> str:
    """Six digits of any width, with or without blanks."""
    return "".join(str(int(letter)) for letter in text[:40] if letter.isdecimal())


@anyone
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """「ここで終わる」: account and anonymous applications alike are closed in this browser."""
    forget(request)
    logout(request)
    return render(request, "applications/ended.html", {})


@resident
@never_cache
@require_GET
def my(request: HttpRequest) -> HttpResponse:
    """A resident's page: drafts to go on with, cases and where they stand."""
    mine = Application.objects.filter(resident=request.user).select_related("procedure__division")
    cases = list(mine.filed().order_by("-arrived_at"))
    for one in cases:
        one.shown_state, one.shown_label = shown_state(one), shown_label(one)
    context = {"drafts": mine.drafts().order_by("-saved_at"), "cases": cases, "filings": filings_here(request)}
    return render(request, "applications/my.html", context)


@anyone
@never_cache
@require_GET
def resume(request: HttpRequest) -> HttpResponse:
    """Continue yours: what this browser still holds, and the other ways back."""
    return render(request, "applications/resume.html", {"drafts": continuing(request), "filings": filings_here(request)})


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
@own_case
def leave(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Saved; how to come back. An e-mail address gets a link after its owner typed the code sent to it."""
    application = application_of(request, uuid)
    if request.method == "POST" and application.email:
        send_link(request, application, application.email)
        return render(request, "applications/left.html", {"application": application, "email": application.email})
    context = {"application": application, "procedure": application.procedure}
    return ask_email(request, purpose="resume", target=str(uuid), template="applications/leave.html", then="leave_code", **context)


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
@own_case
def leave_code(request: HttpRequest, uuid: UUID) -> HttpResponse:
    application = application_of(request, uuid)

    def done(email: str) -> str:
        keep_email(application=application, email=email)
        send_link(request, application, email)
        return to(request, "left", application)

    parts = {"uuid": uuid}
    return ask_code(
        request, purpose="resume", template="applications/sign_in_code.html", done=done, again="leave", parts=parts, application=application
    )


def send_link(request: HttpRequest, application: Application, email: str) -> None:
    place = address("applications:link", slug=request.municipality.slug, token="TOKEN")  # noqa: S106 replaced below
    send_resume_link(application=application, email=email, address=settings.PUBLIC_URL + place)


@anyone
@never_cache
@require_GET
@own_case
def left(request: HttpRequest, uuid: UUID) -> HttpResponse:
    application = application_of(request, uuid)
    return render(request, "applications/left.html", {"application": application, "email": application.email})


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
@own_case
def receive_email(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Receipts and news by e-mail from now on: the address is proven first."""
    application = application_of(request, uuid)
    context = {"application": application, "procedure": application.procedure}
    return ask_email(
        request, purpose="news", target=str(uuid), template="applications/receive_email.html", then="receive_email_code", **context
    )


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
@own_case
def receive_email_code(request: HttpRequest, uuid: UUID) -> HttpResponse:
    application = application_of(request, uuid)

    def done(email: str) -> str:
        keep_email(application=application, email=email, agreed_electronic=request.POST.get("electronic") == "yes")
        filing = filing_of_member(application) if application.is_draft else None
        if filing is not None:
            return bundle_address(request, "bundle_next", filing)
        return to(request, "check" if application.is_draft else "status", application)

    parts = {"uuid": uuid}
    return ask_code(
        request,
        purpose="news",
        template="applications/sign_in_code.html",
        done=done,
        again="receive_email",
        parts=parts,
        application=application,
        asks_electronic=True,
    )


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link: opening shows a button, only the button uses it up (mail scanners open links)."""
    if request.method == "GET":
        found = look_at_link(token=token, purpose="resume")
        return render(request, "applications/link.html", {"usable": found is not None}, status=200 if found else 410)
    used = consume_link(token=token, purpose="resume")
    application = get_object_or_404(Application, uuid=used.target)
    grant(request, application, full=True)
    filing = open_siblings(request, application)
    if filing is not None:
        return redirect(bundle_address(request, "bundle", filing))
    return redirect(to(request, "fill" if application.is_draft else "status", application))


@anyone
@require_http_methods(["GET", "POST"])
def feedback(request: HttpRequest) -> HttpResponse:
    """One 5-step answer and one box, from any end; an error page links here, since it can hold no form."""
    if request.method == "GET":
        return render(request, "applications/feedback.html", {"end": request.GET.get("end", "page")[:40]})
    if not FEEDBACKS.hit(address_of(request)).allowed:
        raise Refused(_("短い時間にたくさんのご意見が送られました。15分ほど待ってから、もう一度お試しください。"), code="too_many")
    score = request.POST.get("score", "")
    give_feedback(
        end=request.POST.get("end", "page"),
        score=int(score) if score.isdecimal() and len(score) == 1 else None,
        words=request.POST.get("words", ""),
        language=reader_code(),
    )
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()})
    return render(request, "applications/thanks.html", {"next": wanted if safe else f"/{request.municipality.slug}/"})


@anyone
@never_cache
@require_GET
@own_case
def attachment(request: HttpRequest, uuid: UUID, file: UUID) -> HttpResponse:
    """A file that the person gave, back to that person; always a download."""
    application = application_of(request, uuid)
    found = get_object_or_404(Attachment, application=application, uuid=file)
    return download(default_storage.open(found.file), found.name, found.media_type)


@anyone
@never_cache
@require_GET
@own_case
def preview(request: HttpRequest, uuid: UUID, file: UUID) -> HttpResponse:
    """A small picture of a file that the person gave, drawn by us: the file itself is never shown in a page."""
    application = application_of(request, uuid)
    found = get_object_or_404(Attachment, application=application, uuid=file)
    with default_storage.open(found.file) as stored:
        return HttpResponse(preview_png(stored.read(), found.kind, width=240), content_type="image/png")


@anyone
@never_cache
@require_GET
@own_case
def document(request: HttpRequest, uuid: UUID, code: str) -> HttpResponse:
    """A receipt or decision as PDF."""
    application = application_of(request, uuid)
    found = get_object_or_404(IssuedDocument.objects.told(), application=application, check_code=code)
    if level(request, application) != "full":
        raise Http404
    made = made_paper(document=found)
    if not made.file:
        raise Http404
    return download(default_storage.open(made.file), f"{found.kind}-{application.number}.pdf", "application/pdf")


def download(file: Any, name: str, media_type: str) -> HttpResponse:
    response = FileResponse(file, as_attachment=True, filename=name, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@anyone
@require_GET
def check_paper(request: HttpRequest, code: str = "") -> HttpResponse:
    """Anyone can check that a paper was issued here: kind, procedure, day and hash; nobody's name."""
    typed = code or request.GET.get("code", "")
    read = numbers.read_check_code(typed[:60]) if typed else None
    found = None
    if read:
        with scopes_disabled():
            found = (
                IssuedDocument.objects.told()
                .select_related("application__procedure", "application__municipality")
                .filter(check_code=read)
                .first()
            )
            if found is not None:
                with scope(municipality=found.municipality):
                    _names = (found.application.procedure.name, found.municipality.name)
    return render(
        request,
        "applications/check_paper.html",
        {"typed": typed, "found": found, "asked": bool(typed)},
        status=404 if typed and not found else 200,
    )
