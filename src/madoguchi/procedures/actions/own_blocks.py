"""A municipality's own blocks beside those that come with the product: a section is kept, kept anew, or not offered any more."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.engines.forms import document_hash
from madoguchi.engines.forms.editing import find, names_in, uses
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions.blocks import Block, blocks
from madoguchi.procedures.actions.studio import change_draft
from madoguchi.procedures.models import FormBlock, FormDraft

Json = dict[str, Any]


@cache
def _shipped() -> Mapping[str, Block]:
    return {one.id: one for one in blocks()}


def all_blocks() -> dict[str, Block]:
    """Every block that can be copied, by id: the product's, then the municipality's own. Who calls must not change their sections."""
    own = {one.name: Block(one.name, one.title, one.about, one.section) for one in FormBlock.objects.filter(dropped=False)}
    return {**_shipped(), **own}


@transaction.atomic
def save_block(*, section: Mapping[str, Any], title: str, about: str = "", block: str = "", by: User) -> FormBlock:
    """Keep a section as a new block, or (`block`) as the next state of one of the municipality's own; copies then say that it changed.

    Raises Refused where the section reads answers from outside itself, holds no question, where the block comes with the product, and
    where blocks would be made of one another in a circle.
    """
    kept = {key: value for key, value in section.items() if key not in ("origin", "show_if", "ends")}
    _require_closed(kept)
    parent = str((section.get("origin") or {}).get("block", ""))
    row = _own(block) if block else FormBlock(name=_free_name(), by=by)
    _require_no_circle(block or row.name, parent)
    row.title, row.about, row.section = {"ja": title}, {"ja": about} if about else {}, kept
    row.parent = "" if parent == row.name else parent
    row.by, row.at, row.dropped = by, timezone.now(), False
    row.save()
    record("procedures.save_block", by=by, on=row, name=row.name)
    return row


@transaction.atomic
def keep_section(*, draft: FormDraft, at: str, title: str, about: str = "", block: str = "", edition: int, by: User) -> FormBlock:
    """Keep a section (or a page without sections) of a draft as a block, of which it becomes a copy: one step that can be taken back.

    Raises Refused as `save_block` and `change_draft` do; then neither is done.
    """
    row = save_block(section=find(draft.document, at).part, title=title, about=about, block=block, by=by)
    origin = {"block": row.name, "hash": document_hash(row.section)}
    change_draft(draft=draft, changes=[{"do": "set", "at": at, "key": "origin", "value": origin}], edition=edition, by=by)
    return row


def _own(block: str) -> FormBlock:
    row = FormBlock.objects.select_for_update(of=("self",)).filter(name=block).first()
    if row is None:
        raise Refused(_("このひな形は変えられません。新しいひな形として残してください。"), code="not_own")
    return row


def _require_closed(section: Json) -> None:
    """A block is copied into forms that know nothing of its first form."""
    holding = {"pages": [{"id": "x", "sections": [section]}]}
    if not section.get("questions"):
        raise Refused(_("項目のないまとまりは、ひな形にできません。"), code="empty_block")
    if "sections" in section or (outside := set(uses(holding)) - names_in(holding)):
        names = "、".join(sorted(outside)) if "sections" not in section else str(section["id"])
        raise Refused(
            _("まとまりの外の項目を使う条件や計算があるので、ひな形にできません：%(names)s。先に外してください。") % {"names": names},
            code="reads_outside",
        )


def _require_no_circle(block: str, parent: str) -> None:
    """Going back from block to block it was made of never comes to this one again. A copy of a block may become its next state."""
    seen, at = [block], parent if parent != block else ""
    parents = dict(FormBlock.objects.values_list("name", "parent"))
    while at:
        if at in seen:
            title = FormBlock.objects.filter(name=block).first()
            raise Refused(
                _("「%(title)s」をもとにしたひな形から、「%(title)s」を作り直すことはできません。新しいひな形として残してください。")
                % {"title": title or block},
                code="block_circle",
            )
        seen.append(at)
        at = parents.get(at, "")


def _free_name() -> str:
    number = FormBlock.objects.count() + 1
    while FormBlock.objects.filter(name=f"own-{number}").exists():
        number += 1
    return f"own-{number}"


@transaction.atomic
def drop_block(*, block: str, by: User) -> FormBlock:
    """Offer one of the municipality's own blocks no more; copies stay as they are. Raises Refused for the product's."""
    row = _own(block)
    row.dropped = True
    row.save(update_fields=["dropped"])
    record("procedures.drop_block", by=by, on=row, name=row.name)
    return row
