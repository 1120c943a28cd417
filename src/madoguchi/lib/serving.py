"""The web server and its worker as one thing to start: `madoguchi serve` and the demo.

waitress answers in this process with threads; the worker is a child process, started again when it dies and stopped with us.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string
from waitress.server import create_server  # type: ignore[import-untyped]

from madoguchi.lib.errors import Refused

THREADS = 8
STOP_SECONDS = 20  # what a running task gets to come to the end of its row
LONGEST_PAUSE = 30.0


def prepare() -> bool:
    """Bring the database to the present models, with its guards and the cache's table; True when migrations were run."""
    executor = MigrationExecutor(connection)
    behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if behind:
        call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    return behind


def public_address(host: str, port: int) -> str:
    """The address at which this machine's browser finds us: the port's own unless MADOGUCHI_PUBLIC_URL names one."""
    if not (os.environ.get("MADOGUCHI_PUBLIC_URL") or os.environ.get("MADOGUCHI_PUBLIC_URL_FILE")):
        shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "localhost") else host  # noqa: S104 compared, not bound
        settings.PUBLIC_URL = os.environ["MADOGUCHI_PUBLIC_URL"] = f"http://{shown}:{port}"
    return str(settings.PUBLIC_URL)


def serve_forever(*, port: int, host: str = "127.0.0.1", on_ready: Callable[[str], object] | None = None) -> None:
    """Serve until SIGINT or SIGTERM, then stop the worker too; `on_ready(address)` is called once the port is open.

    Raises Refused when the port is taken. To be called in the main thread of a process that does nothing else.
    """
    address = public_address(host, port)
    application = import_string(settings.WSGI_APPLICATION)
    try:
        server = create_server(application, host=host, port=port, threads=THREADS, **_proxy())
    except OSError as error:
        raise Refused(f"Port {port} cannot be used ({error.strerror}). Choose another one with --port.", code="port") from error
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), _interrupt)
    worker = WorkerProcess()
    try:
        worker.start()
        if on_ready is not None:
            on_ready(address)
        server.run()  # waitress ends quietly on KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    finally:
        for name in ("SIGINT", "SIGTERM"):
            signal.signal(getattr(signal, name), signal.SIG_IGN)  # the worker's stop is short and bounded
        server.close()
        worker.stop()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _proxy() -> dict[str, Any]:
    """Behind a proxy that ends TLS its headers are believed, and only its; without one none is."""
    wanted: dict[str, Any] = {"max_request_body_size": 64 * 1024 * 1024, "ident": "madoguchi"}
    if settings.INTERNAL_HTTPS:
        wanted["trusted_proxy"] = os.environ.get("MADOGUCHI_PROXY", "127.0.0.1")
        wanted["trusted_proxy_headers"] = {"x-forwarded-for", "x-forwarded-proto"}
    return wanted


class WorkerProcess:
    """`madoguchi worker` beside us: started again when it dies, more slowly each time when it dies at once."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._begin()
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        self.stopping.set()
        child = self.child
        if child is None or child.poll() is not None:
            return
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()  # the reaper gives back what it held
            child.wait()

    def _begin(self) -> None:
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "madoguchi.settings")}
        environment["MADOGUCHI_MODE"] = str(settings.MODE)
        self.began = time.monotonic()
        self.child = subprocess.Popen([sys.executable, "-m", "madoguchi", "worker", "--with-parent"], env=environment)

    def _watch(self) -> None:
        pause = 1.0
        while self.child is not None:
            self.child.wait()
            if self.stopping.is_set():
                return
            pause = 1.0 if time.monotonic() - self.began > LONGEST_PAUSE else min(LONGEST_PAUSE, pause * 2)
            if self.stopping.wait(pause):
                return
            self._begin()
