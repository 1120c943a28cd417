"""補正: the desk marks answers with a reason and a due date, the clock stops, the resident mends just those."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications.actions.measuring import days_between
from madoguchi.applications.actions.submitting import NotReady, freeze, tell
from madoguchi.applications.actions.telling import inform
from madoguchi.applications.models import Answers, AnswersKind, Application, Correction, CorrectionItem, CorrectionState, State, SwitchState
from madoguchi.applications.models.letters import correction_letter
from madoguchi.applications.models.reading import applicant_of, search_text, walk_now, walk_revision
from madoguchi.engines import japanese
from madoguchi.engines.forms import Walk, check_walk, diff, rows_of, split_path, walk
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import lists
from madoguchi.procedures.models import ClockUnit

OPEN_DAYS = 10  # to answer, unless the desk says otherwise
LONGEST = timedelta(days=365)
REMIND_OPEN_DAYS = 3
MAX_REASON, MAX_WORDS = 500, 2000
Items = Sequence[tuple[str, str]]  # (path, reason)


def default_due(application: Application, today: date | None = None) -> date:
    """Ten open days from today."""
    return japanese.add_open_days(today or timezone.localdate(), OPEN_DAYS, closed=closed_days(application))


def closed_days(application: Application) -> frozenset[date]:
    """The municipality's own closed days besides weekends and holidays."""
    return frozenset(date.fromisoformat(day) for day in application.municipality.closed_days)


@transaction.atomic
def request_correction(*, application: Application, items: Items, words: str = "", due_on: date | None = None, by: User) -> Correction:
    """Ask the resident to mend some answers, each with its reason; nothing else is unlocked and the clock stands still meanwhile.

    A due date on a closed day becomes the next open one (as 民法142条). Raises Refused for paths that do not count, and without reasons.
    """
    application = Application.objects.locked(application.pk)
    if application.is_finished:
        raise Refused(_("この届出は受付が終わっているため、直しをお願いできません。"), code="finished")
    came_from = application.state
    application.move(State.CORRECTING)
    latest = application.latest()
    asked = _sound_items(walk_now(application, latest), items)
    if len(words) > MAX_WORDS:
        raise Refused(_("全体へのひとことは%(max)s文字までです。") % {"max": MAX_WORDS}, code="too_long")
    correction = Correction.objects.create(
        application=application,
        from_state=came_from,
        words=words.strip(),
        due_on=_sound_due(application, due_on),
        asked_by=by,
        values=latest.values,
        typed=latest.typed,
    )
    CorrectionItem.objects.bulk_create([CorrectionItem(correction=correction, path=path, reason=reason) for path, reason in asked.items()])
    application.save(update_fields=["state"])
    letter = correction_letter(correction)
    inform(application, "applications/correction", about=correction, due=correction.due_on, document=letter)
    record("applications.request_correction", by=by, on=application, division=application.division, paths=list(asked))
    return correction


def _locked(correction: Correction) -> tuple[Correction, Application]:
    """The application first, as every act does: two acts never wait for each other."""
    application = Application.objects.locked(correction.application_id)
    return Correction.objects.select_for_update().get(pk=correction.pk), application


def _sound_items(walked: Walk, items: Items) -> dict[str, str]:
    asked: dict[str, str] = {}
    for path, reason in items:
        item = walked.item(path)
        if item is None or not item.question.is_typed:
            raise Refused(_("直してもらえない項目が選ばれています。画面を開き直して、選び直してください。"), code="not_askable", path=path)
        if not reason.strip():
            raise Refused(_("直してもらう項目には、それぞれ理由を入力してください。"), code="no_reason", path=path)
        if len(reason) > MAX_REASON:
            raise Refused(_("理由は、1つの項目につき%(max)s文字までです。") % {"max": MAX_REASON}, code="too_long", path=path)
        asked[path] = reason.strip()
    if not asked:
        raise Refused(_("直してもらう項目を、1つ以上選んでください。"), code="no_items")
    return asked


