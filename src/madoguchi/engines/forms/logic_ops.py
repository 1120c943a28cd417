"""What each operator does. `OPERATORS` is the whole allow-list."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from madoguchi.engines import japanese

from . import patterns
from .logic import Node, RuleError, Scope, Value

# 34 digits and small exponents: no product of answers can grow into a bomb.
ARITHMETIC = Context(prec=34, Emax=60, Emin=-60, rounding=ROUND_DOWN, traps=[InvalidOperation, DivisionByZero, Overflow])


class Wrong(Exception):
    """A value an operator cannot work on."""


def _number(value: Value) -> Decimal:
    if isinstance(value, Decimal):
        return value
    raise Wrong("rule.not_a_number")


def _whole(value: Value) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise Wrong("rule.not_whole")
    return int(number)


def _day(value: Value) -> date:
    if isinstance(value, date):
        return value
    raise Wrong("rule.not_a_date")


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value
    raise Wrong("rule.not_a_text")


def _kind(value: Value) -> type:
    return next(kind for kind in (bool, Decimal, str, date, tuple, Mapping) if isinstance(value, kind))


def _same(a: Value, b: Value) -> bool:
    if _kind(a) is not _kind(b):
        raise Wrong("rule.not_comparable")
    return a == b


def _order(a: Value, b: Value) -> int:
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return (a > b) - (a < b)
    if isinstance(a, date) and isinstance(b, date):
        return (a > b) - (a < b)
    raise Wrong("rule.not_comparable")


def _is_in(needle: Value, hay: Value) -> bool | None:
    if not isinstance(hay, tuple):
        raise Wrong("rule.not_a_list")
    known = [each for each in hay if each is not None]
    if any(_kind(each) is _kind(needle) and each == needle for each in known):
        return True
    return None if len(known) < len(hay) else False


def _subtract(a: Value, b: Value | None = None) -> Decimal:
    return ARITHMETIC.minus(_number(a)) if b is None else ARITHMETIC.subtract(_number(a), _number(b))


def _add(*values: Value) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = ARITHMETIC.add(total, _number(value))
    return total


def _multiply(*values: Value) -> Decimal:
    total = Decimal(1)
    for value in values:
        total = ARITHMETIC.multiply(total, _number(value))
    return total


def _divide(a: Value, b: Value) -> Decimal:
    if _number(b) == 0:
        raise Wrong("rule.divided_by_zero")
    return ARITHMETIC.divide(_number(a), _number(b))


def _round_down(value: Value, digits: Value = Decimal(0)) -> Decimal:
    places = _whole(digits)
    if abs(places) > 12:
        raise Wrong("rule.out_of_range")
    rounded = _number(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN, context=ARITHMETIC)
    return rounded if places > 0 else Decimal(int(rounded))


def _extreme(values: tuple[Value, ...], sign: int) -> Value:
    best = values[0]
    for value in values[1:]:
        if _order(value, best) * sign > 0:
            best = value
    return best


def _add_months(start: Value, count: Value) -> date:
    """民法143条: where the month has no such day, its last day."""
    day = _day(start)
    year, month = divmod(day.year * 12 + day.month - 1 + _whole(count), 12)
    if not 1 <= year <= 9999:
        raise Wrong("rule.out_of_range")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _grade(born: Value, year: Value) -> Decimal | None:
    grade = japanese.school_grade(_day(born), _whole(year))
    return None if grade is None else Decimal(grade)


def _length(value: Value) -> Decimal:
    if isinstance(value, str | tuple):
        return Decimal(len(value))
    raise Wrong("rule.not_a_text")


def literal(node: Node, _scope: Scope) -> Value:
    value: Value = node.value
    return value


def var(node: Node, scope: Scope) -> Value:
    where, key = node.value
    if where == "row":
        return scope.row.get(key) if scope.row is not None else None
    return scope.form.get(key) if where == "form" else scope.calculate(key)


def _guarded(node: Node, function: Callable[..., Value], *values: Value) -> Value:
    try:
        return function(*values)
    except Wrong as wrong:
        raise RuleError(node.path, str(wrong)) from None
    except (DecimalException, ValueError, OverflowError):
        raise RuleError(node.path, "rule.out_of_range") from None


def _strict(node: Node, scope: Scope) -> Value:
    """Unknown in, unknown out. All operands are computed first: an error is not hidden behind an unknown."""
    values = [arg.run(arg, scope) for arg in node.args]
    if any(value is None for value in values):
        return None
    return _guarded(node, OPERATORS[node.op].function, *values)


def _truth(arg: Node, scope: Scope) -> bool | None:
    value = arg.run(arg, scope)
    if value is None or isinstance(value, bool):
        return value
    raise RuleError(arg.path, "rule.not_a_condition")


def _kleene(values: list[bool | None], decisive: bool) -> bool | None:
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def _and(node: Node, scope: Scope) -> Value:
    return _kleene([_truth(arg, scope) for arg in node.args], decisive=False)


def _or(node: Node, scope: Scope) -> Value:
    return _kleene([_truth(arg, scope) for arg in node.args], decisive=True)


def _not(node: Node, scope: Scope) -> Value:
    truth = _truth(node.args[0], scope)
    return None if truth is None else not truth


def _if(node: Node, scope: Scope) -> Value:
    truth = _truth(node.args[0], scope)
    if truth is None:
        return None
    branch = node.args[1 if truth else 2]
    return branch.run(branch, scope)


def _today(_node: Node, scope: Scope) -> Value:
    return scope.on


def _answered(node: Node, scope: Scope) -> Value:
    return node.args[0].run(node.args[0], scope) is not None


def _over_rows(node: Node, scope: Scope) -> list[Value]:
    rule = node.args[0]
    return [rule.run(rule, scope.within(row)) for row in scope.rows.get(node.value, ())]


def _truths(node: Node, scope: Scope) -> list[bool | None]:
    rule = node.args[0]
    return [_truth(rule, scope.within(row)) for row in scope.rows.get(node.value, ())]


def _count(node: Node, scope: Scope) -> Value:
    return Decimal(sum(truth is True for truth in _truths(node, scope)))


def _any(node: Node, scope: Scope) -> Value:
    return _kleene(_truths(node, scope), decisive=True)


def _all(node: Node, scope: Scope) -> Value:
    return _kleene(_truths(node, scope), decisive=False)


def _folded(node: Node, values: list[Value]) -> Value:
    if any(value is None for value in values):
        return None
    return _guarded(node, OPERATORS[node.op].function, *values)


def _sum(node: Node, scope: Scope) -> Value:
    return _folded(node, _over_rows(node, scope))


def _extreme_of(node: Node, scope: Scope) -> Value:
    """Least or greatest, of rows or of the operands; of no rows at all: unknown."""
    values = [arg.run(arg, scope) for arg in node.args] if node.value is None else _over_rows(node, scope)
    return _folded(node, values) if values else None


@dataclass(frozen=True, slots=True)
class Operator:
    """How many operands it takes, how it runs and what it gives (a kind of value, for the lint)."""

    least: int
    most: int
    run: Callable[[Node, Scope], Value]
    gives: str
    takes: tuple[str, ...] = ()  # kinds by operand; the last one counts for the rest; "" = any
    function: Callable[..., Any] = _same
    rows: str = ""  # "only": always over rows; "may": over rows when the first operand names a repeat


MANY = 100
OPERATORS: Mapping[str, Operator] = {
    "==": Operator(2, 2, _strict, "truth", ("",), _same),
    "!=": Operator(2, 2, _strict, "truth", ("",), lambda a, b: not _same(a, b)),
    "<": Operator(2, 2, _strict, "truth", ("ordered",), lambda a, b: _order(a, b) < 0),
    "<=": Operator(2, 2, _strict, "truth", ("ordered",), lambda a, b: _order(a, b) <= 0),
    ">": Operator(2, 2, _strict, "truth", ("ordered",), lambda a, b: _order(a, b) > 0),
    ">=": Operator(2, 2, _strict, "truth", ("ordered",), lambda a, b: _order(a, b) >= 0),
    "and": Operator(1, MANY, _and, "truth", ("truth",)),
    "or": Operator(1, MANY, _or, "truth", ("truth",)),
    "not": Operator(1, 1, _not, "truth", ("truth",)),
    "if": Operator(3, 3, _if, "", ("truth", "", "")),
    "in": Operator(2, 2, _strict, "truth", ("", "list"), _is_in),
    "+": Operator(1, MANY, _strict, "number", ("number",), _add),
    "-": Operator(1, 2, _strict, "number", ("number",), _subtract),
    "*": Operator(1, MANY, _strict, "number", ("number",), _multiply),
    "/": Operator(2, 2, _strict, "number", ("number",), _divide),
    "round_down": Operator(1, 2, _strict, "number", ("number",), _round_down),
    "min": Operator(1, MANY, _extreme_of, "ordered", ("ordered",), lambda *values: _extreme(values, -1), rows="may"),
    "max": Operator(1, MANY, _extreme_of, "ordered", ("ordered",), lambda *values: _extreme(values, 1), rows="may"),
    "sum": Operator(1, 1, _sum, "number", ("number",), _add, rows="only"),
    "count": Operator(1, 1, _count, "number", ("truth",), rows="only"),
    "any": Operator(1, 1, _any, "truth", ("truth",), rows="only"),
    "all": Operator(1, 1, _all, "truth", ("truth",), rows="only"),
    "today": Operator(0, 0, _today, "date"),
    "age": Operator(2, 2, _strict, "number", ("date",), lambda born, on: Decimal(japanese.age(_day(born), _day(on)))),
    "days_between": Operator(2, 2, _strict, "number", ("date",), lambda a, b: Decimal((_day(b) - _day(a)).days)),
    "add_days": Operator(2, 2, _strict, "date", ("date", "number"), lambda day, n: _day(day) + timedelta(days=_whole(n))),
    "add_months": Operator(2, 2, _strict, "date", ("date", "number"), _add_months),
    "date_of": Operator(3, 3, _strict, "date", ("number",), lambda y, m, d: date(_whole(y), _whole(m), _whole(d))),
    "fiscal_year": Operator(1, 1, _strict, "number", ("date",), lambda day: Decimal(japanese.fiscal_year(_day(day)))),
    "school_grade": Operator(2, 2, _strict, "number", ("date", "number"), _grade),
    "class_on_april_1": Operator(
        2, 2, _strict, "number", ("date", "number"), lambda born, year: Decimal(japanese.class_age(_day(born), _whole(year)))
    ),
    "fiscal_end_after_18": Operator(1, 1, _strict, "date", ("date",), lambda born: japanese.fiscal_year_end_after_18(_day(born))),
    "matches": Operator(2, 2, _strict, "truth", ("text",), lambda text, name: patterns.matches(_text(text), _text(name))),
    "length": Operator(1, 1, _strict, "number", ("",), _length),
    "answered": Operator(1, 1, _answered, "truth", ("",)),
}
