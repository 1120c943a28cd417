"""An instance from the CSV triple: facilities.csv, children.csv, families.csv. UTF-8 with or without BOM, CP932, digits of any width."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from .instance import Doubt, Instance, Unusable
from .reading_json import FORMATS, read_json

COLUMNS: Final[Mapping[str, re.Pattern[str]]] = {
    "facilities.csv": re.compile(r"id|name|cap[0-5]|shared"),
    "children.csv": re.compile(r"id|name|family|age|points|tiebreak|current|bonus|pref[1-9]\d*"),
    "families.csv": re.compile(r"id|name|condition|children"),
}
TABLES: Final = ("facilities.csv", "children.csv", "families.csv")
NO_CLASS: Final = {"", "-", "—", "―", "ー", "–", "－"}
PLACE: Final = re.compile(r"(facilities|children|families)\[(\d+)\]")
Row = tuple[int, Mapping[str, str]]


def read_csv(tables: Mapping[str, bytes]) -> tuple[Instance, list[Doubt]]:
    """The instance of three tables by their names. Raises Unusable; places are named by file and line."""
    rows = {name: _rows(name, tables[name]) for name in TABLES}
    doubts: list[Doubt] = []
    document = {
        "format": FORMATS[0],
        "facilities": [_facility(row) for _line, row in rows["facilities.csv"]],
        "children": [_child(line, row, doubts) for line, row in rows["children.csv"]],
        "families": [_family(row) for _line, row in rows["families.csv"]],
    }
    try:
        instance, more = read_json(document)
    except Unusable as unusable:
        raise Unusable([(_in_file(where, rows), sentence) for where, sentence in unusable.problems]) from unusable
    return instance, [*doubts, *more]


def _in_file(where: str, rows: Mapping[str, list[Row]]) -> str:
    """`children[3].points` as `children.csv 5行目 points`."""
    found = PLACE.match(where)
    if found is None:
        return where
    name = f"{found[1]}.csv"
    return f"{name} {rows[name][int(found[2])][0]}行目 {where[found.end() :].lstrip('.')}".rstrip()


def _rows(name: str, data: bytes) -> list[Row]:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unusable([(name, "UTF-8でもCP932（Shift_JIS）でもありません。どちらかで保存し直してください。")])
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [_plain(cell).strip() for cell in next(lines, [])]
        if "id" not in header:
            raise Unusable([(name, "1行目に列の名前（id など）がありません。docs/engines/placement-format.md のとおりに書いてください。")])
        _require_known(name, header)
        return [(lines.line_num, _cells(name, lines.line_num, header, cells)) for cells in lines if any(cells)]
    except csv.Error as error:
        raise Unusable([(f"{name} {lines.line_num}行目", "CSVとして読めません。表計算ソフトで開いて、保存し直してください。")]) from error


def _require_known(name: str, header: list[str]) -> None:
    """A column that is spelt otherwise would be passed over and change who gets a seat."""
    unknown = [column for column in header if column and not COLUMNS[name].fullmatch(column)]
    doubled = sorted({column for column in header if column and header.count(column) > 1})
    if unknown:
        raise Unusable([(f"{name} 1行目", f"知らない列です：{'、'.join(unknown[:10])}。列の名前を直すか、列を消してください。")])
    if doubled:
        raise Unusable([(f"{name} 1行目", f"同じ名前の列が2つあります：{'、'.join(doubled[:10])}。")])


def _cells(name: str, line: int, header: list[str], cells: list[str]) -> Mapping[str, str]:
    if any(cell.strip() for cell in cells[len(header) :]):
        raise Unusable([(f"{name} {line}行目", "列の名前より多くのセルがあります。1行目に列を足すか、余分なセルを消してください。")])
    return {column: cell.strip() for column, cell in zip(header, cells, strict=False) if column}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _number(text: str | None, default: Any = None) -> Any:
    """A whole number where it is one; the text as it is otherwise, which the document's check refuses with its place."""
    plain = _plain(text or "").replace(",", "")
    if not plain:
        return default
    return int(plain) if re.fullmatch(r"[+-]?\d{1,20}", plain) else text


def _facility(row: Mapping[str, str]) -> dict[str, Any]:
    capacity = {str(age): None if row.get(f"cap{age}", "") in NO_CLASS else _number(row[f"cap{age}"]) for age in range(6)}
    shared = [[_number(age) for age in group.split("+")] for group in _plain(row.get("shared", "")).split(";") if group.strip()]
    return {"id": _plain(row["id"]), "capacity": capacity, **({"shared": shared} if shared else {})}


def _child(line: int, row: Mapping[str, str], doubts: list[Doubt]) -> dict[str, Any]:
    bonus: dict[str, Any] = {}
    for part in _plain(row.get("bonus", "")).split(";"):
        if part.strip():
            facility, _colon, points = part.partition(":")
            if facility.strip() in bonus:
                raise Unusable([(f"children.csv {line}行目 bonus", f"「{facility.strip()[:40]}」が2回あります。1つにしてください。")])
            bonus[facility.strip()] = _number(points, points)
    return {
        "id": _plain(row["id"]),
        "family": _plain(row.get("family", "")),
        "age": _number(row.get("age")),
        "points": _number(row.get("points")),
        "tiebreak": _number(row.get("tiebreak"), 0),
        "preferences": list(_wishes(line, row, doubts)),
        "current": _plain(row.get("current", "")) or None,
        "bonus": bonus,
    }


def _wishes(line: int, row: Mapping[str, str], doubts: list[Doubt]) -> Iterator[str]:
    """pref1, pref2 …; an empty one in the middle is passed over and said."""
    names = sorted((name for name in row if re.fullmatch(r"pref\d+", name)), key=lambda name: int(name[4:]))
    filled = [number for number, name in enumerate(names) if row[name]]
    for number, name in enumerate(names):
        if row[name]:
            yield _plain(row[name])
        elif filled and number < filled[-1]:
            where = f"children.csv {line}行目 {name}"
            doubts.append(Doubt("empty-wish", where, "途中の希望が空です。詰めて読みました。", child=_plain(row["id"])))


def _family(row: Mapping[str, str]) -> dict[str, Any]:
    children = [_plain(name).strip() for name in row.get("children", "").split(";") if name.strip()]
    return {"id": _plain(row["id"]), "condition": row.get("condition") or "single", "children": children}


def tables_beside(path: Path) -> dict[str, Path] | None:
    """The three tables in a folder, or beside one of them; None when they are not all there."""
    folder = path if path.is_dir() else path.parent
    found = {name: folder / name for name in TABLES}
    return found if all(file.is_file() for file in found.values()) else None
