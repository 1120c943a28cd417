"""What every request goes through: two cookies, language, scope, member, and refusals shown as pages."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django_scopes import scope

from madoguchi.accounts.models import Membership, Municipality
from madoguchi.lib.errors import Refused

GetResponse = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("madoguchi.requests")


def is_desk_path(path: str) -> bool:
    """Staff pages: /<municipality>/desk/…, /joint/desk/… and the staff's sign-in."""
    parts = path.strip("/").split("/")
    return parts[:2] == ["sign-in", "desk"] or (len(parts) > 1 and parts[1] == "desk")


class RequestLog:
    """One line a request without personal data: method, first two path segments, code, milliseconds."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        if response.status_code >= 500:
            shown = "/".join(request.path.split("/")[:3])
            log.error("%s %s %s %.0fms", request.method, shown, response.status_code, (time.perf_counter() - start) * 1000)
        return response


class WithoutNul:
    """NUL is typed by nobody and refused by PostgreSQL: it is taken out of what was sent, and a path with one does not exist."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            raise Http404
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = self.clean(request.GET)
        if request.method == "POST" and any("\x00" in text for _, texts in request.POST.lists() for text in texts):
            request._post = self.clean(request.POST)
        return self.get_response(request)

    @staticmethod
    def clean(data: QueryDict) -> QueryDict:
        cleaned = QueryDict(mutable=True)
        for key, texts in data.lists():
            cleaned.setlist(key.replace("\x00", ""), [text.replace("\x00", "") for text in texts])
        return cleaned


class TwoCookies(SessionMiddleware):
    """Residents' and desks' sessions are apart: different cookies, so that a clerk's own application is a resident's."""

    def process_request(self, request: HttpRequest) -> None:
        request.is_desk = is_desk_path(request.path_info)
        name = settings.DESK_COOKIE if request.is_desk else settings.RESIDENT_COOKIE
        request.session_cookie_name = name
        key = request.COOKIES.get(name, "")
        request.session = self.SessionStore(key if key.isascii() and key.isalnum() else None)  # a NUL in it stops PostgreSQL

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        plain = settings.SESSION_COOKIE_NAME
        name = getattr(request, "session_cookie_name", plain)
        if name in request.COOKIES:
            request.COOKIES[plain] = request.COOKIES[name]
        response = super().process_response(request, response)
        if plain in response.cookies and name != plain:
            morsel = response.cookies.pop(plain)
            response.cookies[name] = morsel.value
            for key, value in morsel.items():
                if value:
                    response.cookies[name][key] = value
        return response


class Language:
    """The reader's language: ?lang= on a link, else the cookie, else Japanese. Never guessed from the browser's headers on the desk."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.known = {code for code, _ in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("lang")
        language = wanted if wanted in self.known else request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if language not in self.known:
            language = "ja" if is_desk_path(request.path_info) else self.from_browser(request)
        if is_desk_path(request.path_info) and language == "ja-plain":
            language = "ja"
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", "en" if language == "en" else "ja")
            if wanted in self.known:
                response.set_cookie(
                    settings.LANGUAGE_COOKIE_NAME, wanted, max_age=365 * 86400, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
                )
        return response

    @staticmethod
    def from_browser(request: HttpRequest) -> str:
        accepted = request.headers.get("Accept-Language", "").lower()
        return "en" if accepted and "ja" not in accepted and "en" in accepted else "ja"


class Scope:
    """Opens the municipality of the first path segment; nothing else does (tasks and commands open their own)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        first = request.path_info.strip("/").split("/")[0]
        request.municipality = Municipality.objects.filter(slug=first).first() if first else None
        if request.municipality is None:
            return self.get_response(request)
        with scope(municipality=request.municipality):
            return self.get_response(request)


class Member:
    """The membership with which a signed-in clerk acts in this municipality; chosen in the session when there are several."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.member = None
        if request.municipality is not None and request.is_desk and request.user.is_authenticated:
            mine = list(Membership.objects.current().filter(user=request.user).select_related("division", "user").order_by("id"))
            chosen = request.session.get("membership")
            request.member = next((one for one in mine if one.pk == chosen), mine[0] if mine else None)
        return self.get_response(request)


class ShowRefused:
    """A refusal is a page that says what to do (409 to a machine), never a 500; what only a button does is no empty page either."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET":  # opened by the back button, or after signing in again
            sentence = _("この画面は、ボタンからだけ開けます。前の画面に戻り、もう一度ボタンを押してください。")
            shown = render(request, "refused.html", {"sentence": sentence}, status=405)
            shown["Allow"] = response["Allow"]
            return shown
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse({"error": exception.code, "message": str(exception)}, status=409)
        return render(request, "refused.html", {"sentence": exception.sentence}, status=409)
