"""The inventory as Excel, in columns that come back without loss; and the table that many ordinances want published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from madoguchi.engines.inventory import columns, write_cell
from madoguchi.lib.tables import write_workbook
from madoguchi.procedures.models.inventory import InventoryEntry

KEYS = ("number", "division", "name", "law", "article")  # what tells a row when it comes back

# Columns that are the entry's plan: its fields hold them, not its values. {column: field}
PLAN = {"planned_channel": "channel", "target_year": "target_year", "progress": "progress", "owner": "owner"}


def sheet_of(entries: Iterable[InventoryEntry], wanted: Sequence[str]) -> bytes:
    """A workbook: the rows with the keys first, and on a second sheet what may be written into each coded column."""
    names = [*KEYS, *(one for one in wanted if one not in KEYS)]
    known = columns()
    rows: list[list[Any]] = [[known[name].name["ja"] for name in names]]
    rows += [cells_of(entry, names) for entry in entries]
    codes: list[list[Any]] = [["項目", "書ける値"]]
    for name in names:
        codes += [[known[name].name["ja"], write_cell(known[name], one.code)] for one in known[name].codes if known[name].kind == "code"]
        codes += [[known[name].name["ja"], write_cell(known[name], [one.code])] for one in known[name].codes if known[name].kind == "codes"]
    return write_workbook({"棚卸": rows, "選択肢": codes})


def cells_of(entry: InventoryEntry, names: Sequence[str]) -> list[Any]:
    """An entry's row of the sheet."""
    own = {"number": entry.number, "division": entry.division.name, "name": entry.name}
    known, values = columns(), {**entry.values, **plan_of(entry)}
    return [own[name] if name in own else write_cell(known[name], values.get(name)) for name in names]


def plan_of(entry: InventoryEntry) -> dict[str, Any]:
    """An entry's plan in the sheet's columns; where it has none, what an earlier sheet left among the values."""
    return {name: getattr(entry, field) or entry.values.get(name) for name, field in PLAN.items()}
