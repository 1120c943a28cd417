"""Holding the library to its word: every form loads, lints without error, and its examples give what they promise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from madoguchi.engines.forms import Faulty, Form, Lists, lint, load, questions_of
from madoguchi.procedures.actions.examples import run_example
from madoguchi.procedures.actions.library import LibraryEntry
from madoguchi.procedures.models import ENDS, ClockUnit, FormExample, LifeEvent, ProcedureKind

TEXTS = ("name", "overview", "who", "when", "fee", "usual", "after")
LANGUAGES = ("ja", "plain", "en")
# What ends a procedure and must be told; a 届出 ends when it is accepted.
ACCEPTED = "accepted"


def check_entry(entry: LibraryEntry, lists: Lists) -> list[str]:
    """Everything that is wrong with an entry, one line each; empty when it can be adopted."""
    try:
        form = load(entry.document)
    except Faulty as faulty:
        return [f"form.json {path}: {message}" for path, message in faulty.problems]
    return [*_inventory(entry, form), *_lint(form), *(line for example in entry.examples for line in _example(form, example, lists))]


def _inventory(entry: LibraryEntry, form: Form) -> Iterator[str]:
    inventory = entry.inventory
    if not entry.id == inventory.get("id") == form.id:
        yield f"the folder {entry.id}, inventory.json {inventory.get('id')} and form.json {form.id} do not agree on the id"
    for key in TEXTS:
        missing = [language for language in LANGUAGES if not (inventory.get(key) or {}).get(language)]
        if missing:
            yield f"inventory.json {key}: no text in {', '.join(missing)}"
    yield from _words(inventory)
    needed = set(inventory.get("outcomes") or []) or {ACCEPTED}
    if missing := sorted(needed - entry.notices.keys()):
        yield f"notices: no text for {', '.join(missing)}"
    if not inventory.get("mynumber") and any(question.type == "mynumber" for question in questions_of(form)):
        yield "form.json asks for 個人番号 but inventory.json says that the procedure may not"


def _words(inventory: Mapping[str, Any]) -> Iterator[str]:
    if inventory.get("kind") not in ProcedureKind.values:
        yield f"inventory.json kind: {inventory.get('kind')} is unknown"
    if (inventory.get("clock") or {}).get("unit") not in ClockUnit.values:
        yield "inventory.json clock.unit is unknown"
    if unknown := set(inventory.get("life_events") or ["none"]) - set(LifeEvent.values):
        yield f"inventory.json life_events: {', '.join(sorted(unknown))} unknown"


def _lint(form: Form) -> Iterator[str]:
    return (f"form.json {finding.path}: {finding.message or finding.key}" for finding in lint(form) if finding.level == "error")


def _example(form: Form, example: Mapping[str, Any], lists: Lists) -> Iterator[str]:
    """`expect` is "clean", "ends" or the keys of the errors that must be found, no fewer and no more."""
    held = FormExample(on=date.fromisoformat(example["on"]), answers=example["answers"], expect=example["expect"])
    outcome = run_example(example=held, form=form, known=lists)
    name = f"examples.json {example['id']}"
    if ENDS in (outcome.found, held.expect):
        if not outcome.passes:
            yield f"{name}: {'ends' if outcome.found == ENDS else 'does not end'}"
        return
    yield from (f"{name}: {key} was expected" for key in outcome.missing)
    yield from (f"{name}: {key} at {outcome.at[key]}" for key in outcome.extra)
