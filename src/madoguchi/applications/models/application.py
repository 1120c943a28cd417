"""The main datum and its subjects: one table of moves, nothing else changes a state."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Division, Membership, Owned, OwnedQuerySet, User, scoped
from madoguchi.engines import japanese
from madoguchi.lib import numbers
from madoguchi.lib.errors import Refused
from madoguchi.notices.models import Recipient
from madoguchi.procedures.models import ClockUnit, Procedure, ProcedureKind, ProcedureVersion


class State(models.TextChoices):
    DRAFT = "draft", _("まだ送っていません")
    SUBMITTED = "submitted", _("届きました")
    ACCEPTED = "accepted", _("受け付けました")
    CORRECTING = "correcting", _("直しをお願いしています")
    DECIDED = "decided", _("結果が出ました")
    WITHDRAWN = "withdrawn", _("取り下げました")


# from → to; a withdrawal is possible from any state before DECIDED.
MOVES: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.SUBMITTED}),
    State.SUBMITTED: frozenset({State.ACCEPTED, State.CORRECTING, State.WITHDRAWN}),
    State.ACCEPTED: frozenset({State.CORRECTING, State.DECIDED, State.WITHDRAWN}),
    State.CORRECTING: frozenset({State.SUBMITTED, State.ACCEPTED, State.WITHDRAWN}),
    State.DECIDED: frozenset({State.DECIDED, State.ACCEPTED}),  # back only when a decision is recalled that nobody was told
    State.WITHDRAWN: frozenset(),
}


class Channel(models.TextChoices):
    ONLINE = "online", _("オンライン")
    COUNTER = "counter", _("窓口")
    PAPER = "paper", _("紙")
    MYNA = "myna", _("ぴったりサービス")


@dataclass(frozen=True)
class Applicant:
    """申請者 as the form's concepts name them; empty texts where the form does not ask."""

    name: str = ""
    kana: str = ""
    birth: date | None = None
    email: str = ""
    phone: str = ""
    postal: str = ""
    address: str = ""
    by_proxy: str = ""  # the proxy's name when one fills in


# What an act seldom reads and what is long: the form's document (versions keep it loaded), and what only the procedure's own page shows.
SELDOM_READ = (
    "version__document",
    *(f"procedure__{name}" for name in ("needs", "after", "criteria", "unsure", "keywords", "overview", "who", "when", "usual", "fee")),
)
FINISHED = Q(state=State.ACCEPTED, procedure__kind=ProcedureKind.NOTIFICATION)  # a 届出 ends at its acceptance


class ApplicationQuerySet(OwnedQuerySet):
    def filed(self) -> ApplicationQuerySet:
        """Everything that arrived."""
        return self.exclude(state=State.DRAFT)

    def drafts(self) -> ApplicationQuerySet:
        return self.filter(state=State.DRAFT)

    def open(self) -> ApplicationQuerySet:
        """Something is still to be done, or a subject is kept alive (保留)."""
        kept = Q(state=State.DECIDED, subjects__state="held") & (
            Q(subjects__valid_until=None) | Q(subjects__valid_until__gte=timezone.localdate())
        )
        return self.exclude(FINISHED).filter(Q(state__in=[State.SUBMITTED, State.ACCEPTED, State.CORRECTING]) | kept).distinct()

    def visible_to(self, member: Membership) -> ApplicationQuerySet:
        """A member opens the cases of their own division; protected ones only when named (a later issue)."""
        if not member.may("cases.read") or member.division_id is None:
            return self.none()
        return self.filter(procedure__division=member.division)

    def overdue(self, on: date | None = None) -> ApplicationQuerySet:
        return self.exclude(FINISHED).filter(state__in=[State.SUBMITTED, State.ACCEPTED], due_on__lt=on or timezone.localdate())

    def locked(self, pk: int) -> Application:
        """One application for an act that changes it: whoever comes second waits, and then sees what the first did."""
        return self.select_for_update(of=("self",)).select_related("procedure__division", "version").defer(*SELDOM_READ).get(pk=pk)

    def waiting_for_resident(self) -> ApplicationQuerySet:
        return self.filter(state=State.CORRECTING)

    def matching(self, text: str) -> ApplicationQuerySet:
        """Number, name or kana in one box, of any width."""
        key = japanese.search_key(text)
        number = numbers.read_number(text)
        found = Q(number=number) if number else Q(number__startswith=japanese.to_halfwidth(text).strip().upper())
        return self.filter(found | Q(search_key__contains=key)) if key else self.none()


