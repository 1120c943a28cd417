import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.japanese import address_key, normalise_block, normalise_building


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("四丁目１１番２８号", "4-11-28"),
        ("４ー１１ー２８", "4-11-28"),
        ("4−11‐28", "4-11-28"),
        (" 4 丁目 11 番 28 号 ", "4-11-28"),
        ("4丁目11-28", "4-11-28"),
        ("4丁目11番", "4-11"),
        ("4丁目11番28-501号", "4-11-28-501"),
        ("28号の101", "28-101"),
        ("11番地の2", "11-2"),
        ("11番地2", "11-2"),
        ("十一番地の二", "11-2"),
        ("一二三番地", "123"),
        ("1234番地", "1234"),
        ("4-11-28", "4-11-28"),
        ("4-11-28-0101", "4-11-28-0101"),
        ("4丁目", "4丁目"),
        ("4-11 28", "4-11 28"),
        ("無番地", "無番地"),
        ("甲12番地", "甲12番地"),
        ("　４丁目　コーポ ", "４丁目　コーポ"),
        ("1丁目千千番", "1丁目千千番"),
        ("", ""),
    ],
)
def test_normalise_block(text, expected):
    assert normalise_block(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("　ｺｰﾎﾟ東陽　　１０１号室", "コーポ東陽 101号室"),
        ("メゾンＡ−２０１", "メゾンA-201"),
        ("ハイツ３ー２０１", "ハイツ3-201"),
        ("さくら荘", "さくら荘"),
    ],
)
def test_normalise_building(text, expected):
    assert normalise_building(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("東京都江東区東陽四丁目11番28号 コーポ１０１", "東京都江東区東陽４ー１１ー２８ ｺｰﾎﾟ101"),
        ("千代田区霞ヶ関1-2", "千代田区霞が関一丁目2番"),
        ("江東区東陽4-11-28 101", "江東区東陽4-11-28-101"),
        ("小国町大字小国町11番地の2", "小国町小国町11-2"),
        ("三番町5番地", "三番町5"),
        ("澤田町1", "沢田町１番"),
    ],
)
def test_address_key_meets(one, other):
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(("one", "other"), [("東陽4-11-28", "東陽4-1-128"), ("東陽4-11 28", "東陽4-1128"), ("東陽41", "東陽4-1")])
def test_address_key_differs(one, other):
    assert address_key(one) != address_key(other)


@given(st.text() | st.text("0123４一十百丁目番地号の-ー− 　コ", max_size=12))
def test_total_and_idempotent(text):
    for function in (normalise_block, normalise_building):
        once = function(text)
        assert function(once) == once, function
    assert isinstance(address_key(text), str)
