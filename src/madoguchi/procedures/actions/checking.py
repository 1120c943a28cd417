"""Holding the library to its word: every form loads, lints without error, and its examples give what they promise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from madoguchi.engines.forms import Faulty, Form, Lists, lint, load, questions_of
from madoguchi.procedures.actions.examples import run_example
from madoguchi.procedures.actions.library import LibraryEntry
from madoguchi.procedures.models import ENDS, ClockUnit, FormExample, LifeEvent, ProcedureKind

TEXTS = ("name", "overview", "who", "when", "fee", "usual", "after", "privacy")
# What ends a procedure and must be told; a 届出 ends when it is accepted.
ACCEPTED = "accepted"
# What a notice's text may name (applications.models.letters fills them in); anything else in braces is furigana or a mistake.
PLACEHOLDERS = frozenset({"name", "number", "date", "received", "procedure", "subject", "reason", "appeal", "division"})
BRACED = re.compile(r"\{([^{}|]*)\}")


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
        missing = [language for language in form.languages if not (inventory.get(key) or {}).get(language)]
        if missing:
            yield f"inventory.json {key}: no text in {', '.join(missing)}"
    if not inventory.get("documents"):
        yield "inventory.json documents: name the document that a clerk would ask for"
    yield from _words(inventory)
    yield from _notices(entry, form)
    if not inventory.get("mynumber") and any(question.type == "mynumber" for question in questions_of(form)):
        yield "form.json asks for 個人番号 but inventory.json says that the procedure may not"


def _notices(entry: LibraryEntry, form: Form) -> Iterator[str]:
    """Every outcome has its text, in the form's languages, with the placeholders that notices know and no others."""
    needed = set(entry.inventory.get("outcomes") or []) or {ACCEPTED}
    if missing := sorted(needed - entry.notices.keys()):
        yield f"notices: no text for {', '.join(missing)}"
    for outcome, notice in entry.notices.items():
        for part in ("title", "body"):
            texts = notice.get(part) or {}
            if missing := [language for language in form.languages if not texts.get(language)]:
                yield f"notices/{outcome}.json {part}: no text in {', '.join(missing)}"
            if unknown := sorted({name for text in texts.values() for name in BRACED.findall(str(text))} - PLACEHOLDERS):
                yield f"notices/{outcome}.json {part}: unknown placeholder {', '.join(unknown)}"


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
