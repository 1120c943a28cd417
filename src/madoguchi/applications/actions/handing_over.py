"""What people have begun, when a newer version of the form is published: it stays, goes over, or the person is asked.

A filed revision never changes and keeps its version. Only the application's own version moves: with it the next revision is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications.actions.correcting import request_correction
from madoguchi.applications.actions.telling import inform
from madoguchi.applications.models import Answers, AnswersKind, Application, State, SwitchState, VersionSwitch
from madoguchi.engines.forms import Difference, Form, Lists, Walk, check_walk, differences, walk
from madoguchi.engines.forms.changes import CLASSES
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import lists
from madoguchi.procedures.models import Procedure, ProcedureVersion

BUSY = gettext_lazy("直しをお願いしている途中などだったため、前の版のままにしました。")
ASKED = gettext_lazy("様式が新しくなりました。この項目を入力してください。")


def under_way(procedure: Procedure) -> Any:
    """Unsent drafts and open cases of a procedure, newest first; what is decided or withdrawn is history, and so is an accepted 届出."""
    states = [State.DRAFT, State.SUBMITTED, State.CORRECTING] + ([State.ACCEPTED] if procedure.is_decided else [])
    return Application.objects.filter(procedure=procedure, state__in=states, is_test=False).order_by("-id")


def newest_answers(applications: Iterable[Application]) -> dict[int, Answers]:
    """{application's id: the draft of a draft, else the newest revision}, in one question to the database."""
    ids = [one.pk for one in applications]
    drafts = Q(application__state=State.DRAFT, kind=AnswersKind.DRAFT)
    rows = Answers.objects.filter(drafts | (~Q(application__state=State.DRAFT) & ~Q(kind=AnswersKind.DRAFT)), application__in=ids)
    return {row.application_id: row for row in rows.order_by("number")}


@dataclass(frozen=True)
class Touch:
    """The differences between two forms, asked for one set of answers after another."""

    before: Form
    after: Form
    found: tuple[Difference, ...]

    @classmethod
    def between(cls, before: Form, after: Form) -> Touch:
        return cls(before, after, differences(before, after))

    def of(self, values: Mapping[str, Any], *, on: date, known: Lists) -> tuple[Difference, ...]:
        """Those that these answers touch: the question is answered, or it is asked of this person now or then."""
        if not self.found:
            return ()
        old, new = (walk(form, values, on=on, lists=known) for form in (self.before, self.after))
        names = {item.question.id for one in (old, new) for item in one.items()} | _answered(values)
        pages = {page.page.id for one in (old, new) for page in one.pages}
        return tuple(each for each in self.found if _touches(each, names, pages))


def _answered(values: Mapping[str, Any]) -> set[str]:
    """Ids of everything answered, whether it counts or not, and of groups that have rows."""
    rows = (row for value in values.values() if isinstance(value, list) for row in value if isinstance(row, Mapping) and "row" in row)
    return {key for key, value in values.items() if value not in (None, "", [], {})} | {key for row in rows for key in row if key != "row"}


def _touches(each: Difference, names: set[str], pages: set[str]) -> bool:
    kind = each.key.partition(".")[0]
    if kind == "page":
        return each.id in pages
    return each.id in names if kind in ("question", "repeat") else True  # what is said of the form, and a calculation, is everybody's


def heaviest(found: Sequence[Difference]) -> str:
    """The class of what touches; nothing is as light as wording."""
    return max((each.level for each in found), key=CLASSES.index, default="wording")


@transaction.atomic
def hand_over(*, application: Application, version: ProcedureVersion, by: User | None) -> VersionSwitch | None:
    """Treat one application as the version's `ways` say; once, and only while it is under way. None where nothing was to be done."""
    application = Application.objects.locked(application.pk)
    mine = under_way(application.procedure).filter(pk=application.pk).exists()
    if not mine or application.version.number >= version.number or application.switches.filter(after=version).exists():
        return None
    answers = application.latest()
    found = Touch.between(application.version.form, version.form).of(answers.values, on=answers.as_of, known=lists())
    level = heaviest(found)
    way = version.ways.get(level, {}).get("drafts" if application.is_draft else "cases", "finish")
    touched = [[each.key, each.id] for each in found]
    switch = VersionSwitch.objects.create(
        application=application, before=application.version, after=version, level=level, touched=touched, way=way
    )
    _WAYS[way](switch, application, by)
    return switch


def _finish(switch: VersionSwitch, application: Application, by: User | None) -> None:
    switch.settle(SwitchState.KEPT)


def _migrate(switch: VersionSwitch, application: Application, by: User | None) -> None:
    """Who is mending answers right now goes on with the questions that were marked: only other words may reach them."""
    if application.state == State.CORRECTING and switch.level != "wording":
        switch.settle(SwitchState.KEPT, BUSY)
        return
    _move(application, switch.after, by)
    for one in application.switches.filter(state=SwitchState.WAITING):  # and those asked about a version between
        one.settle(SwitchState.TAKEN)
    switch.refresh_from_db()
    if switch.level == "meaning" and (not application.is_draft or application.email):
        inform(application, "applications/version_changed")


def _move(application: Application, version: ProcedureVersion, by: User | None) -> None:
    application.version, application.version_hash = version, version.hash
    application.save(update_fields=["version", "version_hash"])
    record("applications.move_to_version", by=by, on=application, division=application.division, version=version.number)


def _ask(switch: VersionSwitch, application: Application, by: User | None) -> None:
    """A draft is asked when it is opened next; a case by a request to correct what it must answer now."""
    if application.is_draft:
        return
    if by is None or application.state not in (State.SUBMITTED, State.ACCEPTED):
        switch.settle(SwitchState.KEPT, BUSY)
        return
    asked = _to_ask(application, switch.after.form)
    if not asked:
        switch.settle(SwitchState.KEPT, _("新しく答えてもらう項目がなかったため、前の版のままにしました。"))
        return
    _move(application, switch.after, by)
    switch.correction = request_correction(application=application, items=[(path, str(ASKED)) for path in asked], by=by)
    switch.save(update_fields=["correction"])


_WAYS = {"finish": _finish, "migrate": _migrate, "ask": _ask}


def _to_ask(application: Application, form: Form) -> list[str]:
    """Paths that a form wants answered, and that are not, or not any more."""
    latest = application.latest()
    walked = walk(form, latest.values, on=latest.as_of, lists=lists())
    wrong = {problem.path for problem in check_walk(walked, latest.values, lists=lists()) if problem.level == "error"}
    return [item.path for item in walked.items() if item.path in wrong and item.question.is_typed]


@transaction.atomic
def stay_on_version(*, application: Application) -> None:
    """Let a draft be finished on the version with which it was begun; the person is not asked again for this newer one. Raises Refused."""
    application = Application.objects.locked(application.pk)
    if not application.is_draft:
        raise Refused(_("送った後は、様式を変えられません。"), code="not_draft")
    for switch in application.switches.filter(state=SwitchState.WAITING):
        switch.settle(SwitchState.KEPT)
    record("applications.stay_on_version", by=application.resident, on=application, version=application.version.number)


def waiting_switch(*, application: Application) -> VersionSwitch | None:
    """The newest question whether a draft should go over to a newer version; None where none is open."""
    rows = application.switches.filter(state=SwitchState.WAITING, correction=None).select_related("before", "after")
    return rows.first() if application.is_draft else None


def left_over(*, application: Application, walked: Walk) -> tuple[Walk, list[str]] | None:
    """What a draft that went over had answered on its old version and the new one has no place for: (the old walk, paths)."""
    switch = application.switches.filter(state=SwitchState.TAKEN).select_related("before").first()
    if switch is None or not application.is_draft:
        return None
    old = walk(switch.before.form, application.draft().values, on=walked.on, lists=lists())
    fits = {item.path for item in walked.items() if item.answered}
    left = [item.path for item in old.items() if item.answered and item.question.is_typed and item.path not in fits]
    return (old, left) if left else None
