"""The studio's page: the form at the left, one part of it in the middle, the page as residents see it at the right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from madoguchi.engines.forms import Faulty, Form, lint, load, pick
from madoguchi.engines.forms.editing import Found, Rejected, address_of, find, parts
from madoguchi.engines.forms.rule_words import DraftNames, Wording
from madoguchi.lib.tags import reader
from madoguchi.procedures.actions import may_undo, was_published
from madoguchi.procedures.backends import Panel, previews
from madoguchi.procedures.forms.studio import PartForm
from madoguchi.procedures.forms.studio_boxes import PALETTE
from madoguchi.procedures.forms.studio_checks import checks_of
from madoguchi.procedures.forms.studio_formulas import KINDS as CALCULATIONS
from madoguchi.procedures.forms.studio_structure import (
    GroupForm,
    NewCalculationForm,
    NewCheckForm,
    NewChoiceForm,
    NewPageForm,
    NewQuestionForm,
    NewSectionForm,
    RetypeForm,
)  # fmt: skip
from madoguchi.procedures.models import FormDraft
from madoguchi.procedures.views.studio_blocks import Shelf

MOST_PROBLEMS = 30  # parts with something to mend, of all that there are
LONGEST_NAME = 40
STEP = re.compile(r"(\w+)\[(\d+)\]")
KINDS = {
    "pages": "page", "sections": "section", "questions": "question", "choices": "choice", "checks": "check", "calculations": "calculation",
}  # fmt: skip
NEW = {
    "question": NewQuestionForm, "page": NewPageForm, "section": NewSectionForm, "choice": NewChoiceForm, "calculation": NewCalculationForm,
    "check": NewCheckForm,
}  # fmt: skip
CHOOSING = ("choice", "choices")


def show(request: HttpRequest, draft: FormDraft, at: str, form: PartForm | None = None, **shaped: Any) -> HttpResponse:
    """The page at a part. `form` is what was typed and is faulty; `shaped` are other faulty forms: adding={kind: form}, group, retype."""
    document = draft.document
    try:
        part = find(document, at)
    except Rejected:
        at, part = "", find(document, "")
    problems, loaded = _problems(document)
    known = dict(parts(document))
    words = Wording(DraftNames(document))
    form = form or PartForm(document=document, address=at, picked=request.GET.get("kind", ""))
    shelf = Shelf()
    grouped = _grouped(document, known, problems)
    context = {
        "procedure": draft.procedure,
        "draft": draft,
        "overtaken": draft.based_on_id != draft.procedure.current_id,
        "structure": list(structure(document, words, shelf)),
        "at": at,
        "did": request.GET.get("did", ""),
        "part": part,
        "name": _("計算") if part.kind == "calculation" else name_of(part, words),
        "form": form,
        "plain": form.plain(),
        "rows": form.rows(),
        "adding": {**{kind: made(auto_id=f"new_{kind}_%s") for kind, made in NEW.items()}, **shaped.get("adding", {})},
        "homes": [{"address": where, "name": name_of(one)} for where, one in known.items() if may_hold(one, where, part)],
        "holds": draft.holder_id == request.user.pk,
        "may_undo": may_undo(draft=draft),
        "problems": grouped[:MOST_PROBLEMS],
        "more_problems": max(0, len(grouped) - MOST_PROBLEMS),
        "problem_count": len(problems),
        "preview": _preview(loaded, _page_of(known, document, at)) if loaded is not None else None,
        "has_errors": bool(form.errors) or bool(shaped),
        **_of_kind(request, draft, part, words, shelf),
        **{key: made for key, made in shaped.items() if key != "adding"},
    }
    return render(request, "procedures/studio/studio.html", context, status=400 if context["has_errors"] else 200)


def _of_kind(request: HttpRequest, draft: FormDraft, part: Found, words: Wording, shelf: Shelf) -> dict[str, Any]:
    """What the panel has for some kinds of parts only."""
    if part.kind in ("page", "section"):
        return {
            "may_add_question": "sections" not in part.part,
            "may_add_section": True,
            "may_unwrap": part.kind == "page" and _may_unwrap(part.part),
            "group": GroupForm(part=part, new_id="group"),
            "news": shelf.news(part.part),
            "differences": shelf.differences(part.part),
            "blocks": shelf.blocks.values(),
            "own_blocks": [one for one in shelf.blocks.values() if one.id.startswith("own-")],
            "may_keep": "sections" not in part.part,
        }
    if part.kind == "question":
        checks = [(where, one, words.say(one.get("that"))) for where, one in checks_of(part.part)]
        retype = RetypeForm(request.GET if "type" in request.GET else None, question=part.part)
        return {
            "may_add_choice": part.part.get("type") in CHOOSING,
            "choices": [(f"choice:{part.part['id']}/{one['id']}", one) for one in part.part.get("choices", ())],
            "may_add_check": part.part.get("type") not in ("information", "calculated", "mynumber"),
            "checks": checks,
            "retype": retype,
            "retyping": retype.is_valid(),
            "published": was_published(draft=draft, question=str(part.part["id"])),
            "sentence": words.say(part.part.get("value")),
            "calculations": CALCULATIONS,
        }
    if part.kind in ("calculation", "check"):
        return {"sentence": words.say(part.part.get("value", part.part.get("that"))), "calculations": CALCULATIONS}
    return {}


def _may_unwrap(page: Mapping[str, Any]) -> bool:
    sections = page.get("sections")
    return sections is not None and (not sections or (len(sections) == 1 and not {"repeat", "show_if"} & set(sections[0])))


# -- what is missing ---------------------------------------------------------------------------------------------------------------


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
        at = part_at(document, known, one["where"])
        part = known[at] if at else find(document, "")
        row = found.setdefault(at, {"address": at, "name": name_of(part), "messages": []})
        row["messages"].append(one["message"])
    return list(found.values())


def part_at(document: Mapping[str, Any], known: Mapping[str, Found], path: str) -> str:
    """The address of the innermost part that a path into the document (pages[1].questions[0].label) goes through; "" for the form."""
    at: Any = document
    home, found = "", ""
    for key, index in STEP.findall(path):
        if key not in KINDS or not isinstance(at, dict) or int(index) >= len(at.get(key, ())):
            break
        at = at[key][int(index)]
        home, found = found, address_of(KINDS[key], at, found, int(index))
    return found if found in known else home if home in known else ""


# -- the outline ------------------------------------------------------------------------------------------------------------------------


def structure(document: dict[str, Any], words: Wording, shelf: Shelf) -> Iterator[dict[str, Any]]:
    """Every page, section, question and calculation as a line of the form's outline."""
    for where, one in parts(document):
        if one.kind in ("page", "section", "question", "calculation"):
            depth = 0 if one.kind == "page" else 1 if one.kind != "question" or one.home.startswith("page:") else 2
            repeat = one.part.get("repeat")
            yield {
                "address": where,
                "kind": one.kind,
                "depth": depth,
                "home": one.home,
                "index": one.index,
                "name": name_of(one, words),
                "type": PALETTE.get(one.part.get("type", ""), one.part.get("type", "")) if one.kind == "question" else "",
                "some": one.part.get("show_if") is not None,
                "group": pick(repeat.get("item") or {"ja": ""}, "ja") if repeat else "",
                "repeats": bool(repeat),
                "news": shelf.news(one.part),
            }


