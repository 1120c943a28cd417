"""One PDF on standard input, what stands on its pages as JSON on standard output: characters, lines, fields to fill. Then the process ends.

{"pages": [{"width", "height", "pictures": number, "characters": [[left, top, right, bottom, text]…], "lines": [[left, top, right, bottom]…],
"fields": [[left, top, right, bottom, kind, name, words, [options…]]…]}]} with places from the top left, or {"error": "broken" | "locked"}.
As the drawer beside it: pdfium reads what strangers wrote, so it runs where it can be ended, imports nothing of ours and holds no key.
"""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, Final

import pypdfium2
from pypdfium2 import raw

_MEMORY: Final = 2 * 1024**3
_SECONDS: Final = 30  # of the processor
MOST_PAGES, MOST_CHARACTERS, MOST_LINES, MOST_FIELDS, MOST_OPTIONS = 10, 5_000, 2_000, 300, 50  # characters … on one page
KINDS: Final = {
    raw.FPDF_FORMFIELD_TEXTFIELD: "text",
    raw.FPDF_FORMFIELD_CHECKBOX: "check",
    raw.FPDF_FORMFIELD_RADIOBUTTON: "radio",
    raw.FPDF_FORMFIELD_COMBOBOX: "choice",
    raw.FPDF_FORMFIELD_LISTBOX: "choice",
}


def read(data: bytes) -> dict[str, Any]:
    """What stands in a PDF."""
    try:
        document = pypdfium2.PdfDocument(data)
    except (pypdfium2.PdfiumError, MemoryError, ValueError):
        is_locked = raw.FPDF_GetLastError() in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        return {"error": "locked" if is_locked else "broken"}
    try:
        document.init_forms()
        return {"pages": [_page(document, number) for number in range(min(len(document), MOST_PAGES))]}
    except (pypdfium2.PdfiumError, MemoryError, ValueError):
        return {"error": "broken"}
    finally:
        document.close()


def _page(document: pypdfium2.PdfDocument, number: int) -> dict[str, Any]:
    page = document[number]
    width, height = page.get_size()
    lines: list[list[float]] = []
    pictures = 0
    for found in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE]):
        if found.type == raw.FPDF_PAGEOBJ_IMAGE:
            pictures += 1
        elif len(lines) < MOST_LINES:
            lines += [[a, height - d, c, height - b] for a, b, c, d in _segments(found)]
    return {
        "width": width,
        "height": height,
        "pictures": pictures,
        "characters": list(_characters(page, height)),
        "lines": lines[:MOST_LINES],
        "fields": list(_fields(document, page, height)),
    }


def _characters(page: pypdfium2.PdfPage, height: float) -> Iterator[list[Any]]:
    text = page.get_textpage()
    for index in range(min(text.count_chars(), MOST_CHARACTERS)):
        code = raw.FPDFText_GetUnicode(text.raw, index)
        if code > 32 and not chr(code).isspace():
            left, bottom, right, top = text.get_charbox(index, loose=True)
            yield [left, height - top, right, height - bottom, chr(code)]


def _segments(found: Any) -> Iterator[tuple[float, float, float, float]]:
    """The straight lines of a path that lie level or upright, as (left, bottom, right, top)."""
    matrix = found.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for index in range(min(raw.FPDFPath_CountSegments(found.raw), MOST_LINES)):
        segment = raw.FPDFPath_GetPathSegment(found.raw, index)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = matrix.on_point(x.value, y.value)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
            start = point
        else:
            yield from _straight(last, point)
        last = point
        if raw.FPDFPathSegment_GetClose(segment):
            yield from _straight(point, start)
            last = start


def _straight(one: tuple[float, float], two: tuple[float, float]) -> Iterator[tuple[float, float, float, float]]:
    wide, high = abs(one[0] - two[0]), abs(one[1] - two[1])
    if (wide < 1) != (high < 1):
        yield min(one[0], two[0]), min(one[1], two[1]), max(one[0], two[0]), max(one[1], two[1])


# -- fields ------------------------------------------------------------------------------------------------------------------------------


def _fields(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, height: float) -> Iterator[list[Any]]:
    if document.formenv is None:
        return
    form = document.formenv.raw
    for index in range(min(raw.FPDFPage_GetAnnotCount(page.raw), MOST_FIELDS)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, index)
        try:
            kind = KINDS.get(raw.FPDFAnnot_GetFormFieldType(form, annotation))
            place = raw.FS_RECTF()
            if kind is not None and raw.FPDFAnnot_GetRect(annotation, place):
                name = _text(partial(raw.FPDFAnnot_GetFormFieldName, form, annotation))
                words = _text(partial(raw.FPDFAnnot_GetFormFieldAlternateName, form, annotation))
                box = [place.left, height - place.top, place.right, height - place.bottom]
                yield [*box, kind, name, words, _options(form, annotation, kind)]
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _options(form: Any, annotation: Any, kind: str) -> list[str]:
    if kind in ("radio", "check"):
        return [_text(partial(raw.FPDFAnnot_GetFormFieldExportValue, form, annotation))]
    number = min(raw.FPDFAnnot_GetOptionCount(form, annotation), MOST_OPTIONS) if kind == "choice" else 0
    return [_text(partial(raw.FPDFAnnot_GetOptionLabel, form, annotation, index)) for index in range(number)]


def _text(give: Callable[[Any, int], int]) -> str:
    """A text that pdfium writes into a buffer as UTF-16."""
    size = min(give(None, 0), 4_096)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    give(ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", errors="replace")


def _bound() -> None:
    """No more memory and time than an honest form can need, where the system can say so."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 not everywhere

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _bound()
    sys.stdout.write(json.dumps(read(sys.stdin.buffer.read())))
