"""A real HEIC picture (drawn by us, encoded once with libheif; the runtime can only decode) becomes a JPEG."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from madoguchi.lib import uploads

PICTURE = Path(__file__).parent / "data" / "own-picture.heic"


def test_a_heic_picture_is_kept_as_jpeg_with_its_colours():
    found = uploads.examine(PICTURE.read_bytes(), name="IMG_0001.HEIC", accept=["heic", "jpeg"], max_bytes=1_000_000)
    assert (found.kind, found.media_type, found.note) == ("jpeg", "image/jpeg", "converted")
    image = Image.open(io.BytesIO(found.data)).convert("RGB")
    assert image.size == (96, 64)
    (red, *_), (green, *_), (blue, *_) = (band.tobytes()[30 * 96 + 10 : 30 * 96 + 11] for band in image.split())
    assert red > 150 > green
    assert blue < 100
    assert uploads.preview_png(found.data, "jpeg", width=40).startswith(b"\x89PNG")


def test_a_torn_heic_picture_is_refused_with_a_sentence():
    torn = PICTURE.read_bytes()[:300]
    with pytest.raises(uploads.UploadRefused) as refused:
        uploads.examine(torn, name="a.heic", accept=["heic"], max_bytes=1_000_000)
    assert refused.value.key == "upload.broken"
    assert uploads.sentence(refused.value)
