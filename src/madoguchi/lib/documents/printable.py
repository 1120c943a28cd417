"""What can be printed of a text in given fonts: never an empty box, never a character lost without a word."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from madoguchi.engines.japanese import GETA, clusters, is_variation_selector, remove_forbidden

from .coverage import Coverage


class Printer:
    """Makes texts printable and remembers, in order and once each, what could not be printed as written."""

    def __init__(self, fonts: Sequence[Coverage], refused: frozenset[str] = frozenset()) -> None:
        self.characters = frozenset().union(*(font.characters for font in fonts))
        self.sequences = frozenset().union(*(font.sequences for font in fonts))
        self.refused = refused  # what the typesetter could not draw although a font claims it
        self.missing: dict[str, None] = {}

    def clean(self, value: Any) -> Any:
        """`value` (of JSON) with every text printable; pictures (under the keys "qr" and "qrs") untouched."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.clean(each) for each in value]
        if isinstance(value, dict):
            return {key: each if key in ("qr", "qrs") else self.clean(each) for key, each in value.items()}
        return value

    def text(self, text: str) -> str:
        """A character that no font has becomes 〓; one whose variant no font has is printed in its usual form. Both are noted."""
        return "".join(map(self._cluster, clusters(remove_forbidden(text))))

    def _cluster(self, cluster: str) -> str:
        if cluster in ("\n", "\t"):
            return cluster
        if len(cluster) == 2 and self._has(composed := unicodedata.normalize("NFC", cluster)) and len(composed) == 1:
            return composed  # か and a dakuten of its own, as some telephones send it
        if self._has(cluster):
            return cluster if self._knows_variant(cluster) else self._note(cluster, self._without_selectors(cluster))
        return " " if unicodedata.category(cluster[0]) == "Zs" else self._note(cluster, GETA)

    def _has(self, cluster: str) -> bool:
        bare = self._without_selectors(cluster)
        return bool(bare) and all(ord(char) in self.characters and char not in self.refused for char in bare)

    def _knows_variant(self, cluster: str) -> bool:
        pairs = [(ord(base), ord(mark)) for base, mark in pairwise(cluster) if mark >= "\U000e0100"]
        return all(pair in self.sequences for pair in pairs)

    def _without_selectors(self, cluster: str) -> str:
        return "".join(char for char in cluster if not is_variation_selector(char))

    def _note(self, cluster: str, printed: str) -> str:
        self.missing[" ".join(f"U+{ord(char):04X}" for char in cluster)] = None
        return printed
