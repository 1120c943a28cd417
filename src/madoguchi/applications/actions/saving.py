"""Saving a page of the draft (or of a correction or amendment under way): every navigation saves, nothing typed is lost."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import User
from madoguchi.applications.models import Amendment, Answers, Application, Correction, FilingBundle, Secret
from madoguchi.engines.forms import Item, Problem, Question, Reading, canonical_json, get, put, read, rows_of, split_path, walk
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import lists

Posted = Mapping[str, Mapping[str, Sequence[str]]]  # path → part → texts
Store = Answers | Correction | Amendment | FilingBundle  # all hold values, typed, edition
Asking = Application | FilingBundle  # what has a form: `version.form`

MAX_ANSWERS_BYTES = 1_000_000
NOT_POSTED = frozenset({"file", "information", "calculated"})  # changed by uploads, or by nobody


@dataclass(frozen=True)
class Saved:
    """What a save did. `conflicts` are paths that somebody changed in another tab meanwhile: nothing was saved then."""

    edition: int
    conflicts: tuple[str, ...] = ()
    unread: tuple[Problem, ...] = ()  # numbers that could not be read and are kept nowhere
    understood: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def as_of(store: Store) -> date:
    """The day on which `today` is evaluated: now for a draft; the filed day for a revision, and for what mends or amends one.

    An age must not change in a filed form because the person was asked for a missing paper.
    """
    if isinstance(store, FilingBundle):
        return timezone.localdate()
    if isinstance(store, Answers):
        return timezone.localdate() if store.kind == "draft" else store.as_of
    return store.application.latest().as_of


def fingerprint(store: Store, items: Iterable[Item]) -> str:
    """Eight characters that change when one of these answers (or its text as typed) does: a page carries it to notice a second tab."""
    paths = sorted(item.path for item in items if item.question.type not in NOT_POSTED)
    seen = canonical_json([[path, get(store.values, path), store.typed.get(path)] for path in paths])
    return hashlib.sha256(seen.encode()).hexdigest()[:8]


def locked(store: Store) -> Any:
    """The store itself, held until the transaction ends; raises Refused when it was sent or thrown away meanwhile (in another tab)."""
    found = type(store).objects.select_for_update().filter(pk=store.pk).first()
    is_over = found is None or getattr(found, "state", "open") != "open" or getattr(found, "arrived_at", None) is not None
    is_over = is_over or getattr(found, "blanked_at", None) is not None
    if is_over:
        raise Refused(_("この内容は、もう送られたか、取り消されています。状況の画面を開いて確かめてください。"), code="gone")
    return found


@transaction.atomic
def save_answers(
    *, store: Store, application: Asking, items: Sequence[Item], posted: Posted, seen: str = "", by: User | None = None
) -> Saved:
    """Read what was posted for these items and write values and typed texts; raises Refused when the answers grew beyond all measure."""
    store = locked(store)
    readings = {item.path: _read(item, posted[item.path], store) for item in items if item.path in posted}
    if seen and seen != fingerprint(store, items):
        changed = tuple(item.path for item in items if item.path in readings and _differs(item, readings[item.path], store))
        if changed:
            return Saved(store.edition, conflicts=changed)
    for item in items:
        if item.path in readings:
            _write(store, application, item.question, item.path, readings[item.path])
    _save(store, application, by)
    by_path = {item.path: item.question for item in items}
    return Saved(
        store.edition,
        unread=tuple(_problem(path, by_path[path], reading) for path, reading in readings.items() if reading.problem and not reading.typed),
        understood={path: reading.understood for path, reading in readings.items() if reading.understood},
    )


def _problem(path: str, question: Question, reading: Reading) -> Problem:
    assert reading.problem is not None
    params = {"label": question.label, **reading.problem.params}
    return Problem(path, reading.problem.key, params=params, page=question.page, part=reading.problem.part)


def _read(item: Item, parts: Mapping[str, Sequence[str]], store: Store) -> Reading:
    return read(item.question, parts, on=as_of(store), lists=lists(), value=get(store.values, item.path))


def _differs(item: Item, reading: Reading, store: Store) -> bool:
    """Whether what came is not what is stored; a sealed number cannot be compared, so the newest one stands."""
    if item.question.type == "mynumber":
        return False
    stored = get(store.values, item.path)
    if reading.value is None and stored is None:
        return dict(reading.typed or {}) != store.typed.get(item.path, {})
    return canonical_json(reading.value) != canonical_json(stored)


def _write(store: Store, application: Asking, question: Question, path: str, reading: Reading) -> None:
    value = reading.value
    if question.type == "mynumber" and isinstance(value, str):
        value = _seal(application, path, value)
    store.values = put(store.values, path, value)
    typed = {key: texts for key, texts in store.typed.items() if key != path}
    store.typed = {**typed, path: dict(reading.typed)} if reading.typed else typed


def _seal(application: Application, path: str, digits: str) -> dict[str, str]:
    """個人番号 never enters the values: a sealed row holds it and the answer holds that row's id."""
    secret = Secret(application=application, path=path)
    secret.take_municipality()
    secret.close(digits)
    secret.save()
    return {"secret": str(secret.pk)}


