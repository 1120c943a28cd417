"""How rooms show themselves on pages that are not theirs: menus, named in settings, absent with the room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from madoguchi.lib.backends import Backends


@dataclass(frozen=True)
class MenuItem:
    label: str
    address: str
    permission: str


class Menu(Protocol):
    """What a room adds to the desk's menu for a member."""

    def items(self, request: HttpRequest) -> list[MenuItem]: ...


menus: Backends[Menu] = Backends("MENUS")


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every page may need: the municipality, the member, the menu, the language."""
    member = getattr(request, "member", None)
    items: list[MenuItem] = []
    if member is not None:
        items = [item for _, menu in menus.all() for item in menu.items(request) if member.may(item.permission)]
    language = get_language() or "ja"
    return {
        "municipality": getattr(request, "municipality", None),
        "member": member,
        "menu_items": items,
        "language": language,
        "html_lang": "en" if language == "en" else "ja",
        "languages": settings.LANGUAGES,
        "is_desk": getattr(request, "is_desk", False),
        "is_demo": settings.DEMO,
    }
