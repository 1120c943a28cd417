"""Editing a form document step by step: each change is data, gives a new document, and knows the change that takes it back.

The studio does nothing else to a document, so that undo, history and "who changed what" are lists of changes. A document under
edit need not be sound (a new question has no label yet); `load` says what is still missing, and only a sound one is published.

A part is named by its address: `""` the form, `page:you`, `section:you/more`, `question:name`, `choice:job/public`, `calculation:sum`,
`check:birth/0`. Changes:

    {"do": "set", "at", "key", "value"}                      a property; None takes it away
    {"do": "text", "at", "key", "language", "value"}         one language of a text; "" takes it away
    {"do": "add", "into", "kind", "part", "index"?}          page, section, question, choice, calculation, check
    {"do": "remove", "at", "retire"?}                        refused while a rule reads it; ids of it named in `retire` cannot come back
    {"do": "move", "at", "into", "index"}
    {"do": "rename", "at", "id"}                             with every rule that names it
    {"do": "wrap", "at", "id"?}, {"do": "unwrap", "at"}      a page's questions into its first section, and out of its only one
    {"do": "repeat", "at", "value", "retire"?}               a page or section becomes a group that repeats, or (None) no group any more
    {"do": "retype", "at", "type", "own"?}                   another type for a question: what the type does not know goes, `own` comes
    {"do": "replace", "at", "part"}                          a question as another text of it has it, same id and type
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .editing_parts import (
    CHILDREN,
    HOME,
    Change,
    Found,
    Json,
    Rejected,
    address_of,
    find,
    free_id,
    free_place,
    names_below,
    names_in,
    parts,
    places_in,
    read_outside,
    renamed,
    require_id,
    retire,
    unretire,
    uses,
)  # fmt: skip
from .editing_shape import SHAPES

__all__ = [
    "CHILDREN",
    "Change", "Edited", "Found", "Json", "Rejected", "address_of", "edit", "find", "free_id", "free_place", "names_in", "parts", "places_in",
    "uses",
]  # fmt: skip
NOT_SET: Final = frozenset({"id", *CHILDREN.values(), "retired", "schema", "repeat"})


@dataclass(frozen=True)
class Edited:
    """The new document, and the change that gives the old one back."""

    document: Json
    undo: Change


def edit(document: Mapping[str, Any], change: Change) -> Edited:
    """Make one change. The document given is left as it is. Raises Rejected."""
    made = copy.deepcopy(dict(document))
    act = _ACTS.get(str(change.get("do")))
    if act is None:
        raise Rejected("unknown_change", str(change.get("do")))
    return Edited(made, act(made, change))


# -- the changes ----------------------------------------------------------------------------------------------------------------------


def _set(document: Json, change: Change) -> Change:
    found, key = find(document, change["at"]), str(change["key"])
    if key in NOT_SET or (key == "type" and found.kind == "question"):
        raise Rejected("not_set", key)
    before = found.part.get(key)
    _put(found.part, key, copy.deepcopy(change.get("value")))
    return {"do": "set", "at": change["at"], "key": key, "value": before}


def _put(part: Json, key: str, value: Any) -> None:
    if value is None:
        part.pop(key, None)
    else:
        part[key] = value


def _text(document: Json, change: Change) -> Change:
    found, key, language = find(document, change["at"]), str(change["key"]), str(change["language"])
    if key in NOT_SET:
        raise Rejected("not_set", key)
    texts = dict(found.part.get(key) or {})
    before = texts.get(language, "")
    _put(texts, language, change["value"] or None)
    _put(found.part, key, texts or None)
    return {"do": "text", "at": change["at"], "key": key, "language": language, "value": before}


def _add(document: Json, change: Change) -> Change:
    kind, home, part = str(change["kind"]), find(document, change["into"]), copy.deepcopy(dict(change["part"]))
    _require_home(kind, part, home)
    unretire(document, change)
    if kind != "check":
        require_id(document, kind, part.get("id"), home)
        _require_inner(document, part)
    is_first = CHILDREN[kind] not in home.part
    siblings = home.part.setdefault(CHILDREN[kind], [])
    index = min(max(0, change.get("index", len(siblings))), len(siblings))
    siblings.insert(index, part)
    return {
        "do": "remove",
        "at": address_of(kind, part, change["into"], index),
        "tidy": is_first,
        "retire": list(change.get("unretire", ())),
    }


def _require_home(kind: str, part: Json, home: Found) -> None:
    if home.kind not in HOME.get(kind, ()):
        raise Rejected("wrong_place", kind, home.kind)
    if kind == "question" and home.kind == "page" and "sections" in home.part:
        raise Rejected("wrong_place", kind, home.kind)
    if kind == "section" and ("questions" in home.part or ("repeat" in home.part and "repeat" in part)):  # no group within a group
        raise Rejected("wrong_place", kind, home.kind)


def _require_inner(document: Json, part: Json) -> None:
    """Sections, questions and groups that come with a page or section keep to the name spaces too."""
    for section in part.get("sections", ()):
        if section.get("id") in places_in(document):
            raise Rejected("id_taken", f"section:{section.get('id')}")
    known, retired = names_in(document), set(document.get("retired", ()))
    inner = [one for _address, one in parts({"pages": [{"id": "x", "sections": [part]}] if "questions" in part else [part]})]
    for one in inner:
        names = [one.part.get("id")] if one.kind == "question" else []
        names += [one.part["repeat"].get("id")] if isinstance(one.part.get("repeat"), Mapping) else []
        for name in names:
            if name in known:
                raise Rejected("id_taken", f"{one.kind}:{name}")
            if name in retired:
                raise Rejected("id_retired", str(name))


def _remove(document: Json, change: Change) -> Change:
    address = str(change["at"])
    found = find(document, address)
    if found.kind == "form":
        raise Rejected("wrong_place", "form")
    names = names_below(found)
    if readers := read_outside(document, names, address):
        raise Rejected("still_used", *readers)
    _take_out(document, found, change)
    undo: Json = {"do": "add", "into": found.home, "kind": found.kind, "part": found.part, "index": found.index}
    return undo | retire(document, names, change)


def _take_out(document: Json, found: Found, change: Change) -> None:
    """Out of its list; the list goes too where a change had made it (`tidy`)."""
    del found.siblings[found.index]
    if change.get("tidy") and not found.siblings:
        del find(document, found.home).part[CHILDREN[found.kind]]


def _move(document: Json, change: Change) -> Change:
    found, home = find(document, change["at"]), find(document, change["into"])
    _require_home(found.kind, found.part, home)
    _take_out(document, found, change)
    is_first = CHILDREN[found.kind] not in home.part
    siblings = home.part.setdefault(CHILDREN[found.kind], [])
    index = min(max(0, change["index"]), len(siblings))
    if found.kind == "choice" and any(one.get("id") == found.part["id"] for one in siblings):
        raise Rejected("id_taken", change["at"])
    siblings.insert(index, found.part)
    at = address_of(found.kind, found.part, change["into"], index)
    return {"do": "move", "at": at, "into": found.home, "index": found.index, "tidy": is_first}


def _rename(document: Json, change: Change) -> Change:
    found, new = find(document, change["at"]), change["id"]
    if found.kind in ("form", "check"):
        raise Rejected("wrong_place", found.kind)
    old = found.part["id"]
    if new == old:
        return {"do": "rename", "at": change["at"], "id": old}
    require_id(document, found.kind, new, find(document, found.home))
    found.part["id"] = new
    if found.kind in ("question", "calculation"):
        renamed(document["pages"], old, new)
        renamed(document.get("calculations", []), old, new)
    return {"do": "rename", "at": address_of(found.kind, found.part, found.home, found.index), "id": old}


_ACTS: Final[Mapping[str, Callable[[Json, Change], Change]]] = {
    "set": _set, "text": _text, "add": _add, "remove": _remove, "move": _move, "rename": _rename, **SHAPES,
}  # fmt: skip
