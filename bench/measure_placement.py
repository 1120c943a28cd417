"""How long a placement takes, as the command runs it: a whole process, reading, proof and independent check included."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.markets import Recipe

TITLE = "Nursery placement: the command from file to checked result"
NOTE = (
    "Seconds of process time (user and system) of `python -m madoguchi place`, and its peak memory, on the invented markets of "
    "`bench/markets.py`. ÷ plain: in proportion to a process that reads the same file and runs deferred acceptance as if nobody had "
    "brothers or sisters, in the same run. must and aim are what we set ourselves; a figure above them stays here. blocking: families "
    "left to block, `=` proven to be the least possible, `≤` not. 1k to 100k: time per child, the whole process less an empty one's."
)
PLAIN = """
import sys
from pathlib import Path
from madoguchi.engines.placement.model import plain_deferred_acceptance
from madoguchi.engines.placement.reading import read_path
plain_deferred_acceptance(read_path(Path(sys.argv[1]))[0])
"""
MARKETS = Path(__file__).with_name("markets.py")
DECIDED_MARKETS = 40
GROWTH = (1_000, 3_000, 10_000, 30_000, 100_000)


@dataclass(frozen=True, slots=True)
class Work:
    name: str
    recipe: Recipe
    options: tuple[str, ...] = ()
    must: str = ""
    aim: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    seconds: float
    megabytes: float
    code: int
    said: dict[str, Any]


# Seeds are looked for so that the market is what the row says: `python -m bench.measure_placement look`.
WORKS = (
    Work("5,000, stable", Recipe(5_000, 6), must="2 s, 300 MB", aim="0.4 s"),
    Work("20,000, stable", Recipe(20_000, 2, own_points=False), must="8 s", aim="2 s"),
    Work("100,000, stable", Recipe(100_000, 1, own_points=False), must="60 s, 2 GB", aim="12 s"),
    Work("5,000, none exists: proof, one family named", Recipe(5_000, 4), ("--prove",), "60 s", "3 s"),
    Work("20,000, none exists: placement and that none exists", Recipe(20_000, 1), (), "10 s", "2 s"),
    Work("20,000, none exists: lower bound for those who block too", Recipe(20_000, 1), ("--prove",), "300 s", "30 s"),
    Work("5,000: most seated, proven", Recipe(5_000, 6), ("--max-seated",), "60 s", "8 s"),
    Work("200 with 3 planted contradictions: least blocking", Recipe(200, 1, gadgets=3), ("--prove",), "10 s", "2 s"),
)


def run(command: list[str]) -> Ran:
    """One process with its use of time and memory; its last line of output read as JSON."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([sys.executable, *command], stdout=output, env={**os.environ, "PYTHONPATH": "src"})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        lines = output.read().decode().strip().splitlines()
    said = json.loads(lines[-1]) if lines else {}
    return Ran(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode, said)


def place(path: Path, *options: str) -> Ran:
    return run(["-m", "madoguchi", "place", str(path), "--out", str(path.with_suffix(".out")), *options])


def written(folder: Path, recipe: Recipe) -> Path:
    path = folder / f"{recipe.children}-{recipe.seed}-{recipe.own_points}-{recipe.gadgets}.json"
    if not path.exists():
        # By a process of its own: what this one once held would count into the peak of those that it starts.
        subprocess.run([sys.executable, MARKETS, json.dumps(asdict(recipe)), path], check=True)
    return path


def result_of(ran: Ran) -> str:
    said = ran.said
    exists = {True: "stable", False: f"none exists ({said.get('proof')})"}.get(said.get("stable_exists"), "not known")
    return (
        exists
        if not said.get("blocking_families")
        else f"{exists}, {'=' if said.get('minimum') else '≤'} {said['blocking_families']} blocking"
    )


def row(work: str, seconds: str, plain: str, megabytes: str, result: str, must: str = "", aim: str = "") -> dict[str, Any]:
    return {"work": work, "s": seconds, "÷ plain": plain, "MB": megabytes, "result": result, "must": must, "aim": aim}


def measured(folder: Path) -> Iterator[dict[str, Any]]:
    for work in WORKS:
        path = written(folder, work.recipe)
        plain, ran = run(["-c", PLAIN, str(path)]), place(path, *work.options)
        ratio = f"{ran.seconds / plain.seconds:.1f}"
        yield row(work.name, f"{ran.seconds:.2f}", ratio, f"{ran.megabytes:.0f}", result_of(ran), work.must, work.aim)


