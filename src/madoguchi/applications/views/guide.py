"""Which of these concern me? A bundle's few questions, what its procedures have to do with the answers, and the start of several at once.

Advice and never a gate: every procedure can be chosen. The answers stay in the browser's session and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.applications.actions import start, start_bundle
from madoguchi.applications.forms import posted_parts
from madoguchi.applications.forms.fields import FieldView, field_for
from madoguchi.applications.views.access import PHRASE, address_of, grant
from madoguchi.applications.views.begin import STARTS
from madoguchi.applications.views.fill import reader_code, to
from madoguchi.engines.forms import Walk, put, read, walk
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import anyone
from madoguchi.lib.tags import reader
from madoguchi.procedures.actions import OfferedBundle, OfferedMember, lists, offered_bundle, verdicts

GUIDES = "guides"  # session key: {bundle: the guide's answers}
ORDER = ("yes", "perhaps", "no")


def offered_here(name: str) -> OfferedBundle:
    """A bundle that residents see; raises Http404."""
    found = offered_bundle(name)
    if found is None or not found.is_on:
        raise Http404
    return found


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
def guide(request: HttpRequest, bundle: str) -> HttpResponse:
    """The questions, and after them the list. Without an answer everything may concern you."""
    offered = offered_here(bundle)
    values, answered = answers_in(request, bundle)
    if request.method == "POST":
        request.session[GUIDES] = {**request.session.get(GUIDES, {}), bundle: _read(request, offered, values)}
        return redirect(request.path + "#result")
    return show_guide(request, offered, values, answered=answered)


def answers_in(request: HttpRequest, bundle: str) -> tuple[dict[str, Any], bool]:
    """The guide's answers of this browser, and whether it was asked at all."""
    held = request.session.get(GUIDES, {}).get(bundle)
    return dict(held or {}), held is not None


def _walked(offered: OfferedBundle, values: Mapping[str, Any]) -> Walk:
    return walk(offered.bundle.guide, values, on=timezone.localdate())


def _read(request: HttpRequest, offered: OfferedBundle, values: dict[str, Any]) -> dict[str, Any]:
    items = list(_walked(offered, values).items())
    for path, parts in posted_parts(request, items).items():
        question = next(item.question for item in items if item.path == path)
        values = put(values, path, read(question, parts, on=timezone.localdate()).value)
    return values


def show_guide(
    request: HttpRequest,
    offered: OfferedBundle,
    values: Mapping[str, Any],
    *,
    answered: bool,
    chosen: Sequence[str] | None = None,
    problems: Sequence[Mapping[str, str]] = (),
) -> HttpResponse:
    walked = _walked(offered, values)
    known = lists()
    fields: list[FieldView] = [field_for(item, language=reader(), lists=known) for item in walked.items()]
    context = {
        "offered": offered,
        "bundle": offered.bundle,
        "fields": fields,
        "answered": answered,
        "groups": groups_of(offered, walked, chosen) if answered else [],
        "agree": request.POST.get("agree", ""),
        "problems": problems,
        "has_errors": bool(problems),
    }
    return render(request, "applications/together/guide.html", context, status=422 if problems else 200)


def groups_of(offered: OfferedBundle, walked: Walk, chosen: Sequence[str] | None) -> list[dict[str, Any]]:
    """The members under 「関係があります」「かもしれません」「おそらくありません」, each with why."""
    said = verdicts(bundle=offered.bundle, walked=walked)
    titles = {"yes": _("あなたに関係があります"), "perhaps": _("関係があるかもしれません"), "no": _("おそらく関係がありません")}
    groups = []
    for verdict in ORDER:
        rows = [_row(one, verdict, chosen) for one in offered.members if said[one.member.slug] == verdict]
        if rows:
            groups.append({"verdict": verdict, "title": titles[verdict], "rows": rows})
    return groups


def _row(one: OfferedMember, verdict: str, chosen: Sequence[str] | None) -> dict[str, Any]:
    opening = one.procedure.opening(timezone.localdate()) if one.procedure is not None else ""
    ticked = one.member.slug in chosen if chosen is not None else verdict == "yes"
    return {"offered": one, "member": one.member, "opening": opening, "can_start": opening == "open", "ticked": ticked}


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, bundle: str) -> HttpResponse:
    """Begin the chosen procedures together; one alone begins as it would from its own page."""
    offered = offered_here(bundle)
    slug = request.municipality.slug
    if request.method == "GET":
        return redirect(address("applications:guide", slug=slug, bundle=bundle))
    chosen = [one.member.slug for one in offered.members if one.member.slug in set(request.POST.getlist("member")) and one.procedure]
    agree = request.POST.get("agree", "")
    problems = _problems(chosen, agree)
    if problems:
        values, _answered = answers_in(request, bundle)
        return show_guide(request, offered, values, answered=True, chosen=chosen, problems=problems)
    # Three drafts count as one start: a family is not stopped, a flood is.
    hits = [STARTS.hit(address_of(request)) for _third in range(max(1, len(chosen) // 3))]
    if not all(one.allowed for one in hits):
        raise Refused(_("短い時間にたくさんの申請が始められました。15分ほど待ってから、もう一度お試しください。"), code="too_many")
    resident = request.user if request.user.is_authenticated else None
    if len(chosen) == 1:
        procedure = next(one.procedure for one in offered.members if one.member.slug == chosen[0])
        started = start(procedure=procedure, resident=resident, language=reader_code())
        grant(request, started.application, full=True)
        request.session[PHRASE] = {str(started.application.uuid): started.phrase}
        return redirect(to(request, "keep", started.application))
    made = start_bundle(offered=offered, chosen=chosen, agreed=agree == "yes", resident=resident, language=reader_code())
    for member in made.filing.members.select_related("application"):
        grant(request, member.application, full=True)
    grant(request, made.filing, full=True)
    request.session[PHRASE] = {str(made.filing.uuid): made.phrase}
    return redirect(address("applications:bundle_keep", slug=slug, filing=made.filing.uuid))


def _problems(chosen: Sequence[str], agree: str) -> list[dict[str, str]]:
    if not chosen:
        return [{"target": "members", "sentence": _("オンラインでできる手続きを、1つ以上選んでください。")}]
    if len(chosen) > 1 and agree not in ("yes", "no"):
        return [{"target": "agree-yes", "sentence": _("同じ質問をまとめて聞いてよいかどうかを選んでください。")}]
    return []
