"""Take on a member of staff, with a division that is made when it is new."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_scopes import scope

from madoguchi.accounts.actions import take_on
from madoguchi.accounts.models import Division, Municipality, Role
from madoguchi.lib.errors import Refused


class Command(BaseCommand):
    help = "Take on a member of staff; the first password is shown once."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("municipality", help="slug")
        parser.add_argument("username")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--division", default="", help="code of a division")
        parser.add_argument("--division-name", default="", help="its name, when the division is new")
        parser.add_argument("--division-name-en", default="")
        parser.add_argument("--json", action="store_true", help="one JSON line")

    def handle(self, *args: Any, **options: Any) -> None:
        municipality = Municipality.objects.filter(slug=options["municipality"]).first()
        if municipality is None:
            raise CommandError(f"There is no municipality {options['municipality']}; open it first.", returncode=2)
        with scope(municipality=municipality):
            division = self.division(options) if options["division"] else None
            try:
                membership, password = take_on(username=options["username"], name=options["name"], role=options["role"], division=division)
            except Refused as refused:
                raise CommandError(str(refused), returncode=2) from refused
        made = {"username": options["username"], "password": password, "role": membership.role}
        self.stdout.write(json.dumps(made) if options["json"] else f"{membership}: {options['username']} / {password}")

    @staticmethod
    def division(options: dict[str, Any]) -> Division:
        found = Division.objects.filter(code=options["division"]).first()
        if found is None and not options["division_name"]:
            raise CommandError(f"There is no division {options['division']}; give --division-name to make it.", returncode=2)
        names = {"name": options["division_name"], "name_en": options["division_name_en"] or options["division_name"]}
        return found or Division.objects.create(code=options["division"], **names)
