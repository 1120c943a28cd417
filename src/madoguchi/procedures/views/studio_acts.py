"""What is pressed in the studio: each act is one step that can be taken back; what is faulty is shown again with what was typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from madoguchi.engines.forms.editing import Change, Found, Json, Rejected, find, free_id, free_place, names_in, parts
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import change_draft, choice_ids, drop_draft, open_draft, take_draft, undo_draft
from madoguchi.procedures.forms.studio import PartForm
from madoguchi.procedures.forms.studio_boxes import NAMES
from madoguchi.procedures.forms.studio_structure import GroupForm, RetypeForm, beginning
from madoguchi.procedures.models import FormDraft, Procedure
from madoguchi.procedures.views.studio_blocks import block_act
from madoguchi.procedures.views.studio_found import LAST, edition_in, here, ready_for_sections
from madoguchi.procedures.views.studio_page import NEW, may_hold, show


def act(request: HttpRequest, found: Procedure, draft: FormDraft | None) -> HttpResponse:
    """Do one thing to a draft, and go on to the part that it was done to."""
    name, at = request.POST.get("act", ""), request.POST.get("at", "")
    if name == "open":
        return _done(request, lambda: open_draft(procedure=found, by=request.user), here(request, found))
    if name == "carry":
        return _carried(request, open_draft(procedure=found, by=request.user), at)
    if draft is None:
        return _over(request, found)
    if name == "take":
        return _done(request, lambda: take_draft(draft=draft, by=request.user), here(request, found, at))
    if name == "drop":
        return _done(request, lambda: drop_draft(draft=draft, edition=edition_in(request), by=request.user), here(request, found))
    if name == "undo":
        return _done(request, lambda: undo_draft(draft=draft, edition=edition_in(request), by=request.user), here(request, found, at))
    return _edit(request, draft, name, at)


def _over(request: HttpRequest, found: Procedure) -> HttpResponse:
    """The draft was published or dropped while somebody typed: what they typed is kept on the page, to go on with it."""
    kept = [
        (name, text)
        for name in request.POST
        if name not in ("csrfmiddlewaretoken", "act", "edition")
        for text in request.POST.getlist(name)
    ]
    typed = [text for name, text in kept if name.partition("_")[0] in NAMES and text.strip()]
    context = {"procedure": found, "kept": kept, "typed": typed, "then": request.POST.get("act", "")}
    return render(request, "procedures/studio/over.html", context, status=409)


def _carried(request: HttpRequest, draft: FormDraft, at: str) -> HttpResponse:
    """What was typed for a draft that is over, in the boxes of the next one: nothing of it is saved before it was looked at."""
    then = request.POST.get("then", "")
    messages.warning(request, _("前に入力した内容を、下の欄に入れてあります。まだ保存していません。確かめてから保存してください。"))
    try:
        find(draft.document, at)
    except Rejected:
        return show(request, draft, "")
    if then.startswith("add_") and (kind := then.removeprefix("add_")) in NEW:
        return show(request, draft, at, adding={kind: NEW[kind](request.POST, auto_id=f"new_{kind}_%s")})
    picked = request.POST.get("kind", "")
    return show(request, draft, at, PartForm(request.POST, document=draft.document, address=at, picked=picked) if then == "save" else None)


def _done(request: HttpRequest, act: Callable[[], Any], place: str) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(place)


# -- one part ---------------------------------------------------------------------------------------------------------------------------


def _edit(request: HttpRequest, draft: FormDraft, name: str, at: str) -> HttpResponse:
    """Changes of the document: a faulty form is shown again with what was typed."""
    try:
        part = find(draft.document, at)
    except Rejected:
        messages.error(request, _("その項目はもうありません。画面を開き直してください。"))
        return redirect(here(request, draft.procedure))
    if name.startswith("block_"):
        return block_act(request, draft, part, at, name, changed)
    if name.startswith("add_"):
        return _add(request, draft, part, name.removeprefix("add_"), at)
    if name in _ACTS:
        return _ACTS[name](request, draft, part, at)
    if name not in ("up", "down") or part.kind == "form":
        raise Http404
    return _step(request, draft, part, at, name)


def changed(
    request: HttpRequest, draft: FormDraft, changes: Iterable[Change], at: str, said: str, otherwise: str | None = None, **more: str
) -> HttpResponse:
    """Make the changes as one step and go to a part; to `otherwise` where they are refused."""
    try:
        change_draft(draft=draft, changes=changes, edition=edition_in(request), by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(here(request, draft.procedure, request.POST.get("at", "") if otherwise is None else otherwise))
    if said:
        messages.success(request, said)
    return redirect(here(request, draft.procedure, at, **more))


def _save(request: HttpRequest, draft: FormDraft, part: Found, at: str) -> HttpResponse:
    form = PartForm(request.POST, document=draft.document, address=at, picked=request.POST.get("kind", ""))
    if not form.is_valid():
        return show(request, draft, at, form)
    return changed(request, draft, form.changes(), at, _("保存しました。"))


def _remove(request: HttpRequest, draft: FormDraft, part: Found, at: str) -> HttpResponse:
    if part.kind == "page" and len(part.siblings) == 1:
        messages.error(request, _("最後の1ページは消せません。先に別のページを加えてください。"))
        return redirect(here(request, draft.procedure, at))
    return changed(request, draft, [{"do": "remove", "at": at}], part.home, _("消しました。「元に戻す」で戻せます。"))


def _step(request: HttpRequest, draft: FormDraft, part: Found, at: str, name: str) -> HttpResponse:
    """One place up or down; past the end of its list nothing happens."""
    index = part.index + (1 if name == "down" else -1)
    if not 0 <= index < len(part.siblings):
        return redirect(here(request, draft.procedure, at, did=name))
    change = {"do": "move", "at": at, "into": part.home, "index": index}
    after = f"check:{part.home.partition(':')[2]}/{index}" if part.kind == "check" else at
    return changed(request, draft, [change], after, "", did=name)


def _move(request: HttpRequest, draft: FormDraft, part: Found, at: str) -> HttpResponse:
    """To another page or section, at its end or (by dragging) at a place; a page that holds questions gets sections for one."""
    into, known = request.POST.get("into", ""), dict(parts(draft.document))
    text = request.POST.get("index", "")
    index = int(text) if text.isdecimal() and len(text) < 6 else LAST
    is_near = into == part.home and part.kind in ("page", "section", "question", "calculation") and text.isdecimal()
    if not is_near and (into not in known or not may_hold(known[into], into, part)):
        messages.error(request, _("そこには置けません。"))
        return redirect(here(request, draft.procedure, at))
    ready = [] if is_near or part.kind != "section" else ready_for_sections(draft.document, known[into], into)
    after = f"section:{into.partition(':')[2]}/{part.part['id']}" if part.kind == "section" else at
    return changed(request, draft, [*ready, {"do": "move", "at": at, "into": into, "index": index}], after, _("移しました。"))


def _unwrap(request: HttpRequest, draft: FormDraft, part: Found, at: str) -> HttpResponse:
    """A page's only section gives its questions back to the page."""
    changes: list[Change] = []
    for section in part.part.get("sections", ())[:1]:
        where = f"section:{part.part['id']}/{section['id']}"
        changes += [{"do": "set", "at": where, "key": key, "value": None} for key in ("title", "intro", "origin") if key in section]
    return changed(request, draft, [*changes, {"do": "unwrap", "at": at}], at, _("まとまりをなくしました。項目はページに残っています。"))


