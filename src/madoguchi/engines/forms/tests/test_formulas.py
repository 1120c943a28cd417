"""Calculations and checks by choosing: what is chosen means one rule, that rule reads as what was chosen, what says more is left alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.forms import load, questions_of
from madoguchi.engines.forms.conditions import Condition, Term
from madoguchi.engines.forms.formulas import (
    TAKES,
    TODAY,
    Claim,
    Formula,
    Operand,
    claim,
    formula,
    operand_of,
    rule_of_claim,
    rule_of_formula,
    rule_of_operand,
)  # fmt: skip

LIBRARY = sorted(Path(__file__).parents[3].glob("procedures/library/*/form.json"))
names = st.sampled_from(["born", "count", "address.city"])
days = st.sampled_from([Operand("date", "2026-04-01"), TODAY, Operand("days", -3), Operand("months", 7)])
numbers = st.integers(-99, 10**9).map(lambda one: Operand("number", one)) | st.just(Operand("number", Decimal("0.5")))
operands = st.one_of(
    names.map(lambda one: Operand("var", one)),
    days,
    numbers,
    st.just(Operand("truth", True)),
    st.just(Operand("text", "江東区")),
)
conditions = st.just(Condition("and", (Term("count", ">=", 3),))) | st.just(
    Condition("or", (Term("born", "age<", 18), Term("count", "==", 1)))
)


@st.composite
def formulas(draw: Any) -> Formula:
    kind = draw(st.sampled_from(sorted(TAKES)))
    _of, least, most, _gives = TAKES[kind]
    # Today and so many days is "later" by itself; a text where the greater of two is looked for would name a group.
    never = {"same": ("days", "months"), "greater": ("text",), "smaller": ("text",)}.get(kind, ())
    chosen = tuple(draw(st.lists(operands.filter(lambda one: one.kind not in never), min_size=least, max_size=most)))
    condition = draw(conditions) if kind == "if" else draw(conditions | st.none()) if kind == "count" else None
    return Formula(
        kind,
        chosen,
        "child" if kind in ("sum", "sum_product", "count") else "",
        condition,
        draw(st.integers(-4, 2)) if kind == "round" else 0,
    )


@given(operands)
def test_an_operand_is_read_back(operand):
    assert operand_of(rule_of_operand(operand)) == operand


@given(formulas())
def test_a_formula_that_is_chosen_is_read_back(chosen):
    assert formula(rule_of_formula(chosen)) == chosen


claims = st.one_of(
    st.builds(Claim, names, st.sampled_from(["", "length", "age"]), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), operands),
    st.builds(Claim, names, st.just("matches"), st.just("=="), st.just(Operand("text", "digits"))),
    st.builds(Claim, names, st.just(""), st.sampled_from(["has", "has_not"]), st.just(Operand("text", "a"))),
)


@given(claims)
def test_a_claim_that_is_chosen_is_read_back(chosen):
    assert claim(rule_of_claim(chosen)) == chosen


@pytest.mark.parametrize(
    "rule",
    [
        [], {}, {"+": [1]}, {"+": [1, 2, 3, 4, 5]}, {"-": [{"var": "a"}]}, {"+": [{"*": [2, 3]}, 1]}, {"round_down": [{"var": "a"}]},
        {"count": ["child", {"not": [True]}]}, {"sum": ["child", {"-": [{"var": "a"}, 2]}]}, {"if": [True, 1, 2]}, {"max": ["child", {"var": "a"}]},
        {"age": [{"var": "a"}]}, {"decimal": "0.50x"}, {"var": ["a"]}, {"today": ["x"]},
    ],
)  # fmt: skip
def test_a_calculation_that_says_more_is_not_chosen(rule):
    assert formula(rule) is None


@pytest.mark.parametrize(
    "rule",
    [
        True, {}, {"<": [1, {"var": "a"}]}, {"<": [{"var": "a"}, {"+": [1, 2]}]}, {"or": [{"==": [{"var": "a"}, 1]}]},
        {"<=": [{"age": [{"var": "a"}, {"var": "b"}]}, 3]}, {"not": [{"==": [{"var": "a"}, 1]}]}, {"in": [{"var": "a"}, ["x"]]},
    ],
)  # fmt: skip
def test_a_check_that_says_more_is_not_chosen(rule):
    assert claim(rule) is None


def _library() -> Iterator[tuple[list[Any], list[Any]]]:
    for path in LIBRARY:
        form = load(json.loads(path.read_text("utf-8")))
        questions = list(questions_of(form))
        values = [one.value.source for one in form.calculations] + [one.value.source for one in questions if one.value is not None]
        yield values, [check.that.source for one in questions for check in one.checks]


def test_of_the_librarys_rules_most_can_be_chosen_and_none_changes_its_meaning():
    values, checks = ([rule for rules in lists for rule in rules] for lists in zip(*_library(), strict=True))
    found = [(rule, formula(rule)) for rule in values]
    assert all(rule_of_formula(one) == rule for rule, one in found if one is not None)
    assert sum(one is not None for _rule, one in found) / len(found) > 0.5  # the others are several steps at once
    claims = [(rule, claim(rule)) for rule in checks]
    assert all(rule_of_claim(one) == rule for rule, one in claims if one is not None)
    assert sum(one is not None for _rule, one in claims) / len(claims) > 0.75
