"""Paths, get and put, differences, texts, code lists, minutes, concepts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.engines.forms import (
    DictLists,
    Entry,
    NoLists,
    concepts,
    diff,
    get,
    load,
    minutes,
    path_of,
    pick,
    put,
    questions_of,
    rank,
    rows_of,
    ruby,
    split_path,
    walk,
)
from madoguchi.engines.forms.definition import TYPES

from .make import ON, SAMPLE_ANSWERS, asks, document, lists, page, repeat, sample, text

PATHS = st.sampled_from(["name", "work", "child[r1].child_name", "child[r2].together", "child[r9z].school", "relative[r1].relative_name"])
VALUES = st.one_of(st.booleans(), st.integers(), st.text(max_size=4), st.lists(st.integers(), max_size=2), st.none())
STEPS = st.lists(st.tuples(PATHS, VALUES), max_size=6)
fast = settings(max_examples=100, deadline=None)


def built(steps: list[tuple[str, Any]]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for path, value in steps:
        answers = put(answers, path, value)
    return answers


def test_paths() -> None:
    assert split_path("child[r1].name") == ("child", "r1", "name")
    assert split_path("child[r1]") == ("child", "r1", None)
    assert split_path("name") == (None, None, "name")
    walked = walk(sample(), SAMPLE_ANSWERS, on=ON)
    assert all(path_of(item.question, item.row) == item.path for item in walked.items())
    assert path_of("name") == "name"
    assert split_path("child[r1].child-home") == ("child", "r1", "child-home"), "the path of a section's error"
    assert split_path("") == (None, None, None)
    with pytest.raises(ValueError, match="whole form"):
        put({}, "", 1)
    for bad in ("Name", "child[1].x", "child[r1].", "a.b", "child[r1].a.b", "x" * 50):
        with pytest.raises(ValueError, match="not a path"):
            split_path(bad)


def test_rows_that_are_none_are_left_out() -> None:
    raw = {"child": [{"row": "r1", "a": 1}, {"row": "r1", "a": 2}, {"row": "x"}, {"a": 3}, 7]}
    assert rows_of(raw, "child") == [{"row": "r1", "a": 1}]
    assert rows_of({"child": {}}, "child") == []


def test_whole_rows() -> None:
    answers = put(put({}, "child[r1]", {"a": 1}), "child[r2].a", 2)
    assert answers == {"child": [{"row": "r1", "a": 1}, {"row": "r2", "a": 2}]}
    assert get(answers, "child[r2]") == {"row": "r2", "a": 2}
    assert put(answers, "child[r1]", None) == {"child": [{"row": "r2", "a": 2}]}
    assert get(answers, "child[r3]") is None
    assert put({"a": 1}, "a", None) == {}


@fast
@given(STEPS, PATHS, VALUES)
def test_put_then_get(steps: list[tuple[str, Any]], path: str, value: Any) -> None:
    answers = built(steps)
    before = repr(answers)
    assert get(put(answers, path, value), path) == value
    assert repr(answers) == before, "put never mutates"


@fast
@given(STEPS, PATHS, VALUES, VALUES)
def test_put_twice_is_the_second(steps: list[tuple[str, Any]], path: str, first: Any, second: Any) -> None:
    answers = built(steps)
    assert put(put(answers, path, first), path, second) == put(answers, path, second) or get(answers, path) is None


@fast
@given(STEPS, PATHS)
def test_put_of_what_is_there_changes_nothing(steps: list[tuple[str, Any]], path: str) -> None:
    answers = built(steps)
    if get(answers, path) is not None:
        assert put(answers, path, get(answers, path)) == answers


@fast
@given(STEPS, STEPS)
def test_differences_are_none_exactly_when_the_answers_agree(a: list[tuple[str, Any]], b: list[tuple[str, Any]]) -> None:
    form, old, new = sample(), built(a), built(b)
    assert diff(form, old, old) == ()
    changes = diff(form, old, new)
    assert len(diff(form, new, old)) == len(changes)
    for change in changes:
        assert (get(old, change.path), get(new, change.path)) == (change.before, change.after)
    patched = old
    for change in changes:
        patched = put(patched, change.path, change.after)
    assert diff(form, patched, new) == ()


def test_differences() -> None:
    form = sample()
    new = put(put(SAMPLE_ANSWERS, "child[r1].together", False), "child[r2]", None)
    changes = diff(form, SAMPLE_ANSWERS, new)
    assert [(each.path, each.kind) for each in changes][:3] == [
        ("child[r1].together", "changed"), ("child[r2]", "removed"), ("child[r2].child_name", "removed"),
    ]  # fmt: skip
    assert diff(form, SAMPLE_ANSWERS, SAMPLE_ANSWERS | {"child": SAMPLE_ANSWERS["child"][::-1]}) == ()
    assert [each.kind for each in diff(form, {"mail": 1}, {"mail": True})] == ["changed"]


def test_texts() -> None:
    words = {"ja": "転入届", "plain": "{転入|てんにゅう}の とどけ", "en": "Moving in"}
    assert pick(words, "plain") == "転入の とどけ"
    assert ruby(words, "plain") == [("転入", "てんにゅう"), ("の とどけ", None)]
    assert ruby(words, "en") == [("Moving in", None)]
    assert pick({"ja": "あ", "en": ""}, "en") == "あ"
    assert (pick(None, "ja"), ruby(None, "ja")) == ("", [])


def test_ranking() -> None:
    towns = [Entry("1", {"ja": "青葉台"}, "アオバダイ"), Entry("2", {"ja": "青葉"}, "アオバ"), Entry("3", {"ja": "若葉"}, "ワカバ")]
    assert [each.id for each in rank(towns, "あおば", 5)] == ["2", "1"]
    assert [each.id for each in rank(towns, "ｱｵﾊﾞﾀﾞｲ", 5)] == ["1"]
    assert [each.id for each in rank(towns, "アオパダイ", 5)] == ["1"], "one character wrong"
    assert [each.id for each in rank(towns, "アバオダイ", 5)] == ["1"], "two characters swapped"
    assert [each.id for each in rank(towns, "アオダイ", 5)] == ["1"], "one character left out"
    assert [each.id for each in rank(towns, "3", 5)] == ["3"]
    assert rank(towns, "葉", 1)[0].id == "2"
    assert rank(towns, "  ", 5) == rank(towns, "ない町です", 5) == []


def test_lists() -> None:
    known, none = lists(), NoLists()
    assert known.get("towns", "t1") is not None
    assert known.get("towns", "x") is None
    assert known.get("x", "t1") is None
    assert known.version("towns") == lists().version("towns") != DictLists({"towns": []}).version("towns")
    assert (known.version("x"), none.version("towns"), none.get("towns", "t1")) == (None, None, None)
    assert list(none.search("towns", "みどり", 3)) == []
    large = [Entry(str(i), {"ja": f"第{i}保育園"}, f"ダイ{i}ホイクエン") for i in range(2_000)]
    assert rank(large, "第1999保育園", 3)[0].id == "1999"


def test_minutes() -> None:
    form = sample()
    assert minutes(form) >= 3
    assert minutes(form, walk(form, {"work": "public"}, on=ON)) < minutes(form, walk(form, SAMPLE_ANSWERS, on=ON))
    assert minutes(load(document(asks("q", "yes_no")))) == 1
    rows = page(*(asks(f"q{i}", "address", required=True) for i in range(5)), repeat=repeat(min=3))
    assert minutes(load(document(pages=[rows])), language="en") >= 9
    assert minutes(load(document(asks("q", label=text("あ" * 3000))))) >= 3


def test_concepts_are_closed_and_known() -> None:
    known = concepts()
    assert len(known) >= 80
    for concept in known.values():
        assert concept.types
        assert set(concept.types) <= set(TYPES), concept.id
        assert set(concept.meaning) == {"ja", "en"}
        assert all(concept.meaning.values())
    used = [question.concept for question in questions_of(sample()) if question.concept]
    assert set(used) <= set(known)
