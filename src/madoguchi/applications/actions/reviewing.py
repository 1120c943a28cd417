"""審査 and 決裁: what was looked at, what is proposed, and that a second person agrees."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications.actions.accepting import works_here
from madoguchi.applications.models import Application, Decision, Outcome, Review, State, Subject, SubjectState
from madoguchi.applications.models.decision import APPROVAL, PROPOSAL
from madoguchi.lib.errors import Refused

MAX_TEXT = 4000
NEED_REASON = frozenset({Outcome.PARTLY, Outcome.REFUSED, Outcome.DISMISSED})


@transaction.atomic
def record_review(*, application: Application, subject: Subject | None = None, step: str, passed: bool, note: str = "", by: User) -> Review:
    """審査: one item of the procedure's list was looked at, with or without a problem. Looking again is a further row."""
    application = Application.objects.locked(application.pk)
    require_reviewable(application)
    if step not in application.procedure.review_steps:
        raise Refused(_("この審査の項目はありません。画面を開き直してください。"), code="no_step")
    if subject is not None and subject.application_id != application.pk:
        raise Refused(_("この対象者は、ほかの申請のものです。"), code="other_subject")
    if not passed and not note.strip():
        raise Refused(_("問題があるときは、所見を入力してください。"), code="no_note")
    review = Review.objects.create(
        application=application, subject=subject, step=step[:80], passed=passed, note=note.strip()[:MAX_TEXT], by=by
    )
    record("applications.record_review", by=by, on=application, division=application.division, review=review.pk, passed=passed)
    return review


def require_reviewable(application: Application) -> None:
    """Raises Refused, saying what to do first, unless the case can be reviewed and decided now."""
    if not application.procedure.is_decided:
        raise Refused(_("この手続きは届出です。受け付けると終わり、決定はありません。"), code="no_decision")
    if application.state == State.SUBMITTED:
        raise Refused(_("まだ受け付けていません。先に受け付けてください。"), code="accept_first")
    if application.state == State.CORRECTING:
        raise Refused(_("直しをお願いしています。返事を待つか、お願いを取り消してから進めてください。"), code="correcting")
    if application.state not in (State.ACCEPTED, State.DECIDED):
        raise Refused(_("この申請は、いまは審査できません。画面を開き直して、状態を確かめてください。"), code="not_reviewable")


def require_outcome(subject: Subject, outcome: str, reason: str) -> None:
    """Raises Refused for an outcome that the procedure does not know, or that needs a reason (行政手続法8条)."""
    procedure = subject.application.procedure
    known = procedure.outcomes or list(Outcome.values)
    if outcome not in known or outcome not in Outcome.values:
        raise Refused(_("この手続きでは選べない結果です。結果を選び直してください。"), code="no_such_outcome")
    if len(reason) > MAX_TEXT:
        raise Refused(_("理由は%(max)s文字までです。文章を短くしてください。") % {"max": MAX_TEXT}, code="too_long")
    if outcome in NEED_REASON and procedure.is_disposition and not reason.strip():
        raise Refused(_("この結果には理由が必要です。理由を入力してください。"), code="no_reason")


def locked_subject(subject: Subject) -> Subject:
    """The subject, and its application, locked in the order in which every act does."""
    application = Application.objects.locked(subject.application_id)
    found = Subject.objects.select_for_update().get(pk=subject.pk)
    found.application = application
    return found


def standing_decision(subject: Subject) -> Decision | None:
    """The newest decision that was not taken back."""
    return Decision.objects.filter(subject=subject, recalled_at=None).order_by("-id").first()


@transaction.atomic
def propose(*, subject: Subject, outcome: str, reason: str = "", note: str = "", by: User) -> Review:
    """起案: what is to be decided about a subject, for a second person to agree to. A later proposal replaces an earlier one."""
    subject = locked_subject(subject)
    require_reviewable(subject.application)
    if subject.state in (SubjectState.WITHDRAWN, SubjectState.DECLINED):
        raise Refused(_("この対象者は、取下げまたは辞退になっています。"), code="subject_over")
    require_outcome(subject, outcome, reason)
    review = Review.objects.create(
        application=subject.application,
        subject=subject,
        step=PROPOSAL,
        passed=True,
        outcome=outcome,
        reason=reason.strip(),
        note=note.strip()[:MAX_TEXT],
        by=by,
    )
    record("applications.propose", by=by, on=subject, division=subject.application.division, outcome=outcome)
    return review


