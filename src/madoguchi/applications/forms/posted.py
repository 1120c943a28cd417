"""What a browser posts: `a:<path>[:<part>]` boxes, `q:<path>` searches, `f:<path>` files, `act` the button."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from madoguchi.engines.forms import Item

ACTS = frozenset(
    {
        "next",
        "back",
        "save",
        "leave",
        "autosave",
        "postal",
        "search",
        "pick",
        "up",
        "down",
        "drop",
        "upload",
        "unfile",
        "add",
        "remove",
        "row",
    }
)


@dataclass(frozen=True)
class Act:
    """The button that was pressed: its word, the path it is about, and an id behind it."""

    word: str = "next"
    path: str = ""
    id: str = ""


def posted_act(request: HttpRequest) -> Act:
    """`pick:wishes|100010` → Act("pick", "wishes", "100010"); anything unknown is the plain next."""
    word, _, rest = request.POST.get("act", "next").partition(":")
    path, _, key = rest.partition("|")
    return Act(word, path, key) if word in ACTS else Act()


def posted_parts(request: HttpRequest, items: Iterable[Item]) -> dict[str, dict[str, list[str]]]:
    """path → part → texts for the items that were on the page (hidden `shown` names them: an unticked box posts nothing).

    What was neither shown nor posted is left alone: a request without boxes must not empty a page.
    """
    shown = set(request.POST.getlist("shown"))
    found: dict[str, dict[str, list[str]]] = {}
    for item in items:
        if item.question.type in ("file", "information", "calculated"):
            continue
        parts = _parts(request.POST, item)
        if item.path not in shown and not parts:
            continue
        if item.question.type == "mynumber" and item.answered and not any(text for texts in parts.values() for text in texts):
            continue  # a number that was given is never sent back to the page: an empty box keeps it
        found[item.path] = parts
    return found


def _parts(data: Mapping[str, str], item: Item) -> dict[str, list[str]]:
    name = f"a:{item.path}"
    parts = {key[len(name) + 1 :] if key != name else "": data.getlist(key) for key in data if key == name or key.startswith(f"{name}:")}
    return {part: texts for part, texts in parts.items() if part != "keep"}


def uploaded(request: HttpRequest) -> dict[str, list[UploadedFile]]:
    """path → files chosen for it."""
    return {key[2:]: files for key in request.FILES if key.startswith("f:") and (files := request.FILES.getlist(key))}
