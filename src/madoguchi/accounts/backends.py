"""How rooms show themselves on pages that are not theirs: menus, named in settings, absent with the room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from madoguchi.lib.addresses import address
from madoguchi.lib.backends import Backends

LONGEST_END = 40  # of the name under which an opinion is kept


@dataclass(frozen=True)
class MenuItem:
    label: str
    address: str
    permission: str


class Menu(Protocol):
    """What a room adds to the desk's menu for a member."""

    def items(self, request: HttpRequest) -> list[MenuItem]: ...


menus: Backends[Menu] = Backends("MENUS")


@dataclass(frozen=True)
class Banner:
    """Something that every page of residents says first: `template` is included with `banner` = `context`."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


class PageBanner(Protocol):
    """What a room says on every page of residents; None where it has nothing to say."""

    def banner(self, request: HttpRequest) -> Banner | None: ...


page_banners: Backends[PageBanner] = Backends("PAGE_BANNERS")


def banners_of(request: HttpRequest) -> list[Banner]:
    """What the rooms say on this municipality's pages, in the order of the settings."""
    if getattr(request, "municipality", None) is None:
        return []
    return [banner for _alias, backend in page_banners.all() if (banner := backend.banner(request)) is not None]


def menu_of(request: HttpRequest) -> list[MenuItem]:
    """What the member of this request may open, in the order of the settings; nothing without a member."""
    member = getattr(request, "member", None)
    if member is None:
        return []
    return [item for _, menu in menus.all() for item in menu.items(request) if member.may(item.permission)]


def desk_context(request: HttpRequest, items: list[MenuItem]) -> dict[str, Any]:
    """What every desk page has: which entry of the menu it belongs to, the search box, the slot for what the staff think of it.

    The rooms that answer the last two are named in the settings, so that this room knows neither; absent with the room.
    """
    match, path = request.resolver_match, request.path
    inside = [item.address for item in items if match is not None and path.startswith(item.address)]
    here, searches = max(inside, key=len, default=""), request.member.may("cases.read")
    return {
        "menu_here": here,
        "search_address": _served(settings.DESK_SEARCH, request) if searches else "",
        "feedback_address": _served(settings.DESK_FEEDBACK, request),
        "feedback_end": f"desk:{match.view_name.replace('_desk:', '.')}"[:LONGEST_END] if match is not None else "desk:not_found",
        "feedback_next": request.get_full_path() if request.method == "GET" else here,
    }


def _served(name: str, request: HttpRequest) -> str:
    """The address of a page that a setting names; "" where this process does not serve it."""
    try:
        return address(name, slug=request.municipality.slug) if name else ""
    except NoReverseMatch:
        return ""


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every page may need: the municipality, the member, the menu, the language."""
    member, items = getattr(request, "member", None), menu_of(request)
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
        "banners": SimpleLazyObject(lambda: banners_of(request)),  # asked for by residents' pages only
        **(desk_context(request, items) if member is not None else {}),
    }
