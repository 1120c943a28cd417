"""The real product for the browser: a sample city in a directory of its own, the web server and its worker on a free port.

The browser tests and bench/pictures.py start it; both stop what they started, by its process group.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FACTS: dict[str, Any] = json.loads((ROOT / "src/madoguchi/demo/data/city.json").read_text(encoding="utf-8"))
FILL_SECONDS, START_SECONDS, STOP_SECONDS = 240, 60, 30


@dataclass(frozen=True)
class City:
    """A running sample city: its address without a slash at the end, and the password of all its staff."""

    address: str
    password: str = FACTS["password"]
    resident: str = FACTS["resident"]["email"]


def chromium() -> str | None:
    """The browser of this machine, if it has one."""
    named = os.environ.get("CHROMIUM")
    found = [shutil.which(name) for name in ([named] if named else ["chromium", "chromium-browser", "google-chrome"])]
    return next((one for one in found if one), None)


@contextmanager
def running(home: Path, *, size: int) -> Iterator[City]:
    """Fill a city of `size` applications under `home` and serve it while the block runs."""
    attached = os.environ.get("MADOGUCHI_BROWSER_AT")  # a city that already runs, while one works on these tests
    if attached:
        yield City(attached)
        return
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "MADOGUCHI_PUBLIC_URL")}
    environment |= {"MADOGUCHI_MODE": "demo", "MADOGUCHI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "madoguchi.settings"}
    home.mkdir(parents=True, exist_ok=True)
    with (home / "browser.log").open("wb") as log:
        tell = {"env": environment, "cwd": ROOT, "stdout": log, "stderr": subprocess.STDOUT}
        command = [sys.executable, "-m", "madoguchi"]
        subprocess.run([*command, "demo", "--no-serve", "--size", str(size), "--children", "24"], check=True, timeout=FILL_SECONDS, **tell)
        port = free_port()
        server = subprocess.Popen([*command, "serve", "--port", str(port)], start_new_session=True, **tell)
        try:
            address = f"http://localhost:{port}"
            wait_for(f"{address}/health", server)
            yield City(address)
        finally:
            stop(server)


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Until the server answers at all; raises when it ends before, or takes too long."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}; see browser.log")
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not answer in time")


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server and its worker: they are one process group, and nobody else is in it."""
    if server.poll() is not None:
        return
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
