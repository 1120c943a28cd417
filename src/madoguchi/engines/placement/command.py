"""`madoguchi place INSTANCE --out ASSIGNMENT.json` and `madoguchi place verify INSTANCE ASSIGNMENT`.

Each run writes exactly one JSON line, the last of standard output; people are spoken to on standard error. Exit of a placement: 0 stable,
3 proven that none exists, 4 none found and not proven, 2 input that could not be used. Exit of a check: 0 stable, 1 feasible with
blocking families, 2 infeasible, 5 unreadable.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TextIO

from .assign import assign
from .instance import Doubt, Instance, Result, Unusable
from .reading import read_assignment, read_path
from .reading_csv import tables_beside
from .report import require_free, verification, write_report
from .verdict import Verdict
from .verify import verify
from .writing import write_assignment

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

STABLE, NONE_EXISTS, NOT_FOUND, UNUSABLE = 0, 3, 4, 2
FEASIBLE, INFEASIBLE, UNREADABLE = 1, 2, 5
MOST_SAID, MOST_WARNINGS = 200, 100
NEEDS_SOLVER: Final = "順に決める方法では落ち着きませんでした。安定した割当があるかどうかを調べるには、追加の部品が要ります：pip install 'madoguchi[placement]'"


def main(argv: list[str]) -> int:
    """Run the sub-command; the leading word `place` may be there or not."""
    arguments = argv[1:] if argv[:1] == ["place"] else argv
    gc.disable()  # so many rows and no circles among them: looking for circles would take a fifth of the time
    if arguments[:1] == ["verify"]:
        return _verify(arguments[1:])
    return _place(arguments)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise Unusable([("", f"使い方が違います（{message}）。--help で説明が出ます。")])


def _place(arguments: list[str]) -> int:
    try:
        options = _place_parser().parse_args(arguments)
        instance, doubts, sha256 = read_path(options.instance)
        if options.report is not None:
            require_free(options.report, [options.instance, *(tables_beside(options.instance) or {}).values(), options.out])
        stop = _stop(options.time_limit)
        result = assign(instance, prove=options.prove, max_seated=options.max_seated, rule=options.rule, out_of_time=stop)
    except Unusable as unusable:
        return _refuse(unusable, UNUSABLE)
    verdict = verify(instance, result.places, rule=options.rule)
    line = _line(instance, result, verdict, doubts, options.rule) | {"input_sha256": sha256}
    place = options.out
    try:
        if options.report is not None:
            place = options.report
            write_report(options.report, instance, result.places, _timed(line), doubts, verdict)
        place = options.out
        _write(options.out, write_assignment(result.places))
    except OSError as error:
        return _refuse(Unusable([(str(place), f"書けません（{error.strerror}）。")]), UNUSABLE)
    _say_result(result, verdict)
    _answer(_timed(line))
    return _exit(result, verdict, options.rule)


def _place_parser() -> _Parser:
    parser = _Parser(
        prog="madoguchi place", description="保育所等の利用調整をします。`madoguchi place verify` は結果を別の手順で確かめます。"
    )
    parser.add_argument("instance", type=Path, metavar="INSTANCE", help="JSONのファイル、または3つのCSVがあるフォルダー")
    parser.add_argument("--out", type=Path, required=True, metavar="ASSIGNMENT.json", help="結果を書くファイル")
    parser.add_argument("--prove", action="store_true", help="安定した割当がないときの証明を、より長く探します")
    parser.add_argument("--max-seated", action="store_true", help="安定した割当の中で、入れる人数が最も多いものを探します")
    parser.add_argument(
        "--time-limit", type=_seconds, default=None, metavar="S", help="この秒数で探すのをやめます（結果は時間で変わりません）"
    )
    parser.add_argument("--report", type=Path, default=None, metavar="DIR", help="報告を書くフォルダー")
    parser.add_argument("--rule", choices=["points", "wishes"], default="points", help="points：優先順位重視、wishes：希望順位重視")
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e9:
        raise ValueError(text)
    return value


def _stop(seconds: float | None) -> Callable[[], bool] | None:
    if seconds is None:
        return None
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _line(instance: Instance, result: Result, verdict: Verdict, doubts: Sequence[Doubt], rule: str) -> dict[str, Any]:
    places = result.places
    now = {child.id: child.current for child in instance.children}
    blocking = sorted({one.family for one in verdict.blocking})
    return {
        "children": len(instance.children),
        "seated": sum(place is not None for place in places.values()),
        "newly_seated": sum(place is not None and now[child] is None for child, place in places.items()),
        "blocking_families": verdict.families,
        "blocking": blocking,
        "stable": verdict.stable and rule == "points",
        "stable_exists": "unknown" if result.stable_exists is None else result.stable_exists,
        "proof": result.proof,
        "warnings": [{"kind": one.kind, "where": one.where, "message": one.message} for one in doubts[:MOST_WARNINGS]],
        "warnings_total": len(doubts),
        "violations": len(verdict.violations),
        "wasted": len(verdict.wasted),
        "minimum": result.minimum,
        "most_seated": result.most_seated,
        "frozen": [
            {"family": one.family, "wanted": list(one.wanted), "seats": [[place, list(ages)] for place, ages in one.seats]}
            for one in result.frozen
        ],
        "remarks": list(result.remarks),
        "rule": rule,
    }


def _exit(result: Result, verdict: Verdict, rule: str) -> int:
    if rule == "wishes":
        return STABLE if verdict.feasible and not verdict.blocking else NOT_FOUND
    if verdict.stable and not result.blocking:
        return STABLE
    return NONE_EXISTS if result.stable_exists is False and verdict.feasible else NOT_FOUND


def _say_result(result: Result, verdict: Verdict) -> None:
    if verdict.stable != (not result.blocking) and result.remarks != ("rule-wishes",):
        _tell("割当と検査の結果が食い違っています。この結果を使わずに、入力とともに開発者に知らせてください。")
    for one in verdict.violations[:MOST_SAID]:
        _tell(one.message)
    if "solver-missing" in result.remarks:
        _tell(NEEDS_SOLVER)


def _write(path: Path, document: Mapping[str, Any]) -> None:
    """The whole file or none: beside its place first, then put there."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=False, indent=0)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _verify(arguments: list[str]) -> int:
    parser = _Parser(prog="madoguchi place verify", description="割当を、決める手順とは別の手順で確かめます。")
    parser.add_argument("instance", type=Path, metavar="INSTANCE")
    parser.add_argument("assignment", type=Path, metavar="ASSIGNMENT")
    parser.add_argument("--weak", action="store_true", help="同順位の子どもに席を譲らせない見方で確かめます")
    parser.add_argument("--rule", choices=["points", "wishes"], default="points")
    try:
        options = parser.parse_args(arguments)
        instance, _doubts, sha256 = read_path(options.instance)
        places = {**dict.fromkeys((child.id for child in instance.children), None), **read_assignment(options.assignment)}
        verdict = verify(instance, places, weak=options.weak, rule=options.rule)
    except Unusable as unusable:
        return _refuse(unusable, UNREADABLE)
    for one in verdict.violations[:MOST_SAID]:
        _tell(one.message)
    _answer({**verification(verdict), "children": len(instance.children), "input_sha256": sha256})
    return INFEASIBLE if not verdict.feasible else FEASIBLE if verdict.blocking else STABLE


