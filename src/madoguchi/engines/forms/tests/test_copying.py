"""A section copied into a form keeps its own rules under other ids; what differs from its origin later is told question by question."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.forms import load
from madoguchi.engines.forms.copying import additions, as_page, compared, fitted
from madoguchi.engines.forms.editing import names_in

JA = {"ja": "x"}
BLOCK: dict[str, Any] = {
    "id": "kids",
    "title": JA,
    "repeat": {"id": "kid", "item": JA, "named_by": "name"},
    "questions": [
        {"id": "name", "type": "text", "label": JA},
        {"id": "near", "type": "yes_no", "label": JA},
        {"id": "place", "type": "address", "label": JA, "show_if": {"==": [{"var": "near"}, False]}},
    ],
}


def form(*sections: dict[str, Any], **more: Any) -> dict[str, Any]:
    first = {"id": "first", "title": JA, "questions": [{"id": "q", "type": "text", "label": JA}]}
    return {
        "schema": 1, "id": "f", "languages": ["ja"], "title": JA, "pages": [first, {"id": "p", "title": JA, "sections": list(sections)}], **more,
    }  # fmt: skip


def test_what_is_free_is_copied_as_it_is() -> None:
    assert fitted(form(), BLOCK) == BLOCK


def test_what_is_taken_gets_a_number_everywhere_in_the_copy() -> None:
    twice = form(BLOCK, fitted(form(BLOCK), BLOCK))
    second = load(twice).page("p").sections[1]
    assert second.id == "kids-2"
    assert second.repeat is not None
    assert (second.repeat.id, second.repeat.named_by) == ("kid_2", "name_2")
    assert [one.id for one in second.questions] == ["name_2", "near_2", "place_2"]
    assert second.questions[2].show_if is not None
    assert second.questions[2].show_if.source == {"==": [{"var": "near_2"}, False]}


def test_an_id_that_was_retired_is_not_given_again() -> None:
    assert [one["id"] for one in fitted(form(retired=["near"]), BLOCK)["questions"]] == ["name", "near_2", "place"]


@given(st.integers(1, 5))
def test_any_number_of_copies_stands_in_one_form(number: int) -> None:
    sections: list[dict[str, Any]] = []
    for _copy in range(number):
        sections.append(fitted(form(*sections), BLOCK))
    assert len(names_in(form(*sections))) == 1 + 4 * number
    load(form(*sections))


def test_a_copy_can_be_a_page() -> None:
    document = form()
    document["pages"][1] = as_page(fitted(document, {key: value for key, value in BLOCK.items() if key != "title"}), {"ja": "子"})
    page = load(document).page("kids")
    assert page.repeat
    assert page.title == {"ja": "子"}
    assert as_page(BLOCK, {"ja": "子"})["title"] == JA


def changed() -> dict[str, Any]:
    newer = copy.deepcopy(BLOCK)
    newer["questions"][0]["label"] = {"ja": "y"}
    newer["questions"].insert(1, {"id": "age", "type": "number", "label": JA, "show_if": {"==": [{"var": "near"}, True]}})
    return newer


def test_what_differs_is_told_by_question_also_where_ids_bear_a_number() -> None:
    mine = fitted(form(BLOCK), BLOCK)
    rows = compared(mine, changed())
    assert [(one.there["id"], one.is_same, one.can_replace, one.here is None) for one in rows] == [
        ("name_2", False, True, False), ("age", False, False, True), ("near_2", True, False, False), ("place_2", True, False, False),
    ]  # fmt: skip
    assert all(one.is_same for one in compared(mine, BLOCK))


def test_what_is_new_comes_with_the_ids_of_the_copy() -> None:
    mine = fitted(form(BLOCK), BLOCK)
    document = form(BLOCK, mine)
    document["pages"][0]["questions"].append({"id": "age", "type": "text", "label": JA})
    (new,) = additions(document, mine, changed())
    assert (new["id"], new["show_if"]) == ("age_2", {"==": [{"var": "near_2"}, True]})


def test_another_type_is_another_question() -> None:
    newer = copy.deepcopy(BLOCK)
    newer["questions"][0]["type"] = "person_name"
    assert not compared(BLOCK, newer)[0].can_replace
    assert not compared(BLOCK, newer)[0].is_same
