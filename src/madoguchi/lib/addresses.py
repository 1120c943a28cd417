"""Addresses of pages that lie under a municipality's path."""

from __future__ import annotations

from typing import Any

from django.urls import reverse


def address(name: str, *, slug: str | None, **parts: Any) -> str:
    """The path of a named page, such as `address("applications:status", slug="koto", uuid=…)`.

    `slug` None is for pages of no municipality (sign-in, language). Raises `NoReverseMatch` for a page that this process does not serve.
    """
    return reverse(name, kwargs=parts if slug is None else {"slug": slug, **parts})
