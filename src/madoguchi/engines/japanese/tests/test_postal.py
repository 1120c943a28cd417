from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.japanese import PostalTown, look_up_postal
from madoguchi.engines.japanese.postal import _town_names, _towns


def test_one_town():
    town = PostalTown("135-0016", "東京都", "江東区", "東陽", "トウキョウト", "コウトウク", "トウヨウ")
    assert look_up_postal("1350016") == look_up_postal("135-0016") == look_up_postal("１３５ー００１６") == (town,)


def test_all_towns_of_a_shared_code():
    towns = look_up_postal("452-0961")
    assert len(towns) > 50
    assert len(set(towns)) == len(towns)
    assert {town.city for town in towns} == {"清須市"}


def test_municipalities_sharing_a_code():
    assert [town.city for town in look_up_postal("411-0000")] == ["三島市", "駿東郡清水町", "駿東郡長泉町"]


@pytest.mark.parametrize(
    ("postal", "town"),
    [
        ("135-0000", ""),  # 以下に掲載がない場合
        ("100-6001", "霞が関霞が関ビル"),
        ("409-0142", ""),  # 小菅村の次に…番地がくる場合
        ("306-0433", ""),  # 境町の次に番地がくる場合
        ("501-3701", ""),  # 美濃市一円
        ("522-0317", "一円"),  # a real town
        ("048-1301", "蘭越町"),  # a real town named like its municipality
        ("098-5805", "幸町"),  # in 枝幸町
        ("407-0311", "大泉町西井出"),
        ("430-0801", "神立町"),
    ],
)
def test_remarks_are_no_towns(postal, town):
    assert [found.town for found in look_up_postal(postal)] == [town]


def test_rows_that_name_several_towns():
    assert [(town.town, town.town_kana) for town in look_up_postal("761-4103")] == [("甲", "コウ"), ("乙", "オツ")]
    assert [(town.town, town.town_kana) for town in look_up_postal("029-5502")] == [
        ("樺沢", "カバサワ"),
        ("下前", "シタマエ"),
        ("寅沢", "トラサワ"),
    ]


def test_brackets_left_in_the_data_are_taken_off():
    row = {"city": "港区", "neighborhood": "赤坂（次のビルを除く）", "neighborhood_kana": "アカサカ（ツギノビルヲノゾク）"}
    assert _town_names("107-0052", row) == [("赤坂", "アカサカ")]
    row = {"city": "架空市", "neighborhood": "甲、乙", "neighborhood_kana": "コウ"}
    assert _town_names("000-0000", row) == [("甲", ""), ("乙", "")]


def test_office_code():
    assert [(town.city, town.town) for town in look_up_postal("060-8621")] == [("札幌市中央区", "北一条西")]


@pytest.mark.parametrize("postal", ["", "abc", "135", "000-0000", "1350016'; drop table postal_data"])
def test_nothing_found(postal):
    assert look_up_postal(postal) == ()


def test_several_threads():
    _towns.cache_clear()
    codes = [f"135{number:04}" for number in range(64)] * 4
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(look_up_postal, codes))
    assert found[codes.index("1350016")][0].town == "東陽"


@given(st.text())
def test_never_raises(text):
    assert isinstance(look_up_postal(text), tuple)
