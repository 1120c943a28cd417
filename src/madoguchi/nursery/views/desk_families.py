"""Families of a round: the list with what is missing, one family with its facts beside their papers, and its points."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from madoguchi.engines import japanese
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.lib.tables import write_xlsx
from madoguchi.nursery.actions import (
    confirm_birth,
    confirm_checked,
    correct_fact,
    leave,
    place_by_hand,
    receive_papers,
    revoke_hand_place,
    score_household,
    score_round,
    take_over,
)
from madoguchi.nursery.batches.taking_in import take_in
from madoguchi.nursery.forms.families import CorrectionForm
from madoguchi.nursery.forms.rounds import HandPlaceForm
from madoguchi.nursery.models import Candidate, CandidateState, Facility, Fact, HandPlace, Household, Round
from madoguchi.nursery.models.showing import fact_label, family_page, family_rows
from madoguchi.nursery.views.access import acted, candidate_of, household_of, round_of, show, to

PER_PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def filtered(request: HttpRequest, row: Round) -> Any:
    """The families that the page's filters leave."""
    found = Household.objects.filter(round=row).order_by("code")
    children = Candidate.objects.filter(household=OuterRef("pk"))
    proposed = Fact.objects.proposed().filter(household=OuterRef("pk"))
    provisional = Fact.objects.in_force().filter(household=OuterRef("pk"), is_provisional=True)
    filters = {
        "incomplete": ~Q(missing=[]),
        "changed": Exists(proposed),
        "provisional": Exists(provisional),
        "siblings": Exists(children.filter(order__gte=2)),
        "transfers": Exists(children.exclude(current=None)),
        "unborn": Exists(children.filter(is_expected=True, born_on=None)),
        "unchecked": Q(checked_at=None),
    }
    if (wanted := request.GET.get("show", "")) in filters:
        found = found.filter(filters[wanted])
    if (state := request.GET.get("state", "")) in CandidateState.values:
        found = found.filter(Exists(children.filter(state=state)))
    if text := request.GET.get("find", "").strip()[:60]:
        key = japanese.to_halfwidth(text)
        named = Q(name__contains=text) | Q(kana__contains=japanese.to_katakana(text)) | Q(code__istartswith=key)
        found = found.filter(Q(code__istartswith=key) | Q(name__contains=text) | Exists(children.filter(named)))
    return found


def shows() -> list[tuple[str, str]]:
    return [
        ("", _("すべて")),
        ("incomplete", _("足りないものがある")),
        ("changed", _("確かめていない変更がある")),
        ("provisional", _("出どころを確かめていない")),
        ("unchecked", _("まだ確認していない")),
        ("siblings", _("きょうだい")),
        ("transfers", _("転園")),
        ("unborn", _("出生前")),
    ]


