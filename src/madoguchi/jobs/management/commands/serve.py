"""The web server with its worker."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from madoguchi.lib.errors import Refused
from madoguchi.lib.serving import prepare, serve_forever


class Command(BaseCommand):
    help = "Serve the installation: web and worker, until stopped; brings the database up to date first."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on; leave it behind a proxy")

    def handle(self, **options: Any) -> None:
        if prepare():
            self.stdout.write("The database was brought up to date.")
        try:
            serve_forever(port=options["port"], host=options["host"], on_ready=self.tell)
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def tell(self, address: str) -> None:
        self.stdout.write(f"Serving {address} (Ctrl-C stops)")
        self.stdout.flush()
