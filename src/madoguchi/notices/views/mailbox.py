"""The demo's mailbox: everything that would have left the house, of every municipality. In an installation these pages do not exist."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django_scopes import scope, scopes_disabled

from madoguchi.lib.guards import anyone
from madoguchi.notices import actions
from madoguchi.notices.models import Mail, Notice

PAGE = 30


def _only_in_demo() -> None:
    if not (settings.DEMO or settings.TESTING):
        raise Http404


@anyone
@require_GET
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """Mails and letters, newest first; `to` picks those to one address or name."""
    _only_in_demo()
    wanted = request.GET.get("to", "").strip()
    with scopes_disabled():
        mails = Mail.objects.select_related("municipality", "notice")
        letters = Notice.objects.filter(channel="post").exclude(file="").select_related("municipality")
        if wanted:
            mails, letters = mails.filter(to__icontains=wanted), letters.filter(name__icontains=wanted)
        # The newest of both for this page and those before it; the demo's box is small enough for that.
        page = Paginator(range(mails.count() + letters.count()), PAGE).get_page(request.GET.get("page"))
        end = page.end_index()
        entries = [(mail.at, "mail", mail) for mail in mails[:end]] + [(letter.created_at, "letter", letter) for letter in letters[:end]]
        entries.sort(key=lambda entry: entry[0], reverse=True)
        shown = entries[max(0, page.start_index() - 1) : end]
        return render(request, "notices/mailbox.html", {"entries": shown, "page_obj": page, "wanted": wanted})


@anyone
@require_GET
@never_cache
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail with its links to click."""
    _only_in_demo()
    with scopes_disabled():
        row = get_object_or_404(Mail.objects.select_related("municipality", "notice"), pk=pk)
        return render(request, "notices/mail.html", {"mail": row, "sender": settings.DEFAULT_FROM_EMAIL})


@anyone
@require_GET
@never_cache
def mailbox_letter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One letter as it would be printed."""
    _only_in_demo()
    with scopes_disabled():
        row = get_object_or_404(Notice.objects.select_related("municipality"), uuid=uuid, channel="post")
    with scope(municipality=row.municipality):
        return HttpResponse(actions.document_pdf(row), content_type="application/pdf", headers={"X-Content-Type-Options": "nosniff"})
