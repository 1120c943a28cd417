"""Test mode at the desk: the residents' pages of a form, with the same code that fills theirs; nothing of it stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from madoguchi.applications.actions import NotReady, Trial, add_row, look_over, mark_page_done, send_trial, set_answer, stand_in, trying
from madoguchi.applications.actions.uploading import files_of
from madoguchi.applications.forms import uploaded
from madoguchi.applications.models import Application
from madoguchi.applications.views.fill import (
    hub_context,
    is_page_repeat,
    page_context,
    page_groups,
    page_repeats,
    place_of,
    reader_code,
)
from madoguchi.applications.views.pages import PageForm
from madoguchi.applications.views.summary import groups_of, problem_rows
from madoguchi.engines.forms import Faulty, Form, Item, get, load
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.lib.tags import reader
from madoguchi.procedures.actions import found_in, keep_example, lists
from madoguchi.procedures.models import DraftState, FormDraft, FormExample, Procedure

KEY = "trial"  # of the session: {procedure's id: what was typed}


class TrialForm(PageForm):
    """A page in test mode: of a file only its name is taken."""

    def _take_files(self, items: Sequence[Item]) -> None:
        by_path = {item.path: item for item in items if item.question.type == "file"}
        for path, files in uploaded(self.request).items():
            if path not in by_path:
                continue
            self.store.refresh_from_db()
            held = files_of(get(self.store.values, path))
            new = [stand_in(file.name or _("書類"), file.content_type or "") for file in files]
            value = {"files": [*held, *new][: by_path[path].question.max_files], "later": False}
            set_answer(store=self.store, application=self.application, path=path, value=value)


def _at_work(procedure: str) -> tuple[Procedure, Mapping[str, Any], bool]:
    """The procedure, the form to be tried (the draft's, else the version of now), and whether it is the draft's."""
    found = get_object_or_404(Procedure.objects.select_related("division", "current"), slug=procedure)
    draft = FormDraft.objects.filter(procedure=found, state=DraftState.OPEN).first()
    if draft is not None:
        return found, draft.document, True
    if found.current is None:
        raise Http404
    return found, found.current.document, False


def _sound(procedure: str) -> tuple[Procedure, Mapping[str, Any], bool]:
    """The same, with whether the form can be loaded: a draft may be broken from one page to the next."""
    found, document, _is_draft = _at_work(procedure)
    try:
        load(document)
    except Faulty:
        return found, document, False
    return found, document, True


def _kept(request: HttpRequest, procedure: Procedure) -> Trial:
    return Trial(**request.session.get(KEY, {}).get(str(procedure.pk), {}))


def _keep(request: HttpRequest, procedure: Procedure, trial: Trial) -> None:
    request.session[KEY] = {**request.session.get(KEY, {}), str(procedure.pk): vars(trial)}


def _to(request: HttpRequest, procedure: Procedure, name: str = "trial", **parts: Any) -> str:
    slug = request.municipality.slug  # type: ignore[attr-defined]
    return address(f"applications_desk:{name}", slug=slug, procedure=procedure.slug, **parts)


@desk("desk")
@never_cache
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, procedure: str) -> HttpResponse:
    """What test mode is; begin, go on, end, or keep the answers as an example."""
    found, document, is_draft = _at_work(procedure)
    try:
        form = load(document)
    except Faulty as faulty:
        context = {"procedure": found, "problems": [{"path": path, "text": message} for path, message in faulty.problems[:20]]}
        return render(request, "applications/trial/begin.html", {**context, "is_draft": is_draft})
    if request.method == "POST":
        return _act(request, found, form)
    has_begun = str(found.pk) in request.session.get(KEY, {})
    return render(request, "applications/trial/begin.html", {"procedure": found, "has_begun": has_begun, "is_draft": is_draft})


def _act(request: HttpRequest, found: Procedure, form: Form) -> HttpResponse:
    act = request.POST.get("act")
    if act == "keep":
        return _keep_example(request, found, form)
    if act == "end":
        request.session[KEY] = {key: value for key, value in request.session.get(KEY, {}).items() if key != str(found.pk)}
        messages.success(request, _("試しに入力した内容を消しました。"))
        return redirect(_to(request, found))
    if act == "load":
        example = get_object_or_404(FormExample.objects.standing(), procedure=found, pk=_number(request.POST.get("example", "")))
        _keep(request, found, Trial(values=example.answers))
        return redirect(_to(request, found, "trial_check"))
    if act != "go_on":
        _keep(request, found, Trial())
    done = _kept(request, found).pages_done
    with trying(procedure=found, document=form.document, trial=_kept(request, found)) as application:
        pages = TrialForm(request, application, application.draft(), lambda walk: ()).walked.pages
        page = next((one.page.id for one in pages if one.page.id not in done), "")
    return redirect(_to(request, found, "trial_page", page=page) if page else _to(request, found, "trial_check"))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _keep_example(request: HttpRequest, found: Procedure, form: Form) -> HttpResponse:
    """What was typed as an example: what is found now is what later versions must find."""
    if not request.member.may("forms.edit"):  # type: ignore[attr-defined]
        raise Http404
    trial, today = _kept(request, found), timezone.localdate()
    expect, _at = found_in(form, trial.values, on=today, known=lists())
    name = request.POST.get("name", "").strip()
    try:
        keep_example(procedure=found, name=name, on=today, answers=trial.values, expect=expect, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(_to(request, found, "trial_check"))
    messages.success(request, _("「%(name)s」を例に加えました。") % {"name": name})
    return redirect(address("procedures_desk:studio_examples", slug=request.municipality.slug, procedure=found.slug))  # type: ignore[attr-defined]


@desk("desk")
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, procedure: str, page: str, row: str = "") -> HttpResponse:
    """One page, or one row of a page that repeats: saved into the session, and everything else taken back."""
    found, document, is_sound = _sound(procedure)
    if not is_sound:
        return redirect(_to(request, found))
    trial = _kept(request, found)
    with trying(procedure=found, document=document, trial=trial, language=reader_code()) as application:
        form = TrialForm(
            request, application, application.draft(), lambda walk: page_groups(walk, page, row), lambda walk: page_repeats(walk, page)
        )
        response = _page(request, found, form, page, row)
        trial.keep(application.draft())
    _keep(request, found, trial)
    return response


def _page(request: HttpRequest, found: Procedure, form: TrialForm, page: str, row: str) -> HttpResponse:
    place = place_of(form.walked, page)
    if place is None or (row and not any(one.id == row for one in place.page.rows)):
        return redirect(_to(request, found))
    if request.method == "POST":
        return _posted(request, found, form, page, row)
    repeat = place.page.page.repeat
    if repeat is not None and not row and not place.page.rows and repeat.min:
        new = add_row(store=form.store, application=form.application, repeat_id=repeat.id)
        return redirect(_to(request, found, "trial_row", page=page, row=new))
    return _show(request, found, form, page, row)


def _posted(request: HttpRequest, found: Procedure, form: TrialForm, page: str, row: str) -> HttpResponse:
    act = form.post()
    if act.word == "back":
        return redirect(_back(request, found, form, page, row))
    wanted = form.row_of(act.path) if act.word == "row" else form.added_row if not row and is_page_repeat(form, act.path) else ""
    if wanted:
        return redirect(_to(request, found, "trial_row", page=page, row=wanted))
    if act.word != "next" or form.refused or form.new_items():
        return _show(request, found, form, page, row)
    if form.check([f"{page}/{row}"] if row else [page]):
        return _show(request, found, form, page, row, status=422)
    if row:
        return redirect(_to(request, found, "trial_page", page=page))
    mark_page_done(draft=form.store, page=page)
    place = place_of(form.walked, page)
    if place is None or place.page.page.ends:
        return redirect(_to(request, found, "trial_page", page=page))
    after = place.after
    return redirect(_to(request, found, "trial_page", page=after.page.id) if after else _to(request, found, "trial_check"))


def _back(request: HttpRequest, found: Procedure, form: TrialForm, page: str, row: str) -> str:
    if row:
        return _to(request, found, "trial_page", page=page)
    place = place_of(form.walked, page)
    if place is None or place.before is None:
        return _to(request, found)
    return _to(request, found, "trial_page", page=place.before.page.id)


def _show(request: HttpRequest, found: Procedure, form: TrialForm, page: str, row: str, status: int = 200) -> HttpResponse:
    place = place_of(form.walked, page)
    if place is None:
        return redirect(_to(request, found))
    context = {
        **page_context(form, place),
        **hub_context(form, place, row),
        "procedure": found,
        "application": form.application,
        "is_desk": True,  # no pictures of files: there are none
        "seen": "",
        "contact": form.application.division,
        "may_keep": request.member.may("forms.edit"),  # type: ignore[attr-defined]
    }
    return render(request, "applications/trial/page.html", context, status=status)


@desk("desk")
@never_cache
@require_GET
def check(request: HttpRequest, procedure: str) -> HttpResponse:
    """The page on which answers are looked over."""
    found, document, is_sound = _sound(procedure)
    if not is_sound:
        return redirect(_to(request, found))
    with trying(procedure=found, document=document, trial=_kept(request, found), language=reader_code()) as application:
        try:
            ready = look_over(application)
            walked, problems = ready.walked, ready.warnings
        except NotReady as not_ready:
            walked, problems = not_ready.walked, not_ready.problems
        context = _checked(request, found, application, walked, problems)
        return render(request, "applications/trial/check.html", context)


def _checked(request: HttpRequest, found: Procedure, application: Application, walked: Any, problems: Any) -> dict[str, Any]:
    def change(page: str, row: str) -> str:
        return _to(request, found, "trial_row", page=page, row=row) if row else _to(request, found, "trial_page", page=page)

    return {
        "procedure": found,
        "groups": groups_of(walked, application, change=change),
        "problems": problem_rows(walked, [one for one in problems if one.level == "error"], change),
        "warnings": problem_rows(walked, [one for one in problems if one.level != "error"], change),
        "ended": walked.ended,
        "may_keep": request.member.may("forms.edit"),  # type: ignore[attr-defined]
    }


@desk("desk")
@never_cache
@require_GET
def sent(request: HttpRequest, procedure: str) -> HttpResponse:
    """What sending leads to: the resident's page, the receipt, what is told, the case at the desk, the notice of each outcome."""
    found, document, is_sound = _sound(procedure)
    if not is_sound:
        return redirect(_to(request, found))
    with trying(procedure=found, document=document, trial=_kept(request, found), language=reader_code()) as application:
        try:
            end = send_trial(application=application, by=request.user, language=reader())
        except NotReady:
            return redirect(_to(request, found, "trial_check"))
        filed = end.application
        context = {
            "procedure": found,
            "application": filed,
            "end": end,
            "outcomes": [(filed.subjects.model(state=one).get_state_display(), wording) for one, wording in end.decisions],
            "subjects": list(filed.subjects.all()),
            "may_keep": request.member.may("forms.edit"),  # type: ignore[attr-defined]
        }
        return render(request, "applications/trial/sent.html", context)
