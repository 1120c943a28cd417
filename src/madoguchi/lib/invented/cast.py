"""Who stands for whom when an example's people are exchanged for others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from madoguchi.engines.forms import Lists
from madoguchi.lib.invented import people

Json = dict[str, Any]
ADULT = date(1985, 6, 1)  # for a name in whose neighbourhood no birth is asked


@dataclass(frozen=True)
class Lead:
    """A named person who stands in the place of an example's applicant."""

    name: Json
    birth: str
    address: Json
    phone: str
    email: str


@dataclass
class World:
    """What the generator draws from."""

    rng: Random
    telephones: people.Telephones
    lists: Lists
    city: str = "koto"


@dataclass
class Cast:
    """Who stands for whom: every person, address and number of an example is exchanged for one other, always the same."""

    world: World
    spread: float
    on: date
    families: dict[str, people.Family] = field(default_factory=dict)
    names: dict[tuple[str, str], Json] = field(default_factory=dict)
    kana: dict[str, str] = field(default_factory=dict)
    births: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, Json] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)

    def name(self, old: Mapping[str, str], born: date = ADULT) -> Json:
        key = (old["family"], old["given"])
        if key not in self.names:
            family = self.families.setdefault(old["family"], self._family(old["family"]))
            taken = frozenset(known["given"] for known in self.names.values())
            given = people.given_for(family, people.sex_of(old.get("given_kana") or ""), born, self.world.rng, taken)
            self.names[key] = people.person_name(family, given)
            self.kana[f"{old.get('family_kana')} {old.get('given_kana')}"] = f"{family.name.kana} {given.kana}"
        return self.names[key] | ({} if "family_kana" in old else {"family_kana": "", "given_kana": ""})

    def _family(self, old: str) -> people.Family:
        """A family from abroad stays one; two families of an example stay two."""
        is_foreign = old.isascii() or all("ァ" <= char <= "ー" for char in old)
        while True:
            family = self.world.rng.choice(people.foreign_families()) if is_foreign else people.any_family(self.world.rng)
            if family not in self.families.values():
                return family

    def birth(self, old: str) -> str:
        if old not in self.births:
            found = people.born_near(date.fromisoformat(old), self.on, self.world.rng, self.spread)
            self.births[old] = (found if found.isoformat() != old else found - timedelta(days=1)).isoformat()
        return self.births[old]

    def address(self, old: Mapping[str, str]) -> Json:
        """Only addresses of the city are exchanged: where somebody moves to stays where it is."""
        if old.get("city") != "江東区":
            return dict(old)
        key = f"{old.get('town')}{old.get('block')}{old.get('building')}"
        return self.addresses.setdefault(key, people.address(self.world.rng, self.world.city))

    def phone(self, old: str) -> str:
        return self.phones.setdefault(old, self.world.telephones.next())

    def text(self, old: str) -> str:
        """A shop or a mailbox with the family's name gets the new one."""
        for written, family in self.families.items():
            if len(written) > 1:
                old = old.replace(written, family.name.written)
        return old

    def account(self, old: Json) -> Json:
        return old | {"holder": self.kana.get(old["holder"], old["holder"])}
