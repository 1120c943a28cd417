"""`lint`: what an author should mend before a form is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .concepts import concepts
from .definition import Faulty, Form, questions_of
from .findings import Finding, found
from .linting_reach import unreachable
from .linting_types import wrong_types
from .loading import load
from .wording import hard_wording

__all__ = ["Finding", "lint"]

TEXTS = frozenset({"title", "intro", "label", "hint", "item", "unit", "say"})


def lint(form: Form | Mapping[str, Any]) -> tuple[Finding, ...]:
    """Everything to mend in a form or raw document, the gravest first; a document that does not load gives its faults only."""
    if not isinstance(form, Form):
        try:
            form = load(form)
        except Faulty as faulty:
            return tuple(Finding(path, "fault", "error", {"message": message}, message) for path, message in faulty.problems)
    findings = [*wrong_types(form), *unreachable(form), *_concepts(form), *_texts(form)]
    order = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(findings, key=lambda finding: order[finding.level]))


def _concepts(form: Form) -> Iterator[Finding]:
    known = concepts()
    for path, question in _paths(form):
        name = question.get("concept")
        if name is None:
            continue
        if name not in known:
            yield found(f"{path}.concept", "concept.unknown", "error", concept=name)
        elif question["type"] not in known[name].types:
            types = "、".join(known[name].types)
            yield found(f"{path}.concept", "concept.type", "error", concept=name, type=question["type"], types=types)


def _paths(form: Form) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every question of the document with its path."""
    ids = {question.id for question in questions_of(form)}
    for path, value in _objects(form.document, ""):
        if "label" in value and "type" in value and value.get("id") in ids:
            yield path, value


def _objects(value: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every object of the document with its path; what lies in rules is none of our business."""
    if isinstance(value, Mapping):
        yield path, value
        for key, each in value.items():
            if key not in ("show_if", "that", "value"):
                yield from _objects(each, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _objects(each, f"{path}[{index}]")


def _texts(form: Form) -> Iterator[Finding]:
    for path, value in _objects(form.document, ""):
        if path.rpartition(".")[2] in TEXTS or path in TEXTS:
            for language in form.languages:
                if not str(value.get(language, "")).strip():
                    yield found(path, "text.missing", "error", language=language)
            for language, text in value.items():
                yield from hard_wording(text, f"{path}.{language}", language)
