"""Rules: a table of examples, Kleene's laws, errors that are never false."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.engines.forms.logic import RuleError, Scope, Value, evaluate
from madoguchi.engines.forms.parsing import Parser, Symbol

from .make import ON

SYMBOLS = {
    "text": Symbol("question", "text"),
    "number": Symbol("question", "number"),
    "day": Symbol("question", "date"),
    "flag": Symbol("question", "yes_no"),
    "unknown": Symbol("question", "yes_no"),
    "several": Symbol("question", "choices"),
    "home": Symbol("question", "address"),
    "child": Symbol("repeat", ""),
    "age_of": Symbol("question", "number", "child"),
    "sum_of": Symbol("calculation", "number"),
    "secret": Symbol("question", "mynumber"),
}
FORM: dict[str, Value] = {
    "text": "A1", "number": Decimal(7), "day": date(2020, 2, 29), "flag": True, "several": ("a", "b"), "home.city": "江東区",
    "secret": True,
}  # fmt: skip
ROWS: dict[str, list[dict[str, Value]]] = {"child": [{"age_of": Decimal(3)}, {"age_of": Decimal(10)}, {}]}


def parse(source: Any, repeat: str | None = None) -> Any:
    faults: list[tuple[str, str]] = []
    rule = Parser(SYMBOLS, faults).parse(source, "rule", repeat=repeat)
    return rule or faults


def run(source: Any) -> Value:
    rule = parse(source)
    assert not isinstance(rule, list), rule
    return evaluate(rule, Scope(ON, FORM, ROWS, lambda _name: Decimal(42)))


V = {"var": "unknown"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"==": [{"var": "text"}, "A1"]}, True),
        ({"==": [{"var": "flag"}, True]}, True),
        ({"!=": [{"var": "number"}, 7]}, False),
        ({"==": [V, True]}, None),
        ({"==": [None, None]}, None),
        ({"<": [{"var": "number"}, {"decimal": "7.5"}]}, True),
        ({">=": [{"var": "day"}, {"date": "2020-02-29"}]}, True),
        ({"and": [True, V]}, None),
        ({"and": [False, V]}, False),
        ({"or": [True, V]}, True),
        ({"or": [False, V]}, None),
        ({"not": V}, None),
        ({"not": [{"var": "flag"}]}, False),
        ({"in": ["a", {"var": "several"}]}, True),
        ({"in": [{"var": "text"}, ["B", "A1"]]}, True),
        ({"in": [{"var": "text"}, ["B", None]]}, None),
        ({"in": ["1", [1, 2]]}, False),
        ({"+": [1, 2, 3]}, Decimal(6)),
        ({"-": [5]}, Decimal(-5)),
        ({"-": [5, 7]}, Decimal(-2)),
        ({"*": [{"decimal": "0.1"}, 3]}, Decimal("0.3")),
        ({"/": [1, 4]}, Decimal("0.25")),
        ({"+": [1, V]}, None),
        ({"round_down": [{"decimal": "1234.9"}]}, Decimal(1234)),
        ({"round_down": [{"decimal": "-1234.9"}]}, Decimal(-1234)),
        ({"round_down": [1299, -2]}, Decimal(1200)),
        ({"round_down": [{"decimal": "1.239"}, 2]}, Decimal("1.23")),
        ({"min": [3, 1, 2]}, Decimal(1)),
        ({"max": [{"date": "2020-01-01"}, {"var": "day"}]}, date(2020, 2, 29)),
        ({"count": ["child", {">": [{"var": "age_of"}, 2]}]}, Decimal(2)),
        ({"sum": ["child", {"var": "age_of"}]}, None),
        ({"sum": ["child", {"if": [{"answered": ["age_of"]}, {"var": "age_of"}, 0]}]}, Decimal(13)),
        ({"any": ["child", {">": [{"var": "age_of"}, 9]}]}, True),
        ({"all": ["child", {">": [{"var": "age_of"}, 2]}]}, None),
        ({"all": ["child", {">": [{"var": "age_of"}, 5]}]}, False),
        ({"max": ["child", {"var": "age_of"}]}, None),
        ({"today": []}, ON),
        ({"age": [{"var": "day"}, {"date": "2021-02-28"}]}, Decimal(0)),
        ({"age": [{"var": "day"}, {"date": "2021-03-01"}]}, Decimal(1)),
        ({"days_between": [{"date": "2026-03-31"}, {"today": []}]}, Decimal(1)),
        ({"add_days": [{"today": []}, -1]}, date(2026, 3, 31)),
        ({"add_months": [{"date": "2026-01-31"}, 1]}, date(2026, 2, 28)),
        ({"add_months": [{"date": "2026-01-31"}, -2]}, date(2025, 11, 30)),
        ({"date_of": [2026, 4, 1]}, ON),
        ({"fiscal_year": [{"date": "2026-03-31"}]}, Decimal(2025)),
        ({"school_grade": [{"date": "2019-04-02"}, 2026]}, Decimal(1)),
        ({"school_grade": [{"date": "2024-04-02"}, 2026]}, None),
        ({"class_on_april_1": [{"date": "2024-04-02"}, 2026]}, Decimal(1)),
        ({"fiscal_end_after_18": [{"date": "2008-04-01"}]}, date(2026, 3, 31)),
        ({"matches": [{"var": "text"}, "alphanumeric"]}, True),
        ({"length": [{"var": "text"}]}, Decimal(2)),
        ({"length": [{"var": "several"}]}, Decimal(2)),
        ({"answered": [V]}, False),
        ({"answered": "text"}, True),
        ({"answered": ["secret"]}, True),
        ({"if": [{"var": "flag"}, 1, 2]}, Decimal(1)),
        ({"if": [V, 1, 2]}, None),
        ({"var": "home.city"}, "江東区"),
        ({"var": "home.block"}, None),
        ({"+": [{"var": "sum_of"}, 1]}, Decimal(43)),
    ],
)
def test_examples(source: Any, expected: Value) -> None:
    assert run(source) == expected


@pytest.mark.parametrize(
    ("source", "reason", "path"),
    [
        ({"/": [1, 0]}, "rule.divided_by_zero", "rule./"),
        ({"and": [True, {"==": [{"/": [1, {"-": [7, {"var": "number"}]}]}, 1]}]}, "rule.divided_by_zero", "rule.and[1].==[0]./"),
        ({"<": [{"var": "text"}, 1]}, "rule.not_comparable", "rule.<"),
        ({"==": [1, "1"]}, "rule.not_comparable", "rule.=="),
        ({"==": [True, 1]}, "rule.not_comparable", "rule.=="),
        ({"+": [{"var": "flag"}, 1]}, "rule.not_a_number", "rule.+"),
        ({"and": [1]}, "rule.not_a_condition", "rule.and[0]"),
        ({"in": [1, 2]}, "rule.not_a_list", "rule.in"),
        ({"age": [1, {"today": []}]}, "rule.not_a_date", "rule.age"),
        ({"date_of": [2026, 2, 30]}, "rule.out_of_range", "rule.date_of"),
        ({"add_days": [{"today": []}, {"decimal": "0.5"}]}, "rule.not_whole", "rule.add_days"),
        ({"add_days": [{"today": []}, 99999999]}, "rule.out_of_range", "rule.add_days"),
        ({"add_months": [{"today": []}, 999999]}, "rule.out_of_range", "rule.add_months"),
        ({"round_down": [1, 99]}, "rule.out_of_range", "rule.round_down"),
        ({"*": [10**17, 10**17, 10**17, 10**17]}, "rule.out_of_range", "rule.*"),
    ],
)
def test_errors_have_a_path_and_are_never_false(source: Any, reason: str, path: str) -> None:
    with pytest.raises(RuleError) as error:
        run(source)
    assert (error.value.reason, error.value.path) == (reason, path)


@pytest.mark.parametrize(
    "source",
    [
        {}, {"==": [1, 1], "!=": [1, 1]}, {"nonsense": []}, {"==": [1]}, {"if": [True, 1]}, {"var": "nobody"}, {"var": 3},
        {"var": "child"}, {"var": "age_of"}, {"var": "text.part"}, {"var": "home.nowhere"}, 0.5, {"decimal": 0.5}, {"decimal": "x"},
        {"date": "2026-02-30"}, {"date": "tomorrow"}, {"matches": [{"var": "text"}, ".*"]}, {"count": ["text", True]}, {"sum": [1, 2]},
        {"answered": [1]}, {"==": [{"var": "secret"}, "1"]}, {"var": "secret"}, {"count": ["child"]}, [{"var": "text"}], 10**30,
    ],
)  # fmt: skip
def test_faulty_rules_are_refused_with_a_path(source: Any) -> None:
    faults = parse(source)
    assert isinstance(faults, list)
    assert faults
    assert all(path.startswith("rule") and message for path, message in faults)


def test_bombs_are_refused() -> None:
    deep: Any = True
    for _ in range(10_000):
        deep = {"not": deep}
    assert isinstance(parse(deep), list)
    wide = {"and": [{"and": [True] * 90}] * 90}
    assert isinstance(parse(wide), list)
    assert isinstance(parse({"in": [1, list(range(10_000))]}), list)


TRUTHS = st.sampled_from([True, False, None])
EXPRESSIONS = st.recursive(
    TRUTHS,
    lambda inner: st.one_of(
        st.builds(lambda a: {"not": [a]}, inner),
        st.builds(lambda a, b: {"and": [a, b]}, inner, inner),
        st.builds(lambda a, b: {"or": [a, b]}, inner, inner),
    ),
    max_leaves=8,
)
fast = settings(max_examples=60, deadline=None)


@fast
@given(EXPRESSIONS, EXPRESSIONS)
def test_de_morgan_and_commuting(a: Any, b: Any) -> None:
    assert run({"not": [{"and": [a, b]}]}) == run({"or": [{"not": [a]}, {"not": [b]}]})
    assert run({"and": [a, b]}) == run({"and": [b, a]})
    assert run({"or": [a, b]}) == run({"or": [b, a]})
    assert run({"not": [{"not": [a]}]}) == run(a) or run(a) is None


@fast
@given(EXPRESSIONS, EXPRESSIONS, EXPRESSIONS)
def test_associating_and_distributing(a: Any, b: Any, c: Any) -> None:
    assert run({"and": [a, {"and": [b, c]}]}) == run({"and": [a, b, c]})
    assert run({"or": [a, {"or": [b, c]}]}) == run({"or": [a, b, c]})
    assert run({"and": [a, {"or": [b, c]}]}) == run({"or": [{"and": [a, b]}, {"and": [a, c]}]})


@fast
@given(EXPRESSIONS)
def test_knowing_more_never_turns_a_known_result_round(expression: Any) -> None:
    """Kleene's logic is monotone: putting a truth value in place of an unknown may only decide what was open."""

    def learned(value: Any, truth: bool) -> Any:
        if isinstance(value, dict):
            return {op: [learned(each, truth) for each in args] for op, args in value.items()}
        return truth if value is None else value

    result = run(expression)
    if result is not None:
        assert run(learned(expression, True)) == run(learned(expression, False)) == result


@fast
@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_order_is_total(a: int, b: int) -> None:
    assert [run({op: [a, b]}) for op in ("<", "==", ">")].count(True) == 1
    assert run({"<=": [a, b]}) == (run({"<": [a, b]}) or run({"==": [a, b]}))