def _group(request: HttpRequest, draft: FormDraft, part: Found, at: str) -> HttpResponse:
    if part.kind not in ("page", "section"):
        raise Http404
    form = GroupForm(request.POST, part=part, new_id=free_id(draft.document, "group"))
    if not form.is_valid():
        return show(request, draft, at, group=form)
    return changed(request, draft, form.changes(at), at, _("保存しました。") if part.part.get("repeat") else _("繰り返しにしました。"))


def _ungroup(request: HttpRequest, draft: FormDraft, part: Found, at: str) -> HttpResponse:
    return changed(request, draft, [{"do": "repeat", "at": at, "value": None}], at, _("繰り返しをやめました。"))


def _retype(request: HttpRequest, draft: FormDraft, part: Found, at: str) -> HttpResponse:
    if part.kind != "question":
        raise Http404
    form = RetypeForm(request.POST, question=part.part)
    if not form.is_valid():
        return show(request, draft, at, retype=form)
    return changed(request, draft, [form.change(at)], at, _("答えの形を変えました。「元に戻す」で戻せます。"))


_ACTS: Mapping[str, Callable[[HttpRequest, FormDraft, Found, str], HttpResponse]] = {
    "save": _save, "remove": _remove, "move": _move, "unwrap": _unwrap, "group": _group, "ungroup": _ungroup, "retype": _retype,
}  # fmt: skip


