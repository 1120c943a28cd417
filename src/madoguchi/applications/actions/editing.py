"""職員による修正: the desk mends an answer on the resident's behalf, with a trace, and tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications.actions.correcting import name_again
from madoguchi.applications.actions.submitting import NotReady, freeze
from madoguchi.applications.actions.telling import inform
from madoguchi.applications.models import Answers, AnswersKind, Application, Message, State
from madoguchi.applications.models.reading import walk_revision
from madoguchi.engines.forms import Item, Problem, Question, Reading, Walk, check_walk, diff, put, read, walk
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import lists

Changes = Mapping[str, Mapping[str, Sequence[str]]]  # path → part → texts, as posted
# These stay the resident's own: a number that nobody but they may give, a paper that they hold, a promise, an account that money goes to.
NOT_OURS = frozenset({"mynumber", "file", "declaration", "bank_account"})
MAX_REASON = 1000


def may_edit(application: Application) -> bool:
    """While the resident is asked to correct, the answers are theirs; after the decision they are history."""
    return application.state in (State.SUBMITTED, State.ACCEPTED)


def is_editable(question: Question) -> bool:
    """Whether the desk may mend an answer on somebody's behalf: never a number, a file, a declaration or an account."""
    return question.is_typed and question.type not in NOT_OURS


@transaction.atomic
def desk_edit(*, application: Application, changes: Changes, reason: str, by: User) -> Answers:
    """Mend answers for the resident (who telephoned, or stood at the counter): a revision of its own, and the resident is told why.

    Raises NotReady with the problems of what was typed, Refused where it cannot be done.
    """
    application = Application.objects.locked(application.pk)
    if not may_edit(application):
        raise Refused(
            _("いまの状態では、職員が内容を直せません。直しをお願いしている間は、お願いを取り消してから直してください。"),
            code="not_editable",
        )
    if not reason.strip() or len(reason) > MAX_REASON:
        raise Refused(
            _("直す理由を入力してください（%(max)s文字まで）。申請した人にも伝わります。") % {"max": MAX_REASON}, code="no_reason"
        )
    latest = application.latest()
    before = walk_revision(application, latest)
    walked, typed = _edited(application, latest, before, changes)
    changed = [change.path for change in diff(application.version.form, latest.values, walked.values)]
    if not changed:
        raise Refused(_("変更がありません。直す項目の内容を変えてください。"), code="nothing_changed")
    revision = freeze(application, AnswersKind.DESK, walked, by=by, typed=typed)
    name_again(application, walked)
    application.save(update_fields=["applicant_name", "search_key"])
    told = _("申請の内容を、職員が直しました。\n理由：%(reason)s") % {"reason": reason.strip()}
    Message.objects.create(application=application, text=told, by=by, from_desk=True, division=application.division)
    inform(application, "applications/desk_edited", about=revision)
    record(
        "applications.desk_edit", by=by, on=application, division=application.division, changed=sorted(changed), revision=revision.number
    )
    return revision


def _edited(application: Application, latest: Answers, before: Walk, changes: Changes) -> tuple[Walk, dict[str, Any]]:
    values, typed = dict(latest.values), dict(latest.typed)
    problems: list[Problem] = []
    for path, parts in changes.items():
        item = _own_item(before, path)
        reading = read(item.question, parts, on=latest.as_of, lists=lists(), value=item.value)
        problems += _unread(item, reading)
        values = put(values, path, reading.value)
        typed = {key: texts for key, texts in typed.items() if key != path} | ({path: dict(reading.typed)} if reading.typed else {})
    walked = walk(application.version.form, values, on=latest.as_of, lists=lists())
    known = {item.path for item in before.items()}
    opened = {item.path for item in walked.items()} - known
    if not problems:
        found = check_walk(walked, values, lists=lists(), typed=typed)
        problems = [problem for problem in found if problem.level == "error" and problem.path in set(changes) | opened]
    if problems:
        raise NotReady(tuple(problems), walked)
    return walked, typed


def _own_item(walked: Walk, path: str) -> Item:
    item = walked.item(path)
    if item is None or not is_editable(item.question):
        raise Refused(_("この項目は職員が直せません。本人に直しをお願いしてください。"), code="not_ours", path=path)
    return item


def _unread(item: Item, reading: Reading) -> list[Problem]:
    return [
        Problem(item.path, one.key, params={"label": item.question.label, **one.params}, page=item.question.page, part=one.part)
        for one in reading.problems
    ]
