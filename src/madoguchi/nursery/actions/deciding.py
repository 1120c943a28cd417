"""From the approved run to decisions, and from decisions to what families hear; reversible until it is told."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications import actions as applications
from madoguchi.applications.models import Decision, Outcome, State, Subject, SubjectState
from madoguchi.engines.placement import class_age, min_age_ok
from madoguchi.lib.errors import Refused
from madoguchi.nursery.actions.rounds import locked
from madoguchi.nursery.actions.taking_in import settle_other_year
from madoguchi.nursery.models import Candidate, CandidateState, Placement, Round, RoundState
from madoguchi.nursery.models.publishing import figures_of
from madoguchi.nursery.models.reasons import reason_for

# Long columns that deciding one child does not read.
LONG = (
    *(
        f"round__procedure__{name}"
        for name in ("needs", "after", "criteria", "unsure", "overview", "notice_texts", "review_steps", "keywords")
    ),
    "round__chosen__summary",
    "round__chosen__difference",
    "round__chosen__result",
    "round__figures",
)
# What a place becomes in law: (outcome, the procedure's text for it, the candidate's state).
Meaning = tuple[Outcome, str, CandidateState]


def meaning(placement: Placement) -> Meaning:
    """内定, 仮内定 (not born yet), 転園, 転園できず or 保留."""
    candidate = placement.candidate
    if placement.facility_id is None:
        return Outcome.HELD, "", CandidateState.WAITLISTED
    if placement.facility_id == candidate.current_id:
        return Outcome.HELD, "transfer", CandidateState.STAYING
    if candidate.is_expected and candidate.born_on is None:
        return Outcome.GRANTED, "provisional", CandidateState.PROVISIONAL
    return Outcome.GRANTED, "transfer" if candidate.is_transfer else "", CandidateState.OFFERED


def held_until(row: Round) -> date:
    """A 保留 lives to the end of the school year of the month of intake."""
    return date(row.fiscal_year + 1, 3, 31)


@transaction.atomic
def decide_candidate(*, candidate: Candidate, by: User) -> Candidate:
    """決定 of one child as the approved run says; the notice is held. Deciding twice is one. Raises Refused.

    Where the procedure wants a second person, proposal and approval are those of the round: the same two people.
    """
    candidate = _locked_candidate(candidate)
    row = candidate.round
    if row.state not in (RoundState.APPROVED, RoundState.FINALISED) or row.chosen is None:
        raise Refused(_("決裁の済んだ回だけを決定できます。"), code="not_approved")
    if candidate.decision_id is not None or candidate.state == CandidateState.WITHDRAWN:
        return candidate
    placement = Placement.objects.select_related("facility", "candidate").filter(run=row.chosen, candidate=candidate).first()
    if placement is None:
        raise Refused(_("採用した試行に、このお子さまの結果がありません。もう一度試行してください。"), code="not_in_run")
    outcome, variant, state = meaning(placement)
    if candidate.subject is not None:
        candidate.decision = _decide(candidate, placement, outcome, variant, by)
    candidate.state, candidate.placed = state, placement.facility
    candidate.save(update_fields=["state", "placed", "decision"])
    return candidate


def _locked_candidate(candidate: Candidate) -> Candidate:
    rows = Candidate.objects.select_for_update(of=("self",))
    related = ("round__procedure__division", "round__chosen", "round__proposed_by", "round__approved_by", "current", "subject__application")
    return rows.select_related(*related, "household").defer(*LONG).get(pk=candidate.pk)


def _decide(candidate: Candidate, placement: Placement, outcome: Outcome, variant: str, by: User) -> Decision:
    row, subject = candidate.round, candidate.subject
    assert subject is not None
    application = subject.application
    if application.state == State.SUBMITTED:
        applications.accept(application=application, by=row.proposed_by)
    reason = reason_for(placement, row)
    standing = applications.standing_decision(subject)
    return applications.decide(
        subject,
        by=by,
        outcome=outcome,
        reason=reason,
        supersedes=standing if standing is not None and standing.outcome != Outcome.HELD else None,
        release=False,
        variant=variant,
        agreed=(row.proposed_by, row.approved_by) if application.procedure.second_review else None,
        valid_until=held_until(row) if outcome == Outcome.HELD and held_until(row) > timezone.localdate() else None,
    )


@transaction.atomic
def finish_deciding(*, round: Round, by: User | None) -> Round:  # noqa: A002 the office's word
    """All children of the round are decided (決定済み): nothing is told yet. Raises Refused while some are not."""
    row = locked(round)
    if row.state == RoundState.FINALISED:
        return row
    without = Candidate.objects.competing().filter(round=row, state=CandidateState.APPLYING).count()
    if without:
        raise Refused(
            _("まだ決定していないお子さまが%(count)s人います。できなかった理由を見て、直してからもう一度動かしてください。")
            % {"count": without},
            code="undecided",
        )
    row.move(RoundState.FINALISED)
    row.finalised_at = timezone.now()
    row.save(update_fields=["state", "finalised_at"])
    record("nursery.finish_deciding", by=by, on=row, division=row.procedure.division, input=row.frozen_sha256)
    return row


@transaction.atomic
def recall_candidate(*, candidate: Candidate, by: User) -> Candidate:
    """Take back what was decided about one child and never told. Raises Refused once it was told."""
    candidate = _locked_candidate(candidate)
    if candidate.round.state == RoundState.TOLD:
        raise Refused(_("もう通知しているため、取りやめられません。"), code="told")
    if candidate.decision is not None:
        applications.recall(decision=candidate.decision, by=by)
    if candidate.state != CandidateState.WITHDRAWN:
        candidate.state = CandidateState.APPLYING
    candidate.placed, candidate.decision = None, None
    candidate.save(update_fields=["state", "placed", "decision"])
    return candidate


@transaction.atomic
def finish_recalling(*, round: Round, by: User | None) -> Round:  # noqa: A002
    """The round is approved, and nothing is decided any more. Raises Refused while a decision stands."""
    row = locked(round)
    if Candidate.objects.filter(round=row).exclude(decision=None).exists():
        raise Refused(_("取りやめていない決定が残っています。もう一度動かしてください。"), code="decided")
    if row.state == RoundState.FINALISED:
        row.move(RoundState.APPROVED)
        row.finalised_at = None
        row.save(update_fields=["state", "finalised_at"])
        record("nursery.finish_recalling", by=by, on=row, division=row.procedure.division)
    return row


@transaction.atomic
def tell_candidate(*, candidate: Candidate, by: User) -> Candidate:
    """Send the notice of one child; telling twice is one. Raises Refused before everything is decided."""
    candidate = _locked_candidate(candidate)
    if candidate.round.state not in (RoundState.FINALISED, RoundState.TOLD):
        raise Refused(_("全員の決定が済んでから通知してください。"), code="not_finalised")
    if candidate.decision is not None:
        applications.release_decision(decision=candidate.decision, by=by)
    return candidate


@transaction.atomic
def finish_telling(*, round: Round, by: User | None) -> Round:  # noqa: A002
    """Everybody was told: the public figures are fixed as of now. Raises Refused while a notice is held."""
    row = locked(round)
    if row.state == RoundState.TOLD:
        return row
    if Candidate.objects.filter(round=row, decision__released_at=None).exclude(decision=None).exists():
        raise Refused(_("まだ通知していないお子さまがいます。もう一度動かしてください。"), code="untold")
    row.move(RoundState.TOLD)
    row.told_at, row.figures = timezone.now(), figures_of(row)
    row.save(update_fields=["state", "told_at", "figures"])
    record("nursery.finish_telling", by=by, on=row, division=row.procedure.division)
    return row


def settle_answers(*, round: Round) -> int:  # noqa: A002
    """Bring what families answered since (承諾, 辞退, 取下げ) from their applications to the candidates; gives how many changed.

    Who accepted has won a place: the family's choice for the round of the other fiscal year is carried out there.
    """
    found = {
        SubjectState.DECLINED: CandidateState.DECLINED,
        SubjectState.WITHDRAWN: CandidateState.WITHDRAWN,
    }
    changed = 0
    rows = Candidate.objects.filter(round=round).exclude(subject=None).select_related("subject", "household", "placed", "round")
    for candidate in rows:
        subject: Subject = candidate.subject
        state = found.get(SubjectState(subject.state))
        if state is None and subject.accepted_at is not None and candidate.state == CandidateState.OFFERED:
            state = CandidateState.ACCEPTED
        if state is not None and state != candidate.state:
            candidate.state, candidate.answered_at = state, subject.declined_at or subject.accepted_at or timezone.now()
            candidate.save(update_fields=["state", "answered_at"])
            if state == CandidateState.ACCEPTED:
                settle_other_year(candidate=candidate, by=None)
            changed += 1
    return changed


@transaction.atomic
def confirm_birth(*, candidate: Candidate, born_on: date, name: str, by: User) -> Candidate:
    """The child of a 仮内定 is born: it becomes a 内定 when class and minimum age still fit. Raises Refused, saying what does not."""
    candidate = _locked_candidate(candidate)
    if not candidate.is_expected or candidate.state not in (CandidateState.PROVISIONAL, CandidateState.APPLYING, CandidateState.WAITLISTED):
        raise Refused(_("出生前の申込みではありません。"), code="not_expected")
    if born_on > timezone.localdate():
        raise Refused(_("生まれた日は、今日か今日より前の日で入力してください。"), code="future")
    _require_still_fits(candidate, born_on)
    candidate.born_on, candidate.name = born_on, name.strip() or candidate.name
    if candidate.state == CandidateState.PROVISIONAL:
        candidate.state = CandidateState.OFFERED
    candidate.save(update_fields=["born_on", "name", "state"])
    record("nursery.confirm_birth", by=by, on=candidate, division=candidate.round.procedure.division)
    return candidate


def _require_still_fits(candidate: Candidate, born_on: date) -> None:
    facility, month = candidate.placed, candidate.round.month
    if facility is not None and not min_age_ok(born_on, facility.min_age_days, month):
        raise Refused(
            _("入園月の1日に、%(facility)sの受入れ（生後%(min)s日から）に届きません。仮内定を取りやめ、次の回で調整してください。")
            % {"facility": facility, "min": facility.min_age_days},
            code="too_young",
        )
    if class_age(born_on, month) != candidate.age_class:
        raise Refused(_("生まれた日では、クラスが変わります。仮内定を取りやめ、次の回で調整してください。"), code="other_class")
