"""`madoguchi remind`: reminders of corrections, and of drafts that will end (also done by the clock of a worker)."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import override
from django_scopes import scope

from madoguchi.accounts.models import Municipality
from madoguchi.applications.actions import remind_corrections, tell_ending_drafts


class Command(BaseCommand):
    help = "Remind residents of corrections that are due and of drafts that will be deleted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON line")

    def handle(self, *args: Any, **options: Any) -> None:
        told = {"corrections": 0, "drafts": 0}
        for municipality in Municipality.objects.order_by("pk"):
            with scope(municipality=municipality), override("ja"):
                told["corrections"] += remind_corrections()
                told["drafts"] += tell_ending_drafts()
        self.stdout.write(json.dumps(told) if options["json"] else f"reminded: {told['corrections']} corrections, {told['drafts']} drafts")
