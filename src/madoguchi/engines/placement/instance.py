"""The data of one placement run: what docs/engines/placement-format.md calls an instance, and what a run gives back.

Frozen rows without any logic of their own, so that `assign` and `verify` can share them and nothing else: each expands lists, tuples
and priorities by itself. `reading` makes an Instance from JSON or the CSV triple and refuses what the format refuses; a room makes one
directly. Identifiers are compared by code point. Classes are the age on the day before the school year begins, 0–5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

CLASSES: Final = 6
Key = int | Mapping[str, int]
"""A tie-break key, smaller is better: one number, or {facility id: number, "*": number} where it depends on the facility."""

CONDITIONS: Final = (
    "same_facility",
    "same_facility_first",
    "same_time",
    "any",
    "any_same_first",
    "same_or_partial",
    "independent",
    "single",
)


LAST_OFFSET: Final = 1_000_000
"""Taken off the points of who is placed after all others: larger than any sum of rows, so that their order among themselves stays."""


def is_last(points: int) -> bool:
    """Whether LAST_OFFSET was taken off these points."""
    return points < -LAST_OFFSET // 2


def shown_points(points: int) -> int:
    """Points as people know them."""
    return points + LAST_OFFSET if is_last(points) else points


@dataclass(frozen=True, slots=True)
class Facility:
    """`capacity[a]` seats of class a that this run may fill, those of its own transfer applicants included.

    None in `capacity` says that the facility has no such class (— in a ward's table), which is not the same as no seat (0): both
    seat nobody, but the words for a family differ. Each tuple in `shared` makes one pool of its classes' seats.
    """

    id: str
    capacity: tuple[int | None, ...]
    shared: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Child:
    """`preferences` best first, as wished (duplicates, and entries after `current`, are cut by who expands them)."""

    id: str
    family: str
    age: int
    points: int
    tiebreak: tuple[Key, ...]
    preferences: tuple[str, ...]
    current: str | None = None
    bonus: Mapping[str, int] = field(default_factory=dict)
    min_age_ok: frozenset[str] | None = None  # None: no facility is too young for the child


@dataclass(frozen=True, slots=True)
class Family:
    """`children` in the order that ranks of tuples are written in; `condition` is one of CONDITIONS."""

    id: str
    children: tuple[str, ...]
    condition: str = "single"
    tuples: tuple[tuple[str | None, ...], ...] | None = None
    priority: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Instance:
    """Everything a run may know. The order of `facilities`, `children` and `families` has no meaning."""

    facilities: tuple[Facility, ...]
    children: tuple[Child, ...]
    families: tuple[Family, ...]
    pinned: Mapping[str, str | None] = field(default_factory=dict)
    forbidden: frozenset[tuple[str, str]] = frozenset()
    name: str = ""
    note: str = ""


Places = Mapping[str, str | None]
"""child id → facility id, None for no place; every child of the instance stands in it."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something in the input that was understood in a defined way and should be looked at: a warning, never a refusal.

    `kind` is a fixed word (docs/engines/placement.md lists them), `where` names file, row and column or the path in the JSON.
    """

    kind: str
    where: str
    message: str
    child: str = ""
    family: str = ""
    facility: str = ""


class Unusable(Exception):
    """Input that could not be used, every problem named with its row: [(where, sentence that says what to do)]."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{where}: {sentence}" for where, sentence in problems[:3]))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Result:
    """What `assign` found.

    `stable_exists` is True, False (then `proof` says how it was proven: "queue" never proves absence, "reduction", "cases" (the reduction
    and every case that it leaves open), "cp-sat") or None when nobody knows. `blocking` are the families that block `places`, by id;
    empty when it is stable. `frozen` says of each what it would rather have and where one more seat would remove the conflict.
    `minimum` says whether `len(blocking)` is proven to be the least possible.
    """

    places: Places
    stable_exists: bool | None
    proof: str
    blocking: tuple[str, ...] = ()
    frozen: tuple[Frozen, ...] = ()
    minimum: bool = False
    most_seated: bool = False  # `--max-seated`: proven that no stable placement seats more
    decided: bool = True  # False: the time or the deterministic limit ended the search
    steps: int = 0
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frozen:
    """A family set aside: it would take `wanted`; one more seat in one of `seats` ((facility, classes of the pool)) removes the conflict."""

    family: str
    wanted: tuple[str | None, ...]
    seats: tuple[tuple[str, tuple[int, ...]], ...]
