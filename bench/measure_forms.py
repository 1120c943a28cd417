"""How long the form engine takes on the library's forms."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from madoguchi.engines.forms import check, lint, load, questions_of, walk

TITLE = "The form engine on the library's forms"
NOTE = "Median of 15 runs each, with the first clean example's answers. `check` is in proportion to `walk` (1.0)."
LIBRARY = Path(__file__).parents[1] / "src/madoguchi/procedures/library"


def measure() -> list[dict[str, Any]]:
    return [row(folder) for folder in sorted(LIBRARY.iterdir()) if (folder / "form.json").exists()]


def row(folder: Path) -> dict[str, Any]:
    document = json.loads((folder / "form.json").read_text())
    example = next(one for one in json.loads((folder / "examples.json").read_text())["examples"] if one["expect"] == "clean")
    form, on = load(document), date.fromisoformat(example["on"])
    walked = median(lambda: walk(form, example["answers"], on=on))
    return {
        "form": folder.name,
        "questions": sum(1 for _ in questions_of(form)),
        "load ms": f"{median(lambda: load(document)) * 1000:.1f}",
        "walk ms": f"{walked * 1000:.2f}",
        "check ÷ walk": f"{median(lambda: check(form, example['answers'], on=on)) / walked:.1f}",
        "lint ms": f"{median(lambda: lint(form), 3) * 1000:.0f}",
    }


def median(work: Callable[[], object], runs: int = 15) -> float:
    """Seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
