"""Files that residents may send, made for tests."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image

from madoguchi.lib import uploads
from madoguchi.lib.uploads import UploadRefused, examine

ALL = ("pdf", "jpeg", "png", "heic")
MEGABYTE = 1024 * 1024
HEIC_HEAD = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


def look(data, name="書類.bin", accept=ALL, max_bytes=20 * MEGABYTE):
    return examine(data, name=name, accept=accept, max_bytes=max_bytes)


def refusal(data, **options) -> str:
    with pytest.raises(UploadRefused) as caught:
        look(data, **options)
    said = uploads.sentence(caught.value)
    assert said.endswith("。")
    assert "%(" not in said
    assert str(caught.value) == said
    return caught.value.key


def picture(form="JPEG", size=(60, 40), mode="RGB", colour="red", **options) -> bytes:
    target = io.BytesIO()
    Image.new(mode, size, colour).save(target, form, **options)
    return target.getvalue()


def pdf(pages=1, change=None, **options) -> bytes:
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(595, 842))
    if change:
        change(made)
    target = io.BytesIO()
    made.save(target, **options)
    return target.getvalue()


def opened(examined) -> Image.Image:
    return Image.open(io.BytesIO(examined.data))
