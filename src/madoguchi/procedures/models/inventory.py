"""棚卸: what procedures there are, how often, what hinders them; the survey that asks divisions; the rules that must change first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Division, Membership, Owned, OwnedQuerySet, User, scoped
from madoguchi.engines.inventory import Score, Weights, fold, score, track_of
from madoguchi.procedures.models.procedure import Procedure


class RoundState(models.TextChoices):
    OPEN = "open", _("回答中")
    CLOSED = "closed", _("締切")


class InventoryRound(Owned):
    """棚卸調査の1回: which columns divisions are asked for, until when."""

    name = models.CharField("名称", max_length=80)
    asked = models.JSONField("たずねる項目", default=list)  # column ids, at most engines.inventory.MOST_ASKED
    message = models.TextField("依頼文", blank=True)
    due_on = models.DateField("回答期限")
    state = models.CharField("状態", max_length=8, choices=RoundState.choices, default=RoundState.OPEN)
    opened_at = models.DateTimeField("開始日時", default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="始めた人")

    class Meta:
        verbose_name = "棚卸調査"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["municipality", "name"], name="inventory_round_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state == RoundState.OPEN

    def is_late(self, on: date) -> bool:
        return self.is_open and on > self.due_on


class ReplyState(models.TextChoices):
    WAITING = "waiting", _("未回答")
    ANSWERED = "answered", _("課長の承認待ち")
    APPROVED = "approved", _("承認済み")


class InventoryReply(Owned):
    """One division's answer to one round, and the chief's word on it."""

    round = models.ForeignKey(InventoryRound, on_delete=models.PROTECT, related_name="replies", verbose_name="調査")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name="所管課")
    state = models.CharField("状態", max_length=10, choices=ReplyState.choices, default=ReplyState.WAITING)
    answered_at = models.DateTimeField("回答日時", null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="回答者")
    approved_at = models.DateTimeField("承認日時", null=True, blank=True)
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="承認者")
    sent_back = models.CharField("差し戻しの理由", max_length=300, blank=True)
    reminded_at = models.DateTimeField("催促した日時", null=True, blank=True)

    class Meta:
        verbose_name = "棚卸調査の回答"
        ordering = ["division__code"]
        constraints = [models.UniqueConstraint(fields=["municipality", "round", "division"], name="inventory_reply_once")]


class RuleState(models.TextChoices):
    DRAFT = "draft", _("案の作成中")
    ASSEMBLY = "assembly", _("議会・例規審査")
    IN_FORCE = "in_force", _("施行済み")


class RuleChange(Owned):
    """必要な改正: which article, who, and how far; entries that wait for it are track B until it is in force."""

    title = models.CharField("改正の名称", max_length=120)
    kind = models.CharField("種類", max_length=10, default="ordinance")  # a code of the column rule_change
    article = models.CharField("条文", max_length=200, blank=True)
    division = models.ForeignKey(Division, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="担当課")
    state = models.CharField("状態", max_length=10, choices=RuleState.choices, default=RuleState.DRAFT)
    in_force_on = models.DateField("施行日", null=True, blank=True)
    note = models.CharField("メモ", max_length=300, blank=True)

    class Meta:
        verbose_name = "必要な改正"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["municipality", "title"], name="rule_change_title_once")]

    def __str__(self) -> str:
        return self.title


class PlannedChannel(models.TextChoices):
    OWN = "own", _("独自の様式")
    PITTARI = "pittari", _("ぴったりサービス")
    JOINT = "joint", _("共同電子申請")
    COUNTER = "counter", _("窓口のみ")


class Progress(models.TextChoices):
    OPEN = "open", _("未着手")
    PLANNED = "planned", _("検討中")
    MAKING = "making", _("作成中")
    ONLINE = "online", _("公開済")
    STOPPED = "stopped", _("見送り")


class InventoryEntryQuerySet(OwnedQuerySet):
    def standing(self) -> InventoryEntryQuerySet:
        """Those that still exist."""
        return self.filter(ended_on=None)

    def answerable_by(self, member: Membership) -> InventoryEntryQuerySet:
        """A member answers for the own division; who manages the inventory for all."""
        return self if member.may("inventory.manage") else self.filter(division=member.division)

    def waiting_for_rule(self) -> InventoryEntryQuerySet:
        return self.filter(Q(rule__isnull=False) & ~Q(rule__state=RuleState.IN_FORCE))


class InventoryEntry(Owned):
    """棚卸の1行: a procedure as the survey knows it, online or not. `values` by the engine's column ids; None where nobody knows."""

    number = models.CharField("手続番号", max_length=30)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name="所管課")
    procedure = models.ForeignKey(
        Procedure, null=True, blank=True, on_delete=models.PROTECT, related_name="inventory", verbose_name="オンラインの手続"
    )
    name = models.CharField("手続名", max_length=200)
    key = models.CharField("照合用の名前", max_length=200, editable=False)
    values = models.JSONField("項目", default=dict)
    answered_in = models.ForeignKey(
        InventoryRound, null=True, blank=True, on_delete=models.PROTECT, related_name="answered", verbose_name="最後に確かめた調査"
    )
    rule = models.ForeignKey(RuleChange, null=True, blank=True, on_delete=models.PROTECT, related_name="entries", verbose_name="必要な改正")
    channel = models.CharField("利用予定サービス", max_length=8, choices=PlannedChannel.choices, blank=True)
    target_year = models.PositiveSmallIntegerField("目標年度", null=True, blank=True)
    progress = models.CharField("進捗", max_length=8, choices=Progress.choices, default=Progress.OPEN)
    owner = models.CharField("担当者", max_length=60, blank=True)
    hand_rank = models.PositiveIntegerField("手で決めた順", null=True, blank=True)
    hand_reason = models.CharField("順を変えた理由", max_length=300, blank=True)
    online_on = models.DateField("オンラインになった日", null=True, blank=True)
    ended_on = models.DateField("なくなった日", null=True, blank=True)

    objects = scoped(InventoryEntryQuerySet)

    class Meta:
        verbose_name = "棚卸の手続"
        ordering = ["division__code", "number"]
        constraints = [models.UniqueConstraint(fields=["municipality", "number"], name="inventory_number_once")]
        indexes = [models.Index(fields=["municipality", "key"])]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = fold(self.name)[:200]
        super().save(*args, **kwargs)

    @property
    def is_online(self) -> bool:
        """Can be applied for online today: here where its procedure is shown, or on another service as its progress says."""
        if self.procedure is not None and self.procedure.current_id is not None:
            if not self.procedure.is_hidden:
                return True
            if self.channel in ("", PlannedChannel.OWN):
                return False  # it has no other way
        return self.progress == Progress.ONLINE

    @property
    def track(self) -> str:
        """A can go online now; B waits for a rule. A rule that is in force moves its entries to A by itself."""
        if self.rule is not None:
            return "A" if self.rule.state == RuleState.IN_FORCE else "B"
        return track_of(self.values)

    def score(self, weights: Weights) -> Score:
        return score(self.values, weights)


