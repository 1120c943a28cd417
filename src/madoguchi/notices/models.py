"""What did we tell whom, by which channel, did it arrive?"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Division, Owned, OwnedQuerySet, scoped
from madoguchi.lib.seal import unseal

MAX_ATTEMPTS = 6
FIRST_WAIT = timedelta(minutes=1)  # doubled at each attempt
LEASE = timedelta(minutes=10)  # how long an attempt may take before another worker tries
QUEUED = timedelta(minutes=10)  # how long a notice's task may lie in the queue before it is thought lost


@dataclass(frozen=True)
class Recipient:
    """To whom a notice goes; notices knows no applicant. `address` is a postal address in lines."""

    name: str
    language: str = "ja"
    email: str = ""
    postal: str = ""
    address: str = ""
    channel: str = ""  # "email" | "post" | "" = whatever reaches this person

    @property
    def reached_by(self) -> str:
        return self.channel or ("email" if self.email else "post" if self.address else "")


class NoticeState(models.TextChoices):
    HELD = "held", _("発送待ち")
    WAITING = "waiting", _("送信待ち")
    PRINT = "print", _("印刷待ち")  # the letter's PDF is there; somebody has to print and post it
    SENT = "sent", _("送りました")
    FAILED = "failed", _("届きませんでした")
    UNREACHABLE = "unreachable", _("送り先がありません")
    RECALLED = "recalled", _("取りやめました")  # a held one that was never released
    SKIPPED = "skipped", _("画面だけでお知らせ")  # no e-mail, and not worth a letter: the status page says it


UNDELIVERED = (NoticeState.FAILED, NoticeState.UNREACHABLE)


class NoticeQuerySet(OwnedQuerySet):
    def due(self) -> NoticeQuerySet:
        """Waiting, and not tried too recently."""
        return self.filter(Q(next_try_at__isnull=True) | Q(next_try_at__lte=timezone.now()), state=NoticeState.WAITING)

    def lost(self) -> NoticeQuerySet:
        """Due, and no task on its way: a wait is over, or the task went missing."""
        long_ago = timezone.now() - QUEUED
        return self.due().filter(Q(queued_at__isnull=True) | Q(queued_at__lt=long_ago))

    def failed(self) -> NoticeQuerySet:
        return self.filter(state__in=UNDELIVERED)

    def failed_first(self) -> NoticeQuerySet:
        failed = Case(When(state__in=UNDELIVERED, then=Value(0)), default=Value(1))
        return self.order_by(failed, "-id")

    def to_print(self) -> NoticeQuerySet:
        """Letters whose PDF is made, oldest first."""
        return self.filter(channel="post", state=NoticeState.PRINT).order_by("id")

    def of(self, thread: object) -> NoticeQuerySet:
        """All notices of one case (its uuid)."""
        return self.filter(thread=str(thread))

    def visible_to(self, member: Any) -> NoticeQuerySet:
        """Those of the member's division; all of them for who manages notices (who sees no names, see `is_private_to`)."""
        return self if member.may("notices.manage") else self.filter(division_id=member.division_id or -1)


class Notice(Owned):
    """One notice to one person. The body of an e-mail holds no personal data; a letter's content lies in `document`."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    template = models.CharField("種類", max_length=60)
    channel = models.CharField("経路", max_length=20, blank=True)
    language = models.CharField("言語", max_length=10, default="ja")
    name = models.CharField("宛名", max_length=200, blank=True)
    email = models.EmailField("メールアドレス", blank=True)
    postal = models.CharField("郵便番号", max_length=8, blank=True)
    address = models.TextField("住所", blank=True)
    subject = models.CharField("件名", max_length=200)
    body = models.TextField("本文", blank=True)  # of one that carries a secret: with the secret blotted out
    sealed = models.BinaryField(null=True)  # the whole body of such a one, encrypted, until it is sent or given up
    key_id = models.CharField(max_length=40, blank=True)
    document = models.JSONField("通知書の内容", null=True)  # what lib.documents/letter.typ prints
    file = models.CharField("通知書", max_length=200, blank=True)
    file_hash = models.CharField(max_length=64, blank=True)
    missing = models.JSONField("印字できない文字", default=list)
    division = models.ForeignKey(Division, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="所管課")
    about_model = models.CharField(max_length=60, blank=True)
    about_id = models.CharField(max_length=40, blank=True)
    thread = models.CharField("案件", max_length=40, blank=True)  # the case's uuid, so that the desk finds all its notices
    state = models.CharField("状態", max_length=12, choices=NoticeState.choices, default=NoticeState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    queued_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField("作成", default=timezone.now)
    sent_at = models.DateTimeField("送信", null=True)

    objects = scoped(NoticeQuerySet)

    class Meta:
        verbose_name = "通知"
        ordering = ["-id"]
        indexes = [models.Index(fields=["municipality", "thread"]), models.Index(fields=["municipality", "state", "next_try_at"])]

    def __str__(self) -> str:
        return self.subject

    @property
    def text(self) -> str:
        """What is sent: the body, with its secret. Raises lib.seal.Unsealable."""
        return unseal(bytes(self.sealed), place=self.place, key_id=self.key_id) if self.sealed else self.body

    @property
    def place(self) -> str:
        """Where the sealed body belongs; it opens nowhere else."""
        return f"{self.municipality_id}|notices_notice|{self.uuid}|body"

    @property
    def look(self) -> str:
        """The state's colour on the desk."""
        looks = {
            NoticeState.UNREACHABLE: "failed",
            NoticeState.PRINT: "waiting",
            NoticeState.SKIPPED: "minor",
            NoticeState.RECALLED: "minor",
        }
        return looks.get(self.state, str(self.state))

    @property
    def is_failed(self) -> bool:
        return self.state in UNDELIVERED

    @property
    def masked_email(self) -> str:
        """For who keeps the mail running but has nothing to do with the case: r***@example.jp."""
        local, at, domain = self.email.rpartition("@")
        return f"{local[:1]}***{at}{domain}" if at else ""

    def is_private_to(self, member: Any) -> bool:
        """Whether name, address and letter are none of this member's business: they open for the case's own division only."""
        return not (member.may("cases.read") and member.division_id is not None and member.division_id == self.division_id)


class Delivery(Owned):
    """One attempt to deliver a notice: the ledger."""

    append_only = True

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField("経路", max_length=20)
    at = models.DateTimeField("日時", default=timezone.now)
    arrived = models.BooleanField("届いた")
    answer = models.CharField("相手の返事", max_length=300, blank=True)

    class Meta:
        verbose_name = "送信の記録"
        ordering = ["id"]


class Mail(Owned):
    """The demo's mailbox: what would have left the house. Never used in an installation."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="mails")
    to = models.CharField("宛先", max_length=254)
    subject = models.CharField("件名", max_length=200)
    body = models.TextField("本文")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "見本の郵便受け"
        ordering = ["-id"]