def may_hold(there: Found, where: str, part: Found) -> bool:
    """Whether a part can be moved into another: a question to where questions stand, a section to any page that is no group with it."""
    if where == part.home:
        return False
    if part.kind == "question":
        return there.kind == "section" or (there.kind == "page" and "sections" not in there.part)
    return part.kind == "section" and there.kind == "page" and not (there.part.get("repeat") and part.part.get("repeat"))


def name_of(one: Found, words: Wording | None = None) -> str:
    """A part by its words; a calculation by what it computes, a check by what it says."""
    if one.kind == "calculation":
        said = words.say(one.part["value"]) if words is not None and "value" in one.part else ""
        return shortened(f"{one.part['id']}：{said}") if said else str(one.part["id"])
    texts = one.part.get("label") or one.part.get("title") or one.part.get("say") or {}
    return str(texts.get("ja") or (_("題のないまとまり") if one.kind == "section" else one.part.get("id")) or _("確かめ"))


def shortened(text: str) -> str:
    """A sentence that fits the outline; its whole stands in the panel."""
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"


def _page_of(known: Mapping[str, Found], document: dict[str, Any], at: str) -> str:
    """The id of the page on which a part stands; the first page for the form itself."""
    while at and not at.startswith("page:"):
        at = known[at].home if at in known else ""
    return at.partition(":")[2] or str(document["pages"][0]["id"])


def _preview(form: Form, page: str) -> Panel | None:
    return next((Panel(*backend.page(form, page, reader())) for _alias, backend in previews.all()), None)