def _save(store: Store, application: Asking, by: User | None) -> None:
    if len(canonical_json([store.values, store.typed])) > MAX_ANSWERS_BYTES:
        raise Refused(_("入力された文章が長すぎて保存できません。文章を短くしてください。"), code="answers_too_large")
    store.edition += 1
    fields = ["values", "typed", "edition"]
    if isinstance(store, Answers):
        store.at, store.by = timezone.now(), by
        fields += ["at", "by"]
    store.save(update_fields=fields)
    if isinstance(store, Answers):
        Application.objects.filter(pk=application.pk).update(saved_at=timezone.now(), ending_told_at=None)


def write_answers(*, store: Store, application: Asking, values: Mapping[str, Any], by: User | None = None) -> None:
    """Write whole canonical answers into a store that the caller holds locked; raises Refused when they grew beyond all measure."""
    store.values = dict(values)
    _save(store, application, by)


@transaction.atomic
def add_row(*, store: Store, application: Asking, repeat_id: str, by: User | None = None) -> str:
    """A new empty row of a repeat group; gives its id. Raises Refused at the group's maximum."""
    store = locked(store)
    repeat = application.version.form.repeat(repeat_id)
    rows = rows_of(store.values, repeat_id)
    if len(rows) >= repeat.max:
        raise Refused(_("これ以上は追加できません。（%(max)s件まで）") % {"max": repeat.max}, code="too_many_rows")
    row_id = f"r{secrets.token_hex(4)}"
    store.values = {**store.values, repeat_id: [*rows, {"row": row_id}]}
    _save(store, application, by)
    return row_id


@transaction.atomic
def remove_row(*, store: Store, application: Asking, row_path: str, by: User | None = None) -> None:
    """Take a row out; taking out one that is gone is fine (a button pressed twice)."""
    store = locked(store)
    place = split_path(row_path)
    rows = [row for row in rows_of(store.values, place.repeat or "") if row["row"] != place.row]
    store.values = {**store.values, str(place.repeat): rows}
    store.typed = {path: texts for path, texts in store.typed.items() if not path.startswith(f"{row_path}.")}
    _save(store, application, by)


@transaction.atomic
def set_answer(*, store: Store, application: Asking, path: str, value: Any, by: User | None = None) -> None:
    """Write one canonical value (files, ranked lists moved by buttons); the caller checked that the question counts."""
    store = locked(store)
    store.values = put(store.values, path, value)
    store.typed = {key: texts for key, texts in store.typed.items() if key != path}
    _save(store, application, by)


@transaction.atomic
def mark_page_done(*, draft: Answers | FilingBundle, page: str) -> None:
    """Remember that the person went past a page, so that resuming lands on the first one they have not."""
    if page not in draft.pages_done:
        draft.pages_done = [*draft.pages_done, page]
        draft.save(update_fields=["pages_done"])


def walk_of(application: Asking, store: Store) -> Any:
    """The walk of what is stored: the only truth for every page, summary and paper."""
    return walk(application.version.form, store.values, on=as_of(store), lists=lists())
