"""How this room shows itself on pages that are not its own: the desk's menu, and a block on the application's page."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from madoguchi.accounts.backends import MenuItem
from madoguchi.accounts.models import Membership
from madoguchi.applications.backends import CasePanel
from madoguchi.applications.models import Application
from madoguchi.lib.addresses import address
from madoguchi.nursery.models import Candidate, Household, Round


class NurseryMenu:
    """Settings: MENUS["nursery"] = {"BACKEND": "madoguchi.nursery.backends.NurseryMenu"}; only for a division that has rounds to run."""

    def items(self, request: HttpRequest) -> list[MenuItem]:
        member: Membership = request.member  # type: ignore[attr-defined]
        if member.division is None or not _has_nursery(member):
            return []
        return [MenuItem(_("利用調整"), address("nursery_desk:rounds", slug=request.municipality.slug), "cases.read")]  # type: ignore[attr-defined]


def _has_nursery(member: Membership) -> bool:
    """A division with a nursery procedure, or with rounds already."""
    return (
        Round.objects.filter(procedure__division=member.division).exists()
        or member.division.procedures.filter(slug__startswith="hoiku").exists()
    )


class NurseryPanel:
    """Settings: CASE_PANELS["nursery"]: in which rounds this application's children are, and what became of them."""

    def panel(self, application: Application, viewer: Membership) -> CasePanel | None:
        households = list(Household.objects.filter(application=application).select_related("round").order_by("-round__month", "-pk"))
        if not households or not viewer.may("cases.read"):
            return None
        children = Candidate.objects.filter(household__in=households).select_related("placed", "current").order_by("order")
        rows = [(household, [child for child in children if child.household_id == household.pk]) for household in households]
        return CasePanel(_("利用調整"), "nursery/desk/part_case_panel.html", {"households": rows})
