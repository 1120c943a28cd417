"""Compare or make the database guards."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from madoguchi.lib import dbguards


class Command(BaseCommand):
    help = "Make the guards in the database, or compare what should stand with what stands (--check)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            dbguards.remove(connection)
            made = dbguards.install(connection)
            self.stdout.write(json.dumps({"made": made}) if options["json"] else f"{made} guards made")
            return
        difference = dbguards.compare(connection)
        if options["json"]:
            self.stdout.write(json.dumps(difference))
        if any(difference.values()):
            raise CommandError("; ".join(f"{kind}: {', '.join(names)}" for kind, names in difference.items() if names))
        if not options["json"]:
            self.stdout.write("every guard stands")
