"""The sample city: filled at the first start, served at every one."""

from __future__ import annotations

import json
import shutil
import time
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from madoguchi.accounts.models import Municipality
from madoguchi.demo import personas
from madoguchi.lib.errors import Refused
from madoguchi.lib.serving import prepare, public_address, serve_forever

LOOPBACK = ("127.0.0.1", "localhost", "::1")
WARD_YEAR = 5000
KEPT = ("keys",)  # this process and its worker already read the keys there


class Command(BaseCommand):
    help = "Serve an invented sample city, filled at the first start; never for real data."
    requires_system_checks: list[str] = []
    shown = -1  # the last step of the bar that was drawn

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1", help="this machine only: 127.0.0.1, localhost or ::1")
        parser.add_argument("--fresh", action="store_true", help="throw the sample city away and make a new one")
        parser.add_argument("--size", type=int, default=300, help="how many applications a new city holds")
        parser.add_argument("--children", type=int, default=600, help="how many children the open nursery round holds; 0 for none")
        parser.add_argument(
            "--ward-year", action="store_true", help="a whole ward's nursery year: 5,000 children, 213 facilities; many minutes"
        )
        parser.add_argument("--no-serve", action="store_true", help="only fill")
        parser.add_argument("--json", action="store_true", help="say it as one line of JSON")

    def handle(self, **options: Any) -> None:
        self.refuse(options)
        if options["fresh"]:
            self.clear()
        public_address(options["host"], options["port"])  # what stands in the mails of the fill
        prepare()
        self.refuse_real()
        facts = {"filled": False, "seconds": 0.0, "applications": None}
        if not Municipality.objects.exists():
            waiting = max(0, options["children"])
            children = WARD_YEAR if options["ward_year"] else waiting * 2 // 3  # of the round before it, that was told
            facts = self.fill(options["size"], children, waiting, quiet=options["json"])
        if options["no_serve"]:
            self.tell({**personas.read(), **facts}, str(settings.PUBLIC_URL), as_json=options["json"])
            return
        try:
            serve_forever(
                port=options["port"],
                host=options["host"],
                on_ready=lambda address: self.tell({**personas.read(), **facts}, address, as_json=options["json"]),
            )
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def refuse(self, options: dict[str, Any]) -> None:
        """An invented city with known passwords is for one's own machine only."""
        if not settings.DEMO:
            raise CommandError("The demo runs only with MADOGUCHI_MODE=demo (python3 dev.py demo).")
        if options["host"] not in LOOPBACK:
            raise CommandError("The demo has passwords that everybody knows: it is served to this machine only (--host 127.0.0.1).")

    def refuse_real(self) -> None:
        if (
            Municipality._meta.db_table in connection.introspection.table_names()
            and Municipality.objects.filter(is_invented=False).exists()
        ):
            raise CommandError("This database holds a municipality that is not invented. The demo leaves it alone; give it another one.")

    def clear(self) -> None:
        """Delete what an earlier demo wrote; the keys stay."""
        if connection.vendor != "sqlite":
            raise CommandError("--fresh deletes the demo's own files only. Make a new, empty database instead.")
        if settings.HOME.exists():
            self.refuse_real()
        connection.close()
        for path in settings.HOME.iterdir() if settings.HOME.exists() else ():
            if path.name not in KEPT:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def fill(self, size: int, children: int, waiting: int, *, quiet: bool) -> dict[str, Any]:
        """Make the city; what only this needs is loaded only now, so that the next start is quick."""
        if not quiet:
            nursery = f" and two nursery rounds of {children} and {waiting} children" if children else ""
            self.stdout.write(f"Making a sample city with {size} applications{nursery} (only this once) …")
            self.stdout.flush()
        began = time.monotonic()
        say = self.progress if not quiet else lambda done: None
        filling = import_module("madoguchi.demo.filling").fill(size=size, children=children, waiting=waiting, say=say)
        if not quiet:
            self.stdout.write("")
        personas.write(personas.sign_ins(filling.cases, filling.families))
        return {"filled": True, "seconds": round(time.monotonic() - began, 1), "applications": len(filling.cases) - filling.skipped}

    def progress(self, done: float) -> None:
        """A bar of forty signs that is written over itself; on what is no screen, nothing."""
        if not self.stdout.isatty() or int(done * 200) == self.shown:
            return
        self.shown = int(done * 200)
        full = int(done * 40)
        self.stdout.write(f"\r[{'#' * full}{'.' * (40 - full)}] {int(done * 100):3}%", ending="")
        self.stdout.flush()

    def tell(self, found: dict[str, Any], address: str, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"address": address, **found}, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(personas.lines(found, address)))
        self.stdout.flush()
