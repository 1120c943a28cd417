"""The country's banks and their branches, from the data of the zengin-code package: lists `banks` and `bank-branches:<bank id>`.

The data are read as files, a bank's branches only when somebody asks for them; importing the package would load all 31,000.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.metadata import version as package_version
from importlib.util import find_spec
from pathlib import Path

from madoguchi.engines.forms import Entry, document_hash, rank
from madoguchi.engines.japanese import is_katakana, search_key, to_katakana

BANKS, BRANCHES = "banks", "bank-branches:"
PACKAGE, DISTRIBUTION = "zengin_code", "zengin-code"
# What people add to a name and the data leave out; the longer first.
_SAID = ("信用金庫", "信用組合", "農業協同組合", "支店", "銀行")
_SHORT = {"信金": ("信用金庫", "シンヨウキンコ"), "信組": ("信用組合", "シンヨウクミアイ")}
_LARGE_KANA = str.maketrans("ァィゥェォッャュョヮ", "アイウエオツヤユヨワ")  # banks write no small kana


class BankLists:
    """Read-only; the same for every municipality."""

    @staticmethod
    def holds(name: str) -> bool:
        return name == BANKS or name.startswith(BRANCHES)

    def get(self, list: str, id: str) -> Entry | None:  # noqa: A002 - the engine's Protocol
        return _entries(list).get(id)

    def search(self, list: str, text: str, limit: int) -> Sequence[Entry]:  # noqa: A002
        """As people say it: ゆうちょ銀行, 亀戸支店, とうきょう; a name that fits exactly without its 支店 comes alone."""
        entries = _entries(list)
        katakana = to_katakana(text.strip())
        wanted = katakana.translate(_LARGE_KANA) if is_katakana(katakana) else _with_long(text.strip())
        if hits := rank(entries.values(), wanted, limit):
            return hits
        bare = _without_said(text.strip())
        hits = rank(entries.values(), bare, limit)
        same = [hit for hit in hits if search_key(hit.label["ja"]) == search_key(bare)]
        return same[:1] or hits

    def version(self, list: str) -> tuple[str, str] | None:  # noqa: A002
        return _version(list) if _entries(list) else None


def _with_long(text: str) -> str:
    return text[:-2] + _SHORT[text[-2:]][0] if text[-2:] in _SHORT and len(text) > 2 else text


def _without_said(text: str) -> str:
    for word in _SAID:
        if text.endswith(word) and len(text) > len(word):
            return text.removesuffix(word)
    return text


@lru_cache(maxsize=1)
def _data() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ImportError(f"the package {DISTRIBUTION} is not installed")
    return Path(spec.origin).parent / "source-data" / "data"


@lru_cache(maxsize=256)
def _entries(name: str) -> Mapping[str, Entry]:
    """The entries of a list by code; empty for a bank that does not exist."""
    bank = name.removeprefix(BRANCHES)
    if name != BANKS and not (bank.isascii() and bank.isdigit() and len(bank) == 4):
        return {}
    file = _data() / "banks.json" if name == BANKS else _data() / "branches" / f"{bank}.json"
    if not file.exists():
        return {}
    rows = json.loads(file.read_text(encoding="utf-8"))
    make = _bank if name == BANKS else _branch
    return {code: make(code, rows[code]["name"], rows[code]["kana"].replace("－", "ー")) for code in sorted(rows)}


def _bank(code: str, name: str, kana: str) -> Entry:
    """With the word that people say: みずほ → みずほ銀行, 東京東信金 → 東京東信用金庫. Foreign banks' names are left as they are."""
    short = name[-2:]
    if short in _SHORT:
        long, spoken = _SHORT[short]
        return Entry(code, {"ja": name[:-2] + long}, kana=kana.removesuffix("シンキン").removesuffix("シンクミ") + spoken)
    if (code < "0400" or "0500" <= code < "0600" or code == "9900") and code != "0200" and not name.endswith("銀行"):
        return Entry(code, {"ja": f"{name}銀行"}, kana=f"{kana}ギンコウ")
    return Entry(code, {"ja": name}, kana=kana)


def _branch(code: str, name: str, kana: str) -> Entry:
    return Entry(code, {"ja": name}, kana=kana)


@lru_cache(maxsize=256)
def _version(name: str) -> tuple[str, str]:
    return package_version(DISTRIBUTION), document_hash({code: [entry.label["ja"], entry.kana] for code, entry in _entries(name).items()})


__all__ = ["BANKS", "BRANCHES", "BankLists"]
