"""Finding a procedure as people type."""

from __future__ import annotations

import pytest

from madoguchi.procedures.models import LifeEvent, Procedure
from madoguchi.procedures.tests.make import make_procedure, words


@pytest.fixture
def three(division) -> None:
    make_procedure(
        division,
        name={"ja": "犬の登録", "plain": "{犬|いぬ}の {登録|とうろく}", "en": "Dog registration"},
        keywords=["鑑札", "犬を飼い始めた", "ペット"],
        life_events=["pet", "moving"],
        overview=words("犬を飼い始めたときの、一生に一度の届け出です。", "When you start keeping a dog."),
    )
    make_procedure(
        division,
        "jido",
        name={"ja": "児童手当 認定請求", "plain": "{児童手当|じどうてあて}を もらう", "en": "Child allowance"},
        kana="じどうてあて にんていせいきゅう",
        keywords=["子ども手当", "赤ちゃんが生まれた", "子育て"],
        life_events=["birth", "child"],
        overview=words("中学生までの子どもを育てる人に支払われます。", "Paid to those who raise children."),
    )
    make_procedure(
        division,
        "kokuho",
        name=words("国民健康保険 加入の届出", "Join National Health Insurance"),
        kana="こくみんけんこうほけん かにゅうのとどけで",
        keywords=["国保", "会社をやめた"],
        life_events=["work", "moving"],
        overview=words("会社の保険をやめた人が入ります。", "For those who left their company's insurance."),
    )


CASES = {
    "犬": ["dog"],
    "いぬ": ["dog"],
    "イヌノトウロク": ["dog"],
    "ｲﾇ": ["dog"],
    "犬の登緑": ["dog"],
    "鑑札": ["dog"],
    "犬を飼い始めました": ["dog"],
    "児童手宛": ["jido"],
    "じどうてあて": ["jido"],
    "じどうてあで": ["jido"],
    "子ども": ["jido"],
    "赤ちゃん": ["jido"],
    "child alowance": ["jido"],
    "CHILD": ["jido"],
    "健康保検": ["kokuho"],
    "国保": ["kokuho"],
    "会社をやめた": ["kokuho"],
    "insurence": ["kokuho"],
    "加入": ["kokuho"],
    "とどけで": ["kokuho"],
    "パスポート": [],
    "": [],
    "　": [],
    "・": [],
}


@pytest.mark.parametrize("typed", CASES)
def test_what_is_typed_finds(three, typed) -> None:
    assert [procedure.slug for procedure in Procedure.objects.public().for_lists().matching(typed)] == CASES[typed]


def test_a_name_comes_before_a_description(three, division) -> None:
    make_procedure(division, "cat", name=words("猫の相談"), kana="ねこのそうだん", overview=words("犬の登録をした人も読んでください。"))
    assert [procedure.slug for procedure in Procedure.objects.matching("犬の登録")] == ["dog", "cat"]


def test_searching_asks_the_database_once(three, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert [procedure.division.name for procedure in Procedure.objects.public().for_lists().matching("犬")] == ["こども家庭支援課"]


def test_by_life_event_and_division(three, division) -> None:
    rows = Procedure.objects.public()
    assert {procedure.slug for procedure in rows.for_life_event("moving")} == {"dog", "kokuho"}
    assert rows.for_life_event("vote") == []
    assert rows.of(division).count() == 3
    assert all(event in LifeEvent.values for procedure in rows for event in procedure.life_events)
