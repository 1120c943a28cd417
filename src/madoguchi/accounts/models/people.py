"""Municipalities, divisions, people and what they may do."""

from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models.owned import Owned, OwnedQuerySet, scoped

RESERVED_SLUGS = frozenset({"sign-in", "joint", "c", "health", "static", "api", "desk", "admin", "language", "mailbox"})


class Municipality(models.Model):
    """One of the municipalities that share the installation; `joint` is the operator's own, which holds no applications."""

    slug = models.SlugField("識別名", unique=True, max_length=30)
    code = models.CharField("団体コード", max_length=6, blank=True)
    name = models.CharField("名称", max_length=60)
    name_en = models.CharField("名称（英語）", max_length=80)
    head = models.CharField("長の職名", max_length=40, default="区長")
    address = models.CharField("所在地", max_length=120, blank=True)
    phone = models.CharField("電話番号", max_length=20, blank=True)
    is_operator = models.BooleanField("共同運営者", default=False)
    is_invented = models.BooleanField("架空のデータ", default=False)
    closed_days = models.JSONField("独自の閉庁日", default=list, blank=True)  # ISO dates besides weekends, holidays, year's end

    class Meta:
        verbose_name = "自治体"
        constraints = [
            models.CheckConstraint(condition=~Q(slug__in=sorted(RESERVED_SLUGS - {"joint"})), name="municipality_slug_not_reserved")
        ]

    def __str__(self) -> str:
        return self.name


class Division(Owned):
    """所管課: who decides, who answers the telephone."""

    code = models.SlugField("識別名", max_length=30)
    name = models.CharField("名称", max_length=60)
    name_en = models.CharField("名称（英語）", max_length=80)
    place = models.CharField("場所", max_length=80, blank=True)
    place_en = models.CharField("場所（英語）", max_length=120, blank=True)
    phone = models.CharField("電話番号", max_length=20, blank=True)
    email = models.EmailField("メールアドレス", blank=True)
    hours = models.CharField("受付時間", max_length=80, default="平日 8時30分〜17時15分")
    hours_en = models.CharField("受付時間（英語）", max_length=80, default="Weekdays 8:30–17:15")

    class Meta:
        verbose_name = "所管課"
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["municipality", "code"], name="division_code_once")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One person for the whole installation, known to a municipality only through Membership; a resident has none."""

    username = models.CharField("利用者名", max_length=60, unique=True, validators=[RegexValidator(r"^[a-z0-9._@+-]+$")])
    name = models.CharField("氏名", max_length=120, blank=True)
    email = models.EmailField("メールアドレス", blank=True)
    language = models.CharField("言語", max_length=10, default="ja")
    is_active = models.BooleanField("有効", default=True)
    created_at = models.DateTimeField("登録日時", default=timezone.now)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    objects = UserManager()

    class Meta:
        verbose_name = "利用者"
        constraints = [
            # Residents are known by a proven address; two accounts for one address would be two halves of a person.
            models.UniqueConstraint(fields=["email"], condition=Q(username__startswith="r-"), name="one_resident_per_address")
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def is_resident(self) -> bool:
        return self.username.startswith("r-")


class Role(models.TextChoices):
    CLERK = "clerk", _("担当者")
    CHIEF = "chief", _("課長")
    DESIGNER = "designer", _("様式の作成者")
    ICT = "ict", _("情報システム担当")
    AUDITOR = "auditor", _("監査担当")
    OPERATOR = "operator", _("共同運営者")


# What a role may do. cases.* open only cases of the member's own division; the operator's role opens none.
PERMISSIONS: dict[str, frozenset[str]] = {
    Role.CLERK: frozenset({"desk", "cases.read", "cases.work", "cases.export", "jobs.read", "notices.read", "inventory.answer"}),
    Role.CHIEF: frozenset(
        {
            "desk",
            "cases.read",
            "cases.work",
            "cases.approve",
            "forms.review",
            "cases.export",
            "jobs.read",
            "notices.read",
            "audit.division",
            "inventory.answer",
            "inventory.approve",
        }
    ),
    Role.DESIGNER: frozenset({"desk", "forms.edit", "forms.review", "jobs.read"}),
    Role.ICT: frozenset(
        {
            "desk",
            "forms.edit",
            "forms.review",
            "forms.publish",
            "jobs.read",
            "jobs.manage",
            "notices.read",
            "notices.manage",
            "people.manage",
            "figures",
            "inventory.answer",
            "inventory.manage",
        }
    ),
    Role.AUDITOR: frozenset({"desk", "audit.read"}),
    Role.OPERATOR: frozenset({"desk", "joint", "figures"}),
}


class MembershipQuerySet(OwnedQuerySet):
    def current(self, on: object | None = None) -> MembershipQuerySet:
        """Those in force on a day."""
        day = on or timezone.localdate()
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day, user__is_active=True)


class Membership(Owned):
    """職員としての所属: a role in a division from a day until a day (発令日)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name="利用者")
    division = models.ForeignKey(
        Division, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships", verbose_name="所管課"
    )
    role = models.CharField("役割", max_length=12, choices=Role.choices)
    since = models.DateField("発令日", default=timezone.localdate)
    until = models.DateField("終了日", null=True, blank=True)

    objects = scoped(MembershipQuerySet)

    class Meta:
        verbose_name = "所属"
        constraints = [models.UniqueConstraint(fields=["municipality", "user", "division", "role", "since"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} / {self.division or self.municipality} / {self.get_role_display()}"

    def may(self, permission: str) -> bool:
        return permission in PERMISSIONS.get(self.role, frozenset())


class EmailCode(models.Model):
    """A six-digit code sent to an address, typed in the same browser: proof that its reader sits here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("メールアドレス")
    purpose = models.CharField("目的", max_length=40)
    code_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "確認コード"


class EmailLink(models.Model):
    """A one-time link: stored as a hash, consumed by a POST from a button (mail scanners open links)."""

    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField("メールアドレス")
    purpose = models.CharField("目的", max_length=40)
    target = models.CharField("対象", max_length=60, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "一度きりのリンク"
