"""Adopt procedures of the library."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_scopes import scope

from madoguchi.accounts.models import Municipality
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import adopt, library_entries


class Command(BaseCommand):
    help = "Take procedures of the library over into a municipality and publish their forms."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("procedures", nargs="*", metavar="ID")
        parser.add_argument("--municipality", required=True, help="slug")
        parser.add_argument("--division", default="", help="code, where it is not the one that the library suggests")
        parser.add_argument("--all", action="store_true", help="everything that the library holds")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_: Any, **options: Any) -> None:
        municipality = Municipality.objects.filter(slug=options["municipality"]).first()
        if municipality is None:
            raise CommandError(f"There is no municipality {options['municipality']!r}.")
        wanted = [entry.id for entry in library_entries()] if options["all"] else options["procedures"]
        if not wanted:
            raise CommandError("Name procedures of the library, or --all; `madoguchi library` lists them.")
        adopted = []
        with scope(municipality=municipality):
            for name in wanted:
                try:
                    procedure = adopt(name, by=None, division=options["division"])
                except Refused as refused:
                    raise CommandError(f"{name}: {refused}") from refused
                adopted.append({"id": procedure.slug, "version": procedure.current.number, "name": procedure.name["ja"]})
        if options["json"]:
            self.stdout.write(json.dumps(adopted, ensure_ascii=False))
        else:
            for one in adopted:
                self.stdout.write(f"{one['id']:<24} {one['name']} 第{one['version']}版")
