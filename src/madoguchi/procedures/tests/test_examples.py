"""Example answers: kept, run, changed and dropped with a reason; a version that fails one is not published."""

from __future__ import annotations

import json
from datetime import date

import pytest

from madoguchi.accounts.tests.make import PASSWORD, make_member
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import (
    adopt,
    approve_review,
    ask_review,
    change_draft,
    change_example,
    drop_example,
    keep_example,
    publish_draft,
    publishing_tasks,
    run_examples,
)
from madoguchi.procedures.models import FormExample
from madoguchi.procedures.tests.at_studio import STUDIO, body_of
from madoguchi.procedures.tests.make import ANSWERS, make_ready

PLACE = f"{STUDIO}examples/"
DAY = date(2026, 11, 20)
NAMED = {"name": ANSWERS["name"]}  # and nothing else


@pytest.fixture
def dog(division):
    return make_ready(division)


@pytest.fixture
def example(dog):
    return FormExample.objects.get()


def outcome(dog, **facts):
    made = keep_example(procedure=dog, on=DAY, by=None, **{"name": "例", "answers": ANSWERS, "expect": "clean", **facts})
    return next(one for one in run_examples(procedure=dog, form=dog.current.form) if one.example == made)


@pytest.mark.parametrize(
    ("facts", "passes", "found"),
    [
        ({}, True, "clean"),
        ({"answers": NAMED, "expect": ["choice.required"]}, True, ["choice.required"]),
        ({"answers": NAMED}, False, ["choice.required"]),
        ({"expect": ["choice.required"]}, False, "clean"),
        ({"expect": "ends"}, False, "clean"),
        ({"answers": {**ANSWERS, "gone": 1}}, True, "clean"),
    ],
)
def test_what_is_expected_must_be_found_and_no_other_error(dog, facts, passes, found) -> None:
    result = outcome(dog, **facts)
    assert (result.passes, result.found) == (passes, found)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"name": " "}, "no_name"),
        ({"expect": []}, "no_expectation"),
        ({"expect": "fine"}, "no_expectation"),
        ({"answers": []}, "bad_answers"),
        ({"answers": {"name": "あ" * 300_000}}, "bad_answers"),
        ({"answers": {"name": "a\x00b"}}, "bad_answers"),
        ({"answers": {"name": "a\ud800b"}}, "bad_answers"),
        ({"answers": {"amount": 1.5}}, "bad_answers"),
        ({"answers": {"amount": float("inf")}}, "bad_answers"),
    ],
)
def test_what_is_no_example_is_refused(dog, facts, code) -> None:
    with pytest.raises(Refused) as refused:
        keep_example(procedure=dog, on=DAY, by=None, **{"name": "例", "answers": ANSWERS, "expect": "clean", **facts})
    assert refused.value.code == code


def test_a_version_that_fails_an_example_is_published_only_after_it_was_changed_or_dropped(draft, example, designer, other) -> None:
    question = {"id": "tel", "type": "phone", "label": {"ja": "電話", "plain": "電話", "en": "Telephone"}, "required": True}
    change_draft(draft=draft, changes=[{"do": "add", "into": "page:you", "kind": "question", "part": question}], edition=0, by=designer)
    draft.refresh_from_db()
    approve_review(review=ask_review(draft=draft, edition=1, by=designer), by=other)
    with pytest.raises(Refused) as refused:
        publish_draft(draft=draft, edition=1, by=other)
    assert refused.value.details["keys"] == ["examples"]
    with pytest.raises(Refused):
        change_example(example=example, name="犬", on=DAY, answers=ANSWERS, expect="clean", because="", by=designer)
    answers = {**ANSWERS, "tel": "03-5555-0100"}
    change_example(example=example, name="犬", on=DAY, answers=answers, expect="clean", because="電話を足した", by=designer)
    assert publish_draft(draft=draft, edition=1, by=other).number == 2


