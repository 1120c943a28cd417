"""The columns of a procedure inventory (棚卸): the national survey's 46 with their code lists, then what a municipality needs beside them.

Names and codes of the first group are those of デジタル庁 行政手続等の棚卸調査 令和7年度; the second group and the ways in which sheets
write a column are ours.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

COLUMNS: Final = Path(__file__).with_name("columns.json")
Kind = Literal["text", "code", "codes", "count", "days", "year"]


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a coded column; `ways` are other ways of writing it."""

    code: str
    ja: str
    ways: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column: `kind` says what its cells hold, `ways` how sheets head it, `is_asked` whether divisions are asked for it."""

    id: str
    group: Literal["national", "municipal"]
    name: Mapping[str, str]
    kind: Kind
    ways: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    is_asked: bool = False
    known: Mapping[str, str] = field(default_factory=dict, compare=False)  # folded way of writing → code

    def label(self, code: str) -> str:
        """A code as people read it; the code itself where the list does not have it."""
        return next((one.ja for one in self.codes if one.code == code), code)


def fold(text: str) -> str:
    """How headers and codes are compared: one width, no blanks, no case, one kind of bracket and of circle."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", "", folded).replace("◯", "○").replace("〇", "○").replace("✕", "×")


@cache
def columns() -> Mapping[str, Column]:
    """{id: column}, in the order of the sheet."""
    found = json.loads(COLUMNS.read_text("utf-8"))["columns"]
    return {one["id"]: _column(one) for one in found}


def _column(data: Mapping[str, Any]) -> Column:
    codes = tuple(Code(one["code"], one["ja"], tuple(one.get("ways", ()))) for one in data.get("codes", ()))
    known: dict[str, str] = {}
    for one in codes:
        for way in (one.ja, f"{one.code}{one.ja}", one.code, *one.ways):
            known.setdefault(fold(way), one.code)
    return Column(
        id=data["id"],
        group=data["group"],
        name=data["name"],
        kind=data["kind"],
        ways=tuple(data.get("ways", ())),
        codes=codes,
        is_asked=bool(data.get("asked")),
        known=known,
    )


def asked() -> tuple[str, ...]:
    """The columns that a division is asked for when nothing else was chosen; at most MOST_ASKED."""
    return tuple(name for name, column in columns().items() if column.is_asked)


MOST_ASKED: Final = 15