@desk("cases.read")
@never_cache
@require_GET
def families(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002 the address's word
    """The families of a round, narrowed by what is to be done."""
    row = round_of(request, round)
    page = Paginator(filtered(request, row), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "round": row,
        "page_obj": page,
        "rows": family_rows(list(page.object_list)),
        "shows": shows(),
        "shown": request.GET.get("show", ""),
        "find": request.GET.get("find", ""),
        "may_work": request.member.may("cases.work") and not row.is_fixed,
    }
    return show(request, "families", context)


@desk("cases.export")
@require_GET
def families_xlsx(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """The same families as a sheet: one row a child."""
    row = round_of(request, round)
    rows = [line for family in family_rows(list(filtered(request, row))) for line in family.cells()]
    header = [
        _("世帯番号"), _("申込者"), _("児童番号"), _("氏名"), _("フリガナ"), _("生年月日"), _("クラス"), _("いまの園"),
        _("希望"), _("指数"), _("状態"), _("決まった園"), _("足りないもの"),
    ]  # fmt: skip
    response = HttpResponse(write_xlsx(rows, header, title=_("世帯")), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="families-{row.slug}.xlsx"'
    return response


@desk("cases.work")
@require_POST
def start_taking_in(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """Read every application of the round, as a job; the points follow."""
    row = round_of(request, round)
    try:
        job = take_in(round=row, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(to(request, "families", round=row.slug))
    return redirect(address("jobs_desk:job", slug=request.municipality.slug, pk=job.pk))


@desk("cases.work")
@require_POST
def score_all(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """Score every child of the round."""
    row = round_of(request, round)
    try:
        count = score_round(round=row, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        said = ngettext("%(count)s人の指数を計算しました。", "%(count)s人の指数を計算しました。", count)
        messages.success(request, said % {"count": count})
    return redirect(to(request, "families", round=row.slug))


@desk("cases.read")
@never_cache
@require_GET
def family(request: HttpRequest, household: int) -> HttpResponse:
    """One family: children, facts with their papers, points and what is missing."""
    row = household_of(request, household)
    return show(request, "family", _context(request, row))


def _context(request: HttpRequest, row: Household, form: CorrectionForm | None = None) -> dict[str, Any]:
    may_work = request.member.may("cases.work") and not row.round.is_fixed
    return {
        "household": row,
        "round": row.round,
        "page": family_page(row),
        "lacks_papers": any(one["kind"] == "paper" for one in row.missing),
        "facilities": Facility.objects.in_order(),
        "files": files_of(request, row),
        "form": form or CorrectionForm(household=row),
        "hand_places": HandPlace.objects.standing().filter(candidate__household=row).select_related("facility", "candidate", "by"),
        "may_work": may_work,
        "may_confirm": request.member.may("cases.work"),
    }


def files_of(request: HttpRequest, row: Household) -> list[dict[str, Any]]:
    """The papers of the application that its newest answers name, each with the picture of its first page."""
    application = row.application
    if application is None:
        return []
    named = json.dumps(application.latest().values)
    slug, found = request.municipality.slug, []
    for file in application.attachments.all():
        if str(file.uuid) in named:
            parts = {"slug": slug, "number": application.number, "file": file.uuid}
            opened = address("applications_desk:attachment", **parts)
            found.append({"label": file.name, "address": opened, "picture": address("applications_desk:preview", **parts, page=1)})
    return found


@desk("cases.work")
@require_POST
def judge_facts(request: HttpRequest, household: int) -> HttpResponse:
    """Take over or leave what came in later."""
    row = household_of(request, household)
    wanted = [int(pk) for pk in request.POST.getlist("fact") if pk.isdecimal() and len(pk) < 15]
    chosen = list(Fact.objects.proposed().filter(household=row, pk__in=wanted))
    if not chosen:
        messages.error(request, _("変更が選ばれていません。印を付けてください。"))
        return redirect(to(request, "family", household=row.pk))
    act, said = (
        (take_over, _("新しい内容を採用しました。")) if request.POST.get("act") == "take" else (leave, _("前の内容のままにしました。"))
    )
    return acted(request, lambda: _judged(act, chosen, row, request), said, to(request, "family", household=row.pk))


def _judged(act: Any, chosen: list[Fact], row: Household, request: HttpRequest) -> None:
    act(facts=chosen, by=request.user)
    score_household(household=row, by=request.user)


@desk("cases.work")
@require_POST
def correct(request: HttpRequest, household: int) -> HttpResponse:
    """Correct one fact, with the reason."""
    row = household_of(request, household)
    form = CorrectionForm(request.POST, household=row)
    if not form.is_valid():
        return show(request, "family", _context(request, row, form), status=400)
    given = form.target()

    def act() -> None:
        correct_fact(household=row, value=given.value, reason=form.cleaned_data["reason"], by=request.user, **given.where)
        score_household(household=row, by=request.user)

    said = _("「%(fact)s」を直し、指数を計算し直しました。") % {"fact": fact_label(row, given.where["key"])}
    return acted(request, act, said, to(request, "family", household=row.pk))


@desk("cases.work")
@require_POST
def papers(request: HttpRequest, household: int) -> HttpResponse:
    """Promised papers that came."""
    row = household_of(request, household)
    paths = [path[:200] for path in request.POST.getlist("paper")]
    return acted(
        request,
        lambda: receive_papers(household=row, paths=paths, by=request.user),
        _("書類が届いたことを登録しました。"),
        to(request, "family", household=row.pk),
    )


@desk("cases.work")
@require_POST
def checked(request: HttpRequest, household: int) -> HttpResponse:
    """A clerk has looked through the family."""
    row = household_of(request, household)
    return acted(
        request, lambda: confirm_checked(household=row, by=request.user), _("確認済みにしました。"), to(request, "family", household=row.pk)
    )


@desk("cases.work")
@require_POST
def birth(request: HttpRequest, candidate: int) -> HttpResponse:
    """The child of an application before birth is born: a 仮内定 becomes a 内定."""
    row = candidate_of(request, candidate)
    back = to(request, "family", household=row.household_id)
    try:
        born_on = date.fromisoformat(request.POST.get("born_on", ""))
    except ValueError:
        messages.error(request, _("生まれた日を入力してください。"))
        return redirect(back)
    name = request.POST.get("name", "")[:100]
    return acted(
        request, lambda: confirm_birth(candidate=row, born_on=born_on, name=name, by=request.user), _("生まれたことを確認しました。"), back
    )


@desk("cases.work")
@require_POST
def by_hand(request: HttpRequest, candidate: int) -> HttpResponse:
    """Decide or forbid a place by hand."""
    row = candidate_of(request, candidate)
    form, back = HandPlaceForm(request.POST, candidate=row), to(request, "family", household=row.household_id)
    if not form.is_valid():
        messages.error(request, _("決めること、施設、理由を確かめてください。"))
        return redirect(back)
    given = form.cleaned_data
    facility = None if given["what"] == "none" else given["facility"]
    if given["what"] == "pin" and facility is None:
        messages.error(request, _("施設を選んでください。"))
        return redirect(back)
    return acted(
        request,
        lambda: place_by_hand(
            candidate=row, facility=facility, reason=given["reason"], is_forbidden=given["what"] == "forbid", by=request.user
        ),
        _("手で決めた枠を登録しました。"),
        back,
    )


@desk("cases.work")
@require_POST
def revoke(request: HttpRequest, place: int) -> HttpResponse:
    """Take back a place set by hand."""
    row = get_object_or_404(HandPlace.objects.select_related("candidate"), pk=place)
    candidate = candidate_of(request, row.candidate_id)
    return acted(
        request,
        lambda: revoke_hand_place(place=row, by=request.user),
        _("手で決めた枠を取りやめました。"),
        to(request, "family", household=candidate.household_id),
    )
