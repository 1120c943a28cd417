"""Papers as PDF: a template of lib/documents, data, and Japanese fonts that are always there.

    rendered = pdf.render("letter", {"title": "…", "to": {"name": "…", "postal": "135-0016", "address": "…"}, "body": ["…"]})

What each template prints stands at its top. Texts go in as data and are never read as typst. A character that no font has is
printed 〓, noted at the end of the paper and returned in `missing`. The PDF is tagged (PDF/UA-1, by typst; not certified).

Setting runs in processes of its own (documents/typesetter.py): each is used by one thread at a time, is kept for the next
paper, and ends after 250, because typst's memory only grows.
"""

from __future__ import annotations

import atexit
import hashlib
import io
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import segno
from django.conf import settings

from .errors import BackendError

PAPERS_A_PROCESS: Final = 250
SECONDS_A_PAPER: Final = 60
_SOURCE: Final = Path(__file__).resolve().parents[2]
_TEMPLATES: Final = Path(__file__).resolve().parent / "documents"
_IDLE_KEPT: Final = 2


@dataclass(frozen=True)
class Rendered:
    """A paper, and what could not be printed as written: "U+20BB7", or "U+8FBB U+E0100" for a variant.

    `found` is what the template noted under the label that was asked for: where its boxes stand, for instance.
    """

    pdf: bytes
    missing: tuple[str, ...]
    found: tuple[Any, ...] = ()


@dataclass(frozen=True)
class FontChoice:
    """Folders that are searched first, and whether the system's fonts are used before the packaged one."""

    folders: tuple[str, ...] = ()
    system: bool = True


def render(
    template: str, data: Mapping[str, object], *, fonts: FontChoice | None = None, at: datetime | None = None, query: str = ""
) -> Rendered:
    """One paper; `at` (aware) is the day of making written into the file, so that the same data gives the same bytes.

    `query` names a label of the template, such as "<spot>": what it noted there comes back in `found`.

    BackendError: temporary when the process died or took more than a minute, permanent when template and data do not fit.
    """
    return render_many(template, [data], fonts=fonts, at=at, query=query)[0]


def render_many(
    template: str,
    papers: Sequence[Mapping[str, object]],
    *,
    fonts: FontChoice | None = None,
    at: datetime | None = None,
    query: str = "",
) -> list[Rendered]:
    """Many papers of one template, in order, at most 250 a process."""
    if not (_TEMPLATES / f"{template}.typ").is_file() or "/" in template:
        raise ValueError(f"no template {template!r}")
    timestamp = int(at.timestamp()) if at else None
    requests = [{"template": template, "data": _with_qr(data), "timestamp": timestamp, "query": query} for data in papers]
    return [_set(request, fonts or chosen_fonts()) for request in requests]


def chosen_fonts() -> FontChoice:
    """What the settings say; tests use the packaged font only, so that every machine prints the same."""
    return FontChoice(tuple(map(str, settings.PDF_FONTS)), system=not settings.TESTING)


def fingerprint(template: str) -> str:
    """Changes when the same data might be set differently: with the template, its shared parts, typst, or the choice of fonts."""
    parts = [(_TEMPLATES / f"{name}.typ").read_bytes() for name in ("parts", template)]
    parts += [version("typst").encode(), repr(chosen_fonts()).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def qr_svg(text: str) -> str:
    """A QR code as SVG without XML declaration, a quiet zone of four modules around it; fit for a page and for a paper."""
    target = io.BytesIO()
    segno.make(text, error="m", micro=False).save(target, kind="svg", xmldecl=False, border=4)
    return target.getvalue().decode().strip()


def _with_qr(data: Mapping[str, object]) -> dict[str, Any]:
    """The address where a paper can be checked is printed as a QR code too."""
    address = data.get("check_address")
    return {"qr": qr_svg(str(address)), **data} if address else dict(data)


# -- the processes --------------------------------------------------------------------------------------------------------


class _Dead(Exception):
    """The process ended, or was ended, before it answered."""


class _Typesetter:
    """One process, used by one thread at a time."""

    def __init__(self, fonts: FontChoice) -> None:
        self.fonts, self.papers = fonts, 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "madoguchi.lib.documents.typesetter"],
            cwd=_SOURCE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback could quote what residents wrote
        )
        self._send({"folders": fonts.folders, "system": fonts.system})

    def set(self, request: Mapping[str, Any]) -> Rendered:
        """One paper; _Dead when the process gave no answer in a minute."""
        self.papers += 1
        watch = threading.Timer(SECONDS_A_PAPER, self.process.kill)
        watch.start()
        try:
            self._send(request)
            return self._receive(str(request["template"]))
        finally:
            watch.cancel()

    def close(self) -> None:
        if self.process.stdin and self.process.stdout:
            self.process.stdout.close()
            try:
                self.process.stdin.close()
            except OSError:
                self.process.kill()
        self.process.wait()

    def _send(self, message: Mapping[str, Any]) -> None:
        if self.process.stdin is None:
            raise _Dead
        try:
            self.process.stdin.write(json.dumps(message, default=str).encode() + b"\n")
            self.process.stdin.flush()
        except OSError as error:
            raise _Dead from error

    def _receive(self, template: str) -> Rendered:
        if self.process.stdout is None:
            raise _Dead
        line = self.process.stdout.readline()
        if not line.endswith(b"\n"):
            raise _Dead
        head = json.loads(line)
        if "error" in head:
            detail = f": {head['detail']}" if settings.TESTING else ""  # typst quotes texts in its messages
            raise BackendError(f"{template} cannot be set ({head['error']}){detail}", temporary=False)
        body = self.process.stdout.read(head["size"])
        if len(body) < head["size"]:
            raise _Dead
        return Rendered(body, tuple(head["missing"]), tuple(head["found"]))


_idle: list[_Typesetter] = []
_lock = threading.Lock()


def _set(request: Mapping[str, Any], fonts: FontChoice) -> Rendered:
    """A process that waited may have died in its sleep: then a fresh one tries once more."""
    for is_first in (True, False):
        try:
            with _borrowed(fonts, fresh=not is_first) as typesetter:
                return typesetter.set(request)
        except _Dead:
            continue
    raise BackendError(f"the process that sets {request['template']} gave no answer", temporary=True)


@contextmanager
def _borrowed(fonts: FontChoice, *, fresh: bool) -> Iterator[_Typesetter]:
    typesetter = (None if fresh else _take(fonts)) or _Typesetter(fonts)
    try:
        yield typesetter
    except _Dead:
        typesetter.process.kill()
        typesetter.close()
        raise
    except BaseException as error:
        if not isinstance(error, BackendError):  # interrupted: an answer may still be on its way
            typesetter.process.kill()
            typesetter.close()
            raise
        _give_back(typesetter)
        raise
    _give_back(typesetter)


def _take(fonts: FontChoice) -> _Typesetter | None:
    with _lock:
        for typesetter in _idle:
            if typesetter.fonts == fonts and typesetter.process.poll() is None:
                _idle.remove(typesetter)
                return typesetter
    return None


def _give_back(typesetter: _Typesetter) -> None:
    with _lock:
        is_kept = typesetter.papers < PAPERS_A_PROCESS and len(_idle) < _IDLE_KEPT
        if is_kept:
            _idle.append(typesetter)
    if not is_kept:
        typesetter.close()


@atexit.register
def close_all() -> None:
    """End the processes that wait for work."""
    with _lock:
        waiting, _idle[:] = list(_idle), []
    for typesetter in waiting:
        typesetter.close()
