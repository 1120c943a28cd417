"""Conditions by choosing: what is chosen means one rule, that rule reads as what was chosen, and what says more is left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.forms import load, questions_of
from madoguchi.engines.forms.conditions import DAYS, NUMBERS, Condition, Term, chosen, operators_for, rule_of

LIBRARY = sorted(Path(__file__).parents[3].glob("procedures/library/*/form.json"))
names = st.sampled_from(["job", "birth", "count"])
terms = st.one_of(
    st.builds(Term, names, st.just("=="), st.booleans()),
    st.builds(Term, names, st.sampled_from(["==", "!=", "has", "has_not"]), st.sampled_from(["a", "other"])),
    st.builds(Term, names, st.sampled_from(NUMBERS), st.integers(-5, 10**6)),
    st.builds(Term, names, st.sampled_from(DAYS), st.sampled_from(["2026-04-01", "today"])),
    st.builds(Term, names, st.sampled_from(["age<", "age>="]), st.integers(0, 120)),
    st.builds(Term, names, st.sampled_from(["answered", "unanswered"])),
    st.builds(Term, names, st.sampled_from(["in", "not_in"]), st.lists(st.sampled_from(["a", "b", "c"]), min_size=1).map(tuple)),
)


@given(
    st.builds(Condition, st.sampled_from(["and", "or"]), st.lists(terms, min_size=2, max_size=5).map(tuple))
    | st.builds(lambda one: Condition("and", (one,)), terms)
)
def test_what_is_chosen_is_read_back(condition):
    assert chosen(rule_of(condition)) == condition


@pytest.mark.parametrize(
    "rule",
    [
        True, None, [], {}, {"==": [{"var": "a"}]}, {"==": [{"var": "a.city"}, "x"]}, {"==": ["x", {"var": "a"}]}, {"not": [{"==": [{"var": "a"}, "x"]}]},
        {"and": [{"==": [{"var": "a"}, "x"]}, {"or": [{"==": [{"var": "b"}, "x"]}, {"==": [{"var": "c"}, "x"]}]}]},
        {">": [{"count": ["child", True]}, 2]},
        {"in": [{"var": "a"}, []]}, {"in": [{"var": "a"}, [1]]}, {"in": [{"var": "a"}, {"var": "b"}]},
        {"==": [{"var": "a"}, {"decimal": "0.5"}]}, {"and": [{"answered": [{"var": "a"}]}]},
    ],
)  # fmt: skip
def test_a_rule_that_says_more_is_not_chosen(rule):
    assert chosen(rule) is None


def test_of_the_librarys_conditions_most_can_be_chosen_and_none_changes_its_meaning():
    rules: list[Any] = []
    for path in LIBRARY:
        form = load(json.loads(path.read_text("utf-8")))
        guarded: list[Any] = [part for page in form.pages for part in (page, *page.sections, *questions_of(page))]
        rules += [part.show_if.source for part in guarded if part.show_if is not None]
    found = [(rule, chosen(rule)) for rule in rules]
    assert all(rule_of(condition) == rule for rule, condition in found if condition is not None)
    assert sum(condition is not None for _rule, condition in found) / len(rules) > 0.9


def test_every_type_can_at_least_be_answered():
    form = load(json.loads(LIBRARY[0].read_text("utf-8")))
    for question in questions_of(form):
        if question.is_typed:
            assert operators_for(question)[-2:] == ("answered", "unanswered")
