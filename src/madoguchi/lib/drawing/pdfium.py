"""One request after the other on standard input, one answer each on standard output, until the input ends.

First it says {"ready": true}. Request: one line {"size": bytes of the PDF, "page": from 1, "width": pixels, "most": pixels} and the PDF. Answer: one line
{"wide": …, "high": …} and wide × high × 3 bytes of RGB, or {"error": "broken" | "page"} alone. A page may be written so that drawing
it takes years, and pdfium is a large program in C++ that reads what strangers wrote: so it runs here, where it can be ended.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import Any, BinaryIO, Final

import pypdfium2

_MEMORY: Final = 2 * 1024**3
_SECONDS: Final = 3600  # of the processor, in all: whoever should have ended this process may be dead itself


def main(source: BinaryIO, target: BinaryIO) -> None:
    """Answer requests until `source` ends."""
    target.write(b'{"ready": true}\n')
    target.flush()
    for line in source:
        request = json.loads(line)
        head, body = _answer(source.read(request["size"]), request)
        target.write(json.dumps(head).encode() + b"\n" + body)
        target.flush()


def _answer(data: bytes, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        document = pypdfium2.PdfDocument(data)
        try:
            if not 1 <= request["page"] <= len(document):
                return {"error": "page"}, b""
            return _draw(document[request["page"] - 1], request["width"], request["most"])
        finally:
            document.close()
    except (pypdfium2.PdfiumError, MemoryError, ValueError):
        return {"error": "broken"}, b""


def _draw(page: pypdfium2.PdfPage, width: int, most: int) -> tuple[dict[str, Any], bytes]:
    wide, high = (max(side, 1.0) for side in page.get_size())
    scale = min(width / wide, (most / (wide * high)) ** 0.5)
    picture = page.render(scale=scale).to_pil().convert("RGB")
    return {"wide": picture.width, "high": picture.height}, picture.tobytes()


def _bound() -> None:
    """No more memory than a page can need, and no life without end, where the system can say so."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 not everywhere

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _bound()
    main(sys.stdin.buffer, sys.stdout.buffer)
