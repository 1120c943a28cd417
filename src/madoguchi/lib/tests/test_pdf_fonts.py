from __future__ import annotations

import struct
from pathlib import Path

import pytest

from madoguchi.lib.documents import fonts
from madoguchi.lib.documents.coverage import Coverage, read_coverage
from madoguchi.lib.documents.printable import Printer

IPA = Path(fonts.packaged()[0]) / "ipaexg.ttf"


def font(*subtables: tuple[int, int, bytes], collection: bool = False) -> bytes:
    """The smallest file with a cmap table: (platform, encoding, body) each."""
    start = 16 if collection else 0
    cmap_at = start + 12 + 16
    head, bodies, at = struct.pack(">HH", 0, len(subtables)), b"", 4 + 8 * len(subtables)
    for platform, encoding, body in subtables:
        head += struct.pack(">HHI", platform, encoding, at + len(bodies))
        bodies += body
    table = head + bodies
    directory = b"\0\1\0\0" + struct.pack(">HHHH", 1, 0, 0, 0) + b"cmap" + struct.pack(">III", 0, cmap_at, len(table))
    return (b"ttcf" + struct.pack(">III", 0x10000, 1, start) if collection else b"") + directory + table


def format_4() -> bytes:
    """A–C by a delta, あ–う through glyph indices of which い has none."""
    ends, starts = (0x43, 0x3046, 0xFFFF), (0x41, 0x3044 - 2, 0xFFFF)
    deltas, offsets = (10, 0, 1), (0, 4, 0)
    glyphs = (5, 0, 0, 0, 6)
    body = struct.pack(">3H", *ends) + b"\0\0" + struct.pack(">3H", *starts) + struct.pack(">3H", *deltas) + struct.pack(">3H", *offsets)
    body += struct.pack(">5H", *glyphs)
    return struct.pack(">HHHHHHH", 4, 14 + len(body), 0, 6, 0, 0, 0) + body


def format_12(*groups: tuple[int, int, int]) -> bytes:
    return struct.pack(">HHIII", 12, 0, 16 + 12 * len(groups), 0, len(groups)) + b"".join(struct.pack(">III", *group) for group in groups)


def format_14() -> bytes:
    """U+8FBB–8FBC keep their usual glyph with U+E0100; U+845B has its own with U+E0101."""
    usual = struct.pack(">I", 1) + (0x8FBB).to_bytes(3, "big") + b"\1"
    own = struct.pack(">I", 1) + (0x845B).to_bytes(3, "big") + struct.pack(">H", 9)
    at = 10 + 22
    records = (
        (0xE0100).to_bytes(3, "big") + struct.pack(">II", at, 0) + (0xE0101).to_bytes(3, "big") + struct.pack(">II", 0, at + len(usual))
    )
    return struct.pack(">HII", 14, at + len(usual) + len(own), 2) + records + usual + own


@pytest.mark.parametrize("collection", [False, True])
def test_tables_are_read(tmp_path, collection) -> None:
    path = tmp_path / "a.ttf"
    path.write_bytes(
        font((3, 1, format_4()), (3, 10, format_12((0x20BB7, 0x20BB8, 7), (0, 1, 0))), (0, 5, format_14()), collection=collection)
    )
    coverage = read_coverage(path)
    assert coverage.characters == {0x41, 0x42, 0x43, 0x3042, 0x3046, 0x20BB7, 0x20BB8, 1}
    assert coverage.sequences == {(0x8FBB, 0xE0100), (0x8FBC, 0xE0100), (0x845B, 0xE0101)}


@pytest.mark.parametrize("data", [b"", b"\0\1\0\0", b"not a font at all", font(), font((1, 0, b"\0\0\0\0"))])
def test_what_is_no_font_is_a_value_error(tmp_path, data) -> None:
    path = tmp_path / "a.ttf"
    path.write_bytes(data)
    with pytest.raises(ValueError):  # noqa: PT011
        read_coverage(path)


def test_the_packaged_font() -> None:
    coverage = read_coverage(IPA)
    assert len(coverage.characters) > 9000
    assert {ord(char) for char in "あ髙﨑〓①"} <= coverage.characters
    assert not {0x20BB7, 0x1F600, 0xD55C} & coverage.characters


def test_the_packaged_font_is_found_without_its_package_being_imported() -> None:
    found = fonts.find_fonts([], system=False)
    assert found.families == ("IPAexGothic",)


def test_configured_folders_come_first_and_nonsense_in_them_is_passed_over(tmp_path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    (tmp_path / "mine.ttf").write_bytes(IPA.read_bytes())
    assert fonts.find_fonts([str(tmp_path)], system=False).families == ("IPAexGothic",)


def test_no_font_at_all_is_said(monkeypatch) -> None:
    monkeypatch.setattr(fonts, "packaged", list)
    with pytest.raises(LookupError, match="MADOGUCHI_FONTS"):
        fonts.find_fonts([], system=False)


def test_printer_prefers_what_any_font_has() -> None:
    printer = Printer(
        [Coverage(frozenset(map(ord, "あ〓 ")), frozenset()), Coverage(frozenset({0x20BB7, 0x8FBB}), frozenset({(0x8FBB, 0xE0100)}))]
    )
    assert printer.clean({"a": ["あ𠮷い"], "qr": "い", "n": 3, "b": None}) == {"a": ["あ𠮷〓"], "qr": "い", "n": 3, "b": None}
    assert printer.text("辻\U000e0100辻\U000e0101") == "辻\U000e0100辻"
    assert list(printer.missing) == ["U+3044", "U+8FBB U+E0101"]
