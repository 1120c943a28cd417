"""What a resident does with a filed application: amend, withdraw, accept, decline, write, say how it went."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications.actions.submitting import NotReady, freeze, tell
from madoguchi.applications.actions.telling import inform
from madoguchi.applications.models import (
    Amendment,
    Answers,
    AnswersKind,
    Application,
    Feedback,
    Message,
    State,
    Subject,
    SubjectState,
)
from madoguchi.applications.models.reading import search_text
from madoguchi.applications.models.story import told_decisions
from madoguchi.engines import japanese
from madoguchi.engines.forms import Walk, check_walk, diff, get, put, split_path, walk
from madoguchi.lib import numbers
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import lists
from madoguchi.procedures.models import Procedure

MAX_MESSAGE = 2000


# -- amendments ------------------------------------------------------------------------------------------------------------


def open_paths(walked: Walk) -> set[str]:
    """Paths that an amendment may change: answers the procedure leaves open, and documents that were to follow."""
    return {item.path for item in walked.items() if item.question.amendable or _is_to_follow(item.question.type, item.value)}


def _is_to_follow(kind: str, value: object) -> bool:
    return kind == "file" and (value is None or (isinstance(value, dict) and bool(value.get("later"))))


def may_amend(application: Application) -> bool:
    """Whether anything is open to the resident now: until the cut-off for answers, always for documents to follow."""
    return application.state in (State.SUBMITTED, State.ACCEPTED)


@transaction.atomic
def begin_amendment(*, application: Application) -> Amendment:
    """The amendment under way, begun when there is none; filed answers stay as they are until it is sent."""
    application = Application.objects.locked(application.pk)
    if not may_amend(application):
        raise Refused(_("いまは変更や追加ができません。担当の課にご連絡ください。"), code="not_amendable")
    known = application.amendments.filter(arrived_at=None).first()
    latest = application.latest()
    if known is None:
        return Amendment.objects.create(application=application, values=latest.values, typed=latest.typed)
    return known if known.started_at >= latest.at else _rebased(known, latest)


def _rebased(amendment: Amendment, latest: Answers) -> Amendment:
    """An amendment that was begun before a correction arrived: its own changes over the newest answers, nothing else of the old ones."""
    application = amendment.application
    base = application.answers.exclude(kind=AnswersKind.DRAFT).filter(at__lte=amendment.started_at).order_by("-number").first()
    values, typed = latest.values, dict(latest.typed)
    for path in sorted({change.path for change in diff(application.version.form, base.values if base else {}, amendment.values)}):
        place = split_path(path)
        if place.question is not None:
            values = put(values, path, get(amendment.values, path))
    texts = {path: text for path, text in amendment.typed.items() if base is None or base.typed.get(path) != text}
    amendment.values, amendment.typed, amendment.started_at = values, {**typed, **texts}, timezone.now()
    amendment.save(update_fields=["values", "typed", "started_at"])
    return amendment


def amendable_paths(application: Application, walked: Walk) -> set[str]:
    """What is open today: after the cut-off only documents that were to follow."""
    paths = open_paths(walked)
    if application.can_amend:
        return paths
    return {path for path in paths if (item := walked.item(path)) is not None and item.question.type == "file"}


@transaction.atomic
def amend(*, amendment: Amendment, by: User | None = None) -> Amendment:
    """Send an amendment: a revision with its own number, arrival time and receipt. Sending twice is one."""
    amendment = Amendment.objects.select_for_update().get(pk=amendment.pk)
    if amendment.arrived_at is not None:
        return amendment
    application = Application.objects.select_for_update().get(pk=amendment.application_id)
    if not may_amend(application):
        raise Refused(_("いまは変更や追加ができません。担当の課にご連絡ください。"), code="not_amendable")
    latest = application.latest()
    walked, paths = _sound(application, latest, amendment.values, amendment.typed)
    amendment.answers = freeze(application, AnswersKind.AMENDMENT, walked, by=by, typed=amendment.typed)
    amendment.number, amendment.arrived_at = numbers.new_number(), timezone.now()
    amendment.save()
    application.search_key = search_text(walked)
    application.save(update_fields=["search_key"])
    tell(application, amendment.answers, "amendment", "applications/amended", number=amendment.number)
    record("applications.amend", by=by, on=application, number=amendment.number, changed=sorted(paths))
    return amendment


def _sound(application: Application, latest: Answers, values: dict, typed: dict) -> tuple[Walk, set[str]]:
    """The walk of the amended answers and the changed paths; raises when something closed was changed or is now wrong."""
    form = application.version.form
    walked = walk(form, values, on=latest.as_of, lists=lists())
    changed = {change.path for change in diff(form, latest.values, values)}
    if not changed:
        raise Refused(_("変更がありません。変えたい項目を直すか、書類を追加してください。"), code="nothing_changed")
    before = walk(form, latest.values, on=latest.as_of, lists=lists())
    opened = {item.path for item in walked.items() if before.item(item.path) is None and item.question.is_typed and item.row is None}
    known = amendable_paths(application, before) | opened
    if not all(path in known or _computed(walked, path) for path in changed):
        raise Refused(_("変更できる期間が終わった項目があります。担当の課にご連絡ください。"), code="closed_answer")
    problems = [p for p in check_walk(walked, values, lists=lists(), typed=typed) if p.level == "error" and p.path in changed | opened]
    if problems:
        raise NotReady(tuple(problems), walked)
    return walked, changed


def _computed(walked: Walk, path: str) -> bool:
    try:
        question = split_path(path).question
    except ValueError:
        return False
    return question is not None and walked.form.has(question) and walked.form.question(question).type == "calculated"


@transaction.atomic
def drop_amendment(*, amendment: Amendment) -> None:
    """Give up an amendment that was not sent."""
    if amendment.arrived_at is None:
        amendment.delete()


# -- withdrawing, accepting, declining ----------------------------------------------------------------------------------------


@transaction.atomic
def withdraw(
    *, application: Application, reason: str = "", subjects: list[Subject] | None = None, by: User | None = None, by_desk: bool = False
) -> None:
    """取下げ of some subjects, or of the whole application when none is named; possible until it is decided."""
    application = Application.objects.select_for_update().get(pk=application.pk)
    every = list(application.subjects.select_for_update())
    chosen = [one for one in every if one.state in (SubjectState.OPEN, SubjectState.HELD) and (subjects is None or one in subjects)]
    if not chosen:
        raise Refused(_("取り下げられるものがありません。画面を開き直して、状態を確かめてください。"), code="nothing_open")
    for subject in chosen:
        subject.move(SubjectState.WITHDRAWN)
        subject.save(update_fields=["state"])
    application.withdrawal_reason = japanese.remove_forbidden(reason)[:MAX_MESSAGE]
    if all(one.state == SubjectState.WITHDRAWN for one in every):
        if application.state != State.DECIDED:
            application.move(State.WITHDRAWN)
        application.withdrawn_at = timezone.now()
        application.corrections.filter(state="open").update(state="cancelled")
        application.amendments.filter(arrived_at=None).delete()
    application.save()
    settle(application)
    inform(application, "applications/withdrawn")
    record("applications.withdraw", by=by, on=application, subjects=[one.pk for one in chosen], by_desk=by_desk)


def settle(application: Application) -> None:
    """DECIDED when every subject is settled; called after each act on a subject."""
    if application.state == State.ACCEPTED and all(one.is_settled for one in application.subjects.all()):
        application.move(State.DECIDED)
        application.decided_at = timezone.now()
        application.save(update_fields=["state", "decided_at"])


@transaction.atomic
def accept_offer(*, subject: Subject, by: User | None = None) -> None:
    """承諾: the resident takes what was granted."""
    subject = Subject.objects.select_for_update().get(pk=subject.pk)
    is_told = told_decisions(subject.application).filter(subject=subject).exists()
    if subject.state not in (SubjectState.GRANTED, SubjectState.PARTLY) or not is_told:
        raise Refused(_("いまは承諾できません。画面を開き直して、状態を確かめてください。"), code="not_granted")
    if subject.accepted_at is None:
        subject.accepted_at = timezone.now()
        subject.save(update_fields=["accepted_at"])
        record("applications.accept_offer", by=by, on=subject)


@transaction.atomic
def decline(*, subject: Subject, by: User | None = None) -> None:
    """辞退 of what was granted; it cannot be taken back here."""
    subject = Subject.objects.select_for_update().get(pk=subject.pk)
    subject.move(SubjectState.DECLINED)
    subject.declined_at = timezone.now()
    subject.save(update_fields=["state", "declined_at"])
    record("applications.decline", by=by, on=subject)


# -- words -------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def write_message(*, application: Application, text: str, by: User | None = None, from_desk: bool = False) -> Message:
    """連絡, both ways; the other side is told that one is there, never what it says."""
    text = japanese.remove_forbidden(text)
    if not text.strip():
        raise Refused(_("連絡の内容を入力してください。"), code="empty")
    if len(text) > MAX_MESSAGE:
        raise Refused(_("連絡は%(max)s文字までです。文章を短くしてください。") % {"max": MAX_MESSAGE}, code="too_long")
    if application.is_draft:
        raise Refused(_("送る前の申請には、連絡を付けられません。"), code="draft")
    division = application.division if from_desk else None
    message = Message.objects.create(application=application, text=text.strip(), by=by, from_desk=from_desk, division=division)
    if from_desk:
        inform(application, "applications/message")
    record("applications.write_message", by=by, on=application, from_desk=from_desk)
    return message


@transaction.atomic
def give_feedback(
    *, end: str, score: int | None, words: str = "", procedure: Procedure | None = None, language: str = "ja", by_staff: bool = False
) -> Feedback | None:
    """Keep one 5-step answer and one text from an end or a desk page; nothing given, nothing kept."""
    if score is not None and not 1 <= score <= 5:
        score = None
    words = japanese.remove_forbidden(words[:5000]).strip()
    if score is None and not words:
        return None
    return Feedback.objects.create(
        end=japanese.remove_forbidden(end)[:40], score=score, words=words[:1200], procedure=procedure, language=language, by_staff=by_staff
    )
