"""The studio: a draft of the next version is opened, held by one person, changed, taken back, dropped; publishing is `publish`."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.engines.forms.editing import Change, Rejected, edit, find, names_in, parts
from madoguchi.lib.errors import Refused
from madoguchi.procedures.models import DraftState, FormDraft, FormEdit, Procedure, ScheduleState

REASONS = {
    "still_used": gettext_lazy("ほかの条件や計算で使われています：%(where)s。先にそちらを変えてください。"),
    "id_taken": gettext_lazy("その識別名は使われています：%(where)s。別の名前にしてください。"),
    "id_retired": gettext_lazy("前に使うのをやめた識別名です：%(where)s。別の名前にしてください。"),
    "bad_id": gettext_lazy("識別名は、英小文字で始まる英数字にしてください：%(where)s"),
    "wrong_place": gettext_lazy("そこには置けません。"),
    "read_outside": gettext_lazy("外の条件や計算が、この中の項目を使っています：%(where)s。先にそちらを変えてください。"),
    "group_in_group": gettext_lazy("繰り返しの中に、繰り返しは置けません。"),
    "misread": gettext_lazy("この形の答えでは成り立たない条件や計算があります：%(where)s。先にそちらを変えてください。"),
    "unknown_part": gettext_lazy("その項目はもうありません。画面を開き直してください。"),
}


@transaction.atomic
def open_draft(*, procedure: Procedure, by: User) -> FormDraft:
    """The draft that is open, or a new one from the version of now (an empty form where there is none). Who opens a new one holds it."""
    procedure = Procedure.objects.select_for_update(of=("self",)).select_related("current", "division").get(pk=procedure.pk)
    standing = FormDraft.objects.filter(procedure=procedure, state=DraftState.OPEN).first()
    if standing is not None:
        return standing
    current = procedure.current
    document = copy.deepcopy(current.document) if current is not None else empty_form(procedure)
    made = FormDraft.objects.create(procedure=procedure, based_on=current, document=document, holder=by)
    record("procedures.open_draft", by=by, on=made, division=procedure.division, procedure=procedure.slug)
    return made


def empty_form(procedure: Procedure) -> dict[str, Any]:
    """A form with one page and nothing on it."""
    return {
        "schema": 1, "id": procedure.slug, "languages": ["ja", "plain", "en"], "title": dict(procedure.name),
        "pages": [{"id": "you", "title": {"ja": "あなたについて教えてください"}, "questions": []}],
    }  # fmt: skip


def locked_draft(draft: FormDraft) -> FormDraft:
    """A draft held until the transaction ends; raises Refused when it was published or dropped."""
    rows = FormDraft.objects.select_for_update(of=("self",)).select_related(
        "procedure__division", "procedure__current", "holder", "based_on", "restores"
    )
    row = rows.get(pk=draft.pk)
    if row.state != DraftState.OPEN:
        raise Refused(_("この作成中の様式は、公開されたか取りやめられました。"), code="draft_over")
    return row


@transaction.atomic
def take_draft(*, draft: FormDraft, by: User) -> FormDraft:
    """Hold a draft that somebody else holds: every change is stored already, so nothing is lost."""
    row = locked_draft(draft)
    if row.holder_id != by.pk:
        before = row.holder_id
        row.holder, row.held_at = by, timezone.now()
        row.save(update_fields=["holder", "held_at"])
        record("procedures.take_draft", by=by, on=row, division=row.procedure.division, before=before)
    return row


@transaction.atomic
def change_draft(*, draft: FormDraft, changes: Iterable[Change], edition: int, by: User) -> FormDraft:
    """Make some changes as one step. Raises Refused when another person holds the draft, the page was old, or a change cannot be made."""
    row = _held(draft, edition, by)
    batch = row.edition + 1
    made = [_made(row, change) for change in changes]
    if made:
        FormEdit.objects.bulk_create([FormEdit(draft=row, batch=batch, change=dict(one), undo=dict(undo), by=by) for one, undo in made])
        _save(row, batch)
    return row


def _held(draft: FormDraft, edition: int, by: User) -> FormDraft:
    row = locked_draft(draft)
    if row.holder_id != by.pk:
        name = row.holder.name or row.holder.username if row.holder is not None else ""
        raise Refused(_("%(name)sさんが編集しています。編集を引き継いでから変えてください。") % {"name": name}, code="held")
    if row.edition != edition:
        raise Refused(_("別の画面で変更されています。開き直した内容を確かめて、もう一度変えてください。"), code="stale")
    if row.schedules.filter(state=ScheduleState.WAITING).exists():  # type: ignore[attr-defined]
        raise Refused(_("公開を予約しています。様式を変えるには、先に予約を取り消してください。"), code="scheduled")
    return row


def _made(row: FormDraft, change: Change) -> tuple[Change, Change]:
    """One change in the (unsaved) document; ids that were published are retired with their removal, for answers under them exist."""
    published = {name for version in (row.based_on, row.restores) if version is not None for name in names_in(version.document)}
    if change.get("do") in ("remove", "repeat") and published:
        change = {**change, "retire": sorted(published)}
    if change.get("do") == "retype" and was_published(draft=row, question=str(change["at"]).partition(":")[2]):
        raise Refused(_("公開された項目の答えの形は変えられません。新しい項目を加えて、この項目を消してください。"), code="was_published")
    try:
        edited = edit(row.document, change)
    except Rejected as rejected:
        where = "、".join(_called(row.document, one) for one in rejected.where)
        raise Refused(str(REASONS.get(rejected.reason, _("この変更はできません。"))) % {"where": where}, code=rejected.reason) from rejected
    row.document = edited.document
    return change, edited.undo


def _called(document: dict[str, Any], address: str) -> str:
    """A part as the people at the desk know it; what is no part stays as it is."""
    try:
        part = find(document, address).part
    except Rejected:
        return address
    words = part.get("label") or part.get("title") or part.get("say") or {}
    return f"「{words['ja']}」" if words.get("ja") else address


def _save(row: FormDraft, edition: int) -> None:
    row.edition, row.held_at = edition, timezone.now()
    row.save(update_fields=["document", "edition", "held_at"])


@transaction.atomic
def undo_draft(*, draft: FormDraft, edition: int, by: User) -> FormDraft:
    """Take the last step back that still stands; taking back is a step too, and stays readable. Raises Refused where nothing is left."""
    row = _held(draft, edition, by)
    standing = _standing(row)
    if not standing:
        raise Refused(_("取り消せる変更はありません。"), code="nothing_to_undo")
    batch, last = row.edition + 1, standing[-1]
    made = []
    for one in row.edits.filter(batch=last).order_by("-id"):
        edited = edit(row.document, one.undo)
        row.document = edited.document
        made.append(FormEdit(draft=row, batch=batch, change=one.undo, undo=dict(edited.undo), undoes=last, by=by))
    FormEdit.objects.bulk_create(made)
    _save(row, batch)
    return row


def _standing(row: FormDraft) -> list[int]:
    """Steps that were made and not taken back, in their order."""
    steps: list[int] = []
    for batch, undoes in row.edits.order_by("id").values_list("batch", "undoes"):
        if undoes is None and batch not in steps:
            steps.append(batch)
        elif undoes in steps:
            steps.remove(undoes)
    return steps


def standing_changes(row: FormDraft) -> list[tuple[int, Change]]:
    """(step, change) of everything that was made and not taken back, in its order."""
    steps = set(_standing(row))
    return [(one.batch, one.change) for one in row.edits.order_by("id") if one.batch in steps and one.undoes is None]


def choice_ids(*, draft: FormDraft, question: str) -> set[str]:
    """Ids that a question's choices have or had in any version: answers under them exist, so none of them is given to another choice."""
    documents = [draft.document, *draft.procedure.versions.values_list("document", flat=True)]
    found = (one for document in documents for address, one in parts(document) if one.home == f"question:{question}")
    return {str(one.part.get("id")) for one in found if one.kind == "choice"}


def was_published(*, draft: FormDraft, question: str) -> bool:
    """Whether answers may lie under a question: it stands in the version of now or in that from which the draft was begun."""
    versions = (draft.based_on, draft.procedure.current)
    return any(question in names_in(one.document) for one in versions if one is not None)


def may_undo(*, draft: FormDraft) -> bool:
    """Whether a step stands that can be taken back."""
    return bool(_standing(draft))


@transaction.atomic
def drop_draft(*, draft: FormDraft, edition: int, by: User) -> FormDraft:
    """取りやめ by who holds it: the version of now stays as it is; the draft and its changes stay readable."""
    row = _held(draft, edition, by)
    row.state = DraftState.DROPPED
    row.save(update_fields=["state"])
    record("procedures.drop_draft", by=by, on=row, division=row.procedure.division, procedure=row.procedure.slug)
    return row
