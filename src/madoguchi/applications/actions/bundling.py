"""Filing together: several drafts begun at once, what they all ask asked once, and each sent to its own division."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications.actions.reusing import settled_pages, take_over
from madoguchi.applications.actions.saving import as_of, walk_of
from madoguchi.applications.actions.starting import start
from madoguchi.applications.actions.submitting import NotReady, look_over, submit
from madoguchi.applications.models import Application, FilingBundle, FilingMember, Reuse, walk_revision
from madoguchi.engines.forms import Problem, Walk, load
from madoguchi.engines.forms.carrying import offers
from madoguchi.engines.forms.uniting import unite
from madoguchi.lib import numbers, phrases
from madoguchi.lib.errors import BackendError, Refused
from madoguchi.procedures.actions import OfferedBundle, lists
from madoguchi.procedures.models import Procedure

log = logging.getLogger(__name__)
MOST_MEMBERS = 20
NOT_KEPT = _("いまは送れませんでした。入力した内容は残っています。少し待ってから、もう一度お試しください。")


@dataclass(frozen=True)
class StartedBundle:
    """The new filing; `phrase` is shown once and opens each of its applications too."""

    filing: FilingBundle
    phrase: str


@dataclass(frozen=True)
class Standing:
    """Where one member of a filing stands: todo, ready, ended (its own answers end it), sent or gone."""

    member: FilingMember
    state: str
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    pages_left: int = 0
    walked: Walk | None = field(default=None, repr=False)

    @property
    def application(self) -> Any:
        return self.member.application


@transaction.atomic
def start_bundle(
    *, offered: OfferedBundle, chosen: Collection[str], agreed: bool, resident: User | None = None, language: str = "ja"
) -> StartedBundle:
    """Begin a draft for each chosen procedure of a bundle, all with one passphrase.

    `agreed`: what several of them ask is asked once and copied into each; without that each form asks for itself.
    Raises Refused where nothing that can be done online now was chosen.
    """
    today = timezone.localdate()
    members = [one for one in offered.members if one.member.slug in chosen and one.procedure is not None]
    procedures = [one.procedure for one in members if one.procedure is not None and one.procedure.is_open(today)][:MOST_MEMBERS]
    if not procedures:
        raise Refused(_("オンラインでできる手続きを、1つ以上選んでください。"), code="nothing_chosen")
    phrase = phrases.new_phrase()
    filing = FilingBundle.objects.create(
        bundle=offered.bundle.id,
        title=dict(offered.bundle.title),
        document=_common(procedures, offered) if agreed else None,
        agreed_at=timezone.now() if agreed else None,
        resident=resident,
        language=language,
        resume_code=numbers.new_resume_code(),
        phrase_hash=phrases.hash_phrase(phrase),
    )
    for order, procedure in enumerate(procedures, 1):
        started = start(procedure=procedure, resident=resident, language=language, phrase_hash=filing.phrase_hash)
        FilingMember.objects.create(filing=filing, procedure=procedure, application=started.application, order=order)
    record("applications.start_bundle", by=resident, on=filing, bundle=offered.bundle.id, members=len(procedures), agreed=agreed)
    return StartedBundle(filing, phrase)


def _common(procedures: list[Procedure], offered: OfferedBundle) -> dict[str, Any] | None:
    forms = [(procedure.name, procedure.current.form) for procedure in procedures if procedure.current is not None]
    document = unite(forms, form_id=f"together-{offered.bundle.id}", title=offered.bundle.title)
    if document is not None:
        load(document)  # never keep what cannot be asked
    return document


@transaction.atomic
def carry_common(*, filing: FilingBundle, by: User | None = None) -> int:
    """Copy the common answers into every draft that asks for them; gives how many answers came to stand there.

    Answers that somebody changed in a form stay as they are. Pages on which nothing is left to ask count as passed.
    """
    filing = FilingBundle.objects.select_for_update().get(pk=filing.pk)
    if not filing.is_asking or filing.agreed_at is None:
        return 0
    walked, known, copied = walk_of(filing, filing), lists(), 0
    asked = {item.question.concept for item in walked.items()}
    for member in filing.members.exclude(application=None).select_related("application__version"):
        application = member.application
        if not application.is_draft:
            continue
        draft = application.draft()
        found = offers(walked, application.version.form, on=as_of(draft), lists=known)
        row = Reuse.objects.filter(application=application, filing=filing).first() or Reuse(
            application=application, filing=filing, agreed_at=filing.agreed_at, by=by
        )
        marks = take_over(application=application, offers=found, before=row.marks, by=by)
        row.marks, row.pages = marks, settled_pages(application=application, came=marks, asked=asked)
        row.save()
        copied += len(marks)
    record("applications.carry_common", by=by, on=filing, answers=copied)
    return copied


def standings(*, filing: FilingBundle) -> list[Standing]:
    """Where every member stands, in the filing's order; a draft is ready when nothing is wrong and every page was passed."""
    rows = filing.members.select_related("application__procedure__division", "application__version", "procedure__division")
    return [_standing(member) for member in rows]


