"""Publishing a procedure to the shared library, and taking it back from it. Nothing of a municipality leaves it but what passes here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import Membership, User
from madoguchi.engines.forms import Form, document_hash
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions.checking import BRACED, PLACEHOLDERS
from madoguchi.procedures.actions.examples import run_example
from madoguchi.procedures.actions.inventing import invented_example
from madoguchi.procedures.actions.library import FACTS
from madoguchi.procedures.actions.lists import lists
from madoguchi.procedures.models import FormExample, Procedure, SharedProcedure, SharedVersion

Json = dict[str, Any]
MOST_EXAMPLES = 20
# What a text of an entry may not hold: addresses of the net, people's addresses and telephones, marks of templates and pages.
FORBIDDEN = re.compile(
    r"://|www\.|[\w.+-]+@\w|\b[\w-]+\.(?:jp|com|org|net|info)\b|\{\{|\{%|\{#|</?[A-Za-z!]|&#?\w+;|javascript:"
    r"|(?<![0-9-])(?:0\d{1,4}|120)[-( ]?\d{1,4}[-) ]?\d{3,4}(?!\d)|\+81",
    re.IGNORECASE,
)
DASHES = re.compile(r"(?<=[0-9])[‐‑–—−ー](?=[0-9])")
# Columns that go along; the volume is the origin's own business and goes as a note of its introduction.
SHARED_FACTS = (*(name for name in FACTS if name != "annual_volume"), "clock_unit", "standard_days", "notice_texts")


def slug_of(municipality: str, procedure: str) -> str:
    """The entry of a procedure of a municipality."""
    return f"{municipality}--{procedure}"


def entry_facts(procedure: Procedure) -> Json:
    """What goes along with the form: the procedure's facts and notices, as columns of Procedure."""
    return {name: getattr(procedure, name) for name in SHARED_FACTS}


def prepare(*, procedure: Procedure, examples: Sequence[Mapping[str, Any]], notes: Mapping[str, Any]) -> SharedVersion:
    """The version as it would be published, not stored: to be looked at before. Raises Refused with the place that keeps it back."""
    version = procedure.current
    if version is None:
        raise Refused(_("まだ公開した版がありません。公開してから、見本にしてください。"), code="no_version")
    if not examples:
        raise Refused(_("回答の例が1つ以上いります。例を加えてから、見本にしてください。"), code="no_examples")
    facts, staff = entry_facts(procedure), _staff()
    for where, text in _texts({"様式": version.document, "手続の内容": facts, "導入の記録": dict(notes)}):
        plain = DASHES.sub("-", unicodedata.normalize("NFKC", text))
        if found := FORBIDDEN.search(plain) or next((found for name in staff if (found := re.search(re.escape(name), plain))), None):
            sentence = _("「%(where)s」に、見本に入れられないもの（%(found)s）があります。アドレス・電話番号・記号を消してください。")
            raise Refused(sentence % {"where": where, "found": found[0]}, code="forbidden_text", where=where)
    _require_placeholders(facts["notice_texts"])
    made, left = _without_people(version.form, examples)
    hashed = document_hash({"document": version.document, "facts": facts})
    prepared = SharedVersion(document=version.document, facts=facts, examples=made, notes=dict(notes), hash=hashed)
    prepared.left = left
    return prepared


def _staff() -> list[str]:
    """Names of those who work here: they stand in no text that leaves."""
    names = Membership.objects.current().select_related("user").values_list("user__name", flat=True)
    return sorted({part for name in names for part in (name, name.replace(" ", "")) if len(part) > 2})


def _without_people(form: Form, examples: Sequence[Mapping[str, Any]]) -> tuple[list[Json], list[tuple[str, str]]]:
    """The examples that can leave, and those that stay with the sentence why. Raises Refused, the first one's, where none is left."""
    made: list[Json] = []
    refused: list[tuple[str, Refused]] = []
    for number, one in enumerate(examples[:MOST_EXAMPLES], 1):
        try:
            found = invented_example(form, one, number)
            _require_holds(form, found, str(one.get("id", "")))
        except Refused as reason:
            refused.append((str(one.get("id", "")), reason))
        else:
            made.append(found)
    if not made:
        raise refused[0][1]
    return made, [(name, str(reason)) for name, reason in refused]


