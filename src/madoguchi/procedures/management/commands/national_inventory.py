"""The state's inventory of procedures, as a source of proposals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import load_national


class Command(BaseCommand):
    help = "Load the state's inventory of procedures (a CSV in its layout), from which entries are proposed; it replaces an earlier one."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_options: Any) -> None:
        try:
            rows, doubts = load_national(data=file.read_bytes())
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{rows} procedures, {doubts} cells in doubt")
