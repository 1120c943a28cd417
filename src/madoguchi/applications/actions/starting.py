"""Beginning an application and coming back to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.actions import make_link, record
from madoguchi.accounts.models import User
from madoguchi.applications.models import Answers, AnswersKind, Application, Channel, SwitchState, siblings_of
from madoguchi.lib import numbers, phrases
from madoguchi.lib.errors import Refused
from madoguchi.notices.actions import notify
from madoguchi.notices.models import Recipient
from madoguchi.procedures.models import Procedure

RESUME_LINK, DESK_LINK = timedelta(days=7), timedelta(hours=1)
AT_DESK = (Channel.PAPER, Channel.COUNTER)


@dataclass(frozen=True)
class Started:
    """The new application; `phrase` is shown once and kept only as a slow hash."""

    application: Application
    phrase: str


@transaction.atomic
def start(
    *,
    procedure: Procedure,
    resident: User | None = None,
    language: str = "ja",
    channel: str = Channel.ONLINE,
    by: User | None = None,
    phrase_hash: str = "",
) -> Started:
    """Begin a draft on the current version, frozen for this application; everybody gets a resume code and a passphrase.

    `phrase_hash` is given where several drafts that are begun together share one passphrase: then none is given back.
    """
    if procedure.current is None or procedure.is_hidden:
        raise Refused(_("この手続きは、いまオンラインで受け付けていません。担当の課にお問い合わせください。"), code="not_offered")
    if not procedure.is_open(timezone.localdate()):
        raise Refused(_("この手続きの受付期間ではありません。受付期間を確かめてください。"), code="closed")
    phrase = "" if phrase_hash else phrases.new_phrase()
    application = Application.objects.create(
        procedure=procedure,
        version=procedure.current,
        version_hash=procedure.current.hash,
        resident=resident,
        email=resident.email if resident else "",
        language=language,
        channel=channel,
        resume_code=numbers.new_resume_code(),
        phrase_hash=phrase_hash or phrases.hash_phrase(phrase),
    )
    Answers.objects.create(application=application, kind=AnswersKind.DRAFT, as_of=timezone.localdate(), by=resident or by)
    record("applications.start", by=resident or by, on=application, procedure=procedure.slug, channel=channel)
    return Started(application, phrase)


@transaction.atomic
def send_resume_link(*, application: Application, email: str, address: str) -> None:
    """Mail a one-time link with which the draft goes on; the address was proven before (`address` builds the link from its token)."""
    token = make_link(email=email, purpose="resume", target=str(application.uuid), lifetime=RESUME_LINK)
    notify(
        "applications/resume",
        to=Recipient(name="", language=application.language, email=email, channel="email"),
        about=application,
        division=application.division,
        thread=str(application.uuid),
        values={"address": address.replace("TOKEN", token), "until": str(application.draft_ends_on)},
    )


@transaction.atomic
def keep_email(*, application: Application, email: str, agreed_electronic: bool | None = None) -> None:
    """Write down an address that its owner proved in this browser: receipts and news go there from now on."""
    application.email = email
    fields = ["email"]
    if agreed_electronic is not None:
        application.agreed_electronic = agreed_electronic
        fields.append("agreed_electronic")
    application.save(update_fields=fields)
    record("applications.keep_email", by=application.resident, on=application)
    for other in siblings_of(application):  # asked once for what is filed together
        if other.is_draft and not other.email:
            for name in fields:
                setattr(other, name, getattr(application, name))
            other.save(update_fields=fields)
            record("applications.keep_email", by=other.resident, on=other)


@transaction.atomic
def renew_phrase(*, application: Application, by: User) -> str:
    """A new passphrase, given at the counter; whoever knew the old one is cut off."""
    phrase = phrases.new_phrase()
    application.phrase_hash = phrases.hash_phrase(phrase)
    application.save(update_fields=["phrase_hash"])
    record("applications.renew_phrase", by=by, on=application, division=application.division)
    return phrase


@transaction.atomic
def move_to_current_version(*, application: Application) -> None:
    """Let a draft go on with the newest version; answers keep their ids, what no longer counts is kept but does not count."""
    if not application.is_draft:
        raise Refused(_("送った後は、様式を変えられません。"), code="not_draft")
    current = application.procedure.current
    application.version, application.version_hash = current, current.hash
    application.save(update_fields=["version", "version_hash"])
    for switch in application.switches.filter(state=SwitchState.WAITING):
        switch.settle(SwitchState.TAKEN)
    record("applications.move_to_current_version", by=application.resident, on=application, version=current.number)


@transaction.atomic
def discard(*, application: Application, by: User | None = None) -> None:
    """Throw a draft away at its owner's wish: answers, secrets and files go."""
    if not application.is_draft:
        raise Refused(_("送った後は消せません。取下げの手続きをしてください。"), code="not_draft")
    record("applications.discard", by=by, on=application)
    application.reuses.all().delete()
    application.answers.all().delete()
    application.secrets.all().delete()
    files = list(application.attachments.values_list("file", flat=True))
    application.attachments.all().delete()
    application.delete()
    transaction.on_commit(lambda: forget_files(files))


def forget_files(files: list[str]) -> None:
    """Take stored files away, once the transaction that gave them up has held."""
    for file in files:
        default_storage.delete(file)


@transaction.atomic
def start_for(*, procedure: Procedure, channel: str, by: User) -> tuple[Started, str]:
    """A draft that a clerk types for somebody, from a sheet or at the counter; also the token of a one-time link that opens it.

    The link is for the clerk's own browser and lasts an hour; number and passphrase are for the person. Raises Refused.
    """
    if channel not in AT_DESK:
        raise Refused(_("紙か窓口を選んでください。"), code="no_channel")
    started = start(procedure=procedure, channel=channel, by=by)
    token = make_link(email="", purpose="resume", target=str(started.application.uuid), lifetime=DESK_LINK)
    return started, token
