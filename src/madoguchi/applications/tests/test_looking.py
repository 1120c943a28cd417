"""Looking up by number and passphrase: no difference between wrong and unknown, and no lock for strangers."""

from __future__ import annotations

import pytest

from madoguchi.applications.actions import claim, look_up, looking, prove_birth
from madoguchi.applications.tests.make import ANSWERS, make_draft, make_filed, make_procedure
from madoguchi.engines.japanese import parse_date
from madoguchi.lib import phrases
from madoguchi.lib.errors import Refused

pytestmark = pytest.mark.django_db
HERE, THERE = "192.0.2.1", "203.0.113.7"


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """How long each try would have waited."""
    found: list[float] = []
    monkeypatch.setattr(looking.time, "sleep", found.append)
    return found


@pytest.fixture
def filed(in_scope):
    return make_filed(make_procedure())


def refused(number, phrase, address=HERE) -> str:
    with pytest.raises(Refused) as caught:
        look_up(number=number, phrase=phrase, address=address)
    return caught.value.code


def test_the_right_two_open(filed):
    assert look_up(number=filed.number, phrase=filed.phrase, address=HERE) == filed
    typed = filed.number.lower().replace("-", " ")
    assert look_up(number=typed, phrase=phrases.romaji(filed.phrase), address=HERE) == filed


def test_a_draft_opens_by_its_resume_code_until_it_is_sent(in_scope):
    draft = make_draft(make_procedure())
    assert look_up(number=draft.resume_code, phrase=draft.phrase, address=HERE) == draft
    filed = make_filed(make_procedure("other"))
    assert refused(filed.resume_code, filed.phrase) == "wrong"


def test_wrong_and_unknown_cost_the_same(filed, monkeypatch):
    hashed: list[str] = []
    real = phrases._hashed
    monkeypatch.setattr(phrases, "_hashed", lambda *facts: hashed.append(facts[0]) or real(*facts))
    assert refused(filed.number, "さくら-みかん-でんしゃ-ねこ") == "wrong"
    assert refused("K7M-4PX-9TR", filed.phrase) == "wrong"
    assert refused("nonsense", filed.phrase) == "wrong"
    assert len(hashed) == 3


def test_five_tries_each_slower_than_the_last(filed, waits):
    codes = [refused(filed.number, "ちがう") for _ in range(7)]
    assert codes == ["wrong"] * 5 + ["too_many"] * 2
    assert waits == [0, 0.2, 0.4, 0.8, 1.6]
    assert look_up(number=filed.number, phrase=filed.phrase, address=THERE) == filed


def test_the_right_answer_forgets_the_tries(filed):
    for _ in range(4):
        refused(filed.number, "ちがう")
    look_up(number=filed.number, phrase=filed.phrase, address=HERE)
    assert [refused(filed.number, "ちがう") for _ in range(5)] == ["wrong"] * 5


def test_thirty_tries_an_address_over_many_numbers(in_scope):
    codes = [refused(f"number {count}", "x") for count in range(31)]
    assert codes == ["wrong"] * 30 + ["too_many"]


def test_a_stranger_in_a_thousand_places_only_slows_a_number(filed, waits):
    for count in range(40):
        refused(filed.number, "ちがう", address=f"198.51.100.{count}")
    assert look_up(number=filed.number, phrase=filed.phrase, address=HERE) == filed
    assert waits[-1] == looking.MAX_DELAY_SECONDS


def test_the_date_of_birth_is_the_second_proof(filed):
    prove_birth(application=filed, born=parse_date("H2.4.15"), address=HERE)
    with pytest.raises(Refused):
        prove_birth(application=filed, born=parse_date("H2.4.16"), address=HERE)


def test_without_a_birth_in_the_form_no_day_is_right(in_scope):
    answers = {key: value for key, value in ANSWERS.items() if key != "birth"}
    draft = make_draft(make_procedure(), answers)
    with pytest.raises(Refused):
        prove_birth(application=draft, born=parse_date("H2.4.15"), address=HERE)


def test_claiming_puts_nobody_out(filed, resident):
    claim(application=filed, resident=resident)
    filed.refresh_from_db()
    assert filed.resident == resident
