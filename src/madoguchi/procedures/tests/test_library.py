"""The library's data hold, and are adopted."""

from __future__ import annotations

import json
import re
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from madoguchi.accounts.tests.make import make_division
from madoguchi.engines.forms import Counted, DictLists, alike, counted, load
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import LIBRARY, WithBanks, adopt, blocks, check_entry, entry_of, library_entries, read_entry
from madoguchi.procedures.models import LifeEvent, Procedure
from madoguchi.procedures.tests.make import form, words

DAY = date(2026, 11, 20)
FACILITIES = Path(__file__).parents[2] / "demo" / "data" / "nursery-facilities.json"
FOLDERS = sorted(path.parent.name for path in LIBRARY.glob("*/inventory.json"))


@pytest.fixture(scope="module")
def known_lists() -> WithBanks:
    data = json.loads(FACILITIES.read_text(encoding="utf-8")) if FACILITIES.exists() else {"entries": []}
    return WithBanks(DictLists({"nursery-facilities": [entry_of(entry) for entry in data["entries"]]}))


@pytest.mark.parametrize("name", FOLDERS)
def test_every_entry_holds(known_lists, name) -> None:
    entry = read_entry(LIBRARY / name)
    assert check_entry(entry, known_lists) == []
    assert len(entry.examples) >= 3


def folder(tmp_path: Path, document: dict | None = None, **inventory) -> Path:
    """A library folder of its own."""
    made = tmp_path / "dog"
    (made / "notices").mkdir(parents=True, exist_ok=True)
    facts = {
        "id": "dog",
        "name": words("犬の登録", "Dog registration"),
        "kana": "いぬのとうろく",
        "kind": "application",
        "division": "kosodate",
        "life_events": ["pet"],
        "clock": {"unit": "open", "days": 5},
        "outcomes": ["granted"],
        "documents": [words("注射の証明書", "Certificate of vaccination")],
        **{key: words("文", "text") for key in ("overview", "who", "when", "fee", "usual", "after", "privacy")},
    }
    example = {
        "id": "e",
        "on": "2026-11-20",
        "expect": "clean",
        "answers": {"name": {"family": "架", "given": "空", "family_kana": "カ", "given_kana": "クウ"}},
    }
    example["answers"]["kind"] = "born"
    for name, data in {
        "form.json": document or form(),
        "inventory.json": {**facts, **inventory},
        "notices/granted.json": {"title": words("決定"), "body": words("{number} {犬|いぬ}")},
        "examples.json": {"examples": [example]},
    }.items():
        (made / name).write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return made


def test_adopting_makes_the_procedure_and_its_first_version(division, tmp_path) -> None:
    place = folder(tmp_path, opening={"opens_days": -20, "closes_days": 40}, clock={"unit": "fixed_day", "days": 7}, capacity=30)
    procedure = adopt(place, by=None, today=DAY)
    assert (procedure.slug, procedure.division, procedure.current.number) == ("dog", division, 1)
    assert (procedure.opens_on, procedure.closes_on, procedure.result_on) == (date(2026, 10, 31), date(2026, 12, 30), date(2027, 1, 6))
    assert (procedure.clock_unit, procedure.standard_days, procedure.capacity) == ("fixed_day", None, 30)
    assert procedure.notice_texts["granted"]["title"]["ja"] == "決定"


def test_adopting_again_brings_facts_and_only_a_changed_form(division, tmp_path) -> None:
    adopt(folder(tmp_path, opening={"closes_days": 40}), by=None, today=DAY)
    again = adopt(folder(tmp_path, kana="いぬ", opening={"closes_days": 1}), by=None, today=DAY)
    assert (again.kana, again.current.number, again.closes_on) == ("いぬ", 1, date(2026, 12, 30))
    newer = adopt(folder(tmp_path, form(title=words("二版"))), by=None, today=DAY)
    assert (newer.pk, newer.current.number, newer.current.change) == (again.pk, 2, "wording")
    assert Procedure.objects.count() == 1


def test_what_cannot_be_adopted(in_scope, tmp_path) -> None:
    for wanted, code in ((folder(tmp_path), "no_division"), ("nothing-like-it", "not_in_library"), ("../library", "not_in_library")):
        with pytest.raises(Refused) as refused:
            adopt(wanted, by=None, today=DAY)
        assert refused.value.code == code


