"""The studio: the form at the left, one part of it in the middle, the page as residents see it at the right. Works without scripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.engines.forms import Faulty, Form, lint, load
from madoguchi.engines.forms.editing import Change, Found, Rejected, address_of, find, free_id, parts
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.lib.tags import reader
from madoguchi.procedures.actions import change_draft, choice_ids, drop_draft, may_undo, open_draft, take_draft, undo_draft
from madoguchi.procedures.backends import Panel, previews
from madoguchi.procedures.forms.studio import NAMES, TYPES, NewChoiceForm, NewPageForm, NewQuestionForm, PartForm
from madoguchi.procedures.models import DraftState, FormDraft, Procedure

MOST_PROBLEMS = 30  # parts with something to mend, of all that there are
STEP = re.compile(r"(\w+)\[(\d+)\]")
KINDS = {"pages": "page", "sections": "section", "questions": "question", "choices": "choice"}
LAST = 10_000  # an index past the end of every list
NEW = {"question": NewQuestionForm, "page": NewPageForm, "choice": NewChoiceForm}


def procedure_of(slug: str) -> Procedure:
    """A procedure with its version of now; what does not exist is not found."""
    return get_object_or_404(Procedure.objects.select_related("division", "current"), slug=slug)


def draft_of(procedure: Procedure) -> FormDraft | None:
    """The draft that is open."""
    rows = FormDraft.objects.select_related("holder", "based_on", "procedure__division", "procedure__current")
    return rows.filter(procedure=procedure, state=DraftState.OPEN).first()


def here(request: HttpRequest, procedure: Procedure, at: str = "") -> str:
    """Address of the studio, at a part."""
    place = address("procedures_desk:studio", slug=request.municipality.slug, procedure=procedure.slug)  # type: ignore[attr-defined]
    return f"{place}?{urlencode({'at': at})}#part" if at else place


@desk("forms.edit")
@never_cache
@require_http_methods(["GET", "POST"])
def studio(request: HttpRequest, procedure: str) -> HttpResponse:
    """Look at the draft, or do one thing to it."""
    found = procedure_of(procedure)
    draft = draft_of(found)
    if request.method == "POST":
        return _act(request, found, draft)
    if draft is None:
        return render(request, "procedures/studio/begin.html", {"procedure": found})
    return _show(request, draft, request.GET.get("at", ""))


def _show(
    request: HttpRequest, draft: FormDraft, at: str, form: PartForm | None = None, adding: dict[str, Any] | None = None
) -> HttpResponse:
    document = draft.document
    try:
        part = find(document, at)
    except Rejected:
        at, part = "", find(document, "")
    problems, loaded = _problems(document)
    known = dict(parts(document))
    structure, grouped = list(_structure(document)), _grouped(document, known, problems)
    form = form or PartForm(document=document, address=at)
    context = {
        "procedure": draft.procedure,
        "draft": draft,
        "plain": form.plain(),
        "rows": form.rows(),
        "overtaken": draft.based_on_id != draft.procedure.current_id,
        "structure": structure,
        "at": at,
        "part": part,
        "name": name_of(part),
        "form": form,
        "adding": {**{kind: made(auto_id=f"new_{kind}_%s") for kind, made in NEW.items()}, **(adding or {})},
        "may_add_question": part.kind == "section" or (part.kind == "page" and "sections" not in part.part),
        "may_add_choice": part.kind == "question" and part.part.get("type") in ("choice", "choices"),
        "homes": [one for one in structure if _may_hold(known, one["address"], part)],
        "choices": [(f"choice:{part.part['id']}/{one['id']}", one) for one in part.part.get("choices", ())]
        if part.kind == "question"
        else [],
        "holds": draft.holder_id == request.user.pk,
        "may_undo": may_undo(draft=draft),
        "problems": grouped[:MOST_PROBLEMS],
        "more_problems": max(0, len(grouped) - MOST_PROBLEMS),
        "problem_count": len(problems),
        "preview": _preview(loaded, _page_of(document, at)) if loaded is not None else None,
        "has_errors": bool(form.errors) or bool(adding),
    }
    return render(request, "procedures/studio/studio.html", context, status=400 if context["has_errors"] else 200)


def _problems(document: dict[str, Any]) -> tuple[list[dict[str, str]], Form | None]:
    """What keeps the form from being published, in words; and the form, where it can be loaded."""
    try:
        form = load(document)
    except Faulty as faulty:
        return [{"where": path, "message": message} for path, message in faulty.problems], None
    return [{"where": one.path, "message": one.message} for one in lint(form) if one.level == "error"], form


def _grouped(document: dict[str, Any], known: Mapping[str, Found], problems: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The problems by the part on which they can be mended, in the order in which they were found."""
    found: dict[str, dict[str, Any]] = {}
    for one in problems:
        address = part_at(document, known, one["where"])
        part = known[address] if address else find(document, "")
        row = found.setdefault(address, {"address": address, "name": name_of(part), "messages": []})
        row["messages"].append(one["message"])
    return list(found.values())


