"""Between a paper edition and the printer: the data of lib/documents/form.typ, and the sheets of what was printed where.

A sheet is one page as the paper reader wants it (docs/engines/forms.md, 5): pixels at 300 dpi from the top left of A4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from .paper_boxes import Box, columns_of
from .papers import Block, Field, Note, Paper, Part

DPI: Final = 300
SIZE: Final = (2480, 3508)
PAGE_MM: Final = (210.0, 297.0)
WRITTEN_ON: Final = Box("_written_on", "comb", "date_comb", cells=((2, "年"), (2, "月"), (2, "日")))
LONG_FIELD: Final = 120.0  # a field higher than this (in mm, roughly) may be broken over two pages
Spot = Mapping[str, Any]  # {n, i, page, x, y, w, h}: a box, a cell of it or an option, in mm
Rect = tuple[float, float, float, float]


def qr_text(form: str, version: int, page: int, serial: str) -> str:
    """What a page's QR code says: form, version and page; the serial is that of the edition."""
    return f"F={form};v={version};p={page};s={serial}"


def box_list(paper: Paper) -> tuple[Box, ...]:
    """Every box that is printed, by its number: those of the questions, then the day of writing."""
    return (*paper.boxes, WRITTEN_ON)


def printed_data(paper: Paper) -> dict[str, Any]:
    """`title`, `intro`, `blocks`, `papers` and `dated` for the template; who prints adds names, sentences and QR codes."""
    number = 0
    blocks = []
    for block in paper.blocks:
        data = _block(block)
        if isinstance(block, Field):
            rows = []
            for row in block.rows:
                rows.append([_box(box, number + place) for place, box in enumerate(row)])
                number += len(row)
            data["rows"] = rows
        blocks.append(data)
    handed = [block for block in paper.fields if block.paper]
    papers = [f"{block.label}（{'問' + block.number}{'、' + block.only if block.only else ''}）" for block in handed]
    return {"title": paper.title, "intro": paper.intro, "blocks": blocks, "papers": papers, "dated": number}


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Part():
            return {"kind": "part", **asdict(block)}
        case Note():
            return {"kind": "note", **asdict(block)}
        case Field():
            facts = {name: getattr(block, name) for name in ("number", "label", "must", "hint", "only", "how")}
            words = 4.0 * (len(block.hint) // 45 + len(block.only) // 45) + 5.0 * (len(block.label) // 12)
            return {"kind": "field", **facts, "long": words + sum(_height(row[0]) for row in block.rows) > LONG_FIELD}


def _height(box: Box) -> float:
    if box.kind != "check":
        return 7.5 * box.lines
    lines = sum(6.0 + 4.0 * (len(label) // 30) + 3.5 * (len(note) > 0) for (_id, label), note in zip(box.options, _notes(box), strict=True))
    return lines / columns_of(box)


def _notes(box: Box) -> tuple[str, ...]:
    return box.notes or ("",) * len(box.options)


def _box(box: Box, number: int) -> dict[str, Any]:
    facts = {name: getattr(box, name) for name in ("kind", "before", "after", "width", "lines")}
    return {**facts, "n": number, "cells": box.cells, "options": box.options, "notes": _notes(box), "columns": columns_of(box)}


def spots_by_box(spots: Iterable[Spot]) -> dict[int, list[Spot]]:
    """The printed places of each box, in the order of its cells or options."""
    found: dict[int, list[Spot]] = defaultdict(list)
    for spot in spots:
        found[int(spot["n"])].append(spot)
    return {number: sorted(places, key=lambda spot: spot["i"]) for number, places in sorted(found.items())}


def sheets_of(paper: Paper, spots: Iterable[Spot], *, form: str, version: int, serial: str, pages: int) -> list[dict[str, Any]]:
    """One sheet a page, with the fields that stand on it in the order of the paper. A field whose options go over two pages is on both."""
    by_box = spots_by_box(spots)
    sheets = []
    for page in range(1, pages + 1):
        fields = []
        for number, box in enumerate(box_list(paper)):
            places = [spot for spot in by_box.get(number, ()) if spot["page"] == page]
            if places:
                fields.append(_field(box, places))
        name = f"{form}-{version}-{serial}-{page}.png"
        sheets.append({"fid": form, "qr": qr_text(form, version, page, serial), "size": list(SIZE), "blank": name, "fields": fields})
    return sheets


def _field(box: Box, places: Sequence[Spot]) -> dict[str, Any]:
    rects = [_pixels(spot) for spot in places]
    field: dict[str, Any] = {"id": box.id, "type": box.type, "kind": box.kind, "box": _around(rects), "path": box.path}
    if box.part:
        field["part"] = box.part
    if box.kind == "comb":
        field["cells"] = rects
    elif box.kind in ("check", "circle"):
        field["opts"] = [box.options[int(spot["i"])][0] for spot in places]
        field["words"] = [box.options[int(spot["i"])][1] for spot in places]
        field["boxes"] = rects
    if box.list:
        field["code_list"] = box.list
    return field


def _pixels(spot: Spot) -> list[int]:
    left, top = (round(spot[side] * DPI / 25.4) for side in ("x", "y"))
    right, bottom = (round((spot[side] + spot[length]) * DPI / 25.4) for side, length in (("x", "w"), ("y", "h")))
    return [left, top, right - left, bottom - top]


def _around(rects: Sequence[Sequence[int]]) -> list[int]:
    left, top = min(rect[0] for rect in rects), min(rect[1] for rect in rects)
    return [left, top, max(rect[0] + rect[2] for rect in rects) - left, max(rect[1] + rect[3] for rect in rects) - top]


def faults(paper: Paper, spots: Sequence[Spot], *, margin: float = 15.0) -> list[str]:
    """What would make the paper unreadable: a box that was not printed or twice, leaves the page, or lies on another."""
    by_box = spots_by_box(spots)
    found = []
    for number, box in enumerate(box_list(paper)):
        wanted = _wanted(box)
        printed = [int(spot["i"]) for spot in by_box.get(number, ())]
        if printed != wanted:
            found.append(f"{box.id}: printed {printed}, wanted {wanted}")
    for spot in spots:
        right, bottom = spot["x"] + spot["w"], spot["y"] + spot["h"]
        if spot["x"] < margin or right > PAGE_MM[0] - margin or spot["y"] < margin or bottom > PAGE_MM[1] - margin:
            found.append(
                f"box {spot['n']}/{spot['i']} leaves page {spot['page']}: {spot['x']:.1f} {spot['y']:.1f} {right:.1f} {bottom:.1f}"
            )
    return found + list(_overlaps(spots))


def _wanted(box: Box) -> list[int]:
    if box.kind == "comb":
        return list(range(sum(number for number, _sign in box.cells)))
    return [-1] if box.kind == "line" else list(range(len(box.options)))


def _overlaps(spots: Sequence[Spot]) -> Iterable[str]:
    """Neighbouring cells share an edge; more than that is an overlap."""
    slack = 0.05
    by_page: dict[int, list[Spot]] = defaultdict(list)
    for spot in spots:
        by_page[int(spot["page"])].append(spot)
    for page, on_page in by_page.items():
        ordered = sorted(on_page, key=lambda spot: spot["y"])
        for place, one in enumerate(ordered):
            for other in ordered[place + 1 :]:
                if other["y"] >= one["y"] + one["h"] - slack:
                    break
                if other["x"] < one["x"] + one["w"] - slack and one["x"] < other["x"] + other["w"] - slack:
                    yield f"page {page}: box {one['n']}/{one['i']} lies on {other['n']}/{other['i']}"
