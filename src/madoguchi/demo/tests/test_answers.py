"""Examples of the library with other people in them, on any day of the year."""

from __future__ import annotations

import json
from datetime import date, timedelta
from random import Random

import pytest

from madoguchi.demo import people
from madoguchi.demo.answers import Example, fill_in, is_clean
from madoguchi.engines.forms import DictLists, load
from madoguchi.lib.invented import Lead, World
from madoguchi.procedures.actions import LIBRARY, WithBanks, entry_of, read_entry

IDS = sorted(folder.name for folder in LIBRARY.iterdir() if (folder / "form.json").exists())
DAYS = [date(2026, 4, 1), date(2026, 9, 30), date(2026, 11, 23), date(2027, 1, 5), date(2027, 3, 31), date(2028, 2, 29)]


def world(seed: int = 1) -> World:
    rng = Random(seed)
    nurseries = {"nursery-facilities": [entry_of(entry) for entry in people.data("nursery-facilities")["entries"]]}
    return World(rng, people.Telephones(rng), WithBanks(DictLists(nurseries)))


def examples(slug: str):
    entry = read_entry(LIBRARY / slug)
    return load(entry.document), [Example.of(one) for one in entry.examples if one["expect"] == "clean"]


@pytest.mark.parametrize("slug", IDS)
def test_every_procedure_has_a_clean_example_on_any_day(slug):
    form, clean = examples(slug)
    made = world()
    for day in DAYS:
        found = []
        for example in clean:
            try:
                found.append(fill_in(form, example, day, made))
            except ValueError:
                continue
        assert found, (slug, day)
        assert all(is_clean(form, one.answers, day, made.lists) for one in found)


@pytest.mark.parametrize("slug", IDS)
def test_nobody_of_the_examples_is_left(slug):
    form, clean = examples(slug)
    made = world(2)
    for example in clean:
        try:
            filled = fill_in(form, example, date(2026, 11, 23), made)
        except ValueError:
            continue
        text = json.dumps(filled.answers, ensure_ascii=False)
        old = example.answers["name"] if isinstance(example.answers.get("name"), dict) else None
        if old is not None:
            assert (filled.answers["name"]["family"], filled.answers["name"]["given"]) != (old["family"], old["given"])
        assert "090-" not in text
        assert filled.applicant.email == "" or filled.applicant.email in text


def test_a_child_bears_the_name_of_the_parent():
    form, clean = examples("jido-teate-nintei")
    filled = fill_in(form, clean[0], date(2026, 11, 23), world(3))
    assert filled.answers["child"][0]["child_name"]["family"] == filled.answers["name"]["family"]


def test_dates_move_with_the_day():
    form, clean = examples("ninshin-todoke")
    example, later = clean[0], timedelta(days=100)
    made = world(4)
    first, second = (fill_in(form, example, example.on + days, made).answers["due"] for days in (timedelta(0), later))
    assert date.fromisoformat(second) - date.fromisoformat(first) == later


def test_a_named_person_stands_in_the_applicants_place():
    form, clean = examples("jido-teate-nintei")
    rng = Random(5)
    name = {"family": "見本", "given": "花子", "family_kana": "ミホン", "given_kana": "ハナコ"}
    lead = Lead(name, "1992-12-11", people.address(rng), "03-5555-4321", "hanako@example.jp")
    answers = fill_in(form, clean[0], date(2026, 11, 23), world(6), lead).answers
    assert (answers["name"], answers["email"], answers["phone"]) == (name, "hanako@example.jp", "03-5555-4321")
    assert answers["child"][0]["child_name"]["family"] == "見本"
