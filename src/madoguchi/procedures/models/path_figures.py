"""Which way people took through a form, as figures that give nobody away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FEWEST = 10  # a group of fewer people is not told apart
Kind = Literal["number", "few", "all_but_few"]


@dataclass(frozen=True)
class Taken:
    """What a room above has counted of one version: filed applications, how many of them took each page, and where drafts rest.

    `uncounted` is what it has not come to yet. Raw numbers: they are shown only as `Share`.
    """

    filed: int = 0
    pages: Mapping[str, int] = field(default_factory=dict)
    drafts: int = 0
    resting: Mapping[str, int] = field(default_factory=dict)  # by the page at which a draft goes on
    uncounted: int = 0


@dataclass(frozen=True)
class Share:
    """A part of a whole as it may be said: a number, fewer than ten, or all but fewer than ten."""

    kind: Kind
    number: int | None = None
    per_cent: int | None = None

    @property
    def width(self) -> int:
        """For a bar, in per cent; what is not said is drawn as nothing or as the whole."""
        return self.per_cent if self.per_cent is not None else 100 if self.kind == "all_but_few" else 0


def share_of(number: int, whole: int) -> Share:
    """Fewer than ten are never told, and neither are fewer than ten who are missing: both are the same small group."""
    if number < FEWEST:
        return Share("few")
    if 0 < whole - number < FEWEST:
        return Share("all_but_few")
    return Share("number", number, round(100 * number / whole))
