"""Pages outside every municipality: the list of municipalities, staff's sign-in, language, health."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import get_template
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from madoguchi.accounts.actions import change_password, sign_in_staff
from madoguchi.accounts.actions.people import staff_memberships
from madoguchi.accounts.forms import ChangePassword, StaffSignIn
from madoguchi.accounts.models import Municipality
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import anyone

SECRET_BOXES = frozenset({"password", "old", "new", "phrase", "code"})


@anyone
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Every municipality of the installation."""
    return render(request, "accounts/home.html", {"municipalities": Municipality.objects.filter(is_operator=False).order_by("code")})


@anyone
@never_cache
def desk_sign_in(request: HttpRequest) -> HttpResponse:
    """Staff sign in with name and password and land on the desk of their (first) municipality."""
    form = StaffSignIn(request.POST or None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            user = sign_in_staff(**form.cleaned_data, address=request.META.get("REMOTE_ADDR", ""))
        except Refused as refused:
            problem = str(refused)
        else:
            login(request, user)
            return redirect(next_address(request) or f"/{staff_memberships(user).first().municipality.slug}/desk/")
    context = {"form": form, "problem": problem, "has_errors": bool(problem or form.errors), "next": request.GET.get("next", "")}
    return render(request, "accounts/desk_sign_in.html", context, status=400 if context["has_errors"] else 200)


@anyone
@require_POST
def desk_sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.DESK_SIGN_IN)


@anyone
@never_cache
def desk_self(request: HttpRequest) -> HttpResponse:
    """A member of staff's own page: the memberships to act with, and the password."""
    if not request.user.is_authenticated:
        return redirect(settings.DESK_SIGN_IN)
    form, problem, done = ChangePassword(request.POST or None), "", False
    if request.method == "POST" and form.is_valid():
        try:
            change_password(user=request.user, **form.cleaned_data)
        except Refused as refused:
            problem = str(refused)
        else:
            update_session_auth_hash(request, request.user)
            form, done = ChangePassword(), True
    memberships = staff_memberships(request.user).select_related("municipality", "division").order_by("municipality__code", "id")
    context = {"form": form, "problem": problem, "done": done, "memberships": memberships, "has_errors": bool(problem or form.errors)}
    return render(request, "accounts/desk_self.html", context, status=422 if context["has_errors"] else 200)


@anyone
@require_POST
def act_as(request: HttpRequest, membership: int) -> HttpResponse:
    """Choose the membership to act with; only one's own."""
    if not request.user.is_authenticated:
        return redirect(settings.DESK_SIGN_IN)
    found = get_object_or_404(staff_memberships(request.user), pk=membership)
    request.session["membership"] = found.pk
    return redirect(f"/{found.municipality.slug}/desk/")


@anyone
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the reader's choice of language in a cookie and go back to the page."""
    response = redirect(next_address(request) or "/")
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 86400, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


@anyone
@require_GET
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def next_address(request: HttpRequest) -> str:
    """Where the person was going, if that is a place of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if safe else ""


@anyone
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from a session that is over: say how to go on. What was typed on a page of ours waits under a button of the answer."""
    return render(request, "csrf.html", {"reason": reason, "kept": typed_here(request), "kept_to": request.get_full_path()}, status=403)


def typed_here(request: HttpRequest) -> list[tuple[str, str]]:
    """The posted boxes, if the browser vouches that one of our own pages sent them and none of them is a secret."""
    ours = request.headers.get("Sec-Fetch-Site") == "same-origin" or request.headers.get("Origin") == request.build_absolute_uri("/")[:-1]
    if not ours or SECRET_BOXES & set(request.POST):
        return []
    return [(name, text) for name in request.POST if name != "csrfmiddlewaretoken" for text in request.POST.getlist(name)]


@anyone
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


@anyone
def went_wrong(request: HttpRequest) -> HttpResponse:
    """Without context processors: the database may be what failed."""
    municipality = getattr(request, "municipality", None)
    feedback = f"/{municipality.slug}/feedback/?end=error" if municipality is not None and not request.is_desk else ""
    return HttpResponse(get_template("500.html").render({"feedback": feedback}), status=500)
