"""Small real files for attachments: papers and photographs that say that they are samples."""

from __future__ import annotations

import io
from functools import cache
from random import Random

import pikepdf
from PIL import Image, ImageDraw

MEDIA = {"pdf": "pdf", "jpg": "jpeg", "jpeg": "jpeg", "png": "png", "heic": "jpeg"}
SIZE = (360, 270)
LIGHTS = [
    ("#bcd7ee", "#d9cdbb"),
    ("#e8d9c0", "#c7b8a5"),
    ("#cfe3d4", "#d8d2c8"),
    ("#d6d0e6", "#cbbfae"),
    ("#e9cfcf", "#d3c6b2"),
    ("#c9c9c9", "#b9aa98"),
]  # sky, wall


def sample(name: str, rng: Random) -> tuple[str, bytes]:
    """(file name, content) for a name of an example: of its kind, a photograph as JPEG where it was HEIC."""
    stem, _, ending = name.rpartition(".")
    kind = MEDIA.get(ending.lower(), "pdf")
    written = {"pdf": ".pdf", "jpeg": ".jpg", "png": ".png"}[kind]
    content = paper(rng.randrange(4)) if kind == "pdf" else photograph(rng.randrange(len(LIGHTS)), kind)
    return f"{stem or name}{written}", content


@cache
def paper(number: int) -> bytes:
    """A page of A4 that looks like a certificate with nothing in it."""
    lines = [f"0.75 0.78 0.85 rg 70 {720 - row * 34} {300 + (row * 67 + number * 41) % 150} 10 re f" for row in range(14)]
    seal = f"0.75 0.2 0.2 RG 2 w {400 + number * 8} 120 60 60 re S"
    title = f"BT /F1 20 Tf 70 770 Td (SAMPLE / MIHON  No. {number + 1}) Tj ET"
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
        page.Contents = pdf.make_stream("\n".join([*lines, seal, "0 0 0 rg", title]).encode())
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


@cache
def photograph(number: int, kind: str) -> bytes:
    """A drawn picture: a wall with a window and a crack, in one of six lights."""
    sky, wall = LIGHTS[number]
    picture = Image.new("RGB", SIZE, sky)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((30, 60, 330, 250), fill=wall, outline="#6b5f50", width=3)
    draw.rectangle((70, 100, 150, 170), fill="#7d99ad", outline="#4d4438", width=4)
    draw.line([(210, 62), (222, 105 + number * 4), (205, 140), (228, 190), (215, 248)], fill="#3a332b", width=3)
    draw.text((36, 255), "SAMPLE / MIHON", fill="#333333")
    out = io.BytesIO()
    picture.save(out, format="JPEG" if kind == "jpeg" else "PNG")
    return out.getvalue()
