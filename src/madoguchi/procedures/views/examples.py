"""Example answers of a procedure, and what the procedure says of itself: what the task list sends people to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from madoguchi.engines.forms import Faulty, Form, load
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.procedures.actions import Outcome, change_example, drop_example, keep_facts, needed_notices, run_examples
from madoguchi.procedures.forms.publishing import EXPECTED, ExampleForm, FactsForm
from madoguchi.procedures.models import FormExample, Procedure
from madoguchi.procedures.views.publishing import place
from madoguchi.procedures.views.studio_found import draft_of, procedure_of


@desk("forms.edit")
@never_cache
@require_GET
def every(request: HttpRequest, procedure: str) -> HttpResponse:
    """All examples, run with the draft where one is open, else with the version of now; those that were dropped, with the reason."""
    found = procedure_of(procedure)
    form, is_draft = form_at_work(found)
    outcomes = run_examples(procedure=found, form=form) if form is not None else []
    context = {
        "procedure": found,
        "rows": [_row(outcome) for outcome in outcomes],
        "unrun": found.examples.standing() if form is None else (),  # type: ignore[attr-defined]
        "dropped": found.examples.exclude(dropped_at=None).select_related("dropped_by"),  # type: ignore[attr-defined]
        "is_draft": is_draft,
        "has_form": form is not None,
    }
    return render(request, "procedures/studio/examples.html", context)


def form_at_work(procedure: Procedure) -> tuple[Form | None, bool]:
    """(the form of the draft, or of the version of now; whether it is the draft's). None where it cannot be loaded yet."""
    draft = draft_of(procedure)
    if draft is None:
        return (procedure.current.form if procedure.current is not None else None), False
    try:
        return load(draft.document), True
    except Faulty:
        return None, True


def _row(outcome: Outcome) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "example": outcome.example,
        "expect": _said(outcome.example.expect),
        "found": _said(outcome.found),
        "at": [f"{key}：{path}" for key, path in outcome.at.items() if key in outcome.extra and path],
    }


def _said(expected: Any) -> str:
    return str(dict(EXPECTED)[expected]) if isinstance(expected, str) else _("エラー：%(keys)s") % {"keys": "、".join(expected)}


@desk("forms.edit")
@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, procedure: str, example: int) -> HttpResponse:
    """One example: change it, or use it no longer; both with a reason."""
    found = procedure_of(procedure)
    row = get_object_or_404(FormExample.objects.select_related("by"), procedure=found, pk=example, dropped_at=None)
    if request.method == "POST" and request.POST.get("act") == "drop":
        return _drop(request, found, row)
    form = ExampleForm(request.POST) if request.method == "POST" else ExampleForm.of(row)
    if form.is_bound and form.is_valid():
        try:
            given = {key: form.cleaned_data[key] for key in ("name", "on", "answers", "because")}
            change_example(example=row, expect=form.expected, by=request.user, **given)
        except Refused as refused:
            form.add_error("keys" if refused.code == "no_expectation" else None, str(refused))
        else:
            messages.success(request, _("例を変えました。"))
            return redirect(place(request, "studio_examples", found))
    context = {"procedure": found, "example": row, "form": form, "has_errors": bool(form.errors)}
    return render(request, "procedures/studio/example.html", context, status=400 if form.errors else 200)


def _drop(request: HttpRequest, found: Procedure, row: FormExample) -> HttpResponse:
    try:
        drop_example(example=row, because=request.POST.get("because", ""), by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(place(request, "studio_example", found, example=row.pk))
    messages.success(request, _("例を外しました。"))
    return redirect(place(request, "studio_examples", found))


@desk("forms.edit")
@never_cache
@require_http_methods(["GET", "POST"])
def facts(request: HttpRequest, procedure: str) -> HttpResponse:
    """Use of the answers, criteria, period, retention, contact and notices."""
    found = procedure_of(procedure)
    form = FactsForm(request.POST if request.method == "POST" else None, procedure=found)
    if form.is_bound and form.is_valid():
        try:
            keep_facts(procedure=found, facts=form.facts, contact=form.contact, by=request.user)
        except Refused as refused:
            form.add_error("standard_days" if refused.code == "no_days" else "result_on", str(refused))
        else:
            messages.success(request, _("手続きの内容を保存しました。"))
            back = "studio_publish" if draft_of(found) is not None else "procedure"
            return redirect(place(request, back, found))
    context = {"procedure": found, "form": form, "groups": form.groups(), "has_errors": bool(form.errors)}
    context["open_notices"] = any(outcome not in (found.notice_texts or {}) for outcome in needed_notices(found))
    return render(request, "procedures/studio/facts.html", context, status=400 if form.errors else 200)
