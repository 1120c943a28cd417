"""The desk's outbox: what was told, by which way, and what did not arrive."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from madoguchi.lib.addresses import address
from madoguchi.lib.errors import BackendError, Refused
from madoguchi.lib.guards import desk
from madoguchi.notices import actions
from madoguchi.notices.actions.letters import RUN
from madoguchi.notices.actions.writing import kind_of
from madoguchi.notices.forms import NewAddress
from madoguchi.notices.models import UNDELIVERED, Notice, NoticeQuerySet, NoticeState

PAGE = 50


def _address(request: HttpRequest, name: str, **parts: object) -> str:
    return address(f"notices_desk:{name}", slug=request.municipality.slug, **parts)


def _notice_or_404(request: HttpRequest, uuid: UUID, *, own: bool = False) -> Notice:
    """`own`: only for who works on the division's cases, because the page holds personal data."""
    row = get_object_or_404(Notice.objects.visible_to(request.member).select_related("division"), uuid=uuid)
    if own and row.is_private_to(request.member):
        raise Http404
    return row


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _cannot_print() -> Refused:
    return Refused(_("いま通知書を用意できません。少し待ってから、もう一度開いてください。"), code="letter_missing")


@desk("notices.read")
@require_GET
@never_cache
def outbox(request: HttpRequest) -> HttpResponse:
    """The division's notices, what did not arrive first; one state if asked for."""
    rows, wanted = Notice.objects.visible_to(request.member).select_related("division"), request.GET.get("state", "")
    if wanted == "undelivered":
        rows = rows.failed()
    elif wanted in NoticeState.values:
        rows = rows.filter(state=wanted)
    page = Paginator(rows.failed_first().defer("body", "document", "sealed"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [(row, kind_of(row.template).label, row.is_private_to(request.member)) for row in page],
        "wanted": wanted,
        "states": [
            ("undelivered", _("届かなかったもの")),
            *((state.value, state.label) for state in NoticeState if state not in UNDELIVERED),
        ],
    }
    return render(request, "notices/list.html", context)


@desk("notices.read")
@require_GET
@never_cache
def notice(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _show(request, _notice_or_404(request, uuid))


def _show(request: HttpRequest, row: Notice, form: NewAddress | None = None) -> HttpResponse:
    """One notice with its ledger."""
    is_private, kind = row.is_private_to(request.member), kind_of(row.template)
    form = form or NewAddress(by_post=row.document is not None or row.channel == "post", is_private=is_private)
    resendable = row.state in (NoticeState.SENT, NoticeState.SKIPPED) or row.is_failed
    context = {
        "notice": row,
        "kind": kind,
        "is_private": is_private,
        "deliveries": row.deliveries.all(),
        "form": form if resendable and not kind.secret else None,
        "has_errors": form.is_bound and not form.is_valid(),
        "may_return": row.state == NoticeState.SENT,
    }
    return render(request, "notices/notice.html", context, status=400 if context["has_errors"] else 200)


@desk("notices.read")
@require_POST
def resend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    row = _notice_or_404(request, uuid)
    by_post = row.document is not None or row.channel == "post"
    form = NewAddress(request.POST, by_post=by_post, is_private=row.is_private_to(request.member))
    if not form.is_valid():
        return _show(request, row, form)
    actions.resend(row, by=request.user, **form.cleaned_data)
    messages.success(request, _("もう一度送ります。"))
    return redirect(_address(request, "notice", uuid=uuid))


@desk("notices.read")
@require_POST
def returned(request: HttpRequest, uuid: UUID) -> HttpResponse:
    actions.returned(_notice_or_404(request, uuid), by=request.user)
    messages.success(request, _("戻ってきたことを書きとめました。正しい送り先が分かったら、もう一度送ってください。"))
    return redirect(_address(request, "notice", uuid=uuid))


@desk("notices.read")
@require_GET
@never_cache
def letter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The letter of one notice, for the case's own division."""
    row = _notice_or_404(request, uuid, own=True)
    if row.document is None and row.channel != "post":
        raise Http404
    try:
        return _pdf(actions.document_pdf(row), f"notice-{row.pk}.pdf")
    except BackendError as error:
        raise _cannot_print() from error


def _run(request: HttpRequest) -> NoticeQuerySet:
    """The letters of the division that wait for the printer."""
    return Notice.objects.to_print().filter(division_id=request.member.division_id or -1).select_related("division")


def _chosen(request: HttpRequest) -> NoticeQuerySet:
    """Those of the run that the page showed, and only those: a letter made in the meantime waits for the next run."""
    source = request.POST if request.method == "POST" else request.GET
    ids = [int(pk) for pk in source.get("ids", "").split(",") if pk.isdecimal() and len(pk) < 15][:RUN]
    return _run(request).filter(pk__in=ids)


@desk("cases.read")
@require_GET
@never_cache
def letters(request: HttpRequest) -> HttpResponse:
    """Letters to print, oldest first, a run at a time."""
    run = list(_run(request)[:RUN])
    context = {
        "letters": run,
        "ids": ",".join(str(row.pk) for row in run),
        "total": _run(request).count(),
        "missing": [row for row in run if row.missing],
    }
    return render(request, "notices/letters.html", context)


@desk("cases.read")
@require_GET
@never_cache
def letters_pdf(request: HttpRequest) -> HttpResponse:
    chosen = list(_chosen(request))
    if not chosen:
        raise Refused(_("印刷する通知書がありません。一覧を開き直してください。"), code="no_letters")
    try:
        return _pdf(actions.print_run(chosen), "letters.pdf")
    except BackendError as error:
        raise _cannot_print() from error


@desk("cases.work")
@require_POST
def posted(request: HttpRequest) -> HttpResponse:
    count = actions.posted(_chosen(request), by=request.user)
    messages.success(request, ngettext("%(count)s通を投函済みにしました。", "%(count)s通を投函済みにしました。", count) % {"count": count})
    return redirect(_address(request, "letters"))
