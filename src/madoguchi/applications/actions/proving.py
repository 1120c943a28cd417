"""Mailing the code that proves an address."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from madoguchi.accounts.actions import make_link, send_code
from madoguchi.accounts.models import User, current_municipality
from madoguchi.lib.addresses import address as place_of
from madoguchi.notices.actions import notify
from madoguchi.notices.models import Recipient

SIGN_IN = "sign-in"
SIGN_IN_LINK = timedelta(minutes=30)


@transaction.atomic
def mail_code(*, email: str, purpose: str, language: str, address: str) -> str:
    """Send six digits to an address; gives the id that the browser keeps. Known and unknown addresses look alike here.

    Who proved the address before also gets a one-time link for signing in (30 minutes): the first time needs the code.
    """
    code = send_code(email=email, purpose=purpose, address=address)
    values = {"digits": code.digits}
    if purpose == SIGN_IN and User.objects.filter(username__startswith="r-", email=email.lower()).exists():
        token = make_link(email=email, purpose=SIGN_IN, lifetime=SIGN_IN_LINK)
        values["address"] = place_of("applications:sign_in_link", slug=current_municipality().slug, token=token)
    recipient = Recipient(name="", language=language, email=email, channel="email")
    notify("accounts/code", to=recipient, about=current_municipality(), division=None, values=values)
    return code.id