def _refuse(unusable: Unusable, code: int) -> int:
    for where, sentence in unusable.problems[:MOST_SAID]:
        _tell(f"{where}：{sentence}" if where else sentence)
    if len(unusable.problems) > MOST_SAID:
        _tell(f"ほかに{len(unusable.problems) - MOST_SAID}件あります。")
    problems = [{"where": where, "message": sentence} for where, sentence in unusable.problems[:MOST_SAID]]
    _answer({"ok": False, "problems": problems, "problems_total": len(unusable.problems)})
    return code


def _timed(line: Mapping[str, Any]) -> dict[str, Any]:
    """With the process's own time since its start, loading included, and its largest size."""
    return {**line, "seconds": round(time.process_time(), 3), "peak_mb": _peak()}


def _peak() -> float | None:
    """Megabytes; None where the system does not tell (Windows)."""
    if resource is None:
        return None
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(size / (1024**2 if sys.platform == "darwin" else 1024), 1)


def _answer(value: Mapping[str, Any]) -> None:
    _print(sys.stdout, json.dumps(value, ensure_ascii=False))


def _tell(message: str) -> None:
    _print(sys.stderr, message)


def _print(stream: TextIO, line: str) -> None:
    """A line whatever the terminal can show: what its encoding lacks is written as an escape, which JSON reads back."""
    line = line.replace("\n", " ")
    encoding = stream.encoding or "utf-8"
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        line = "".join(char if _fits(char, encoding) else json.dumps(char)[1:-1] for char in line)
    stream.write(line + "\n")
    stream.flush()


def _fits(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
