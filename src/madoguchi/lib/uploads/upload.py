"""One file from a resident, examined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from .documents import examine_pdf
from .kinds import ACCEPTABLE, MEDIA_TYPES, Kind, accepted, clean_name, kind_of
from .pictures import tidy_picture
from .sentences import UploadRefused


@dataclass(frozen=True)
class Examined:
    """What is kept of a file: `data` in `kind`, sizes in pixels for a picture, `pages` for a PDF, `note` a key of NOTES or None."""

    kind: Kind
    media_type: str
    data: bytes
    name: str
    pages: int | None = None
    width: int | None = None
    height: int | None = None
    note: str | None = None


def examine(data: BinaryIO | bytes, *, name: str, accept: Sequence[str], max_bytes: int) -> Examined:
    """Judge a file by its content and give the copy to keep.

    `accept` names kinds as a form does ("pdf", "jpeg", "png", "heic"). A JPEG called .png is no lie worth sending anyone away for:
    it is kept under a right name. UploadRefused says everything else: upload.empty, too_large, wrong_type, broken, encrypted,
    bomb, too_many_pages, active.
    """
    kinds = accepted(accept)
    content = _read(data, max_bytes)
    kind = kind_of(content)
    if kind is None or kind not in kinds:
        raise UploadRefused("upload.wrong_type", kinds=_("、").join(each.upper() for each in ACCEPTABLE if each in kinds))
    if kind == "pdf":
        return Examined(kind, MEDIA_TYPES[kind], content, clean_name(name, kind), pages=examine_pdf(content))
    picture = tidy_picture(content, kind)
    return Examined(
        picture.kind, MEDIA_TYPES[picture.kind], picture.data, clean_name(name, picture.kind),
        width=picture.width, height=picture.height, note=picture.note,
    )  # fmt: skip


def _read(data: BinaryIO | bytes, max_bytes: int) -> bytes:
    content = data if isinstance(data, bytes) else data.read(max_bytes + 1)
    if not content:
        raise UploadRefused("upload.empty")
    if len(content) > max_bytes:
        raise UploadRefused("upload.too_large", limit=_megabytes(max_bytes))
    return content


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.0f} MB" if size >= 1024 * 1024 else f"{size // 1024} KB"
