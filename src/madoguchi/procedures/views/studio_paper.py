"""From a division's paper form to questions of a draft: each is looked at, changed or left, and all are taken as one step."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.engines.forms.editing import Change, names_in
from madoguchi.engines.forms.guessing import proposals
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.lib.paper import read_paper
from madoguchi.lib.sheets import MOST_BYTES, UnreadableSheet
from madoguchi.procedures.actions import change_draft
from madoguchi.procedures.forms.studio_paper import MOST_PROPOSED, PaperFile, ProposedSet, proposed
from madoguchi.procedures.models import FormDraft, Procedure
from madoguchi.procedures.views.studio_acts import free_name
from madoguchi.procedures.views.studio_found import draft_of, edition_in, here, procedure_of

NOT_READ = {
    "too_large": gettext_lazy("ファイルが大きすぎます（10MBまで）。様式だけのファイルにしてください。"),
    "macros": gettext_lazy("マクロの入ったファイルは読みません。マクロのない形（.docx、.xlsx）で保存し直してから選んでください。"),
    "old": gettext_lazy("古い形（.doc、.xls）のファイルです。WordやExcelで開き、.docx、.xlsxで保存し直してから選んでください。"),
    "locked": gettext_lazy("パスワードのかかったファイルです。パスワードを外して保存し直してから選んでください。"),
    "scan": gettext_lazy(
        "文字の入っていないPDF（紙を写しただけのもの）です。もとのWordやExcelのファイルを選ぶか、文字を読み取る処理（OCR）をしてから選んでください。"
    ),
    "empty": gettext_lazy("項目が見つかりません。様式の表が入ったファイルを選んでください。"),
}


@desk("forms.edit")
@never_cache
@require_http_methods(["GET", "POST"])
def paper(request: HttpRequest, procedure: str) -> HttpResponse:
    """Choose a file; look at what was read; take it over as a new page."""
    found = procedure_of(procedure)
    draft = draft_of(found)
    if draft is None or draft.holder_id != request.user.pk:
        return redirect(here(request, found))
    if request.method == "POST" and request.POST.get("act") == "take":
        return _take(request, found, draft)
    form = PaperFile(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            rows = _read(form.cleaned_data["file"])
        except UnreadableSheet as unreadable:
            form.add_error("file", _reason(unreadable))
        else:
            name = str(form.cleaned_data["file"].name).rpartition(".")[0][:100]
            return _show(request, found, draft, ProposedSet(initial=rows), name)
    context = {"procedure": found, "form": form, "has_errors": bool(form.errors)}
    return render(request, "procedures/studio/paper.html", context, status=400 if form.errors else 200)


def _reason(unreadable: UnreadableSheet) -> str:
    return str(NOT_READ.get(unreadable.reason) or _("読み取れません。Word（.docx）、Excel（.xlsx）、PDFのどれかの様式を選んでください。"))


def _read(file: Any) -> list[dict[str, Any]]:
    """Rows for the page. Raises UnreadableSheet."""
    rows = proposed(proposals(read_paper(file.read(MOST_BYTES + 1))))
    if not rows:
        raise UnreadableSheet("empty")
    return rows


def _show(request: HttpRequest, found: Procedure, draft: FormDraft, rows: Any, title: str, status: int = 200) -> HttpResponse:
    context = {"procedure": found, "draft": draft, "rows": rows, "title": title, "most": MOST_PROPOSED, "has_errors": status == 400}
    return render(request, "procedures/studio/proposed.html", context, status=status)


def _take(request: HttpRequest, found: Procedure, draft: FormDraft) -> HttpResponse:
    rows, title = ProposedSet(request.POST), request.POST.get("title", "").strip()[:100] or _("紙の様式から")
    if not rows.is_valid():
        return _show(request, found, draft, rows, title, 400)
    chosen = [form for form in rows if form.cleaned_data.get("take")]
    if not chosen:
        messages.error(request, _("入れる項目を選んでください。"))
        return _show(request, found, draft, rows, title, 400)
    page, changes = _changes(draft.document, chosen, title)
    try:
        change_draft(draft=draft, changes=changes, edition=edition_in(request), by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return _show(request, found, draft, rows, title, 400)
    messages.success(request, _("新しいページに%(count)s項目を入れました。「元に戻す」で戻せます。") % {"count": len(chosen)})
    return redirect(here(request, found, page))


def _changes(document: dict[str, Any], chosen: list[Any], title: str) -> tuple[str, list[Change]]:
    """(address of the new page, the changes that make it)."""
    page = free_name("page", {one["id"] for one in document["pages"]})
    taken = names_in(document) | set(document.get("retired", ()))
    questions = []
    for form in chosen:
        name = free_name("q", taken)
        taken.add(name)
        questions.append(form.question(name))
    made = {"id": page, "title": {"ja": title}, "questions": questions}
    return f"page:{page}", [{"do": "add", "into": "", "kind": "page", "part": made}]