class InventoryChange(Owned):
    """What was written into an entry, when, by whom and from where. Append-only."""

    append_only = True

    entry = models.ForeignKey(InventoryEntry, on_delete=models.PROTECT, related_name="changes", verbose_name="手続")
    at = models.DateTimeField("日時", default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="書いた人")
    source = models.CharField("もと", max_length=120)
    before = models.JSONField("前", default=dict)
    after = models.JSONField("後", default=dict)

    class Meta:
        verbose_name = "棚卸の変更"
        ordering = ["-id"]


class ImportState(models.TextChoices):
    READ = "read", _("確認待ち")
    TAKEN = "taken", _("取り込み済み")
    DROPPED = "dropped", _("取りやめ")


class InventoryImport(Owned):
    """A sheet that was read and is looked at before it is taken over. `found` as actions.importing writes it."""

    name = models.CharField("ファイル", max_length=200)
    sha256 = models.CharField(max_length=64)
    round = models.ForeignKey(InventoryRound, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="調査")
    division = models.ForeignKey(Division, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="所管課")
    found = models.JSONField("読み取った内容", default=dict)
    state = models.CharField("状態", max_length=8, choices=ImportState.choices, default=ImportState.READ)
    at = models.DateTimeField("日時", default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="取り込んだ人")

    class Meta:
        verbose_name = "棚卸の取り込み"
        ordering = ["-id"]


class NationalProcedure(models.Model):
    """国の棚卸の1行, the same for every municipality: from デジタル庁 行政手続等の棚卸調査, loaded by a command and never changed here."""

    is_owned = False

    number = models.CharField("手続ID", max_length=40, unique=True)
    name = models.CharField("手続名", max_length=500)
    key = models.CharField("照合用の名前", max_length=500)
    basis = models.CharField("照合用の根拠", max_length=600)  # law and article, folded
    values = models.JSONField("項目", default=dict)

    class Meta:
        verbose_name = "国の棚卸の手続"
        ordering = ["number"]
        indexes = [models.Index(fields=["basis"]), models.Index(fields=["key"])]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class CountChannel(models.TextChoices):
    COUNTER = "counter", _("窓口")
    POST = "post", _("郵送")
    PHONE = "phone", _("電話・FAX")
    ELSEWHERE = "elsewhere", _("ほかの電子サービス")


class InventoryCount(Owned):
    """How many filings came in a month by a way that this installation does not see by itself."""

    entry = models.ForeignKey(InventoryEntry, on_delete=models.PROTECT, related_name="counts", verbose_name="手続")
    month = models.DateField("月")  # its first day
    channel = models.CharField("経路", max_length=10, choices=CountChannel.choices)
    count = models.PositiveIntegerField("件数")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="入力した人")
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "月の件数"
        ordering = ["-month", "entry"]
        constraints = [models.UniqueConstraint(fields=["municipality", "entry", "month", "channel"], name="inventory_count_once")]


class InventorySettings(Owned):
    """優先度の重み of a municipality; what is not set is the engine's."""

    weights = models.JSONField("重み", default=dict)  # {"minutes": {…}, "chances": {…}, "unknown_volume": n}

    class Meta:
        verbose_name = "棚卸の設定"
        constraints = [models.UniqueConstraint(fields=["municipality"], name="inventory_settings_once")]


def stated(value: Any) -> Any:
    """A column's value for comparing: nothing chosen and nothing said are the same."""
    return None if value in ("", []) else value


def weights_of(settings: InventorySettings | None) -> Weights:
    """The engine's weights with what the municipality changed."""
    plain = Weights()
    given: Mapping[str, Any] = settings.weights if settings is not None else {}
    return Weights(
        minutes={**plain.minutes, **given.get("minutes", {})},
        chances={**plain.chances, **given.get("chances", {})},
        unknown_volume=float(given.get("unknown_volume", plain.unknown_volume)),
    )
