"""What is wrong with a rules document although it loads: rows that can never count, texts that are missing, caps that cut everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .conditions import names_in
from .rules import AUTOMATIC, Row, Rules


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` error or note; `path` names the row or the fact."""

    level: str
    path: str
    sentence: str


def lint(rules: Rules) -> list[Finding]:
    """Findings in the order of the document."""
    return [*_scopes(rules), *_twins(rules), *_caps(rules), *_facts(rules), *_plain(rules)]


def _scopes(rules: Rules) -> Iterator[Finding]:
    """A base row that reads a child's fact, or a household row that reads a parent's, never holds."""
    scopes = {name: fact.scope for name, fact in rules.facts.items()} | {name: where for name, where, _ in rules.derived} | dict(AUTOMATIC)
    for row in rules.base:
        for name in row.names:
            if scopes.get(name) in ("child", "facility"):
                yield Finding("error", row.id, f"reads {name}, which is a fact of a {scopes[name]}: it can never count for a parent")
    for row in rules.adjustments:
        for name in _outside_quantifiers(rules, row):
            if scopes.get(name) == "parent":
                yield Finding("error", row.id, f"reads {name} of a parent without any, all or count: it can never count")


def _outside_quantifiers(rules: Rules, row: Row) -> list[str]:
    document: dict[str, object] = next((each for each in rules.document.get("adjustments", []) if each.get("id") == row.id), {})
    return list(_bare(document.get("when", True)))


def _bare(source: object) -> Iterator[str]:
    if isinstance(source, dict):
        for operator, given in source.items():
            if operator not in ("any", "all", "count"):
                yield from [given] if operator in ("var", "answered") and isinstance(given, str) else _bare(given)
    elif isinstance(source, list):
        for each in source:
            yield from _bare(each)


def _twins(rules: Rules) -> Iterator[Finding]:
    """Two rows with the same condition: one of them is a mistake."""
    seen: dict[str, str] = {}
    for part in ("base", "adjustments"):
        for row in rules.document.get(part, []):
            key = f"{part}:{row.get('scope')}:{row.get('when')}"
            if key in seen:
                yield Finding("error", row["id"], f"has the same condition as {seen[key]}")
            seen[key] = row["id"]


def _caps(rules: Rules) -> Iterator[Finding]:
    if rules.parent_cap is not None:
        for row in rules.base:
            if row.points > rules.parent_cap:
                yield Finding("note", row.id, f"more than a parent may have ({rules.parent_cap})")
    used = {row.group for row in (*rules.base, *rules.adjustments) if row.group}
    for group in rules.groups:
        if group not in used:
            yield Finding("note", group, "a group without a row")


def _facts(rules: Rules) -> Iterator[Finding]:
    """A fact that nothing reads is asked for nothing; one without concepts has to come from the office."""
    read = {name for row in (*rules.base, *rules.adjustments) for name in row.names}
    read |= {name for reset in rules.resets for name in reset.names} | {name for key in rules.tie_breaks for name in key.names}
    read |= {name for given in rules.document.get("derived", {}).values() for name in names_in(given.get("value"))}
    read |= set(names_in(rules.document.get("no_tie_breaks")))
    for name in rules.facts:
        if name not in read and not rules.document["facts"][name].get("carried"):
            yield Finding("note", f"facts/{name}", "no row reads it")


def _plain(rules: Rules) -> Iterator[Finding]:
    for row in (*rules.base, *rules.adjustments):
        if not row.text.get("plain"):
            yield Finding("note", row.id, "no text in plain Japanese")
