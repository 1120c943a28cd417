"""Labels of paper forms as divisions write them, and what each asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.forms import TYPES
from madoguchi.engines.forms.guessing import guess, options_in, proposals, tidy


@pytest.mark.parametrize(
    ("label", "box", "kind"),
    [
        ("氏　　名", "", "person_name"), ("１．申請者氏名", "", "person_name"), ("フリガナ", "", "kana"), ("住　　所", "〒", "address"),
        ("生年月日", "", "date"), ("生年月日", "年　月　日", "date"), ("電話番号", "（　　）", "phone"), ("メールアドレス", "", "email"),
        ("個人番号", "", "mynumber"), ("法人番号（13桁）", "", "corporate_number"), ("振込先口座", "", "bank_account"),
        ("性別", "□男 □女 □答えない", "choice"), ("該当するものすべて", "□ア □イ □ウ", "choices"), ("障害者手帳の有無", "有・無", "yes_no"),
        ("同居していますか", "はい／いいえ", "yes_no"), ("補助金の金額（円）", "", "yen"), ("世帯の人数", "", "number"), ("利用人数（人）", "", "number"),
        ("申請の理由", "", "long_text"), ("備考", "", "long_text"), ("住民票の写し", "", "file"), ("添付書類", "", "file"),
        ("上記に相違ありません", "", "declaration"), ("利用開始日", "", "date"), ("屋号", "", "text"), ("希望日", "年　　月　　日", "date"),
    ],
)  # fmt: skip
def test_a_label_is_guessed(label, box, kind):
    found = guess(label, box)
    assert found is not None
    assert found.part["type"] == kind
    assert found.is_sure == (kind != "text")


def test_what_is_no_question_is_none():
    assert guess("") is None
    assert guess("　１．　") is None
    assert guess("次のとおり申請します。" * 20) is None


def test_options_become_choices_with_ids():
    assert options_in("□ 持家　□借家　□その他（　）") == ["持家", "借家", "その他( )"]
    found = guess("住まい", "□持家 □借家")
    assert found is not None
    assert [one["id"] for one in found.part["choices"]] == ["c1", "c2"]
    assert options_in("令和　年　月　日") == []


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_words_give_a_question_of_a_known_type_or_nothing(label, box):
    found = guess(label, box)
    assert found is None or (found.part["type"] in TYPES and found.part["label"]["ja"] == tidy(label))


PAPER = [
    ["第1号様式", "", "", ""],
    ["補助金交付申請書", "補助金交付申請書", "補助金交付申請書", ""],
    ["（宛先）架空市長", "", "", ""],
    ["申請日：　　年　　月　　日", "", "", ""],
    ["氏　　名", "", "フリガナ", ""],
    ["住所", "〒", "", ""],
    ["性別", "□男 □女 □答えない", "手帳の有無", "有・無"],
    ["氏　　名", "", "", ""],
    ["※太枠の中を書いてください", "", "", ""],
]


def test_a_whole_paper_gives_its_questions_in_order_and_nothing_else():
    found = proposals(PAPER)
    read = [(one.row, one.guess.part["label"]["ja"], one.guess.part["type"]) for one in found]
    assert read == [
        (4, "申請日", "date"), (5, "氏名", "person_name"), (5, "フリガナ", "kana"), (6, "住所", "address"), (7, "性別", "choice"),
        (7, "手帳の有無", "yes_no"),
    ]  # fmt: skip


@given(st.lists(st.lists(st.text(max_size=20), max_size=6), max_size=12))
def test_any_grid_gives_proposals_with_a_label_and_a_known_type(grid):
    found = proposals(grid)
    assert all(one.guess.part["label"]["ja"] and one.guess.part["type"] in TYPES for one in found)
    assert len({one.guess.part["label"]["ja"] for one in found}) == len(found)
