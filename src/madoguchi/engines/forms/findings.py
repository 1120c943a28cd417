"""What the lint finds, and the sentence that says so."""

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

Level = Literal["error", "warning", "note"]
_HOLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend in a definition. `path` points into the document; a note is advice and stops nobody."""

    path: str
    key: str
    level: Level
    params: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""

    def say(self, language: str) -> str:
        """The message in ja or en."""
        return _fill(self.key, self.params, language)


@cache
def _sentences() -> Mapping[str, Text]:
    table: Mapping[str, Text] = json.loads(resources.files(__package__).joinpath("findings.json").read_text("utf-8"))
    return table


def _fill(key: str, params: Mapping[str, Any], language: str) -> str:
    return _HOLE.sub(lambda hole: str(params.get(hole[1], "")), pick(_sentences()[key], language)).strip()


def found(path: str, key: str, level: Level, **params: Any) -> Finding:
    """A finding with its message in Japanese."""
    return Finding(path, key, level, params, _fill(key, params, "ja"))
