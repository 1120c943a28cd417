"""Blocks in the studio: copied in with their origin; where one has changed since, what differs is shown, to take or to leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.engines.forms import pick
from madoguchi.engines.forms.copying import additions, as_page, compared, fitted
from madoguchi.engines.forms.editing import Change, Found, Json, find
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.procedures.actions import Block, all_blocks, drop_block, keep_section
from madoguchi.procedures.forms.studio_boxes import PALETTE
from madoguchi.procedures.forms.studio_structure import KEYS
from madoguchi.procedures.models import FormDraft
from madoguchi.procedures.views.studio_found import LAST, edition_in, here, procedure_of, ready_for_sections

Changed = Callable[..., HttpResponse]


class Shelf:
    """The blocks of this request with their hashes, fetched once."""

    def __init__(self) -> None:
        self.blocks = all_blocks()
        self.hashes = {name: one.hash for name, one in self.blocks.items()}

    def news(self, part: Mapping[str, Any]) -> dict[str, Any] | None:
        """Where a part was copied from, and whether its block has changed since; None for what was not copied."""
        origin = part.get("origin")
        if not origin:
            return None
        block = self.blocks.get(origin["block"])
        changed = block is not None and self.hashes[origin["block"]] != origin["hash"]
        title = pick(block.title, "ja") if block is not None else origin["block"]
        return {"block": origin["block"], "title": title, "known": block is not None, "changed": changed}

    def differences(self, part: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The questions of a changed block that the copy lacks or has otherwise."""
        found = self.news(part)
        if found is None or not found["changed"]:
            return []
        rows = compared(whole(part), self.blocks[found["block"]].section)
        return [
            {
                "id": row.there["id"],
                "there": pick(row.there.get("label") or {}, "ja"),
                "here": pick(row.here.get("label") or {}, "ja") if row.here is not None else "",
                "is_new": row.here is None,
                "can_replace": row.can_replace,
                "keys": sorted(_differing(row.there, row.here)) if row.here is not None else [],
            }
            for row in rows
            if not row.is_same
        ]


def whole(part: Mapping[str, Any]) -> Json:
    """A copied part with all its questions, also those that stand in sections which it got later."""
    inner = [question for section in part.get("sections", ()) for question in section.get("questions", ())]
    return {**part, "questions": [*part.get("questions", ()), *inner]}


def _differing(there: Json, here: Json) -> set[str]:
    """In which of its properties a question differs, in words."""
    return {str(KEYS.get(key, key)) for key in there.keys() | here.keys() if there.get(key) != here.get(key)}


def block_act(request: HttpRequest, draft: FormDraft, part: Found, at: str, name: str, changed: Changed) -> HttpResponse:
    """One press about blocks; `changed` makes the changes and goes on (views.studio_acts)."""
    if part.kind not in ("page", "section") or name not in _ACTS:
        raise Http404
    return _ACTS[name](request, draft, part, at, changed)


def _insert(request: HttpRequest, draft: FormDraft, part: Found, at: str, changed: Changed) -> HttpResponse:
    """As a section of the page, or as a page of its own behind it; ids that are taken get a number everywhere in it."""
    block = all_blocks().get(request.POST.get("block", ""))
    if block is None:
        messages.error(request, _("ひな形を選んでください。"))
        return changed(request, draft, [], at, "")
    made = fitted(draft.document, block.copy())
    page_at = part.home if part.kind == "section" else at
    page = find(draft.document, page_at)
    if request.POST.get("as") == "page":
        change: Change = {"do": "add", "into": "", "kind": "page", "part": as_page(made, block.title), "index": page.index + 1}
        return changed(request, draft, [change], f"page:{made['id']}", _("ひな形を入れました。"))
    if made.get("repeat") and page.part.get("repeat"):
        messages.error(request, _("繰り返しの中に、繰り返しは置けません。"))
        return changed(request, draft, [], at, "")
    ready = ready_for_sections(draft.document, page, page_at, {made["id"]})
    index = part.index + 1 if part.kind == "section" else LAST
    change = {"do": "add", "into": page_at, "kind": "section", "part": made, "index": index}
    return changed(request, draft, [*ready, change], f"section:{page.part['id']}/{made['id']}", _("ひな形を入れました。"))


