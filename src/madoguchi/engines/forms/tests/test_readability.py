"""Numbers of a text, and which texts of a form are worth another look."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.forms.readability import advice, measure, whole


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("", ()),
        ("氏名", ()),  # a heading of kanji only is no sentence to be judged
        ("お子さまの名前を書いてください。", ()),
        ("あ" * 60 + "。", ()),
        ("あ" * 61 + "。", ("long",)),
        ("特別児童扶養手当認定請求書添付書類提出期限経過後再提出申請", ("dense",)),
        ("申請は受理されて、結果が通知されます。", ("passive",)),
        ("申請は受け付けます。結果は通知されます。", ()),
        ("お金の流れを書いてください。別れた日も書いてください。", ()),
    ],
)
def test_what_speaks_against_a_text(text, marks) -> None:
    assert measure(text).marks == marks


def test_the_numbers_are_those_of_the_text_without_furigana() -> None:
    found = measure("{児童|じどう}手当を もらいます。\n住所を書きます。")
    assert (found.characters, found.sentences, found.longest, found.kanji) == (19, 2, 11, 37)


@given(st.text())
def test_any_text_can_be_measured(text) -> None:
    found = measure(text)
    assert 0 <= found.kanji <= 100
    assert found.longest <= len(text)


def test_advice_names_the_part_on_which_it_can_be_mended() -> None:
    document = {
        "title": {"ja": "申請"},
        "pages": [
            {
                "id": "you",
                "title": {"ja": "あなた"},
                "questions": [
                    {
                        "id": "name",
                        "label": {"ja": "氏名"},
                        "hint": {"ja": "う" * 70},
                        "checks": [{"say": {"ja": "確認されたら通知されます"}}],
                        "choices": [{"id": "a", "label": {"ja": "い" * 61}}],
                    }
                ],
            }
        ],
    }
    assert [(one.at, one.key, one.measure.marks) for one in advice(document)] == [
        ("question:name", "hint", ("long",)),
        ("choice:name/a", "label", ("long",)),
        ("question:name", "say", ("passive",)),
    ]
    assert whole(document).longest == 70
