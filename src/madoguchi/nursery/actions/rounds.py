"""The round itself: its calendar, its opening and closing, and who agreed to the run that was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import Membership, User
from madoguchi.lib.errors import Refused
from madoguchi.nursery.models import Candidate, CandidateState, Round, RoundKind, RoundState, Run, RunKind, RunState
from madoguchi.nursery.models.placing import input_now
from madoguchi.procedures.models import Procedure

RESERVED = frozenset({"new"})  # a word of the addresses
CALENDAR = ("opens_on", "applications_until", "changes_until", "result_on", "answer_until")


@transaction.atomic
def open_round(
    *,
    procedure: Procedure,
    slug: str,
    name: str,
    month: date,
    kind: str = RoundKind.MONTHLY,
    calendar: Mapping[str, date | None],
    previous: Round | None = None,
    rule: str = "points",
    max_wishes: int = 5,
    name_en: str = "",
    by: User | None,
) -> Round:
    """Set up a round (回の設定): for the month of intake on its first day, with its calendar; nothing is public yet. Raises Refused."""
    made = Round(
        procedure=procedure,
        slug=slug,
        name=name.strip(),
        name_en=name_en.strip(),
        kind=kind,
        month=month,
        previous=previous,
        rule=rule,
        max_wishes=max_wishes,
        **{key: calendar.get(key) for key in CALENDAR},
    )
    _require_sound(made)
    if Round.objects.filter(slug=slug).exists():
        raise Refused(_("同じ識別名の回がもうあります。別の識別名にしてください。"), code="slug_taken")
    made.save()
    record("nursery.open_round", by=by, on=made, division=procedure.division, month=month.isoformat())
    return made


@transaction.atomic
def change_round(*, round: Round, values: Mapping[str, Any], by: User) -> Round:  # noqa: A002 the office's word
    """Change name, calendar or what it follows; the month of intake stays once families were taken in. Raises Refused."""
    row = locked(round)
    if row.is_fixed:
        raise Refused(_("決裁に進んだ回の予定は変えられません。"), code="round_fixed")
    if "month" in values and values["month"] != row.month and row.households.exists():
        raise Refused(_("世帯を取り込んだ後は、入園月を変えられません。新しい回を作ってください。"), code="month_fixed")
    for key, value in values.items():
        setattr(row, key, value)
    _require_sound(row)
    row.save()
    record("nursery.change_round", by=by, on=row, division=row.procedure.division, changed=sorted(values))
    return row


def _require_sound(row: Round) -> None:
    if row.slug in RESERVED or not 2000 <= row.month.year <= 2100:
        raise Refused(_("識別名か入園月が正しくありません。識別名は「new」以外、入園月は2000年から2100年までにしてください。"), code="slug")
    if row.month.day != 1:
        raise Refused(_("入園月は、その月の1日で入力してください。"), code="month")
    days = [day for day in (row.opens_on, row.applications_until, row.changes_until, row.result_on, row.answer_until) if day is not None]
    if row.applications_until is None or row.changes_until is None or row.result_on is None:
        raise Refused(_("申込みの締切、希望の変更の締切、結果の日を入力してください。"), code="calendar")
    if row.changes_until < row.applications_until or days != sorted(days):
        raise Refused(
            _("日付の順が合いません。受付の始まり、申込みの締切、希望の変更の締切、結果の日、返事の締切の順にしてください。"),
            code="calendar",
        )
    if not row.name:
        raise Refused(_("回の名前を入力してください。"), code="name")
    if not 1 <= row.max_wishes <= 50:
        raise Refused(_("希望の数は1から50までで入力してください。"), code="max_wishes")


def locked(round: Round) -> Round:  # noqa: A002
    """The round for an act that changes it: whoever comes second waits, and then sees what the first did."""
    return Round.objects.select_for_update(of=("self",)).select_related("procedure__division").get(pk=round.pk)


@transaction.atomic
def move_round(*, round: Round, to: str, by: User) -> Round:  # noqa: A002
    """Open it for applications, close it for the placement, or open it again. Raises Refused."""
    row = locked(round)
    if to not in (RoundState.OPEN, RoundState.CLOSED):
        raise Refused(_("この操作は、決裁の画面から行ってください。"), code="round_move")
    if row.state in (RoundState.PROPOSED, RoundState.APPROVED, RoundState.FINALISED) and to == RoundState.OPEN:
        raise Refused(_("決裁に進んだ回は、先に調整中に戻してください。"), code="round_move")
    row.move(to)
    row.chosen = None
    row.save(update_fields=["state", "chosen"])
    record("nursery.move_round", by=by, on=row, division=row.procedure.division, to=str(to))
    return row


@transaction.atomic
def propose_run(*, run: Run, by: User) -> Round:
    """起案: this run is to be the result of its round. It must be finished, of this round, and of today's families. Raises Refused."""
    row = locked(run.round)
    run = Run.objects.select_for_update().get(pk=run.pk)
    if run.kind == RunKind.IMPORTED:
        raise Refused(
            _("取り込んだ結果は比べるためのもので、起案できません。この画面で試行した結果を起案してください。"), code="run_imported"
        )
    if run.kind != RunKind.TRIAL or run.state != RunState.DONE:
        raise Refused(_("終わった試行だけを起案できます。"), code="run_not_done")
    if changed_since(run):
        raise Refused(_("この試行の後に、家庭の内容か空きが変わっています。もう一度試行してから起案してください。"), code="run_stale")
    row.move(RoundState.PROPOSED)
    row.chosen, row.proposed_by, row.proposed_at = run, by, timezone.now()
    row.approved_by, row.approved_at, row.sent_back_note = None, None, ""
    row.save(update_fields=["state", "chosen", "proposed_by", "proposed_at", "approved_by", "approved_at", "sent_back_note"])
    record("nursery.propose_run", by=by, on=row, division=row.procedure.division, run=run.number, input=run.input_sha256)
    return row


