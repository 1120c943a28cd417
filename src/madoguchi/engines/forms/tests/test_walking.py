"""What counts: pages, rows, choices, calculations, errors; and that walking twice changes nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.engines.forms import check, load, walk

from .make import ON, SAMPLE_ANSWERS, asks, choice, document, form_of, lists, page, repeat, sample, text

GOLDEN = Path(__file__).parent / "jido_teate_walk.json"


def paths(walked: Any) -> list[str]:
    return [item.path for item in walked.items()]


def test_sample_against_its_golden_walk() -> None:
    walked = walk(sample(), SAMPLE_ANSWERS, on=ON)
    found = {
        "pages": [
            {
                "page": each.page.id,
                "rows": [[row.path, row.name, row.named("en")] for row in each.rows],
                "repeats": [group.id for group in each.repeats],
                "groups": [[group.section.id, [item.path for item in group.items]] for group in each.groups],
            }
            for each in walked.pages
        ],
        "values": walked.values,
        "calculations": walked.calculations,
    }
    assert found == json.loads(GOLDEN.read_text("utf-8"))
    assert walked.errors == ()
    assert check(sample(), SAMPLE_ANSWERS, on=ON) == ()


def test_finding_items_pages_and_rows() -> None:
    walked = walk(sample(), SAMPLE_ANSWERS, on=ON)
    item = walked.item("child[r2].apart_address")
    assert item is not None
    assert item.row is not None
    assert (item.row.name, item.answered) == ("山田 二葉", True)
    assert walked.item("child[r1].apart_address") is None
    assert walked.page("public-servant") is None
    children = walked.page("children")
    assert children is not None
    assert [group.row.id for group in children.for_row("r2") if group.row] == ["r2", "r2"]
    assert [row.path for row in walked.rows("child")] == ["child[r1]", "child[r2]"]
    assert walked.rows("relative") == ()


def test_an_ending_page_is_the_last() -> None:
    walked = walk(sample(), SAMPLE_ANSWERS | {"work": "public"}, on=ON)
    assert [each.page.id for each in walked.pages] == ["you", "public-servant"]
    assert walked.ended is walked.pages[-1]
    assert "child" not in walked.values
    assert walked.calculations["amount"] == 0
    assert [problem.key for problem in check(sample(), walked.values, on=ON)] == ["form.ended"]


def test_unknown_hides() -> None:
    form = form_of(asks("a", "yes_no"), asks("b", show_if={"==": [{"var": "a"}, False]}), asks("c", show_if={"not": [{"var": "a"}]}))
    assert paths(walk(form, {"b": "x"}, on=ON)) == ["a"]
    assert paths(walk(form, {"a": False, "b": "x"}, on=ON)) == ["a", "b", "c"]


def test_answers_that_do_not_count_are_unknown_to_later_conditions() -> None:
    form = form_of(asks("a", "yes_no"), asks("b", "yes_no", show_if={"var": "a"}), asks("c", show_if={"var": "b"}))
    walked = walk(form, {"a": False, "b": True, "c": "x"}, on=ON)
    assert paths(walked) == ["a"]
    assert walked.values == {"a": False}


def test_choices_that_do_not_count_now() -> None:
    some = [choice("a"), choice("b", show_if={"var": "flag"})]
    form = form_of(asks("flag", "yes_no"), asks("one", "choice", choices=some), asks("many", "choices", choices=some))
    walked = walk(form, {"flag": False, "one": "b", "many": ["b", "a"]}, on=ON)
    assert walked.values == {"flag": False, "many": ["a"]}
    one = walked.item("one")
    assert one is not None
    assert [each.id for each in one.choices] == ["a"]
    assert walk(form, {"flag": True, "one": "b", "many": ["b", "a"]}, on=ON).values["many"] == ["a", "b"]


def test_rows_see_their_own_row_first_then_the_form() -> None:
    form = load(
        document(
            pages=[
                page(asks("city", "choice")),
                page(
                    asks("age_of", "number"),
                    asks("school", show_if={"and": [{">=": [{"var": "age_of"}, 6]}, {"==": [{"var": "city"}, "a"]}]}),
                    page_id="second",
                    repeat=repeat(),
                ),
                page(asks("bus", "yes_no", show_if={"any": ["child", {"answered": ["school"]}]}), page_id="third"),
            ]
        )
    )
    rows = [{"row": "r1", "age_of": 3, "school": "x"}, {"row": "r2", "age_of": 7, "school": "y"}]
    walked = walk(form, {"city": "a", "child": rows}, on=ON)
    assert paths(walked) == ["city", "child[r1].age_of", "child[r2].age_of", "child[r2].school", "bus"]
    assert paths(walk(form, {"city": "b", "child": rows}, on=ON))[-1] == "child[r2].age_of"
    assert [row.name for row in walked.rows("child")] == ["お子さま1", "お子さま2"]
    assert walked.rows("child")[0].named("en") == "Child 1"


def test_an_error_hides_and_is_reported_never_read_as_false() -> None:
    form = form_of(
        asks("a", "number"),
        asks("b", show_if={"not": [{">": [{"/": [1, {"var": "a"}]}, 1]}]}),
        asks("c", "calculated", format="number", value={"/": [1, {"var": "a"}]}),
        calculations=[{"id": "d", "type": "number", "value": {"/": [1, {"var": "a"}]}}],
    )
    walked = walk(form, {"a": 0}, on=ON)
    assert paths(walked) == ["a", "c"]
    assert [(error.path, error.key, error.page) for error in walked.errors] == [
        ("b", "rule.error", "first"), ("c", "rule.error", "first"), ("d", "rule.error", ""),
    ]  # fmt: skip
    assert walked.errors[0].params == {"rule": "pages[0].questions[1].show_if.not[0].>[0]./", "reason": "rule.divided_by_zero"}
    assert {problem.key for problem in check(form, {"a": 0}, on=ON)} == {"rule.error"}


def test_calculations_are_computed_once_and_yen_lose_their_fractions() -> None:
    chain = [{"id": "c0", "type": "number", "value": 1}]
    chain += [{"id": f"c{i}", "type": "number", "value": {"+": [{"var": f"c{i - 1}"}, {"var": f"c{i - 1}"}]}} for i in range(1, 100)]
    chain += [{"id": "pay", "type": "yen", "value": {"/": [10, 3]}}, {"id": "six", "type": "yen", "value": {"*": [{"var": "pay"}, 2]}}]
    chain += [{"id": "half", "type": "number", "value": {"decimal": "0.50"}}, {"id": "wrong", "type": "text", "value": 1}]
    walked = walk(form_of(asks("q", show_if={">": [{"var": "c99"}, 0]}), calculations=chain[::-1]), {}, on=ON)
    assert walked.calculations["c99"] == 2**99
    assert (walked.calculations["pay"], walked.calculations["six"], walked.calculations["half"]) == (3, 6, "0.5")
    assert paths(walked) == ["q"]
    assert [error.params["reason"] for error in walked.errors] == ["rule.wrong_kind"]


def test_calculated_questions_are_values_and_what_was_posted_for_them_is_not() -> None:
    form = form_of(asks("a", "date"), asks("b", "calculated", format="date", value={"add_days": [{"var": "a"}, 1]}))
    assert walk(form, {"a": "2026-03-31", "b": "1999-01-01"}, on=ON).values == {"a": "2026-03-31", "b": "2026-04-01"}
    assert walk(form, {"b": "1999-01-01"}, on=ON).values == {}


def test_facts_of_entries_can_be_asked_for() -> None:
    form = form_of(
        asks("town", "lookup"),
        asks("boat", show_if={"==": [{"var": "town.district"}, "south"]}),
        asks("bus", show_if={">": [{"var": "town.walk"}, 10]}),
    )
    assert paths(walk(form, {"town": {"id": "t4", "label": "海"}}, on=ON, lists=lists())) == ["town", "boat"]
    assert paths(walk(form, {"town": {"id": "t1", "label": "み"}}, on=ON, lists=lists())) == ["town", "bus"]
    assert paths(walk(form, {"town": {"id": "t4", "label": "海"}}, on=ON)) == ["town"]


def test_the_day_is_given() -> None:
    form = form_of(asks("born", "date"), asks("adult", show_if={">=": [{"age": [{"var": "born"}, {"today": []}]}, 18]}))
    assert paths(walk(form, {"born": "2008-04-01"}, on=date(2026, 3, 31))) == ["born"]
    assert paths(walk(form, {"born": "2008-04-01"}, on=date(2026, 4, 1))) == ["born", "adult"]


def test_an_empty_page_does_not_count_but_one_that_takes_rows_does() -> None:
    pages = [
        page(asks("a", "yes_no")),
        page(asks("b", show_if={"var": "a"}), page_id="second"),
        {"id": "third", "title": text(), "sections": [{"id": "rows", "repeat": repeat(), "questions": [asks("c")]}]},
    ]
    walked = walk(load(document(pages=pages)), {}, on=ON)
    assert [each.page.id for each in walked.pages] == ["first", "third"]
    assert walked.pages[1].groups == ()
    assert [each.id for each in walked.pages[1].repeats] == ["child"]


KEYS = ["name", "birth", "work", "mail", "child", "account", "monthly", "proof", "relative", "row", "child_name", "child_birth", "together"]
SOUND: dict[str, list[Any]] = {
    "work": ["company", "public", "other"],
    "birth": ["1990-01-01", "2030-01-01", "0001-01-01"],
    "child_birth": ["2024-01-01", "2019-04-02", "x"],
    "together": [True, False],
    "school": ["nursery", "primary", "none"],
    "row": ["r1", "r2", "r3", "1"],
}
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(["r1", "2026-01-01", "public"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=10,
)


def _sound(keys: list[str]) -> Any:
    return st.fixed_dictionaries({}, optional={key: st.sampled_from(SOUND[key]) | JUNK for key in keys})


ANSWERS = st.builds(
    lambda own, rows: own | {"child": rows},
    _sound(["work", "birth"]),
    st.lists(_sound(["row", "child_birth", "together", "school"]), max_size=4) | JUNK,
)


@settings(max_examples=300, deadline=None)
@given(ANSWERS | JUNK)
def test_walking_its_own_values_changes_nothing(answers: Any) -> None:
    form = sample()
    walked = walk(form, answers, on=ON)
    again = walk(form, walked.values, on=ON)
    assert again.values == walked.values
    assert paths(again) == paths(walked)
    assert again.calculations == walked.calculations
    check(form, answers, on=ON)


def test_a_large_form_walks_in_milliseconds() -> None:
    questions = [asks("q0", "yes_no")]
    for i in range(1, 200):
        condition = {"or": [{"==": [{"var": f"q{i - 1}"}, True]}, {"not": [{"var": "q0"}]}]} if i % 2 else {"answered": ["q0"]}
        questions.append(asks(f"q{i}", "yes_no", show_if=condition))
    form = form_of(*questions)
    answers = {f"q{i}": True for i in range(200)}
    assert len(paths(walk(form, answers, on=ON))) == 200


def test_fifty_rows() -> None:
    form = load(
        document(pages=[page(*(asks(f"q{i}", "yes_no") for i in range(20)), repeat=repeat(max=100)), page(asks("z"), page_id="end")])
    )
    answers = {"child": [{"row": f"r{i}", **{f"q{j}": True for j in range(20)}} for i in range(50)]}
    assert len(paths(walk(form, answers, on=ON))) == 1001
