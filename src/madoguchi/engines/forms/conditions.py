"""Conditions that are built by choosing: a question, how it is compared, a value; several of them joined by "and" or by "or".

A rule that somebody wrote by hand may say more than can be chosen; then `chosen` gives None, the rule stays as it is and is only shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from .definition import Question

NUMBERS: Final = ("==", "!=", "<", "<=", ">", ">=")
DAYS: Final = ("<", "<=", ">", ">=")
ANSWERED: Final = ("answered", "unanswered")
AMONG: Final = ("in", "not_in")
COMPARISONS: Final = frozenset(NUMBERS)
# How an answer of a type can be compared; what a type does not name can only be answered or not.
OPERATORS: Final[Mapping[str, tuple[str, ...]]] = {
    "yes_no": ("==",),
    "choice": ("==", "!=", *AMONG),
    "choices": ("has", "has_not"),
    "ranked": ("has", "has_not"),
    "lookup": ("==", "!="),
    "number": NUMBERS,
    "yen": NUMBERS,
    "date": (*DAYS, "age<", "age>="),
    "year_month": DAYS,
}


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison.

    `value`: true or false, an id, a number, a day as ISO text, "today"; None for (un)answered; years for age; a tuple of ids for (not) in.
    """

    question: str
    operator: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Condition:
    """All (`and`) or any (`or`) of the terms hold."""

    join: Literal["and", "or"]
    terms: tuple[Term, ...]


def operators_for(question: Question) -> tuple[str, ...]:
    """How answers of a question can be compared, the usual one first."""
    kind = question.format if question.type == "calculated" else question.type
    own = OPERATORS.get(kind, ())
    return (*own, *ANSWERED) if question.type not in ("calculated", "information") else own


def rule_of(condition: Condition) -> Any:
    """The rule that a chosen condition means; a single term stands alone."""
    rules = [_rule(term) for term in condition.terms]
    return rules[0] if len(rules) == 1 else {condition.join: rules}


def _rule(term: Term) -> Any:
    var = {"var": term.question}
    if term.operator == "answered":
        return {"answered": [var]}
    if term.operator == "unanswered":
        return {"not": [{"answered": [var]}]}
    if term.operator in AMONG:
        rule = {"in": [var, list(term.value)]}
        return rule if term.operator == "in" else {"not": [rule]}
    if term.operator == "has":
        return {"in": [term.value, var]}
    if term.operator == "has_not":
        return {"not": [{"in": [term.value, var]}]}
    if term.operator.startswith("age"):
        return {term.operator.removeprefix("age"): [{"age": [var, {"today": []}]}, term.value]}
    return {term.operator: [var, _literal(term)]}


def _literal(term: Term) -> Any:
    if term.value == "today":
        return {"today": []}
    is_day = isinstance(term.value, str) and len(term.value) == 10 and term.value[4:5] == "-" and term.operator in DAYS
    return {"date": term.value} if is_day else term.value


def chosen(rule: Any) -> Condition | None:
    """The condition that a rule means, where it can be chosen; None where the rule says more."""
    if not isinstance(rule, Mapping) or len(rule) != 1:
        return None
    ((operator, args),) = rule.items()
    if operator in ("and", "or") and isinstance(args, list) and len(args) > 1:
        terms = [_term(one) for one in args]
        return Condition(operator, tuple(terms)) if all(terms) else None  # type: ignore[arg-type]
    term = _term(rule)
    return Condition("and", (term,)) if term is not None else None


def _term(rule: Any) -> Term | None:
    """One comparison; whatever it is read as, `rule_of` must give the very same rule again."""
    found = _read(rule)
    return found if found is not None and _rule(found) == rule else None


def _read(rule: Any) -> Term | None:
    if not isinstance(rule, Mapping) or len(rule) != 1:
        return None
    ((operator, args),) = rule.items()
    if not isinstance(args, list):
        return None
    if operator == "not" and len(args) == 1 and isinstance(inner := _read(args[0]), Term):
        opposite = {"answered": "unanswered", "has": "has_not", "in": "not_in"}.get(inner.operator)
        return Term(inner.question, opposite, inner.value) if opposite else None
    if operator == "answered" and len(args) == 1 and (name := _var(args[0])):
        return Term(name, "answered")
    if operator == "in" and len(args) == 2:
        return _among(args[0], args[1])
    if operator in COMPARISONS and len(args) == 2:
        return _compared(operator, args[0], args[1])
    return None


def _among(left: Any, right: Any) -> Term | None:
    """Something in a list of answers, or an answer in a list of ids."""
    if isinstance(left, str):
        return Term(name, "has", left) if (name := _var(right)) else None
    if (name := _var(left)) and isinstance(right, list) and right and all(isinstance(one, str) for one in right):
        return Term(name, "in", tuple(right))
    return None


def _compared(operator: str, left: Any, right: Any) -> Term | None:
    if isinstance(left, Mapping) and isinstance(args := left.get("age"), list) and len(args) == 2 and (name := _var(args[0])):
        return Term(name, f"age{operator}", right) if operator in ("<", ">=") and type(right) is int else None
    name = _var(left)
    if not name:
        return None
    if isinstance(right, Mapping):
        value = "today" if right == {"today": []} else right.get("date")
        return Term(name, operator, value) if isinstance(value, str) else None
    return Term(name, operator, right) if isinstance(right, bool | int | str) else None


def _var(value: Any) -> str:
    """The id of a whole answer; "" for a part of one (address.city), which cannot be chosen yet."""
    name = value.get("var") if isinstance(value, Mapping) and len(value) == 1 else None
    return name if isinstance(name, str) and "." not in name else ""
