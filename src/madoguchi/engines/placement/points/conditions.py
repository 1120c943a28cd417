"""Conditions as data: small expressions over facts, compiled once to closures. Unknown is a value (Kleene), as in the form engine.

`{"var": "hours"}` reads a fact of the scope at hand (parent, child, household, facility), then of the household; `{"any": ["parents",
e]}`, `all` and `count` look at every parent or every sibling. Comparisons with a missing fact are unknown; `answered` never is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

Value = Any  # None is unknown
Look = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression sees: `own` first, then `household`; `parents` and `siblings` for the quantifiers; `month` of intake."""

    own: Look
    household: Look
    parents: Sequence[Look]
    siblings: Sequence[Look]
    month: date


Closure = Callable[[Scope], Value]
DEEPEST: Final = 12
GROUPS: Final = ("parents", "siblings")
COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=")


class BadExpression(ValueError):
    """An expression that cannot be compiled: (path inside it, sentence)."""

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(f"{path}: {sentence}")
        self.path, self.sentence = path, sentence


def compile_expression(source: Any, known: frozenset[str], path: str = "", depth: int = 0) -> Closure:
    """The closure of an expression; `known` are the names that `var` may have. Raises BadExpression."""
    if depth > DEEPEST:
        raise BadExpression(path, f"deeper than {DEEPEST}")
    if not isinstance(source, Mapping):
        if isinstance(source, (str, int, float, bool)) or (isinstance(source, list) and all(isinstance(x, (str, int)) for x in source)):
            return lambda scope: source
        raise BadExpression(path, "neither a value nor an operator")
    if len(source) != 1:
        raise BadExpression(path, "an operator stands alone in its object")
    (operator, given), *_ = source.items()
    make = OPERATORS.get(operator)
    if make is None:
        raise BadExpression(path, f"unknown operator {operator!r}")
    return make(given, known, f"{path}/{operator}", depth + 1)


def names_in(source: Any) -> Iterator[str]:
    """Every fact that an expression reads, in its order."""
    if isinstance(source, Mapping):
        for operator, given in source.items():
            if operator in ("var", "answered") and isinstance(given, str):
                yield given
            else:
                yield from names_in(given)
    elif isinstance(source, list):
        for each in source:
            yield from names_in(each)


def _arguments(given: Any, known: frozenset[str], path: str, depth: int, count: int | None = None) -> list[Closure]:
    if not isinstance(given, list) or (count is not None and len(given) != count) or not given:
        raise BadExpression(path, f"wants a list of {count or 'at least one'}")
    return [compile_expression(each, known, f"{path}/{number}", depth) for number, each in enumerate(given)]


def _var(given: Any, known: frozenset[str], path: str, depth: int) -> Closure:
    if not isinstance(given, str) or given not in known:
        raise BadExpression(path, f"no fact is called {given!r}")

    def read(scope: Scope) -> Value:
        value = scope.own.get(given)
        return scope.household.get(given) if value is None else value

    return read


def _answered(given: Any, known: frozenset[str], path: str, depth: int) -> Closure:
    read = _var(given, known, path, depth)
    return lambda scope: read(scope) is not None


def _comparison(compare: Callable[[Value, Value], bool]) -> Callable[..., Closure]:
    def make(given: Any, known: frozenset[str], path: str, depth: int) -> Closure:
        left, right = _arguments(given, known, path, depth, 2)

        def run(scope: Scope) -> Value:
            one, other = left(scope), right(scope)
            if one is None or other is None:
                return None
            try:
                return compare(one, other)
            except TypeError:  # a text beside a number: nothing can be said
                return None

        return run

    return make


def _in(given: Any, known: frozenset[str], path: str, depth: int) -> Closure:
    left, right = _arguments(given, known, path, depth, 2)

    def run(scope: Scope) -> Value:
        one, many = left(scope), right(scope)
        return None if one is None or not isinstance(many, (list, tuple)) else one in many

    return run


def _and(given: Any, known: frozenset[str], path: str, depth: int) -> Closure:
    parts = _arguments(given, known, path, depth)

    def run(scope: Scope) -> Value:
        result: Value = True
        for part in parts:
            value = part(scope)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return run


def _or(given: Any, known: frozenset[str], path: str, depth: int) -> Closure:
    parts = _arguments(given, known, path, depth)

    def run(scope: Scope) -> Value:
        result: Value = False
        for part in parts:
            value = part(scope)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return run


