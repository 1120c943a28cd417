"""Municipalities and the people in them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import scope

from madoguchi.accounts.actions.addresses import identity
from madoguchi.accounts.actions.audit import record
from madoguchi.accounts.models import Division, EmailCode, EmailLink, Membership, Municipality, User
from madoguchi.accounts.models.people import RESERVED_SLUGS, MembershipQuerySet
from madoguchi.lib import limits
from madoguchi.lib.errors import Refused
from madoguchi.lib.limits import Limit, caller

SIGN_IN_TRIES = Limit("sign-in", 10, 15 * 60)
SIGN_INS_FROM = Limit("sign-in-from", 100, 15 * 60)  # one password tried at many names; a whole town hall may be one address
CONTACT = ("phone", "place", "place_en")  # what a division's people may say of it themselves


@transaction.atomic
def open_municipality(*, slug: str, name: str, name_en: str, **facts: object) -> Municipality:
    """Take a municipality into the installation."""
    if slug in RESERVED_SLUGS and not facts.get("is_operator"):
        raise Refused(_("この識別名は使えません。別の名前にしてください。"), code="slug_reserved")
    alone = connection.vendor == "sqlite" and not (settings.DEMO or settings.TESTING) and not facts.get("is_operator")
    if alone and Municipality.objects.filter(is_operator=False).exists():
        raise Refused(
            _("2つ目の自治体を開くには、PostgreSQLが必要です。データベースを移してから、もう一度実行してください。"),
            code="needs_postgres",
        )
    municipality = Municipality(slug=slug, name=name, name_en=name_en, **facts)
    try:
        municipality.full_clean()
    except ValidationError as error:
        raise Refused(_("自治体の登録内容を確かめてください。"), code="municipality_invalid", errors=error.message_dict) from error
    municipality.save()
    with scope(municipality=municipality):
        record("accounts.open_municipality", by=None, on=municipality)
    return municipality


@transaction.atomic
def add_member(*, user: User, role: str, division: Division | None = None, since: date | None = None, by: User | None = None) -> Membership:
    """Give a person a role in a division from a day on."""
    membership = Membership.objects.create(user=user, role=role, division=division, since=since or timezone.localdate())
    record("accounts.add_member", by=by, on=membership, division=division, role=role)
    return membership


@transaction.atomic
def keep_contact(*, division: Division, contact: Mapping[str, str], by: User) -> Division:
    """Where residents ask: telephone, place and place in English of a division. What is not named stays."""
    changed = sorted(name for name, value in contact.items() if name in CONTACT and getattr(division, name) != value)
    for name in changed:
        setattr(division, name, contact[name])
    if changed:
        division.save(update_fields=changed)
        record("accounts.keep_contact", by=by, on=division, division=division, changed=changed)
    return division


def sign_in_staff(*, username: str, password: str, address: str) -> User:
    """The user of a right name and password; the same refusal, as slow, for every wrong one."""
    name = f"{caller(address)}|{username.strip().lower()}"
    verdict = SIGN_INS_FROM.hit(caller(address))
    verdict = SIGN_IN_TRIES.hit(name) if verdict.allowed else verdict
    if not verdict.allowed:
        raise Refused(
            _("何度も続けて失敗しました。%(minutes)s分ほど待ってから、もう一度お試しください。") % {"minutes": verdict.wait_minutes},
            code="too_many",
        )
    user = authenticate(username=username.strip().lower(), password=password)
    if user is None or not staff_memberships(user).exists():
        raise Refused(_("利用者名かパスワードが違います。もう一度入力してください。"), code="wrong")
    SIGN_IN_TRIES.clear(name)
    return user


@transaction.atomic
def take_on(
    *, username: str, name: str, role: str, division: Division | None = None, email: str = "", by: User | None = None
) -> tuple[Membership, str]:
    """A new member of staff with a first password, which is shown once and changed at the first sign-in's page."""
    if User.objects.filter(username=username).exists():
        raise Refused(_("この利用者名はもう使われています。別の利用者名にしてください。"), code="username_taken")
    user = User(username=username, name=name, email=email)
    if user.is_resident:  # or its e-mail address alone would open it
        raise Refused(_("この利用者名はもう使われています。別の利用者名にしてください。"), code="username_taken")
    password = "-".join(secrets.token_hex(2) for _part in range(4))
    user.set_password(password)
    try:
        user.full_clean()
    except ValidationError as error:
        raise Refused(_("利用者名は、英小文字・数字・記号（._@+-）で入力してください。"), code="user_invalid") from error
    user.save()
    return add_member(user=user, role=role, division=division, by=by), password


@transaction.atomic
def change_password(*, user: User, old: str, new: str) -> None:
    """Replace a password that its owner knows; the new one must pass the validators."""
    if not user.check_password(old):
        raise Refused(_("いまのパスワードが違います。もう一度入力してください。"), code="wrong")
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="weak") from error
    user.set_password(new)
    user.save(update_fields=["password"])


def sweep_proofs() -> int:
    """Forget codes and links that are over since a day, and counts of tries that are over; gives how many codes and links."""
    over = timezone.now() - timedelta(days=1)
    limits.sweep()
    return EmailCode.objects.filter(expires_at__lt=over).delete()[0] + EmailLink.objects.filter(expires_at__lt=over).delete()[0]


def staff_memberships(user: User) -> MembershipQuerySet:
    """All of a person's memberships in force, over all municipalities (needed before one is chosen)."""
    return Membership.objects.with_scopes_disabled().get_queryset().current().filter(user=user)


@transaction.atomic
def resident_for(*, email: str, language: str = "ja") -> User:
    """The resident with this proven address, made at the first sign-in."""
    known = User.objects.filter(username__startswith="r-", email=identity(email)).first()
    if known is not None:
        return known
    user = User(username=f"r-{secrets.token_hex(8)}", email=identity(email), language=language)
    user.set_unusable_password()
    user.save()
    return user
