"""A year of putting procedures online, replayed in the sample city."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation
from django_scopes import scope

from madoguchi.accounts.models import Municipality
from madoguchi.demo.replaying import replay_year


class Command(BaseCommand):
    help = "Replay an invented year of an invented municipality: from 18 procedures online to 90 and 11 on another service."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--municipality", required=True, help="slug")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        if not (settings.DEMO or settings.TESTING):
            raise CommandError("The replay writes invented numbers: it runs only with MADOGUCHI_MODE=demo.")
        municipality = Municipality.objects.filter(slug=options["municipality"]).first()
        if municipality is None or municipality.is_operator:
            raise CommandError(f"There is no municipality {options['municipality']!r}.")
        if not municipality.is_invented:
            raise CommandError("This municipality is not invented: its figures are its own.")
        with scope(municipality=municipality), translation.override("ja"), transaction.atomic():
            told = replay_year(by=None)
        self.stdout.write(json.dumps(asdict(told)) if options["json"] else str(told))
