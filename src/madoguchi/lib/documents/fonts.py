"""The fonts of our papers: configured ones, then the system's universal-design or Noto Gothic, then IPAex Gothic from a package.

IPAex Gothic comes with `matplotlib-fontja` (IPA Font License), so that a fresh machine prints Japanese without installing anything.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typst

from .coverage import Coverage, read_coverage

PREFERRED: Final = ("BIZ UDGothic", "BIZ UDPGothic", "Noto Sans CJK JP", "Noto Sans JP", "IPAexGothic")
_HIRAGANA_A: Final = 0x3042


@dataclass(frozen=True)
class Fonts:
    """`families` in the order they are tried, what each covers, and typst's own object for them."""

    families: tuple[str, ...]
    coverages: tuple[Coverage, ...]
    loaded: typst.Fonts


def find_fonts(folders: Sequence[str], *, system: bool) -> Fonts:
    """Every font of `folders` that has hiragana, then the preferred ones found; LookupError when there is none at all."""
    configured = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders)).fonts() if folders else []
    paths = [*folders, *packaged()]
    loaded = typst.Fonts(include_system_fonts=system, include_embedded_fonts=False, font_paths=paths)
    known = {font.family: font for font in sorted(loaded.fonts(), key=lambda font: abs(font.weight - 400), reverse=True)}
    wanted = [*_by_preference({font.family for font in configured}), *(family for family in PREFERRED if family in known)]
    covered: dict[str, Coverage] = {}
    for family in dict.fromkeys(wanted):
        coverage = _coverage(known[family])
        if coverage and _HIRAGANA_A in coverage.characters:
            covered[family] = coverage
    if not covered:
        raise LookupError("no font with Japanese characters: install the package matplotlib-fontja or set MADOGUCHI_FONTS")
    return Fonts(tuple(covered), tuple(covered.values()), loaded)


def packaged() -> list[str]:
    """The folder of the packaged font, found without importing the package (which would want matplotlib)."""
    spec = importlib.util.find_spec("matplotlib_fontja")
    folder = Path(spec.origin).parent / "fonts" if spec and spec.origin else None
    return [str(folder)] if folder and folder.is_dir() else []


def _by_preference(families: Iterable[str]) -> list[str]:
    return sorted(families, key=lambda family: (PREFERRED.index(family) if family in PREFERRED else -1, family))


def _coverage(font: typst.FontInfo) -> Coverage | None:
    try:
        return read_coverage(Path(font.path), font.index) if font.path else None
    except (OSError, ValueError):
        return None
