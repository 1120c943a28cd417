"""Calculations and checks that are built by choosing: what is computed of what, and what an answer is compared with.

As with `conditions`, a rule that somebody wrote by hand may say more than can be chosen; then `formula` and `claim` give None, and the rule
stays as it is. Whatever is read must give the very same rule again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from .conditions import ANSWERED, Condition, chosen, rule_of

DECIMAL: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")
MEASURES: Final = ("", "length", "age", "matches")
COMPARED: Final = ("==", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Operand:
    """Something to compute with: an answer or calculation ("var", id or id.part), a number, a day ("date"), today and so many days or
    months from it ("today", "days", "months"), a text, a truth.
    """

    kind: str
    value: Any = None


TODAY: Final = Operand("today")


def rule_of_operand(operand: Operand) -> Any:
    """The rule that an operand means."""
    kind, value = operand.kind, operand.value
    if kind in ("days", "months"):
        return {f"add_{kind}": [{"today": []}, value]}
    if kind == "number" and isinstance(value, Decimal):
        return {"decimal": f"{value:f}"}
    wrapped = {"var": {"var": value}, "date": {"date": value}, "today": {"today": []}}
    return wrapped.get(kind, value)


def operand_of(rule: Any) -> Operand | None:
    """What a rule means as an operand; None where it says more."""
    if isinstance(rule, bool):
        return Operand("truth", rule)
    if isinstance(rule, int):
        return Operand("number", rule)
    if isinstance(rule, str):
        return Operand("text", rule)
    found = _operand(rule)
    return found if found is not None and rule_of_operand(found) == rule else None


def _operand(rule: Any) -> Operand | None:
    if not isinstance(rule, Mapping) or len(rule) != 1:
        return None
    ((operator, given),) = rule.items()
    if operator in ("var", "date") and isinstance(given, str):
        return Operand(operator, given)
    if operator == "today":
        return TODAY
    if operator == "decimal" and isinstance(given, str) and DECIMAL.fullmatch(given):
        return Operand("number", Decimal(given))
    if operator in ("add_days", "add_months") and isinstance(given, list) and len(given) == 2 and type(given[1]) is int:
        return Operand(operator.removeprefix("add_"), given[1])
    return None


# -- calculations -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Formula:
    """A calculation: its kind, what it works on, and for some kinds a group, a condition, digits."""

    kind: str
    operands: tuple[Operand, ...] = ()
    group: str = ""
    condition: Condition | None = None
    digits: int = 0


# kind → the kinds of what it works on (the last one for the rest), how many at least and at most, what it gives ("" = what its first one is)
TAKES: Final[Mapping[str, tuple[tuple[str, ...], int, int, str]]] = {
    "same": (("any",), 1, 1, ""),
    "total": (("number",), 2, 4, "number"),
    "difference": (("number",), 2, 2, "number"),
    "product": (("number",), 2, 2, "number"),
    "quotient": (("number",), 2, 2, "number"),
    "round": (("number",), 1, 1, "number"),
    "greater": (("number",), 2, 2, "number"),
    "smaller": (("number",), 2, 2, "number"),
    "sum": (("row",), 1, 1, "number"),
    "sum_product": (("row",), 2, 2, "number"),
    "count": (("none",), 0, 0, "number"),
    "age": (("date",), 2, 2, "number"),
    "days": (("date",), 2, 2, "number"),
    "fiscal_year": (("date",), 1, 1, "number"),
    "later_days": (("date", "number"), 2, 2, "date"),
    "later_months": (("date", "number"), 2, 2, "date"),
    "if": (("any",), 2, 2, ""),
}
_PLAIN: Final = {
    "total": "+", "difference": "-", "product": "*", "greater": "max", "smaller": "min", "age": "age", "days": "days_between",
    "fiscal_year": "fiscal_year", "later_days": "add_days", "later_months": "add_months",
}  # fmt: skip
_BACK: Final = {operator: kind for kind, operator in _PLAIN.items()}


def rule_of_formula(formula: Formula) -> Any:
    """The rule that a chosen calculation means."""
    args = [rule_of_operand(one) for one in formula.operands]
    if formula.kind in _PLAIN:
        return {_PLAIN[formula.kind]: args}
    return _SPECIAL[formula.kind](formula, args)


_SPECIAL: Final[Mapping[str, Callable[[Formula, list[Any]], Any]]] = {
    "same": lambda _formula, args: args[0],
    "quotient": lambda _formula, args: {"round_down": [{"/": args}]},
    "round": lambda formula, args: {"round_down": [args[0], formula.digits]},
    "sum": lambda formula, args: {"sum": [formula.group, args[0]]},
    "sum_product": lambda formula, args: {"sum": [formula.group, {"*": args}]},
    "count": lambda formula, _args: {"count": [formula.group, True if formula.condition is None else rule_of(formula.condition)]},
    "if": lambda formula, args: {"if": [rule_of(formula.condition) if formula.condition else True, *args]},
}


def formula(rule: Any) -> Formula | None:
    """The calculation that a rule means, where it can be chosen; None where the rule says more."""
    found = _formula(rule)
    return found if found is not None and rule_of_formula(found) == rule else None


def _formula(rule: Any) -> Formula | None:
    if isinstance(rule, Mapping) and len(rule) == 1:
        ((operator, given),) = rule.items()
        args = given if isinstance(given, list) else [given]
        if operator in ("max", "min") and args and isinstance(args[0], str):  # over the rows of a group
            return None
        if operator in _BACK:
            return _with(_BACK[operator], args)
        if operator in _READ:
            return _READ[operator](args)
    return _with("same", [rule])


def _with(kind: str, args: list[Any], **more: Any) -> Formula | None:
    """A formula of these operands, where each is one and there are neither too few nor too many."""
    _of, least, most, _gives = TAKES[kind]
    operands = [operand_of(one) for one in args]
    if not least <= len(operands) <= most or any(one is None for one in operands):
        return None
    return Formula(kind, tuple(one for one in operands if one is not None), **more)


def _rounded(args: list[Any]) -> Formula | None:
    if len(args) == 2 and type(args[1]) is int:
        return _with("round", args[:1], digits=args[1])
    inner = args[0].get("/") if len(args) == 1 and isinstance(args[0], Mapping) else None
    return _with("quotient", inner) if isinstance(inner, list) else None


def _counted(args: list[Any]) -> Formula | None:
    if len(args) != 2 or not isinstance(args[0], str):
        return None
    condition = None if args[1] is True else chosen(args[1])
    return Formula("count", group=args[0], condition=condition) if condition or args[1] is True else None


def _summed(args: list[Any]) -> Formula | None:
    if len(args) != 2 or not isinstance(args[0], str):
        return None
    factors = args[1].get("*") if isinstance(args[1], Mapping) else None
    if isinstance(factors, list):
        return _with("sum_product", factors, group=args[0])
    return _with("sum", args[1:], group=args[0])


def _either(args: list[Any]) -> Formula | None:
    condition = chosen(args[0]) if args else None
    return _with("if", args[1:], condition=condition) if condition is not None else None


_READ: Final[Mapping[str, Callable[[list[Any]], Formula | None]]] = {
    "round_down": _rounded, "count": _counted, "sum": _summed, "if": _either,
}  # fmt: skip


# -- checks ---------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claim:
    """What must hold of an answer: of it or a part of it, as it is or by a measure (its length, an age, a pattern), compared with something."""

    question: str  # id, or id.part
    measure: str
    operator: str
    other: Operand


def rule_of_claim(claim: Claim) -> Any:
    """The rule that a chosen check means."""
    var: Any = {"var": claim.question}
    if claim.measure == "matches":
        return {"matches": [var, claim.other.value]}
    if claim.operator in ANSWERED:
        return {"answered": [var]} if claim.operator == "answered" else {"not": [{"answered": [var]}]}
    if claim.operator in ("has", "has_not"):
        rule = {"in": [claim.other.value, var]}
        return rule if claim.operator == "has" else {"not": [rule]}
    left = {"length": [var]} if claim.measure == "length" else {"age": [var, {"today": []}]} if claim.measure == "age" else var
    return {claim.operator: [left, rule_of_operand(claim.other)]}


def claim(rule: Any) -> Claim | None:
    """The check that a rule means, where it can be chosen; None where the rule says more."""
    found = _claim(rule)
    return found if found is not None and rule_of_claim(found) == rule else None


def _claim(rule: Any) -> Claim | None:
    if not isinstance(rule, Mapping) or len(rule) != 1:
        return None
    ((operator, args),) = rule.items()
    if operator == "not" and isinstance(args, list) and len(args) == 1:
        inner = _claim(args[0])
        return Claim(inner.question, "", "has_not", inner.other) if inner is not None and inner.operator == "has" else None
    if not isinstance(args, list) or len(args) != 2:
        return None
    if operator == "matches" and isinstance(args[1], str) and (name := _var(args[0])):
        return Claim(name, "matches", "==", Operand("text", args[1]))
    if operator == "in" and isinstance(args[0], str) and (name := _var(args[1])):
        return Claim(name, "", "has", Operand("text", args[0]))
    return _compared(operator, args) if operator in COMPARED else None


def _compared(operator: str, args: list[Any]) -> Claim | None:
    left, other = args[0], operand_of(args[1])
    if other is None or not isinstance(left, Mapping):
        return None
    for measure in ("length", "age"):
        inner = left.get(measure)
        if isinstance(inner, list) and inner and (name := _var(inner[0])):
            return Claim(name, measure, operator, other)
    name = _var(left)
    return Claim(name, "", operator, other) if name else None


def _var(value: Any) -> str:
    name = value.get("var") if isinstance(value, Mapping) and len(value) == 1 else None
    return name if isinstance(name, str) else ""
