"""Code lists as the form engine reads them: those of the municipality, and the banks of the country."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.engines.forms import Entry, Lists, document_hash, rank
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions.banks import BankLists
from madoguchi.procedures.models import CodeList

NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")
MAX_ENTRIES = 100_000


def lists() -> Lists:
    """The lists of the open scope at their newest version, and the banks.

    Cheap to ask for: an object asks the database once for each list that is used (number and hash of the newest version);
    entries stay in the process's memory under their hash, so a changed list is seen by the next object at once.
    """
    return WithBanks(MunicipalLists())


class WithBanks:
    """Banks and branches from the country's list, everything else from `others`."""

    def __init__(self, others: Lists) -> None:
        self._others, self._banks = others, BankLists()

    def _of(self, name: str) -> Lists:
        return self._banks if BankLists.holds(name) else self._others

    def get(self, list: str, id: str) -> Entry | None:  # noqa: A002 - the engine's Protocol
        return self._of(list).get(list, id)

    def search(self, list: str, text: str, limit: int) -> Sequence[Entry]:  # noqa: A002
        return self._of(list).search(list, text, limit)

    def version(self, list: str) -> tuple[str, str] | None:  # noqa: A002
        return self._of(list).version(list)


class MunicipalLists:
    """The rows of CodeList in the open scope."""

    def __init__(self) -> None:
        self._newest: dict[str, tuple[str, str] | None] = {}

    def version(self, list: str) -> tuple[str, str] | None:  # noqa: A002
        if list not in self._newest:
            self._newest[list] = CodeList.objects.filter(name=list).order_by("-id").values_list("version", "hash").first()
        return self._newest[list]

    def get(self, list: str, id: str) -> Entry | None:  # noqa: A002
        return self._entries(list).get(id)

    def search(self, list: str, text: str, limit: int) -> Sequence[Entry]:  # noqa: A002
        return rank(self._entries(list).values(), text, limit)

    def _entries(self, name: str) -> Mapping[str, Entry]:
        version = self.version(name)
        return _entries_with(version[1]) if version else {}


@lru_cache(maxsize=128)
def _entries_with(hash: str) -> Mapping[str, Entry]:  # noqa: A002 - equal hashes are equal entries, whichever row holds them
    row = CodeList.objects.filter(hash=hash).first()
    return {entry.id: entry for entry in map(entry_of, row.entries)} if row else {}


def entry_of(data: Mapping[str, Any]) -> Entry:
    """One stored entry as the engine's."""
    return Entry(
        id=str(data["id"]), label=data["label"], kana=data.get("kana") or "", group=data.get("group") or None, facts=data.get("facts") or {}
    )


@transaction.atomic
def publish_code_list(*, name: str, version: str, entries: Iterable[Mapping[str, Any]], by: User | None) -> CodeList:
    """Make a list's next version, or give the newest one where nothing changed.

    An entry is {"id", "label": Text, "kana"?, "group"?: Text, "facts"?: {…}}.
    """
    rows = [_tidy(entry) for entry in entries]
    _require_sound(name, rows)
    hash_ = document_hash({"name": name, "entries": rows})
    newest = CodeList.objects.filter(name=name).order_by("-id").first()
    if newest is not None and newest.hash == hash_:
        return newest
    if CodeList.objects.filter(name=name, version=version).exists():
        raise Refused(_("この版の名前はもう使われています。別の名前にしてください。"), code="code_list_version_taken")
    made = CodeList.objects.create(name=name, version=version, hash=hash_, entries=rows)
    record("procedures.publish_code_list", by=by, on=made, name=name, version=version, entries=len(rows))
    return made


def _tidy(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(entry.get("id", "")),
        "label": dict(entry.get("label") or {}),
        "kana": entry.get("kana") or "",
        "group": dict(entry["group"]) if entry.get("group") else None,
        "facts": dict(entry.get("facts") or {}),
    }


def _require_sound(name: str, rows: list[dict[str, Any]]) -> None:
    ids = [row["id"] for row in rows]
    sound = NAME.fullmatch(name) and not BankLists.holds(name) and len(rows) <= MAX_ENTRIES
    if not sound or not all(ids) or len(set(ids)) != len(ids) or not all(row["label"].get("ja") for row in rows):
        sentence = _("リストの内容を確かめてください。識別名は重ならないように、名称は日本語で入れてください。")
        raise Refused(sentence, code="code_list_unsound", name=name)
