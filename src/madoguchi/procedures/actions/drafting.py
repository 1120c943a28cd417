"""Drafts that do not start from the version of now: an earlier version brought back, a file, and changes laid on a newer version."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.engines.forms.editing import Change, Rejected, edit, names_in
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions.publishing import propose
from madoguchi.procedures.actions.releasing import locked_whole
from madoguchi.procedures.actions.studio import standing_changes
from madoguchi.procedures.models import DraftState, FormDraft, FormEdit, Procedure, ProcedureVersion


@transaction.atomic
def restore_version(*, version: ProcedureVersion, by: User) -> FormDraft:
    """Open a draft with the form of an earlier version; publishing it makes a new version, and the list of versions only grows.

    Questions that came after it are retired with it. Raises Refused while a draft is open, and for the version of now.
    """
    procedure = _free(version.procedure)
    if procedure.current_id == version.pk:
        raise Refused(_("いまの版です。戻すには、前の版を選んでください。"), code="current")
    made = _open(procedure, restored_document(version=version), by, restores=version)
    record("procedures.restore_version", by=by, on=made, division=procedure.division, procedure=procedure.slug, number=version.number)
    return made


def restored_document(*, version: ProcedureVersion) -> dict[str, Any]:
    """An earlier version's document, with every id retired that any version knew and that it does not have itself."""
    document = copy.deepcopy(version.document)
    own, known = names_in(document), set()
    for other in version.procedure.versions.all():
        known |= names_in(other.document) | set(other.document.get("retired", ()))
    if retired := sorted(known - own):
        document["retired"] = retired
    else:
        document.pop("retired", None)
    return document


@transaction.atomic
def draft_from_file(*, procedure: Procedure, document: Mapping[str, Any], by: User) -> FormDraft:
    """Open a draft with a document that came as a file. Raises Refused while a draft is open, and for what could never be published."""
    procedure = _free(procedure)
    proposal = propose(procedure=procedure, document=document)
    made = _open(procedure, copy.deepcopy(dict(proposal.document)), by)
    record("procedures.draft_from_file", by=by, on=made, division=procedure.division, procedure=procedure.slug)
    return made


def _free(procedure: Procedure) -> Procedure:
    """The procedure, locked, without an open draft."""
    row = Procedure.objects.select_for_update(of=("self",)).select_related("current", "division").get(pk=procedure.pk)
    if FormDraft.objects.filter(procedure=row, state=DraftState.OPEN).exists():
        raise Refused(_("作成中の様式があります。先に、それを公開するか取りやめてください。"), code="draft_open")
    return row


def _open(procedure: Procedure, document: dict[str, Any], by: User, restores: ProcedureVersion | None = None) -> FormDraft:
    return FormDraft.objects.create(procedure=procedure, based_on=procedure.current, restores=restores, document=document, holder=by)


@transaction.atomic
def renew_draft(*, draft: FormDraft, by: User) -> FormDraft:
    """Lay the changes of a draft on the version that was published meanwhile, in a new draft; the old one stays readable.

    Raises Refused, with what stands against it, when a change has nothing to hold on to any more: then nothing is changed.
    """
    row = locked_whole(draft)
    current = row.procedure.current
    if current is None or row.based_on_id == current.pk:
        raise Refused(_("載せ直す必要はありません。いまの版から作っています。"), code="not_overtaken")
    if row.restores_id is not None:
        raise Refused(_("前の版に戻す作成です。取りやめてから、もう一度戻してください。"), code="restoring")
    document, made = copy.deepcopy(current.document), []
    for batch, change in standing_changes(row):
        document, undo = _laid(document, change, names_in(current.document))
        made.append((batch, change, undo))
    row.state = DraftState.DROPPED
    row.save(update_fields=["state"])
    new = _open(row.procedure, document, by)
    FormEdit.objects.bulk_create([FormEdit(draft=new, batch=batch, change=dict(one), undo=dict(undo), by=by) for batch, one, undo in made])
    new.edition = max((batch for batch, _one, _undo in made), default=0)
    new.save(update_fields=["edition"])
    record("procedures.renew_draft", by=by, on=new, division=row.procedure.division, procedure=row.procedure.slug, before=row.pk)
    return new


def _laid(document: dict[str, Any], change: Change, published: set[str]) -> tuple[dict[str, Any], Change]:
    if change.get("do") in ("remove", "repeat"):
        change = {**change, "retire": sorted(published)}
    try:
        edited = edit(document, change)
    except Rejected as rejected:
        sentence = _("載せ直せない変更があります：%(what)s。作成中の様式はそのままです。新しい版から作り直してください。")
        raise Refused(sentence % {"what": "、".join(rejected.where) or rejected.reason}, code="cannot_renew") from rejected
    return edited.document, edited.undo