def part_at(document: Mapping[str, Any], known: Mapping[str, Found], path: str) -> str:
    """The address of the innermost part that a path into the document (pages[1].questions[0].label) goes through; "" for the form."""
    at: Any = document
    home, address = "", ""
    for key, index in STEP.findall(path):
        if key not in KINDS or not isinstance(at, dict) or int(index) >= len(at.get(key, ())):
            break
        at = at[key][int(index)]
        home, address = address, address_of(KINDS[key], at, address, int(index))
    return address if address in known else home if home in known else ""


def _structure(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every page, section and question as a line of the form's outline."""
    for where, one in parts(document):
        if one.kind in ("page", "section", "question"):
            depth = 0 if one.kind == "page" else 1 if one.kind == "section" or one.home.startswith("page:") else 2
            yield {
                "address": where,
                "kind": one.kind,
                "depth": depth,
                "name": name_of(one),
                "type": TYPES.get(one.part.get("type", ""), one.part.get("type", "")),
                "some": one.part.get("show_if") is not None,
            }


def _may_hold(known: Mapping[str, Found], home: str, part: Found) -> bool:
    """A question can be moved to another page or section that holds questions."""
    there = known[home]
    holds = there.kind == "section" or (there.kind == "page" and "sections" not in there.part)
    return part.kind == "question" and holds and home != part.home


def name_of(one: Found) -> str:
    """What a part is called at the desk."""
    words = one.part.get("label") or one.part.get("title") or {}
    return str(words.get("ja") or one.part.get("id") or "")


def _page_of(document: dict[str, Any], at: str) -> str:
    """The id of the page on which a part stands; the first page for the form itself."""
    known = dict(parts(document))
    while at and not at.startswith("page:"):
        at = known[at].home if at in known else ""
    return at.partition(":")[2] or str(document["pages"][0]["id"])


def _preview(form: Form, page: str) -> Panel | None:
    return next((Panel(*backend.page(form, page, reader())) for _alias, backend in previews.all()), None)


# -- acts ---------------------------------------------------------------------------------------------------------------------------


def _act(request: HttpRequest, found: Procedure, draft: FormDraft | None) -> HttpResponse:
    act, at = request.POST.get("act", ""), request.POST.get("at", "")
    if act == "open":
        return _done(request, lambda: open_draft(procedure=found, by=request.user), here(request, found))
    if act == "carry":
        return _carried(request, open_draft(procedure=found, by=request.user), at)
    if draft is None:
        return _over(request, found)
    if act == "take":
        return _done(request, lambda: take_draft(draft=draft, by=request.user), here(request, found, at))
    if act == "drop":
        return _done(request, lambda: drop_draft(draft=draft, edition=edition_in(request), by=request.user), here(request, found))
    if act == "undo":
        return _done(request, lambda: undo_draft(draft=draft, edition=edition_in(request), by=request.user), here(request, found, at))
    return _edit(request, draft, act, at)


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
        return _show(request, draft, "")
    if then.startswith("add_") and (kind := then.removeprefix("add_")) in NEW:
        return _show(request, draft, at, adding={kind: NEW[kind](request.POST, auto_id=f"new_{kind}_%s")})
    return _show(request, draft, at, PartForm(request.POST, document=draft.document, address=at) if then == "save" else None)


def edition_in(request: HttpRequest) -> int:
    """The edition that the page showed; -1 for what is none."""
    text = request.POST.get("edition", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _done(request: HttpRequest, act: Any, place: str) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(place)


def _edit(request: HttpRequest, draft: FormDraft, act: str, at: str) -> HttpResponse:
    """Changes of the document: a faulty form is shown again with what was typed."""
    try:
        part = find(draft.document, at)
    except Rejected:
        messages.error(request, _("その項目はもうありません。画面を開き直してください。"))
        return redirect(here(request, draft.procedure))
    if act == "save":
        form = PartForm(request.POST, document=draft.document, address=at)
        if not form.is_valid():
            return _show(request, draft, at, form)
        return _changed(request, draft, form.changes(), at, _("保存しました。"))
    if act in ("add_page", "add_question", "add_choice"):
        return _add(request, draft, part, act, at)
    if act == "remove":
        return _changed(request, draft, [{"do": "remove", "at": at}], part.home, _("消しました。「元に戻す」で戻せます。"))
    return _moved(request, draft, part, act, at)


def _moved(request: HttpRequest, draft: FormDraft, part: Found, act: str, at: str) -> HttpResponse:
    """To another page, or one place up or down; past the end of its list nothing happens."""
    if act == "move":
        into, known = request.POST.get("into", ""), dict(parts(draft.document))
        if into not in [one["address"] for one in _structure(draft.document) if _may_hold(known, one["address"], part)]:
            messages.error(request, _("そこには置けません。"))
            return redirect(here(request, draft.procedure, at))
        change = {"do": "move", "at": at, "into": into, "index": LAST}
        return _changed(request, draft, [change], at, _("移しました。"))
    if act not in ("up", "down") or part.kind == "form":
        raise Http404
    index = part.index + (1 if act == "down" else -1)
    if not 0 <= index < len(part.siblings):
        return redirect(here(request, draft.procedure, at))
    return _changed(request, draft, [{"do": "move", "at": at, "into": part.home, "index": index}], at, "")


def _changed(request: HttpRequest, draft: FormDraft, changes: Iterable[Change], at: str, said: str) -> HttpResponse:
    try:
        change_draft(draft=draft, changes=changes, edition=edition_in(request), by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if said:
            messages.success(request, said)
    return redirect(here(request, draft.procedure, at))


def _add(request: HttpRequest, draft: FormDraft, part: Found, act: str, at: str) -> HttpResponse:
    kind = act.removeprefix("add_")
    form = NEW[kind](request.POST, auto_id=f"new_{kind}_%s")
    if not form.is_valid():
        return _show(request, draft, at, adding={kind: form})
    new, change = _new(draft, part, kind, at, form.cleaned_data)
    return _changed(request, draft, [change], new, _("加えました。"))


def _new(draft: FormDraft, part: Found, kind: str, at: str, given: dict[str, str]) -> tuple[str, Change]:
    """(address of the new part, the change that makes it)."""
    document = draft.document
    if kind == "page":
        taken = {page["id"] for page in document["pages"]}
        name = free_name("page", taken)
        index = part.index + 1 if part.kind == "page" else len(document["pages"])
        made: dict[str, Any] = {"id": name, "title": {"ja": given["title"]}, "questions": []}
        return f"page:{name}", {"do": "add", "into": "", "kind": "page", "part": made, "index": index}
    if kind == "choice":
        name = free_name("c", choice_ids(draft=draft, question=str(part.part.get("id"))))
        return at, {"do": "add", "into": at, "kind": "choice", "part": {"id": name, "label": {"ja": given["label"]}}}
    name = free_id(document, _slug(given["label"]) or "q1")
    made = {"id": name, "type": given["type"], "label": {"ja": given["label"]}}
    if given["type"] in ("choice", "choices"):
        made["choices"] = [{"id": "c1", "label": {"ja": _("選択肢1")}}, {"id": "c2", "label": {"ja": _("選択肢2")}}]
    return f"question:{name}", {"do": "add", "into": at, "kind": "question", "part": made}


def free_name(stem: str, taken: set[str]) -> str:
    """`stem` with the first number that is free."""
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def _slug(label: str) -> str:
    """An id from a label written in Latin letters; Japanese ones get a number."""
    return re.sub(r"[^a-z0-9]+", "_", unicodedata.normalize("NFKC", label).lower()).strip("_0123456789")[:30]
