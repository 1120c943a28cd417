"""How this room shows itself on the desk."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from madoguchi.accounts.backends import MenuItem
from madoguchi.lib.addresses import address


class JobsMenu:
    """Settings: MENUS["jobs"] = {"BACKEND": "madoguchi.jobs.backends.JobsMenu"}."""

    def items(self, request: HttpRequest) -> list[MenuItem]:
        slug = request.municipality.slug
        return [
            MenuItem(_("作業"), address("jobs_desk:list", slug=slug), "jobs.read"),
            MenuItem(_("システムの状態"), address("jobs_desk:health", slug=slug), "jobs.manage"),
        ]
