"""How branches show themselves on a case's page, and how this room shows itself on the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.http import HttpRequest
from django.utils.translation import gettext as _

from madoguchi.accounts.backends import MenuItem, menu_of
from madoguchi.accounts.models import Membership
from madoguchi.applications.models import Application, Subject
from madoguchi.lib.addresses import address
from madoguchi.lib.backends import Backends
from madoguchi.procedures.models import Procedure


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


class PlacesPanel:
    """On the procedure's page: how many places are left, where they are limited. Settings: PROCEDURE_PANELS["places"]."""

    def panel(self, procedure: Procedure, request: HttpRequest) -> CasePanel | None:
        if procedure.capacity is None:
            return None
        taken = Subject.objects.holding_a_place(procedure).count()
        context = {"capacity": procedure.capacity, "left": max(0, procedure.capacity - taken)}
        return CasePanel("", "applications/places.html", context)


class CasesMenu:
    """Settings: MENUS["applications"] = {"BACKEND": "madoguchi.applications.backends.CasesMenu"}, the first of them."""

    def items(self, request: HttpRequest) -> list[MenuItem]:
        slug = request.municipality.slug
        return [
            MenuItem(_("申請の一覧"), address("applications_desk:queue", slug=slug), "cases.read"),
            MenuItem(_("決裁と状況"), address("applications_desk:chief", slug=slug), "cases.approve"),
        ]
