"""Pages of PDFs as pictures, drawn by processes of their own (lib/drawing) that are ended when one takes too long."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, TypeAlias

from PIL import Image

from .sentences import UploadRefused

SECONDS_A_PAGE: Final = 8.0
_SECONDS_TO_START: Final = 60.0  # a busy machine may be slow to start it; that is not the page's fault
PREVIEW_PIXELS: Final = 12_000_000
_AT_ONCE: Final = 2
_PAGES_A_PROCESS: Final = 500
_SOURCE: Final = Path(__file__).resolve().parents[3]
Answer: TypeAlias = tuple[dict[str, Any], bytes]


def draw_page(data: bytes, page: int, width: int) -> Image.Image:
    """A page of a PDF as a picture `width` pixels wide, less when it is so long that 12 million pixels would not do.

    UploadRefused: broken when it cannot be drawn, bomb when that takes longer than any honest page; IndexError when there is no such page.
    """
    with _borrowed() as drawer:
        head, body = drawer.draw(data, {"size": len(data), "page": page, "width": width, "most": PREVIEW_PIXELS})
    if head.get("error") == "page":
        raise IndexError(page)
    if "error" in head:
        raise UploadRefused("upload.broken")
    return Image.frombytes("RGB", (head["wide"], head["high"]), body)


class _Drawer:
    """One process, used by one thread at a time. What does not answer is ended and counts as a bomb."""

    def __init__(self) -> None:
        self.pages = 0
        self.is_ready = False
        self.has_failed = False
        self.process = subprocess.Popen(
            [sys.executable, "-m", "madoguchi.lib.drawing.pdfium"],
            cwd=_SOURCE,
            env={"PYTHONPATH": str(_SOURCE), "PYTHONIOENCODING": "utf-8"},  # none of our settings and keys
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def draw(self, data: bytes, request: dict[str, Any]) -> Answer:
        """The answer's head and body; UploadRefused when none comes in time. The time counts from when the process is ready."""
        self.pages += 1
        try:
            if not self.is_ready:
                self._watched(_SECONDS_TO_START, self._greeting)
            return self._watched(SECONDS_A_PAGE, lambda: self._ask(json.dumps(request).encode() + b"\n" + data))
        except (OSError, EOFError, ValueError) as error:  # it was ended by the watch, or by a fault of its own
            self.has_failed = True  # known here before the system says that it is gone
            self.process.kill()
            raise UploadRefused("upload.bomb") from error

    def _watched(self, seconds: float, work: Callable[[], Answer]) -> Answer:
        watch = threading.Timer(seconds, self.process.kill)
        watch.start()
        try:
            return work()
        finally:
            watch.cancel()

    def _greeting(self) -> Answer:
        """The one line by which the process says that it has loaded everything."""
        head = json.loads(self._pipes()[0].readline() or b"null")
        if head != {"ready": True}:
            raise EOFError
        self.is_ready = True
        return {}, b""

    def _ask(self, message: bytes) -> Answer:
        source, target = self._pipes()
        target.write(message)
        target.flush()
        line = source.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        head = json.loads(line)
        size = head["wide"] * head["high"] * 3 if "error" not in head else 0
        body = source.read(size)
        if len(body) < size:
            raise EOFError
        return head, body

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self.process.stdout is None or self.process.stdin is None:
            raise EOFError
        return self.process.stdout, self.process.stdin

    @property
    def is_fit(self) -> bool:
        return not self.has_failed and self.pages < _PAGES_A_PROCESS and self.process.poll() is None

    def close(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what was not yet written has nobody to read it
                    continue
        self.process.wait()


_idle: list[_Drawer] = []
_lock = threading.Lock()
_places = threading.BoundedSemaphore(_AT_ONCE)


@contextmanager
def _borrowed() -> Iterator[_Drawer]:
    """A process that waits, or a new one; at most two draw at a time, however many send files."""
    with _places:
        with _lock:
            drawer = _idle.pop() if _idle else None
        if drawer is not None and not drawer.is_fit:
            drawer.close()
            drawer = None
        drawer = drawer or _Drawer()
        try:
            yield drawer
        finally:
            if drawer.is_fit:
                with _lock:
                    _idle.append(drawer)
            else:
                drawer.close()


@atexit.register
def close_all() -> None:
    """End the processes that wait for work."""
    with _lock:
        waiting, _idle[:] = list(_idle), []
    for drawer in waiting:
        drawer.close()
