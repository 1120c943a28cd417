import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.japanese import (
    corporate_number_check_digit,
    is_corporate_number,
    is_invoice_number,
    is_municipality_code,
    is_mynumber,
    municipality_code_check_digit,
    mynumber_check_digit,
    parse_kanji_number,
    parse_number,
    read_digits,
)


def digits(length):
    return st.text("0123456789", min_size=length, max_size=length)


@pytest.mark.parametrize("text", ["123456789018", "1234-5678-9018", "１２３４　５６７８　９０１８", "1234ー5678ー9018"])
def test_mynumber(text):
    assert is_mynumber(text)


@pytest.mark.parametrize("text", ["", "123456789017", "12345678901", "1234567890188", "12345678901a", "١٢٣٤٥٦٧٨٩٠١٨"])
def test_no_mynumber(text):
    assert not is_mynumber(text)


def test_corporate_and_invoice_numbers():
    assert is_corporate_number("7000012050002")
    assert is_corporate_number("7-0000-1205-0002")
    assert not is_corporate_number("8000012050002")
    assert is_invoice_number("T7000012050002")
    assert is_invoice_number(" Ｔ７０００－０１２０－５０００２ ")
    assert not is_invoice_number("7000012050002")
    assert not is_invoice_number("T8000012050002")
    assert not is_invoice_number("")


@pytest.mark.parametrize(("first5", "code"), [("13108", "131083"), ("13101", "131016"), ("01100", "011002"), ("14201", "142018")])
def test_municipality_code(first5, code):
    assert first5 + str(municipality_code_check_digit(first5)) == code
    assert is_municipality_code(code)


@pytest.mark.parametrize("code", ["131084", "13108", "000001", "991086", ""])
def test_no_municipality_code(code):
    assert not is_municipality_code(code)


@pytest.mark.parametrize("check", [mynumber_check_digit, corporate_number_check_digit, municipality_code_check_digit])
@pytest.mark.parametrize("text", ["", "1", "1" * 13, "１" * 11, "²" * 5])
def test_check_digits_want_their_length(check, text):
    with pytest.raises(ValueError, match="digits are needed"):
        check(text)


def changed(number, place, step):
    return number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]


@given(digits(11), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_of_a_mynumber(first11, place, step):
    number = first11 + str(mynumber_check_digit(first11))
    other = changed(number, place, step)
    # 0 and 1 are the two remainders with the same check digit 0: only there may a slip pass.
    assert is_mynumber(number)
    assert not is_mynumber(other) or (number[-1] == other[-1] == "0" and place < 11)


@given(digits(12), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_of_a_corporate_number(last12, place, step):
    number = str(corporate_number_check_digit(last12)) + last12
    other = changed(number, place, step)
    assert is_corporate_number(number)
    assert not is_corporate_number(other) or {number[place], other[place]} == {"0", "9"}


@given(st.integers(1, 47), digits(3), st.integers(0, 5), st.integers(1, 9))
def test_one_wrong_digit_of_a_municipality_code(prefecture, rest, place, step):
    first5 = f"{prefecture:02}{rest}"
    number = first5 + str(municipality_code_check_digit(first5))
    other = changed(number, place, step)
    assert is_municipality_code(number)
    assert not is_municipality_code(other) or (number[-1] == other[-1] == "1" and place < 5)


def test_read_digits():
    assert read_digits(" １２-３４ー５６　7") == "1234567"
    assert read_digits("") == ""
    with pytest.raises(ValueError, match="other than digits"):
        read_digits("12a")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("１，２３４円", 1234),
        ("1,234,567", 1234567),
        ("¥1,000", 1000),
        ("￥－５００", -500),
        ("-¥500", -500),
        ("▲120", -120),
        ("△１２０", -120),
        ("+3", 3),
        ("-0", 0),
        ("007", 7),
        ("3万5千", 35000),
        ("3万5千円", 35000),
        ("金3万5千円也", 35000),
        ("1億2,345万6,789", 123456789),
        ("1.5万", 15000),
        ("5千億", 500_000_000_000),
        ("1,234千円", 1_234_000),
        ("千円", 1000),
        ("二十三", 23),
        ("二〇二四", 2024),
        ("三万五千", 35000),
        ("壱万弐千", 12000),
        ("10.0", 10),
    ],
)
def test_parse_number(text, expected):
    assert parse_number(text) == expected


@pytest.mark.parametrize(
    "text", ["", " ", "円", "a", "1,23", "1,2345", "1.5", "--1", "-¥-1", "1-2", "12 34", "二千二千", "3千2024", "万", "1万円円", "9" * 41]
)
def test_no_number(text):
    with pytest.raises(ValueError):  # noqa: PT011
        parse_number(text)


def test_decimals():
    assert str(parse_number("１２．５", decimals=2)) == "12.50"
    assert parse_number("0.1", decimals=1) == Decimal("0.1")
    with pytest.raises(ValueError, match="decimal places"):
        parse_number("0.125", decimals=2)


@given(st.integers(-(10**30), 10**30))
def test_numbers_round_trip(number):
    assert parse_number(f"{number:,}" if abs(number) < 10**27 else str(number)) == number


@given(st.text() | st.text("0123456789,.一二十百千万億円¥-+", max_size=12))
def test_any_text_is_a_number_or_a_value_error(text):
    for function in (parse_number, read_digits, parse_kanji_number):
        with contextlib.suppress(ValueError):
            function(text)
    assert is_mynumber(text) in (True, False)
    assert is_invoice_number(text) in (True, False)


@pytest.mark.parametrize(
    ("text", "expected"), [("二十三", 23), ("二〇二四", 2024), ("百一", 101), ("千二百三十四", 1234), ("12", 12), ("〇", 0)]
)
def test_parse_kanji_number(text, expected):
    assert parse_kanji_number(text) == expected
