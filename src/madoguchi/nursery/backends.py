"""How this room shows itself on pages that are not its own: the desk's menu, and a block on the application's page."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from madoguchi.accounts.backends import MenuItem
from madoguchi.accounts.models import Membership
from madoguchi.applications.backends import CasePanel, level
from madoguchi.applications.models import Application
from madoguchi.lib.addresses import address
from madoguchi.nursery.models import Candidate, Household, Round
from madoguchi.procedures.models import Procedure


class NurseryMenu:
    """Settings: MENUS["nursery"] = {"BACKEND": "madoguchi.nursery.backends.NurseryMenu"}; only for a division that has rounds to run."""

    def items(self, request: HttpRequest) -> list[MenuItem]:
        member: Membership = request.member  # type: ignore[attr-defined]
        if member.division is None or not has_nursery(member):
            return []
        return [MenuItem(_("利用調整"), address("nursery_desk:rounds", slug=request.municipality.slug), "cases.read")]  # type: ignore[attr-defined]


def has_nursery(member: Membership) -> bool:
    """A division with a nursery procedure, or with rounds already; one query, because every page of the desk asks."""
    return member.division.procedures.filter(Q(slug__startswith="hoiku") | Q(rounds__isnull=False)).exists()


class NurseryPanel:
    """Settings: CASE_PANELS["nursery"]: in which rounds this application's children are, and what became of them."""

    def panel(self, application: Application, viewer: Membership) -> CasePanel | None:
        households = list(Household.objects.filter(application=application).select_related("round").order_by("-round__month", "-pk"))
        if not households or not viewer.may("cases.read"):
            return None
        children = Candidate.objects.filter(household__in=households).select_related("placed", "current").order_by("order")
        rows = [(household, [child for child in children if child.household_id == household.pk]) for household in households]
        return CasePanel(_("利用調整"), "nursery/desk/part_case_panel.html", {"households": rows})


class ResultPanel:
    """Settings: STATUS_PANELS["nursery"]: from the status page to why, to the wishes, to the set for 育休延長."""

    def panel(self, application: Application, request: HttpRequest) -> CasePanel | None:
        if not Household.objects.filter(application=application).exists():
            return None
        return CasePanel(_("保育園の利用調整"), "nursery/parts/result_panel.html", {"uuid": application.uuid})


class ProcedurePanel:
    """Settings: PROCEDURE_PANELS["nursery"]: before applying, the points, the facilities and the siblings' conditions."""

    def panel(self, procedure: Procedure, request: HttpRequest) -> CasePanel | None:
        if not Round.objects.filter(procedure=procedure).exists():
            return None
        return CasePanel("", "nursery/parts/procedure_panel.html", {})


def own_application(request: HttpRequest, uuid: UUID) -> Application | None:
    """The application if this browser may see all of it; None for one that it may not (the status page takes the proof)."""
    found = Application.objects.select_related("procedure__division", "version", "resident", "municipality").filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found if level(request, found) == "full" else None
