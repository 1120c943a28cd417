"""Counting a library: what is a form's own, and what is the same form under another title."""

from __future__ import annotations

import json
from typing import Any

from madoguchi.engines.forms import alike, counted, load, own_questions
from madoguchi.engines.forms.command import main

COPIED = {"block": "applicant", "hash": "0" * 64}


def question(key: str, label: str = "", kind: str = "text", **own: Any) -> dict[str, Any]:
    return {"id": key, "type": kind, "label": {"ja": label or key}, **own}


def document(form_id: str, *own: dict[str, Any], pages: list[Any] | None = None) -> dict[str, Any]:
    first = {
        "id": "you",
        "title": {"ja": "あなた"},
        "sections": [
            {"id": "who", "origin": COPIED, "questions": [question("name")]},
            {"id": "own", "questions": list(own)},
        ],
    }
    return {"schema": 1, "id": form_id, "languages": ["ja"], "title": {"ja": form_id}, "pages": [first, *(pages or [])]}


def test_own_questions_leave_out_what_was_copied_and_what_blocks_mean() -> None:
    form = load(
        document(
            "a",
            question("why"),
            question("tel", kind="phone", concept="applicant.phone"),
            question("note", kind="information"),
            pages=[{"id": "page", "title": {"ja": "口座"}, "origin": COPIED, "questions": [question("bank")]}],
        )
    )
    assert [one.id for one in own_questions(form)] == ["why", "tel"]
    assert [one.id for one in own_questions(form, {"applicant.phone"})] == ["why"]
    assert (counted(form).questions, counted(form).shown_if, counted(form).grouped) == (4, False, False)


def test_conditions_and_groups_are_seen_wherever_they_stand() -> None:
    shown = {"==": [{"var": "why"}, "x"]}
    group = {"id": "people", "item": {"ja": "人"}}
    page = {"id": "p", "title": {"ja": "人"}, "repeat": group, "questions": [question("who")]}
    assert counted(load(document("a", question("why"), question("more", show_if=shown)))).shown_if
    assert counted(load(document("a", question("why"), pages=[{**page, "show_if": shown}]))).shown_if
    assert counted(load(document("a", question("why"), pages=[page]))).grouped
    total = question("sum", kind="calculated", format="number", value={"+": [1, 2]})
    assert counted(load(document("a", question("why"), total))).grouped


def test_a_new_title_makes_no_new_form() -> None:
    asked = [question(key) for key in ("why", "when", "where")]
    one, two = (counted(load(document(name, *asked))) for name in ("a", "b"))
    blank = counted(load(document("c", question("why", "wh y"), question("w2"), question("w3"))))
    assert [(first, other) for first, other, _ in alike([one, two, blank])] == [("a", "b")]


def library(folder, *documents: dict[str, Any]) -> None:
    for each in documents:
        place = folder / "library" / each["id"]
        place.mkdir(parents=True)
        (place / "form.json").write_text(json.dumps(each))
        (place / "examples.json").write_text(json.dumps({"examples": [{"id": "e"}]}))


def test_the_command_counts_a_library(tmp_path, capsys) -> None:
    library(tmp_path, document("a", *(question(key) for key in ("q1", "q2", "q3", "q4"))), document("b", question("why")))
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "x.json").write_text(
        json.dumps({"section": {"questions": [question("mail", kind="email", concept="applicant.email")]}})
    )
    assert main(["lint", "--library", str(tmp_path / "library"), "--json"]) == 1
    output = capsys.readouterr()
    assert json.loads(output.out) == {
        "procedures": 2,
        "pages": 2,
        "questions": 7,
        "with_examples": 2,
        "own_questions_median": 2.5,
        "own_questions_least": 1,
        "with_conditions": 0,
        "with_groups_or_calculations": 0,
        "languages": {"ja": 2},
        "problems": 1,
    }
    assert "b: 独自の質問が1個しかありません" in output.err


def test_faulty_forms_and_empty_folders_are_told(tmp_path, capsys) -> None:
    library(tmp_path, {"id": "a", "schema": 2})
    assert main(["lint", "--library", str(tmp_path / "library")], tmp_path) == 1
    assert json.loads(capsys.readouterr().out)["problems"] > 0
    assert main(["lint", "--library"], tmp_path) == 2
    assert "様式（<id>/form.json）がありません" in capsys.readouterr().err
    assert main(["lint"]) == 2
    assert "--library" in capsys.readouterr().err
