"""Our `flush`: empties an invented city's or a test's database, whose append-only tables would refuse; no other."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as Flush
from django.db import connections

from madoguchi.lib import dbguards


class Command(Flush):
    help = "Empty the database of the demo or of a test."

    def handle(self, **options: Any) -> None:
        if not (settings.DEMO or settings.TESTING):
            raise CommandError("An installation's database is never flushed; restore a backup or make a new one.")
        connection = connections[options["database"]]
        dbguards.remove(connection)
        try:
            super().handle(**options)
        finally:
            dbguards.install(connection)
