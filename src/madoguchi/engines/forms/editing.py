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
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .schema import IDS

Json = dict[str, Any]
Change = Mapping[str, Any]
CHILDREN: Final = {
    "page": "pages",
    "section": "sections",
    "question": "questions",
    "choice": "choices",
    "calculation": "calculations",
    "check": "checks",
}
HOME: Final = {
    "page": ("form",),
    "section": ("page",),
    "question": ("page", "section"),
    "choice": ("question",),
    "calculation": ("form",),
    "check": ("question",),
}
NOT_SET: Final = frozenset({"id", *CHILDREN.values(), "retired", "schema"})
OVER_ROWS: Final = ("count", "sum", "any", "all", "min", "max")


class Rejected(ValueError):
    """A change that cannot be made. `reason`: unknown_part, unknown_change, wrong_place, bad_id, id_taken, id_retired, still_used, not_set.

    `where` are the addresses that speak against it.
    """

    def __init__(self, reason: str, *where: str) -> None:
        super().__init__(f"{reason}: {', '.join(where)}")
        self.reason, self.where = reason, where


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


# -- finding parts -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """A part in its list; the form itself stands in none."""

    kind: str
    part: Json
    home: str
    siblings: list[Any]
    index: int


def find(document: Json, address: str) -> Found:
    """The part of an address. Raises Rejected."""
    if address == "":
        return Found("form", document, "", [], 0)
    found = next((one for where, one in parts(document) if where == address), None)
    if found is None:
        raise Rejected("unknown_part", address)
    return found


def parts(document: Json) -> Iterator[tuple[str, Found]]:
    """Every part with its address, in the form's order."""
    for index, page in enumerate(pages := document.setdefault("pages", [])):
        here = f"page:{page.get('id')}"
        yield here, Found("page", page, "", pages, index)
        yield from _questions(page, here)
        for place, section in enumerate(page.get("sections", [])):
            inner = f"section:{page.get('id')}/{section.get('id')}"
            yield inner, Found("section", section, here, page["sections"], place)
            yield from _questions(section, inner)
    for index, one in enumerate(document.get("calculations", [])):
        yield f"calculation:{one.get('id')}", Found("calculation", one, "", document["calculations"], index)


def _questions(holder: Json, home: str) -> Iterator[tuple[str, Found]]:
    for index, question in enumerate(holder.get("questions", [])):
        name = question.get("id")
        yield f"question:{name}", Found("question", question, home, holder["questions"], index)
        for place, choice in enumerate(question.get("choices", [])):
            yield f"choice:{name}/{choice.get('id')}", Found("choice", choice, f"question:{name}", question["choices"], place)
        for place, one in enumerate(question.get("checks", [])):
            yield f"check:{name}/{place}", Found("check", one, f"question:{name}", question["checks"], place)


def address_of(kind: str, part: Mapping[str, Any], home: str, index: int) -> str:
    """The address of a part of a kind in its home."""
    owner = home.partition(":")[2]
    if kind == "check":
        return f"check:{owner}/{index}"
    return f"{kind}:{owner}/{part['id']}" if kind in ("section", "choice") else f"{kind}:{part['id']}"


# -- who reads what ---------------------------------------------------------------------------------------------------------------


def uses(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """{id of a question, calculation or group: addresses of the parts whose rules name it}."""
    found: dict[str, list[str]] = {}
    for address, one in parts(copy.deepcopy(dict(document))):
        own = {key: value for key, value in one.part.items() if key not in CHILDREN.values() or one.kind == "check"}
        for name in dict.fromkeys(_named(own)):
            found.setdefault(name, []).append(address)
    return found


def _named(value: Any) -> Iterator[str]:
    """Ids that a rule (or a part with rules in it) names."""
    if isinstance(value, Mapping):
        if isinstance(name := value.get("var"), str):
            yield name.partition(".")[0]
        if isinstance(name := value.get("named_by"), str):
            yield name
        for key, inner in value.items():
            if key in OVER_ROWS and isinstance(inner, list) and inner and isinstance(inner[0], str):
                yield inner[0]
            yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)


def _renamed(value: Any, old: str, new: str) -> None:
    """Every rule below `value` says `new` where it said `old`."""
    if isinstance(value, dict):
        if isinstance(name := value.get("var"), str) and name.partition(".")[0] == old:
            value["var"] = new + name[len(old) :]
        if value.get("named_by") == old:
            value["named_by"] = new
        for key, inner in value.items():
            if key in OVER_ROWS and isinstance(inner, list) and inner and inner[0] == old:
                inner[0] = new
            _renamed(inner, old, new)
    elif isinstance(value, list):
        for inner in value:
            _renamed(inner, old, new)


# -- ids ----------------------------------------------------------------------------------------------------------------------------


def names_in(document: Mapping[str, Any]) -> set[str]:
    """Ids of the name space that questions, calculations and groups share."""
    found: set[str] = set()
    for _address, one in parts(copy.deepcopy(dict(document))):
        if one.kind in ("question", "calculation"):
            found.add(str(one.part.get("id")))
        if isinstance(repeat := one.part.get("repeat"), Mapping):
            found.add(str(repeat.get("id")))
    return found


