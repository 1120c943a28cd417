"""Attachments: examined and stored at once, claimed by an answer."""

from __future__ import annotations

import hashlib
from typing import Any, BinaryIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import User
from madoguchi.applications.actions.saving import Store, locked, set_answer
from madoguchi.applications.models import Application, Attachment
from madoguchi.engines.forms import Question, get
from madoguchi.lib import uploads
from madoguchi.lib.errors import Refused

MAX_FILES_A_CASE = 60


def attach(
    *, store: Store, application: Application, question: Question, path: str, file: BinaryIO, name: str, by: User | None = None
) -> Attachment:
    """Examine a file, store it and put it under the answer; raises Refused with a sentence and changes nothing else."""
    held = files_of(get(store.values, path))
    if len(held) >= question.max_files or application.attachments.count() >= MAX_FILES_A_CASE:
        raise Refused(
            _("この項目に付けられるファイルは%(max)s個までです。不要なファイルを外してください。") % {"max": question.max_files},
            code="too_many_files",
        )
    try:
        found = uploads.examine(file, name=name, accept=question.accept, max_bytes=question.max_mb * 1024 * 1024)
    except uploads.UploadRefused as refused:
        raise Refused(uploads.sentence(refused), code=refused.key) from refused
    with transaction.atomic():
        store = locked(store)
        attachment = Attachment.objects.create(
            application=application,
            path=path,
            name=found.name,
            kind=found.kind,
            media_type=found.media_type,
            size=len(found.data),
            pages=found.pages,
            sha256=hashlib.sha256(found.data).hexdigest(),
            file="",
            by=by,
        )
        attachment.file = default_storage.save(f"attachments/{attachment.uuid}", ContentFile(found.data))
        attachment.save(update_fields=["file"])
        value = get(store.values, path)
        entry = {"files": [*files_of(value), attachment.as_answer()], "later": False}
        set_answer(store=store, application=application, path=path, value=entry, by=by)
    return attachment


@transaction.atomic
def detach(*, store: Store, application: Application, path: str, file_id: str, by: User | None = None) -> None:
    """Take a file off an answer; the stored file goes when no filed revision names it."""
    store = locked(store)
    value = get(store.values, path) or {}
    rest = [file for file in files_of(value) if file["id"] != file_id]
    if len(rest) == len(files_of(value)):
        return  # the button was pressed twice, or names a file of another answer
    set_answer(
        store=store, application=application, path=path, value={**value, "files": rest} if rest or value.get("later") else None, by=by
    )
    if not application.is_draft:
        return
    attachment = application.attachments.filter(uuid=file_id).first()
    if attachment is not None:
        name = attachment.file
        attachment.delete()
        transaction.on_commit(lambda: default_storage.delete(name))


def files_of(value: Any) -> list[dict[str, Any]]:
    """The files under a file answer, [] when there are none."""
    files = value.get("files") if isinstance(value, dict) else None
    return [file for file in files if isinstance(file, dict) and "id" in file] if isinstance(files, list) else []
