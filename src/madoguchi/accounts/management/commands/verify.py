"""Verify the chain of acts."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand
from django_scopes import scope

from madoguchi.accounts.actions import verify_chain
from madoguchi.accounts.models import Municipality


class Command(BaseCommand):
    help = "Walk each municipality's chain of acts and say where it is broken (exit 1)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--municipality", help="slug of one municipality")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = Municipality.objects.order_by("slug")
        if options["municipality"]:
            chosen = chosen.filter(slug=options["municipality"])
        reports = {}
        for municipality in chosen:
            with scope(municipality=municipality):
                report = verify_chain()
            reports[municipality.slug] = {"entries": report.entries, "broken_at": report.broken_at, "reason": report.reason}
        broken = any(report["broken_at"] is not None for report in reports.values())
        if options["json"]:
            self.stdout.write(json.dumps({"intact": not broken, "chains": reports}))
        else:
            for slug, report in reports.items():
                state = "intact" if report["broken_at"] is None else f"broken at entry {report['broken_at']}: {report['reason']}"
                self.stdout.write(f"{slug}: {report['entries']} entries, {state}")
        if broken:
            raise SystemExit(1)
