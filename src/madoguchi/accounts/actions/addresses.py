"""Proving that an e-mail address is read by the person in front of us: codes and one-time links.

Sending is the notices room's matter, which lies above: these acts make and check, the caller sends.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import EmailCode, EmailLink, User
from madoguchi.lib.errors import Refused
from madoguchi.lib.limits import Limit, caller

CODE_MINUTES, CODE_TRIES = 15, 5
CODES_PER_EMAIL = Limit("email-code", 5, 15 * 60)
CODES_PER_ADDRESS = Limit("email-code-from", 30, 15 * 60)
# A million codes and five tries at each are few when somebody tries all year: so many wrong ones a day, then the codes rest. Who has
# an account still has the link of the same mail, so that no stranger's tries keep its owner out; others have nothing to be guessed.
WRONG_PER_ACCOUNT = Limit("email-code-wrong", 50, 24 * 3600)
WRONG_PER_ADDRESS = Limit("email-code-wrong-from", 200, 24 * 3600)


@dataclass(frozen=True)
class Code:
    """What to send (`digits`) and what the browser keeps (`id`)."""

    id: str
    digits: str


@transaction.atomic
def send_code(*, email: str, purpose: str, address: str) -> Code:
    """Make a six-digit code for an address; raises Refused when too many were asked for."""
    for limit, key in ((CODES_PER_ADDRESS, caller(address)), (CODES_PER_EMAIL, identity(email))):
        verdict = limit.hit(key)
        if not verdict.allowed:
            raise Refused(
                _("確認コードを何度も送りました。%(minutes)s分ほど待ってからお試しください。") % {"minutes": verdict.wait_minutes},
                code="too_many",
            )
    digits = f"{secrets.randbelow(1_000_000):06d}"
    code = EmailCode.objects.create(email=email, purpose=purpose, code_hash="", expires_at=timezone.now() + timedelta(minutes=CODE_MINUTES))
    code.code_hash = _hash(str(code.pk), digits)
    code.save(update_fields=["code_hash"])
    return Code(id=str(code.pk), digits=digits)


def check_code(*, id: str, digits: str, purpose: str, address: str = "") -> str:  # noqa: A002 the browser's name for it
    """The proven address; raises Refused with what to do. Counts the try even when the caller rolls back."""
    with transaction.atomic():
        code = EmailCode.objects.select_for_update().filter(pk=id, purpose=purpose, used_at=None).first()
        resting = code is not None and _is_guessed_at(code.email, address)
        usable = code is not None and code.expires_at > timezone.now() and code.tries < CODE_TRIES and not resting
        right = usable and hmac.compare_digest(code.code_hash, _hash(str(code.pk), digits))
        if code is not None:
            code.tries += 1
            code.used_at = timezone.now() if right else None
            code.save(update_fields=["tries", "used_at"])
    if resting:
        raise Refused(_("確認コードは、いま使えません。同じメールにリンクがあれば、それを開いてください。"), code="code_resting")
    if not usable:
        raise Refused(_("この確認コードは使えなくなりました。新しい確認コードを送ってください。"), code="code_over")
    if not right:
        _count_wrong(code.email, address)
        raise Refused(_("確認コードが違います。メールに書かれた6桁の数字を入力してください。"), code="code_wrong")
    return code.email


def identity(email: str) -> str:
    """By what an address is known: telephones begin it with a capital letter, and no mail server that we know tells the two apart."""
    return email.lower()


def _is_guessed_at(email: str, address: str) -> bool:
    """Whether too many wrong codes were typed today, for this account or from this place."""
    tried = _has_account(email) and not WRONG_PER_ACCOUNT.look(identity(email)).allowed
    return tried or bool(address and not WRONG_PER_ADDRESS.look(caller(address)).allowed)


def _count_wrong(email: str, address: str) -> None:
    if address:
        WRONG_PER_ADDRESS.hit(caller(address))
    if _has_account(email):
        WRONG_PER_ACCOUNT.hit(identity(email))


def _has_account(email: str) -> bool:
    return User.objects.filter(username__startswith="r-", email=identity(email)).exists()


@transaction.atomic
def make_link(*, email: str, purpose: str, target: str = "", lifetime: timedelta) -> str:
    """The token of a new one-time link."""
    token = secrets.token_urlsafe(32)
    EmailLink.objects.create(
        email=email, purpose=purpose, target=target, token_hash=_hash("link", token), expires_at=timezone.now() + lifetime
    )
    return token


def look_at_link(*, token: str, purpose: str) -> EmailLink | None:
    """The link if it could still be used; looking does not use it."""
    return EmailLink.objects.filter(token_hash=_hash("link", token), purpose=purpose, used_at=None, expires_at__gt=timezone.now()).first()


@transaction.atomic
def consume_link(*, token: str, purpose: str) -> EmailLink:
    """Use a link up; raises Refused when it was used or is over."""
    link = EmailLink.objects.select_for_update().filter(token_hash=_hash("link", token), purpose=purpose).first()
    if link is None or link.used_at is not None or link.expires_at <= timezone.now():
        raise Refused(_("このリンクは使えなくなりました。新しいリンクを送ってください。"), code="link_over")
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    return link


def _hash(*parts: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), "|".join(parts).encode(), hashlib.sha256).hexdigest()
