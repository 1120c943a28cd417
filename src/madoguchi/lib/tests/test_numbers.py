from __future__ import annotations

import random

import pytest

from madoguchi.lib import numbers

KINDS = {"number": numbers.new_number, "resume": numbers.new_resume_code, "check": numbers.new_check_code}
READERS = {"number": numbers.read_number, "resume": numbers.read_resume_code, "check": numbers.read_check_code}


def test_the_alphabet_is_prime_and_without_look_alikes() -> None:
    assert len(set(numbers.ALPHABET)) == 23
    assert not set("IOQZSBLV01AEU") & set(numbers.ALPHABET)


@pytest.mark.parametrize(("kind", "shape"), [("number", [3, 3, 3]), ("resume", [4, 4, 4]), ("check", [4, 4, 4, 4])])
def test_new_ones_are_grouped_random_and_readable(kind, shape) -> None:
    made = [KINDS[kind]() for _ in range(200)]
    assert len(set(made)) == 200
    for number in made:
        assert [len(part) for part in number.split("-")] == shape
        assert READERS[kind](number) == number
        assert numbers.kind_of(number) == kind


def test_one_kind_is_never_taken_for_another() -> None:
    for kind, make in KINDS.items():
        number = make()
        assert [other for other, read in READERS.items() if read(number)] == [kind]


@pytest.mark.parametrize("kind", KINDS)
def test_every_single_wrong_character_is_found(kind) -> None:
    right = KINDS[kind]().replace("-", "")
    for place in range(len(right)):
        for char in numbers.ALPHABET:
            wrong = right[:place] + char + right[place + 1 :]
            assert (READERS[kind](wrong) is None) == (wrong != right)


@pytest.mark.parametrize("kind", KINDS)
def test_every_exchange_of_two_characters_is_found(kind) -> None:
    for _ in range(50):
        right = KINDS[kind]().replace("-", "")
        for first in range(len(right)):
            for second in range(first + 1, len(right)):
                chars = list(right)
                chars[first], chars[second] = chars[second], chars[first]
                wrong = "".join(chars)
                assert (READERS[kind](wrong) is None) == (wrong != right)


def test_generous_reading() -> None:
    number = numbers.new_number()
    plain = number.replace("-", "")
    wide = "".join(chr(ord(char) + 0xFEE0) for char in plain)
    typed = [plain, plain.lower(), f"  {number} ", wide, wide.lower(), number.replace("-", " "), number.replace("-", "ー"),
             number.replace("-", "－"), number.replace("-", "　"), number.replace("-", "‐"), number.replace("-", "−")]  # fmt: skip
    assert {numbers.read_number(text) for text in typed} == {number}


def test_look_alikes_go_to_what_was_meant() -> None:
    body = "D5827TRW"
    number = body + numbers._check_character(body)
    assert numbers.read_number("OSBZITRW" + number[-1]) == numbers.read_number(number) is not None


@pytest.mark.parametrize("text", ["", "-", "あいう", "K7M", "𠮷" * 9, "\x00" * 9, "KKKKKKKKA", "①②③④⑤⑥⑦⑧⑨", "9" * 500])
def test_nonsense_is_none(text) -> None:
    assert numbers.read_number(text) is None
    assert numbers.is_number(text) is False
    assert numbers.kind_of(text) is None


def test_a_random_guess_passes_one_time_in_23() -> None:
    dice = random.Random(7)
    hits = sum(numbers.is_number("".join(dice.choices(numbers.ALPHABET, k=9))) for _ in range(4600))
    assert 130 < hits < 270
