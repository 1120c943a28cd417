"""Who may: every view wears exactly one of these; a test fails on a view without.

`request.municipality` and `request.member` are set by the accounts room's middleware; this file only reads them. The slug in
the address is spent here, so that views take only what is theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

View = Callable[..., HttpResponseBase]
LONGEST_NEXT = 2000  # a longer address is none of ours


def _wear(view: View, guard: str, admit: Callable[[HttpRequest], HttpResponse | None]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "slug" in kwargs and getattr(request, "municipality", None) is None:
            raise Http404
        kwargs.pop("slug", None)
        return admit(request) or view(request, *args, **kwargs)

    guarded.guard = guard  # type: ignore[attr-defined]
    return guarded


def _to_sign_in(request: HttpRequest, address: str) -> HttpResponse:
    wanted = request.get_full_path()
    return redirect(f"{address}?{urlencode({'next': wanted})}" if len(wanted) <= LONGEST_NEXT else address)


def anyone(view: View) -> View:
    """Open to everybody; what it shows must be meant for everybody or guarded by a secret that the view checks."""
    return _wear(view, "anyone", lambda request: None)


def resident(view: View) -> View:
    """A signed-in resident; others are sent to the sign-in page and come back."""

    def admit(request: HttpRequest) -> HttpResponse | None:
        if request.user.is_authenticated:
            return None
        slug = request.municipality.slug  # type: ignore[attr-defined]
        return _to_sign_in(request, reverse(settings.RESIDENT_SIGN_IN, kwargs={"slug": slug}))

    return _wear(view, "resident", admit)


def desk(permission: str) -> Callable[[View], View]:
    """A member of this municipality whose role has the permission; to a member without it the page does not exist."""

    def admit(request: HttpRequest) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return _to_sign_in(request, reverse(settings.DESK_SIGN_IN))
        member = getattr(request, "member", None)
        if member is None or not member.may(permission):
            raise Http404
        return None

    return lambda view: _wear(view, f"desk:{permission}", admit)