def _standing(member: FilingMember) -> Standing:
    application = member.application
    if application is None:
        return Standing(member, "gone")
    if not application.is_draft:
        return Standing(member, "sent", walked=walk_revision(application, application.latest()))
    try:
        ready = look_over(application)
        walked, errors, warnings = ready.walked, (), ready.warnings
    except NotReady as refused:
        walked, warnings = refused.walked, tuple(one for one in refused.problems if one.level != "error")
        errors = tuple(one for one in refused.problems if one.level == "error")
    done = set(application.draft().pages_done)
    left = sum(page.page.id not in done for page in walked.pages)
    if walked.ended is not None and left == (walked.ended.page.id not in done):  # not before the person has come to that page
        return Standing(member, "ended", errors, walked=walked)
    return Standing(member, "todo" if errors or left else "ready", errors, warnings, left, walked)


def submit_bundle(*, filing: FilingBundle, by: User | None = None) -> list[Standing]:
    """File every member that is ready, each for itself: its own number, arrival, division, clock and receipt. Pressing twice is one.

    What one of them is refused for is kept at that member and takes nothing from the others. Gives where each stands now.
    Raises Refused where nothing is ready and nothing was sent.
    """
    before = standings(filing=filing)
    if not any(one.state in ("ready", "sent") for one in before):
        raise Refused(_("まだ送れる手続きがありません。残りのページに答えてください。"), code="nothing_ready")
    for one in before:
        if one.state == "ready":
            _submit(one.member, by)
    after = standings(filing=filing)
    sent = sum(one.state == "sent" for one in after)
    record("applications.submit_bundle", by=by, on=filing, sent=sent, members=len(after))
    forget_common(filing=filing)
    return after


def _submit(member: FilingMember, by: User | None) -> None:
    trouble = ""
    try:
        submit(application=member.application, by=by)
    except NotReady:
        trouble = ""  # changed in another tab meanwhile: the standing says what is missing
    except Refused as refused:
        trouble = str(refused)
    except (DatabaseError, BackendError, OSError):
        log.exception("a member of a filing could not be sent")
        trouble = str(NOT_KEPT)
    if trouble != member.trouble:
        member.trouble = trouble[:300]
        member.save(update_fields=["trouble"])


@transaction.atomic
def forget_common(*, filing: FilingBundle) -> bool:
    """Blank the common answers when no draft needs them any more: they live on in what was sent, and nowhere else."""
    filing = FilingBundle.objects.select_for_update().get(pk=filing.pk)
    if filing.blanked_at is not None or Application.objects.drafts().filter(filed_with__filing=filing).exists():
        return False
    filing.values, filing.typed, filing.blanked_at = {}, {}, timezone.now()
    filing.save(update_fields=["values", "typed", "blanked_at"])
    record("applications.forget_common", by=None, on=filing)
    return True


def sweep_filings() -> int:
    """By the clock: blank the common answers of filings whose drafts were sent or have ended; gives how many."""
    waiting = FilingBundle.objects.filter(blanked_at=None).exclude(members__application__state="draft")
    return sum(forget_common(filing=filing) for filing in waiting)
