"""The parts of a form document under edit: their addresses, who reads what, which ids are free.

A part is named by its address: `""` the form, `page:you`, `section:you/more`, `question:name`, `choice:job/public`, `calculation:sum`,
`check:birth/0`. Nothing here changes a document; `editing` does.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping
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
OVER_ROWS: Final = ("count", "sum", "any", "all", "min", "max")


class Rejected(ValueError):
    """A change that cannot be made. `reason`: unknown_part, unknown_change, wrong_place, bad_id, id_taken, id_retired, still_used, not_set.

    `where` are the addresses that speak against it.
    """

    def __init__(self, reason: str, *where: str) -> None:
        super().__init__(f"{reason}: {', '.join(where)}")
        self.reason, self.where = reason, where


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


def renamed(value: Any, old: str, new: str) -> None:
    """Every rule below `value` says `new` where it said `old`."""
    if isinstance(value, dict):
        if isinstance(name := value.get("var"), str) and name.partition(".")[0] == old:
            value["var"] = new + name[len(old) :]
        if value.get("named_by") == old:
            value["named_by"] = new
        for key, inner in value.items():
            if key in OVER_ROWS and isinstance(inner, list) and inner and inner[0] == old:
                inner[0] = new
            renamed(inner, old, new)
    elif isinstance(value, list):
        for inner in value:
            renamed(inner, old, new)


def read_outside(document: Json, names: set[str], address: str) -> list[str]:
    """Addresses outside a part whose rules read some of these ids."""
    inside = addresses_below(document, address)
    found = (one for name, readers in uses(document).items() if name in names for one in readers if one not in inside)
    return list(dict.fromkeys(found))


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


def places_in(document: Mapping[str, Any]) -> set[str]:
    """Ids of the name space that pages and sections share."""
    pages = document.get("pages", ())
    return {str(one.get("id")) for page in pages for one in (page, *page.get("sections", ()))}


def names_below(found: Found) -> set[str]:
    """Ids of the shared name space that go with a part."""
    if found.kind in ("choice", "check"):
        return set()
    if found.kind == "page":
        return names_in({"pages": [found.part]})
    if found.kind == "section":
        return names_in({"pages": [{"id": "x", "sections": [found.part]}]})
    return {str(found.part.get("id"))}


def addresses_below(document: Json, address: str) -> set[str]:
    """A part's own address and those of everything that stands in it."""
    inside = {address}
    for where, one in parts(document):  # in the form's order: a home comes before what stands in it
        if one.home in inside and one.home:
            inside.add(where)
    return inside


def free_place(document: Mapping[str, Any], stem: str, besides: Collection[str] = ()) -> str:
    """An id for a page or section: the stem with the first number that is free, and not one of `besides`."""
    number, taken = 1, places_in(document) | set(besides)
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def free_id(document: Mapping[str, Any], wanted: str) -> str:
    """`wanted`, or with the first number behind it that is free and was never retired."""
    taken = names_in(document) | set(document.get("retired", ()))
    number, name = 2, wanted
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def require_id(document: Json, kind: str, name: Any, home: Found) -> None:
    pattern = IDS["page" if kind in ("page", "section") else "choice" if kind == "choice" else "question"]
    if not isinstance(name, str) or not pattern.fullmatch(name):
        raise Rejected("bad_id", str(name))
    if kind in ("question", "calculation"):
        if name in names_in(document):
            raise Rejected("id_taken", f"{kind}:{name}")
        if name in document.get("retired", ()):
            raise Rejected("id_retired", name)
    elif kind in ("page", "section"):
        if name in places_in(document):
            raise Rejected("id_taken", f"{kind}:{name}")
    elif any(one.get("id") == name for one in home.part.get(CHILDREN[kind], [])):
        raise Rejected("id_taken", f"{kind}:{name}")


def retire(document: Json, names: set[str], change: Change) -> Json:
    """Ids of `names` that the change wants retired are; gives what its undo needs to bring them back."""
    retired = sorted(names & set(change.get("retire", ())))
    if not retired:
        return {}
    undo: Json = {"unretire": retired, "tidy_retired": "retired" not in document}
    document["retired"] = [*document.get("retired", []), *retired]
    return undo


def unretire(document: Json, change: Change) -> None:
    """What a removal had retired comes back with the part: only as its undo."""
    for name in change.get("unretire", ()):
        document["retired"].remove(name)
    if change.get("tidy_retired") and not document["retired"]:
        del document["retired"]
