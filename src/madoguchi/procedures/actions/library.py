"""The library of ready procedures: data in `procedures/library/<id>/`, taken over by a municipality with `adopt`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import Division, User
from madoguchi.engines.forms import document_hash
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions.examples import take_examples
from madoguchi.procedures.actions.publishing import publish
from madoguchi.procedures.models import Adoption, AdoptionKind, Procedure

LIBRARY = Path(__file__).resolve().parents[1] / "library"
Json = dict[str, Any]

# field of Procedure → key of inventory.json and what a missing one means
FACTS: dict[str, tuple[str, Any]] = {
    "kind": ("kind", None),
    "basis": ("basis", {}),
    "basis_kind": ("basis_kind", "law"),
    "name": ("name", None),
    "kana": ("kana", ""),
    "life_events": ("life_events", []),
    "keywords": ("keywords", []),
    "overview": ("overview", {}),
    "who": ("who", {}),
    "when": ("when", {}),
    "needs": ("needs", []),
    "fee": ("fee", {}),
    "fee_yen": ("fee_yen", 0),
    "usual": ("usual", {}),
    "after": ("after", {}),
    "standard_label": ("decision_days_label", {}),
    "criteria": ("criteria", {}),
    "privacy": ("privacy", {}),
    "appeal": ("appeal", "none"),
    "identity": ("identity", "none"),
    "finish": ("finish", "online"),
    "entitled_to_mynumber": ("mynumber", False),
    "second_review": ("second_review", False),
    "outcomes": ("outcomes", []),
    "review_steps": ("review_steps", []),
    "amend_until_days": ("amend_until_days", None),
    "retention_years": ("retention_years", 5),
    "capacity": ("capacity", None),
    "once_per_person": ("per_person_once", False),
    "annual_volume": ("annual_volume", None),
    "unsure": ("unsure", []),
}


@dataclass(frozen=True)
class LibraryEntry:
    """One folder of the library, read whole."""

    id: str
    folder: Path
    document: Json
    inventory: Json
    notices: Json
    examples: tuple[Json, ...]

    @property
    def name(self) -> Mapping[str, str]:
        return self.inventory["name"]  # type: ignore[no-any-return]


def library_entries(root: Path = LIBRARY) -> Iterator[LibraryEntry]:
    """What can be adopted, by folder name. Raises ValueError, with the file's path, where a file is no JSON."""
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if (folder / "inventory.json").exists() and (folder / "form.json").exists():
            yield read_entry(folder)


def read_entry(folder: Path) -> LibraryEntry:
    """One entry from its folder; raises ValueError with the file's path."""
    examples = _read(folder / "examples.json")["examples"] if (folder / "examples.json").exists() else []
    return LibraryEntry(
        id=folder.name,
        folder=folder,
        document=_read(folder / "form.json"),
        inventory=_read(folder / "inventory.json"),
        notices={file.stem: _read(file) for file in sorted((folder / "notices").glob("*.json"))},
        examples=tuple(examples),
    )


def _read(file: Path) -> Json:
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ValueError(f"{file}: {error}") from error


@transaction.atomic
def adopt(entry: str | Path, *, by: User | None, today: date | None = None, division: str = "", hidden: bool = False) -> Procedure:
    """Take a procedure of the library over into the open scope, and publish its form as version 1.

    `entry` is its id or its folder; `division` a code other than the one it suggests; days of its opening count from `today`; `hidden`
    keeps a new one off the residents' pages until it is shown. Adopted again, its facts are those of the library again (the opening
    stays), and a changed form becomes the next version.
    """
    found = _entry(entry)
    owner = _division(division or str(found.inventory.get("division", "")))
    procedure = Procedure.objects.filter(slug=found.id).first()
    is_new = procedure is None
    facts = facts_of(found)
    if procedure is None:
        procedure = Procedure(
            slug=found.id, division=owner, is_hidden=hidden, **facts, **_opening(found.inventory, today or timezone.localdate())
        )
    else:
        for name, value in {"division": owner, **facts}.items():
            setattr(procedure, name, value)
    procedure.save()
    record("procedures.adopt", by=by, on=procedure, division=owner, procedure=found.id, again=not is_new)
    if procedure.current is None or procedure.current.hash != document_hash(found.document):
        publish(procedure=procedure, document=found.document, by=by, note=_("様式の見本から作成"))
        procedure.refresh_from_db()
    base = {"document": found.document, "facts": facts}
    Adoption.objects.update_or_create(
        procedure=procedure, defaults={"kind": AdoptionKind.LIBRARY, "origin": found.id, "base": base, "before": None, "by": by}
    )
    take_examples(procedure=procedure, examples=found.examples, origin="library", by=by)
    return procedure


def _entry(entry: str | Path) -> LibraryEntry:
    folder = entry if isinstance(entry, Path) else LIBRARY / entry
    if isinstance(entry, str) and (folder.parent != LIBRARY or not folder.is_dir()):
        raise Refused(_("この手続きの見本はありません：%(id)s") % {"id": entry}, code="not_in_library")
    return read_entry(folder)


def _division(code: str) -> Division:
    division = Division.objects.filter(code=code).first()
    if division is None:
        raise Refused(_("所管課が登録されていません：%(code)s。先に登録してください。") % {"code": code}, code="no_division")
    return division


def facts_of(entry: LibraryEntry) -> Json:
    """Fields of Procedure from an inventory and its notices; what the form itself says is not repeated."""
    inventory = entry.inventory
    clock = inventory.get("clock") or {}
    facts = {field: default if inventory.get(key) is None else inventory[key] for field, (key, default) in FACTS.items()}
    days = clock.get("days")
    unit = clock.get("unit") or "none"
    return {**facts, "clock_unit": unit, "standard_days": days if unit in ("calendar", "open") else None, "notice_texts": entry.notices}


def _opening(inventory: Json, today: date) -> Json:
    """Days from numbers of days: opening and closing count from `today`, a fixed result day from the closing, where they are given."""
    opening, clock = inventory.get("opening"), inventory.get("clock") or {}
    days = {
        "opens_on": opening and opening.get("opens_days"),
        "closes_on": opening and opening.get("closes_days"),
    }
    found: Json = {name: today + timedelta(days=number) for name, number in days.items() if number is not None}
    if clock.get("unit") == "fixed_day" and clock.get("days") and "closes_on" in found:
        found["result_on"] = found["closes_on"] + timedelta(days=clock["days"])
    return found
