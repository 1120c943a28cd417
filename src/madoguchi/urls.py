"""Addresses: /<municipality>/… residents, /<municipality>/desk/… staff; `MADOGUCHI_SERVE` leaves the other half out.

A room's urls.py holds a list per audience: `resident`, `desk`, `shared` (outside every municipality). Their namespaces are
`<room>`, `<room>_desk` and `<room>_shared`.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

Patterns = list[URLPattern | URLResolver]


def patterns(audience: str) -> Patterns:
    """The paths of every installed room for one audience."""
    found: Patterns = []
    for app in settings.INSTALLED_APPS:
        if app.startswith("madoguchi.") and find_spec(f"{app}.urls"):
            module = import_module(f"{app}.urls")
            room = app.rsplit(".", 1)[1]
            namespace = room if audience == "resident" else f"{room}_{audience}"
            found += [path("", include((part, namespace)))] if (part := getattr(module, audience, [])) else []
    return found


def build() -> Patterns:
    found: Patterns = patterns("shared")
    if settings.SERVE in ("all", "desk"):
        found.append(path("<slug:slug>/desk/", include(patterns("desk"))))
    if settings.SERVE in ("all", "resident"):
        found.append(path("<slug:slug>/", include(patterns("resident"))))
    return found


urlpatterns = build()
handler404 = "madoguchi.accounts.views.not_found"
handler500 = "madoguchi.accounts.views.went_wrong"
