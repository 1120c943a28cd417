"""The first pass of a load: every id, what it stands for and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .parsing import Symbol
from .schema import Part

FORMATS = ("number", "yen", "text", "date", "yes_no")
RESERVED = frozenset({"row"})  # the key that names a row among its answers


class _Gathering:
    def __init__(self, root: Part) -> None:
        self.root = root
        self.symbols: dict[str, Symbol] = {}
        self.places: set[str] = set()
        self.order = 0

    def take(self, raw: Any, path: str, kind: str, repeat: str | None = None) -> None:
        own_id = raw.get("id") if isinstance(raw, Mapping) else None
        if not isinstance(own_id, str):
            return
        self.order += kind == "question"
        if own_id in self.symbols or own_id in RESERVED:
            self.root.faults.append((f"{path}.id", f"同じidがもうあります（または使えないidです）: {own_id[:60]}"))
            return
        self.symbols[own_id] = Symbol(kind, str(raw.get("type", "")), repeat, self.order)

    def place(self, raw: Any, path: str) -> None:
        own_id = raw.get("id") if isinstance(raw, Mapping) else None
        if not isinstance(own_id, str):
            return
        if own_id in self.places:
            self.root.faults.append((f"{path}.id", f"同じidのページかまとまりがもうあります: {own_id[:60]}"))
        self.places.add(own_id)


def _items(raw: Any, key: str, path: str) -> list[tuple[Any, str]]:
    value = raw.get(key) if isinstance(raw, Mapping) else None
    at = f"{path}.{key}" if path else key
    return [(each, f"{at}[{i}]") for i, each in enumerate(value)] if isinstance(value, list | tuple) else []


def _repeat_of(gathering: _Gathering, raw: Any, path: str) -> str | None:
    repeat = raw.get("repeat") if isinstance(raw, Mapping) else None
    if not isinstance(repeat, Mapping):
        return None
    gathering.take(repeat, f"{path}.repeat", "repeat")
    own_id = repeat.get("id")
    return own_id if isinstance(own_id, str) else None


def gather(root: Part) -> dict[str, Symbol]:
    """Symbols of a document that may still be faulty; ids used twice are noted as faults."""
    gathering = _Gathering(root)
    for page, path in _items(root.raw, "pages", ""):
        gathering.place(page, path)
        outer = _repeat_of(gathering, page, path)
        for question, at in _items(page, "questions", path):
            gathering.take(question, at, "question", outer)
        for section, at in _items(page, "sections", path):
            gathering.place(section, at)
            inner = _repeat_of(gathering, section, at) or outer
            for question, place in _items(section, "questions", at):
                gathering.take(question, place, "question", inner)
    for calculation, path in _items(root.raw, "calculations", ""):
        gathering.take(calculation, path, "calculation")
    return gathering.symbols
