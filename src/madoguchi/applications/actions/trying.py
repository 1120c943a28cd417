"""Test mode: a form that may not be published yet is filled in, sent and looked at from all sides, and nothing of it stays.

Every step is a transaction that is taken back at its end, so nothing can leak into figures, queues, numbers, letters or the log: not
because each of them remembers to leave test cases out, but because there are none. What was typed lies in the tester's own session.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.models import User
from madoguchi.applications.actions.accepting import accept
from madoguchi.applications.actions.deciding import preview
from madoguchi.applications.actions.submitting import submit
from madoguchi.applications.models import Answers, AnswersKind, Application
from madoguchi.applications.models.letters import Wording
from madoguchi.applications.models.papers import receipt_content
from madoguchi.engines.forms import document_hash
from madoguchi.lib import numbers
from madoguchi.notices.models import Notice
from madoguchi.procedures.models import Procedure, ProcedureVersion


@dataclass
class Trial:
    """What a tester has typed so far."""

    values: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)
    pages_done: list[str] = field(default_factory=list)

    def keep(self, draft: Answers) -> None:
        """Take over what a step wrote, before it is taken back."""
        self.values, self.typed, self.pages_done = dict(draft.values), dict(draft.typed), list(draft.pages_done)


@contextmanager
def trying(*, procedure: Procedure, document: Mapping[str, Any], trial: Trial, language: str = "ja") -> Iterator[Application]:
    """A draft on a document, as if it were published and open; whatever is written in the block is gone when it ends.

    What is shown must be rendered inside. Files are the caller's to keep out: a storage is not taken back.
    """
    with transaction.atomic():
        try:
            yield _begun(procedure, document, trial, language)
        finally:
            transaction.set_rollback(True)


def _begun(procedure: Procedure, document: Mapping[str, Any], trial: Trial, language: str) -> Application:
    if not procedure.is_open(timezone.localdate()):
        Procedure.objects.filter(pk=procedure.pk).update(opens_on=None, closes_on=None)
        procedure.opens_on = procedure.closes_on = None
    number = (procedure.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    version = ProcedureVersion.objects.create(
        procedure=procedure, number=number, document=dict(document), hash=document_hash(document), note=_("試し")
    )
    application = Application.objects.create(
        procedure=procedure,
        version=version,
        version_hash=version.hash,
        language=language,
        resume_code=numbers.new_resume_code(),
        is_test=True,
    )
    kept = {"values": trial.values, "typed": trial.typed, "pages_done": trial.pages_done}
    Answers.objects.create(application=application, kind=AnswersKind.DRAFT, as_of=timezone.localdate(), **kept)
    return application


def stand_in(name: str, media_type: str) -> dict[str, object]:
    """What stands for a paper in a test: its name and nothing of its content."""
    return {"id": str(uuid.uuid4()), "name": name[:200], "type": media_type, "size": 1}


@dataclass(frozen=True)
class TrialEnd:
    """What sending would lead to: the application as filed, its receipt, what is told, and the notice of each outcome."""

    application: Application
    receipt: Mapping[str, Any]
    notices: tuple[Notice, ...]
    decisions: tuple[tuple[str, Wording], ...]


def send_trial(*, application: Application, by: User, language: str = "ja") -> TrialEnd:
    """Send a draft inside `trying`, and let the desk accept it. Raises NotReady as `submit` does."""
    filed = submit(application=application)
    accept(application=filed, by=by)
    subject = filed.subjects.order_by("pk").first()
    reason = _("（ここに理由が入ります）")
    outcomes = tuple(filed.procedure.outcomes) if filed.procedure.is_decided else ()
    decisions = tuple((one, preview(subject, outcome=one, reason=reason, language=language)) for one in outcomes)
    notices = tuple(Notice.objects.of(filed.uuid).order_by("pk"))
    return TrialEnd(Application.objects.get(pk=filed.pk), receipt_content(filed.documents.get(kind="receipt")), notices, decisions)
