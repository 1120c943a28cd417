"""Keeping procedures: versions, what they say, when they are open, and publishing the next one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from madoguchi.engines.forms import canonical_json, lint, minutes
from madoguchi.engines.forms.mapping import map_of
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.procedures.actions import Proposal, adoption_of, close, draft_from_file, has_updates, hide, propose, reopen, show
from madoguchi.procedures.forms import CHANGES, FormFile, FoundDocument, OpeningDays
from madoguchi.procedures.models import Procedure, ProcedureVersion, short_url
from madoguchi.procedures.views.readable import readable

# How a difference is said; the key is the engine's.
SENTENCES = {
    "form.id": gettext_lazy("様式の識別名が変わる"),
    "form.wording": gettext_lazy("様式の題や説明が変わる"),
    "form.order": gettext_lazy("項目の順が変わる"),
    "page.ends": gettext_lazy("ここで終わる人が変わる"),
    "page.wording": gettext_lazy("ページの文言が変わる"),
    "question.added": gettext_lazy("項目が増える"),
    "question.removed": gettext_lazy("項目がなくなる"),
    "question.condition": gettext_lazy("出る条件が変わる"),
    "question.calculation": gettext_lazy("計算が変わる"),
    "question.type": gettext_lazy("答えの形が変わる"),
    "question.required": gettext_lazy("必須かどうかが変わる"),
    "question.rules": gettext_lazy("答えの範囲や扱いが変わる"),
    "question.choices": gettext_lazy("選択肢がなくなるか、条件が変わる"),
    "question.choices_added": gettext_lazy("選択肢が増える"),
    "question.choices_order": gettext_lazy("選択肢の順が変わる"),
    "question.checks": gettext_lazy("答えの点検が変わる"),
    "question.wording": gettext_lazy("文言が変わる"),
    "repeat.rules": gettext_lazy("繰り返しの数が変わる"),
    "repeat.wording": gettext_lazy("繰り返しの文言が変わる"),
    "calculation.added": gettext_lazy("計算が増える"),
    "calculation.changed": gettext_lazy("計算が変わる"),
    "calculation.removed": gettext_lazy("計算がなくなる"),
}


def _procedure(slug: str) -> Procedure:
    rows = Procedure.objects.select_related("division", "municipality", "current").defer("current__document")
    return get_object_or_404(rows, slug=slug)


def _to_procedure(request: HttpRequest, procedure: Procedure) -> HttpResponse:
    return redirect(address("procedures_desk:procedure", slug=request.municipality.slug, procedure=procedure.slug))  # type: ignore[attr-defined]


@desk("desk")
@require_GET
def every(request: HttpRequest) -> HttpResponse:
    """All procedures of the municipality, hidden and closed ones too."""
    today, query = timezone.localdate(), request.GET.get("q", "").strip()[:100]
    rows = Procedure.objects.for_lists().select_related("current").defer("current__document")
    found = rows.matching(query) if query else list(rows.order_by("division__code", "kana"))
    shown = [{"procedure": procedure, "opening": procedure.opening(today)} for procedure in found]
    may_edit = request.member.may("forms.edit")  # type: ignore[attr-defined]
    return render(request, "procedures/desk_list.html", {"rows": shown, "query": query, "may_edit": may_edit})


@desk("desk")
@require_GET
def procedure(request: HttpRequest, procedure: str) -> HttpResponse:
    """A procedure's facts and versions."""
    return render(request, "procedures/desk_procedure.html", _facts(request, _procedure(procedure)))


def _facts(request: HttpRequest, found: Procedure, form: OpeningDays | None = None) -> dict[str, Any]:
    member = request.member  # type: ignore[attr-defined]
    adoption = adoption_of(found)
    return {
        "procedure": found,
        "opening": found.opening(timezone.localdate()),
        "short_url": short_url(found),
        "versions": found.versions.select_related("by").defer("document"),
        "days": form or OpeningDays(initial={"opens_on": found.opens_on, "closes_on": found.closes_on}),
        "minutes": minutes(found.current.form) if found.current else None,
        "may_edit": member.may("forms.edit"),
        "reviews": found.drafts.filter(state="open", reviews__state="waiting").exists(),
        "may_review": member.may("forms.edit") or (member.may("forms.review") and member.division_id == found.division_id),
        "adoption": adoption,
        "has_updates": adoption is not None and has_updates(adoption),
        "may_publish": member.may("forms.publish"),
        "has_errors": bool(form and form.errors),
    }