def many_small(folder: Path) -> Iterator[dict[str, Any]]:
    """Existence decided on random markets of 1,000 children."""
    all_ran = [place(written(folder, Recipe(1_000, seed)), "--prove") for seed in range(1, DECIDED_MARKETS + 1)]
    decided = [ran.said.get("stable_exists") for ran in all_ran if ran.said.get("stable_exists") in (True, False)]
    slowest = max(ran.seconds for ran in all_ran)
    result = f"{len(decided)} decided: {decided.count(True)} stable, {decided.count(False)} none exists"
    largest = f"{max(ran.megabytes for ran in all_ran):.0f}"
    yield row(f"{DECIDED_MARKETS} markets of 1,000: existence, the slowest", f"{slowest:.2f}", "", largest, result, "5 s each", "2 s")


def growth(folder: Path) -> Iterator[dict[str, Any]]:
    """Time per child; the process that places six children is taken off."""
    empty = place(written(folder, Recipe(6, 1, own_points=False))).seconds
    all_ran = [place(written(folder, Recipe(children, 1, own_points=False))) for children in GROWTH]
    each = [(ran.seconds - empty) / children * 1e6 for ran, children in zip(all_ran, GROWTH, strict=True)]
    for ran, children, one in zip(all_ran, GROWTH, each, strict=True):
        result = f"{plotted(one, max(each))} {one:.0f} µs per child"
        yield row(f"growth: {children:,}", f"{ran.seconds:.2f}", "", f"{ran.megabytes:.0f}", result, "", "near linear")


def plotted(each: float, worst: float) -> str:
    """A bar of text: the time per child against the slowest of the row's kind."""
    return "█" * max(1, round(20 * each / worst))


EXPLAIN = """
import sys, time
from pathlib import Path
from madoguchi.engines.placement import assign, explain_all
from madoguchi.engines.placement.reading import read_path
instance = read_path(Path(sys.argv[1]))[0]
places = assign(instance).places
began = time.process_time()
explained = explain_all(instance, places)
print('{"seconds": %f, "children": %d}' % (time.process_time() - began, len(explained)))
"""
SCORE = """
import sys, time
from datetime import date
from madoguchi.engines.placement.points import Facts, load, score, shipped
rules = load(shipped("koto-2027"))
families = [
    Facts(
        {"resident": True, "single": "two", "tax_amount": 1000 * number},
        ({"reason": "work", "days": 16 + number % 6, "hours": 20 + number % 25},) * 2,
        {"c": {"birth": f"2025-{1 + number % 12:02}-15", "care_now": "parent"}},
    )
    for number in range(int(sys.argv[1]))
]
looks = {str(code): {"kind": "private"} for code in range(5)}
began = time.process_time()
total = sum(score(rules, facts, child="c", month=date(2027, 4, 1), facilities=looks).points for facts in families)
print('{"seconds": %f, "children": %d, "points": %d}' % (time.process_time() - began, len(families), total))
"""


def said_why(folder: Path) -> Iterator[dict[str, Any]]:
    """Every child's explanation as data, and points of as many families by Koto's document: that work alone, within its process."""
    ran = run(["-c", EXPLAIN, str(written(folder, Recipe(5_000, 6)))])
    yield row("explanations for 5,000 children", f"{ran.said['seconds']:.2f}", "", "", f"{ran.said['children']} explained", "5 s", "1 s")
    ran = run(["-c", SCORE, "5000"])
    yield row("points of 5,000 families", f"{ran.said['seconds']:.2f}", "", "", f"{ran.said['children']} scored", "2 s", "0.5 s")


def brute(folder: Path) -> Iterator[dict[str, Any]]:
    """Tiny markets against every outcome: half a thousand here; `python bench/placement_brute.py 10000` for the whole."""
    ended = subprocess.run([sys.executable, "bench/placement_brute.py", "500"], capture_output=True, text=True, check=False)
    result = "; ".join(ended.stdout.strip().splitlines()) or "no answer"
    yield row("500 tiny markets against every outcome", "", "", "", result.replace("|", "/")[:400], "all equal")


PARTS: list[Callable[[Path], Iterator[dict[str, Any]]]] = [measured, many_small, said_why, brute, growth]


def measure() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        return [one for part in PARTS for one in part(Path(folder))]


def look(children: int, seeds: range, *, own_points: bool = True) -> None:
    """Print what each seed's market is, to choose WORKS by."""
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            print(seed, result_of(place(written(Path(folder), Recipe(children, seed, own_points=own_points)), "--prove")), flush=True)


if __name__ == "__main__":
    look(int(sys.argv[2]), range(1, int(sys.argv[3])), own_points="household" not in sys.argv)