def test_a_dropped_example_stays_readable_and_one_must_be_left(draft, example, designer) -> None:
    with pytest.raises(Refused):
        drop_example(example=example, because=" ", by=designer)
    drop_example(example=example, because="もう起きない", by=designer)
    with pytest.raises(Refused):
        drop_example(example=example, because="もう一度", by=designer)
    example.refresh_from_db()
    assert (example.because, example.dropped_by) == ("もう起きない", designer)
    change_draft(
        draft=draft,
        changes=[{"do": "text", "at": "question:name", "key": "label", "language": "ja", "value": "お名前"}],
        edition=0,
        by=designer,
    )
    draft.refresh_from_db()
    assert [task.key for task in publishing_tasks(draft=draft).open] == ["examples"]


def test_the_library_brings_its_examples_and_leaves_alone_what_was_changed_here(division, designer) -> None:
    taken = adopt("inu-toroku", by=None, today=DAY, division=division.code)
    first = taken.examples.order_by("pk").first()
    assert taken.examples.count() >= 3
    assert all(one.passes for one in run_examples(procedure=taken, form=taken.current.form))
    change_example(example=first, name="変えた例", on=DAY, answers=NAMED, expect=["choice.required"], because="試験", by=designer)
    count = taken.examples.count()
    adopt("inu-toroku", by=None, today=DAY, division=division.code)
    first.refresh_from_db()
    assert (first.name, taken.examples.count()) == ("変えた例", count)


# -- pages -----------------------------------------------------------------------------------------------------------------------------


def test_the_page_runs_them_and_says_that_they_are_invented(at_work, dog, example) -> None:
    keep_example(procedure=dog, name="落ちる例", on=DAY, answers=NAMED, expect="clean", by=None)
    body = body_of(at_work.get(PLACE))
    for part in ("生まれた犬", "通った", "落ちる例", "通らない", "エラー：choice.required", "choice.required：kind", "すべて架空です"):
        assert part in body


def test_an_example_is_changed_and_dropped_on_its_page(at_work, example) -> None:
    page = f"{PLACE}{example.pk}/"
    given = {
        "name": "二匹目",
        "on": "2026-11-21",
        "expect": "errors",
        "keys": "choice.required",
        "answers": json.dumps(NAMED),
        "because": "試験",
    }
    assert at_work.post(page, given).url == PLACE
    example.refresh_from_db()
    assert (example.name, str(example.on), example.expect, example.answers) == ("二匹目", "2026-11-21", ["choice.required"], NAMED)
    assert at_work.post(page, {"act": "drop"}, follow=True).status_code == 200
    assert FormExample.objects.standing().exists()
    at_work.post(page, {"act": "drop", "because": "もう要らない"})
    assert "もう要らない" in body_of(at_work.get(PLACE))
    assert at_work.get(page).status_code == 404


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"answers": "{"}, "JSONとして読めません"),
        ({"answers": "[" * 100_000}, "JSONとして読めません"),
        ({"answers": "[]"}, "{ で始まる形"),
        ({"expect": "errors", "keys": " "}, "エラーの種類を1つ以上"),
        ({"because": ""}, "必須"),
    ],
)
def test_what_cannot_be_kept_is_shown_again(at_work, example, given, sentence) -> None:
    sent = {"name": "書きかけ", "on": "2026-11-21", "expect": "clean", "keys": "", "answers": json.dumps(ANSWERS), "because": "理由"}
    response = at_work.post(f"{PLACE}{example.pk}/", {**sent, **given})
    assert response.status_code == 400
    body = body_of(response)
    assert "書きかけ" in body
    assert sentence in body or "error" in body


def test_clerks_do_not_get_in(client, example, division) -> None:
    clerk = make_member("clerk", division).user
    client.post("/sign-in/desk/", {"username": clerk.username, "password": PASSWORD})
    assert [client.get(page).status_code for page in (PLACE, f"{PLACE}{example.pk}/", f"{STUDIO}facts/")] == [404, 404, 404]
