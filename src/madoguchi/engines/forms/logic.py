"""Rules once they are parsed, and how they are evaluated.

Values are bool, Decimal, str, date, tuple (lists) and mapping (compound answers). None is *unknown*: it goes through
every operator unless Kleene's tables decide without it. What cannot be computed raises `RuleError`; it is never false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

Value: TypeAlias = bool | Decimal | str | date | tuple[Any, ...] | Mapping[str, Any] | None
Names: TypeAlias = Mapping[str, Value]


class RuleError(Exception):
    """A rule that could not be computed: `path` points into the document, `reason` is a key of messages.json."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(slots=True)
class Scope:
    """What a rule can see. `form` and `row` hold counted answers by id and by `id.part`."""

    on: date
    form: Names
    rows: Mapping[str, Sequence[Names]]
    calculate: Callable[[str], Value]
    row: Names | None = None

    def within(self, row: Names) -> Scope:
        """The same scope as seen from one row."""
        return Scope(self.on, self.form, self.rows, self.calculate, row)


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a rule. `run` is a function of a module, so that a form can be pickled."""

    op: str
    path: str
    run: Callable[[Node, Scope], Value]
    args: tuple[Node, ...] = ()
    value: Any = None

    def every(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for arg in self.args:
            yield from arg.every()


@dataclass(frozen=True, slots=True)
class Rule:
    """A parsed rule: its JSON, where it stands, and the ids it reads."""

    source: Any
    path: str
    node: Node
    uses: frozenset[str]


def evaluate(rule: Rule, scope: Scope) -> Value:
    """The rule's value, None for unknown. Raises `RuleError`."""
    return rule.node.run(rule.node, scope)


def holds(rule: Rule, scope: Scope) -> bool | None:
    """A condition's value. Raises `RuleError`, also for a value that is not a truth value."""
    result = evaluate(rule, scope)
    if result is None or isinstance(result, bool):
        return result
    raise RuleError(rule.path, "rule.not_a_condition")
