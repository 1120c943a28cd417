"""What tests of desk pages share: signing in, addresses, the text of a page."""

from __future__ import annotations

from typing import Any

DESK = "/koto/desk/"


def sign_in(client: Any, member: Any) -> Any:
    """The client, signed in at the desk (whose cookie is not the residents')."""
    client.force_login(member.user)
    client.cookies["madoguchi_desk"] = client.cookies["sessionid"].value
    return client


def at(application: Any, rest: str = "") -> str:
    return f"{DESK}cases/{application.number}/{rest}"


def text(response: Any) -> str:
    return str(response.content.decode())
