"""`madoguchi sweep`: delete drafts whose life is over, with their files and secrets, common answers nobody needs, files of old exports."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django_scopes import scope

from madoguchi.accounts.models import Municipality
from madoguchi.applications.actions import sweep_drafts, sweep_exports, sweep_filings


class Command(BaseCommand):
    help = "Delete drafts past their last day, and exported files after a week."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON line")

    def handle(self, *args: Any, **options: Any) -> None:
        swept = {"drafts": 0, "exports": 0}
        for municipality in Municipality.objects.order_by("pk"):
            with scope(municipality=municipality):
                swept["drafts"] += sweep_drafts()
                sweep_filings()
                swept["exports"] += sweep_exports()
        self.stdout.write(json.dumps(swept) if options["json"] else f"deleted: {swept['drafts']} drafts, {swept['exports']} exported files")
