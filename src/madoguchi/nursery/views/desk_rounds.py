"""Rounds: the list, one round as a task list, its calendar, trial runs, 決裁, decisions and notices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.nursery.actions import (
    approve_round,
    change_round,
    move_round,
    open_round,
    propose_run,
    send_round_back,
    settle_answers,
    start_run,
)
from madoguchi.nursery.batches.deciding import decide_round, recall_round, tell_round
from madoguchi.nursery.forms.facilities import SheetForm
from madoguchi.nursery.forms.rounds import NEXT_STATES, NoteForm, RoundForm, RunForm
from madoguchi.nursery.models import CandidateState, Round, RoundState, Run, RunKind
from madoguchi.nursery.models.standing import standing_of, step_states
from madoguchi.nursery.views.access import acted, of_nursery, round_of, rounds_of, run_of, show, to

CALENDAR = ("opens_on", "applications_until", "changes_until", "result_on", "answer_until")


@desk("cases.read")
@never_cache
@require_GET
@of_nursery
def rounds(request: HttpRequest) -> HttpResponse:
    """Every round of the division, the newest month first."""
    rows = [(row, standing_of(row)) for row in rounds_of(request)[:60]]
    return show(request, "rounds", {"rows": rows, "may_work": request.member.may("cases.work")})


@desk("cases.read")
@never_cache
@require_GET
def round_page(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002 the address's word
    """One round: what is done, what is next."""
    row = round_of(request, round)
    if row.state == RoundState.TOLD:
        settle_answers(round=row)
    return show(request, "round", _context(request, row))


def _context(request: HttpRequest, row: Round, **forms: Any) -> dict[str, Any]:
    member, standing = request.member, standing_of(row)
    return {
        "round": row,
        "standing": standing,
        "steps": step_states(row),
        "runs": row.runs.exclude(kind=RunKind.WHAT_IF).select_related("by", "job")[:20],
        "next_state": NEXT_STATES.get(RoundState(row.state)),
        "run_form": forms.get("run_form") or RunForm(),
        "note_form": forms.get("note_form") or NoteForm(),
        "sheet": SheetForm(),
        "may_work": member.may("cases.work"),
        "may_approve": member.may("cases.approve"),
        "is_own": row.proposed_by_id == request.user.pk,
        "answers": [(state, standing.by_state.get(state.value, 0)) for state in CandidateState],
    }


@desk("cases.work")
@require_http_methods(["GET", "POST"])
@of_nursery
def new_round(request: HttpRequest) -> HttpResponse:
    """Set up a round."""
    form = RoundForm(request.POST or None, member=request.member)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        calendar = {key: given.pop(key) for key in CALENDAR}
        made = _or_error(form, lambda: open_round(calendar=calendar, by=request.user, **given))
        if made is not None:
            messages.success(request, _("回を作りました。次に、募集人員を登録してください。"))
            return redirect(to(request, "round", round=made.slug))
    return show(request, "round_edit", {"form": form, "round": None}, status=400 if form.errors else 200)


@desk("cases.work")
@require_http_methods(["GET", "POST"])
def edit_round(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """Change a round's name and calendar."""
    row = round_of(request, round)
    initial = {key: getattr(row, key) for key in RoundForm.base_fields} | {"month": f"{row.month:%Y-%m}"}
    form = RoundForm(request.POST or None, member=request.member, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = _or_error(form, lambda: change_round(round=row, values=form.cleaned_data, by=request.user))
        if made is not None:
            messages.success(request, _("回の予定を保存しました。"))
            return redirect(to(request, "round", round=made.slug))
    return show(request, "round_edit", {"form": form, "round": row}, status=400 if form.errors else 200)


def _or_error(form: Any, act: Callable[[], Any]) -> Any:
    """What the act gives; None when it refused, with its sentence on the form."""
    try:
        return act()
    except Refused as refused:
        form.add_error(None, str(refused))
        return None


@desk("cases.work")
@require_POST
def move(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """Open, close or open again."""
    row, wanted = round_of(request, round), request.POST.get("to", "")
    said = _("受付を始めました。") if wanted == RoundState.OPEN else _("受付を締め切りました。")
    return acted(request, lambda: move_round(round=row, to=wanted, by=request.user), said, to(request, "round", round=row.slug))


@desk("cases.work")
@require_POST
def run(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """Start a trial run; its job's page shows how far it is."""
    row, form = round_of(request, round), RunForm(request.POST)
    if not form.is_valid():
        return show(request, "round", _context(request, row, run_form=form), status=400)
    try:
        made = start_run(round=row, by=request.user, **form.cleaned_data)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(to(request, "round", round=row.slug))
    return _to_job(request, made.job)


def _to_job(request: HttpRequest, job: Any) -> HttpResponse:
    return redirect(address("jobs_desk:job", slug=request.municipality.slug, pk=job.pk))


@desk("cases.work")
@require_POST
def propose(request: HttpRequest, run: int) -> HttpResponse:
    """起案 of a finished run."""
    row: Run = run_of(request, run)
    said = _("起案しました。決裁する人に知らせてください。")
    return acted(request, lambda: propose_run(run=row, by=request.user), said, to(request, "round", round=row.round.slug))


@desk("cases.approve")
@require_POST
def approve(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """決裁 of what was proposed."""
    row = round_of(request, round)
    return acted(request, lambda: approve_round(round=row, by=request.user), _("決裁しました。"), to(request, "round", round=row.slug))


@desk("cases.work")
@require_POST
def send_back(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002
    """差戻し, with the reason."""
    row, form = round_of(request, round), NoteForm(request.POST)
    if not form.is_valid():
        return show(request, "round", _context(request, row, note_form=form), status=400)
    note = form.cleaned_data["note"]
    return acted(
        request, lambda: send_round_back(round=row, note=note, by=request.user), _("差し戻しました。"), to(request, "round", round=row.slug)
    )


ACTS = {"decide": decide_round, "recall": recall_round, "tell": tell_round}


@desk("cases.approve")
@require_POST
def finalise(request: HttpRequest, round: str, act: str) -> HttpResponse:  # noqa: A002
    """Decide everybody, take it all back, or tell everybody: each as a job."""
    row = round_of(request, round)
    if act not in ACTS:
        raise Http404
    try:
        job = ACTS[act](round=row, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(to(request, "round", round=row.slug))
    return _to_job(request, job)
