"""The inventory of procedures (棚卸): its columns, dirty sheets read, and what to put online first. Pure: texts in, values out."""

from .cells import Cell, read_cell, write_cell
from .columns import MOST_ASKED, Code, Column, asked, columns, fold
from .priority import NEEDS_A_RULE, Part, Score, Track, Weights, score, track_of
from .sheet import Doubt, NoHeader, Passed, Understood, key_of, understand

__all__ = [
    "MOST_ASKED",
    "NEEDS_A_RULE",
    "Cell",
    "Code",
    "Column",
    "Doubt",
    "NoHeader",
    "Part",
    "Passed",
    "Score",
    "Track",
    "Understood",
    "Weights",
    "asked",
    "columns",
    "fold",
    "key_of",
    "read_cell",
    "score",
    "track_of",
    "understand",
    "write_cell",
]
