"""How branches show themselves on a case's page, and how this room shows itself on the desk."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.backends import MenuItem, menu_of
from madoguchi.accounts.models import AuditEntry, Membership
from madoguchi.applications.models import (
    Application,
    ApplicationQuerySet,
    Channel,
    Correction,
    FilingBundle,
    Subject,
    siblings_of,
    taken_paths,
)
from madoguchi.lib.addresses import address
from madoguchi.lib.backends import Backends
from madoguchi.procedures.backends import Use
from madoguchi.procedures.models import Procedure, ProcedureVersion, Taken

SESSION_KEY = "applications"  # what this browser may go on with: {uuid: {"at", "full", "phrase"}}


@dataclass(frozen=True)
class CasePanel:
    """A block on the case page: its heading, the template that draws it and what that reads."""

    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


class Panel(Protocol):
    """What a branch adds to a case's page; None where it has nothing to say about this case to this viewer."""

    def panel(self, application: Application, viewer: Membership) -> CasePanel | None: ...


panels: Backends[Panel] = Backends("CASE_PANELS")


def panels_for(application: Application, viewer: Membership) -> list[CasePanel]:
    """What the branches have to say, in the order of the settings."""
    found = (panel.panel(application, viewer) for _alias, panel in panels.all())
    return [one for one in found if one is not None]


def first_page(request: HttpRequest) -> str:
    """Where a member begins who opens no cases: the first entry of their menu; "" without one."""
    return next((item.address for item in menu_of(request)), "")


def continuing(request: HttpRequest) -> list[Application]:
    """Drafts that this browser may go on with: those of the account, and those of a session that has not rested too long."""
    held = request.session.get(SESSION_KEY, {})
    fresh = [uuid for uuid, one in held.items() if timezone.now().timestamp() - one["at"] <= settings.ANONYMOUS_REST_SECONDS]
    drafts = Application.objects.drafts().select_related("procedure")
    mine = drafts.filter(uuid__in=fresh)
    if request.user.is_authenticated:
        mine = mine | drafts.filter(resident=request.user)
    return list(mine.order_by("-saved_at"))


def filings_here(request: HttpRequest) -> list[FilingBundle]:
    """What was begun together and this browser may go on with, or look at: of the account, or of a session that has not rested too long."""
    held = request.session.get(SESSION_KEY, {})
    rows = FilingBundle.objects.filter(uuid__in=held)
    if request.user.is_authenticated:
        rows = rows | FilingBundle.objects.filter(resident=request.user)
    return [one for one in rows.defer("document", "values", "typed") if level(request, one)]


def of_phrase(application: Application | FilingBundle) -> str:
    """What changes with the passphrase: a new one given at the counter closes what the old one had opened."""
    return hashlib.sha256(application.phrase_hash.encode()).hexdigest()[:16]


def level(request: HttpRequest, application: Application | FilingBundle) -> str:
    """What this browser may see of an application: "full", "basic" (number and passphrase only) or "" (not this browser's)."""
    if request.user.is_authenticated and application.resident_id == request.user.pk:
        return "full"
    held = request.session.get(SESSION_KEY, {}).get(str(application.uuid))
    if not held or timezone.now().timestamp() - held["at"] > settings.ANONYMOUS_REST_SECONDS:
        return ""
    if held.get("phrase") != of_phrase(application):
        return ""
    return "full" if held["full"] else "basic"


class StatusPanel(Protocol):
    """What a branch adds to a resident's status page, for who may see the whole application; None where it has nothing to say."""

    def panel(self, application: Application, request: HttpRequest) -> CasePanel | None: ...


status_panels: Backends[StatusPanel] = Backends("STATUS_PANELS")


def status_panels_for(application: Application, request: HttpRequest) -> list[CasePanel]:
    """What the branches say on the status page, in the order of the settings."""
    found = (panel.panel(application, request) for _alias, panel in status_panels.all())
    return [one for one in found if one is not None]


class ContinuePanel:
    """On the procedure's page, before "start": go on with what you began, so that nobody ends up with four drafts."""

    def panel(self, procedure: Procedure, request: HttpRequest) -> CasePanel | None:
        drafts = [draft for draft in continuing(request) if draft.procedure_id == procedure.pk]
        return CasePanel("", "applications/continue.html", {"drafts": drafts}) if drafts else None


class PlacesPanel:
    """On the procedure's page: how many places are left, where they are limited. Settings: PROCEDURE_PANELS["places"]."""

    def panel(self, procedure: Procedure, request: HttpRequest) -> CasePanel | None:
        if procedure.capacity is None:
            return None
        taken = Subject.objects.holding_a_place(procedure).count()
        context = {"capacity": procedure.capacity, "left": max(0, procedure.capacity - taken)}
        return CasePanel("", "applications/places.html", context)


class OnlineFilings:
    """What was filed online in a span of days, by procedure and by month. Settings: FILING_COUNTS["applications"]."""

    def filed(self, first: date, last: date) -> dict[int, int]:
        rows = self._online(first, last).values("procedure")
        return {row["procedure"]: row["count"] for row in rows.annotate(count=Count("pk"))}

    def by_month(self, first: date, last: date) -> dict[date, int]:
        rows = self._online(first, last).annotate(month=TruncMonth("arrived_at")).values("month").annotate(count=Count("pk"))
        return {timezone.localdate(row["month"]): row["count"] for row in rows.order_by()}

    def _online(self, first: date, last: date) -> ApplicationQuerySet:
        days = {"arrived_at__date__gte": first, "arrived_at__date__lte": last}
        return Application.objects.filed().filter(channel__in=(Channel.ONLINE, Channel.MYNA), **days)


class ProcedureUse:
    """How a procedure is used, for those who think of adopting it. Settings: PROCEDURE_USE["applications"].

    Begun is counted from what was written down at the time: drafts that nobody went on with are gone by now.
    """

    def use(self, procedure: int) -> Use:
        filed = Application.objects.filed().filter(procedure=procedure, channel=Channel.ONLINE)
        slug = Procedure.objects.values_list("slug", flat=True).get(pk=procedure)
        begun = AuditEntry.objects.filter(verb="applications.start", details__procedure=slug, details__channel=Channel.ONLINE)
        number = filed.count()
        asked = Correction.objects.filter(application__in=filed).count()
        return Use(started=max(begun.count(), number), filed=number, corrections=asked)


class Paths:
    """Which pages people took. Settings: PATH_COUNTS["applications"]."""

    def taken(self, version: ProcedureVersion) -> Taken:
        return taken_paths(version)


class TogetherPanel:
    """Settings: CASE_PANELS["together"]: what was sent together with this case. Of other divisions' cases only how many there are."""

    def panel(self, application: Application, viewer: Membership) -> CasePanel | None:
        others = [one for one in siblings_of(application) if not one.is_draft]
        if not others:
            return None
        mine = [one for one in others if viewer.may("cases.read") and one.procedure.division_id == viewer.division_id]
        return CasePanel(
            _("まとめて送られた手続き"), "applications/desk/desk_together.html", {"cases": mine, "elsewhere": len(others) - len(mine)}
        )


class CasesMenu:
    """Settings: MENUS["applications"] = {"BACKEND": "madoguchi.applications.backends.CasesMenu"}, the first of them."""

    def items(self, request: HttpRequest) -> list[MenuItem]:
        slug = request.municipality.slug
        return [
            MenuItem(_("申請の一覧"), address("applications_desk:queue", slug=slug), "cases.read"),
            MenuItem(_("決裁と状況"), address("applications_desk:chief", slug=slug), "cases.approve"),
        ]
