"""How this room shows itself on the desk."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from madoguchi.accounts.backends import MenuItem
from madoguchi.lib.addresses import address


class NoticesMenu:
    """Settings: MENUS["notices"] = {"BACKEND": "madoguchi.notices.backends.NoticesMenu"}."""

    def items(self, request: HttpRequest) -> list[MenuItem]:
        slug = request.municipality.slug
        return [
            MenuItem(_("通知"), address("notices_desk:list", slug=slug), "notices.read"),
            MenuItem(_("印刷する通知"), address("notices_desk:letters", slug=slug), "cases.read"),
        ]
