"""The library at the desk: what can be adopted, what the origin of an adopted procedure changed, and giving a procedure to all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from madoguchi.engines.forms import Form, load, pick, questions_of
from madoguchi.engines.forms.merging import Update
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.procedures.actions import (
    LIBRARY,
    examples_of,
    fact_updates,
    facts_of,
    form_here,
    form_updates,
    library_entries,
    lists_named,
    look_again,
    origin_of,
    prepare,
    rating,
    read_entry,
    seen_of,
    share,
    shared_of,
    take_over,
    take_updates,
    withdraw,
)
from madoguchi.procedures.forms.sharing import AdoptForm, NotesForm
from madoguchi.procedures.models import Adoption, Procedure, SharedProcedure
from madoguchi.procedures.models.finding import find
from madoguchi.procedures.views.changed_parts import fact_text, lines
from madoguchi.procedures.views.readable import readable


@dataclass(frozen=True)
class Shelf:
    """One entry as the list shows it, with the texts in which `find` looks; `slug` is its own, `procedure` that of what it becomes."""

    kind: str
    id: str
    procedure: str
    name: dict[str, str]
    kana: str
    keywords: list[str]
    overview: dict[str, str]
    who: dict[str, str]
    when: dict[str, str]
    origin: str
    languages: tuple[str, ...]
    questions: int

    @property
    def slug(self) -> str:
        return f"{self.kind}/{self.id}"


def _shelf(kind: str, name: str, procedure: str, origin: str, facts: Mapping[str, Any], form: Form) -> Shelf:
    number = sum(question.is_typed for question in questions_of(form))
    texts = {key: facts.get(key) or {} for key in ("overview", "who", "when")}
    words = {"name": facts["name"], "kana": facts.get("kana", ""), "keywords": facts.get("keywords", [])}
    return Shelf(kind, name, procedure, **words, **texts, origin=origin, languages=form.languages, questions=number)


@cache
def _shipped() -> tuple[Shelf, ...]:
    """What comes with the product: it changes only with it."""
    return tuple(_shelf("library", one.id, one.id, "", one.inventory, load(one.document)) for one in library_entries())


def _given() -> list[Shelf]:
    """What municipalities gave."""
    rows = SharedProcedure.objects.filter(withdrawn_at=None).prefetch_related("versions")
    newest = [(row, row.versions.all()[0]) for row in rows]
    return [_shelf("shared", row.slug, row.procedure, row.origin_name, version.facts, load(version.document)) for row, version in newest]


@desk("forms.edit")
def library(request: HttpRequest) -> HttpResponse:
    """Everything that can be adopted; what stands here already says so."""
    query, missing = request.GET.get("q", "").strip()[:100], "missing" in request.GET
    ours = set(Procedure.objects.values_list("slug", flat=True))
    shelves = [*_given(), *_shipped()]
    found = find(shelves, query) if query else sorted(shelves, key=lambda one: one.kana)
    rows = [{"shelf": one, "have": one.procedure in ours} for one in found if not missing or one.procedure not in ours]
    context = {"rows": rows, "query": query, "missing": missing, "total": len(shelves)}
    return render(request, "procedures/sharing/list.html", context)


@desk("forms.edit")
def entry(request: HttpRequest, kind: str, entry: str) -> HttpResponse:
    """One entry whole: its form in words, what its origin says, how it does elsewhere; and the one press that takes it over."""
    context = _shared_entry(entry) if kind == "shared" else _library_entry(entry)
    member = request.member  # type: ignore[attr-defined]
    context |= {"kind": kind, "entry": entry, "may_adopt": member.may("forms.publish"), "rating": rating(kind, entry)}
    context["ours"] = Procedure.objects.filter(slug=context["slug"]).first()
    form = AdoptForm(request.POST or None, initial={"division": context.get("division")})
    if request.method == "POST":
        if not context["may_adopt"]:
            raise Refused(_("採用できるのは、公開の権限がある方です。情報システム担当に相談してください。"), code="not_allowed")
        if form.is_valid():
            return _adopted(request, kind, entry, form)
    context |= {"form": form, "has_errors": bool(form.errors)}
    return render(request, "procedures/sharing/entry.html", context, status=400 if form.errors else 200)


def _adopted(request: HttpRequest, kind: str, name: str, form: AdoptForm) -> HttpResponse:
    division, by = form.cleaned_data["division"], request.user
    if kind == "library" and Procedure.objects.filter(slug=name).exists():
        raise Refused(_("この手続きは、もうあります。もとの変更は、手続きのページから取り込めます。"), code="stands_already")
    made = take_over(entry=name, division=division, by=by)
    messages.success(request, _("採用しました。住民のページには、まだ出ていません。文を直してから出してください。"))
    return _to(request, "procedure", made)


def _to(request: HttpRequest, name: str, procedure: Procedure) -> HttpResponse:
    return redirect(address(f"procedures_desk:{name}", slug=request.municipality.slug, procedure=procedure.slug))  # type: ignore[attr-defined]


def _library_entry(name: str) -> dict[str, Any]:
    if not any(one.id == name for one in _shipped()):
        raise Http404
    found = read_entry(LIBRARY / name)
    form = load(found.document)
    return {
        "slug": name,
        "name": found.name,
        "facts": facts_of(found),
        "notes": {},
        "examples": len(found.examples),
        "lists": lists_named(found.document),
        "documents": found.inventory.get("documents", []),
        "volume": found.inventory.get("annual_volume"),
        **readable(form),
    }


def _shared_entry(name: str) -> dict[str, Any]:
    row = get_object_or_404(SharedProcedure, slug=name, withdrawn_at=None)
    version = row.versions.all()[0]
    form = load(version.document)
    return {
        "slug": row.procedure,
        "shared": row,
        "version": version,
        "name": row.name,
        "facts": version.facts,
        "notes": version.notes,
        "examples": len(version.examples),
        "lists": lists_named(version.document),
        **readable(form),
    }


# -- what the origin changed --------------------------------------------------------------------------------------------------------


@desk("forms.edit")
def origin(request: HttpRequest, procedure: str) -> HttpResponse:
    """What the origin of an adopted procedure changed since, each to take or to leave."""
    rows = Adoption.objects.select_related("procedure__division", "procedure__current")
    adoption = get_object_or_404(rows, procedure__slug=procedure)
    if request.method == "POST":
        return _taken(request, adoption)
    found = origin_of(adoption)
    context: dict[str, Any] = {"procedure": adoption.procedure, "adoption": adoption, "origin": found}
    if found is not None:
        old, new = load(adoption.base["document"]), load(found.document)
        mine = form_here(adoption.procedure)
        context["seen"] = seen_of(adoption, found)
        context["updates"] = [_shown(one, old, new) for one in form_updates(adoption, found, mine)] if mine else []
        context["facts"] = [
            {"update": one, "before": fact_text(one.before), "after": fact_text(one.after), "mine": fact_text(one.mine)}
            for one in fact_updates(adoption, found)
        ]
    return render(request, "procedures/sharing/origin.html", context)


def _shown(update: Update, old: Any, new: Any) -> dict[str, Any]:
    """An update with its name: the text of the part, or what kind of part it is."""
    part = update.after or update.before
    words = part.get("label") or part.get("title")
    return {"update": update, "name": words, "lines": lines(update.before, update.after, old, new) if update.what != "moved" else []}


def _taken(request: HttpRequest, adoption: Adoption) -> HttpResponse:
    if "again" in request.POST:
        look_again(adoption=adoption, by=request.user)
        return _to(request, "origin", adoption.procedure)
    draft = take_updates(adoption=adoption, wanted=set(request.POST.getlist("take")), seen=request.POST.get("seen", ""), by=request.user)
    if draft is not None:
        messages.success(request, _("選んだ変更を、作成中の様式に入れました。確かめてから公開してください。"))
        return _to(request, "studio", adoption.procedure)
    messages.success(request, _("確かめました。選ばなかった変更は、取り込みません。"))
    return _to(request, "origin", adoption.procedure)


# -- giving a procedure to all ----------------------------------------------------------------------------------------------------------


@desk("forms.publish")
def sharing(request: HttpRequest, procedure: str) -> HttpResponse:
    """Give a procedure to the shared library: notes, a look at what would leave, then the press."""
    found = get_object_or_404(Procedure.objects.select_related("division", "current", "municipality"), slug=procedure)
    entry, examples = shared_of(found), examples_of(found)
    last = entry.versions.first() if entry is not None else None
    if request.method == "POST" and "withdraw" in request.POST:
        withdraw(procedure=found, by=request.user)
        messages.success(request, _("共同の見本から取り下げました。採用した自治体の様式は、そのまま残ります。"))
        return _to(request, "sharing", found)
    form = NotesForm(request.POST or None, initial=last.notes if last else None)
    context: dict[str, Any] = {"procedure": found, "entry": entry, "last": last, "examples": examples}
    if request.method == "POST" and form.is_valid():
        try:
            if "share" in request.POST:
                made = share(procedure=found, examples=examples, notes=form.notes(), by=request.user)
                messages.success(request, _("共同の見本に公開しました（第%(number)s版）。") % {"number": made.number})
                return _to(request, "sharing", found)
            prepared = prepare(procedure=found, examples=examples, notes=form.notes())
            context |= {"prepared": prepared, "shown": [_example(found, one) for one in prepared.examples]}
        except Refused as refused:
            form.add_error(None, str(refused))
    context |= {"form": form, "has_errors": bool(form.errors)}
    return render(request, "procedures/sharing/sharing.html", context, status=400 if form.errors else 200)


def _example(procedure: Procedure, example: dict[str, Any]) -> dict[str, Any]:
    """An example as it would leave: question and answer, one line each."""
    form = procedure.current.form  # type: ignore[union-attr]
    told = [(pick(form.question(key).label, "ja") if form.has(key) else key, fact_text(value)) for key, value in example["answers"].items()]
    return {"name": example["id"], "answers": told}
