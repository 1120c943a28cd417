"""`madoguchi place` as a process: its line, its exits, its files, both ways in; and what bad input gets."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from madoguchi.engines.placement.command import main
from madoguchi.engines.placement.points import NoRules, load, rules_for, shipped
from madoguchi.engines.placement.tests.random_markets import random_market
from madoguchi.engines.placement.writing import write_instance

SOURCE = Path(__file__).parents[4]
KEYS = {
    "children", "seated", "newly_seated", "blocking_families", "blocking", "stable", "stable_exists", "proof", "warnings", "seconds",
    "peak_mb", "input_sha256",
}  # fmt: skip
MARKET: dict[str, Any] = {
    "format": "hoiku-matching/1",
    "name": "example",
    "note": "invented",
    "facilities": [{"id": "sun", "capacity": {"1": 2}}, {"id": "moon", "capacity": {"1": 1, "3": 1}}],
    "children": [
        {"id": "aoi", "family": "A", "age": 1, "points": 40, "tiebreak": 1, "preferences": ["sun", "moon"]},
        {"id": "haru", "family": "C", "age": 1, "points": 35, "tiebreak": 3, "preferences": ["moon"], "current": "sun"},
        {"id": "ren", "family": "B", "age": 1, "points": 30, "tiebreak": 2, "preferences": ["moon", "sun"]},
        {"id": "mio", "family": "B", "age": 3, "points": 30, "tiebreak": 2, "preferences": ["moon"]},
    ],
    "families": [
        {"id": "A", "children": ["aoi"], "condition": "single"},
        {"id": "B", "children": ["ren", "mio"], "condition": "same_facility"},
        {"id": "C", "children": ["haru"], "condition": "single"},
    ],
}


def none_exists() -> dict[str, Any]:
    """A couple that wants both seats or none, and a single who stands between them: whoever is seated, somebody can object."""
    return {
        **MARKET,
        "facilities": [{"id": "A", "capacity": {"1": 1}}, {"id": "B", "capacity": {"1": 1}}],
        "children": [
            {"id": "c1", "family": "C", "age": 1, "points": 30, "tiebreak": 1, "preferences": ["A"]},
            {"id": "c2", "family": "C", "age": 1, "points": 10, "tiebreak": 2, "preferences": ["B"]},
            {"id": "s", "family": "S", "age": 1, "points": 20, "tiebreak": 3, "preferences": ["A", "B"]},
        ],
        "families": [
            {"id": "C", "children": ["c1", "c2"], "condition": "same_time"},
            {"id": "S", "children": ["s"], "condition": "single"},
        ],
    }


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any], str]]:
    """(exit, the line, what was said to people) of a run on a document or a path."""

    def run(given: Any, *options: str) -> tuple[int, dict[str, Any], str]:
        path = given if isinstance(given, Path) else tmp_path / "in.json"
        if not isinstance(given, Path):
            path.write_text(json.dumps(given), encoding="utf-8")
        code = main(["place", str(path), "--out", str(tmp_path / "out.json"), *options])
        said = capsys.readouterr()
        (line,) = said.out.strip().splitlines()
        return code, json.loads(line), said.err

    return run


def written(tmp_path: Path) -> dict[str, str | None]:
    return dict(json.loads((tmp_path / "out.json").read_text("utf-8"))["assignment"])


def test_the_line_and_the_files_of_a_stable_placement(tmp_path, place):
    code, line, _ = place(MARKET, "--report", str(tmp_path / "report"))
    assert code == 0
    assert line.keys() >= KEYS
    assert (line["children"], line["seated"], line["newly_seated"], line["blocking_families"], line["stable"]) == (4, 2, 1, 0, True)
    assert written(tmp_path) == {"aoi": "sun", "haru": "moon", "mio": None, "ren": None}
    assert {path.name for path in (tmp_path / "report").iterdir()} == {
        "assignment.csv", "explanations.jsonl", "facilities.csv", "report.json", "warnings.csv",
    }  # fmt: skip
    explained = [json.loads(row) for row in (tmp_path / "report" / "explanations.jsonl").read_text("utf-8").splitlines()]
    assert [one["child"] for one in explained] == ["aoi", "haru", "mio", "ren"]


def test_none_exists_is_3_and_the_placement_with_the_fewest_is_written(tmp_path, place):
    code, line, _ = place(none_exists())
    assert (code, line["stable"], line["stable_exists"], line["blocking_families"]) == (3, False, False, 1)
    assert set(written(tmp_path)) == {"c1", "c2", "s"}
    assert main(["place", "verify", str(tmp_path / "in.json"), str(tmp_path / "out.json")]) == 1


def test_out_of_time_is_4_and_still_writes_everybody(tmp_path, place):
    code, line, _ = place(none_exists(), "--time-limit", "0.000001")
    assert (code, line["stable_exists"]) == (4, "unknown")
    assert set(written(tmp_path)) == {"c1", "c2", "s"}


def test_the_exits_of_the_check(tmp_path, place, capsys):
    place(MARKET)
    source, out = tmp_path / "in.json", tmp_path / "out.json"
    assert main(["place", "verify", str(source), str(out)]) == 0
    out.write_text(json.dumps({"assignment": {"aoi": "moon", "haru": "moon"}}))
    assert main(["place", "verify", str(source), str(out)]) == 2
    out.write_text("{")
    assert main(["place", "verify", str(source), str(out)]) == 5
    assert main(["place", "verify", str(tmp_path / "nowhere.json"), str(out)]) == 5
    assert "Traceback" not in capsys.readouterr().err


def as_tables(folder: Path, document: dict[str, Any], encoding: str, change: Callable[[str], str] = str) -> Path:
    folder.mkdir(exist_ok=True)
    rows: dict[str, list[list[Any]]] = {
        "facilities": [["id", *(f"cap{age}" for age in range(6)), "shared"]],
        "children": [["id", "family", "age", "points", "tiebreak", "current", "bonus", "pref1", "pref2", "pref3"]],
        "families": [["id", "condition", "children"]],
    }
    for one in document["facilities"]:
        rows["facilities"].append([one["id"], *(one["capacity"].get(str(age), "―") for age in range(6)), ""])
    for one in document["children"]:
        wishes = [*one["preferences"], "", "", ""][:3]
        rows["children"].append(
            [
                one["id"],
                one["family"],
                change(str(one["age"])),
                change(str(one["points"])),
                one["tiebreak"],
                one.get("current", ""),
                "",
                *wishes,
            ]
        )
    for one in document["families"]:
        rows["families"].append([one["id"], one["condition"], ";".join(one["children"])])
    for name, table in rows.items():
        with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(table)
    return folder


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp932"])
def test_three_tables_say_the_same_as_json(tmp_path, place, encoding):
    wide = as_tables(tmp_path / "tables", MARKET, encoding, lambda text: text.translate({48 + n: 0xFF10 + n for n in range(10)}))
    code, line, _ = place(wide)
    assert (code, line["seated"]) == (0, 2)
    assert written(tmp_path) == {"aoi": "sun", "haru": "moon", "mio": None, "ren": None}


def test_an_empty_cell_between_wishes_is_a_warning(tmp_path, place):
    folder = as_tables(tmp_path / "tables", MARKET, "utf-8-sig")
    text = (folder / "children.csv").read_text("utf-8-sig").replace("sun,moon", "sun,,moon").replace("sun,,moon,", "sun,,moon")
    (folder / "children.csv").write_text(text, encoding="utf-8-sig")
    code, line, _ = place(folder)
    assert code == 0
    assert "empty-wish" in {one["kind"] for one in line["warnings"]}


def test_any_order_of_rows_gives_the_same(tmp_path, place):
    for seed in range(12):
        document = write_instance(random_market(random.Random(seed)))
        results = []
        for turn in range(3):
            shuffled = {key: random.Random(turn).sample(value, len(value)) if key in ("facilities", "children", "families") else value
                        for key, value in document.items()}  # fmt: skip
            place(shuffled)
            results.append(written(tmp_path))
        assert results[0] == results[1] == results[2], seed


# -- refused: named row by row, nothing written ------------------------------------------------------------------------------------


def broken(**change: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(MARKET)), **change}


def child(**change: Any) -> list[dict[str, Any]]:
    children = json.loads(json.dumps(MARKET["children"]))
    children[0] |= change
    return list(children)


def family(**change: Any) -> list[dict[str, Any]]:
    families = json.loads(json.dumps(MARKET["families"]))
    families[1] |= change
    return list(families)


def facility(**change: Any) -> list[dict[str, Any]]:
    facilities = json.loads(json.dumps(MARKET["facilities"]))
    facilities[1] |= change
    return list(facilities)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "unknown facility": (broken(children=child(preferences=["sun", "mars"])), "mars"),
    "child twice": (broken(children=[*child(), child()[0]]), "aoi"),
    "sibling absent": (broken(families=family(children=["ren", "mio", "nobody"])), "nobody"),
    "child in two families": (broken(families=[*family(), {"id": "D", "children": ["aoi"], "condition": "single"}]), "aoi"),
    "capacity below zero": (broken(facilities=facility(capacity={"1": -1})), "moon"),
    "capacity not whole": (broken(facilities=facility(capacity={"1": 1.5})), "moon"),
    "overlapping shared": (broken(facilities=facility(shared=[[1, 2], [2, 3]])), "moon"),
    "points not whole": (broken(children=child(points=39.5)), "aoi"),
    "points a text": (broken(children=child(points="forty")), "aoi"),
    "age": (broken(children=child(age=6)), "aoi"),
    "condition": (broken(families=family(condition="together")), "B"),
    "format": (broken(format="hoiku-matching/9"), "hoiku-matching"),
    "more holders than seats": (broken(facilities=[{"id": "sun", "capacity": {"1": 0}}, *facility()[1:]]), "sun"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_input_that_cannot_be_used_is_named_and_nothing_is_written(tmp_path, place, name):
    document, mark = REFUSED[name]
    code, line, said = place(document)
    assert (code, line["ok"]) == (2, False)
    assert mark in said
    assert mark in json.dumps(line["problems"], ensure_ascii=False)
    assert not (tmp_path / "out.json").exists()


def test_every_bad_row_is_named_at_once(place):
    children = child(points="x")
    children[1]["age"] = 9
    code, line, _ = place(broken(children=children))
    assert (code, line["problems_total"]) == (2, 2)
    children = child(preferences=["mars"])
    children[1]["preferences"] = ["venus"]
    code, line, _ = place(broken(children=children))
    assert (code, line["problems_total"]) == (2, 2)


@pytest.mark.parametrize("name", ["noise.json", "deep.json", "empty.json", "text.json", "noise.csv"])
def test_nonsense_ends_soon_in_one_sentence(tmp_path, place, name):
    path = tmp_path / name
    contents = {
        "noise.json": random.Random(1).randbytes(10_000_000),
        "deep.json": b"[" * 200_000,
        "empty.json": b" \n",
        "text.json": "ひろば".encode("cp932"),
        "noise.csv": random.Random(2).randbytes(10_000_000),
    }
    path.write_bytes(contents[name])
    if path.suffix == ".csv":
        for table in ("facilities", "children", "families"):
            (tmp_path / f"{table}.csv").write_bytes(contents[name])
        path = tmp_path / "children.csv"
    began = time.monotonic()
    code, line, said = place(path)
    assert (code, line["ok"], time.monotonic() - began < 20) == (2, False, True)
    assert "Traceback" not in said
    assert said.strip()


def test_wrong_options_are_told_in_a_sentence(tmp_path, capsys):
    assert main(["place", "x.json"]) == 2
    assert "--help" in capsys.readouterr().err


WARNED: dict[str, dict[str, Any]] = {
    "no-class": broken(children=child(preferences=["sun", "moon"], age=2)),
    "no-seat": broken(facilities=[*facility(), {"id": "full", "capacity": {"1": 0}}], children=child(preferences=["full"])),
    "wish-twice": broken(children=child(preferences=["sun", "sun"])),
    "no-wish": broken(children=child(preferences=[])),
    "after-present": broken(children=[*child()[:1], {**child()[1], "preferences": ["sun", "moon"]}, *child()[2:]]),
    "nothing-in-common": broken(children=[*child()[:2], {**child()[2], "preferences": ["sun"]}, *child()[3:]]),
}


@pytest.mark.parametrize("kind", WARNED)
def test_what_is_only_odd_is_a_warning_and_changes_no_exit(tmp_path, place, kind):
    code, line, _ = place(WARNED[kind], "--report", str(tmp_path / "report"))
    assert code == 0
    assert kind in {one["kind"] for one in line["warnings"]}
    assert kind in (tmp_path / "report" / "warnings.csv").read_text("utf-8-sig")


def test_a_month_without_rules_or_with_two_is_refused():
    documents = [load(shipped("koto-2026")), load(shipped("koto-2027"))]
    assert rules_for(documents, date(2027, 4, 1)).id == "koto-2027"
    for wanted, month in ((0, date(2030, 4, 1)), (2, date(2027, 4, 1))):
        with pytest.raises(NoRules) as none:
            rules_for([*documents, documents[1]] if wanted else documents, month)
        assert none.value.count == wanted


# -- as a process ----------------------------------------------------------------------------------------------------------------------


def test_it_runs_without_django_and_without_a_database(tmp_path):
    (tmp_path / "in.json").write_text(json.dumps(MARKET))
    code = (
        "import sys; from madoguchi.cli import main; "
        f"code = main(['place', {str(tmp_path / 'in.json')!r}, '--out', {str(tmp_path / 'out.json')!r}]); "
        "assert not [name for name in sys.modules if name.startswith('django')]; sys.exit(code)"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["seated"] == 2


def test_without_the_solver_it_says_what_to_install(tmp_path):
    """No cases of our own allowed, so that even a small market needs the solver, which is not there: undecided, said, and written."""
    (tmp_path / "in.json").write_text(json.dumps(none_exists()))
    code = (
        "import sys; sys.modules['ortools'] = None; from functools import partial; "
        "from madoguchi.engines.placement import Limits, command; "
        "command.assign = partial(command.assign, limits=Limits(cases=0, cases_to_prove=0)); "
        f"sys.exit(command.main(['place', {str(tmp_path / 'in.json')!r}, '--out', {str(tmp_path / 'out.json')!r}, '--prove']))"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["stable_exists"]) == (4, "unknown")
    assert "madoguchi[placement]" in done.stderr
    assert "Traceback" not in done.stderr
    assert set(written(tmp_path)) == {"c1", "c2", "s"}


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_run_that_is_killed_leaves_what_stood_there(tmp_path, moment):
    """Killed when the new result is written but not yet in its place: the old one stays whole."""
    (tmp_path / "in.json").write_text(json.dumps(MARKET))
    out = tmp_path / "out.json"
    out.write_text('{"assignment": {"old": null}}')
    code = (
        "import os, signal, sys; from madoguchi.engines.placement.command import main; "
        f"os.{moment} = lambda *given: os.kill(os.getpid(), signal.SIGKILL); "
        f"sys.exit(main(['place', {str(tmp_path / 'in.json')!r}, '--out', {str(out)!r}]))"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert json.loads(out.read_text()) == {"assignment": {"old": None}}
