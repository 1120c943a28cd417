"""Example answers of a procedure: kept with what the checker must find, run against every version before it is published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.engines.forms import Form, Lists, canonical_json, check_walk, walk
from madoguchi.engines.japanese import remove_forbidden
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions.lists import lists
from madoguchi.procedures.models import CLEAN, ENDS, FormExample, Procedure

Expected = str | Sequence[str]
MOST, MAX_BYTES = 60, 200_000


@dataclass(frozen=True)
class Outcome:
    """What became of one example: `found` is "clean", "ends" or the keys of errors; `missing` and `extra` are what keeps it from passing."""

    example: FormExample
    found: Expected
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    at: Mapping[str, str] = field(default_factory=dict)  # key of a problem: where it was found first

    @property
    def passes(self) -> bool:
        return not self.missing and not self.extra


def found_in(form: Form, answers: Mapping[str, Any], *, on: date, known: Lists) -> tuple[Expected, Mapping[str, str]]:
    """("clean", "ends" or the keys of the errors; where each key was found first, warnings too) of invented answers on a day."""
    walked = walk(form, answers, on=on, lists=known)
    if walked.ended is not None:
        return ENDS, {}
    problems = check_walk(walked, answers, lists=known)
    errors = list(dict.fromkeys(problem.key for problem in problems if problem.level == "error"))
    return errors or CLEAN, {problem.key: problem.path for problem in reversed(problems)}


def run_example(*, example: FormExample, form: Form, known: Lists) -> Outcome:
    """Walk and check an example with a form; what it expects must be found, and no other error."""
    found, at = found_in(form, example.answers, on=example.on, known=known)
    expect = example.expect
    if ENDS in (found, expect):
        return Outcome(example, found, *((), ()) if found == expect else ((_said(expect),), (_said(found),)))
    wanted = [] if expect == CLEAN else list(expect)
    errors = [] if found == CLEAN else list(found)
    missing = tuple(key for key in wanted if key not in at)
    return Outcome(example, found, missing, tuple(key for key in errors if key not in wanted), at)


def _said(expected: Expected) -> str:
    return expected if isinstance(expected, str) else "、".join(expected)


def run_examples(*, procedure: Procedure, form: Form) -> list[Outcome]:
    """All standing examples of a procedure with a form, in their order."""
    known = lists()
    return [run_example(example=one, form=form, known=known) for one in procedure.examples.standing()]  # type: ignore[attr-defined]


@transaction.atomic
def keep_example(
    *, procedure: Procedure, name: str, on: date, answers: Mapping[str, Any], expect: Expected, by: User | None, origin: str = ""
) -> FormExample:
    """Keep invented answers as an example. Raises Refused without a name, for too many, and for what is no set of answers."""
    if procedure.examples.standing().count() >= MOST:  # type: ignore[attr-defined]
        raise Refused(_("例は%(most)s件までです。いらない例を外してから加えてください。") % {"most": MOST}, code="too_many_examples")
    facts = _sound(name, answers, expect)
    made = FormExample.objects.create(procedure=procedure, on=on, origin=origin, by=by, **facts)
    record("procedures.keep_example", by=by, on=made, division=procedure.division, procedure=procedure.slug)
    return made


def _sound(name: str, answers: Mapping[str, Any], expect: Expected) -> dict[str, Any]:
    if not name.strip():
        raise Refused(_("例の名前を入力してください。"), code="no_name")
    if not _can_be_kept(answers):
        raise Refused(_("回答の形が違うか、大きすぎます。"), code="bad_answers")
    keys = expect if isinstance(expect, str) else [str(one) for one in expect if str(one).strip()]
    if not keys or (isinstance(keys, str) and keys not in (CLEAN, ENDS)):
        raise Refused(_("結果を選んでください。エラーになる例では、エラーの種類を1つ以上入力してください。"), code="no_expectation")
    return {"name": remove_forbidden(name).strip()[:120], "answers": dict(answers), "expect": keys}


def _can_be_kept(answers: Any) -> bool:
    """An object without fractions that only machines write, without halves of characters, and not too large."""
    try:
        text = canonical_json(answers).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return isinstance(answers, Mapping) and len(text) <= MAX_BYTES and b"\\u0000" not in text


@transaction.atomic
def change_example(
    *, example: FormExample, name: str, on: date, answers: Mapping[str, Any], expect: Expected, because: str, by: User
) -> FormExample:
    """Change an example, with the reason: it is what later versions are held to. Raises Refused."""
    row = _standing(example)
    if not because.strip():
        raise Refused(_("例を変える理由を入力してください。"), code="no_reason")
    for key, value in _sound(name, answers, expect).items():
        setattr(row, key, value)
    row.on, row.because = on, remove_forbidden(because).strip()[:300]
    row.save()
    record("procedures.change_example", by=by, on=row, division=row.procedure.division, procedure=row.procedure.slug)
    return row


@transaction.atomic
def drop_example(*, example: FormExample, because: str, by: User) -> FormExample:
    """Hold versions to an example no longer; it stays readable with the reason. Raises Refused without one."""
    row = _standing(example)
    if not because.strip():
        raise Refused(_("例を外す理由を入力してください。"), code="no_reason")
    row.because, row.dropped_at, row.dropped_by = remove_forbidden(because).strip()[:300], timezone.now(), by
    row.save(update_fields=["because", "dropped_at", "dropped_by"])
    record("procedures.drop_example", by=by, on=row, division=row.procedure.division, procedure=row.procedure.slug)
    return row


def _standing(example: FormExample) -> FormExample:
    row = FormExample.objects.select_for_update(of=("self",)).select_related("procedure__division").get(pk=example.pk)
    if row.dropped_at is not None:
        raise Refused(_("この例は、もう使っていません。"), code="example_dropped")
    return row


@transaction.atomic
def take_examples(*, procedure: Procedure, examples: Iterable[Mapping[str, Any]], origin: str, by: User | None) -> int:
    """Take the library's examples over; what a person changed or dropped here stays as it is. Gives how many were written."""
    known = {one.origin: one for one in FormExample.objects.filter(procedure=procedure).exclude(origin="")}
    written = 0
    for one in examples:
        source = f"{origin}:{one['id']}"[:120]
        facts = {"name": _called(one), "on": date.fromisoformat(one["on"]), "answers": one["answers"], "expect": one["expect"]}
        row = known.get(source)
        if row is None:
            FormExample.objects.create(procedure=procedure, origin=source, by=by, **facts)
        elif row.because or all(getattr(row, key) == value for key, value in facts.items()):
            continue
        else:
            FormExample.objects.filter(pk=row.pk).update(**facts)
        written += 1
    return written


def _called(example: Mapping[str, Any]) -> str:
    note = example.get("note")
    words = note.get("ja") if isinstance(note, Mapping) else note
    return str(words or example["id"])[:120]
