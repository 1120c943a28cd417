"""書き出し: cases as a table for other programs, and as JSON. Individual numbers never leave this way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications.actions.accepting import PURPOSES, works_here
from madoguchi.applications.models import Application
from madoguchi.applications.models.flat import as_json, one_sheet, several_sheets
from madoguchi.lib import tables
from madoguchi.lib.errors import Refused

FORMATS = {"csv": "csv", "csv-cp932": "csv", "xlsx": "xlsx", "json": "json"}


@dataclass(frozen=True)
class Exported:
    """A file; for CP932 also what could not be written: [{"number", "column", "character"}]."""

    data: bytes
    name: str
    media_type: str
    count: int
    unmappable: tuple[Mapping[str, str], ...] = ()


@transaction.atomic
def export_cases(*, applications: Iterable[Application], format: str, by: User) -> Exported:  # noqa: A002 what the file is
    """A file of filed cases as their newest revisions say. The resident of each sees that its division wrote it out."""
    chosen = require_exportable(applications, format, by)
    exported = write(chosen, format)
    for application in chosen:
        record("applications.open_case", by=by, on=application, division=application.division, purpose=PURPOSES[3])
    record("applications.export", by=by, division=chosen[0].division, count=len(chosen), format=format)
    return exported


def require_exportable(applications: Iterable[Application], format: str, by: User) -> list[Application]:  # noqa: A002
    """The filed ones among them; raises Refused for no case, an unknown format, another division's case."""
    if format not in FORMATS:
        raise Refused(_("書き出す形式を選んでください。"), code="no_format")
    chosen = [application for application in applications if not application.is_draft]
    if not chosen:
        raise Refused(_("書き出す申請がありません。条件を変えるか、一覧で選んでください。"), code="nothing_chosen")
    divisions = {one.procedure.division_id: one for one in chosen}
    if not all(works_here(by, one, "cases.export") for one in divisions.values()):
        raise Refused(_("ほかの課の申請は書き出せません。"), code="other_division")
    return chosen


def write(applications: Sequence[Application], format: str) -> Exported:  # noqa: A002
    """The file itself; records nothing."""
    name = f"applications-{timezone.localtime():%Y%m%d-%H%M}.{FORMATS[format]}"
    count = len(applications)
    if format == "json":
        return Exported(tables.write_json([as_json(one) for one in applications]), name, "application/json", count)
    if format == "xlsx":
        sheets = {sheet.name: [sheet.labels(), *sheet.cells()] for sheet in several_sheets(applications)}
        return Exported(tables.write_workbook(sheets), name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", count)
    sheet = one_sheet(applications)
    written = tables.write_csv(sheet.cells(), sheet.labels(), encoding="cp932" if format == "csv-cp932" else "utf-8-sig")
    lost = tuple(
        {"number": applications[one.row - 1].number or "" if one.row else "", "column": one.column, "character": code_of(one.cluster)}
        for one in written.unmappable
    )
    return Exported(written.data, name, "text/csv", count, lost)


def lost_in_cp932(*, applications: Iterable[Application], by: User) -> tuple[Mapping[str, str], ...]:
    """What a CP932 file of these cases could not hold, to be shown before it is made; nothing leaves the house yet."""
    return write(require_exportable(applications, "csv-cp932", by), "csv-cp932").unmappable


def code_of(cluster: str) -> str:
    """「𠮷（U+20BB7）」: the character and how it is called where no font draws it."""
    return f"{cluster}（{' '.join(f'U+{ord(char):04X}' for char in cluster)}）"
