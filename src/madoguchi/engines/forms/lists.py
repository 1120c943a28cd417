"""Code lists that live outside the form, and searching them as people type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from madoguchi.engines.japanese import search_key

from .canonical import document_hash
from .definition import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a code list. `facts` are short properties that pages show and rules may read."""

    id: str
    label: Text
    kana: str = ""
    group: Text | None = None
    facts: Mapping[str, str | int | bool] = field(default_factory=dict)


class Lists(Protocol):
    """Where the engine finds code lists. The name of a list is what the question says, or `bank-branches:<bank id>`."""

    def get(self, list: str, id: str) -> Entry | None:  # noqa: A002 - the names are part of the contract
        """The entry of that id, None where the list or the entry is unknown."""

    def search(self, list: str, text: str, limit: int) -> Sequence[Entry]:  # noqa: A002
        """The entries nearest to what was typed, best first."""

    def version(self, list: str) -> tuple[str, str] | None:  # noqa: A002
        """(version, hash) of the list in use; None where the list is unknown."""


@lru_cache(maxsize=65_536)
def _key(text: str) -> str:
    """Of entries only, never of what a person typed: the cache outlives the request."""
    return search_key(text)


def _one_off(a: str, b: str) -> bool:
    """Whether one character typed wrong, left out, added or swapped with its neighbour makes `a` into `b`."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    if len(rest_a) == len(rest_b):
        return rest_a[1:] == rest_b[1:] or (rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:])
    return rest_a[1:] == rest_b or rest_a == rest_b[1:]


def _distance(wanted: str, key: str) -> int | None:
    """0 the same, 1 begins with it, 2 holds it, 3 one character wrong, 4 begins with it but for one character, None no match."""
    if not key:
        return None
    if key == wanted:
        return 0
    if key.startswith(wanted):
        return 1
    if wanted in key:
        return 2
    if len(wanted) < 3:
        return None
    if _one_off(wanted, key):
        return 3
    beginnings = (key[: len(wanted) + shift] for shift in (-1, 0, 1))
    return 4 if len(key) > len(wanted) and any(_one_off(wanted, each) for each in beginnings) else None


def _nearness(entry: Entry, wanted: str) -> int | None:
    """The best distance over all names of an entry; its id counts only when typed whole."""
    keys = [_key(name) for name in (*entry.label.values(), entry.kana) if name]
    distances = [each for each in (_distance(wanted, key) for key in keys) if each is not None]
    if _key(entry.id) == wanted:
        distances.append(0)
    return min(distances, default=None)


def rank(entries: Iterable[Entry], text: str, limit: int) -> list[Entry]:
    """Entries that match a typed text, best first: kana and width do not matter, one character may be wrong.

    Of equal matches the shorter label comes first, then the order of the list. An empty text matches nothing.
    """
    wanted = search_key(text[:200])
    if not wanted:
        return []
    hits = []
    for index, entry in enumerate(entries):
        nearness = _nearness(entry, wanted)
        if nearness is not None:
            hits.append((nearness, len(entry.label.get("ja", "")), index, entry))
    hits.sort(key=lambda hit: hit[:3])
    return [hit[3] for hit in hits[:limit]]


def exact(entries: Iterable[Entry], text: str) -> list[Entry]:
    """Those entries one of whose names (or the id) is the text itself, but for kana and width."""
    wanted = search_key(text[:200])
    return [entry for entry in entries if wanted and _nearness(entry, wanted) == 0]


class NoLists:
    """No lists at all: every list is unknown."""

    def get(self, list: str, id: str) -> Entry | None:  # noqa: A002
        return None

    def search(self, list: str, text: str, limit: int) -> Sequence[Entry]:  # noqa: A002
        return ()

    def version(self, list: str) -> tuple[str, str] | None:  # noqa: A002
        return None


class DictLists:
    """Lists held in memory, for tests and tools."""

    def __init__(self, lists: Mapping[str, Iterable[Entry]]) -> None:
        self._lists = {name: {entry.id: entry for entry in entries} for name, entries in lists.items()}

    def get(self, list: str, id: str) -> Entry | None:  # noqa: A002
        return self._lists.get(list, {}).get(id)

    def search(self, list: str, text: str, limit: int) -> Sequence[Entry]:  # noqa: A002
        return rank(self._lists.get(list, {}).values(), text, limit)

    def version(self, list: str) -> tuple[str, str] | None:  # noqa: A002
        """("memory", hash of ids and labels)."""
        if list not in self._lists:
            return None
        return "memory", document_hash({entry.id: dict(entry.label) for entry in self._lists[list].values()})
