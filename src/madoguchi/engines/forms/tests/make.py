"""Builders for tests: a form from its questions, the sample form, small code lists."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from madoguchi.engines.forms import DictLists, Entry, Form, Question, Reading, load, read

ON = date(2026, 4, 1)
SAMPLE_PATH = Path(__file__).parent / "jido_teate.json"


def text(words: str = "質問") -> dict[str, str]:
    return {"ja": words, "plain": words, "en": words}


def asks(question_id: str = "q", kind: str = "text", **keys: Any) -> dict[str, Any]:
    """The JSON of one question."""
    if kind in ("choice", "choices"):
        keys.setdefault("choices", [choice("a"), choice("b"), choice("c")])
    if kind in ("lookup", "ranked"):
        keys.setdefault("list", "towns")
    return {"id": question_id, "type": kind, "label": text(), **keys}


def choice(choice_id: str, **keys: Any) -> dict[str, Any]:
    return {"id": choice_id, "label": text(f"選択肢{choice_id}"), **keys}


def document(*questions: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A form of one page, or of the pages given."""
    pages = keys.pop("pages", None) or [page(*questions)]
    return {"schema": 1, "id": "test-form", "languages": ["ja"], "title": text("様式"), "pages": pages, **keys}


def page(*questions: dict[str, Any], page_id: str = "first", **keys: Any) -> dict[str, Any]:
    return {"id": page_id, "title": text("ページ"), "questions": list(questions), **keys}


def repeat(repeat_id: str = "child", **keys: Any) -> dict[str, Any]:
    return {"id": repeat_id, "item": {"ja": "お子さま", "en": "Child"}, **keys}


def form_of(*questions: dict[str, Any], **keys: Any) -> Form:
    return load(document(*questions, **keys))


def question_of(kind: str, **keys: Any) -> Question:
    return form_of(asks("q", kind, **keys)).question("q")


def reads(kind: str, *texts: str, value: Any = None, parts: dict[str, list[str]] | None = None, **keys: Any) -> Reading:
    return read(question_of(kind, **keys), parts or {"": list(texts)}, on=ON, lists=lists(), value=value)


def sample_document() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(SAMPLE_PATH.read_text("utf-8"))
    return loaded


def sample() -> Form:
    return load(sample_document())


SAMPLE_ANSWERS: dict[str, Any] = {
    "name": {"family": "山田", "given": "花子", "family_kana": "ヤマダ", "given_kana": "ハナコ"},
    "birth": "1990-04-15",
    "work": "company",
    "mail": "hanako@example.jp",
    "child": [
        {"row": "r1", "child_name": {"family": "山田", "given": "一"}, "child_birth": "2025-02-03", "together": True, "school": "nursery"},
        {
            "row": "r2",
            "child_name": {"family": "山田", "given": "二葉"},
            "child_birth": "2014-04-02",
            "together": False,
            "apart_address": {"postal": "060-0001", "prefecture": "北海道", "city": "札幌市中央区", "town": "北一条西", "block": "2"},
            "school": "primary",
        },
    ],
    "account": {
        "bank": {"id": "0001", "label": "あおば銀行"},
        "branch": {"id": "001", "label": "本店"},
        "kind": "ordinary",
        "number": "0123456",
        "holder": "ヤマダ ハナコ",
    },
    "proof": {"files": [], "later": True},
}


def _entry(entry_id: str, label: str, kana: str = "", english: str = "", **facts: str | int | bool) -> Entry:
    names = {"ja": label, "en": english} if english else {"ja": label}
    return Entry(entry_id, names, kana, facts=facts)


def lists() -> DictLists:
    return DictLists(
        {
            "towns": [
                _entry("t1", "みどり町", "ミドリマチ", "Midori-machi", district="north", walk=12),
                _entry("t2", "みどり町東", "ミドリマチヒガシ", district="east"),
                _entry("t3", "さくら台", "サクラダイ", district="south"),
                _entry("t4", "海岸通り", "カイガンドオリ", district="south"),
                _entry("t5", "中央", "チュウオウ"),
                _entry("t6", "中央", "ナカオ"),
            ],
            "banks": [_entry("0001", "あおば銀行", "アオバギンコウ"), _entry("0002", "みなと信用金庫", "ミナトシンヨウキンコ")],
            "bank-branches:0001": [_entry("001", "本店", "ホンテン"), _entry("002", "駅前支店", "エキマエシテン")],
            "bank-branches:0002": [_entry("001", "港支店", "ミナトシテン")],
        }
    )
