"""The blocks that come with the product hold, in every language, and can be copied into one form together."""

from __future__ import annotations

import json

import pytest

from madoguchi.engines.forms import Faulty, lint, load
from madoguchi.procedures.actions import blocks

ALL = list(blocks())
LANGUAGES = ["ja", "plain", "en"]


def form_of(*sections: dict) -> dict:
    pages = [
        {"id": f"p{n}", "title": {"ja": "ページ", "plain": "ページ", "en": "Page"}, "sections": [one]} for n, one in enumerate(sections)
    ]
    return {
        "schema": 1,
        "id": "x",
        "languages": LANGUAGES,
        "title": {"ja": "様式", "plain": "{様式|ようしき}", "en": "Form"},
        "pages": pages,
    }


@pytest.mark.parametrize("block", ALL, ids=lambda block: block.id)
def test_a_block_makes_a_sound_form(block) -> None:
    document = form_of(block.copy())
    assert [finding for finding in lint(document) if finding.level in ("error", "warning")] == []
    section = load(document).pages[0].sections[0]
    assert (section.origin.block, section.origin.hash) == (block.id, block.hash)
    assert set(block.title) == set(block.about) == set(LANGUAGES)


def test_all_of_them_stand_in_one_form() -> None:
    """Organisation and applicant ask for the same telephone under the same id: a form has one of the two."""
    load(form_of(*(block.copy() for block in ALL if block.id != "organisation")))


def test_a_copy_is_the_callers_own() -> None:
    block = ALL[0]
    before = block.hash
    block.copy()["questions"][0]["label"]["ja"] = "ほかの文"
    assert block.hash == before
    assert "origin" not in json.dumps(block.section)


@pytest.mark.parametrize(
    ("origin", "path"),
    [
        ({"block": "applicant", "hash": "short"}, "pages[0].sections[0].origin.hash"),
        ({"block": "applicant"}, "pages[0].sections[0].origin.hash"),
        ({"block": "Not an id", "hash": "0" * 64}, "pages[0].sections[0].origin.block"),
        ({"block": "applicant", "hash": "0" * 64, "by": "me"}, "pages[0].sections[0].origin.by"),
        ("applicant", "pages[0].sections[0].origin"),
    ],
)
def test_a_wrong_origin_is_named(origin, path) -> None:
    with pytest.raises(Faulty) as faulty:
        load(form_of({**ALL[0].section, "origin": origin}))
    assert path in dict(faulty.value.problems)