# -- something new ----------------------------------------------------------------------------------------------------------------------


def _add(request: HttpRequest, draft: FormDraft, part: Found, kind: str, at: str) -> HttpResponse:
    if kind not in NEW:
        raise Http404
    form = NEW[kind](request.POST, auto_id=f"new_{kind}_%s")
    if not form.is_valid():
        return show(request, draft, at, adding={kind: form})
    new, changes, more = _MAKERS[kind](draft, part, at, form.cleaned_data)
    return changed(request, draft, changes, new, _("加えました。"), **more)


Made = tuple[str, list[Change], dict[str, str]]  # address of the new part, the changes that make it, what its page is asked for


def _page(draft: FormDraft, part: Found, at: str, given: Mapping[str, str]) -> Made:
    name = free_place(draft.document, "page")
    index = part.index + 1 if part.kind == "page" else len(draft.document["pages"])
    made: Json = {"id": name, "title": {"ja": given["title"]}, "questions": []}
    return f"page:{name}", [{"do": "add", "into": "", "kind": "page", "part": made, "index": index}], {}


def _section(draft: FormDraft, part: Found, at: str, given: Mapping[str, str]) -> Made:
    """Into the page, or after the section that is looked at."""
    into, page, index = (part.home, find(draft.document, part.home), part.index + 1) if part.kind == "section" else (at, part, LAST)
    ready = ready_for_sections(draft.document, page, into) if page.kind == "page" else []
    name = free_place(draft.document, "section", {str(one["id"]) for one in ready if one["id"]})
    made: Json = {"id": name, "title": {"ja": given["title"]}, "questions": []}
    change = {"do": "add", "into": into, "kind": "section", "part": made, "index": index}
    return f"section:{into.partition(':')[2]}/{name}", [*ready, change], {}


def _question(draft: FormDraft, part: Found, at: str, given: Mapping[str, str]) -> Made:
    name = free_id(draft.document, _slug(given["label"]) or "q1")
    made = {"id": name, "type": given["type"], "label": {"ja": given["label"]}, **beginning(given["type"])}
    return f"question:{name}", [{"do": "add", "into": at, "kind": "question", "part": made}], {}


def _choice(draft: FormDraft, part: Found, at: str, given: Mapping[str, str]) -> Made:
    name = free_name("c", choice_ids(draft=draft, question=str(part.part.get("id"))))
    return at, [{"do": "add", "into": at, "kind": "choice", "part": {"id": name, "label": {"ja": given["label"]}}}], {}


def _calculation(draft: FormDraft, part: Found, at: str, given: Mapping[str, str]) -> Made:
    """What it works on is chosen next."""
    name = free_name("calc", names_in(draft.document) | set(draft.document.get("retired", ())))
    made = {"id": name, "type": "number"}
    return f"calculation:{name}", [{"do": "add", "into": "", "kind": "calculation", "part": made}], {"kind": given["kind"]}


def _check(draft: FormDraft, part: Found, at: str, given: Mapping[str, str]) -> Made:
    """What must hold is chosen next."""
    where = f"check:{part.part.get('id')}/{len(part.part.get('checks', ()))}"
    return where, [{"do": "add", "into": at, "kind": "check", "part": {"say": {"ja": given["say"]}}}], {}


_MAKERS: Mapping[str, Callable[[FormDraft, Found, str, Mapping[str, str]], Made]] = {
    "page": _page, "section": _section, "question": _question, "choice": _choice, "calculation": _calculation, "check": _check,
}  # fmt: skip


def free_name(stem: str, taken: set[str]) -> str:
    """`stem` with the first number that is free."""
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def _slug(label: str) -> str:
    """An id from a label written in Latin letters; Japanese ones get a number."""
    return re.sub(r"[^a-z0-9]+", "_", unicodedata.normalize("NFKC", label).lower()).strip("_0123456789")[:30]
