"""The closed list of what an answer can be (`concepts.json`). Reuse, placement facts and robots rest on it, not on ids."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from .definition import Text


@dataclass(frozen=True, slots=True)
class Concept:
    """One meaning, and the types of questions that may carry it."""

    id: str
    types: tuple[str, ...]
    meaning: Text


@cache
def concepts() -> Mapping[str, Concept]:
    """All concepts by id."""
    table = json.loads(resources.files(__package__).joinpath("concepts.json").read_text("utf-8"))
    return {each["id"]: Concept(each["id"], tuple(each["types"]), each["meaning"]) for each in table}
