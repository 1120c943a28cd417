"""Beside the other municipalities: their public facts put in order, and what they have online and this one has not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from madoguchi.accounts.models import Municipality
from madoguchi.engines.inventory import fold
from madoguchi.procedures.models.inventory import InventoryEntry
from madoguchi.procedures.models.procedure import Procedure
from madoguchi.procedures.models.shared import Adoption, AdoptionKind, SharedProcedure
from madoguchi.procedures.models.standing import PublicStanding

Facts = dict[str, Any]


@dataclass(frozen=True)
class Beside:
    """One municipality's line of the comparison."""

    municipality: Municipality
    at: datetime
    facts: Facts
    is_own: bool = False

    @property
    def share(self) -> float | None:
        return round(100 * self.facts["online"] / self.facts["procedures"], 1) if self.facts["procedures"] else None

    @property
    def population_on(self) -> date | None:
        day = self.facts["population_on"]
        return date.fromisoformat(day) if day else None

    @property
    def per_thousand(self) -> float | None:
        """Filings online in a year per 1,000 inhabitants; unknown where either is."""
        filings, people = self.facts["filings_online"], self.facts["population"]
        return round(1000 * filings / people, 1) if people and filings is not None else None


def beside(own: Municipality, facts: Facts, at: datetime) -> list[Beside]:
    """This municipality by today's figures, then those that show theirs; the largest share first."""
    others = PublicStanding.objects.exclude(municipality=own).select_related("municipality")
    rows = [Beside(own, at, facts, is_own=True), *(Beside(one.municipality, one.at, one.facts) for one in others)]
    return sorted(rows, key=lambda row: (-(row.share or 0), row.municipality.slug))


@dataclass
class Missing:
    """A procedure that others have online and this municipality has not. `entry` is its row of the own inventory, if any."""

    name: str
    name_en: str
    library: str
    key: str
    law: str
    having: list[tuple[Municipality, Facts]] = field(default_factory=list)
    shared: SharedProcedure | None = None  # one of them published its form for all
    entry: InventoryEntry | None = None
    prepared: Procedure | None = None  # adopted already, and not shown yet

    @property
    def offer(self) -> str:
        """The id by which it can be taken over; "" where it cannot."""
        return self.library or (self.shared.slug if self.shared is not None else "")

    @property
    def has_form(self) -> bool:
        """Somebody has a form of it here; what is only online on another service has none."""
        return any(not one["elsewhere"] for _municipality, one in self.having)

    @property
    def volume(self) -> int:
        """The filings that its owners name, for the order; what they do not name counts nothing."""
        return sum(one["volume"] or 0 for _municipality, one in self.having)


def missing(own: Municipality, entries: Sequence[InventoryEntry], procedures: Iterable[Procedure], offered: set[str]) -> list[Missing]:
    """What others have and this one has not: first what can be adopted, then forms of their own; the most widespread first.

    A procedure is the same by its id of the library; else by its name where the legal basis does not speak against it. `offered` are the
    ids that the library here holds; they can be adopted, and forms that their municipality published for all.
    """
    gathered = _Gathered(offered)
    for one in PublicStanding.objects.exclude(municipality=own).select_related("municipality"):
        for fact in one.facts["has"]:
            gathered.add(one.municipality, fact)
    _offer(gathered.rows, list(procedures))
    by_procedure = {entry.procedure_id: entry for entry in entries if entry.procedure_id is not None}
    by_key: dict[str, list[InventoryEntry]] = {}
    for entry in entries:
        by_key.setdefault(entry.key, []).append(entry)
    rows = [_placed(row, by_procedure, by_key) for row in gathered.rows]
    left = [row for row in rows if row is not None]
    return sorted(left, key=lambda row: (not row.offer, not row.has_form, -len(row.having), -row.volume, row.name))


def _offer(rows: Iterable[Missing], procedures: Sequence[Procedure]) -> None:
    """What its owner gave to the shared library, and what of all this was adopted here already."""
    by_slug, by_pk = {one.slug: one for one in procedures}, {one.pk: one for one in procedures}
    adopted = dict(Adoption.objects.filter(kind=AdoptionKind.SHARED).values_list("origin", "procedure"))
    given = {(one.origin, fold(str(one.name["ja"]))): one for one in SharedProcedure.objects.filter(withdrawn_at=None).order_by("-pk")}
    for row in rows:
        row.shared = next((given[where] for one, _fact in row.having if (where := (one.slug, row.key)) in given), None)
        if row.library:
            row.prepared = by_slug.get(row.library)
        elif row.shared is not None and row.shared.slug in adopted:
            row.prepared = by_pk.get(adopted[row.shared.slug])


class _Gathered:
    """Procedures of all municipalities, each once; looked up by id and by name, for there may be dozens of towns with hundreds each."""

    def __init__(self, offered: set[str]) -> None:
        self.offered = offered
        self.rows: list[Missing] = []
        self.by_library: dict[str, Missing] = {}
        self.by_key: dict[str, list[Missing]] = {}

    def add(self, municipality: Municipality, fact: Facts) -> None:
        library = fact["library"] if fact["library"] in self.offered else ""
        row = self.by_library.get(library) or self._named(fact, library)
        if row is None:
            row = Missing(fact["name"], fact["name_en"], library, fact["key"], fact["law"])
            self.rows.append(row)
            self.by_key.setdefault(row.key, []).append(row)
        row.library, row.law = row.library or library, row.law or fact["law"]
        if row.library:
            self.by_library.setdefault(row.library, row)
        if all(municipality.pk != having.pk for having, _fact in row.having):
            row.having.append((municipality, fact))

    def _named(self, fact: Facts, library: str) -> Missing | None:
        rows = self.by_key.get(fact["key"], ())
        return next((one for one in rows if not (library and one.library) and same(one.key, one.law, fact["key"], fact["law"])), None)


def _placed(row: Missing, by_procedure: Mapping[int, InventoryEntry], by_key: Mapping[str, list[InventoryEntry]]) -> Missing | None:
    """With its row of the own inventory; None where it is online here."""
    own = by_procedure.get(row.prepared.pk) if row.prepared is not None else None
    row.entry = own or next((one for one in by_key.get(row.key, ()) if same(one.key, law_of(one), row.key, row.law)), None)
    is_shown = row.prepared is not None and row.prepared.current_id is not None and not row.prepared.is_hidden
    return None if is_shown or (row.entry is not None and row.entry.is_online) else row


def law_of(entry: InventoryEntry) -> str:
    return fold(str(entry.values.get("law") or ""))


def same(key: str, law: str, other_key: str, other_law: str) -> bool:
    """The same name, and no other law: a basis that one of them does not name speaks for neither."""
    return key == other_key and (not law or not other_law or law == other_law)