@desk("forms.edit")
@require_POST
def opening(request: HttpRequest, procedure: str) -> HttpResponse:
    """Set the days of opening, or make today the last day."""
    found = _procedure(procedure)
    if "close" in request.POST:
        close(procedure=found, last_day=timezone.localdate(), by=request.user)
        messages.success(request, _("今日で受付を終えるようにしました。"))
        return _to_procedure(request, found)
    form = OpeningDays(request.POST)
    if form.is_valid():
        try:
            reopen(procedure=found, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error("closes_on", str(refused))
        else:
            messages.success(request, _("受付の期間を保存しました。"))
            return _to_procedure(request, found)
    return render(request, "procedures/desk_procedure.html", _facts(request, found, form), status=400)


@desk("forms.edit")
@require_POST
def hidden(request: HttpRequest, procedure: str) -> HttpResponse:
    """Take a procedure off the residents' pages, or put it back."""
    found = _procedure(procedure)
    if request.POST.get("hidden") == "yes":
        hide(procedure=found, by=request.user)
        messages.success(request, _("住民のページに出ないようにしました。"))
    else:
        show(procedure=found, by=request.user)
        messages.success(request, _("住民のページに出すようにしました。"))
    return _to_procedure(request, found)


def _version(procedure: str, number: int) -> ProcedureVersion:
    rows = ProcedureVersion.objects.select_related("procedure__division", "by")
    return get_object_or_404(rows, procedure__slug=procedure, number=number)


@desk("desk")
@require_GET
def version(request: HttpRequest, procedure: str, number: int) -> HttpResponse:
    """A version as it stands, whole and in words, with what the linter notices."""
    found = _version(procedure, number)
    context = {
        "version": found,
        "procedure": found.procedure,
        "is_current": found.procedure.current_id == found.pk,
        "may_edit": request.member.may("forms.edit"),  # type: ignore[attr-defined]
        "change_label": dict(CHANGES)[found.change],
        "minutes": minutes(found.form),
        "findings": lint(found.form),
        **readable(found.form),
    }
    drawn = map_of(found.form)
    conditions = {page["id"]: page["condition"] for page in context["pages"]}
    context |= {"map": drawn, "stations": [{"station": one, "condition": conditions.get(one.id, "")} for one in drawn.stations]}
    return render(request, "procedures/desk_version.html", context)


@desk("desk")
@require_GET
def version_json(_request: HttpRequest, procedure: str, number: int) -> HttpResponse:
    """The document as a file; its hash is that of the same document without blanks and with its keys sorted."""
    found = _version(procedure, number)
    response = JsonResponse(found.document, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{found.procedure.slug}-{found.number}.json"'
    return response


@desk("forms.publish")
def publishing(request: HttpRequest, procedure: str) -> HttpResponse:
    """Choose a file, look at what it would change, then make it the draft: what a draft must have done, a file must too."""
    found = _procedure(procedure)
    if request.method == "POST" and "document" in request.POST:
        return _take(request, found)
    form = FormFile(request.POST, request.FILES) if request.method == "POST" else FormFile()
    if form.is_valid():
        try:
            proposal = propose(procedure=found, document=form.cleaned_data["file"])
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return _show_proposal(request, found, proposal)
    status = 400 if form.errors else 200
    context = {"procedure": found, "form": form, "has_errors": bool(form.errors)}
    return render(request, "procedures/desk_publish.html", context, status=status)


def _show_proposal(request: HttpRequest, found: Procedure, proposal: Proposal) -> HttpResponse:
    """What the file would change, and what keeps it from being published."""
    form = FoundDocument(initial={"document": canonical_json(proposal.document)})
    context = {"procedure": found, "proposal": proposal, "form": form, "change_label": dict(CHANGES)[proposal.change]}
    context["differences"] = [
        {"id": each.id, "text": each.text, "level": each.level, "sentence": SENTENCES[each.key]} for each in proposal.differences
    ]
    return render(request, "procedures/desk_preview.html", context)


def _take(request: HttpRequest, found: Procedure) -> HttpResponse:
    form = FoundDocument(request.POST)
    if not form.is_valid():
        raise Refused(_("様式を読めませんでした。ファイルを選び直してください。"), code="document_lost")
    draft_from_file(procedure=found, document=form.cleaned_data["document"], by=request.user)
    messages.success(request, _("ファイルの様式を、作成中の様式にしました。公開までにすることを確かめてください。"))
    return redirect(address("procedures_desk:studio_publish", slug=request.municipality.slug, procedure=found.slug))  # type: ignore[attr-defined]
