"""The documents that come with the engine: data beside the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "rules"


def shipped_names() -> list[str]:
    """The ids of the documents that come with the engine."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def shipped(name: str) -> Any:
    """A document by its id, as JSON gives it; KeyError for an id that is not there."""
    if name not in shipped_names():
        raise KeyError(name)
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
