"""Our `migrate`: takes the database guards off, migrates, makes them again."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from madoguchi.lib import dbguards


class Command(Migrate):
    help = "Migrate, with the database guards taken off before and made again after."

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        dbguards.remove(connection)
        try:
            super().handle(*args, **options)
        finally:
            connection.close_if_unusable_or_obsolete()
            dbguards.install(connection)
