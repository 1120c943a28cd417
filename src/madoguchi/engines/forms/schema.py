"""Reading one JSON object of a definition key by key, noting every fault on the way."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .canonical import canonical_json
from .definition import Text

MAX_BYTES, MAX_DEPTH, MAX_TEXT = 2 * 1024 * 1024, 48, 5_000
IDS = {
    "form": re.compile(r"[a-z][a-z0-9-]{0,59}"),
    "page": re.compile(r"[a-z][a-z0-9-]{0,39}"),
    "question": re.compile(r"[a-z][a-z0-9_]{0,39}"),
    "choice": re.compile(r"[a-z0-9][a-z0-9_-]{0,39}"),
    "list": re.compile(r"[a-z][a-z0-9-]{0,59}"),
    "hash": re.compile(r"[0-9a-f]{64}"),
    "language": re.compile(r"[a-z]{2,8}(-[a-z0-9]{2,8})?"),
}
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # controls, halves of a pair: no database and no page holds them
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
Faults = list[tuple[str, str]]


def survey(document: object) -> Faults:
    """Faults of plain JSON, found without recursion: depth, floats, foreign objects, size. Nothing else runs before this."""
    todo: list[tuple[object, str, int]] = [(document, "", 1)]
    while todo:
        value, path, depth = todo.pop()
        fault = _fault_of(value, depth)
        if fault:
            return [(path, fault)]
        if isinstance(value, Mapping):
            todo += [(each, f"{path}.{key}".lstrip("."), depth + 1) for key, each in value.items()]
        elif isinstance(value, list | tuple):
            todo += [(each, f"{path}[{i}]", depth + 1) for i, each in enumerate(value)]
    if len(canonical_json(document).encode("utf-8", "surrogatepass")) > MAX_BYTES:
        return [("", f"大きすぎます（{MAX_BYTES // 1024 // 1024}MBまで）")]
    return []


def _fault_of(value: object, depth: int) -> str | None:
    if depth > MAX_DEPTH:
        return f"入れ子が深すぎます（{MAX_DEPTH}段まで）"
    if isinstance(value, float):
        return "小数（float）は使えません。文字列で書いてください"
    if isinstance(value, Mapping) and not all(isinstance(key, str) for key in value):
        return "キーは文字列で書いてください"
    if any(_UNWRITABLE.search(text) for text in (value if isinstance(value, Mapping) else (value,)) if isinstance(text, str)):
        return "表示できない制御文字が入っています"
    known = value is None or isinstance(value, str | bool | Mapping | list | tuple) or (isinstance(value, int) and abs(value) < 10**18)
    return None if known else "JSONに書けない値です"


@dataclass(slots=True)
class Part:
    """One object of the document. A getter gives a usable default and notes a fault where the value is wrong."""

    raw: Mapping[str, Any]
    path: str
    faults: Faults

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str, message: str) -> None:
        self.faults.append((self.at(key) if key else self.path, message))

    def only(self, keys: Collection[str]) -> None:
        for key in self.raw:
            if key not in keys:
                self.fault(key[:60], "知らないキーです")

    def has(self, key: str) -> bool:
        return self.raw.get(key) is not None

    def identifier(self, key: str, kind: str) -> str:
        value = self.raw.get(key)
        if isinstance(value, str) and IDS[kind].fullmatch(value):
            return value
        self.fault(key, f"idの形が違います（{IDS[kind].pattern}）")
        return ""

    def optional_id(self, key: str, kind: str) -> str | None:
        return self.identifier(key, kind) if self.has(key) else None

    def text(self, key: str) -> Text:
        """A text that must be there; {"ja": ""} with a fault noted otherwise."""
        value = self.raw.get(key)
        if not isinstance(value, Mapping):
            self.fault(key, '文を {"ja": "…"} の形で書いてください')
            return {"ja": ""}
        for language, words in value.items():
            if not IDS["language"].fullmatch(language) or not isinstance(words, str):
                self.fault(f"{key}.{language[:20]}", "言語の名前と文字列を書いてください")
            elif len(words) > MAX_TEXT:
                self.fault(f"{key}.{language}", f"長すぎます（{MAX_TEXT}字まで）")
        if not isinstance(value.get("ja"), str) or not value["ja"].strip():
            self.fault(f"{key}.ja", "日本語（ja）の文が必要です")
        return dict(value)

    def optional_text(self, key: str) -> Text | None:
        return self.text(key) if self.has(key) else None

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.raw.get(key, default)
        if isinstance(value, bool):
            return value
        self.fault(key, "true か false を書いてください")
        return default

    def word(self, key: str, allowed: Sequence[str], default: str = "") -> str:
        value = self.raw.get(key, default)
        if isinstance(value, str) and (value in allowed or (value == default and key not in self.raw)):
            return value
        self.fault(key, "次のどれかを書いてください: " + ", ".join(allowed))
        return default

    def whole(self, key: str, default: int, least: int, most: int) -> int:
        value = self.raw.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.fault(key, f"{least} から {most} までの整数を書いてください")
        return default

    def limit(self, key: str, decimals: int = 0) -> Decimal | None:
        """A bound of a number: an integer, or a string such as "0.5" where decimals are allowed."""
        value = self.raw.get(key)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
            return Decimal(value)
        if decimals and isinstance(value, str) and _NUMBER.fullmatch(value):
            return Decimal(value)
        self.fault(key, '整数を書いてください（decimals があれば "0.5" のような文字列も）')
        return None

    def words(self, key: str, default: tuple[str, ...], allowed: Collection[str] | None = None, most: int = 200) -> tuple[str, ...]:
        value = self.raw.get(key, default)
        sound = isinstance(value, list | tuple) and len(value) <= most and all(isinstance(each, str) for each in value)
        if sound and (allowed is None or set(value) <= set(allowed)) and len(set(value)) == len(value):
            return tuple(value)
        self.fault(key, "重なりのない文字列のリストを書いてください" + (": " + ", ".join(allowed) if allowed else ""))
        return default

    def children(self, key: str, most: int) -> Iterator[Part]:
        """The objects of a list, each with its path."""
        value = self.raw.get(key, ())
        if not isinstance(value, list | tuple):
            self.fault(key, "リストを書いてください")
            return
        if len(value) > most:
            self.fault(key, f"多すぎます（{most}個まで）")
            return
        for index, each in enumerate(value):
            if isinstance(each, Mapping):
                yield Part(each, f"{self.at(key)}[{index}]", self.faults)
            else:
                self.faults.append((f"{self.at(key)}[{index}]", "オブジェクト（{…}）を書いてください"))

    def child(self, key: str) -> Part | None:
        value = self.raw.get(key)
        if value is None:
            return None
        if isinstance(value, Mapping):
            return Part(value, self.at(key), self.faults)
        self.fault(key, "オブジェクト（{…}）を書いてください")
        return None
