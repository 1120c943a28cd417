"""Copying a section from elsewhere (a block) into a form: ids that are taken get a number everywhere in it; and what differs later on."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .canonical import canonical_json
from .editing_parts import Json, names_in, places_in, renamed


def fitted(document: Mapping[str, Any], section: Mapping[str, Any]) -> Json:
    """The section with ids that are free in the document: its own, its group's, its questions', and in every rule in it."""
    made = copy.deepcopy(dict(section))
    own = names_in(_holding(made))
    taken = names_in(document) | set(document.get("retired", ()))
    for name in sorted(own & taken):
        new = _numbered(name, taken | own, "_")
        taken.add(new)
        _name(made, name, new)
    made["id"] = _numbered(str(made["id"]), places_in(document), "-")
    return made


def as_page(section: Mapping[str, Any], title: Mapping[str, str]) -> Json:
    """The same as a page of its own; a page must have a title, so one without gets that of its block."""
    return {**section, "title": section.get("title") or dict(title)}


def _holding(section: Json) -> Json:
    return {"pages": [{"id": "x", "sections": [section]}]}


def _numbered(name: str, taken: set[str], between: str) -> str:
    number, made = 2, name
    while made in taken:
        made, number = f"{name[:36]}{between}{number}", number + 1
    return made


def _name(section: Json, old: str, new: str) -> None:
    renamed(section, old, new)
    for part in (section.get("repeat"), *section.get("questions", ())):
        if part and part.get("id") == old:
            part["id"] = new


# -- what differs --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compared:
    """A question of the origin beside that of the copy; `here` is None where the copy has none. `there` has the copy's ids in it."""

    there: Json
    here: Json | None

    @property
    def is_same(self) -> bool:
        return self.here is not None and canonical_json(self.there) == canonical_json(self.here)

    @property
    def can_replace(self) -> bool:
        """Another text of the same question; another type would be another question."""
        return self.here is not None and not self.is_same and self.here.get("type") == self.there.get("type")


def compared(copied: Mapping[str, Any], origin: Mapping[str, Any]) -> tuple[Compared, ...]:
    """Each question of the origin with its counterpart in the copy, which may bear a number behind its id. Others of the copy are its own."""
    there = copy.deepcopy(dict(origin))
    here = {str(one["id"]): one for one in copied.get("questions", ())}
    names = dict(_counterparts(there, copied, set(here)))
    for old, new in names.items():
        _name(there, old, new)
    return tuple(Compared(one, here.get(str(one["id"])) if one["id"] in names.values() else None) for one in there["questions"])


def additions(document: Mapping[str, Any], copied: Mapping[str, Any], origin: Mapping[str, Any]) -> list[Json]:
    """The questions that the origin has and the copy has not, with the copy's ids in their rules and ids that are free."""
    here = {str(one["id"]) for one in copied.get("questions", ())}
    there = copy.deepcopy(dict(origin))
    known = dict(_counterparts(there, copied, here))
    for old, new in known.items():
        _name(there, old, new)
    taken = names_in(document) | set(document.get("retired", ()))
    for name in [str(one["id"]) for one in there["questions"] if one["id"] not in known.values()]:
        if name in taken:
            _name(there, name, fresh := _numbered(name, taken | names_in(_holding(there)), "_"))
            taken.add(fresh)
    return [one for one in there["questions"] if one["id"] not in known.values()]


def _counterparts(origin: Json, copied: Mapping[str, Any], here: set[str]) -> Iterator[tuple[str, str]]:
    groups = [one["repeat"]["id"] if one.get("repeat") else None for one in (origin, copied)]
    if all(groups):
        yield str(groups[0]), str(groups[1])
    for one in origin["questions"]:
        name = str(one["id"])
        found = name if name in here else next((other for other in sorted(here) if _is_numbered(other, name)), None)
        if found is not None:
            yield name, found


def _is_numbered(name: str, stem: str) -> bool:
    rest = name.removeprefix(f"{stem[:36]}_")
    return rest != name and rest.isdecimal()
