"""What a file really is, and what it may be called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, Literal, cast, get_args

import puremagic

from madoguchi.engines.japanese import remove_forbidden

Kind = Literal["pdf", "jpeg", "png", "heic"]

ACCEPTABLE: Final[tuple[Kind, ...]] = get_args(Kind)
MEDIA_TYPES: Final[dict[Kind, str]] = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png", "heic": "image/heic"}
_EXTENSION: Final[dict[Kind, str]] = {"pdf": ".pdf", "jpeg": ".jpg", "png": ".png", "heic": ".heic"}
_EXTENSIONS: Final[dict[Kind, frozenset[str]]] = {
    "pdf": frozenset({".pdf", ".fdf", ".ai"}),
    "jpeg": frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"}),
    "png": frozenset({".png", ".apng"}),
    "heic": frozenset({".heic", ".heif", ".hif", ".heics", ".heifs", ".mp4", ".mov", ".m4v", ".avif"}),  # one family of boxes
}
_ALIASES: Final = {"jpg": "jpeg", "heif": "heic"}
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_PDF_START: Final = re.compile(rb"(?:\xef\xbb\xbf)?[\s\x00]{0,1000}%PDF-\d")
_NAMED_SURELY: Final = 0.4  # puremagic: a signature of four bytes or more
_UNFIT: Final = re.compile(r'[<>:"|?*\x00-\x1f\x7f]+')
NAME_LENGTH: Final = 100


def accepted(accept: Sequence[str]) -> frozenset[Kind]:
    """The kinds that a question's `accept` names: "jpeg", "jpg", ".jpg", "image/jpeg" are one; ValueError for any other word."""
    words = [word.lower().removeprefix(".").rsplit("/", 1)[-1] for word in accept]
    kinds = [_ALIASES.get(word, word) for word in words]
    if unknown := sorted(set(kinds) - set(ACCEPTABLE)):
        raise ValueError(f"not a kind of file: {', '.join(unknown)}")
    return frozenset(cast("list[Kind]", kinds))


def kind_of(data: bytes) -> Kind | None:
    """What `data` is by its first bytes, when puremagic does not surely name something else; None for every other file."""
    kind = _by_signature(data)
    if kind is None:
        return None
    named = _by_puremagic(data)
    return kind if not named or named & _EXTENSIONS[kind] else None


def _by_signature(data: bytes) -> Kind | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data[4:8] == b"ftyp" and _HEIC_BRANDS & _brands(data):
        return "heic"
    return "pdf" if _PDF_START.match(data) else None


def _brands(data: bytes) -> frozenset[bytes]:
    """Major and compatible brands of the first box (ISO 14496-12); AVIF and films name none of HEIC's."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    return frozenset({data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}) if data[8:12] != b"avif" else frozenset()


def _by_puremagic(data: bytes) -> frozenset[str]:
    """Extensions that puremagic (1.30 on Python 3.11, 2.x above) is sure of; empty when it is not, or knows nothing."""
    try:
        matches = puremagic.magic_string(data[:4096])
    except (puremagic.PureError, ValueError):
        return frozenset()
    return frozenset(str(match.extension).lower() for match in matches if match.confidence >= _NAMED_SURELY and match.extension)


def clean_name(name: str, kind: Kind) -> str:
    """A file name without path, invisible characters and signs that a disk refuses, at most 100 characters, ending as `kind` does."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", remove_forbidden(name)))[-1]
    stem, dot, extension = _UNFIT.sub("_", last).rpartition(".")
    if not dot or len(extension) > 5 or not extension.isalnum():
        stem = f"{stem}{dot}{extension}"
    stem = stem.strip(" .　")[: NAME_LENGTH - 5].rstrip()
    return (stem or "file") + _EXTENSION[kind]
