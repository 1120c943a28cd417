"""The generator: people who could live here and do not."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from madoguchi.engines import japanese
from madoguchi.lib.invented import people

ON = date(2026, 11, 20)


def test_the_second_city_lies_nowhere():
    assert not any(japanese.look_up_postal(postal) for postal, _, _ in people.data("towns")["midori"]["towns"])


def test_every_town_is_one_that_its_postal_code_names():
    place = people.data("towns")["koto"]
    for postal, town, _ in place["towns"]:
        found = japanese.look_up_postal(postal)
        assert any((one.prefecture, one.city, one.town) == (place["prefecture"], place["city"], town) for one in found), (postal, town)


def test_the_lists_are_long_enough_and_without_doubles():
    families = [family.name.written for family in people.families()]
    assert len(set(families)) == len(families) >= 150
    for sex in ("female", "male"):
        given = [name.written for era in ("old", "middle", "young") for name in people.given_names(sex, era)]
        assert len(given) >= 100
        assert len(set(given)) == len(given)


def test_every_name_has_valid_kana():
    rng = Random(1)
    for family in [*people.families(), *people.rare_families(), *people.foreign_families()]:
        given = people.given_for(family, rng.choice(("female", "male")), ON - timedelta(days=12_000), rng)
        name = people.person_name(family, given)
        assert japanese.is_katakana(name["family_kana"])
        assert japanese.is_katakana(name["given_kana"].replace(" ", ""))


def test_rare_characters_and_foreign_names_occur():
    rng = Random(2)
    written = "".join(people.any_family(rng).name.written for _ in range(800))
    assert {"髙", "﨑", "𠮷"} <= set(written)
    assert "\U000e0100" in written  # a variant with a selector
    assert any(char.isascii() for char in written)


def test_nobody_is_well_known():
    family = people.Family(people.Name("木村", "キムラ"))
    rng = Random(3)
    drawn = {people.given_for(family, "male", ON - timedelta(days=3000), rng).written for _ in range(400)}
    assert "拓海" not in drawn
    assert len(drawn) > 20


def test_telephones_are_in_the_invented_range_and_given_once():
    telephones = people.Telephones(Random(4))
    numbers = [telephones.next() for _ in range(2000)]
    assert len(set(numbers)) == 2000
    assert all(number.startswith("03-5555-") and int(number[-4:]) >= 1000 for number in numbers)
    assert all(japanese.normalise_phone(number) == number for number in numbers[:50])


def test_addresses_of_mail_are_readable_and_at_example_jp():
    rng = Random(5)
    for _ in range(300):
        family = people.any_family(rng)
        address = people.email(people.given_for(family, "female", ON - timedelta(days=11_000), rng), family, rng)
        assert japanese.normalise_email(address) == address
        assert address.endswith("@example.jp")
        assert len(address) > len("@example.jp") + 3


def test_births_stay_near_and_in_the_past():
    rng = Random(6)
    for days in (0, 40, 900, 4000, 12_000, 30_000):
        old = ON - timedelta(days=days)
        assert all(people.born_near(old, ON, rng, 1.0) <= ON for _ in range(50))
        assert people.born_near(old, ON, rng, 0.0) == old


def test_the_same_seed_makes_the_same_people():
    assert [people.address(Random(7)) for _ in range(5)] == [people.address(Random(7)) for _ in range(5)]


@pytest.mark.parametrize(
    ("kana", "sex"),
    [("ケンタ", "male"), ("ナオキ", "male"), ("タダオ", "male"), ("アヤ", "female"), ("ミオ", "female"), ("ユキ", "female")],
)
def test_sex_of_a_name(kana, sex):
    assert people.sex_of(kana) == sex
