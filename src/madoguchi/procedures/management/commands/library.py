"""The library of ready procedures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from madoguchi.engines.forms import DictLists, Lists
from madoguchi.procedures.actions import LibraryEntry, WithBanks, check_entry, entry_of, library_entries


class Command(BaseCommand):
    help = "List the procedures that can be adopted, or check them (--check: exit 1 where one does not hold)."
    requires_system_checks = []  # reads files only

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true", help="load and lint every form and hold every example to what it promises")
        parser.add_argument("--lists", nargs="*", default=[], metavar="NAME=FILE", help="code lists that the examples name")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            entries = list(library_entries())
        except ValueError as error:
            raise CommandError(str(error)) from error
        faults: dict[str, list[str]] = {}
        if options["check"]:
            lists = lists_from(options["lists"])
            faults = {entry.id: check_entry(entry, lists) for entry in entries}
        if options["json"]:
            self.stdout.write(json.dumps([summary(entry, faults.get(entry.id)) for entry in entries], ensure_ascii=False))
        else:
            for entry in entries:
                self.stdout.write(f"{entry.id:<24} {entry.name['ja']}（{entry.inventory.get('division', '')}）")
                for fault in faults.get(entry.id, ()):
                    self.stdout.write(f"    {fault}")
        if any(faults.values()):
            raise SystemExit(1)


def summary(entry: LibraryEntry, faults: list[str] | None) -> dict[str, Any]:
    found = {"id": entry.id, "name": entry.name["ja"], "division": entry.inventory.get("division", ""), "examples": len(entry.examples)}
    return found if faults is None else {**found, "faults": faults}


def lists_from(named: list[str]) -> Lists:
    """`NAME=FILE` pairs; a file holds a list of entries, or {"entries": [...]}. Raises CommandError."""
    found = {}
    for pair in named:
        name, _, file = pair.partition("=")
        try:
            data = json.loads(Path(file).read_text(encoding="utf-8"))
            found[name] = [entry_of(entry) for entry in (data["entries"] if isinstance(data, dict) else data)]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(f"--lists {pair}: {error}") from error
    return WithBanks(DictLists(found))
