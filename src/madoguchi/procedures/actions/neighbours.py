"""Beside the other municipalities of the installation: what this one shows them, and taking over what they have."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import Division, User, current_municipality
from madoguchi.engines.inventory import fold
from madoguchi.engines.japanese import fiscal_year
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions.adopting import adopt_shared
from madoguchi.procedures.actions.entries import add_entry, facts_of
from madoguchi.procedures.actions.library import LIBRARY, adopt
from madoguchi.procedures.backends import filed_online
from madoguchi.procedures.models import (
    InventoryChange,
    InventoryEntry,
    PlannedChannel,
    Procedure,
    Progress,
    PublicStanding,
    SharedProcedure,
    StandingSettings,
    assumptions_of,
)
from madoguchi.procedures.models.inventory_figures import Published, published, year_of
from madoguchi.procedures.models.neighbours import law_of, same
from madoguchi.procedures.models.standing import FEW, LONGEST, MOST_HELD


def offered() -> set[str]:
    """The ids that the library holds."""
    return {folder.name for folder in LIBRARY.iterdir() if (folder / "form.json").exists()}


def public_facts() -> dict[str, Any]:
    """What the open scope's municipality would show the others: counts, and the procedures that its residents see online anyway."""
    today = timezone.localdate()
    year = fiscal_year(today) - 1
    entries = list(InventoryEntry.objects.standing().select_related("division", "procedure", "rule"))
    table = published(entries, year, filed_online(*year_of(year)), today)
    known = [one.online for one in table if one.online is not None]
    people = assumptions_of(StandingSettings.objects.first())["population"]
    return {
        "year": year,
        "procedures": len(entries),
        "online": sum(entry.is_online for entry in entries),
        "filings_online": sum(known) if known else None,
        "population": people.value,
        "population_on": people.on.isoformat() if people.on else None,
        "has": _held(table),
    }


def _held(table: list[Published]) -> list[dict[str, Any]]:
    """Procedures shown to residents, and those of the inventory that are online on another service; no other name leaves."""
    ids, volumes = offered(), {one.entry.procedure_id: one.entry.values.get("count_total") for one in table if one.entry.procedure_id}
    shown = list(Procedure.objects.public().for_lists())
    found = [_fact(_of_procedure(one, one.slug if one.slug in ids else ""), volumes.get(one.pk)) for one in shown]
    own = {one.pk for one in shown}
    for row in table:
        entry = row.entry
        if entry.is_online and entry.procedure_id not in own:
            words = {"library": "", "name": entry.name, "name_en": "", "key": entry.key, "law": law_of(entry), "elsewhere": True}
            found.append(_fact(words, entry.values.get("count_total")))
    return found[:MOST_HELD]


def _of_procedure(one: Procedure, library: str) -> dict[str, Any]:
    name = str(one.name["ja"])
    law = fold(str(facts_of(one).get("law") or ""))
    return {"library": library, "name": name, "name_en": str(one.name.get("en") or ""), "key": fold(name), "law": law, "elsewhere": False}


def _fact(words: dict[str, Any], volume: int | None) -> dict[str, Any]:
    cut = {name: value[:LONGEST] if isinstance(value, str) else value for name, value in words.items()}
    is_few = volume is not None and volume < FEW
    return {**cut, "volume": None if is_few else volume, "is_few": is_few}


@transaction.atomic
def share_standing(*, by: User | None) -> PublicStanding:
    """Show the others of the installation this municipality's public facts, from now on and renewed every day, until it stops."""
    row = PublicStanding.objects.filter(municipality=current_municipality()).first()
    row = row or PublicStanding(municipality=current_municipality())
    row.facts, row.at = public_facts(), timezone.now()
    row.save()
    record("procedures.share_standing", by=by, procedures=row.facts["procedures"], online=row.facts["online"], shown=len(row.facts["has"]))
    return row


@transaction.atomic
def withdraw_standing(*, by: User) -> bool:
    """Show the others nothing any more; what stood there is deleted at once. Gives whether anything did."""
    gone, _rows = PublicStanding.objects.filter(municipality=current_municipality()).delete()
    if gone:
        record("procedures.withdraw_standing", by=by)
    return bool(gone)


def refresh_standing() -> None:
    """On the clock: what a municipality shows is made anew once a day, where it shows something."""
    row = PublicStanding.objects.filter(municipality=current_municipality()).first()
    if row is None or timezone.localdate(row.at) >= timezone.localdate():
        return
    row.facts, row.at = public_facts(), timezone.now()
    row.save()


@transaction.atomic
def take_over(*, entry: str, division: Division, by: User) -> Procedure:
    """A procedure of the library, or that a municipality published for all, for a division. `entry` is its id there.

    It comes with its first version and hidden, to be adapted before residents see it; its row of the inventory is linked, or made. Raises
    Refused for what is not to be had, and for what is here already: adopting again would write over what was adapted.
    """
    shared = SharedProcedure.objects.filter(slug=entry, withdrawn_at=None).first()
    if shared is None and entry not in offered():
        raise Refused(_("この手続きの見本はありません：%(id)s") % {"id": entry}, code="not_in_library")
    if shared is None and Procedure.objects.filter(slug=entry).exists():
        raise Refused(_("この手続きはもう引き継いでいます。手続きの一覧から開いてください。"), code="here_already")
    procedure = (
        adopt_shared(entry=shared, division=division, by=by)
        if shared is not None
        else adopt(entry, by=by, division=division.code, hidden=True)
    )
    row = _row_for(procedure) or add_entry(
        division=division, name=str(procedure.name["ja"]), values=facts_of(procedure), source=_("手続きの引き継ぎ"), by=by
    )
    before = {"progress": row.progress, "channel": row.channel}
    row.procedure = procedure
    if row.progress != Progress.ONLINE:  # what is online elsewhere stays so until this one is shown
        row.progress, row.channel, row.online_on = Progress.MAKING, PlannedChannel.OWN, None
    row.save()
    after = {"progress": row.progress, "channel": row.channel}
    InventoryChange.objects.create(entry=row, by=by, source=_("手続きの引き継ぎ"), before=before, after=after)
    record("procedures.take_over", by=by, on=procedure, division=division, procedure=entry, entry=row.number)
    return procedure


def _row_for(procedure: Procedure) -> InventoryEntry | None:
    """The inventory's row of the same name and legal basis that has no procedure yet, the division's own first."""
    key, law = fold(str(procedure.name["ja"]))[:200], fold(str(facts_of(procedure).get("law") or ""))
    rows = InventoryEntry.objects.standing().filter(procedure=None, key=key).order_by("pk")
    fitting = [row for row in rows if same(row.key, law_of(row), key, law)]
    return min(fitting, key=lambda row: row.division_id != procedure.division_id, default=None)
