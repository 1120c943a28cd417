"""A division's sheet into the inventory: read and shown first, taken over in a second step, and again without doubling anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import Division, User
from madoguchi.engines.inventory import NoHeader, Understood, fold, understand
from madoguchi.lib.errors import Refused
from madoguchi.lib.sheets import Grid, UnreadableSheet, read_grids
from madoguchi.procedures.actions.entries import changed, free_numbers, publish_facts, touched_in
from madoguchi.procedures.models import ImportState, InventoryChange, InventoryEntry, InventoryImport, InventoryRound

SAVED_AT_ONCE, LONGEST_NUMBER = 500, 30
Row = dict[str, Any]  # {"row", "values", "division": code, "entry": id or None, "what": new|changed|same|refused, "changes", "why"}


@transaction.atomic
def read_inventory(
    *,
    data: bytes,
    name: str,
    by: User,
    division: Division | None = None,
    round: InventoryRound | None = None,  # noqa: A002
) -> InventoryImport:
    """Understand a sheet and keep what was understood, to be looked at. With `division`, rows of other divisions are refused.

    Raises Refused for a file that is no inventory at all.
    """
    sheet, found, others = _best(data)
    known = _Known(division)
    rows = [known.match(number, values) for number, values in found.rows]
    understood = {
        "sheet": sheet,
        "others": others,
        "header": list(found.header),
        "columns": found.columns,
        "unknown": [list(one) for one in found.unknown],
        "doubts": [asdict(one) for one in found.doubts],
        "passed": [asdict(one) for one in found.passed],
        "rows": rows,
    }
    row = InventoryImport.objects.create(
        name=name[:200], sha256=sha256(data).hexdigest(), round=round, division=division, found=understood, by=by
    )
    record("procedures.read_inventory", by=by, on=row, division=division, rows=len(rows))
    return row


def _best(data: bytes) -> tuple[str, Understood, list[str]]:
    """(sheet's name, what it says, names of the others) of the sheet that knows the most columns."""
    try:
        grids = read_grids(data)
    except UnreadableSheet as error:
        raise Refused(_unreadable(error.reason), code=error.reason) from error
    read: list[tuple[int, str, Understood]] = []
    for name, grid in grids:
        found = _understood(grid)
        if found is not None:
            read.append((len(found.columns) * 1000 + min(999, len(found.rows)), name, found))
    if not read:
        raise Refused(_("「手続名」の列が見つかりません。見出しの行に「手続名」と書いてください。"), code="no_header")
    _size, name, found = max(read, key=lambda one: one[0])
    if not found.rows:
        raise Refused(_("見出しの下に、手続きの行がありません。"), code="no_rows")
    return name, found, [other for other, _grid in grids if other != name]


def _understood(grid: Grid) -> Understood | None:
    try:
        return understand(grid)
    except NoHeader:
        return None


def _unreadable(reason: str) -> str:
    return {
        "too_large": _("ファイルが大きすぎます（10MBまで）。課ごとに分けてください。"),
        "too_long": _("行が多すぎます（20,000行まで）。課ごとに分けてください。"),
        "empty": _("表に何も書かれていません。"),
    }.get(reason, _("ExcelかCSVのファイルではありません。"))


class _Known:
    """The entries that stand, to find again what a row means: by number, by division and name, by name and basis."""

    def __init__(self, division: Division | None) -> None:
        self.only = division
        self.divisions: dict[str, Division] = {}
        for one in Division.objects.all():
            self.divisions |= {fold(one.code): one, fold(one.name): one}
        self.by_number: dict[str, InventoryEntry] = {}
        self.by_name: dict[tuple[int, str], list[InventoryEntry]] = {}
        self.by_basis: dict[tuple[str, ...], list[InventoryEntry]] = {}
        for entry in InventoryEntry.objects.standing().select_related("division"):
            self.by_number[fold(entry.number)] = entry
            self.by_name.setdefault((entry.division_id, entry.key), []).append(entry)
            self.by_basis.setdefault(_basis(entry.name, entry.values), []).append(entry)

    def match(self, number: int, values: Mapping[str, Any]) -> Row:
        found: Row = {"row": number, "values": dict(values), "division": "", "entry": None, "what": "new", "changes": {}, "why": ""}
        written = str(values.get("division") or "")
        division = self.divisions.get(fold(written)) if written else self.only
        entry = self._entry(values, division)
        division = division or (entry.division if entry is not None and not written else None)
        if division is None:
            return {**found, "what": "refused", "why": _("所管課「%(name)s」は登録されていません。") % {"name": written or "－"}}
        if self.only is not None and division != self.only:
            return {**found, "what": "refused", "why": _("ほかの課（%(name)s）の手続きです。") % {"name": division.name}}
        found["division"] = division.code
        if entry is None:
            return found
        found["entry"], found["changes"] = entry.pk, _differences(entry, values)
        return {**found, "what": "changed" if found["changes"] else "same"}

    def _entry(self, values: Mapping[str, Any], division: Division | None) -> InventoryEntry | None:
        """By our number, unless it is another division's; else by name and basis, else by a name that is there once."""
        entry = self.by_number.get(fold(str(values.get("number") or "")))
        if entry is not None and (division is None or entry.division_id == division.pk):
            return entry
        name = str(values["name"])
        same = self.by_basis.get(_basis(name, values), [])
        if division is not None:
            same = [one for one in same if one.division_id == division.pk] or self.by_name.get((division.pk, fold(name)[:200]), [])
        return same[0] if len(same) == 1 else None


def _basis(name: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    return (fold(name), fold(str(values.get("law") or "")), fold(str(values.get("article") or "")))


def said(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a row states: an empty cell says nothing, and erases nothing."""
    return {key: value for key, value in values.items() if value not in (None, []) and key not in ("number", "division")}


def _differences(entry: InventoryEntry, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    standing = {**entry.values, "name": entry.name}
    return {key: [standing.get(key), value] for key, value in said(values).items() if standing.get(key) != value}


@transaction.atomic
def take_import(*, found: InventoryImport, by: User) -> dict[str, int]:
    """Take over what was read: {"new", "changed", "same", "refused"}. Doing it again changes nothing. Raises Refused for one dropped.

    Rows are matched anew: somebody may have written in between.
    """
    row = InventoryImport.objects.select_for_update(of=("self",)).select_related("round", "division").get(pk=found.pk)
    if row.state == ImportState.DROPPED:
        raise Refused(_("この取り込みは取りやめられました。もう一度ファイルを選んでください。"), code="dropped")
    known = _Known(row.division)
    rows = [known.match(one["row"], one["values"]) for one in row.found["rows"]]
    made = _add([one for one in rows if one["what"] == "new"], row, by)
    touched = _change([one for one in rows if one["what"] in ("changed", "same")], row, by)
    if row.round is not None and row.round.is_open:
        touched_in([*made, *touched], row.round)
    row.state = ImportState.TAKEN
    row.save(update_fields=["state"])
    counts = {what: sum(one["what"] == what for one in rows) for what in ("new", "changed", "same", "refused")}
    record("procedures.take_import", by=by, on=row, division=row.division, **counts)
    return counts


def _add(rows: Iterable[Row], found: InventoryImport, by: User) -> list[InventoryEntry]:
    divisions = {one.code: one for one in Division.objects.all()}
    taken = {fold(one) for one in InventoryEntry.objects.values_list("number", flat=True)}
    made, changes = [], []
    waiting: dict[str, list[Row]] = {}
    for one in rows:
        waiting.setdefault(one["division"], []).append(one)
    for code, own in waiting.items():
        numbers = iter(free_numbers(divisions[code], len(own)))
        for one in own:
            number = str(one["values"].get("number") or "").strip()
            is_ours = not number.isdigit() and 0 < len(number) <= LONGEST_NUMBER and fold(number) not in taken  # else a running number
            entry = InventoryEntry(
                division=divisions[code], name=str(one["values"]["name"])[:200], number=number if is_ours else next(numbers)
            )
            taken.add(fold(entry.number))
            entry.key = fold(entry.name)[:200]
            change = changed(entry, said(one["values"]), found.name, by)
            made.append(entry)
            if change is not None:
                changes.append((entry, change))
    InventoryEntry.objects.bulk_create(made, batch_size=SAVED_AT_ONCE)
    for entry, change in changes:
        change.entry = entry
    InventoryChange.objects.bulk_create([change for _entry, change in changes], batch_size=SAVED_AT_ONCE)
    return made


def _change(rows: Iterable[Row], found: InventoryImport, by: User) -> list[InventoryEntry]:
    wanted = {one["entry"]: one for one in rows}
    entries = list(InventoryEntry.objects.select_for_update(of=("self",)).select_related("procedure").filter(pk__in=wanted))
    changes = []
    for entry in entries:
        change = changed(entry, said(wanted[entry.pk]["values"]), found.name, by)
        if change is not None:
            entry.key = fold(entry.name)[:200]
            changes.append(change)
    InventoryEntry.objects.bulk_update([change.entry for change in changes], ["values", "name", "key"], batch_size=SAVED_AT_ONCE)
    InventoryChange.objects.bulk_create(changes, batch_size=SAVED_AT_ONCE)
    for change in changes:
        publish_facts(change.entry)
    return entries


@transaction.atomic
def drop_import(*, found: InventoryImport, by: User) -> InventoryImport:
    """取りやめ: what was read is not taken over. Raises Refused once it was."""
    row = InventoryImport.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if row.state == ImportState.TAKEN:
        raise Refused(_("すでに取り込みました。"), code="taken")
    row.state = ImportState.DROPPED
    row.save(update_fields=["state"])
    record("procedures.drop_import", by=by, on=row, division=row.division)
    return row
