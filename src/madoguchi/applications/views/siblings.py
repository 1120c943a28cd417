"""What a page of one application says about those that are filed together with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from madoguchi.applications.models import Application, FilingBundle, FilingMember, siblings_of
from madoguchi.applications.views.access import grant
from madoguchi.lib.addresses import address


@dataclass(frozen=True)
class Together:
    """Which of how many this application is, in what is filed together."""

    filing: FilingBundle
    number: int
    total: int


def together_of(application: Application) -> Together | None:
    """The filing of an application and its place there; None for one that is filed alone."""
    mine = getattr(application, "filed_with", None)
    if mine is None:
        return None
    every = list(FilingMember.objects.filter(filing=mine.filing_id).values_list("pk", flat=True))
    return Together(mine.filing, every.index(mine.pk) + 1, len(every))


def filing_of_member(application: Application) -> FilingBundle | None:
    """The filing of an application, if there is one."""
    found = together_of(application)
    return found.filing if found is not None else None


def bundle_address(request: HttpRequest, name: str, filing: FilingBundle, **parts: Any) -> str:
    """Address of one of a filing's pages."""
    return address(f"applications:{name}", slug=request.municipality.slug, filing=filing.uuid, **parts)


def open_siblings(request: HttpRequest, application: Application) -> FilingBundle | None:
    """After a link to a proven address: what is filed together with the application and goes to the same address; gives the filing."""
    filing = filing_of_member(application)
    if filing is None or not application.email:
        return None
    for other in siblings_of(application):
        if other.email == application.email:
            grant(request, other, full=True)
    grant(request, filing, full=True)
    return filing
