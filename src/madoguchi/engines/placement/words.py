"""Explanations in words: Japanese, plain Japanese and English are templates over the same data (texts.json).

A text is chosen by what happened, never put together from pieces of sentences, so that each reads as one person says it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

TEXTS: Final = Path(__file__).with_name("texts.json")
LANGUAGES: Final = ("ja", "plain", "en")
HOLE: Final = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True, slots=True)
class Said:
    """One wish in words: `head` names it, `sentences` say what happened and what would have been enough."""

    facility: str
    number: int
    result: str
    head: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A child's whole explanation in one language."""

    lead: str
    wishes: tuple[Said, ...]
    notes: tuple[str, ...]


@lru_cache(maxsize=1)
def texts() -> Mapping[str, Mapping[str, str]]:
    """{key: {language: template}}."""
    found: Mapping[str, Mapping[str, str]] = json.loads(TEXTS.read_text("utf-8"))
    return found


def say(
    data: Mapping[str, Any],
    language: str,
    *,
    names: Mapping[str, str],
    keys: Sequence[str] = (),
    audience: str = "resident",
    scale: int = 1,
) -> Words:
    """An explanation's data in words. `names` are the facilities' labels and `keys` the tie-breaks' texts in this language.

    For a resident pass data that went through `explain.public`; for the desk the whole.
    """
    speaker = _Speaker(language, names, keys, audience, scale)
    wishes = tuple(speaker.wish(wish, data) for wish in data["wishes"] if wish["result"] != "later")
    return Words(speaker.lead(data), wishes, tuple(speaker.notes(data)))


class _Speaker:
    def __init__(self, language: str, names: Mapping[str, str], keys: Sequence[str], audience: str, scale: int) -> None:
        self.language = language if language in LANGUAGES else "ja"
        self.names, self.keys, self.audience, self.scale = names, keys, audience, scale

    def text(self, key: str, **values: Any) -> str:
        """The template with its holes filled; other braces are furigana and stay."""
        return HOLE.sub(lambda hole: str(values[hole[1]]), texts()[key][self.language])

    def name(self, facility: str | None) -> str:
        return self.names.get(facility or "", facility or "")

    def points(self, number: int) -> str:
        """Points as the ward writes them: halves come back from a scale of two."""
        value = number / self.scale
        return f"{value:g}"

    def lead(self, data: Mapping[str, Any]) -> str:
        if data["place"] is None:
            return self.text("lead.none")
        if data["is_transfer"] and not data["number"]:
            return self.text("lead.stays", facility=self.name(data["place"]))
        return self.text("lead.placed", facility=self.name(data["place"]), number=self._ordinal(data["number"]))

    def _ordinal(self, number: int) -> str:
        if self.language != "en":
            return str(number)
        end = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{end}"

    def wish(self, wish: Mapping[str, Any], data: Mapping[str, Any]) -> Said:
        head = self.text("wish.head", number=self._ordinal(wish["number"]), facility=self.name(wish["facility"]))
        sentences = [self._what(wish), *self._enough(wish)]
        if wish["lower_staying"] if self.audience == "desk" else False:
            sentences.append(self.text("staying", count=wish["lower_staying"]))
        return Said(wish["facility"], wish["number"], wish["result"], head, tuple(each for each in sentences if each))

    def _what(self, wish: Mapping[str, Any]) -> str:
        result = wish["result"]
        if result != "full":
            return self.text(f"result.{result}")
        decided = wish["decided_by"]
        if decided == "key":
            return self.text("full.key", rule=self._key(wish["key"]))
        if decided == "points" and wish["last_points"] is not None:
            return self.text("full.points", own=self.points(wish["own_points"]), last=self.points(wish["last_points"]))
        return self.text(f"full.{decided if decided != 'points' else 'points_hidden'}", own=self.points(wish["own_points"]))

    def _key(self, number: int | None) -> str:
        return self.keys[number] if number is not None and number < len(self.keys) else self.text("key.other")

    def _enough(self, wish: Mapping[str, Any]) -> list[str]:
        """What would have changed it, against the places of the others as they are."""
        found = []
        if wish["result"] == "full" and wish["decided_by"] == "points" and wish["missing_points"] is not None:
            found.append(self.text("enough.points", points=self.points(wish["missing_points"])))
        if wish["result"] == "full" and wish["one_more_seat"] and wish["before"] is not None:
            found.append(self.text("enough.seat"))
        elif wish["result"] == "full" and wish["before"]:
            found.append(self.text("line.one" if wish["before"] == 1 else "line.many", count=wish["before"]))
        return found

    def notes(self, data: Mapping[str, Any]) -> list[str]:
        found = []
        if any(wish["result"] == "siblings" for wish in data["wishes"]):
            found.append(self.text(f"condition.{data['condition']}"))
        if data["is_last"]:
            found.append(self.text("note.last"))
        if any(wish["result"] == "passed_over" for wish in data["wishes"]):
            found.append(self.text("note.passed_over"))
        if any(wish["result"] == "full" and wish["decided_by"] == "points" and wish["last_points"] is None for wish in data["wishes"]):
            found.append(self.text("note.hidden"))
        found.append(self.text("note.order"))
        return found