def write_agreement(subject: Subject, outcome: str, reason: str, proposer: User, approver: User) -> None:
    """起案 and 決裁 of one subject, where both were given for many at once. Raises Refused unless two people with the right did it."""
    if proposer.pk == approver.pk:
        raise Refused(_("起案した人は、同じ案を決裁できません。ほかの人に頼んでください。"), code="same_person")
    if not works_here(approver, subject.application, "cases.approve"):
        raise Refused(_("決裁できるのは、この課の課長などの決裁権を持つ人だけです。"), code="may_not_approve")
    for step, by in ((PROPOSAL, proposer), (APPROVAL, approver)):
        Review.objects.create(
            application=subject.application, subject=subject, step=step, passed=True, outcome=outcome, reason=reason, by=by
        )
    record("applications.approve", by=approver, on=subject, division=subject.application.division, outcome=outcome, together=True)


def open_proposal(subject: Subject) -> Review | None:
    """The proposal that waits for the second person, None when there is none."""
    return Review.objects.waiting().filter(subject=subject).order_by("-id").first()


def approved_proposal(subject: Subject) -> Review | None:
    """The proposal that a second person agreed to and that was not decided yet; None when there is none, or when the answers changed since."""
    approval = Review.objects.approved().filter(subject=subject).order_by("-id").first()
    if approval is None:
        return None
    proposal = Review.objects.filter(subject=subject, step=PROPOSAL, id__lt=approval.pk).order_by("-id").first()
    return proposal if proposal is not None and not _answers_changed(proposal) else None


def _answers_changed(proposal: Review) -> bool:
    latest = proposal.application.latest()
    return latest is not None and latest.at > proposal.at


@transaction.atomic
def approve(*, subject: Subject, by: User, seen: int | None = None, note: str = "") -> Review:
    """決裁: a second person with the right to approve agrees to the proposal. `seen` is the proposal that was on the page."""
    proposal = _to_judge(subject, by, seen)
    review = _judge(proposal, by, passed=True, note=note)
    record("applications.approve", by=by, on=proposal.subject, division=proposal.application.division, outcome=proposal.outcome)
    return review


@transaction.atomic
def send_back(*, subject: Subject, by: User, note: str, seen: int | None = None) -> Review:
    """差戻し: a second person does not agree, and says why."""
    if not note.strip():
        raise Refused(_("差し戻す理由を入力してください。"), code="no_note")
    proposal = _to_judge(subject, by, seen)
    review = _judge(proposal, by, passed=False, note=note)
    record("applications.send_back", by=by, on=proposal.subject, division=proposal.application.division)
    return review


def _to_judge(subject: Subject, by: User, seen: int | None) -> Review:
    subject = locked_subject(subject)
    require_reviewable(subject.application)
    proposal = open_proposal(subject)
    if proposal is None or (seen is not None and proposal.pk != seen):
        raise Refused(_("起案が変わったか、もう済んでいます。画面を開き直してください。"), code="stale")
    if proposal.by_id == by.pk:
        raise Refused(_("起案した人は、同じ案を決裁できません。ほかの人に頼んでください。"), code="same_person")
    if not works_here(by, subject.application, "cases.approve"):
        raise Refused(_("決裁できるのは、この課の課長などの決裁権を持つ人だけです。"), code="may_not_approve")
    if _answers_changed(proposal):
        raise Refused(_("起案の後に申請の内容が変わりました。内容を確かめて、もう一度起案してください。"), code="answers_changed")
    return proposal


def _judge(proposal: Review, by: User, *, passed: bool, note: str) -> Review:
    return Review.objects.create(
        application=proposal.application,
        subject=proposal.subject,
        step=APPROVAL,
        passed=passed,
        outcome=proposal.outcome,
        reason=proposal.reason if passed else "",
        note=note.strip()[:MAX_TEXT],
        by=by,
    )
