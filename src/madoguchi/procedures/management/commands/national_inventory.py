"""The state's inventory of procedures, as a source of proposals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from madoguchi.engines.inventory import Passed
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import load_national

# Why a row was left out; the key is the word of the engine, or of actions.national.
WHY = {
    "no_name": "no name",
    "total": "a total",
    "note": "a note",
    "example": "an example",
    "header_again": "the header again",
    "twice": "the same procedure as an earlier row",
    "no_id": "no 手続ID",
    "id_twice": "its 手続ID stands in an earlier row, which was taken",
}


class Command(BaseCommand):
    help = "Load the state's inventory of procedures (a CSV in its layout), from which entries are proposed; it replaces an earlier one."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_options: Any) -> None:
        passed: list[Passed] = []
        try:
            rows, doubts = load_national(data=file.read_bytes(), passed=passed)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{rows} procedures, {doubts} cells in doubt, {len(passed)} rows passed over")
        for one in passed:
            self.stdout.write(f"  row {one.row}: {WHY.get(one.word, one.word)} ({one.text})")
