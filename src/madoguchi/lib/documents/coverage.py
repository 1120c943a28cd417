"""Which characters a font file can draw, read from its `cmap` table (OpenType 1.9): formats 4, 12 and 14."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Coverage:
    """Code points that have a glyph, and (base, selector) pairs of variation sequences that the font knows."""

    characters: frozenset[int]
    sequences: frozenset[tuple[int, int]]


def read_coverage(path: Path, index: int = 0) -> Coverage:
    """The coverage of a font file (or of one font of a collection); ValueError when it has no table that can be read."""
    with path.open("rb") as file:
        data = file.read()
    try:
        return _read(data, index)
    except struct.error as error:
        raise ValueError(f"{path.name}: cut short") from error


def _read(data: bytes, index: int) -> Coverage:
    start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    cmap = _table(data, start, b"cmap")
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    characters: set[int] = set()
    sequences: set[tuple[int, int]] = set()
    for entry in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * entry)
        at = cmap + offset
        (form,) = struct.unpack_from(">H", data, at)
        if form == 4 and platform in (0, 3) and encoding != 0:
            characters |= _format_4(data, at)
        elif form == 12:
            characters |= _format_12(data, at)
        elif form == 14:
            sequences |= _format_14(data, at)
    if not characters:
        raise ValueError("no Unicode table in the font")
    return Coverage(frozenset(characters), frozenset(sequences))


def _table(data: bytes, start: int, tag: bytes) -> int:
    (count,) = struct.unpack_from(">H", data, start + 4)
    for entry in range(start + 12, start + 12 + 16 * count, 16):
        if data[entry : entry + 4] == tag:
            offset: int = struct.unpack_from(">I", data, entry + 8)[0]
            return offset
    raise ValueError(f"no table {tag.decode()} in the font")


def _format_4(data: bytes, at: int) -> set[int]:
    """Segments of the basic plane; a segment may still send single characters to glyph 0, "not there"."""
    segments = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", data, at + 14)
    starts = struct.unpack_from(f">{segments}H", data, at + 16 + 2 * segments)
    deltas = struct.unpack_from(f">{segments}H", data, at + 16 + 4 * segments)
    ranges_at = at + 16 + 6 * segments
    found: set[int] = set()
    for number, (first, last, delta) in enumerate(zip(starts, ends, deltas, strict=True)):
        (offset,) = struct.unpack_from(">H", data, ranges_at + 2 * number)
        if offset == 0:
            found.update(code for code in range(first, last + 1) if (code + delta) & 0xFFFF)
            continue
        glyphs = struct.unpack_from(f">{last - first + 1}H", data, ranges_at + 2 * number + offset) if first != 0xFFFF else (0,)
        found.update(first + place for place, glyph in enumerate(glyphs) if glyph and (glyph + delta) & 0xFFFF)
    return found - {0xFFFF}


def _format_12(data: bytes, at: int) -> set[int]:
    (count,) = struct.unpack_from(">I", data, at + 12)
    found: set[int] = set()
    for group in range(count):
        first, last, glyph = struct.unpack_from(">III", data, at + 16 + 12 * group)
        found.update(range(first if glyph else first + 1, last + 1))
    return found


def _format_14(data: bytes, at: int) -> set[tuple[int, int]]:
    """Variation sequences: ranges that keep the font's usual glyph, and single ones with a glyph of their own."""
    (count,) = struct.unpack_from(">I", data, at + 6)
    found: set[tuple[int, int]] = set()
    for record in range(at + 10, at + 10 + 11 * count, 11):
        selector = int.from_bytes(data[record : record + 3], "big")
        usual, own = struct.unpack_from(">II", data, record + 3)
        if usual:
            for entry in range(struct.unpack_from(">I", data, at + usual)[0]):
                place = at + usual + 4 + 4 * entry
                first = int.from_bytes(data[place : place + 3], "big")
                found.update((code, selector) for code in range(first, first + data[place + 3] + 1))
        if own:
            entries = struct.unpack_from(">I", data, at + own)[0]
            places = range(at + own + 4, at + own + 4 + 5 * entries, 5)
            found.update((int.from_bytes(data[place : place + 3], "big"), selector) for place in places)
    return found
