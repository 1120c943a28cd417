"""Answers as people read them: for the check page, the status page and the desk. Walked, never listed by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from madoguchi.applications.models import Application
from madoguchi.engines.forms import Item, Problem, Walk, pick, say, show, split_path
from madoguchi.lib.tags import reader
from madoguchi.procedures.actions import lists

Address = Callable[[str, str], str]  # (page id, row id) → address


def groups_of(
    walked: Walk,
    application: Application,
    *,
    change: Address | None = None,
    before: Mapping[str, Any] | None = None,
    only: Iterable[str] | None = None,
    language: str | None = None,
    origins: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Rows for parts/answers_list.html, grouped by page and row. `before` holds the old canonical values of what changed, by path;

    `origins` says by path from where an answer was taken over."""
    speech, known = language or reader(), lists()
    wanted = set(only) if only is not None else None
    groups: list[dict[str, Any]] = []
    for page in walked.pages:
        current: dict[str, Any] | None = None
        for group in page.groups:
            title = _title(page, group, speech)
            rows = [
                _row(item, page.page.id, speech, known, change, before or {})
                for item in group.items
                if item.question.type != "information" and (wanted is None or item.path in wanted)
            ]
            if not rows:
                continue
            if current is None or current["title"] != title:
                current = {"title": title, "level": 2, "rows": []}
                groups.append(current)
            current["rows"] += [{**row, "origin": origins.get(row["path"], "")} for row in rows] if origins else rows
    return groups


def _title(page: Any, group: Any, language: str) -> str:
    head = pick(page.page.title, language)
    return f"{head}{': ' if language == 'en' else '：'}{group.row.named(language)}" if group.row is not None else head


def _row(item: Item, page: str, language: str, known: Any, change: Address | None, before: Mapping[str, Any]) -> dict[str, Any]:
    in_page_row = item.row is not None and item.row.repeat.section is None
    row_id = item.row.id if item.row is not None and in_page_row else ""
    label = pick(item.question.label, language)
    old = before.get(item.path)
    return {
        "path": item.path,
        "label": label,
        "value": show(item.question, item.value, language, lists=known) if item.answered else "",
        "files": item.value.get("files", []) if item.question.type == "file" and isinstance(item.value, Mapping) else [],
        "question": item.question,
        "change_address": change(page, row_id) if change and item.question.is_typed else "",
        "change_name": f"{item.row.named(language)} {label}" if item.row else label,
        "changed": item.path in before,
        "before": show(item.question, old, language, lists=known) if old is not None else "",
    }


def problem_rows(walked: Walk, problems: Iterable[Problem], change: Address) -> list[dict[str, str]]:
    """Problems as links to the page that mends them."""
    rows = []
    for problem in problems:
        item = walked.item(problem.path)
        row = split_path(problem.path).row or ""
        in_page_row = item is not None and item.row is not None and item.row.repeat.section is None
        rows.append({"address": change(problem.page, row if in_page_row else ""), "sentence": say(problem, reader())})
    return rows