def _sound_due(application: Application, wanted: date | None) -> date:
    today = timezone.localdate()
    if wanted is None:
        return default_due(application, today)
    if not today < wanted <= today + LONGEST:
        raise Refused(_("期限は、明日から1年以内の日にしてください。"), code="due_on")
    return japanese.next_open_day(wanted, closed=closed_days(application))


@transaction.atomic
def cancel_correction(*, correction: Correction, by: User) -> Correction:
    """Take the request back: the case returns to where it was, the clock goes on, what the resident typed meanwhile is not used."""
    correction, application = _locked(correction)
    if correction.state != CorrectionState.OPEN:
        raise Refused(_("この直しのお願いは、もう終わっています。画面を開き直してください。"), code="correction_over")
    _end(correction, application, CorrectionState.CANCELLED)
    correction.save()
    _settle_switch(correction, application, SwitchState.KEPT)
    application.save()
    inform(application, "applications/correction_cancelled", about=correction)
    record("applications.cancel_correction", by=by, on=application, division=application.division)
    return correction


def _end(correction: Correction, application: Application, state: str) -> None:
    """Back to the state from which it was asked; the days in between do not count for the office."""
    correction.state, correction.ended_at = state, timezone.now()
    application.move(correction.from_state)
    stopped = _stopped_days(application, correction)
    application.paused_days += stopped
    application.due_on = moved_due(application, stopped)


def _settle_switch(correction: Correction, application: Application, state: SwitchState) -> None:
    """Where a newer version was the reason to ask: answered, the case stands on it; taken back, it is again on the one before."""
    switch = correction.switches.filter(state=SwitchState.WAITING).select_related("before").first()
    if switch is None:
        return
    if state == SwitchState.KEPT:
        application.version, application.version_hash = switch.before, switch.before.hash
    switch.settle(state)


def _stopped_days(application: Application, correction: Correction) -> int:
    """In the unit of the procedure's clock."""
    start, end = timezone.localdate(correction.asked_at), timezone.localdate(correction.ended_at)
    if application.procedure.clock_unit == ClockUnit.OPEN:
        return japanese.open_days_between(start, end, closed=closed_days(application))
    return days_between(correction.asked_at, correction.ended_at)


def moved_due(application: Application, days: int) -> date | None:
    """The due day `days` later, in the unit of the procedure's clock; a fixed result day stays."""
    unit = application.procedure.clock_unit
    if application.due_on is None or days <= 0 or unit not in (ClockUnit.CALENDAR, ClockUnit.OPEN):
        return application.due_on
    return japanese.deadline(application.due_on, days=days, unit=unit, closed=closed_days(application))


# -- the resident's answer -------------------------------------------------------------------------------------------------


@transaction.atomic
def correct(*, correction: Correction, by: User | None = None) -> Correction:
    """Send what was mended. Sending twice is one; raises NotReady for what is still wrong in it, Refused when nothing was mended.

    Only the marked answers may differ, and those that they opened or closed.
    """
    correction, application = _locked(correction)
    if correction.state == CorrectionState.ANSWERED:
        return correction
    if correction.state != CorrectionState.OPEN or application.state != State.CORRECTING:
        raise Refused(_("この直しのお願いは取り消されました。送る必要はありません。"), code="correction_over")
    walked, changed = _mended(application, correction)
    correction.answers = freeze(application, AnswersKind.CORRECTION, walked, by=by, typed=correction.typed)
    correction.answered_at = timezone.now()
    _end(correction, application, CorrectionState.ANSWERED)
    correction.save()
    _settle_switch(correction, application, SwitchState.TAKEN)
    name_again(application, walked)
    application.save()
    tell(application, correction.answers, "correction", "applications/corrected")
    record("applications.correct", by=by, on=application, changed=sorted(changed))
    return correction


