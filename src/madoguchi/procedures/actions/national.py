"""国の棚卸 as a source of proposals: loaded once for all municipalities, matched by law and article, taken over only by a person."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.accounts.models import User
from madoguchi.engines.inventory import NoHeader, Passed, columns, fold, understand
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions.entries import update_entry
from madoguchi.procedures.models import InventoryEntry, NationalProcedure

SAVED_AT_ONCE = 2000
# Of the whole state, or of who answered there: not what a municipality can take over for itself.
NOT_OURS = frozenset(
    {"name", "count_total", "count_online", "count_offline", "days_online", "days_offline", "system_apply", "systems_apply", "system_work", "note"}
)  # fmt: skip
SOURCE = "国の棚卸（デジタル庁 行政手続等の棚卸調査）"


@transaction.atomic
def load_national(*, data: bytes, passed: list[Passed] | None = None) -> tuple[int, int]:
    """Replace the list by a file in the survey's own layout (CSV, UTF-8 or CP932): (rows, doubts). `passed` gets every row left out.

    Raises Refused for any other file, and for one without a procedure: the list of before stays.
    """
    try:
        found = understand(_grid(data))
    except NoHeader as error:
        raise Refused(_("「手続名」の列が見つかりません。国の棚卸調査のCSVを選んでください。"), code="no_header") from error
    if "procedure_id" not in found.columns:
        raise Refused(_("「手続ID」の列がありません。国の棚卸調査のCSVを選んでください。"), code="no_id")
    rows, left_out = _by_id(found.rows)
    if not rows:
        raise Refused(_("手続きの行がありません。前に読み込んだ一覧は、そのまま残してあります。"), code="no_rows")
    if passed is not None:
        passed.extend(sorted([*found.passed, *left_out], key=lambda one: one.row))
    NationalProcedure.objects.all().delete()
    NationalProcedure.objects.bulk_create(rows.values(), batch_size=SAVED_AT_ONCE)
    return len(rows), len(found.doubts)


def _by_id(found: Iterable[tuple[int, Mapping[str, Any]]]) -> tuple[dict[str, NationalProcedure], list[Passed]]:
    """({手続ID: row}, rows left out): those without an id, and those whose id an earlier row has."""
    rows: dict[str, NationalProcedure] = {}
    first: dict[str, int] = {}
    left_out = []
    for row, values in found:
        number = str(values.get("procedure_id") or "").strip()[:40]
        if not number:
            left_out.append(Passed(row, values["name"][:80], "no_id"))
        elif first.setdefault(number, row) != row:
            left_out.append(Passed(row, f"{number} {values['name'][:60]} ← {first[number]}", "id_twice"))
        else:
            rows[number] = NationalProcedure(
                number=number,
                name=values["name"][:500],
                key=fold(values["name"])[:500],
                basis=basis_of(values),
                values={key: value for key, value in values.items() if value not in (None, [])},
            )
    return rows, left_out


def _grid(data: bytes) -> list[list[str]]:
    """The file as texts; it has more rows than a sheet of a division may have."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
            return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]
        except (UnicodeDecodeError, csv.Error):
            continue
    raise Refused(_("UTF-8かShift_JISのCSVではありません。"), code="not_csv")


def basis_of(values: Mapping[str, Any]) -> str:
    """Law and article as they are compared: 児童手当法 第7条第1項 and 児童手当法７条１項 are one."""
    law, article = (fold(str(values.get(key) or "")) for key in ("law", "article"))
    return f"{law}|{article.replace('第', '')}"[:600] if law and article else ""


def national_for(entry: InventoryEntry) -> NationalProcedure | None:
    """The state's row for an entry: by its id, by law and article, or by a name that is there once. None where several could be meant."""
    rows = NationalProcedure.objects.all()
    if number := entry.values.get("procedure_id"):
        return rows.filter(number=number).first()
    basis = basis_of(entry.values)
    for wanted in ({"basis": basis} if basis else None, {"key": entry.key}):
        found = list(rows.filter(**wanted)[:2]) if wanted else []
        if len(found) == 1:
            return found[0]
        named = list(rows.filter(**wanted, key=entry.key)[:2]) if len(found) > 1 and wanted else []
        if len(named) == 1:
            return named[0]
    return None


def proposals_for(entry: InventoryEntry) -> dict[str, Any]:
    """{column: value} that the state's list says and the municipality has not said yet."""
    found = national_for(entry)
    if found is None:
        return {}
    known = columns()
    return {
        key: value
        for key, value in found.values.items()
        if key in known and known[key].group == "national" and key not in NOT_OURS and entry.values.get(key) in (None, [])
    }


@transaction.atomic
def take_proposals(*, entries: Iterable[InventoryEntry], by: User) -> int:
    """Fill what is empty from the state's list; gives how many entries got something. What somebody wrote is never replaced."""
    count = 0
    for entry in entries:
        if values := proposals_for(entry):
            update_entry(entry=entry, values=values, source=SOURCE, by=by)
            count += 1
    return count
