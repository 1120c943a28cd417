"""What a resident changes after sending: in a correction just what was asked, in an amendment what is open."""

from __future__ import annotations

import io
from typing import Any

from madoguchi.applications import actions as act
from madoguchi.applications.models import Amendment, Application, Correction
from madoguchi.demo import files, people
from madoguchi.demo.filing import Case, latest_walk
from madoguchi.engines.forms import Item, Walk, get, parts_of
from madoguchi.lib.errors import Refused

MENDABLE = ("file", "phone", "address", "long_text", "text")
KINDS = {"file": "file", "phone": "phone", "address": "address", "long_text": "text", "text": "text"}


def faulty_items(case: Case, walked: Walk) -> list[tuple[str, str]]:
    """One or two answers that a clerk might ask about, each with a reason."""
    texts = people.data("words")["corrections"]
    found = [item for item in walked.items() if _is_askable(item)]
    found.sort(key=lambda item: MENDABLE.index(item.question.type) + case.rng.random() * 3)
    chosen = found[: case.rng.choice((1, 1, 2))]
    return [(item.path, case.rng.choice(texts[KINDS[item.question.type]])) for item in chosen]


def _is_askable(item: Item) -> bool:
    question = item.question
    if question.type not in MENDABLE or not item.answered or (question.type == "text" and (question.pattern or len(str(item.value)) > 100)):
        return False
    return question.type != "file" or bool(item.value["files"])


def mend(case: Case, store: Correction | Amendment, application: Application, paths: list[str]) -> None:
    """Change these answers in what is being written."""
    walked = latest_walk(application)
    for path in paths:
        item = walked.item(path)
        if item is None:
            continue
        if item.question.type == "file":
            _another_file(case, store, application, item)
        else:
            store.refresh_from_db()
            parts = parts_of(item.question, _changed(case, item))
            act.save_answers(store=store, application=application, items=[item], posted={path: parts})


def _another_file(case: Case, store: Any, application: Application, item: Item) -> None:
    held = act.files_of(get(store.values, item.path))
    for file in held:
        store.refresh_from_db()
        act.detach(store=store, application=application, path=item.path, file_id=file["id"])
    name, content = files.sample(held[0]["name"] if held else "tsuika.pdf", case.rng)
    store.refresh_from_db()
    act.attach(store=store, application=application, question=item.question, path=item.path, file=io.BytesIO(content), name=name)


def _changed(case: Case, item: Item) -> Any:
    question, value, words = item.question, item.value, people.data("words")["mended"]
    if question.type == "phone":
        return case.world.telephones.next()
    if question.type == "address":
        return {**value, "block": f"{value['block'].rsplit('-', 1)[0]}-{case.rng.randint(1, 24)}"}
    if question.type == "long_text":
        return f"{value}\n{words['long_text']}" if value else words["long_text"]
    if question.type == "choice":
        return next((choice.id for choice in item.choices if choice.id != value), value)
    if question.type == "choices":
        usual = [choice.id for choice in item.choices if not choice.exclusive and choice.id != "other"]
        return [one for one in usual if one not in (value or [])][:2] or usual[:1]
    return f"{value}（確認済み）"


def amend_something(case: Case, application: Application) -> bool:
    """Send an amendment of one open answer; False when nothing that is open could be changed."""
    walked = latest_walk(application)
    open_now = act.amendable_paths(application, walked)
    usual = [item for item in walked.items() if item.path in open_now and item.question.type in (*KINDS, "choice", "choices")]
    usual = [
        item for item in usual if item.question.type in ("file", "choice", "choices") or (item.answered and item.question.type != "text")
    ]
    usual.sort(key=lambda item: (item.question.type != "file", case.rng.random()))
    for item in usual[:4]:
        amendment = act.begin_amendment(application=application)
        try:
            mend(case, amendment, application, [item.path])
            amendment.refresh_from_db()
            act.amend(amendment=amendment, by=application.resident)
        except Refused:
            act.drop_amendment(amendment=amendment)
        else:
            return True
    return False
