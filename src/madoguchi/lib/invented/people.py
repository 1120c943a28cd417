"""Invented people: names with kana, births, addresses in real towns, telephone numbers and addresses that nobody has.

Everything comes from the `random.Random` that is passed in, so the same seed makes the same city. No database, no clock.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Literal

from madoguchi.engines.japanese import to_hiragana
from madoguchi.lib.phrases import romaji

DATA = Path(__file__).resolve().parent
Sex = Literal["female", "male"]
_NAME = re.compile(r"(?P<written>.+?)(?P<kana>[ァ-ヶー]+)")
RARE, FOREIGN = 0.05, 0.05  # shares of families with rare characters, and with names from abroad


@dataclass(frozen=True)
class Name:
    """One part of a name, as written and in katakana."""

    written: str
    kana: str


@dataclass(frozen=True)
class Family:
    """A family name; `given` holds the given names that go with it when it comes from abroad, by sex."""

    name: Name
    given: dict[str, tuple[Name, ...]] | None = None

    @property
    def is_latin(self) -> bool:
        return self.name.written.isascii()


@cache
def data(name: str) -> dict[str, Any]:
    """names.json or towns.json, read once."""
    return dict(json.loads((DATA / f"{name}.json").read_text(encoding="utf-8")))


def _names(text: str) -> tuple[Name, ...]:
    return tuple(Name(match["written"], match["kana"]) for match in map(_NAME.fullmatch, text.split()) if match)


@cache
def families() -> tuple[Family, ...]:
    """The usual Japanese families."""
    return tuple(Family(name) for name in _names(data("names")["families"]))


@cache
def rare_families() -> tuple[Family, ...]:
    """Families whose name needs more than JIS level 1 and 2: 髙, 﨑, 𠮷, variants with a selector."""
    return tuple(Family(name) for name in _names(" ".join(data("names")["rare_families"])))


@cache
def foreign_families() -> tuple[Family, ...]:
    """Families from abroad with their own given names."""
    return tuple(
        Family(Name(*one["family"]), {sex: tuple(Name(*pair) for pair in one[sex]) for sex in ("female", "male")})
        for one in data("names")["foreign"]
    )


@cache
def given_names(sex: Sex, era: str) -> tuple[Name, ...]:
    """Given names that were usual in an era: old, middle, young."""
    return _names(data("names")["given"][sex][era])


@cache
def _well_known() -> frozenset[str]:
    return frozenset(data("names")["well_known"])


def era_of(born: date) -> str:
    """Which given names a year of birth goes with."""
    return "old" if born.year < 1962 else "middle" if born.year < 1998 else "young"


def any_family(rng: Random) -> Family:
    """A family as one meets them at a window: most usual, some rare, some from abroad."""
    drawn = rng.random()
    pool = rare_families() if drawn < RARE else foreign_families() if drawn < RARE + FOREIGN else families()
    return rng.choice(pool)


def given_for(family: Family, sex: Sex, born: date, rng: Random, taken: frozenset[str] = frozenset()) -> Name:
    """A given name for a member of a family, none of those `taken`, and not making a well-known person of them."""
    pool = family.given[sex] if family.given else given_names(sex, era_of(born))
    fit = [name for name in pool if name.written not in taken and family.name.written + name.written not in _well_known()]
    return rng.choice(fit or list(pool))


def sex_of(kana: str) -> Sex:
    """The sex that a given name sounds like; only to keep a mother a mother when an example's names are exchanged."""
    return "male" if kana.endswith(tuple(data("names")["male_endings"])) else "female"


def person_name(family: Family, given: Name) -> dict[str, str]:
    """A person_name answer."""
    return {"family": family.name.written, "given": given.written, "family_kana": family.name.kana, "given_kana": given.kana}


# -- where and how they are reached ----------------------------------------------------------------------------------------


def address(rng: Random, city: str = "koto") -> dict[str, str]:
    """An address answer in a real town of the city (a key of towns.json), with a number that may or may not exist."""
    place = data("towns")[city]
    postal, town, chome = rng.choice(place["towns"])
    number = f"{rng.randint(1, 28)}-{rng.randint(1, 24)}"
    short = town.split("町")[-1] or town
    house = rng.choice(data("names")["buildings"]).format(town=short)
    building = f"{house} {rng.randint(1, 14)}0{rng.randint(1, 9)}" if rng.random() < 0.6 else ""
    block = f"{rng.randint(1, chome)}-{number}" if chome else number
    return {"postal": postal, "prefecture": place["prefecture"], "city": place["city"], "town": town, "block": block, "building": building}


class Telephones:
    """Numbers 03-5555-xxxx, each given out once; 03-5555-01xx belongs to the offices."""

    def __init__(self, rng: Random) -> None:
        self._left = rng.sample(range(1000, 10_000), 8_500)

    def next(self) -> str:
        return f"03-5555-{self._left.pop():04d}"


def latin(kana: str) -> str:
    """Katakana as letters of an e-mail address: "ジュンコ" → "junko"."""
    return re.sub("[^a-z]", "", romaji(to_hiragana(kana.replace("ヴァ", "バ").replace("ヴ", "ブ")))) or "x"


def email(given: Name, family: Family, rng: Random) -> str:
    """An address at example.jp; one in fifty of the old carriers' kind with two dots."""
    dots = ".." if rng.random() < 0.02 else "."
    return f"{latin(given.kana)}{dots}{latin(family.name.kana)}{rng.choice(['', '', str(rng.randint(1, 99))])}@example.jp"


def born_near(old: date, on: date, rng: Random, spread: float) -> date:
    """Another day of birth near `old`: years away for somebody grown up, weeks for a small child; never after `on`."""
    years = (on - old).days / 365.2425
    days = int((1100 if years >= 25 else 200 if years >= 10 else 60 if years >= 2 else 12) * spread)
    return min(old + timedelta(days=rng.randint(-days, days)), on)
