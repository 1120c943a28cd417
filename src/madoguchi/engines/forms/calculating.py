"""The form's calculations: computed when first asked for, kept for the rest of the walk."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from .definition import Form
from .logic import RuleError, Scope, Value, evaluate
from .problems import Problem


def as_canonical(kind: str, value: Value, path: str) -> Any:
    """A computed value as JSON. Raises `RuleError` where it is not of the kind asked for.

    yen: fractions are cut off (円未満切捨て). number: an integer where it is whole, else a string.
    """
    if value is None:
        return None
    if kind == "yen" and isinstance(value, Decimal):
        return int(value.to_integral_value(rounding=ROUND_DOWN))
    if kind == "number" and isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else f"{value.normalize():f}"
    if kind == "date" and isinstance(value, date):
        return value.isoformat()
    if kind == "text" and isinstance(value, str):
        return value or None
    if kind == "yes_no" and isinstance(value, bool):
        return value
    raise RuleError(path, "rule.wrong_kind")


class Calculator:
    """Computes each calculation once a walk. An error is raised to whoever asks, and reported once."""

    def __init__(self, form: Form) -> None:
        self.calculations = {each.id: each for each in form.calculations}
        self.needs = {each.id: sorted(each.value.uses & self.calculations.keys()) for each in form.calculations}
        self.found: dict[str, Value] = {}
        self.failed: dict[str, RuleError] = {}
        self.scope: Scope | None = None

    def value(self, name: str) -> Value:
        """The value of a calculation. Raises the `RuleError` it met, each time it is asked for."""
        todo = [name]  # what it needs comes first, by a loop: a chain of 300 calculations must not exhaust the stack
        while todo:
            missing = [each for each in self.needs[todo[-1]] if each not in self.found and each not in self.failed]
            if missing:
                todo += missing
            else:
                self._compute(todo.pop())
        if name in self.failed:
            raise self.failed[name]
        return self.found[name]

    def _compute(self, name: str) -> None:
        if name in self.found or name in self.failed:
            return
        assert self.scope is not None
        calculation = self.calculations[name]
        try:
            found = evaluate(calculation.value, self.scope)
            canonical = as_canonical(calculation.type, found, calculation.value.path)
        except RuleError as error:
            self.failed[name] = error
            return
        # 円未満 are gone for whoever reads the amount, people and rules alike.
        self.found[name] = Decimal(canonical) if calculation.type == "yen" and canonical is not None else found

    def all(self) -> dict[str, Any]:
        """Every calculation that is known, as JSON."""
        values = {}
        for name, calculation in self.calculations.items():
            try:
                value = as_canonical(calculation.type, self.value(name), calculation.value.path)
            except RuleError:
                continue
            if value is not None:
                values[name] = value
        return values

    @property
    def errors(self) -> tuple[Problem, ...]:
        """A problem for every calculation that could not be computed."""
        return tuple(
            Problem(name, "rule.error", "error", {"rule": error.path, "reason": error.reason}) for name, error in self.failed.items()
        )
