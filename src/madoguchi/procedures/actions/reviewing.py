"""The second pair of eyes: somebody who did not write a draft looks at it, as it is now, and says yes or what to mend."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.engines.forms import document_hash
from madoguchi.engines.japanese import remove_forbidden
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions.studio import locked_draft
from madoguchi.procedures.models import FormDraft, FormReview, ReviewState


def writers(*, draft: FormDraft) -> set[int]:
    """Everybody whose hand is in a draft: who changed it, holds it now, or asked for the look."""
    found = {pk for pk in draft.edits.values_list("by", flat=True).distinct() if pk is not None}  # type: ignore[attr-defined]
    found |= set(draft.reviews.filter(hash=document_hash(draft.document)).values_list("asked_by", flat=True))  # type: ignore[attr-defined]
    return found | ({draft.holder_id} if draft.holder_id else set())


@transaction.atomic
def ask_review(*, draft: FormDraft, edition: int, words: str = "", by: User) -> FormReview:
    """Ask for a second pair of eyes on the draft as it is now; a request for an earlier state gives way. Raises Refused."""
    row = _as_seen(draft, edition)
    hash_ = document_hash(row.document)
    row.reviews.filter(state=ReviewState.WAITING).exclude(hash=hash_).update(  # type: ignore[attr-defined]
        state=ReviewState.SENT_BACK, answer=_("頼んだ後に、様式が変わりました。"), at=timezone.now()
    )
    known = row.reviews.filter(hash=hash_).first()  # type: ignore[attr-defined]
    if known is not None and known.state != ReviewState.SENT_BACK:
        return known  # asked twice, or approved already
    made = FormReview.objects.create(draft=row, hash=hash_, words=remove_forbidden(words).strip()[:500], asked_by=by)
    record("procedures.ask_review", by=by, on=made, division=row.procedure.division, procedure=row.procedure.slug)
    return made


def _as_seen(draft: FormDraft, edition: int) -> FormDraft:
    row = locked_draft(draft)
    if row.edition != edition:
        raise Refused(_("別の画面で変更されています。開き直した内容を確かめて、もう一度変えてください。"), code="stale")
    return row


@transaction.atomic
def approve_review(*, review: FormReview, by: User) -> FormReview:
    """Say yes to what was asked about. Raises Refused for who wrote it, and when the draft has changed meanwhile."""
    return _answer(review, by, ReviewState.APPROVED, "")


@transaction.atomic
def send_back_review(*, review: FormReview, answer: str, by: User) -> FormReview:
    """Say what is to be mended. Raises Refused without a word, for who wrote it, and when the draft has changed meanwhile."""
    if not answer.strip():
        raise Refused(_("直してほしいところを入力してください。"), code="no_answer")
    return _answer(review, by, ReviewState.SENT_BACK, answer)


def _answer(review: FormReview, by: User, state: ReviewState, answer: str) -> FormReview:
    draft = locked_draft(review.draft)
    row = FormReview.objects.select_for_update().get(pk=review.pk)
    if row.state != ReviewState.WAITING:
        raise Refused(_("この確認は、もう終わっています。画面を開き直してください。"), code="review_over")
    if row.hash != document_hash(draft.document):
        raise Refused(_("確認を頼まれた後に、様式が変わりました。もう一度頼んでもらってください。"), code="stale")
    if by.pk in writers(draft=draft):
        raise Refused(_("自分で作った様式は、自分では確認できません。ほかの人に頼んでください。"), code="own_work")
    row.state, row.answer, row.by, row.at = state, remove_forbidden(answer).strip()[:500], by, timezone.now()
    row.save(update_fields=["state", "answer", "by", "at"])
    verb = "procedures.approve_review" if state == ReviewState.APPROVED else "procedures.send_back_review"
    record(verb, by=by, on=row, division=draft.procedure.division, procedure=draft.procedure.slug, hash=row.hash)
    return row
