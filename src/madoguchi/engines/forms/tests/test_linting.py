"""What the lint says, and that what it calls impossible is impossible."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.engines.forms import lint, load, walk
from madoguchi.engines.forms.command import main
from madoguchi.engines.forms.wording import terms

from .make import ON, SAMPLE_ANSWERS, SAMPLE_PATH, asks, choice, document, form_of, page, repeat, sample, sample_document, text


def keys(raw: Any, *levels: str) -> list[tuple[str, str]]:
    return [(each.path, each.key) for each in lint(raw) if each.level in (levels or ("error", "warning"))]


def about(show_if: Any, *questions: dict[str, Any]) -> list[str]:
    """Keys found for a condition on a last question."""
    return [key for _, key in keys(document(*questions, asks("z", show_if=show_if)), "error", "warning")]


def test_the_sample_is_clean() -> None:
    assert keys(sample(), "error", "warning") == []
    assert keys(sample()) == keys(sample_document())


def test_a_document_that_does_not_load() -> None:
    (finding,) = lint(document(asks("q", "riddle")) | {"pages": [page(asks("q")), page(asks("q"), page_id="b")]})
    assert (finding.path, finding.key, finding.level) == ("pages[1].questions[0].id", "fault", "error")
    assert finding.message in finding.say("en")
    assert lint({})


FLAG = asks("flag", "yes_no")
ONE = asks("one", "choice")
COUNT = asks("n", "number", min=0, max=10)
DAY = asks("day", "date")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"==": [1, 2]}, ["rule.always_false"]),
        ({"==": [1, 1]}, ["rule.always_true"]),
        ({"and": [{"var": "flag"}, {"not": [{"var": "flag"}]}]}, ["rule.always_false"]),
        ({"or": [{"var": "flag"}, {"not": [{"var": "flag"}]}]}, []),
        ({"or": [{"answered": ["flag"]}, {"not": [{"answered": ["flag"]}]}]}, ["rule.always_true"]),
        ({"and": [{"==": [{"var": "one"}, "a"]}, {"==": [{"var": "one"}, "b"]}]}, ["rule.always_false"]),
        ({"and": [{"!=": [{"var": "one"}, each]} for each in "abc"]}, ["rule.always_false"]),
        ({"==": [{"var": "one"}, "z"]}, ["rule.unknown_choice", "rule.always_false"]),
        ({"in": [{"var": "one"}, ["a", "z"]]}, ["rule.unknown_choice"]),
        ({"in": ["z", {"var": "many"}]}, ["rule.unknown_choice"]),
        ({">": [{"var": "n"}, 10]}, ["rule.always_false"]),
        ({"<": [{"var": "n"}, 20]}, []),
        ({"and": [{">": [{"var": "n"}, 3]}, {"<": [{"var": "n"}, 4]}]}, ["rule.always_false"]),
        ({"and": [{">": [{"var": "n"}, 3]}, {"<": [{"var": "n"}, 5]}]}, []),
        ({"and": [{">": [{"var": "d"}, 3]}, {"<": [{"var": "d"}, 4]}]}, []),
        (
            {"and": [{"<": [{"var": "day"}, {"date": "2026-01-01"}]}, {">": [{"var": "day"}, {"date": "2026-02-01"}]}]},
            ["rule.always_false"],
        ),
        ({"and": [{"<": [{"var": "day"}, {"date": "2026-02-01"}]}, {">": [{"var": "day"}, {"date": "2026-01-01"}]}]}, []),
        ({"<": [{"length": [{"var": "t"}]}, 0]}, ["rule.always_false"]),
        ({">=": [{"age": [{"var": "day"}, {"today": []}]}, 18]}, []),
        ({"<": [{"var": "day"}, {"today": []}]}, []),
        ({"and": [{"==": [{"var": "t"}, "x"]}, {"==": [{"var": "t"}, "y"]}]}, ["rule.always_false"]),
        ({"!=": [{"var": "t"}, "x"]}, []),
        ({"==": [{"var": "n"}, "3"]}, ["rule.types"]),
        ({"<": [{"var": "flag"}, 3]}, ["rule.types", "rule.always_false"]),
        ({"var": "n"}, ["rule.types"]),
        ({"==": [{"/": [{"var": "n"}, 0]}, 1]}, ["rule.divides_by_zero"]),
        ({">": [{"+": [{"var": "day"}, 1]}, 1]}, ["rule.types"]),
        ({"not": [{"==": [{"if": [{"var": "flag"}, 1, 2]}, 1]}]}, []),
        ({"==": [{"var": "n"}, {"var": "d"}]}, []),
    ],
)
def test_conditions(condition: Any, expected: list[str]) -> None:
    many, t, d = asks("many", "choices"), asks("t"), asks("d", "number", decimals=1)
    assert about(condition, FLAG, ONE, COUNT, DAY, many, t, d) == expected


def test_conditions_together_with_those_around_them() -> None:
    hidden = asks("b", "yes_no", show_if={"var": "flag"})
    assert about({"and": [{"answered": ["b"]}, {"==": [{"var": "flag"}, False]}]}, FLAG, hidden) == ["rule.always_false"]
    pages = [
        page(ONE),
        page(asks("x", show_if={"==": [{"var": "one"}, "b"]}), page_id="second", show_if={"==": [{"var": "one"}, "a"]}),
    ]
    assert keys(document(pages=pages)) == [("pages[1].questions[0].show_if", "rule.never_here")]


def test_pages_nobody_reaches() -> None:
    end = page(asks("x", "information"), page_id="end", ends="elsewhere")
    assert keys(document(pages=[page(ONE), end, page(asks("y"), page_id="last")])) == [("pages[2]", "page.after_end")]
    stop = end | {"show_if": {"!=": [{"var": "one"}, "a"]}}
    last = page(asks("y"), page_id="last", show_if={"==": [{"var": "one"}, "b"]})
    assert ("pages[2]", "page.unreachable") in keys(document(pages=[page(ONE), stop, last]))
    last["show_if"] = {"==": [{"var": "one"}, "a"]}
    assert keys(document(pages=[page(ONE), stop, last])) == []
    assert ("pages[1]", "page.unreachable") in keys(document(pages=[page(ONE), last | {"show_if": {"==": [1, 2]}}]))


def test_checks_nobody_passes() -> None:
    def own(rule: Any) -> list[tuple[str, str]]:
        return keys(document(asks("n", "number", min=0, checks=[{"that": rule, "say": text()}])))

    assert own({"<": [{"var": "n"}, 0]}) == [("pages[0].questions[0].checks[0].that", "check.never_passes")]
    assert own({"<": [{"var": "n"}, 9]}) == []
    assert own({"==": [1, 1]}) == [("pages[0].questions[0].checks[0].that", "check.always_passes")]


def test_languages_concepts_and_words() -> None:
    raw = document(asks("q", concept="applicant.name"), asks("p", concept="no.such"))
    raw["languages"] = ["ja", "en"]
    del raw["title"]["en"]
    raw["intro"] = {"ja": "当該申請者は、" + "とても" * 25 + "長い文です。国民健康保険被保険者証を添付してください。", "en": "Hello"}
    found = keys(raw, "error", "warning", "note")
    assert ("title", "text.missing") in found
    assert ("pages[0].questions[1].concept", "concept.unknown") in found
    assert ("pages[0].questions[0].concept", "concept.type") not in found
    assert ("intro.ja", "wording.long_sentence") in found
    assert ("intro.ja", "wording.kanji_run") in found
    said = {each.params["term"]: each for each in lint(raw) if each.key == "wording.term" and each.path == "intro.ja"}
    assert set(said) == {"当該", "申請者", "被保険者証", "添付"}
    assert said["当該"].message == "役所のことばです：「当該」→「その」"
    assert ("pages[0].questions[0].concept", "concept.type") in keys(document(asks("q", "date", concept="applicant.name")))


def test_terms() -> None:
    assert len(terms()) >= 150
    for term in terms().values():
        assert term.plain
        assert term.plain != term.term


def test_messages_say_everything_in_both_languages() -> None:
    for finding in lint(document(asks("q", concept="x"), asks("z", show_if={"==": [{"var": "q"}, 3]}))):
        assert "{" not in finding.message + finding.say("en")
        assert finding.message == finding.say("ja")


CONDITIONS = st.recursive(
    st.sampled_from(
        [
            {"var": "flag"},
            {"var": "other"},
            {"==": [{"var": "one"}, "a"]},
            {"!=": [{"var": "one"}, "b"]},
            {"in": [{"var": "one"}, ["b", "c"]]},
            {">": [{"var": "n"}, 2]},
            {"<=": [{"var": "n"}, 3]},
            {"==": [{"var": "n"}, 5]},
            {"answered": ["other"]},
            {"any": ["child", {"var": "twin"}]},
        ]
    ),
    lambda inner: st.one_of(
        st.builds(lambda a: {"not": [a]}, inner),
        st.builds(lambda a, b: {"and": [a, b]}, inner, inner),
        st.builds(lambda a, b: {"or": [a, b]}, inner, inner),
    ),
    max_leaves=6,
)
WORLDS = [
    {"flag": flag, "other": other, "one": one, "n": n, "child": [{"row": "r1", "twin": twin}]}
    for flag, other, one, n, twin in product([True, False, None], [True, False], ["a", "b", "c", None], [0, 2, 3, 4, 5], [True, False])
]


@settings(max_examples=40, deadline=None)
@given(CONDITIONS, CONDITIONS)
def test_what_is_called_impossible_never_happens_and_the_possible_is_not_called_so(own: Any, other_condition: Any) -> None:
    raw = document(
        pages=[
            page(asks("twin", "yes_no"), repeat=repeat(), page_id="rows"),
            page(
                asks("flag", "yes_no"),
                asks("one", "choice", choices=[choice(each) for each in "abc"]),
                asks("n", "number", min=0, max=5),
                asks("other", "yes_no", show_if=_without(other_condition)),
                asks("z", show_if=own),
            ),
        ]
    )
    form = load(raw)
    verdicts = {each.key for each in lint(form) if each.path == "pages[1].questions[4].show_if"}
    shown = {walk(form, world, on=ON).item("z") is not None for world in WORLDS}
    assert ("rule.always_false" not in verdicts) or shown == {False}
    assert ("rule.always_true" not in verdicts) or shown == {True}


def _without(condition: Any) -> Any:
    """The condition without the question that comes later."""
    return json.loads(json.dumps(condition).replace('{"var": "other"}', '{"var": "flag"}').replace('["other"]', '["flag"]'))


# -- the sub-command -----------------------------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any], str]:
    status = main(list(argv))
    out, err = capsys.readouterr()
    assert out.endswith("\n")
    assert out.count("\n") == 1
    answer: dict[str, Any] = json.loads(out)
    return status, answer, err


def test_command_lint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, answer, err = run(capsys, "forms", "lint", str(SAMPLE_PATH))
    assert (status, answer["ok"], err) == (0, True, "")
    assert len(answer["files"][0]["hash"]) == 64
    bad = tmp_path / "form.json"
    bad.write_text(json.dumps(document(asks("q", show_if={"==": [1, 2]}))), "utf-8")
    status, answer, err = run(capsys, "lint", str(SAMPLE_PATH), str(bad))
    assert (status, answer["ok"]) == (1, False)
    assert answer["files"][1]["findings"][0]["key"] == "rule.always_false"
    assert "この条件は" in err
    faulty = tmp_path / "faulty.json"
    faulty.write_text('{"schema": 1.5}', "utf-8")
    assert run(capsys, "lint", str(faulty))[0] == 1


@pytest.mark.parametrize("content", ["", "[]", "[" * 100_000, "{", '{"a": ' + "9" * 5_000 + "}", "\ud800"])
def test_command_with_files_that_cannot_be_used(content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    status, answer, err = run(capsys, "lint", str(path))
    assert (status, answer["ok"]) == (2, False)
    assert err


def test_command_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(SAMPLE_ANSWERS), "utf-8")
    status, answer, err = run(capsys, "check", str(SAMPLE_PATH), str(answers), "--on", "2026-04-01")
    assert (status, answer["ok"], answer["problems"], err) == (0, True, [], "")
    assert answer["calculations"]["amount"] == 25000
    answers.write_text("{}", "utf-8")
    status, answer, err = run(capsys, "check", str(SAMPLE_PATH), str(answers))
    assert status == 1
    assert answer["problems"][0] == {
        "path": "name", "key": "person_name.required", "level": "error", "part": "", "say": "お名前を入力してください",
    }  # fmt: skip
    assert "お名前を入力してください" in err
    for bad in (["check", str(SAMPLE_PATH)], ["check", str(answers), str(answers)], [], ["sing"], ["check", "x", "y", "--on", "soon"]):
        assert run(capsys, *bad)[0] == 2
    assert form_of(asks()).id == "test-form"
