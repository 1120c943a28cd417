"""What the independent check says: rows of `verify`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KINDS: Final = {
    "unknown_child": "入力にない子どもです",
    "two_families": "2つの世帯に書かれています",
    "unknown_facility": "入力にない施設に入っています",
    "pin": "先に決められた場所にいません",
    "forbidden": "入れないとされた施設に入っています",
    "min_age": "まだ受け入れられない月齢の施設に入っています",
    "not_wished": "希望していない施設に入っています",
    "seat_lost": "いまの園の席を失っています",
    "not_accepted": "世帯の条件に合わない組合せです",
    "over_capacity": "席より多くの子どもが入っています",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a placement is not feasible. `kind` is one of KINDS; `message` says it in a sentence, with what it is about."""

    kind: str
    message: str
    child: str = ""
    family: str = ""
    facility: str = ""
    classes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocking:
    """A family that could rightly have something better, and the best it could have.

    `wanted` are the places of `children`, in that order. `displaced` are the children of lower priority who would have to give way;
    nobody: the seats stand empty. `tuples` counts how many outcomes the family blocks with. With `independent` every child is a family
    of its own: `family` may then stand in several rows, each with one child.
    """

    family: str
    children: tuple[str, ...]
    wanted: tuple[str | None, ...]
    displaced: tuple[str, ...]
    tuples: int


@dataclass(frozen=True, slots=True)
class Wasted:
    """A pool with an empty seat that this family could have: it prefers `wanted`, which takes more seats here than it holds and displaces
    nobody anywhere."""

    facility: str
    classes: tuple[int, ...]
    family: str
    children: tuple[str, ...]
    wanted: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found, in the order of ids.

    `pairs` counts (family, outcome) as the literature does, `families` counts families. A family whose own places break a rule has no
    place in its order of outcomes: it stands under `violations` and is not asked whether it blocks.
    """

    violations: tuple[Violation, ...]
    blocking: tuple[Blocking, ...]
    wasted: tuple[Wasted, ...]
    pairs: int

    @property
    def feasible(self) -> bool:
        return not self.violations

    @property
    def stable(self) -> bool:
        return not self.violations and not self.blocking

    @property
    def families(self) -> int:
        return len(self.blocking)
