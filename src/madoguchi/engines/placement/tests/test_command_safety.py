"""What `madoguchi place` never does: delete what is no report, pass over a column, end without its line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from madoguchi.engines.placement.command import main
from madoguchi.engines.placement.tests.test_command import MARKET, SOURCE, as_tables


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.json"
    path.write_text(json.dumps(MARKET), encoding="utf-8")
    return path


def run(*arguments: object) -> int:
    return main(["place", *map(str, arguments)])


def test_a_report_takes_the_place_of_an_earlier_report_and_of_nothing_else(tmp_path, source, capsys):
    out, report = tmp_path / "out.json", tmp_path / "report"
    assert run(source, "--out", out, "--report", report) == 0
    assert run(source, "--out", out, "--report", report) == 0
    precious = tmp_path / "precious"
    (precious / "sub").mkdir(parents=True)
    (precious / "keep.txt").write_text("x")
    for place in (precious, source, tmp_path, out, precious / "keep.txt"):
        assert run(source, "--out", out, "--report", place) == 2, place
    assert (precious / "keep.txt").read_text() == "x"
    assert json.loads(source.read_text()) == MARKET
    tables = as_tables(tmp_path / "tables", MARKET, "utf-8")
    before = {path.name: path.read_bytes() for path in tables.iterdir()}
    assert run(tables, "--out", out, "--report", tables) == 2
    assert {path.name: path.read_bytes() for path in tables.iterdir()} == before
    inside = tmp_path / "new" / "out.json"
    inside.parent.mkdir()
    assert run(source, "--out", inside, "--report", inside.parent) == 2
    assert "--report" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("children.csv", "tiebreak", "tie_break", "tie_break"),
        ("children.csv", "pref2", "prefs2", "prefs2"),
        ("facilities.csv", "cap1", "cap_1", "cap_1"),
        ("children.csv", "pref3", "pref1", "pref1"),
    ],
)
def test_a_column_that_is_spelt_otherwise_is_named_and_not_passed_over(tmp_path, capsys, table, old, new, said):
    folder = as_tables(tmp_path / "tables", MARKET, "utf-8")
    path = folder / table
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    assert run(folder, "--out", tmp_path / "out.json") == 2
    assert said in capsys.readouterr().err


def test_a_cell_beyond_the_header_and_a_bonus_given_twice_are_refused(tmp_path, capsys):
    folder = as_tables(tmp_path / "tables", MARKET, "utf-8")
    children = folder / "children.csv"
    lines = children.read_text("utf-8").splitlines()
    children.write_text("\n".join([lines[0], lines[1] + ",sun", *lines[2:]]), "utf-8")
    assert run(folder, "--out", tmp_path / "out.json") == 2
    assert "2行目" in capsys.readouterr().err
    rows = [line.split(",") for line in lines]
    rows[1][rows[0].index("bonus")] = "sun:9;sun:0"
    children.write_text("\n".join(",".join(row) for row in rows), "utf-8")
    assert run(folder, "--out", tmp_path / "out.json") == 2
    assert "sun" in capsys.readouterr().err


def test_half_a_character_is_refused_with_the_line(tmp_path, source, capsys):
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(MARKET).replace('"aoi"', '"\\ud800"'))
    assert run(broken, "--out", tmp_path / "out.json") == 2
    assert json.loads(capsys.readouterr().out)["ok"] is False
    (tmp_path / "out.json").write_text('{"assignment": {"\\ud800": null}}')
    assert main(["place", "verify", str(source), str(tmp_path / "out.json")]) == 5


@pytest.mark.parametrize("encoding", ["cp932", "ascii"])
def test_the_line_comes_on_a_terminal_that_cannot_show_every_character(tmp_path, encoding):
    document = json.loads(json.dumps(MARKET).replace("\\ud842\\udfb7", "x").replace('"C"', '"\\ud842\\udfb7"'))
    document["families"][1]["condition"] = "same_facility"
    path = tmp_path / "in.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    given = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-m", "madoguchi", "place", str(path), "--out", str(tmp_path / "𠮷.json"), "--time-limit", "x"]
    done = subprocess.run(command, capture_output=True, env=given, check=False)
    assert done.returncode == 2
    assert json.loads(done.stdout.decode(encoding))["ok"] is False
    done = subprocess.run(command[:-2], capture_output=True, env=given, check=False)
    assert (done.returncode, json.loads(done.stdout.decode(encoding))["children"]) == (0, 4)
