"""Municipalities and the people in them."""

from __future__ import annotations

import secrets
from datetime import date

from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import scope

from madoguchi.accounts.actions.audit import record
from madoguchi.accounts.models import Division, Membership, Municipality, User
from madoguchi.accounts.models.people import RESERVED_SLUGS, MembershipQuerySet
from madoguchi.lib.errors import Refused
from madoguchi.lib.limits import Limit

SIGN_IN_TRIES = Limit("sign-in", 10, 15 * 60)


@transaction.atomic
def open_municipality(*, slug: str, name: str, name_en: str, **facts: object) -> Municipality:
    """Take a municipality into the installation."""
    if slug in RESERVED_SLUGS and not facts.get("is_operator"):
        raise Refused(_("この識別名は使えません。別の名前にしてください。"), code="slug_reserved")
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


def sign_in_staff(*, username: str, password: str, address: str) -> User:
    """The user of a right name and password; the same refusal, as slow, for every wrong one."""
    verdict = SIGN_IN_TRIES.hit(f"{address}|{username.lower()}")
    if not verdict.allowed:
        raise Refused(
            _("何度も続けて失敗しました。%(minutes)s分ほど待ってから、もう一度お試しください。") % {"minutes": verdict.wait_minutes},
            code="too_many",
        )
    user = authenticate(username=username.strip().lower(), password=password)
    if user is None or not staff_memberships(user).exists():
        raise Refused(_("利用者名かパスワードが違います。もう一度入力してください。"), code="wrong")
    SIGN_IN_TRIES.clear(f"{address}|{username.lower()}")
    return user


def staff_memberships(user: User) -> MembershipQuerySet:
    """All of a person's memberships in force, over all municipalities (needed before one is chosen)."""
    return Membership.objects.with_scopes_disabled().get_queryset().current().filter(user=user)


@transaction.atomic
def resident_for(*, email: str, language: str = "ja") -> User:
    """The resident with this proven address, made at the first sign-in."""
    known = User.objects.filter(username__startswith="r-", email=email).first()
    if known is not None:
        return known
    user = User(username=f"r-{secrets.token_hex(8)}", email=email, language=language)
    user.set_unusable_password()
    user.save()
    return user
