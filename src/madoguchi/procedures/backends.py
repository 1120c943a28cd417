"""What this room shows elsewhere, and what others show on its pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.backends import Banner, MenuItem
from madoguchi.accounts.models import User
from madoguchi.engines.forms import Form
from madoguchi.lib.addresses import address
from madoguchi.lib.backends import Backends
from madoguchi.procedures.models import DueDay, Impact, Outage, Procedure, ProcedureVersion, Taken


@dataclass(frozen=True)
class Panel:
    """A part of a procedure's page: `template` is included with `panel` = `context`."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


class ProcedurePanel(Protocol):
    """What a higher room adds to a procedure's page, such as places left; None where it has nothing to say."""

    def panel(self, procedure: Procedure, request: HttpRequest) -> Panel | None: ...


panels: Backends[ProcedurePanel] = Backends("PROCEDURE_PANELS")


class FormPreview(Protocol):
    """A page of a form as residents see it, drawn by the room that fills forms: (template, what it is given as `panel`)."""

    def page(self, form: Form, page_id: str, language: str) -> tuple[str, dict[str, Any]]: ...


previews: Backends[FormPreview] = Backends("FORM_PREVIEWS")


class FilingCounts(Protocol):
    """How many filings came online in a span of days: {procedure id: number}, {first of a month: number}. A higher room knows."""

    def filed(self, first: date, last: date) -> Mapping[int, int]: ...

    def by_month(self, first: date, last: date) -> Mapping[date, int]: ...


filing_counts: Backends[FilingCounts] = Backends("FILING_COUNTS")


def filed_online(first: date, last: date) -> dict[int, int]:
    """The filings of every room that counts some."""
    total: Counter[int] = Counter()
    for _alias, backend in filing_counts.all():
        total.update(backend.filed(first, last))
    return dict(total)


@dataclass(frozen=True)
class Use:
    """How a procedure is used: applications begun, filed, and corrections asked for."""

    started: int = 0
    filed: int = 0
    corrections: int = 0

    def __add__(self, other: Use) -> Use:
        return Use(self.started + other.started, self.filed + other.filed, self.corrections + other.corrections)


class ProcedureUse(Protocol):
    """How a procedure (by its key, in the open scope) is used, as the room that takes applications counts it."""

    def use(self, procedure: int) -> Use: ...


procedure_use: Backends[ProcedureUse] = Backends("PROCEDURE_USE")


def use_of(procedure: int) -> Use:
    """The use of a procedure, over every room that counts some."""
    return sum((backend.use(procedure) for _alias, backend in procedure_use.all()), Use())


def filed_by_month(first: date, last: date) -> dict[date, int]:
    """The same, month by month."""
    total: Counter[date] = Counter()
    for _alias, backend in filing_counts.all():
        total.update(backend.by_month(first, last))
    return dict(total)


class UnderWay(Protocol):
    """A higher room that holds what people began with earlier versions."""

    def impact(self, procedure: Procedure, form: Form) -> Impact:
        """Whom it would touch if the form became the next version."""
        ...

    def hand_over(self, version: ProcedureVersion, by: User | None) -> None:
        """Treat everything under way as the new version's `ways` say."""
        ...


under_way: Backends[UnderWay] = Backends("UNDER_WAY")


def impact_of(procedure: Procedure, form: Form) -> Impact:
    """What the room that holds applications says; nothing without one."""
    return next((backend.impact(procedure, form) for _alias, backend in under_way.all()), Impact())


class DeadlineKeeper(Protocol):
    """Deadlines that a higher room keeps, such as those of corrections; it also knows who is at a form that closes."""

    def due(self, outage: Outage) -> list[DueDay]: ...

    def moved(self, outage: Outage) -> int: ...

    def move(self, outage: Outage, keys: Collection[str], by: User) -> int: ...

    def take_back(self, outage: Outage, by: User) -> int: ...

    def tell_closing(self, procedure: Procedure, day: date, by: User) -> int: ...


deadline_keepers: Backends[DeadlineKeeper] = Backends("DEADLINE_KEEPERS")


class PathCounts(Protocol):
    """Which pages of a version's form people took. A higher room keeps the answers; this one draws the map."""

    def taken(self, version: ProcedureVersion) -> Taken: ...


path_counts: Backends[PathCounts] = Backends("PATH_COUNTS")


def taken_of(version: ProcedureVersion) -> Taken:
    """What the room above has counted; nothing where nobody counts."""
    return next((backend.taken(version) for _alias, backend in path_counts.all()), Taken())


class OutageBanner:
    """On every page of residents: the service was down, is down, or will be. Settings: PAGE_BANNERS["outages"]."""

    def banner(self, request: HttpRequest) -> Banner | None:
        found = list(Outage.objects.to_say(timezone.now())[:3])
        return Banner("procedures/parts/outages.html", {"outages": found}) if found else None


class OutagesMenu:
    """The way to the outages, for the ICT section."""

    def items(self, request: HttpRequest) -> list[MenuItem]:
        slug = request.municipality.slug  # type: ignore[attr-defined]
        return [MenuItem(_("停止の記録"), address("procedures_desk:outages", slug=slug), "forms.publish")]


class InventoryMenu:
    """The way to the inventory, for who answers it or manages it."""

    def items(self, request: HttpRequest) -> list[MenuItem]:
        slug = request.municipality.slug  # type: ignore[attr-defined]
        return [MenuItem(_("棚卸"), address("procedures_desk:inventory", slug=slug), "inventory.answer")]


class ProceduresMenu:
    """The desk's way to the procedures."""

    def items(self, request: HttpRequest) -> list[MenuItem]:
        slug = request.municipality.slug  # type: ignore[attr-defined]
        return [MenuItem(_("手続き"), address("procedures_desk:list", slug=slug), "desk")]
