"""A condition over the few values that matter to it.

Every part of a condition becomes a variable with a finite domain: a choice its ids, a number the points around the
constants it is compared with, what is not understood either truth value; unknown belongs to every domain. Variables are
taken as independent unless one question's own conditions speak about another, so that what is found never to hold in
this larger world never holds in the real one either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise, product
from math import prod
from typing import Any

from . import logic_ops
from .definition import Form, Page, Question, Section
from .logic import Node, RuleError, Scope, Value

MAX_VARIABLES, MAX_WORLDS = 6, 4096
MAX_WORLDS_A_FORM = 200_000  # some two seconds: a designer waits for this
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_TRUTHS: tuple[Value, ...] = (True, False, None)
_COUNTED = frozenset({"count", "length"})
_SAMPLE_DAY = date(2000, 1, 1)


class TooMany(Exception):
    """More worlds than are worth trying."""


@dataclass(slots=True)
class Ground:
    """A form, and how many worlds may still be tried for it."""

    form: Form
    left: int = MAX_WORLDS_A_FORM


def _key(node: Node) -> str:
    return f"{node.op}:{node.value!r}({','.join(_key(arg) for arg in node.args)})"


class Abstraction:
    """The worlds of one or more conditions of a form."""

    def __init__(self, ground: Ground) -> None:
        self.ground, form = ground, ground.form
        self.form = form
        self.homes: dict[str, tuple[Page, Section]] = {
            question.id: (page, section) for page in form.pages for section in page.sections for question in section.questions
        }
        self.domains: dict[str, list[Value]] = {}
        self.points: dict[str, set[Any]] = {}
        self.sampled: dict[str, Node] = {}
        self.conditions: dict[str, list[Node]] = {}

    # -- questions put to it -------------------------------------------------------------------------------------------

    def outcomes(self, node: Node) -> set[bool | None]:
        """The truth values that the condition takes in any world; at least one of True and not True. Raises `TooMany`."""
        target = self.simplify(node)
        seen: set[bool | None] = set()
        for scope in self.worlds():
            seen.add(_truth(target, scope))
            if True in seen and len(seen) > 1:
                break
        return seen

    def can_hold(self, wanted: Sequence[Node], unwanted: Sequence[Node]) -> bool:
        """Whether in some world all of `wanted` hold and none of `unwanted` does. Raises `TooMany`."""
        targets = [self.simplify(node) for node in wanted]
        for node in unwanted:
            before = self.snapshot()
            stop = self.simplify(node)
            if self.size() > MAX_WORLDS or len(self.domains) + len(self.points) > MAX_VARIABLES:
                self.restore(before)  # one condition fewer only makes the world larger
            else:
                targets.append(Node("not true", node.path, _not_true, (stop,)))
        return any(all(_truth(target, scope) is True for target in targets) for scope in self.worlds())

    # -- building ------------------------------------------------------------------------------------------------------

    def simplify(self, node: Node) -> Node:
        """The condition over this world's variables."""
        if node.op in ("and", "or", "not", "if"):
            return Node(node.op, node.path, node.run, tuple(self.simplify(arg) for arg in node.args))
        if node.op == "literal":
            return node
        if node.op == "answered":
            return Node("answered", node.path, node.run, (self.variable(node.args[0]),))
        if node.op in _COMPARISONS or node.op == "in":
            return self.comparison(node)
        question = self.question(node)
        is_truth = question is not None and question.type in ("yes_no", "declaration")
        return self.variable(node) if is_truth else self.opaque(node)

    def comparison(self, node: Node) -> Node:
        left, right = node.args
        if left.op == "literal" and right.op == "literal":
            return node
        if right.op == "literal" and self.is_simple(left, node.op):
            return Node(node.op, node.path, node.run, (self.variable(left, right.value), right))
        if left.op == "literal" and node.op != "in" and self.is_simple(right, node.op):
            return Node(node.op, node.path, node.run, (left, self.variable(right, left.value)))
        return self.opaque(node)

    def is_simple(self, node: Node, op: str) -> bool:
        """Whether a value can be sampled by the constants it meets: no lists and no answers of several parts."""
        question = self.question(node)
        if question is None:
            return node.op != "if" and (node.op != "var" or op != "in")
        return "." in node.value[1] or question.type not in ("choices", "ranked", "file", "person_name", "address", "bank_account")

    def opaque(self, node: Node) -> Node:
        name = f"?{_key(node)}"
        self.domains.setdefault(name, list(_TRUTHS))
        return Node("var", node.path, logic_ops.var, value=("form", name))

    def variable(self, node: Node, met: Any = None) -> Node:
        """The node as a variable; `met` are constants it is compared with."""
        question = self.question(node)
        is_part = node.op == "var" and "." in node.value[1]
        name = node.value[1] if node.op == "var" else _key(node)
        if question and not is_part and question.type in ("yes_no", "declaration", "choice"):
            self.domains.setdefault(name, [*_finite(question), None])
        else:
            self.sampled.setdefault(name, node)
            points = self.points.setdefault(name, set())
            points |= {each for each in (met if isinstance(met, tuple) else (met,)) if each is not None}
        if question:
            self.conditions.setdefault(name, [])
        return Node("var", node.path, logic_ops.var, value=("form", name))

    def question(self, node: Node) -> Question | None:
        if node.op != "var" or node.value[0] == "calculation":
            return None
        return self.form.question(node.value[1].partition(".")[0])

    # -- worlds --------------------------------------------------------------------------------------------------------

    def worlds(self) -> Iterator[Scope]:
        """Every assignment, in which a question that its own conditions hide is unknown. Raises `TooMany`."""
        self.chain()
        domains = self.all_domains()
        if len(domains) > MAX_VARIABLES or self.size() > MAX_WORLDS:
            raise TooMany
        hidden = sorted((name for name in domains if self.conditions.get(name)), key=self.order)
        for values in product(*domains.values()):
            self.ground.left -= 1
            if self.ground.left < 0:
                raise TooMany
            world = dict(zip(domains, values, strict=True))
            scope = Scope(_SAMPLE_DAY, world, {}, world.get)
            for name in hidden:
                if any(_truth(condition, scope) is not True for condition in self.conditions[name]):
                    world[name] = None
            yield scope

    def chain(self) -> None:
        """Add the conditions of the questions themselves, and of those in them, as far as the worlds stay few."""
        done: set[str] = set()
        while todo := [name for name in self.conditions if name not in done]:
            name = todo[0]
            done.add(name)
            question = self.form.question(name.partition(".")[0])
            page, section = self.homes[question.id]
            for rule in (page.show_if, section.show_if, question.show_if):
                if rule is None:
                    continue
                before = self.snapshot()
                condition = self.simplify(rule.node)
                if len(self.domains) + len(self.points) > MAX_VARIABLES or self.size() > MAX_WORLDS:
                    self.restore(before)
                else:
                    self.conditions[name].append(condition)

    def snapshot(self) -> tuple[Any, ...]:
        points = {name: set(each) for name, each in self.points.items()}
        conditions = {name: list(each) for name, each in self.conditions.items()}
        return dict(self.domains), points, dict(self.sampled), conditions

    def restore(self, snapshot: tuple[Any, ...]) -> None:
        self.domains, self.points, self.sampled, self.conditions = snapshot

    def order(self, name: str) -> int:
        return self.form.question(name.partition(".")[0]).order

    def size(self) -> int:
        return prod(len(domain) for domain in self.all_domains().values())

    def all_domains(self) -> dict[str, list[Value]]:
        return self.domains | {name: [*self.samples(name), None] for name in self.points}

    def samples(self, name: str) -> list[Value]:
        """Points that stand for every place a value can have between the constants it meets."""
        node, points = self.sampled[name], self.points[name]
        numbers = {each for each in points if isinstance(each, Decimal)}
        days = [each for each in points if isinstance(each, date)]
        if numbers:
            return [each for each in _around(sorted(numbers | self.bounds(node))) if self.is_possible(node, each)]
        if days:
            return list(_around_days(days))
        if points & {True, False}:
            return [True, False]
        return [*sorted(each for each in points if isinstance(each, str)), "\0other"]

    def bounds(self, node: Node) -> set[Decimal]:
        """Where the possible numbers begin and end; they must be among the points, or a far constant leaves none at all."""
        question = self.question(node)
        if question is None:
            return {Decimal(0)} if node.op in _COUNTED else set()
        return {each for each in (question.min, question.max) if each is not None} if question.type in ("number", "yen") else set()

    def is_possible(self, node: Node, number: Decimal) -> bool:
        question = self.question(node)
        is_whole = number == number.to_integral_value()
        if question is None:
            return is_whole and number >= 0 if node.op in _COUNTED else True
        if question.type in ("number", "yen"):
            too_low = question.min is not None and number < question.min
            too_high = question.max is not None and number > question.max
            return (is_whole or question.decimals > 0) and not too_low and not too_high
        return True


def _finite(question: Question) -> list[Value]:
    if question.type == "choice":
        return [choice.id for choice in question.choices]
    return [True, False] if question.type == "yes_no" else [True]


def _around(numbers: list[Decimal]) -> list[Decimal]:
    points = {(a + b) / 2 for a, b in pairwise(numbers)}
    for number in numbers:
        floor = number.to_integral_value(rounding=ROUND_FLOOR)
        points |= {number, number - 1, number + 1, floor, floor + 1}
    return sorted(points)


def _around_days(days: list[date]) -> Iterator[date]:
    for day in sorted(set(days)):
        yield from (day + timedelta(days=shift) for shift in (-1, 0, 1) if date.min < day < date.max or shift == 0)


def _truth(node: Node, scope: Scope) -> bool | None:
    try:
        value = node.run(node, scope)
    except RuleError:  # an error hides, like unknown
        return None
    return value if isinstance(value, bool) else None


def _not_true(node: Node, scope: Scope) -> Value:
    return _truth(node.args[0], scope) is not True
