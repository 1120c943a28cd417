"""PDFs: whether one opens, how many pages it has, and that it neither runs nor carries anything."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final

import pikepdf
from pikepdf import Dictionary, Name, Object, Stream

from .pages import draw_page
from .pictures import MAX_PIXELS
from .sentences import UploadRefused

MAX_PAGES: Final = 200
_MAX_OBJECTS: Final = 200_000
_STREAM_BYTES: Final = 64 * 1024 * 1024
_ALL_BYTES: Final = 256 * 1024 * 1024
_RUNS: Final = frozenset({"/JavaScript", "/Launch", "/ImportData", "/RichMediaExecute", "/Rendition", "/Sound", "/Movie", "/GoToE"})
_CARRIES: Final = frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/3D", "/Sound", "/Movie"})
_ACTIVE_KEYS: Final = ("/JS", "/EmbeddedFiles", "/XFA")  # XFA: a form drawn by a script, blank wherever it is not run

# Once for the process, before any thread opens a PDF: qpdf unpacks a PDF's own tables while opening it.
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=_STREAM_BYTES, run_length_max_memory=_STREAM_BYTES, png_max_memory=_STREAM_BYTES, tiff_max_memory=_STREAM_BYTES,
    max_stream_filters=3, parser_max_nesting=200, doc_max_warnings=500,
)  # fmt: skip


def examine_pdf(data: bytes) -> int:
    """The number of pages of a PDF that can be kept; UploadRefused (encrypted, broken, bomb, too_many_pages, active)."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            pages = len(pdf.pages)
            if pages > MAX_PAGES:
                raise UploadRefused("upload.too_many_pages", limit=MAX_PAGES)
            _check_objects(pdf)
    except pikepdf.PasswordError as error:
        raise UploadRefused("upload.encrypted") from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise UploadRefused("upload.broken") from error  # also tables that would unpack to a flood: qpdf stops at its limit
    if pages == 0:
        raise UploadRefused("upload.broken")
    draw_page(data, 1, 40)  # pdfium draws it later for the desk: what it cannot open, or not in time, is refused now
    return pages


def _check_objects(pdf: pikepdf.Pdf) -> None:
    if len(pdf.objects) > _MAX_OBJECTS:
        raise UploadRefused("upload.bomb")
    unpacked = 0
    for each in pdf.objects:
        for part in _dictionaries(each):
            if _is_active(part):
                raise UploadRefused("upload.active")
        if isinstance(each, Stream):
            unpacked += _unpacked(each)
            if unpacked > _ALL_BYTES:
                raise UploadRefused("upload.bomb")


def _dictionaries(each: Object, depth: int = 0) -> Iterator[Object]:
    """`each` and the dictionaries written directly inside it; indirect ones come by themselves in `pdf.objects`."""
    if depth > 50:
        raise UploadRefused("upload.broken")
    if isinstance(each, (Dictionary, Stream)):
        yield each
        inner = [value for _, value in each.items()]
    else:
        inner = list(each) if isinstance(each, pikepdf.Array) else []
    for value in inner:
        if isinstance(value, (Dictionary, pikepdf.Array)) and not value.is_indirect:
            yield from _dictionaries(value, depth + 1)


def _is_active(part: Object) -> bool:
    has_file = "/EF" in part and ("/F" in part or "/UF" in part)
    return has_file or any(key in part for key in _ACTIVE_KEYS) or _word(part, "/S") in _RUNS or _word(part, "/Subtype") in _CARRIES


def _word(part: Object, key: str) -> str:
    value = part.get(key)
    return str(value) if isinstance(value, Name) else ""


def _unpacked(stream: Stream) -> int:
    """Bytes of a stream once unpacked, 0 for a picture, whose pixels are counted instead."""
    if _word(stream, "/Subtype") == "/Image":
        if _whole(stream, "/Width") * _whole(stream, "/Height") > MAX_PIXELS:
            raise UploadRefused("upload.bomb")
        return 0
    try:
        return len(stream.get_stream_buffer())
    except pikepdf.PdfError as error:
        if "memory limit" in str(error):
            raise UploadRefused("upload.bomb") from error
        return 0  # a faulty font or a filter that qpdf does not know is no reason to send anyone away


def _whole(stream: Stream, key: str) -> int:
    value = stream.get(key, 0)
    return value if isinstance(value, int) else 0