def _not(given: Any, known: frozenset[str], path: str, depth: int) -> Closure:
    part = compile_expression(given, known, path, depth)

    def run(scope: Scope) -> Value:
        value = part(scope)
        return None if value is None else not value

    return run


def _over(fold: Callable[[list[Value]], Value]) -> Callable[..., Closure]:
    def make(given: Any, known: frozenset[str], path: str, depth: int) -> Closure:
        if not isinstance(given, list) or len(given) != 2 or given[0] not in GROUPS:
            raise BadExpression(path, f"wants [{' or '.join(GROUPS)}, expression]")
        group, part = given[0], compile_expression(given[1], known, f"{path}/1", depth)

        def run(scope: Scope) -> Value:
            rows = scope.parents if group == "parents" else scope.siblings
            return fold([part(Scope(row, scope.household, scope.parents, scope.siblings, scope.month)) for row in rows])

        return run

    return make


def _any(values: list[Value]) -> Value:
    return True if True in values else None if None in values else False


def _all(values: list[Value]) -> Value:
    return False if False in values else None if None in values else True


def _count(values: list[Value]) -> Value:
    return sum(value is True for value in values)


def _number(fold: Callable[[list[Value]], Value]) -> Callable[..., Closure]:
    def make(given: Any, known: frozenset[str], path: str, depth: int) -> Closure:
        parts = _arguments(given, known, path, depth)

        def run(scope: Scope) -> Value:
            values = [part(scope) for part in parts]
            return None if any(value is None or isinstance(value, str) for value in values) else fold(values)

        return run

    return make


def _difference(values: list[Value]) -> Value:
    first, *rest = values
    return first - sum(rest)


def _months_until(given: Any, known: frozenset[str], path: str, depth: int) -> Closure:
    """Whole months from the day that a fact holds to the month of intake; negative when it lies after it."""
    read = compile_expression(given, known, path, depth)

    def run(scope: Scope) -> Value:
        text = read(scope)
        try:
            day = date.fromisoformat(f"{text}-01" if isinstance(text, str) and len(text) == 7 else str(text))
        except ValueError:
            return None
        return (scope.month.year - day.year) * 12 + scope.month.month - day.month

    return run


def _contains(given: Any, known: frozenset[str], path: str, depth: int) -> Closure:
    """[list, value]: whether a fact that is a list holds the value."""
    left, right = _arguments(given, known, path, depth, 2)

    def run(scope: Scope) -> Value:
        many, one = left(scope), right(scope)
        return None if one is None or many is None else one in many if isinstance(many, (list, tuple)) else many == one

    return run


OPERATORS: Final[Mapping[str, Callable[..., Closure]]] = {
    "var": _var,
    "answered": _answered,
    "==": _comparison(lambda one, other: bool(one == other)),
    "!=": _comparison(lambda one, other: bool(one != other)),
    "<": _comparison(lambda one, other: bool(one < other)),
    "<=": _comparison(lambda one, other: bool(one <= other)),
    ">": _comparison(lambda one, other: bool(one > other)),
    ">=": _comparison(lambda one, other: bool(one >= other)),
    "in": _in,
    "contains": _contains,
    "and": _and,
    "or": _or,
    "not": _not,
    "any": _over(_any),
    "all": _over(_all),
    "count": _over(_count),
    "+": _number(sum),
    "-": _number(_difference),
    "min": _number(min),
    "max": _number(max),
    "months_until": _months_until,
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part of a condition that must hold with the others, and what it compares, for who asks what was missing."""

    test: Closure
    fact: str
    operator: str
    wanted: Any


def conjuncts(source: Any, known: frozenset[str]) -> tuple[Leaf, ...]:
    """The parts of a condition that must hold together; one part where it is no `and`."""
    parts = source["and"] if isinstance(source, Mapping) and isinstance(source.get("and"), list) else [source]
    return tuple(_leaf(part, known) for part in parts)


def _leaf(part: Any, known: frozenset[str]) -> Leaf:
    fact = next(names_in(part), "")
    operator, wanted = "", None
    if isinstance(part, Mapping) and len(part) == 1:
        operator, given = next(iter(part.items()))
        if operator in (*COMPARISONS, "in", "contains") and isinstance(given, list) and len(given) == 2:
            wanted = next((each for each in given if not isinstance(each, Mapping)), None)
    return Leaf(compile_expression(part, known), fact, operator, wanted)
