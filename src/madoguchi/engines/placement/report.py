"""What `--report` leaves in a folder: for people as tables, for programs as JSON."""

from __future__ import annotations

import csv
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from .explain import explain
from .instance import Doubt, Instance, Places, Unusable
from .summary import Summary, summarise
from .tables import Tables
from .verdict import Verdict

NAMES: Final = frozenset({"report.json", "assignment.csv", "warnings.csv", "facilities.csv", "explanations.jsonl"})


def require_free(folder: Path, kept: Iterable[Path]) -> None:
    """Raises Unusable where a report would take the place of something that is no report of ours, or of a file of this run (`kept`)."""
    target = folder.resolve()
    if any(target == path or target in path.parents for path in (one.resolve() for one in kept)):
        raise Unusable([(str(folder), "入力や結果のファイルがある場所です。--report には、別のフォルダーを指定してください。")])
    if not folder.exists() and not folder.is_symlink():
        return
    if folder.is_symlink() or not folder.is_dir():
        raise Unusable([(str(folder), "フォルダーではありません。--report には、報告のためのフォルダーを指定してください。")])
    names = {one.name for one in folder.iterdir()}
    if names and not ("report.json" in names and names <= NAMES):
        raise Unusable(
            [(str(folder), "ほかのファイルがあります。消さないように、空のフォルダーか、前の報告のフォルダーを指定してください。")]
        )


def write_report(folder: Path, instance: Instance, places: Places, line: dict[str, Any], doubts: Sequence[Doubt], verdict: Verdict) -> None:
    """Write the whole folder beside its place and then put it there: who looks finds all of it or what was there before."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        tables = Tables(instance, places)
        summary = summarise(instance, places, tables=tables)
        whole = {**line, "summary": summary.as_data(), "verification": verification(verdict)}
        (made / "report.json").write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", "utf-8")
        _table(made / "assignment.csv", ("child", "facility"), ((child, place or "") for child, place in sorted(places.items())))
        _table(made / "warnings.csv", ("kind", "where", "message"), ((one.kind, one.where, one.message) for one in doubts))
        _facilities(made / "facilities.csv", summary)
        with (made / "explanations.jsonl").open("w", encoding="utf-8") as file:
            for child in sorted(one.id for one in instance.children):
                file.write(json.dumps(explain(instance, places, child, tables=tables).as_data(), ensure_ascii=False) + "\n")
        made.chmod(0o755)
        _put(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _put(made: Path, folder: Path) -> None:
    """Exchange a folder for an earlier one of the same name."""
    before = made.with_name(made.name + ".old")
    if folder.exists():
        os.replace(folder, before)
    os.replace(made, folder)
    shutil.rmtree(before, ignore_errors=True)


def verification(verdict: Verdict) -> dict[str, Any]:
    """What the independent check says, whole."""
    return {
        "feasible": verdict.feasible,
        "stable": verdict.stable,
        "families": verdict.families,
        "pairs": verdict.pairs,
        "violations": [{"kind": one.kind, "message": one.message} for one in verdict.violations],
        "blocking": [
            {"family": one.family, "children": list(one.children), "wanted": list(one.wanted), "displaced": list(one.displaced)}
            for one in verdict.blocking
        ],
        "wasted": [{"facility": one.facility, "classes": list(one.classes), "family": one.family} for one in verdict.wasted],
    }


def _facilities(path: Path, summary: Summary) -> None:
    header = ("facility", "classes", "seats", "wishes", "placed", "staying", "left", "waiting", "last_points", "ratio")
    rows = (
        (
            one.facility, "+".join(map(str, one.classes)), one.seats, sum(one.wishes), one.placed, one.staying, one.left, one.waiting,
            "" if one.last_points is None else one.last_points, "" if one.ratio is None else one.ratio,
        )
        for one in summary.classes
    )  # fmt: skip
    _table(path, header, rows)


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(rows)
