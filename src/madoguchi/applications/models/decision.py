"""審査, 決裁, 決定 and the papers that went out."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Owned, OwnedQuerySet, User, scoped
from madoguchi.applications.models.answers import Answers
from madoguchi.applications.models.application import Application, Subject
from madoguchi.notices.models import Notice


class Outcome(models.TextChoices):
    GRANTED = "granted", _("認める")
    PARTLY = "partly", _("一部を認める")
    REFUSED = "refused", _("認めない")
    DISMISSED = "dismissed", _("却下")
    HELD = "held", _("保留")


PROPOSAL, APPROVAL = "proposal", "approval"  # 起案 and 決裁: steps of every procedure that needs a second person


class ReviewQuerySet(OwnedQuerySet):
    def waiting(self) -> ReviewQuerySet:
        """Proposals that nobody has approved, sent back or replaced yet, of cases that are still to be decided."""
        later = Review.objects.filter(subject=OuterRef("subject"), step__in=[PROPOSAL, APPROVAL], id__gt=OuterRef("id"))
        return self.filter(step=PROPOSAL, application__state__in=["accepted", "decided"]).filter(~Exists(later), ~Exists(_decided_since()))

    def approved(self) -> ReviewQuerySet:
        """Approvals that still wait for their decision."""
        later = Review.objects.filter(subject=OuterRef("subject"), step__in=[PROPOSAL, APPROVAL], id__gt=OuterRef("id"))
        return self.filter(step=APPROVAL, passed=True).filter(~Exists(later), ~Exists(_decided_since()))


def _decided_since() -> Any:
    return Decision.objects.filter(subject=OuterRef("subject"), at__gte=OuterRef("at"), recalled_at=None)


class Review(Owned):
    """審査: one step looked at by one person. Steps: what the procedure lists, `proposal` (起案) and `approval` (決裁)."""

    append_only = True

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="reviews", verbose_name="申請")
    subject = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="reviews", verbose_name="対象者")
    step = models.CharField("項目", max_length=80)
    passed = models.BooleanField("問題なし")
    outcome = models.CharField("案", max_length=10, choices=Outcome.choices, blank=True)
    reason = models.TextField("理由", blank=True)
    note = models.TextField("所見", blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="見た人")
    at = models.DateTimeField("日時", default=timezone.now)

    objects = scoped(ReviewQuerySet)

    class Meta:
        verbose_name = "審査"
        ordering = ["id"]


class Decision(Owned):
    """決定 about one subject; a later one names the one it supersedes."""

    append_only = True
    append_only_except = ("notice", "released_at", "recalled_at")

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="decisions", verbose_name="対象者")
    outcome = models.CharField("結果", max_length=10, choices=Outcome.choices)
    reason = models.TextField("理由", blank=True)
    appeal_note = models.TextField("教示", blank=True)
    title = models.CharField("件名", max_length=200, blank=True)
    body = models.TextField("本文", blank=True)
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    before = models.CharField(max_length=10)  # the subject's state before, for a recall
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="決めた人")
    at = models.DateTimeField("日時", default=timezone.now)
    notice = models.ForeignKey(Notice, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="通知")
    released_at = models.DateTimeField("知らせた日時", null=True)  # None while the notice is held: the resident knows nothing of it
    recalled_at = models.DateTimeField("取り消した日時", null=True)

    class Meta:
        verbose_name = "決定"
        ordering = ["-id"]


class DocumentQuerySet(OwnedQuerySet):
    def told(self) -> DocumentQuerySet:
        """Without the papers of decisions whose notice is still held, or was taken back."""
        return self.filter(Q(decision=None) | Q(decision__released_at__isnull=False))


class IssuedDocument(Owned):
    """A PDF that went out, with its hash; anyone can check it by its code. Once it is made it stays as it is."""

    append_only = True
    append_only_unless = "OLD.sha256 = ''"

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="documents", verbose_name="申請")
    kind = models.CharField("種類", max_length=20)  # receipt | amendment | correction | decision
    answers = models.ForeignKey(Answers, null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="documents")
    check_code = models.CharField("確認コード", max_length=24, unique=True)
    file = models.CharField(max_length=200, blank=True)  # empty until the task after the commit made it
    sha256 = models.CharField(max_length=64, blank=True)
    missing = models.JSONField("印字できない文字", default=list)
    language = models.CharField(max_length=10, default="ja")
    made_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = scoped(DocumentQuerySet)

    class Meta:
        verbose_name = "発行した書面"
        ordering = ["-id"]
