"""Instances and placements from files: one door for every form in which they come."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from .instance import Doubt, Instance, Unusable
from .reading_csv import TABLES, read_csv, tables_beside
from .reading_json import read_json

LARGEST_FILE: Final = 2 * 1024**3

__all__ = ["read_assignment", "read_json", "read_path"]


def read_path(path: Path) -> tuple[Instance, list[Doubt], str]:
    """(instance, what to look at, SHA-256 of what was read): a JSON file, a folder with the three tables, or one of them.

    Raises Unusable for what is no instance, and for files that are not there.
    """
    if path.is_dir() or path.suffix.lower() == ".csv":
        tables = tables_beside(path)
        if tables is None:
            raise Unusable([(str(path), f"{'、'.join(TABLES)} の3つが要ります。同じフォルダーに置いてください。")])
        contents = {name: _bytes(file) for name, file in tables.items()}
        instance, doubts = read_csv(contents)
        return instance, doubts, hashlib.sha256(b"".join(contents[name] for name in TABLES)).hexdigest()
    data = _bytes(path)
    instance, doubts = read_json(_document(data, path))
    return instance, doubts, hashlib.sha256(data).hexdigest()


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Unusable([(str(path), "ファイルが大きすぎます。")])
        data = path.read_bytes()
    except OSError as error:
        raise Unusable([(str(path), f"読めません（{error.strerror}）。ファイルの場所を確かめてください。")]) from error
    if not data.strip():
        raise Unusable([(str(path), "中身がありません。")])
    return data


def _document(data: bytes, path: Path) -> Any:
    try:
        document = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_constant)
        json.dumps(document, ensure_ascii=False).encode() if b"\\u" in data else None  # half a character breaks everything written later
        return document
    except UnicodeEncodeError as error:
        raise Unusable([(str(path), "文字として読めない記号（\\ud800 など）があります。正しい文字に直してください。")]) from error
    except UnicodeDecodeError as error:
        raise Unusable([(str(path), "UTF-8ではありません。UTF-8で保存し直してください。")]) from error
    except RecursionError as error:
        raise Unusable([(str(path), "入れ子が深すぎます。利用調整の文書ではありません。")]) from error
    except _TwiceError as error:
        raise Unusable([(str(path), f"同じ名前「{error}」が1つのオブジェクトに2回あります。")]) from error
    except ValueError as error:
        line = f"{error.lineno}行目" if isinstance(error, json.JSONDecodeError) else ""
        raise Unusable([(f"{path} {line}".strip(), "JSONとして読めません。")]) from error


class _TwiceError(Exception):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(next(name for name in names if names.count(name) > 1))
    return found


def _no_constant(text: str) -> Any:
    raise ValueError(text)


def read_assignment(path: Path) -> Mapping[str, str | None]:
    """{child: facility or None} of a placement's file. Raises Unusable."""
    document = _document(_bytes(path), path)
    places = document.get("assignment") if isinstance(document, Mapping) else None
    if not isinstance(places, Mapping) or any(place is not None and type(place) is not str for place in places.values()):
        raise Unusable([(f"{path} assignment", '{"assignment": {"子ども": "施設" か null}} と書いてください。')])
    return places
