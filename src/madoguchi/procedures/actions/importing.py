"""A division's sheet into the inventory: read and shown first, taken over in a second step, and again without doubling anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import Division, User
from madoguchi.engines.inventory import NoHeader, Understood, columns, fold, understand
from madoguchi.engines.inventory.cells import NOTHING
from madoguchi.lib.errors import Refused
from madoguchi.lib.sheets import Grid, UnreadableSheet, read_grids
from madoguchi.lib.tags import date_ja
from madoguchi.procedures.actions.entries import NUMBER, changed, free_numbers, publish_facts, reopen_replies, touched_in
from madoguchi.procedures.actions.planning import plan_entry
from madoguchi.procedures.models import ImportState, InventoryChange, InventoryEntry, InventoryImport, InventoryRound
from madoguchi.procedures.models.inventory_sheet import PLAN, plan_of

SAVED_AT_ONCE = 500
# {"row", "values", "division": code, "entry": id or None, "what": new|changed|same|refused, "changes", "why",
#  "number": what a new row is called, "" for a free number, "doubts": [{"row", "column", "text", "word"}]}
Row = dict[str, Any]


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
    rows = _matched(division, found.rows)
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


def _matched(division: Division | None, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> list[Row]:
    """What each row means. Of two rows for one entry the first counts; the second is named, never lost."""
    known = _Known(division)
    first: dict[int, int] = {}
    found = []
    for number, values in rows:
        one = known.match(number, values)
        if one["entry"] is not None and first.setdefault(one["entry"], number) != number:
            why = _("%(row)s行目と同じ手続きです。%(row)s行目だけを取り込みます。") % {"row": first[one["entry"]]}
            one = {**one, "entry": None, "what": "refused", "changes": {}, "doubts": [], "why": why}
        found.append(one)
    return found


class _Known:
    """The entries that are there, to find again what a row means: by number, by division and name, by name and basis."""

    def __init__(self, division: Division | None) -> None:
        self.only = division
        self.divisions: dict[str, Division] = {}
        for one in Division.objects.all():
            self.divisions |= {fold(one.code): one, fold(one.name): one}
        self.by_number: dict[str, InventoryEntry] = {}
        self.by_name: dict[tuple[int, str], list[InventoryEntry]] = {}
        self.by_basis: dict[tuple[str, ...], list[InventoryEntry]] = {}
        self.ended: dict[tuple[int, str], InventoryEntry] = {}
        self.given: set[str] = set()  # numbers that rows of this sheet bring along
        for entry in InventoryEntry.objects.select_related("division").order_by("ended_on", "pk"):
            if entry.ended_on is not None:
                self.by_number.setdefault(fold(entry.number), entry)
                self.ended[(entry.division_id, entry.key)] = entry
                continue
            self.by_number[fold(entry.number)] = entry
            self.by_name.setdefault((entry.division_id, entry.key), []).append(entry)
            self.by_basis.setdefault(_basis(entry.name, entry.values), []).append(entry)

    def match(self, number: int, values: Mapping[str, Any]) -> Row:
        written = str(values.get("division") or "")
        division = self.divisions.get(fold(written)) if written else self.only
        entry = self._numbered(values, division)
        if entry is not None:
            own: Division | None = entry.division  # a number that we gave says more than a name that changes
        else:
            entry = self._named(values, division)
            own = division or (entry.division if entry is not None and not written else None)
        found: Row = {"row": number, "values": dict(values), "division": "", "entry": None, "what": "new", "changes": {}, "why": ""}
        found |= {"number": "", "doubts": []}
        if why := self._why_not(values, written, own, entry):
            return {**found, "what": "refused", "why": why}
        assert own is not None
        found["division"] = own.code
        found["doubts"] = list(self._doubts(number, values, entry, own if division != own else None))
        if entry is None:
            found["number"], doubts = self._number_of_new(number, values)
            found["doubts"] += doubts
            return found
        found["entry"], found["changes"] = entry.pk, _differences(entry, values, plan=self.only is None)
        return {**found, "what": "changed" if found["changes"] else "same"}

    def _numbered(self, values: Mapping[str, Any], division: Division | None) -> InventoryEntry | None:
        """The entry of the row's number, ended ones too; unless another division numbers something else in the same way."""
        entry = self.by_number.get(fold(_number(values)))
        if entry is None or division is None or entry.division_id == division.pk or entry.key == fold(str(values["name"]))[:200]:
            return entry
        return None

    def _named(self, values: Mapping[str, Any], division: Division | None) -> InventoryEntry | None:
        """By name and basis, else by a name that is there once; an ended one where none of the name stands."""
        name = str(values["name"])
        same = self.by_basis.get(_basis(name, values), [])
        if division is not None:
            key = (division.pk, fold(name)[:200])
            same = [one for one in same if one.division_id == division.pk] or self.by_name.get(key, [])
            if not same:
                return self.ended.get(key)
        return same[0] if len(same) == 1 else None

    def _why_not(self, values: Mapping[str, Any], written: str, division: Division | None, entry: InventoryEntry | None) -> str:
        """Why a row cannot be taken over, "" where it can."""
        if division is None:
            return _("所管課「%(name)s」は登録されていません。") % {"name": written or "－"}
        if self.only is not None and division != self.only:
            return _("ほかの課（%(name)s）の手続きです。") % {"name": division.name}
        if entry is not None and entry.ended_on is not None:
            names = {"day": date_ja(entry.ended_on), "number": entry.number}
            return _("%(day)sに廃止にした手続き（%(number)s）です。取り込みません。") % names
        other = self.by_number.get(fold(_number(values))) if entry is None else None
        if other is not None:
            names = {"number": other.number, "division": other.division.name, "name": other.name}
            return _("手続番号%(number)sは、%(division)sの「%(name)s」の番号です。番号か所管課を直してください。") % names
        return ""

    def _doubts(
        self, number: int, values: Mapping[str, Any], entry: InventoryEntry | None, kept: Division | None
    ) -> Iterator[dict[str, Any]]:
        """What is not taken as it is written: the division of a number that we know (`kept`), a plan that is not the sender's to make."""
        known = columns()
        if kept is not None and (written := str(values.get("division") or "")):
            yield _doubt(number, known["division"].name["ja"], f"{written} → {kept.name}", "division_kept")
        if self.only is None:
            return
        standing = plan_of(entry or InventoryEntry())
        for name in PLAN:
            if values.get(name) is not None and values[name] != standing[name]:
                yield _doubt(number, known[name].name["ja"], known[name].label(str(values[name])), "plan_kept")

    def _number_of_new(self, row: int, values: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
        """(the row's own number, "" for a free one; why it is not its own). A running number is nobody's and no doubt."""
        number = _number(values)
        if not number:
            return "", []
        word = "bad_number" if NUMBER.fullmatch(number) is None else "number_twice" if fold(number) in self.given else ""
        if word:
            return "", [_doubt(row, columns()["number"].name["ja"], number[:80], word)]
        self.given.add(fold(number))
        return number, []


def _doubt(row: int, column: str, text: str, word: str) -> dict[str, Any]:
    return {"row": row, "column": column, "text": text, "word": word}


def _number(values: Mapping[str, Any]) -> str:
    """The number that a row brings; "" for none, and for a running number."""
    number = str(values.get("number") or "").strip()
    return "" if number.isdigit() or fold(number) in NOTHING else number


def _basis(name: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    return (fold(name), fold(str(values.get("law") or "")), fold(str(values.get("article") or "")))


def said(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a row states: an empty cell says nothing, and erases nothing."""
    return {key: value for key, value in values.items() if value not in (None, []) and key not in ("number", "division")}


def facts(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a row states, without the plan."""
    return {key: value for key, value in said(values).items() if key not in PLAN}


def _differences(entry: InventoryEntry, values: Mapping[str, Any], *, plan: bool) -> dict[str, list[Any]]:
    standing = {**entry.values, "name": entry.name, **{name: getattr(entry, field) or None for name, field in PLAN.items()}}
    stated = said(values) if plan else facts(values)
    return {key: [standing.get(key), value] for key, value in stated.items() if standing.get(key) != value}


@transaction.atomic
def take_import(*, found: InventoryImport, by: User) -> dict[str, int]:
    """Take over what was read: {"new", "changed", "same", "refused"}. Raises Refused for one dropped or taken already.

    Rows are matched anew: somebody may have written in between.
    """
    row = InventoryImport.objects.select_for_update(of=("self",)).select_related("round", "division").get(pk=found.pk)
    if row.state == ImportState.DROPPED:
        raise Refused(_("この取り込みは取りやめられました。もう一度ファイルを選んでください。"), code="dropped")
    if row.state == ImportState.TAKEN:  # what was written since would be overwritten, what was ended would come back
        raise Refused(_("この表はすでに取り込みました。もう一度取り込むときは、ファイルを選び直してください。"), code="taken")
    rows = _matched(row.division, [(one["row"], one["values"]) for one in row.found["rows"]])
    counts = {what: sum(one["what"] == what for one in rows) for what in ("new", "changed", "same", "refused")}
    new, standing = ([one for one in rows if one["what"] in kinds] for kinds in (("new",), ("changed", "same")))
    entries = [*_add(new, row, by), *_change(standing, row, by)]
    if row.division is None:  # read by who manages the inventory: the plan is theirs, a division's sheet does not change it
        _plan(entries, [*new, *standing], by)
    if row.round is not None and row.round.is_open:
        touched_in(entries, row.round)
    row.state, row.found = ImportState.TAKEN, {**row.found, "rows": rows, "taken": counts}  # what was taken, not what was looked at
    row.save(update_fields=["state", "found"])
    record("procedures.take_import", by=by, on=row, division=row.division, **counts)
    return counts


def _add(rows: Iterable[Row], found: InventoryImport, by: User) -> list[InventoryEntry]:
    divisions = {one.code: one for one in Division.objects.all()}
    taken = {fold(one) for one in InventoryEntry.objects.values_list("number", flat=True)}
    made, changes = [], []
    waiting: dict[str, list[Row]] = {}
    for one in rows:
        waiting.setdefault(one["division"], []).append(one)
        taken.add(fold(one["number"]))  # those that bring a number have it, wherever in the sheet they stand
    for code, own in waiting.items():
        numbers = (one for one in free_numbers(divisions[code], len(own) + len(taken)) if fold(one) not in taken)
        for one in own:
            one["number"] = one["number"] or next(numbers)
            entry = InventoryEntry(division=divisions[code], name=str(one["values"]["name"])[:200], number=one["number"])
            entry.key = fold(entry.name)[:200]
            change = changed(entry, facts(one["values"]), found.name, by)
            made.append(entry)
            if change is not None:
                changes.append((entry, change))
    InventoryEntry.objects.bulk_create(made, batch_size=SAVED_AT_ONCE)
    for entry, change in changes:
        change.entry = entry
    InventoryChange.objects.bulk_create([change for _entry, change in changes], batch_size=SAVED_AT_ONCE)
    for entry in {one.division_id: one for one in made}.values():
        reopen_replies(entry, columns())
    return made


def _change(rows: Iterable[Row], found: InventoryImport, by: User) -> list[InventoryEntry]:
    wanted = {one["entry"]: one for one in rows}
    entries = list(InventoryEntry.objects.select_for_update(of=("self",)).select_related("procedure").filter(pk__in=wanted))
    changes = []
    for entry in entries:
        change = changed(entry, facts(wanted[entry.pk]["values"]), found.name, by)
        if change is not None:
            entry.key = fold(entry.name)[:200]
            changes.append(change)
    InventoryEntry.objects.bulk_update([change.entry for change in changes], ["values", "name", "key"], batch_size=SAVED_AT_ONCE)
    InventoryChange.objects.bulk_create(changes, batch_size=SAVED_AT_ONCE)
    for change in changes:
        publish_facts(change.entry)
    _reopen(changes)
    return entries


def _reopen(changes: Iterable[InventoryChange]) -> None:
    """Approved replies of the divisions in whose rows something changed; once for each division, not for each row."""
    touched: dict[int, tuple[InventoryEntry, set[str]]] = {}
    for change in changes:
        touched.setdefault(change.entry.division_id, (change.entry, set()))[1].update(change.after)
    for entry, names in touched.values():
        reopen_replies(entry, names)


def _plan(entries: Iterable[InventoryEntry], rows: Iterable[Row], by: User) -> None:
    """Write the plan's columns into the plan, as its page does."""
    stated = {one["entry"] or one["number"]: said(one["values"]) for one in rows}
    for entry in entries:
        own = stated.get(entry.pk) or stated.get(entry.number) or {}
        plan = {field: own[name] for name, field in PLAN.items() if name in own}
        plan |= {"owner": plan["owner"][:60]} if "owner" in plan else {}
        if any(getattr(entry, field) != value for field, value in plan.items()):
            plan_entry(entry=entry, plan=plan, by=by)


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
