"""Which application this browser may see: by account, or by a session that is still fresh."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from madoguchi.applications.backends import SESSION_KEY as KEY
from madoguchi.applications.backends import level, of_phrase
from madoguchi.applications.models import Application, FilingBundle
from madoguchi.lib.addresses import address
from madoguchi.lib.limits import caller

KEPT = "kept:"  # what was typed on a page whose session was over, carried through the sign-in in the browser's own page
PHRASE = "phrase"  # session key: the passphrase until its page has been left
AFTER_PROOF = frozenset({"status", "amend", "correct", "receive_email"})  # pages to which the second proof leads back


def grant(request: HttpRequest, application: Application | FilingBundle, *, full: bool) -> None:
    """Let this browser go on with an application until it rests for half an hour. `full` opens whole answers and papers.

    What opens more than before gets a new session key: one that somebody planted or noted down earlier opens nothing.
    """
    if not request.session.session_key:
        request.session.create()
    held = request.session.get(KEY, {})
    before = level(request, application)
    full = full or before == "full"
    if not before or (full and before != "full"):
        request.session.cycle_key()
    held[str(application.uuid)] = {"at": int(timezone.now().timestamp()), "full": full, "phrase": of_phrase(application)}
    request.session[KEY] = held


def forget(request: HttpRequest) -> None:
    """「ここで終わる」: this browser knows nothing any more."""
    request.session.pop(KEY, None)
    request.session.modified = True


def application_of(request: HttpRequest, uuid: UUID, *, full: bool = True) -> Application:
    """The application if this browser may see it; raises Expired for one that it may not (or no longer)."""
    found = Application.objects.select_related("procedure__division", "version", "resident", "filed_with").filter(uuid=uuid).first()
    if found is None:
        raise Http404
    held = level(request, found)
    if not held or (full and held != "full"):
        raise Expired(found, held)
    grant(request, found, full=held == "full")
    return found


class Expired(Exception):
    """The session is over, or a second proof is needed: `own_case` shows the page that takes it."""

    def __init__(self, application: Application | FilingBundle, held: str) -> None:
        super().__init__("expired")
        self.application, self.held = application, held


def own_case(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of one application: whoever may not see it (any more) gets the page that opens it, never a dead end."""

    @wraps(view)
    def admitted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Expired as expired:
            return let_in(request, expired)

    return admitted


def let_in(request: HttpRequest, expired: Expired) -> HttpResponse:
    """Number and passphrase for who holds nothing, the second proof for who came with these; what was typed goes along."""
    slug = request.municipality.slug
    if request.POST.get("act") == "autosave" or request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"signedOut": True, "message": _("時間がたったため、いったん閉じました。")}, status=403)
    if expired.held == "basic":
        wanted = request.resolver_match.url_name if request.resolver_match else ""
        query = f"?{urlencode({'to': wanted})}" if wanted in AFTER_PROOF else ""
        return redirect(address("applications:second_proof", slug=slug, uuid=expired.application.uuid) + query)
    if request.method == "POST":
        kept = [(KEPT + name, text) for name, text in typed_fields(request)]
        return render(request, "applications/status_sign_in.html", sign_in_context(over=True, kept=kept, kept_to=request.path), status=403)
    return redirect(address("applications:status_sign_in", slug=slug) + "?over=1")


def typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Every box that was posted but the token; files cannot be carried."""
    return [(name, text) for name in request.POST if name != "csrfmiddlewaretoken" for text in request.POST.getlist(name)]


def sign_in_context(*, over: bool = False, kept: list[tuple[str, str]] | None = None, kept_to: str = "", **shown: Any) -> dict[str, Any]:
    """What status_sign_in.html reads. `over`: a session ended; `kept` fields go along hidden, to be posted to `kept_to` afterwards."""
    return {"typed": {}, "problem": "", "has_errors": False, "problems": [], "over": over, "kept": kept or [], "kept_to": kept_to, **shown}


def address_of(request: HttpRequest) -> str:
    """The caller's network address, for limits only."""
    return caller(request.META.get("REMOTE_ADDR", ""))
