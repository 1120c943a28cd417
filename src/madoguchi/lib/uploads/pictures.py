"""Pictures: opened with care, turned upright, shrunk, freed of metadata; and small pictures of whatever is kept."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from typing import Final

import pi_heif
from PIL import Image, ImageCms, ImageOps

from .kinds import Kind
from .pages import PREVIEW_PIXELS, draw_page
from .sentences import UploadRefused

MAX_PIXELS: Final = 80_000_000
LONG_SIDE: Final = 3000
_HUGE_PNG: Final = 4 * 1024 * 1024
_QUALITY: Final = 88
_MAX_SCANS: Final = 200  # of a progressive JPEG: ten are usual, and each is a walk over the whole picture
_FORMATS: Final[dict[Kind, str]] = {"jpeg": "JPEG", "png": "PNG", "heic": "HEIF"}
# What Pillow and the libraries under it raise on bytes that are not the picture they promise to be.
_UNREADABLE: Final = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
)
pi_heif.register_heif_opener()


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept: `kind` is "jpeg" or "png", sizes in pixels, `note` a key of NOTES or None."""

    kind: Kind
    data: bytes
    width: int
    height: int
    note: str | None


def tidy_picture(data: bytes, kind: Kind) -> Picture:
    """The copy of a picture that is kept; UploadRefused (broken, bomb) when it cannot be read."""
    try:
        with open_picture(data, kind) as opened:
            frames = getattr(opened, "n_frames", 1) if kind == "png" else 1
            size = max(opened.size)
            picture = _upright(opened)
    except Image.DecompressionBombError as error:
        raise UploadRefused("upload.bomb") from error
    except _UNREADABLE as error:
        raise UploadRefused("upload.broken") from error
    written, now = _write(picture, kind)
    note = _note(kind != now, frames > 1, size > LONG_SIDE)
    return Picture(now, written, picture.width, picture.height, note)


def open_picture(data: bytes, kind: Kind) -> Image.Image:
    """The picture, its header read and its pixels counted; UploadRefused for more than 80 million."""
    if kind == "jpeg" and data.count(b"\xff\xda") > _MAX_SCANS:
        raise UploadRefused("upload.bomb")
    opened = Image.open(io.BytesIO(data), formats=[_FORMATS[kind]])
    if opened.width * opened.height > MAX_PIXELS:
        raise UploadRefused("upload.bomb")
    return opened


def _note(converted: bool, animated: bool, shrunk: bool) -> str | None:
    if converted:
        return "converted"
    if animated:
        return "first_frame"
    return "shrunk" if shrunk else None


def _upright(opened: Image.Image) -> Image.Image:
    """A copy without metadata, upright, at most 3000 pixels long, in sRGB or grey."""
    if opened.format == "JPEG":
        opened.draft(None, (LONG_SIDE, LONG_SIDE))  # decodes large photos at half or a quarter of their size
    opened.load()
    turned = ImageOps.exif_transpose(_plain_mode(opened))
    turned.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    copy = turned.copy()
    copy.info = {}
    return copy


def _plain_mode(picture: Image.Image) -> Image.Image:
    """1, L, LA, RGB or RGBA: palettes, CMYK, 16 bits and colour profiles are brought to these."""
    exif = picture.info.get("exif")
    if picture.mode.startswith(("I", "F")):
        plain = _eight_bits(picture)
    elif picture.mode == "P":
        plain = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    elif profile := picture.info.get("icc_profile"):
        plain = _to_srgb(picture, profile)
    else:
        plain = picture if picture.mode in ("1", "L", "LA", "RGB", "RGBA") else picture.convert("RGB")
    if exif:
        plain.info["exif"] = exif
    return plain


def _eight_bits(picture: Image.Image) -> Image.Image:
    """16-bit grey as 8-bit grey; plain conversion would cut every value above 255 to white."""
    wide = picture.convert("I") if picture.mode != "F" else picture
    return wide.point(lambda value: value * (1 / 257)).convert("L")


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Colours as the profile means them (telephones photograph in Display P3); the numbers as they are when the profile is faulty."""
    target = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=target)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        converted = None
    return converted or (picture if picture.mode in ("1", "L", "LA") else picture.convert(target))


def _write(picture: Image.Image, kind: Kind) -> tuple[bytes, Kind]:
    """PNG stays PNG unless it is huge; everything else is JPEG."""
    if kind == "png":
        written = _encode(picture, "PNG")
        if len(written) <= _HUGE_PNG:
            return written, "png"
    return _encode(_on_white(picture), "JPEG"), "jpeg"


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode not in ("LA", "RGBA"):
        return picture.convert("L" if picture.mode in ("1", "L") else "RGB")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def _encode(picture: Image.Image, form: str) -> bytes:
    target = io.BytesIO()
    options = {"quality": _QUALITY, "subsampling": 1} if form == "JPEG" else {}
    picture.save(target, form, optimize=form == "JPEG", **options)
    return target.getvalue()


def preview_png(data: bytes, kind: Kind, *, page: int = 1, width: int = 1200) -> bytes:
    """A PNG at most `width` pixels wide of a page (from 1) of a kept PDF, or of a kept picture.

    UploadRefused("upload.broken") when it cannot be drawn; IndexError when the PDF has no such page.
    """
    if kind == "pdf":
        return _encode(draw_page(data, page, width), "PNG")
    try:
        with open_picture(data, kind) as opened:
            picture = _upright(opened)
    except _UNREADABLE as error:
        raise UploadRefused("upload.broken") from error
    picture.thumbnail((width, max(1, PREVIEW_PIXELS // width)), Image.Resampling.LANCZOS)
    return _encode(picture, "PNG")
