"""`madoguchi forms lint FILE…`, `madoguchi forms lint --library [FOLDER] --json` and `madoguchi forms check FORM ANSWERS [--on DATE]`.

Each run writes exactly one JSON line, the last of standard output; people are spoken to on
standard error. Exit 0: clean, 1: problems, 2: something could not be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from .canonical import document_hash
from .checking import check_walk
from .collection import LEAST_OWN, Counted, alike, counted, summary
from .definition import Faulty, Form
from .linting import lint
from .loading import load
from .problems import say
from .walking import walk

CLEAN, PROBLEMS, UNREADABLE = 0, 1, 2


class _InputError(Exception):
    """A file that could not be used."""


def main(argv: list[str], library: Path | None = None) -> int:
    """Run the sub-command; the leading word `forms` may be there or not. `library`: the folder that `--library` means without a name."""
    try:
        options = _parser(library).parse_args(argv[1:] if argv[:1] == ["forms"] else argv)
        status: int = options.run(options)
    except _InputError as fault:
        _tell(str(fault))
        _answer({"ok": False, "error": str(fault)})
        return UNREADABLE
    return status


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise _InputError(message)


def _parser(library: Path | None) -> argparse.ArgumentParser:
    parser = _Parser(prog="madoguchi forms", description="様式（フォーム）の定義と答えを調べます")
    commands = parser.add_subparsers(required=True, metavar="lint|check")
    linting = commands.add_parser("lint", help="定義の直すべきところを挙げます")
    linting.add_argument("files", nargs="*", type=Path, metavar="FILE")
    linting.add_argument("--library", nargs="?", type=Path, const=library, metavar="FOLDER", help="見本のフォルダ全体を数えます")
    linting.add_argument("--json", action="store_true", help="（いつもJSONの1行で答えます）")
    linting.add_argument("--notes", action="store_true", help="ことばの助言も含めます")
    linting.set_defaults(run=_lint)
    checking = commands.add_parser("check", help="答えを調べます")
    checking.add_argument("form", type=Path, metavar="FORM")
    checking.add_argument("answers", type=Path, metavar="ANSWERS")
    checking.add_argument("--on", type=_day, default=None, metavar="DATE", help="today として使う日（2026-04-01 の形）")
    checking.set_defaults(run=_check)
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _InputError(f"日付は 2026-04-01 の形で書いてください: {text}") from None


def _json(path: Path) -> Mapping[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except OSError as fault:
        raise _InputError(f"{path}: {fault.strerror}") from None
    except (ValueError, RecursionError):
        raise _InputError(f"{path}: JSONとして読めません") from None
    if not isinstance(value, Mapping):
        raise _InputError(f"{path}: オブジェクト（{{…}}）ではありません")
    return value


def _lint(options: argparse.Namespace) -> int:
    """One line with all files in it: whoever reads it needs the last line only."""
    if options.library is not None:
        return _lint_library(options.library)
    if not options.files:
        raise _InputError("様式のファイルか --library を書いてください")
    files = []
    for path in options.files:
        document = _json(path)
        shown = [each for each in lint(document) if options.notes or each.level != "note"]
        for each in shown:
            _tell(f"{path}: {each.level}: {each.path}: {each.message}")
        findings = [{"path": each.path, "key": each.key, "level": each.level, "message": each.message} for each in shown]
        files.append({"file": str(path), "hash": document_hash(document) if _is_hashable(shown) else None, "findings": findings})
    clean = all(each["level"] == "note" for file in files for each in _findings(file))
    _answer({"ok": clean, "files": files})
    return CLEAN if clean else PROBLEMS


def _lint_library(folder: Path) -> int:
    """One line that counts a library: FOLDER/<id>/form.json and examples.json, the blocks beside it in FOLDER/../blocks."""
    paths = sorted(folder.glob("*/form.json"))
    if not paths:
        raise _InputError(f"{folder}: 様式（<id>/form.json）がありません")
    standard = _concepts(_json(path) for path in sorted(folder.parent.glob("blocks/*.json")))
    forms: list[Counted] = []
    faults: list[str] = []
    for path in paths:
        document = _json(path)
        found = [each for each in lint(document) if each.level != "note"]
        faults += [f"{path}: {each.level}: {each.path}: {each.message}" for each in found]
        if not any(each.key == "fault" for each in found):
            forms.append(counted(load(document), standard))
    faults += [f"{one} と {other} は同じ様式です（独自の質問の{shared:.0%}が同じ）" for one, other, shared in alike(forms)]
    faults += [
        f"{form.id}: 独自の質問が{len(form.own)}個しかありません（{LEAST_OWN}個から）" for form in forms if len(form.own) < LEAST_OWN
    ]
    for fault in faults:
        _tell(fault)
    with_examples = sum(bool(_json(path).get("examples")) for path in folder.glob("*/examples.json"))
    _answer({**summary(forms, with_examples), "problems": len(faults)})
    return PROBLEMS if faults else CLEAN


def _concepts(blocks: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """What the blocks ask for, by meaning."""
    return frozenset(str(each["concept"]) for block in blocks for each in block["section"]["questions"] if each.get("concept"))


def _findings(file: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = file["findings"]
    return found


def _is_hashable(findings: Sequence[Any]) -> bool:
    """A document with faults may hold what has no canonical spelling."""
    return not any(each.key == "fault" for each in findings)


def _form(path: Path) -> Form:
    try:
        return load(_json(path))
    except Faulty as faulty:
        for where, message in faulty.problems:
            _tell(f"{path}: {where}: {message}")
        raise _InputError(f"{path}: 定義に直すところがあります（{len(faulty.problems)}件）") from None


def _check(options: argparse.Namespace) -> int:
    form, answers = _form(options.form), _json(options.answers)
    on = options.on or date.today()
    walked = walk(form, answers, on=on)
    problems = check_walk(walked, answers)
    for problem in problems:
        _tell(f"{problem.level}: {problem.path}: {say(problem, 'ja')}")
    errors = sum(problem.level == "error" for problem in problems)
    _answer(
        {
            "ok": not errors,
            "on": on.isoformat(),
            "pages": [page.page.id for page in walked.pages],
            "ended": walked.ended.page.id if walked.ended else None,
            "calculations": walked.calculations,
            "problems": [
                {"path": each.path, "key": each.key, "level": each.level, "part": each.part, "say": say(each, "ja")} for each in problems
            ],
        }
    )
    return PROBLEMS if errors else CLEAN


def _answer(value: Mapping[str, Any]) -> None:
    _write(sys.stdout, json.dumps(value, ensure_ascii=False))


def _tell(message: str) -> None:
    _write(sys.stderr, message)


def _write(stream: TextIO, line: str) -> None:
    stream.write(line.replace("\n", " ") + "\n")
    stream.flush()
