"""Blocks: parts that many forms ask alike (the applicant, a child, an account), copied into a form with a link to where they come from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from madoguchi.engines.forms import document_hash

BLOCKS = Path(__file__).resolve().parents[1] / "blocks"
Json = dict[str, Any]


@dataclass(frozen=True)
class Block:
    """One block: `section` as it goes into a form (engines/forms, section), without its origin; `title` and `about` in three languages."""

    id: str
    title: Mapping[str, str]
    about: Mapping[str, str]
    section: Json

    @property
    def hash(self) -> str:
        """What a copy remembers; another hash means that the block has changed since."""
        return document_hash(self.section)

    def copy(self) -> Json:
        """The section with its origin, to be put into a form. The caller may change it."""
        section: Json = json.loads(json.dumps(self.section))
        questions = section.pop("questions")
        return {**section, "origin": {"block": self.id, "hash": self.hash}, "questions": questions}


def blocks(root: Path = BLOCKS) -> Iterator[Block]:
    """The blocks that come with the product, by id. Raises ValueError, with the file's path, where a file is no JSON."""
    for file in sorted(root.glob("*.json")):
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from error
        yield Block(found["id"], found["title"], found["about"], found["section"])