def test_checking_says_what_is_wrong(known_lists, tmp_path) -> None:
    assert check_entry(read_entry(folder(tmp_path)), known_lists) == []
    wrong = folder(
        tmp_path, kind="thing", life_events=["pets"], clock={"unit": "weeks"}, outcomes=["granted", "refused"], who={"ja": "だれでも"}
    )
    lines = "\n".join(check_entry(read_entry(wrong), known_lists))
    for part in ("kind: thing", "pets unknown", "clock.unit", "no text for refused", "who: no text in plain, en"):
        assert part in lines


@pytest.mark.parametrize(
    ("expect", "answers", "line"),
    [
        ("clean", {}, "required at name"),
        ("ends", {"kind": "born"}, "does not end"),
        (["required", "other.key"], {"kind": "born"}, "other.key was expected"),
    ],
)
def test_examples_are_held_to_their_word(known_lists, tmp_path, expect, answers, line) -> None:
    place = folder(tmp_path)
    (place / "examples.json").write_text(json.dumps({"examples": [{"id": "e", "on": "2026-11-20", "expect": expect, "answers": answers}]}))
    assert any(line in each for each in check_entry(read_entry(place), known_lists))


def test_a_file_that_is_no_json_is_named(tmp_path) -> None:
    place = folder(tmp_path)
    (place / "form.json").write_text("{")
    with pytest.raises(ValueError, match=r"form\.json"):
        list(library_entries(tmp_path))


def test_the_commands(division) -> None:
    out = StringIO()
    call_command("library", "--json", stdout=out)
    assert [entry["id"] for entry in json.loads(out.getvalue())] == FOLDERS
    for code in {read_entry(LIBRARY / name).inventory["division"] for name in FOLDERS} - {"kosodate"}:
        make_division(code, code, code)
    out = StringIO()
    call_command("adopt", "--municipality", "koto", "--all", "--json", stdout=out)
    assert [entry["id"] for entry in json.loads(out.getvalue())] == FOLDERS
    assert Procedure.objects.public().count() == len(FOLDERS)
    for procedure in Procedure.objects.all():
        assert set(procedure.life_events) <= set(LifeEvent.values)
    with pytest.raises(CommandError):
        call_command("adopt", "nothing-like-it", "--municipality", "koto")
    with pytest.raises(CommandError):
        call_command("adopt", "--all", "--municipality", "nowhere")


# -- the library as a whole ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole() -> list[Counted]:
    standard = {question["concept"] for block in blocks() for question in block.section["questions"] if question.get("concept")}
    return [counted(load(read_entry(LIBRARY / name).document), standard) for name in FOLDERS]


def test_a_ward_finds_its_procedures(whole) -> None:
    assert len(whole) >= 90
    assert sum(set(form.languages) >= {"ja", "plain", "en"} for form in whole) >= 30
    own = sorted(len(form.own) for form in whole)
    assert own[0] >= 3
    assert own[len(own) // 2] >= 8
    assert sum(form.shown_if for form in whole) >= 60
    assert sum(form.grouped for form in whole) >= 25


def test_no_form_is_another_with_a_new_title(whole) -> None:
    assert list(alike(whole)) == []


@pytest.mark.parametrize("name", FOLDERS)
def test_an_entry_brings_what_a_clerk_needs(name) -> None:
    entry = read_entry(LIBRARY / name)
    assert entry.inventory["documents"]
    assert entry.inventory["review_steps"]
    assert (entry.inventory["basis"] or {}).get("ja")
    assert any("要確認" in line for line in entry.inventory["unsure"])
    assert {example["expect"] == "clean" for example in entry.examples} >= {True}


@pytest.mark.parametrize("name", FOLDERS)
def test_what_was_copied_from_a_block_is_the_block_as_it_stands(name) -> None:
    """The library's own copies are never behind: an "update available" in it would be the product's own fault."""
    hashes = {block.id: block.hash for block in blocks()}
    for page in read_entry(LIBRARY / name).document["pages"]:
        for part in (page, *page.get("sections", ())):
            if "origin" in part:
                assert part["origin"]["hash"] == hashes[part["origin"]["block"]]


TELEPHONE = re.compile(r"(?<![0-9a-f-])0\d{1,3}-\d{2,4}-\d{4}(?![0-9a-f-])")
MAIL = re.compile(r"[\w.+-]+@([\w.-]+)")


@pytest.mark.parametrize("name", FOLDERS)
def test_everybody_in_the_examples_is_invented(name) -> None:
    for example in read_entry(LIBRARY / name).examples:
        text = json.dumps(example["answers"], ensure_ascii=False)
        assert all(number.startswith("03-5555-") for number in TELEPHONE.findall(text)), example["id"]
        assert set(MAIL.findall(text)) <= {"example.jp", "example.com", "example.org"}, example["id"]
