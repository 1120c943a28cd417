"""Run every measurement and write docs/figures.md: `python3 dev.py bench [NAME…]`.

Each script defines `TITLE`, `NOTE` and `measure() -> list[dict]` (rows of one table). Times are medians of one run on one machine
and are meant as ratios: the first column of a table names what the others are compared with.
"""

from __future__ import annotations

import importlib
import multiprocessing
import platform
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FIGURES = HERE.parent / "docs" / "figures.md"
NAMES = sorted(path.stem for path in HERE.glob("measure_*.py"))


def table(rows: Iterable[dict[str, Any]]) -> str:
    rows = list(rows)
    heads = list(rows[0])
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(str(row[head]) for head in heads) + " |" for row in rows])


def measured(name: str) -> list[dict[str, Any]]:
    sys.path.insert(0, str(HERE.parent))
    return list(importlib.import_module(f"bench.{name}").measure())


def main(chosen: list[str]) -> None:
    sys.path.insert(0, str(HERE.parent))
    parts = [
        "# Figures",
        "",
        f"Written by `python3 dev.py bench` on {date.today()}, Python {platform.python_version()}, 2 shared cores.",
        "",
    ]
    parts += ["Times are medians within one run: compare rows with each other, not with another machine. Bad figures stay here too.", ""]
    for name in NAMES:
        if chosen and name.removeprefix("measure_") not in chosen:
            continue
        module = importlib.import_module(f"bench.{name}")
        print(f"== {module.TITLE}", flush=True)
        # Each in a process of its own: what one measurement once held counts into the peak memory of whatever its process starts.
        with multiprocessing.get_context("spawn").Pool(1) as alone:
            rows = alone.apply(measured, (name,))
        print(table(rows), flush=True)
        parts += [f"## {module.TITLE}", "", module.NOTE, "", f"Script: `bench/{name}.py`", "", table(rows), ""]
    if not chosen:
        FIGURES.write_text("\n".join(parts))


if __name__ == "__main__":
    main(sys.argv[1:])
