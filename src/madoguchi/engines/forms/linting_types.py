"""Kinds of values in rules, found without any answers: a comparison that can only fail is told to the author, not to a resident."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from .definition import Form, Question, questions_of
from .findings import Finding, found
from .logic import Node, Rule
from .logic_ops import OPERATORS

KINDS: Mapping[str, str] = {
    "yes_no": "truth", "declaration": "truth", "number": "number", "yen": "number", "date": "date", "year_month": "date",
    "choices": "list", "ranked": "list", "file": "list", "person_name": "parts", "address": "parts", "bank_account": "parts",
    "mynumber": "", "calculated": "", "information": "",
}  # fmt: skip
JAPANESE = {
    "truth": "はい・いいえ",
    "number": "数",
    "date": "日付",
    "text": "文字",
    "list": "リスト",
    "parts": "いくつかの欄の答え",
    "ordered": "数か日付",
}


def rules_of(form: Form) -> Iterator[tuple[Rule, str]]:
    """Every rule of a form with the kind that its value must have."""
    for page in form.pages:
        yield from ((rule, "truth") for rule in (page.show_if, *(section.show_if for section in page.sections)) if rule)
    for question in questions_of(form):
        conditions = (question.show_if, *(choice.show_if for choice in question.choices), *(check.that for check in question.checks))
        yield from ((rule, "truth") for rule in conditions if rule)
        if question.value:
            yield question.value, KINDS.get(question.format, "text")
    for calculation in form.calculations:
        yield calculation.value, KINDS.get(calculation.type, "text")


def wrong_types(form: Form) -> Iterator[Finding]:
    """Operators given values they can never work on, ids that are none of the choices, divisions by zero."""
    kinds = _Kinds(form)
    for rule, wanted in rules_of(form):
        kinds.findings = []
        kind = kinds.of(rule.node)
        if not _fits(kind, wanted):
            kinds.tell(rule.node, "＝", wanted, kind)
        yield from kinds.findings


def _fits(kind: str, wanted: str) -> bool:
    return not kind or not wanted or kind == wanted or (wanted == "ordered" and kind in ("number", "date")) or kind == "ordered"


class _Kinds:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.calculations = {each.id: KINDS.get(each.type, "text") for each in form.calculations}
        self.findings: list[Finding] = []

    def tell(self, node: Node, op: str, expected: str, kind: str) -> None:
        names = {"expected": JAPANESE.get(expected, expected), "found": JAPANESE.get(kind, kind)}
        self.findings.append(found(node.path, "rule.types", "error", op=op, **names))

    def of(self, node: Node) -> str:
        """The kind of a node's value, "" where it cannot be known; notes what is wrong on the way."""
        if node.op == "literal":
            return _kind_of_literal(node.value)
        if node.op == "var":
            return self.of_var(node)
        kinds = [self.of(arg) for arg in node.args]
        takes, before = OPERATORS[node.op].takes, len(self.findings)
        for index, (arg, kind) in enumerate(zip(node.args, kinds, strict=True)):
            wanted = takes[min(index, len(takes) - 1)] if takes else ""
            if not _fits(kind, wanted):
                self.tell(arg, node.op, wanted, kind)
        if len(self.findings) == before:
            self.compare(node, kinds)
        if node.op == "if":
            return kinds[1] or kinds[2]
        return OPERATORS[node.op].gives if node.op not in ("min", "max") else next((kind for kind in kinds if kind), "ordered")

    def of_var(self, node: Node) -> str:
        where, name = node.value
        if where == "calculation":
            return self.calculations[name]
        head, _, part = name.partition(".")
        question = self.form.question(head)
        if part:
            return "text" if question.type != "lookup" else ""
        if question.type == "calculated":
            return KINDS.get(question.format, "text")
        return KINDS.get(question.type, "text")

    def compare(self, node: Node, kinds: list[str]) -> None:
        if node.op in ("==", "!=", "<", "<=", ">", ">=") and all(kinds) and "ordered" not in kinds and kinds[0] != kinds[1]:
            self.tell(node.args[1], node.op, kinds[0], kinds[1])
        if node.op in ("==", "!=", "in"):
            self.choices(node.args[0], node.args[1])
            self.choices(node.args[1], node.args[0])
        if node.op == "/" and node.args[1].op == "literal" and node.args[1].value == 0:
            self.findings.append(found(node.path, "rule.divides_by_zero", "error"))

    def choices(self, var: Node, literal: Node) -> None:
        question = self.chosen(var)
        if question is None or literal.op != "literal":
            return
        for value in literal.value if isinstance(literal.value, tuple) else (literal.value,):
            if isinstance(value, str) and question.choice(value) is None:
                self.findings.append(found(literal.path, "rule.unknown_choice", "error", choice=value, question=question.id))

    def chosen(self, node: Node) -> Question | None:
        if node.op != "var" or node.value[0] == "calculation" or "." in node.value[1]:
            return None
        question = self.form.question(node.value[1])
        return question if question.choices else None


def _kind_of_literal(value: Any) -> str:
    kinds = ((bool, "truth"), (Decimal, "number"), (str, "text"), (date, "date"), (tuple, "list"))
    return next((kind for python, kind in kinds if isinstance(value, python)), "")
