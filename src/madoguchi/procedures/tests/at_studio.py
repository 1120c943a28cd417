"""Hands for the studio's tests: changes, pages as text, and what a browser would send of a panel."""

from __future__ import annotations

import html
import re
from typing import Any

from madoguchi.procedures.models import FormDraft

STUDIO = "/koto/desk/procedures/dog/studio/"


def text(at: str, value: str, key: str = "label", language: str = "ja") -> dict[str, Any]:
    return {"do": "text", "at": at, "key": key, "language": language, "value": value}


def body_of(response: Any) -> str:
    return html.unescape(response.content.decode())


def panel(client: Any, at: str, studio: str = STUDIO) -> dict[str, Any]:
    """What the browser would send of a part's panel as it stands: a select sends its first option where none is chosen."""
    given = client.get(studio, {"at": at}).context
    rules = given["form"].rules()
    shown = [*given["plain"]["visible_fields"], *(item for _name, items in given["form"].texts() for item in items)]
    operands = given["form"].formula.operands() if given["form"].formula else []
    shown += [item for _name, items in operands for item in items]
    shown += [*(item for rule in rules for row in rule.rows() for item in row)]
    shown += [rule.join for rule in rules]
    return {**{item.name: value for item in shown if (value := sent(item)) is not None}, "at": at, "edition": given["draft"].edition}


def sent(item: Any) -> Any:
    value = item.value()
    if hasattr(item.field, "choices"):
        offered = [str(one) for one, _label in item.field.choices]
        return str(value) if str(value) in offered else offered[0]
    if isinstance(value, bool):
        return "on" if value else None
    return (
        str(value).replace("\n", "\r\n")
        if "Textarea" in type(item.field.widget).__name__
        else re.sub(r"[\r\n]", "", "" if value is None else str(value))
    )


def document_of(draft: FormDraft) -> dict[str, Any]:
    draft.refresh_from_db()
    return draft.document
