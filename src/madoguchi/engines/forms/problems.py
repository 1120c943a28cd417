"""What is wrong with an answer, and how a person is told."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal

from .definition import Text
from .texts import pick

_HOLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong. `text` is the author's own sentence, if it is an author's check; `part` names the box of a compound answer."""

    path: str
    key: str
    level: Literal["error", "warning"] = "error"
    params: Mapping[str, Any] = field(default_factory=dict)
    text: Text | None = None
    page: str = ""
    part: str = ""


@cache
def messages() -> Mapping[str, Text]:
    """The engine's sentences by key, in ja, plain and en."""
    table: Mapping[str, Text] = json.loads(resources.files(__package__).joinpath("messages.json").read_text("utf-8"))
    return table


def fill(key: str, params: Mapping[str, Any], language: str) -> str:
    """The sentence of a key with its holes filled; params may be texts in several languages. Unknown keys get a general sentence."""
    table = messages()
    sentence = pick(table.get(key) or table["value.unreadable"], language)

    def value(match: re.Match[str]) -> str:
        param = params.get(match[1])
        if isinstance(param, Mapping):
            return pick(param, language)
        return "" if param is None else str(param)

    return _HOLE.sub(value, sentence)


def say(problem: Problem, language: str) -> str:
    """The full sentence for a person: what to do, in ja, plain or en (other languages fall back to Japanese)."""
    if problem.text is not None:
        return pick(problem.text, language)
    return fill(problem.key, problem.params, language)