def changed_since(run: Run) -> bool:
    """Whether today's families and seats are not what the run was made from: cheap signs first, then the whole input again."""
    row = run.round
    seats = row.current_seats()
    return bool(
        (seats is not None and seats.at > run.at)
        or Candidate.objects.filter(round=row, scored_at__gt=run.at).exists()
        or Candidate.objects.filter(round=row, wish_changes__at__gt=run.at).exists()
        or row.hand_places.filter(at__gt=run.at).exists()
        or row.hand_places.filter(revoked_at__gt=run.at).exists()
        or Candidate.objects.filter(round=row, state=CandidateState.WITHDRAWN, placements__run=run).exists()
        or Candidate.objects.competing().filter(round=row).exclude(placements__run=run).exists()
        or _differs(run)
    )


def _differs(run: Run) -> bool:
    try:
        return input_now(run.round).sha256 != run.input_sha256
    except Refused:  # what cannot be placed today is not what was placed
        return True


@transaction.atomic
def approve_round(*, round: Round, by: User) -> Round:  # noqa: A002
    """決裁 by a second person who may approve for the division; the input's hash is frozen with it. Raises Refused."""
    row = locked(round)
    if row.proposed_by_id == by.pk:
        raise Refused(_("起案した人は、同じ案を決裁できません。ほかの人に頼んでください。"), code="same_person")
    if not _may_approve(by, row):
        raise Refused(_("決裁できるのは、この課の課長などの決裁権を持つ人だけです。"), code="may_not_approve")
    if row.state != RoundState.PROPOSED or row.chosen is None:
        raise Refused(_("この回は、まだ起案されていません。"), code="not_proposed")
    if changed_since(row.chosen):
        raise Refused(_("起案の後に、家庭の内容か空きが変わりました。差し戻して、もう一度試行してください。"), code="run_stale")
    row.move(RoundState.APPROVED)
    row.approved_by, row.approved_at, row.frozen_sha256 = by, timezone.now(), row.chosen.input_sha256
    row.save(update_fields=["state", "approved_by", "approved_at", "frozen_sha256"])
    record("nursery.approve_round", by=by, on=row, division=row.procedure.division, run=row.chosen.number, input=row.frozen_sha256)
    return row


def _may_approve(user: User, row: Round) -> bool:
    members = Membership.objects.current().filter(user=user, division=row.procedure.division)
    return any(member.may("cases.approve") for member in members)


@transaction.atomic
def send_round_back(*, round: Round, note: str, by: User) -> Round:  # noqa: A002
    """差戻し: not this run; the round is adjusted again. Also takes an approval back before anything was decided. Raises Refused."""
    row = locked(round)
    if not note.strip():
        raise Refused(_("差し戻す理由を入力してください。"), code="no_note")
    row.move(RoundState.CLOSED)
    row.chosen, row.approved_by, row.approved_at, row.frozen_sha256 = None, None, None, ""
    row.sent_back_note = note.strip()[:500]
    row.save(update_fields=["state", "chosen", "approved_by", "approved_at", "frozen_sha256", "sent_back_note"])
    record("nursery.send_round_back", by=by, on=row, division=row.procedure.division, note=len(note))
    return row