def _texts(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every text below a value with the way to it."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if key != "origin":  # a hash is no text
                yield from _texts(each, f"{where}.{key}".lstrip("."))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts(each, f"{where}[{index}]")


def _require_placeholders(notices: Mapping[str, Mapping[str, Mapping[str, str]]]) -> None:
    for outcome, notice in notices.items():
        for text in (words for part in notice.values() if isinstance(part, Mapping) for words in part.values()):
            if unknown := [name for name in BRACED.findall(text) if name not in PLACEHOLDERS]:
                sentence = _("通知の文例「%(outcome)s」に、使えない差し込み {%(name)s} があります。")
                raise Refused(sentence % {"outcome": outcome, "name": unknown[0]}, code="unknown_placeholder")


def _require_holds(form: Form, example: Mapping[str, Any], name: str) -> None:
    """An example keeps its word after its people were exchanged."""
    held = FormExample(on=date.fromisoformat(str(example["on"])), answers=example["answers"], expect=example["expect"])
    if not run_example(example=held, form=form, known=lists()).passes:
        sentence = _("例「%(example)s」が、いまの様式と合いません。例を直してから、見本にしてください。")
        raise Refused(sentence % {"example": name}, code="example_fails")


@transaction.atomic
def share(*, procedure: Procedure, examples: Sequence[Mapping[str, Any]], notes: Mapping[str, Any], by: User | None) -> SharedVersion:
    """Publish a procedure to the shared library: a new entry, or its next version. Raises Refused where nothing changed or something may not go."""
    prepared = prepare(procedure=procedure, examples=examples, notes=notes)
    origin = procedure.municipality
    entry, _made = SharedProcedure.objects.select_for_update().get_or_create(
        slug=slug_of(origin.slug, procedure.slug),
        defaults={"procedure": procedure.slug, "origin": origin.slug, "name": procedure.name, "origin_name": origin.name},
    )
    if (entry.origin, entry.procedure) != (origin.slug, procedure.slug):
        raise Refused(_("同じ識別名の見本が、ほかの自治体にあります。情報システム担当に相談してください。"), code="slug_taken")
    last = entry.versions.first()
    if (
        last is not None
        and entry.withdrawn_at is None
        and (last.hash, last.notes, last.examples) == (prepared.hash, prepared.notes, prepared.examples)
    ):
        raise Refused(_("前に見本にしたときから、変わったところがありません。"), code="nothing_changed")
    entry.name, entry.kana, entry.origin_name, entry.origin_name_en = procedure.name, procedure.kana, origin.name, origin.name_en
    entry.is_invented, entry.withdrawn_at = origin.is_invented, None
    entry.save()
    prepared.shared, prepared.number = entry, (last.number + 1 if last else 1)
    prepared.save()
    record(
        "procedures.share", by=by, on=procedure, division=procedure.division, entry=entry.slug, number=prepared.number, hash=prepared.hash
    )
    return prepared


@transaction.atomic
def withdraw(*, procedure: Procedure, by: User | None) -> SharedProcedure:
    """Take a procedure out of the shared library: who adopted it keeps it, nobody adopts it anew. Raises Refused where it is not there."""
    entry = shared_of(procedure)
    if entry is None:
        raise Refused(_("この手続きは、共同の見本になっていません。"), code="not_shared")
    entry.withdrawn_at = timezone.now()
    entry.save(update_fields=["withdrawn_at"])
    record("procedures.withdraw", by=by, on=procedure, division=procedure.division, entry=entry.slug)
    return entry


def shared_of(procedure: Procedure) -> SharedProcedure | None:
    """The entry that this procedure was published as, if it stands in the library now."""
    origin = procedure.municipality.slug
    rows = SharedProcedure.objects.filter(origin=origin, procedure=procedure.slug, withdrawn_at=None)
    return rows.filter(slug=slug_of(origin, procedure.slug)).first()


def examples_of(procedure: Procedure) -> list[Json]:
    """The examples that stand, in the shape of a library's file."""
    rows = procedure.examples.standing()  # type: ignore[attr-defined]
    return [
        {"id": row.name, "note": {"ja": row.name}, "on": row.on.isoformat(), "expect": row.expect, "answers": row.answers} for row in rows
    ]


def lists_named(document: Mapping[str, Any]) -> list[str]:
    """Code lists that a form asks from, which whoever adopts it must have."""
    found = (
        question.get("list") for page in document["pages"] for part in page.get("sections") or [page] for question in part["questions"]
    )
    return sorted({str(name) for name in found if name})
