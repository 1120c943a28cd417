"""提出: number, arrival, rows of receipt and notice in one transaction; the rest are tasks after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications.actions.saving import as_of
from madoguchi.applications.actions.starting import forget_files
from madoguchi.applications.actions.telling import inform
from madoguchi.applications.models import Answers, AnswersKind, Application, IssuedDocument, State, Subject, SwitchState
from madoguchi.applications.models.reading import applicant_of, search_text
from madoguchi.applications.tasks import make_receipt
from madoguchi.engines import japanese
from madoguchi.engines.forms import Problem, Walk, check_walk, document_hash, walk
from madoguchi.lib import numbers
from madoguchi.lib.errors import Refused
from madoguchi.lib.tasks import enqueue
from madoguchi.procedures.actions import lists
from madoguchi.procedures.models import ClockUnit, Procedure


class NotReady(Refused):
    """The draft still has problems, or ends on a page that says why nothing can be sent."""

    def __init__(self, problems: tuple[Problem, ...], walked: Walk) -> None:
        super().__init__(_("まだ送れません。直すところを確かめてください。"), code="not_ready")
        self.problems, self.walked = problems, walked


@dataclass(frozen=True)
class Ready:
    walked: Walk
    warnings: tuple[Problem, ...]


def look_over(application: Application) -> Ready:
    """Everything that must hold before a draft can be sent; raises NotReady. Warnings (soft-required …) let it go."""
    draft = application.draft()
    walked = walk(application.version.form, draft.values, on=as_of(draft), lists=lists())
    problems = check_walk(walked, draft.values, lists=lists(), typed=draft.typed)
    if walked.ended is not None or any(problem.level == "error" for problem in problems):
        raise NotReady(problems, walked)
    return Ready(walked, problems)


@transaction.atomic
def submit(*, application: Application, by: User | None = None) -> Application:
    """File the draft (到達). Sending twice gives the same number; raises NotReady or Refused and changes nothing then."""
    application = Application.objects.select_for_update().get(pk=application.pk)
    if not application.is_draft:
        return application
    if not application.procedure.is_open(timezone.localdate()):
        raise Refused(_("受付期間が終わったため、送れません。入力した内容は残っています。担当の課にお問い合わせください。"), code="closed")
    ready = look_over(application)
    application.move(State.SUBMITTED)
    application.arrived_at = timezone.now()
    application.due_on = due_on(application.procedure, timezone.localdate())
    revision = freeze(application, AnswersKind.SUBMITTED, ready.walked, by=by)
    _forget_unsent_files(application, ready.walked)
    _forget_unsent_numbers(application, ready.walked)
    _describe(application, ready.walked)
    give_number(application)
    application.draft().delete()
    for switch in application.switches.filter(state=SwitchState.WAITING):  # sent without an answer to that: it stays as it was begun
        switch.settle(SwitchState.KEPT)
    _make_subjects(application, ready.walked)
    tell(application, revision, "receipt", "applications/receipt")
    record("applications.submit", by=by, on=application, number=application.number, hash=revision.hash, version=application.version.number)
    return application


def freeze(application: Application, kind: str, walked: Walk, *, by: User | None, typed: Mapping[str, Any] | None = None) -> Answers:
    """Write a whole append-only revision of what counts."""
    latest = application.answers.order_by("-number").first()
    values = dict(walked.values)
    return Answers.objects.create(
        application=application,
        kind=kind,
        number=(latest.number if latest else 0) + 1,
        values=values,
        typed=_typed_that_counts(typed if typed is not None else latest.typed if latest else {}, walked),
        code_lists=_lists_used(walked),
        as_of=walked.on,
        hash=document_hash(values),
        version=application.version,
        by=by,
    )


def _forget_unsent_numbers(application: Application, walked: Walk) -> None:
    """個人番号 that was typed over, or on a way that was left again: what is not sent is not kept, sealed or not."""
    mine = (item.value for item in walked.items() if item.question.type == "mynumber" and isinstance(item.value, Mapping))
    application.secrets.exclude(pk__in=[value["secret"] for value in mine if "secret" in value]).delete()


def _forget_unsent_files(application: Application, walked: Walk) -> None:
    """Files on a way that was left again are not sent, and so not kept; the stored ones go once the number is given."""
    sent = {file["id"] for item in walked.items() if item.question.type == "file" for file in (item.value or {}).get("files", [])}
    unsent = [attachment for attachment in application.attachments.all() if str(attachment.uuid) not in sent]
    names = [attachment.file for attachment in unsent]
    application.attachments.filter(pk__in=[attachment.pk for attachment in unsent]).delete()
    transaction.on_commit(lambda: forget_files(names))


def _typed_that_counts(typed: Mapping[str, Any], walked: Walk) -> dict[str, Any]:
    return {path: texts for path, texts in typed.items() if (item := walked.item(path)) is not None and item.answered}


def _lists_used(walked: Walk) -> dict[str, list[str]]:
    names = {item.question.list for item in walked.items() if item.question.list and item.answered}
    known = lists()
    return {name: list(version) for name in sorted(names) if (version := known.version(name))}


def give_number(application: Application, attempts: int = 5) -> None:
    """A random number with a check character; a clash (once in ten thousand million) is drawn again."""
    for left in range(attempts, 0, -1):
        application.number = numbers.new_number()
        try:
            with transaction.atomic():
                application.save()
            return
        except IntegrityError:
            if left == 1:
                raise


def due_on(procedure: Procedure, arrived: date) -> date | None:
    """The day by which the office is to answer, from the procedure's clock (標準処理期間, 行政手続法6条)."""
    if procedure.clock_unit == ClockUnit.FIXED_DAY:
        return procedure.result_on
    if procedure.clock_unit == ClockUnit.NONE or procedure.standard_days is None:
        return None
    closed = frozenset(date.fromisoformat(day) for day in procedure.municipality.closed_days)
    return japanese.deadline(arrived, days=procedure.standard_days, unit=procedure.clock_unit, closed=closed)


def _describe(application: Application, walked: Walk) -> None:
    """What the queue shows and finds."""
    applicant = applicant_of(walked)
    application.applicant_name = applicant.name[:200]
    application.search_key = search_text(walked)


def _make_subjects(application: Application, walked: Walk) -> None:
    repeat = walked.form.subject_repeat
    rows = walked.rows(repeat.id) if repeat is not None else ()
    found = [(row.path, row.named("ja")) for row in rows] or [("", application.applicant_name)]
    Subject.objects.bulk_create([Subject(application=application, path=path, name=name[:200]) for path, name in found])


def tell(application: Application, revision: Answers, kind: str, template: str, number: str = "") -> None:
    """Rows of the receipt and of the notice; the PDF is made after the commit from the frozen revision."""
    document = IssuedDocument.objects.create(
        application=application, kind=kind, answers=revision, check_code=numbers.new_check_code(), language=application.language
    )
    enqueue(make_receipt, document=document.pk)
    inform(application, template, about=document, number=number)
