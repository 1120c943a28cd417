"""Invented markets of any size: a seed gives the same one on every machine.

A town of nurseries on a square, wishes by distance and popularity, points in two parents' steps (heavy ties) decided by an income rank,
siblings who mostly share a list, and children who ask for a transfer. Shares follow what is published of large cities: class 1 is the
tightest, classes 4 and 5 have room. Nothing here is a real child, family or facility.
"""

from __future__ import annotations

import json
import random
import sys
from dataclasses import dataclass
from math import hypot
from pathlib import Path
from typing import Any

SHARES = (0.24, 0.42, 0.13, 0.14, 0.05, 0.02)
SUPPLY = (0.97, 0.86, 0.95, 1.15, 1.8, 2.4)
CONDITIONS = ("same_facility", "same_facility_first", "same_time", "any", "any_same_first", "same_or_partial")
CONDITION_WEIGHTS = (20, 30, 10, 15, 20, 5)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a market is made with. `own_points`: brothers and sisters may have different points, which is what takes stability away."""

    children: int
    seed: int = 1
    own_points: bool = True
    siblings: float = 0.15  # share of families
    three: float = 0.1  # share of those with three
    transfers: float = 0.05  # share of children
    gadgets: int = 0  # planted contradictions, each without a stable placement


@dataclass(slots=True)
class Nursery:
    id: str
    x: float
    y: float
    pull: float
    small: bool
    seats: list[int]


def market(recipe: Recipe) -> dict[str, Any]:
    """The market as a document of the exchange format."""
    draw = random.Random(f"{recipe.seed}-{recipe.children}")
    nurseries = make_nurseries(draw, recipe)
    families, children = make_families(draw, recipe, nurseries)
    share_out(draw, nurseries, children)
    move_some_in(draw, recipe, nurseries, children)
    facilities = [
        {"id": one.id, "capacity": {str(age): seats for age, seats in enumerate(one.seats) if not (one.small and age > 2)}}
        for one in nurseries
    ]
    for number in range(recipe.gadgets):
        plant(number, facilities, children, families)
    note = f"Invented market: {recipe}."
    return {
        "format": "hoiku-matching/1",
        "name": f"invented-{recipe.children}-{recipe.seed}",
        "note": note,
        "facilities": facilities,
        "children": children,
        "families": families,
    }


def make_nurseries(draw: random.Random, recipe: Recipe) -> list[Nursery]:
    number = max(6, round(recipe.children / 25 if recipe.children <= 5_000 else 200 + (recipe.children - 5_000) / 68))
    return [
        Nursery(f"F{index:05d}", draw.random(), draw.random(), draw.gauss(0, 1), draw.random() < 0.3, [0] * 6)
        for index in range(1, number + 1)
    ]


def make_families(draw: random.Random, recipe: Recipe, nurseries: list[Nursery]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    families: list[dict[str, Any]] = []
    children: list[dict[str, Any]] = []
    side = max(2, int((len(nurseries) / 12) ** 0.5))
    grid: dict[tuple[int, int], list[Nursery]] = {}
    for nursery in nurseries:
        grid.setdefault((int(nursery.x * side), int(nursery.y * side)), []).append(nursery)
    while len(children) < recipe.children:
        number = min(1 if draw.random() >= recipe.siblings else 3 if draw.random() < recipe.three else 2, recipe.children - len(children))
        ages = draw.choices(range(6), SHARES, k=number)
        name = f"K{len(families) + 1:06d}"
        own = make_children(draw, recipe, name, ages, near(draw, grid, side), len(children))
        children.extend(own)
        condition = "single" if number == 1 else draw.choices(CONDITIONS, CONDITION_WEIGHTS)[0]
        families.append({"id": name, "children": [child["id"] for child in own], "condition": condition})
    return families, children


def near(draw: random.Random, grid: dict[tuple[int, int], list[Nursery]], side: int) -> list[Nursery]:
    """Nurseries around a home drawn at random, the most attractive first."""
    x, y = draw.random(), draw.random()
    column, line = int(x * side), int(y * side)
    around: list[Nursery] = []
    reach = 1
    while len(around) < 14 and reach <= side:
        around = [
            nursery
            for a in range(column - reach, column + reach + 1)
            for b in range(line - reach, line + reach + 1)
            for nursery in grid.get((a, b), ())
        ]
        reach += 1
    scale = 0.25 / side
    worth = [(hypot(one.x - x, one.y - y) / scale - 0.6 * one.pull + draw.gauss(0, 0.5), one.id, one) for one in around]
    return [one for _, _, one in sorted(worth)][:20]


def make_children(
    draw: random.Random, recipe: Recipe, family: str, ages: list[int], nearby: list[Nursery], before: int
) -> list[dict[str, Any]]:
    parents = draw.choices((20, 19, 18, 16, 14, 10), (62, 8, 8, 9, 8, 5), k=2)
    household = sum(parents) + draw.choices((0, 1, 2, 6), (70, 14, 10, 6))[0] + (2 if len(ages) > 1 else 0)
    income, wished = draw.randrange(400), draw.choices(range(1, 11), (5, 8, 14, 16, 17, 12, 10, 8, 5, 5))[0]
    found = []
    for position, age in enumerate(ages):
        fitting = [one.id for one in nearby if not (one.small and age > 2)]
        child: dict[str, Any] = {
            "id": f"C{before + position + 1:07d}",
            "family": family,
            "age": age,
            "points": household,
            "tiebreak": income,
            "preferences": fitting[: max(wished, 3 if len(ages) > 1 else 1)],
            "current": None,
        }
        if recipe.own_points:
            child["points"] += draw.choices((0, 1, 2, 10), (94, 2, 2, 2) if age == 3 else (94, 3, 3, 0))[0]
            if draw.random() < 0.03 and child["preferences"]:  # an elder one is there already
                child["bonus"] = {draw.choice(child["preferences"][:3]): 2}
        found.append(child)
    return found


def share_out(draw: random.Random, nurseries: list[Nursery], children: list[dict[str, Any]]) -> None:
    """Seats per class in proportion to the children of that age, spread over the nurseries that have the class."""
    counts = [0] * 6
    for child in children:
        counts[child["age"]] += 1
    for age in range(6):
        open_here = [one for one in nurseries if not (one.small and age > 2)]
        weights = [draw.uniform(0.5, 1.5) for _ in open_here]
        total = counts[age] * SUPPLY[age]
        for nursery, weight in zip(open_here, weights, strict=True):
            exact = total * weight / sum(weights)
            nursery.seats[age] = int(exact) + (draw.random() < exact % 1)


def move_some_in(draw: random.Random, recipe: Recipe, nurseries: list[Nursery], children: list[dict[str, Any]]) -> None:
    """Some children already have a place and ask for a better one: the seat they hold is counted into the capacity."""
    by_id = {one.id: one for one in nurseries}
    for child in children:
        if child["age"] == 0 or draw.random() >= recipe.transfers or len(child["preferences"]) < 2:
            continue
        place = draw.choice(child["preferences"][1:])
        child["current"] = place
        by_id[place].seats[child["age"]] += 1


def plant(number: int, facilities: list[dict[str, Any]], children: list[dict[str, Any]], families: list[dict[str, Any]]) -> None:
    """A pair who only go together, and a single child with whom they go round in circles: no stable placement.

    P and Q have one seat each. The pair takes (P, Q) or nothing; the single child wants P before Q and stands between the two in points:
    seated together they are blocked at Q, without them the single child moves up to P, where the pair pushes it out again.
    """
    p, q = f"GP{number:03d}", f"GQ{number:03d}"
    pair, alone = f"GK{number:03d}", f"GS{number:03d}"
    facilities.append({"id": p, "capacity": {"1": 1}})
    facilities.append({"id": q, "capacity": {"1": 1}})
    high, low, single = f"GC{number:03d}a", f"GC{number:03d}b", f"GC{number:03d}s"
    base = {"age": 1, "tiebreak": 0, "current": None}
    children.append({"id": high, "family": pair, "points": 50, "preferences": [p], **base})
    children.append({"id": low, "family": pair, "points": 30, "preferences": [q], **base})
    children.append({"id": single, "family": alone, "points": 40, "preferences": [p, q], **base})
    families.append({"id": pair, "children": [high, low], "condition": "same_time"})
    families.append({"id": alone, "children": [single], "condition": "single"})


if __name__ == "__main__":
    wanted, target = Recipe(**json.loads(sys.argv[1])), Path(sys.argv[2])
    target.write_text(json.dumps(market(wanted), ensure_ascii=False))