def _take(request: HttpRequest, draft: FormDraft, part: Found, at: str, changed: Changed) -> HttpResponse:
    """What is new in the block comes in; what was adapted here stays as it is."""
    block = _origin_of(part)
    new = additions(draft.document, whole(part.part), block.section)
    sections = part.part.get("sections")
    into = at if sections is None else f"section:{part.part['id']}/{sections[-1]['id']}" if sections else ""
    changes: list[Change] = [{"do": "add", "into": into, "kind": "question", "part": one} for one in new if into]
    return changed(request, draft, [*changes, _up_to_date(at, block)], at, _("ひな形に新しくある項目を入れました。"))


def _leave(request: HttpRequest, draft: FormDraft, part: Found, at: str, changed: Changed) -> HttpResponse:
    """The copy stays as it is; the note goes away until the block changes again."""
    return changed(request, draft, [_up_to_date(at, _origin_of(part))], at, _("この様式の文のままにしました。"))


def _replace(request: HttpRequest, draft: FormDraft, part: Found, at: str, changed: Changed) -> HttpResponse:
    """One question as the block has it."""
    rows = compared(whole(part.part), _origin_of(part).section)
    found = next((row for row in rows if row.there["id"] == request.POST.get("question") and row.can_replace), None)
    if found is None:
        raise Http404
    change: Change = {"do": "replace", "at": f"question:{found.there['id']}", "part": found.there}
    return changed(request, draft, [change], at, _("ひな形の文にしました。「元に戻す」で戻せます。"))


def _origin_of(part: Found) -> Block:
    block = all_blocks().get((part.part.get("origin") or {}).get("block", ""))
    if block is None:
        raise Http404
    return block


def _up_to_date(at: str, block: Block) -> Change:
    return {"do": "set", "at": at, "key": "origin", "value": {"block": block.id, "hash": block.hash}}


def _keep(request: HttpRequest, draft: FormDraft, part: Found, at: str, changed: Changed) -> HttpResponse:
    """A section (or a page without sections) is kept as one of the municipality's own blocks; here it becomes a copy of it."""
    title, about = (request.POST.get(key, "").strip()[:100] for key in ("title", "about"))
    given = {"block": request.POST.get("block", ""), "edition": edition_in(request), "by": request.user}
    if not title:
        messages.error(request, _("ひな形の名前を入力してください。"))
        return redirect(here(request, draft.procedure, at))
    try:
        keep_section(draft=draft, at=at, title=title, about=about, **given)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("ひな形として残しました。ほかの様式に入れられます。"))
    return redirect(here(request, draft.procedure, at))


_ACTS: Mapping[str, Callable[[HttpRequest, FormDraft, Found, str, Changed], HttpResponse]] = {
    "block_insert": _insert, "block_take": _take, "block_leave": _leave, "block_replace": _replace, "block_keep": _keep,
}  # fmt: skip


# -- the shelf ---------------------------------------------------------------------------------------------------------------------------


@desk("forms.edit")
@never_cache
@require_http_methods(["GET", "POST"])
def shelf(request: HttpRequest, procedure: str) -> HttpResponse:
    """Every block with what it asks; one of the municipality's own can be taken off the shelf."""
    found = procedure_of(procedure)
    if request.method == "POST":
        try:
            drop_block(block=request.POST.get("block", ""), by=request.user)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("ひな形を使うのをやめました。入れた様式は、そのままです。"))
        return redirect(request.path)
    rows = [
        {
            "block": one,
            "own": one.id.startswith("own-"),
            "group": (one.section.get("repeat") or {}).get("item"),
            "questions": [(question, PALETTE.get(question["type"], question["type"])) for question in one.section["questions"]],
        }
        for one in all_blocks().values()
    ]
    return render(request, "procedures/studio/blocks.html", {"procedure": found, "rows": rows})