class Application(Owned):
    """申請: from the first page to the decision."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="applications", verbose_name="手続")
    version = models.ForeignKey(ProcedureVersion, on_delete=models.PROTECT, related_name="applications", verbose_name="手続の版")
    version_hash = models.CharField("版のハッシュ", max_length=64)
    state = models.CharField("状態", max_length=12, choices=State.choices, default=State.DRAFT)
    channel = models.CharField("経路", max_length=10, choices=Channel.choices, default=Channel.ONLINE)
    number = models.CharField("受付番号", max_length=12, null=True, unique=True)
    resume_code = models.CharField("再開番号", max_length=14, null=True, unique=True)
    phrase_hash = models.CharField("合言葉", max_length=200, blank=True)
    resident = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="applications", verbose_name="住民")
    email = models.EmailField("確かめたメールアドレス", blank=True)
    language = models.CharField("言語", max_length=10, default="ja")
    agreed_electronic = models.BooleanField("電子での受取りに同意", default=False)
    started_at = models.DateTimeField("始めた日時", default=timezone.now)
    saved_at = models.DateTimeField("最後の保存", default=timezone.now)
    ending_told_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField("到達日時", null=True)
    accepted_at = models.DateTimeField("受付日時", null=True)
    decided_at = models.DateTimeField("決定日時", null=True)
    withdrawn_at = models.DateTimeField("取下げ日時", null=True)
    withdrawal_reason = models.TextField("取下げの理由", blank=True)
    due_on = models.DateField("処理の期限", null=True)
    paused_days = models.PositiveSmallIntegerField("止まった日数", default=0)
    assignee = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="担当者")
    opened_at = models.DateTimeField("担当課が最後に開いた日時", null=True)
    applicant_name = models.CharField("申請者", max_length=200, blank=True)
    search_key = models.TextField(blank=True)  # name, kana and subjects' names, folded for search
    is_test = models.BooleanField(default=False)  # leaves no trace in figures

    objects = scoped(ApplicationQuerySet)

    class Meta:
        verbose_name = "申請"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["municipality", "state", "due_on"]),
            models.Index(fields=["municipality", "procedure", "state"]),
            models.Index(fields=["municipality", "assignee", "state"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | (Q(number__isnull=False) & Q(arrived_at__isnull=False)), name="filed_has_number_and_time"
            )
        ]

    def __str__(self) -> str:
        return self.number or self.resume_code or str(self.uuid)

    def move(self, to: str) -> None:
        """Change the state if the table of moves allows it; saves nothing."""
        if to not in MOVES[self.state]:
            raise Refused(
                _("いまの状態では、この操作はできません。画面を開き直して、状態を確かめてください。"), code="move", state=self.state, to=to
            )
        self.state = to

    @property
    def knows_one_version(self) -> bool:
        """There has never been another version: nothing can have been asked or moved."""
        return self.procedure.current_id == self.version_id and self.version.number == 1

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state in (State.SUBMITTED, State.ACCEPTED, State.CORRECTING) and not self.is_finished

    @property
    def is_finished(self) -> bool:
        """A 届出 ends at its acceptance: there is no decision."""
        return self.state == State.ACCEPTED and not self.procedure.is_decided

    @property
    def draft_ends_on(self) -> date:
        """A draft lives so many days after its last save."""
        return timezone.localdate(self.saved_at) + timedelta(days=self.procedure.draft_days)

    @property
    def division(self) -> Division:
        return self.procedure.division

    @property
    def has_fixed_result_day(self) -> bool:
        return self.procedure.clock_unit == ClockUnit.FIXED_DAY

    @property
    def amendable_until(self) -> date | None:
        """The last day on which the resident may amend unasked; None when the procedure does not leave it open."""
        if self.procedure.amend_until_on is not None:
            return self.procedure.amend_until_on
        if self.procedure.amend_until_days is None or self.arrived_at is None:
            return None
        return timezone.localdate(self.arrived_at) + timedelta(days=self.procedure.amend_until_days)

    @property
    def can_amend(self) -> bool:
        until = self.amendable_until
        return self.state in (State.SUBMITTED, State.ACCEPTED) and until is not None and timezone.localdate() <= until

    def draft(self) -> Any:
        """The one DRAFT row of answers; None once it was submitted."""
        return self.answers.filter(kind="draft").first()

    def latest(self) -> Any:
        """The newest revision that counts: the draft while it is one, else the newest filed, corrected or amended."""
        return self.draft() if self.is_draft else self.answers.exclude(kind="draft").order_by("-number").first()

    def recipient(self, applicant: Applicant) -> Recipient:
        """To whom notices of this case go: by letter unless a proven e-mail address is there."""
        return Recipient(
            name=applicant.name,
            language=self.language,
            email=self.email or (self.resident.email if self.resident else ""),
            postal=applicant.postal,
            address=applicant.address,
        )

    def recipient_by_email(self, email: str) -> Recipient:
        """For short news that name nobody."""
        return Recipient(name="", language=self.language, email=email, channel="email")


class SubjectState(models.TextChoices):
    OPEN = "open", _("審査中")
    GRANTED = "granted", _("認められました")
    PARTLY = "partly", _("一部が認められました")
    REFUSED = "refused", _("認められませんでした")
    DISMISSED = "dismissed", _("審査の対象になりませんでした")
    HELD = "held", _("保留")
    WITHDRAWN = "withdrawn", _("取り下げました")
    DECLINED = "declined", _("辞退しました")
    RECEIVED = "received", _("手続きが終わりました")  # the end of a 届出


SUBJECT_MOVES: dict[str, frozenset[str]] = {
    SubjectState.OPEN: frozenset({"granted", "partly", "refused", "dismissed", "held", "withdrawn", "received"}),
    SubjectState.HELD: frozenset({"granted", "partly", "refused", "dismissed", "held", "withdrawn"}),
    # A decision is superseded by a later one; an offer can be declined.
    SubjectState.GRANTED: frozenset({"granted", "partly", "refused", "dismissed", "held", "withdrawn", "declined"}),
    SubjectState.PARTLY: frozenset({"granted", "partly", "refused", "dismissed", "held", "declined"}),
    SubjectState.REFUSED: frozenset({"granted", "partly", "refused", "dismissed", "held"}),
    SubjectState.DISMISSED: frozenset({"granted", "partly", "refused", "dismissed", "held"}),
    SubjectState.WITHDRAWN: frozenset(),
    SubjectState.DECLINED: frozenset(),
    SubjectState.RECEIVED: frozenset(),
}


class SubjectQuerySet(OwnedQuerySet):
    def holding_a_place(self, procedure: Procedure) -> SubjectQuerySet:
        """Those that arrived and were neither refused nor given up: each takes one of the procedure's places."""
        gone = [SubjectState.WITHDRAWN, SubjectState.DECLINED, SubjectState.REFUSED, SubjectState.DISMISSED]
        return self.filter(application__procedure=procedure).exclude(state__in=gone)