def free_id(document: Mapping[str, Any], wanted: str) -> str:
    """`wanted`, or with the first number behind it that is free and was never retired."""
    taken = names_in(document) | set(document.get("retired", ()))
    number, name = 2, wanted
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def _require_id(document: Json, kind: str, name: Any, home: Found) -> None:
    pattern = IDS["page" if kind in ("page", "section") else "choice" if kind == "choice" else "question"]
    if not isinstance(name, str) or not pattern.fullmatch(name):
        raise Rejected("bad_id", str(name))
    if kind in ("question", "calculation"):
        if name in names_in(document):
            raise Rejected("id_taken", f"{kind}:{name}")
        if name in document.get("retired", ()):
            raise Rejected("id_retired", name)
    elif kind == "page":
        _require_none(name, document["pages"], "page")
    else:
        _require_none(name, home.part.get(CHILDREN[kind], []), kind)


def _require_none(name: str, siblings: list[Json], kind: str) -> None:
    if any(one.get("id") == name for one in siblings):
        raise Rejected("id_taken", f"{kind}:{name}")


# -- the changes ----------------------------------------------------------------------------------------------------------------------


def _set(document: Json, change: Change) -> Change:
    found, key = find(document, change["at"]), str(change["key"])
    if key in NOT_SET:
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
    _unretire(document, change)
    if kind != "check":
        _require_id(document, kind, part.get("id"), home)
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


def _unretire(document: Json, change: Change) -> None:
    """What a removal had retired comes back with the part: only as its undo."""
    for name in change.get("unretire", ()):
        document["retired"].remove(name)
    if change.get("tidy_retired") and not document["retired"]:
        del document["retired"]


def _require_home(kind: str, part: Json, home: Found) -> None:
    if home.kind not in HOME.get(kind, ()):
        raise Rejected("wrong_place", kind, home.kind)
    if kind == "question" and home.kind == "page" and "sections" in home.part:
        raise Rejected("wrong_place", kind, home.kind)
    if kind == "section" and ("questions" in home.part or ("repeat" in home.part and "repeat" in part)):  # no group within a group
        raise Rejected("wrong_place", kind, home.kind)


def _require_inner(document: Json, part: Json) -> None:
    """Questions and groups that come with a page or section keep to the name space too."""
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
    names = _names_below(found)
    inside = {where for where, _one in parts({"pages": [found.part]})} if found.kind == "page" else set()
    inside |= {address, *(where for where, one in parts(document) if _is_below(where, one, address))}
    for name, readers in uses(document).items():
        outside = [one for one in readers if one not in inside]
        if name in names and outside:
            raise Rejected("still_used", *outside)
    _take_out(document, found, change)
    undo: Json = {"do": "add", "into": found.home, "kind": found.kind, "part": found.part, "index": found.index}
    if retired := sorted(names & set(change.get("retire", ()))):
        undo |= {"unretire": retired, "tidy_retired": "retired" not in document}
        document["retired"] = [*document.get("retired", []), *retired]
    return undo


def _take_out(document: Json, found: Found, change: Change) -> None:
    """Out of its list; the list goes too where a change had made it (`tidy`)."""
    del found.siblings[found.index]
    if change.get("tidy") and not found.siblings:
        del find(document, found.home).part[CHILDREN[found.kind]]


def _is_below(where: str, one: Found, address: str) -> bool:
    return one.home == address or (one.kind in ("choice", "check") and one.home == address)


def _names_below(found: Found) -> set[str]:
    """Ids of the shared name space that go with a part."""
    if found.kind in ("choice", "check"):
        return set()
    holder = {"page": {"pages": [found.part]}, "section": {"pages": [{"id": "x", "sections": [found.part]}]}}.get(found.kind)
    return names_in(holder) if holder is not None else {str(found.part.get("id"))}


def _move(document: Json, change: Change) -> Change:
    found, home = find(document, change["at"]), find(document, change["into"])
    _require_home(found.kind, found.part, home)
    _take_out(document, found, change)
    is_first = CHILDREN[found.kind] not in home.part
    siblings = home.part.setdefault(CHILDREN[found.kind], [])
    index = min(max(0, change["index"]), len(siblings))
    if found.kind in ("choice", "section") and found.home != change["into"]:
        _require_none(found.part["id"], siblings, found.kind)
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
    _require_id(document, found.kind, new, find(document, found.home))
    found.part["id"] = new
    if found.kind in ("question", "calculation"):
        _renamed(document["pages"], old, new)
        _renamed(document.get("calculations", []), old, new)
    return {"do": "rename", "at": address_of(found.kind, found.part, found.home, found.index), "id": old}


_ACTS: Final[Mapping[str, Callable[[Json, Change], Change]]] = {
    "set": _set, "text": _text, "add": _add, "remove": _remove, "move": _move, "rename": _rename,
}  # fmt: skip
