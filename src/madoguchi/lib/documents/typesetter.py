"""The process that sets papers: one request a line on standard input, one answer on standard output, until the input ends.

Input, first line: {"folders": [...], "system": true}; every other: {"template": "letter", "data": {...}, "timestamp": null}.
With "query": "<label>" the answer also holds what the template noted under that label ("found"), from the same layout.
Answer: one line {"size": bytes, "missing": [...], "found": [...]} and that many bytes of PDF, or {"error": kind, "detail": text} alone.
typst keeps what it has set in memory, which is why it runs here and not in the server, and why this process does not live long.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, BinaryIO, Final

import typst

from .fonts import Fonts, find_fonts
from .printable import Printer

TEMPLATES: Final = Path(__file__).resolve().parent
_UNDRAWN: Final = re.compile(r'text `"(.+?)"` could not be displayed')
_TRIES: Final = 5


def main(source: BinaryIO, target: BinaryIO) -> None:
    """Answer requests until `source` ends."""
    setting = json.loads(source.readline())
    fonts: Fonts | None = None
    compilers: dict[str, typst.Compiler] = {}
    for line in source:
        try:
            fonts = fonts or find_fonts(setting["folders"], system=setting["system"])
            request = json.loads(line)
            pdf, missing, found = set_paper(request, fonts, compilers)
        except (typst.TypstError, LookupError, ValueError, TypeError, OSError) as error:
            _answer(target, {"error": type(error).__name__, "detail": str(error)})
        else:
            _answer(target, {"size": len(pdf), "missing": missing, "found": found}, pdf)


def _answer(target: BinaryIO, head: dict[str, Any], body: bytes = b"") -> None:
    target.write(json.dumps(head).encode() + b"\n" + body)
    target.flush()


def set_paper(request: dict[str, Any], fonts: Fonts, compilers: dict[str, typst.Compiler]) -> tuple[bytes, list[str], list[Any]]:
    """The PDF/UA of one request, what could not be printed as written, and what was asked for by "query".

    PDF/UA forbids a character without a glyph, so typst itself stops at what the tables of the font promised wrongly; such a
    character is printed 〓 too.
    """
    refused: frozenset[str] = frozenset()
    for left in reversed(range(_TRIES)):
        printer = Printer(fonts.coverages, refused)
        data = printer.clean(request["data"])
        data |= {"fonts": list(fonts.families), "missing": list(printer.missing)}
        try:
            pdf = _compile(request, data, fonts, compilers)
            return pdf, list(printer.missing), _found(request, compilers)
        except typst.TypstError as error:
            undrawn = _UNDRAWN.search(str(error))
            if not undrawn or not left:
                raise
            refused |= frozenset(undrawn[1])
    raise AssertionError("the last try returns or raises")


def _compile(request: dict[str, Any], data: dict[str, Any], fonts: Fonts, compilers: dict[str, typst.Compiler]) -> bytes:
    name = request["template"]
    if name not in compilers:
        path = TEMPLATES / f"{name}.typ"
        compilers[name] = typst.Compiler(input=path, root=TEMPLATES, font_paths=fonts.loaded, ignore_system_fonts=True)
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    pdf = compilers[name].compile(sys_inputs=inputs, format="pdf", pdf_standards=["ua-1"], timestamp=request["timestamp"])
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no single PDF")
    return pdf


def _found(request: dict[str, Any], compilers: dict[str, typst.Compiler]) -> list[Any]:
    """The values under the label; the compiler still holds the inputs, and what it has just laid out."""
    if not request.get("query"):
        return []
    return list(json.loads(compilers[request["template"]].query(request["query"], field="value")))


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