def _mended(application: Application, correction: Correction) -> tuple[Walk, set[str]]:
    latest: Answers = application.latest()
    before = walk_revision(application, latest)
    walked = walk(application.version.form, correction.values, on=latest.as_of, lists=lists())
    wanted = set(correction.items.values_list("path", flat=True))
    opened = newly_counting(before, walked, latest.values)
    changed = {change.path for change in diff(application.version.form, latest.values, walked.values)}
    if not changed & wanted:
        raise Refused(
            _(
                "まだどこも直っていません。印の付いた項目を直すか、書類を追加してください。直すところがないときは、連絡で担当の課に伝えてください。"
            ),
            code="nothing_changed",
        )
    if not all(path in wanted or path in opened or _follows(walked, path) for path in changed):
        raise Refused(_("お願いした項目のほかは、ここでは変えられません。画面を開き直してください。"), code="closed_answer")
    found = check_walk(walked, correction.values, lists=lists(), typed=correction.typed)
    problems = tuple(problem for problem in found if problem.level == "error" and problem.path in wanted | opened)
    if problems:
        raise NotReady(problems, walked)
    return walked, changed


def newly_counting(before: Walk, now: Walk, filed: Mapping[str, Any]) -> set[str]:
    """Paths (of questions, of rows and of their groups) that count now and did not when the answers were filed.

    A row that was added to a group which counted before is none of these: a correction adds no rows.
    """
    known = {item.path for item in before.items()}
    counted = {repeat.id for repeat in _groups(before)}
    opened: set[str] = {repeat.id for repeat in _groups(now)} - counted
    for item in now.items():
        if item.path in known or not item.question.is_typed:
            continue
        if item.row is None or item.row.repeat.id not in counted:
            opened |= {item.path} | ({item.row.path} if item.row else set())
        elif item.row.id in {row["row"] for row in rows_of(filed, item.row.repeat.id)}:
            opened.add(item.path)
    return opened


def _groups(walked: Walk) -> Iterable[Any]:
    return [repeat for page in walked.pages for repeat in page.repeats] + [
        group.row.repeat for page in walked.pages for group in page.groups if group.row
    ]


def _follows(walked: Walk, path: str) -> bool:
    """Whether a difference is none of the person's doing: computed, or an answer that no longer counts."""
    place = split_path(path)
    if place.question is None:  # a whole row: gone with its group, never one by one
        return not walked.rows(str(place.repeat))
    item = walked.item(path)
    return item is None or item.question.type == "calculated"


def name_again(application: Application, walked: Walk) -> None:
    """What queue and subjects are called follows the newest answers; saves the subjects, not the application."""
    application.applicant_name = applicant_of(walked).name[:200]
    application.search_key = search_text(walked)
    repeat = walked.form.subject_repeat
    names = {row.path: row.named("ja") for row in walked.rows(repeat.id)} if repeat is not None else {"": application.applicant_name}
    for subject in application.subjects.all():
        name = names.get(subject.path, subject.name)[:200]
        if name != subject.name:
            subject.name = name
            subject.save(update_fields=["name"])


# -- by the clock -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def remind_corrections() -> int:
    """Remind once, three open days before the due day, whoever has not answered; gives how many."""
    today = timezone.localdate()
    found = Correction.objects.select_for_update(of=("self",)).filter(
        state=CorrectionState.OPEN, reminded_at=None, asked_at__date__lt=today
    )
    told = 0
    for correction in found.filter(due_on__gte=today, due_on__lte=today + timedelta(days=14)).select_related(
        "application__procedure__division"
    ):
        application = correction.application
        if correction.due_on > japanese.add_open_days(today, REMIND_OPEN_DAYS, closed=closed_days(application)):
            continue
        correction.reminded_at = timezone.now()
        correction.save(update_fields=["reminded_at"])
        inform(
            application, "applications/correction_reminder", about=correction, due=correction.due_on, document=correction_letter(correction)
        )
        told += 1
    return told
