"""Take a municipality into the installation."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from madoguchi.accounts.actions import open_municipality
from madoguchi.lib.errors import Refused


class Command(BaseCommand):
    help = "Open a municipality: its slug is the first part of every address."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("slug")
        parser.add_argument("--name", required=True)
        parser.add_argument("--name-en", required=True)
        parser.add_argument("--code", default="", help="団体コード, six digits")
        parser.add_argument("--head", default="区長", help="title of its head, such as 市長")
        parser.add_argument("--json", action="store_true", help="one JSON line")
        parser.add_argument("--operator", action="store_true", help="the joint operator's own: it holds no applications")

    def handle(self, *args: Any, **options: Any) -> None:
        facts = {"code": options["code"], "head": options["head"], "is_operator": options["operator"]}
        try:
            municipality = open_municipality(slug=options["slug"], name=options["name"], name_en=options["name_en"], **facts)
        except Refused as refused:
            raise CommandError(f"{refused} {refused.details or ''}".strip(), returncode=2) from refused
        made = {"municipality": municipality.slug, "name": municipality.name, "address": f"/{municipality.slug}/"}
        self.stdout.write(json.dumps(made, ensure_ascii=False) if options["json"] else f"{municipality.name}: /{municipality.slug}/")
