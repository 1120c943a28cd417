"""The points before applying: the rules document itself asks, and shows each row that counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from madoguchi.engines.forms import pick
from madoguchi.engines.japanese import to_halfwidth
from madoguchi.engines.placement.points import FactKind, Facts, Rules, Score, score
from madoguchi.nursery.models.showing import ScoreRow, names_of_facilities, near_row, score_row

HIDDEN = frozenset({"birth", "works_in_city"})  # asked in another way, or read by no row
CHILD = "child"
MOST = 10**10  # yen, hours, days: nothing that a family has is more


@dataclass(frozen=True)
class Box:
    """One question of the calculator: `name` in the address, what was chosen, and its choices ([] for a number)."""

    name: str
    label: str
    unit: str
    choices: list[tuple[str, str]]
    value: str


@dataclass(frozen=True)
class Answer:
    total: str
    base: str
    counted: list[ScoreRow]
    near: list[ScoreRow]
    is_last: bool


def read_facts(rules: Rules) -> set[str]:
    """The facts that some row reads: nothing else is asked."""
    rows = (*rules.base, *rules.adjustments)
    used = {name for row in rows for name in row.names} | {name for reset in rules.resets for name in reset.names}
    return {name for name in used if name in rules.facts} - HIDDEN


def boxes(rules: Rules, scope: str, prefix: str, typed: Mapping[str, str], language: str, yes_no: tuple[str, str]) -> Iterator[Box]:
    """The questions about one parent, the household or the child."""
    used = read_facts(rules)
    if any("month_hours" in row.names for row in rules.base):
        used.add("hours")
    for fact in rules.facts.values():
        if fact.scope != scope or fact.id not in used or fact.type in ("date", "text") or (fact.type == "list" and not fact.choices):
            continue
        name = f"{prefix}{fact.id}"
        yield Box(
            name,
            pick(fact.text, language),
            pick(fact.unit, language) if fact.unit else "",
            _choices(fact, language, yes_no),
            typed.get(name, ""),
        )


def _choices(fact: FactKind, language: str, yes_no: tuple[str, str]) -> list[tuple[str, str]]:
    if fact.type == "bool":
        return [("yes", yes_no[0]), ("no", yes_no[1])]
    return [(name, pick(text, language)) for name, text in fact.choices.items()]


def answers(rules: Rules, scope: str, prefix: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """What was chosen, as the rules compare it; what cannot be read is left out."""
    found: dict[str, Any] = {}
    for fact in rules.facts.values():
        text = typed.get(f"{prefix}{fact.id}", "").strip()
        if fact.scope != scope or not text:
            continue
        if fact.type == "number":
            number = _number(text)
            if number is not None:
                found[fact.id] = number
        elif fact.type == "bool":
            found[fact.id] = text == "yes"
        elif text in fact.choices:
            found[fact.id] = [text] if fact.type == "list" else text
    return found


def _number(text: str) -> float | int | None:
    """A number as it is typed at a counter; None for what is none, below zero or beyond anything that a family has."""
    try:
        value = float(to_halfwidth(text).replace(",", ""))
    except ValueError:
        return None
    if not 0 <= value <= MOST:
        return None
    return int(value) if value == int(value) else value


def reckon(rules: Rules, typed: Mapping[str, str], *, birth: date | None, month: date) -> Score:
    """The score of what was typed, for a child born on a day; nothing is kept."""
    household = answers(rules, "household", "h_", typed)
    count = 1 if household.get("single") == "one" else 2
    parents = tuple(answers(rules, "parent", f"p{number}_", typed) for number in range(1, count + 1))
    child = {**answers(rules, "child", "c_", typed), "birth": (birth or month.replace(year=month.year - 1)).isoformat()}
    siblings = {"other": {"birth": child["birth"]}} if typed.get("twins") == "yes" else {}
    facts = Facts(household, parents, {CHILD: child, **siblings})
    return score(rules, facts, child=CHILD, month=month)


def told(rules: Rules, found: Score) -> Answer:
    """The score in rows for a page."""
    names, data = names_of_facilities(), found.as_data()
    return Answer(
        total=f"{found.points / rules.scale:g}",
        base=f"{found.base / rules.scale:g}",
        counted=[score_row(one, rules, names, rules.scale) for one in data["counted"] if one["counts"]],
        near=[near_row(one, rules, names, rules.scale) for one in data["near"]],
        is_last=found.is_last,
    )
