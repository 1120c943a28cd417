"""Every bundle and every procedure of the library: the common questions are a sound form, and what is carried parses where it comes."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from madoguchi.engines.forms import check, lint, load, parts_of, read, walk
from madoguchi.engines.forms.carrying import CARRIED, carry, offers
from madoguchi.engines.forms.uniting import unite
from madoguchi.procedures.actions import BUNDLES, bundles, check_bundle, library_entries

ENTRIES = {entry.id: entry for entry in library_entries()}
NAME = {"family": "見本", "given": "花子", "family_kana": "ミホン", "given_kana": "ハナコ"}
HOME = {"postal": "135-0016", "prefecture": "東京都", "city": "江東区", "town": "東陽", "block": "4-11-28", "building": ""}


@pytest.mark.parametrize("file", sorted(BUNDLES.glob("*.json")), ids=lambda file: file.stem)
def test_a_bundle_is_sound(file):
    assert check_bundle(file) == []


def test_a_bundle_that_is_not_sound_says_so(tmp_path):
    good = (BUNDLES / "shussei.json").read_text(encoding="utf-8")
    file = tmp_path / "shussei.json"
    file.write_text(good.replace('"var": "which"', '"var": "nobody"'), encoding="utf-8")
    assert any("nobody" in fault or "calculations" in fault for fault in check_bundle(file))
    file.write_text(good.replace('"slug": "kodomo-iryo"', '"slug": "hoiku-riyo"'), encoding="utf-8")
    assert "twice: hoiku-riyo" in check_bundle(file)[0]
    file.write_text(good.replace('"life_event": "birth"', '"life_event": "party"'), encoding="utf-8")
    assert check_bundle(file)


def test_the_life_events_that_were_asked_for_are_there():
    assert {one.id for one in bundles()} >= {"tennyu", "shussei", "okuyami", "tenshutsu", "kekkon", "kaigo", "nyuen"}


# -- every bundle that we ship ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bundle", [one.id for one in bundles()])
def test_the_common_questions_of_a_bundle_are_a_sound_form(bundle):
    """All its procedures of the library at once: the united form loads and lints, and what is answered in it fits every form."""
    forms = [(ENTRIES[one.slug].name, load(ENTRIES[one.slug].document)) for one in by_id(bundle).members if one.slug in ENTRIES]
    document = unite(forms, form_id="common", title=by_id(bundle).title)
    if len(forms) < 2:
        return
    assert document is not None
    united = load(document)
    assert not [finding for finding in lint(united) if finding.level == "error"]
    today = timezone.localdate()
    given = {"applicant_name": NAME, "applicant_birth": "1990-04-15", "applicant_address": HOME, "applicant_phone": "03-5555-0101"}
    walked = walk(united, given, on=today)
    for _name, form in forms:
        found = offers(walked, form, on=today)
        carried = carry({}, found, form=form)
        assert len(found) == len(carried.marks)
        problems = [one for one in check(form, carried.values, on=today) if one.level == "error" and one.path in carried.marks]
        assert not problems


def by_id(name: str) -> Any:
    return next(one for one in bundles() if one.id == name)


@pytest.mark.parametrize("entry", sorted(ENTRIES), ids=str)
def test_what_one_procedure_gives_another_would_have_read(entry):
    """Examples of the library, carried to the forms of the bundles: each value parses as it stands."""
    today = timezone.localdate()
    source = load(ENTRIES[entry].document)
    targets = [load(ENTRIES[slug].document) for slug in ("jido-teate-nintei", "hoiku-riyo", "kokuho-kanyu", "kaigo-nintei", "tenshutsu")]
    for example in [one for one in ENTRIES[entry].examples if one["expect"] == "clean"][:1]:
        walked = walk(source, example["answers"], on=today)
        for target in targets:
            for offer in offers(walked, target, on=today):
                again = read(offer.question, parts_of(offer.question, offer.value), on=today, value=offer.value)
                assert (again.value, again.problems) == (offer.value, ()), offer.path
                assert offer.question.concept in CARRIED
