"""A form with every type of question on one page, and its code list; everything in it is invented."""

from __future__ import annotations

from typing import Any

from madoguchi.applications.tests.make import words
from madoguchi.engines.forms import TYPES
from madoguchi.procedures.actions import publish_code_list

LIST = "test-places"
PLACES = [
    {"id": f"p{number}", "label": words(f"架空保育園{number}", f"Invented nursery {number}"), "kana": f"カクウホイクエン{number}"}
    for number in range(1, 8)
]
OWN_KEYS: dict[str, dict[str, Any]] = {
    "choice": {"choices": [{"id": "one", "label": words("ひとつ")}, {"id": "two", "label": words("ふたつ")}]},
    "choices": {"choices": [{"id": key, "label": words(key)} for key in ("red", "blue", "green")]},
    "lookup": {"list": LIST},
    "ranked": {"list": LIST, "max": 3},
    "number": {"decimals": 1},
    "calculated": {"value": {"*": [{"var": "q_yen"}, 2]}, "format": "yen"},
    "file": {"later": True},
}


def question(kind: str) -> dict[str, Any]:
    return {"id": f"q_{kind}", "type": kind, "label": words(f"項目{kind}"), **OWN_KEYS.get(kind, {})}


KINDS = sorted(TYPES)
QUESTIONS = [question(kind) for kind in ["yen", *(kind for kind in KINDS if kind not in ("yen", "calculated")), "calculated"]]
EVERY_TYPE: dict[str, Any] = {
    "schema": 1,
    "id": "every",
    "languages": ["ja", "plain", "en"],
    "title": words("すべての種類"),
    "pages": [{"id": "all", "title": words("すべて"), "questions": QUESTIONS}],
}


def publish_places() -> None:
    publish_code_list(name=LIST, version="1", entries=PLACES, by=None)