class Subject(Owned):
    """対象者: what a decision is about; two children in one application are two, usually the application itself is the one."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="subjects", verbose_name="申請")
    path = models.CharField("項目", max_length=60, blank=True)  # "child[r1]"; empty: the application itself
    name = models.CharField("名称", max_length=200, blank=True)
    state = models.CharField("状態", max_length=10, choices=SubjectState.choices, default=SubjectState.OPEN)
    accepted_at = models.DateTimeField("承諾日時", null=True)  # the resident accepts what was offered
    declined_at = models.DateTimeField("辞退日時", null=True)
    valid_until = models.DateField("保留の有効期限", null=True)

    objects = scoped(SubjectQuerySet)

    class Meta:
        verbose_name = "対象者"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["municipality", "application", "path"], name="subject_once")]

    def __str__(self) -> str:
        return self.name or str(self.application)

    @property
    def is_settled(self) -> bool:
        """Nothing more is to be decided now (a held one is settled for the application, yet alive)."""
        return self.state != SubjectState.OPEN

    @property
    def is_lapsed(self) -> bool:
        """A 保留 whose validity is over: nothing keeps it alive any more."""
        return self.state == SubjectState.HELD and self.valid_until is not None and self.valid_until < timezone.localdate()

    def move(self, to: str) -> None:
        if to not in SUBJECT_MOVES[self.state]:
            raise Refused(
                _("いまの状態では、この操作はできません。画面を開き直して、状態を確かめてください。"),
                code="subject_move",
                state=self.state,
                to=to,
            )
        self.state = to
