"""Telling the resident what the desk did: one place that knows to whom, how the case is named and where its page is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.urls import NoReverseMatch

from madoguchi.applications.models import Application
from madoguchi.applications.models.reading import applicant
from madoguchi.lib.addresses import address
from madoguchi.notices.actions import notify
from madoguchi.notices.models import Notice


def status_address(application: Application) -> str:
    """Where number and passphrase open the case; a link in a mail opens nothing by itself."""
    slug = application.municipality.slug
    try:
        return address("applications:status_sign_in", slug=slug)
    except NoReverseMatch:  # a process that serves the desk only
        return f"/{slug}/status/"


def inform(
    application: Application,
    template: str,
    *,
    about: Any = None,
    number: str = "",
    due: date | None = None,
    until: date | None = None,
    document: dict[str, Any] | None = None,
    hold: bool = False,
    letter: bool = False,
) -> Notice:
    """Write a notice about a case to its applicant; `letter` asks for paper even where there is an e-mail address."""
    to = application.recipient(applicant(application))
    if letter and to.address:
        to = replace(to, channel="post")
    values: dict[str, Any] = {
        "procedure": application.procedure.name,
        "number": number or application.number or "",
        "address": status_address(application),
    }
    values |= {name: day for name, day in (("due", due), ("until", until)) if day is not None}
    return notify(
        template,
        to=to,
        about=about if about is not None else application,
        division=application.division,
        thread=str(application.uuid),
        values=values,
        document=document,
        hold=hold,
    )
