"""決定: an outcome for one subject, with its reason, its notice and the note on appeal; held back, released, taken back."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications.actions.answering import settle
from madoguchi.applications.actions.reviewing import (
    approve,
    approved_proposal,
    locked_subject,
    open_proposal,
    require_outcome,
    require_reviewable,
    standing_decision,
    write_agreement,
)
from madoguchi.applications.actions.telling import inform
from madoguchi.applications.models import Decision, IssuedDocument, Outcome, State, Subject
from madoguchi.applications.models.appeal import appeal_note
from madoguchi.applications.models.letters import Wording, decision_letter, wording
from madoguchi.applications.models.papers import speech
from madoguchi.applications.models.reading import applicant
from madoguchi.applications.tasks import make_decision_paper
from madoguchi.lib import numbers
from madoguchi.lib.errors import Refused
from madoguchi.lib.tasks import enqueue
from madoguchi.notices.actions import recall as recall_notice
from madoguchi.notices.actions import release as release_notice
from madoguchi.procedures.models import Procedure, ProcedureKind

MAX_BODY = 6000


@transaction.atomic
def decide(
    subject: Subject,
    *,
    by: User,
    outcome: str,
    reason: str = "",
    supersedes: Decision | None = None,
    release: bool = True,
    title: str = "",
    body: str = "",
    variant: str = "",
    valid_until: date | None = None,
    agreed: tuple[User, User] | None = None,
) -> Decision:
    """Give one subject of an accepted case an outcome that the applicant will be told (決定).

    A decision that stands is only replaced when it is named (`supersedes`); one that keeps the subject alive (保留) is replaced by
    any later one. `release=False` writes decision and notice and holds the notice. `title` and `body` (with the holes of the
    procedure's texts) replace its wording; `variant` takes another of the procedure's texts, those of `<outcome>_<variant>`;
    `valid_until` is the last day of a 保留. `agreed` names who proposed and who approved where many cases were agreed to as one
    (利用調整会議): both are written down for this one too. Raises Refused.
    """
    subject = locked_subject(subject)
    application = subject.application
    require_reviewable(application)
    before = _to_replace(subject, supersedes)
    if agreed is not None:
        write_agreement(subject, outcome, reason.strip(), *agreed)
    reason = _agreed_reason(subject, outcome, reason.strip()) if agreed is None else reason.strip()
    require_outcome(subject, outcome, reason)
    _require_room(subject, outcome)
    decision = Decision(subject=subject, outcome=outcome, reason=reason, supersedes=before, before=subject.state, by=by)
    _move(subject, outcome, valid_until)
    settle(application)
    _tell(decision, title=title, body=body, variant=variant, release=release)
    record("applications.decide", by=by, on=subject, division=application.division, outcome=outcome, decision=decision.pk, released=release)
    return decision


def _to_replace(subject: Subject, supersedes: Decision | None) -> Decision | None:
    """The decision that the new one takes the place of; Refused when somebody decided meanwhile."""
    standing = standing_decision(subject)
    named = supersedes.pk if supersedes is not None else None
    if standing is None or (named is None and standing.outcome == Outcome.HELD):
        if named is not None:
            raise Refused(_("前の決定は取り消されています。画面を開き直してください。"), code="stale")
        _require_told(standing)
        return standing
    if named is None:
        raise Refused(
            _("この対象者の結果は、もう決まっています。変えるときは、前の決定を変える操作をしてください。"), code="already_decided"
        )
    if standing.pk != named:
        raise Refused(_("ほかの人が先に決定を変えました。画面を開き直して、内容を確かめてください。"), code="stale")
    _require_told(standing)
    return standing


def _require_told(standing: Decision | None) -> None:
    if standing is not None and standing.released_at is None:
        raise Refused(_("前の決定は、まだ知らせていません。取りやめてから、決め直してください。"), code="recall_first")


def _agreed_reason(subject: Subject, outcome: str, reason: str) -> str:
    """The reason; where a second person must agree (決裁), the one that was agreed to."""
    if not subject.application.procedure.second_review:
        return reason
    proposal = approved_proposal(subject)
    if proposal is None:
        raise Refused(_("決裁が済んでいません。起案して、ほかの人の決裁を受けてください。"), code="not_approved")
    if proposal.outcome != outcome or (reason and reason != proposal.reason):
        raise Refused(
            _("決裁を受けた案と、結果か理由が違います。案のとおりに決定するか、もう一度起案してください。"), code="not_as_approved"
        )
    return str(proposal.reason)


def _require_room(subject: Subject, outcome: str) -> None:
    """An 申込 with a number of places takes no more than that; counted under a lock on the procedure."""
    procedure = subject.application.procedure
    taking = (Outcome.GRANTED, Outcome.PARTLY)
    if procedure.kind != ProcedureKind.ENROLMENT or procedure.capacity is None or outcome not in taking or subject.state in taking:
        return
    Procedure.objects.select_for_update(of=("self",)).get(pk=procedure.pk)
    if Subject.objects.filter(application__procedure=procedure, state__in=taking).count() >= procedure.capacity:
        raise Refused(
            _("定員（%(capacity)s名）に達しています。辞退を待つときは「保留」、断るときは「認めない」を選んでください。")
            % {"capacity": procedure.capacity},
            code="full",
        )


def _move(subject: Subject, outcome: str, valid_until: date | None) -> None:
    if valid_until is not None and (outcome != Outcome.HELD or valid_until <= timezone.localdate()):
        raise Refused(_("有効期限は、保留のときだけ、明日から後の日を入力してください。"), code="valid_until")
    subject.move(outcome)
    subject.valid_until = valid_until
    subject.accepted_at = None if outcome not in (Outcome.GRANTED, Outcome.PARTLY) else subject.accepted_at
    subject.save(update_fields=["state", "valid_until", "accepted_at"])


def preview(
    subject: Subject, *, outcome: str, reason: str, title: str = "", body: str = "", variant: str = "", language: str = "ja"
) -> Wording:
    """The notice as it would be written now."""
    application = subject.application
    who = applicant(application).name
    note = appeal_note(application.procedure, language)
    texts = f"{outcome}_{variant}" if variant else outcome
    return wording(subject, outcome, reason=reason, appeal=note, applicant=who, language=language, title=title, body=body, texts=texts)


def _tell(decision: Decision, *, title: str, body: str, variant: str, release: bool) -> None:
    """Decision, paper and notice in one; the paper's PDF is made after the commit."""
    subject = decision.subject
    application = subject.application
    if len(title) > 200 or len(body) > MAX_BODY:
        raise Refused(_("通知の本文は%(max)s文字までです。文章を短くしてください。") % {"max": MAX_BODY}, code="too_long")
    text = preview(subject, outcome=decision.outcome, reason=decision.reason, title=title, body=body, variant=variant)
    decision.title, decision.body, decision.appeal_note = text.title, text.body, appeal_note(application.procedure)
    decision.released_at = timezone.now() if release else None
    decision.save()
    reader = speech(application.language)
    translated = (
        preview(subject, outcome=decision.outcome, reason=decision.reason, variant=variant, language=reader)
        if reader != "ja" and not body
        else None
    )
    code = numbers.new_check_code()
    letter = decision_letter(subject, text, reason=decision.reason, appeal=decision.appeal_note, check_code=code, translated=translated)
    paper = IssuedDocument.objects.create(
        application=application, kind="decision", answers=application.latest(), decision=decision, check_code=code, language="ja"
    )
    on_paper = not application.agreed_electronic  # by letter, unless this applicant agreed to receive it electronically
    decision.notice = inform(application, "applications/decided", about=decision, document=letter, hold=not release, letter=on_paper)
    decision.save(update_fields=["notice"])
    enqueue(make_decision_paper, document=paper.pk)


@transaction.atomic
def decide_as_proposed(*, subject: Subject, by: User, seen: int | None = None, release: bool = True) -> Decision:
    """決裁 and 決定 in one: the second person agrees to the proposal and it is told."""
    proposal = open_proposal(subject)
    approve(subject=subject, by=by, seen=seen)
    assert proposal is not None  # approve refuses when there is none
    return decide(subject, by=by, outcome=proposal.outcome, reason=proposal.reason, supersedes=_told_before(subject), release=release)


def _told_before(subject: Subject) -> Decision | None:
    """The proposal was made in view of this decision."""
    standing = standing_decision(subject)
    return standing if standing is not None and standing.outcome != Outcome.HELD else None


@transaction.atomic
def release_decision(*, decision: Decision, by: User) -> Decision:
    """Send the notice of a decision that was held back. Releasing twice is one."""
    decision = _locked(decision)
    if decision.recalled_at is not None:
        raise Refused(_("この決定は取りやめられています。画面を開き直してください。"), code="recalled")
    if decision.released_at is None:
        decision.released_at = timezone.now()
        decision.save(update_fields=["released_at"])
        release_notice(decision.notice, by=by)
        record(
            "applications.release_decision",
            by=by,
            on=decision.subject,
            division=decision.subject.application.division,
            decision=decision.pk,
        )
    return decision


@transaction.atomic
def recall(*, decision: Decision, by: User) -> Decision:
    """Take back a decision whose notice was never released: the subject is again what it was before."""
    decision = _locked(decision)
    if decision.recalled_at is not None:
        return decision
    if decision.released_at is not None:
        raise Refused(_("この決定はもう知らせてあるため、取りやめられません。変えるときは、決定を変えてください。"), code="released")
    subject, application = decision.subject, decision.subject.application
    if subject.state != decision.outcome:
        raise Refused(_("この対象者の状態が、決定の後に変わっています。画面を開き直してください。"), code="stale")
    decision.recalled_at = timezone.now()
    decision.save(update_fields=["recalled_at"])
    recall_notice(decision.notice, by=by)
    subject.state = decision.before  # no move: nobody outside ever knew of the state that ends here
    subject.valid_until = None
    subject.save(update_fields=["state", "valid_until"])
    if application.state == State.DECIDED and not subject.is_settled:
        application.move(State.ACCEPTED)
        application.decided_at = None
        application.save(update_fields=["state", "decided_at"])
    record("applications.recall", by=by, on=subject, division=application.division, decision=decision.pk)
    return decision


def _locked(decision: Decision) -> Decision:
    subject = locked_subject(decision.subject)
    found = Decision.objects.select_for_update(of=("self",)).select_related("notice").get(pk=decision.pk)
    found.subject = subject
    return found
