"""Notes of the desk, and the recorded look at an individual number."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications.actions.starting import renew_phrase
from madoguchi.applications.models import Application, Note
from madoguchi.applications.models.reading import walk_revision
from madoguchi.lib.errors import Refused
from madoguchi.lib.seal import Unsealable

MAX_NOTE = 4000
# Why a number was looked at: kept in the log, so one of these words and never free text.
LOOK_REASONS = {
    "identity": _("番号と本人を確かめるため"),
    "inquiry": _("情報照会のため"),
    "transcription": _("業務システムに入力するため"),
    "correction": _("番号の誤りを調べるため"),
}


@transaction.atomic
def note(*, application: Application, text: str, by: User) -> Note:
    """庁内メモ: colleagues read it, residents never."""
    if not text.strip():
        raise Refused(_("メモの内容を入力してください。"), code="empty")
    if len(text) > MAX_NOTE:
        raise Refused(_("メモは%(max)s文字までです。文章を短くしてください。") % {"max": MAX_NOTE}, code="too_long")
    if application.is_draft:
        raise Refused(_("この申請は、まだ提出されていません。"), code="draft")
    written = Note.objects.create(application=application, text=text.strip(), by=by)
    record("applications.note", by=by, on=application, division=application.division)
    return written


@transaction.atomic
def look_at_mynumber(*, application: Application, path: str, reason: str, by: User) -> str:
    """The individual number under an answer of the newest revision, in clear; every look is recorded with its reason."""
    if not application.procedure.entitled_to_mynumber:
        raise Refused(_("この手続きでは、個人番号を見られません。"), code="not_entitled")
    if reason not in LOOK_REASONS:
        raise Refused(_("個人番号を見る理由を選んでください。"), code="no_reason")
    latest = application.latest()
    item = walk_revision(application, latest).item(path) if latest is not None and not application.is_draft else None
    held = item.value.get("secret") if item is not None and item.question.type == "mynumber" and isinstance(item.value, dict) else None
    secret = application.secrets.filter(pk=held).first() if held else None
    if secret is None:
        raise Refused(_("この項目に個人番号はありません。"), code="no_number")
    record("applications.look_at_mynumber", by=by, on=application, division=application.division, path=path, reason=reason)
    try:
        return secret.open()
    except Unsealable as error:
        raise Refused(_("個人番号を開けませんでした。情報システム担当に連絡してください。"), code="unsealable") from error


@transaction.atomic
def renew_phrase_at_counter(*, application: Application, proof: str, by: User) -> str:
    """A new passphrase for who stands at the counter; which paper proved who they are is kept as a note. The old one opens nothing any more."""
    if not proof.strip():
        raise Refused(_("確かめた書類を選んでください。"), code="no_proof")
    phrase = renew_phrase(application=application, by=by)
    note(application=application, text=_("合言葉を窓口で作り直しました。確かめた書類：%(proof)s") % {"proof": proof}, by=by)
    return phrase
