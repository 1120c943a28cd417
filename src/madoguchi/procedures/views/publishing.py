"""Publishing a draft: the task list, what would change and for whom, the second pair of eyes, now or at an hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.engines.forms.changes import CLASSES
from madoguchi.engines.forms.editing import find, parts
from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.procedures.actions import (
    Task,
    TaskList,
    approve_review,
    ask_review,
    cancel_schedule,
    publish_draft,
    publishing_tasks,
    renew_draft,
    schedule_publishing,
    send_back_review,
    writers,
)
from madoguchi.procedures.backends import impact_of
from madoguchi.procedures.forms import CHANGES
from madoguchi.procedures.forms.publishing import OUTCOMES, ReleaseForm
from madoguchi.procedures.models import FormDraft, FormSchedule, Impact, Procedure, ReviewState, ScheduleState
from madoguchi.procedures.views.desk import SENTENCES
from madoguchi.procedures.views.studio_found import draft_of, edition_in, here, procedure_of
from madoguchi.procedures.views.studio_page import name_of, part_at

WHERE = {
    "studio": ("studio", gettext_lazy("様式を直す")),
    "facts": ("studio_facts", gettext_lazy("手続きの内容を直す")),
    "examples": ("studio_examples", gettext_lazy("例を見る")),
}
TAGS = {"done": "done", "open": "failed", "advice": "waiting"}
LABELS = {"done": gettext_lazy("済み"), "open": gettext_lazy("まだ"), "advice": gettext_lazy("参考")}
FIRST = ("open", "advice", "done")  # in which order the lines stand
MOST = 20  # of what one line is about


@desk("forms.review")
@never_cache
@require_http_methods(["GET", "POST"])
def publishing(request: HttpRequest, procedure: str) -> HttpResponse:
    """Look at the list, or do one thing on the way to the version."""
    found = procedure_of(procedure)
    require_own(request, found)
    draft = draft_of(found)
    if request.method == "POST":
        if draft is None:
            raise Refused(_("この作成中の様式は、公開されたか取りやめられました。"), code="draft_over")
        return _act(request, draft)
    if draft is None:
        return redirect(address("procedures_desk:procedure", slug=request.municipality.slug, procedure=found.slug))  # type: ignore[attr-defined]
    return _show(request, draft)


def require_own(request: HttpRequest, procedure: Procedure) -> None:
    """Who makes forms sees all of them; a chief looks at those of the own division."""
    member = request.member  # type: ignore[attr-defined]
    if not member.may("forms.edit") and member.division_id != procedure.division_id:
        raise Http404


def place(request: HttpRequest, name: str, procedure: Procedure, **parts: Any) -> str:
    """Address of a page about a procedure at this desk."""
    return address(f"procedures_desk:{name}", slug=request.municipality.slug, procedure=procedure.slug, **parts)  # type: ignore[attr-defined]


def _show(request: HttpRequest, draft: FormDraft, form: ReleaseForm | None = None) -> HttpResponse:
    found = publishing_tasks(draft=draft)
    member = request.member  # type: ignore[attr-defined]
    waiting = draft.schedules.filter(state=ScheduleState.WAITING).select_related("by").first()  # type: ignore[attr-defined]
    last = draft.schedules.exclude(state=ScheduleState.CANCELLED).first()  # type: ignore[attr-defined]
    touch = _touch(draft, found)
    context = {
        "procedure": draft.procedure,
        "draft": draft,
        "tasks": [_line(request, draft, found, task) for task in sorted(found.tasks, key=lambda task: FIRST.index(task.state))],
        "found": found,
        "ready": found.is_ready,
        "may_edit": member.may("forms.edit"),
        "may_publish": member.may("forms.publish"),
        "review": found.review,
        "may_answer": _may_answer(request, draft, found),
        "waiting": waiting,
        "failed": last if last is not None and last.state == ScheduleState.FAILED else None,
        "differences": _differences(found, touch),
        "change_label": dict(CHANGES)[found.proposal.change] if found.proposal is not None else "",
        "touch": touch,
        "form": form or _form(found, touch),
        "overtaken": any(task.key == "base" for task in found.tasks),
        "advice": [_advice(request, draft, one) for one in found.advice[:MOST]],
        "has_errors": bool(form is not None and form.errors),
    }
    return render(request, "procedures/studio/publish.html", context, status=400 if context["has_errors"] else 200)


def _touch(draft: FormDraft, found: TaskList) -> Impact:
    """Whom the new version would touch; a first version touches nobody."""
    if found.proposal is None or draft.procedure.current is None:
        return Impact()
    return impact_of(draft.procedure, found.proposal.form)


def _form(found: TaskList, touch: Impact, data: Any = None) -> ReleaseForm | None:
    if found.proposal is None:
        return None
    levels = {each.level for each in found.proposal.differences}
    return ReleaseForm(data, least=found.proposal.change, touched=[one for one in CLASSES if one in levels], counts=touch.classes)


def _may_answer(request: HttpRequest, draft: FormDraft, found: TaskList) -> bool:
    review = found.review
    return review is not None and review.state == ReviewState.WAITING and request.user.pk not in writers(draft=draft)


def _line(request: HttpRequest, draft: FormDraft, found: TaskList, task: Task) -> dict[str, Any]:
    where = WHERE.get(task.place)
    link = place(request, where[0], draft.procedure) if where is not None else ""
    known = dict(parts(draft.document)) if task.items else {}
    return {
        "tag": TAGS[task.state],
        "label": LABELS[task.state],
        "state": task.state,
        "sentence": task.sentence,
        "link": link if task.state != "done" or task.place == "examples" else "",
        "link_name": where[1] if where is not None else "",
        "items": [_item(request, draft, known, item) for item in task.items[:MOST]],
        "more": max(0, len(task.items) - MOST),
        "review": found.review if task.key == "review" else None,
    }


def _item(request: HttpRequest, draft: FormDraft, known: Mapping[str, Any], item: Mapping[str, str]) -> dict[str, str]:
    """What a line is about, with the place on which it is mended."""
    if "example" in item:
        return {"name": item["text"], "text": "", "link": place(request, "studio_example", draft.procedure, example=int(item["example"]))}
    if "outcome" in item:
        return {"name": str(OUTCOMES.get(item["outcome"], item["outcome"])), "text": "", "link": ""}
    at = part_at(draft.document, known, item["path"])
    part = known[at] if at else find(draft.document, "")
    return {"name": name_of(part), "text": item["text"], "link": here(request, draft.procedure, at)}


def _advice(request: HttpRequest, draft: FormDraft, one: Any) -> dict[str, Any]:
    return {"text": one.text, "measure": one.measure, "link": here(request, draft.procedure, one.at)}


def _differences(found: TaskList, touch: Impact) -> list[dict[str, Any]]:
    each_of = found.proposal.differences if found.proposal is not None else ()
    return [
        {
            "id": each.id,
            "text": each.text,
            "level": each.level,
            "sentence": SENTENCES[each.key],
            "count": touch.of.get((each.key, each.id), (0, 0)),
        }
        for each in each_of
    ]


# -- acts ---------------------------------------------------------------------------------------------------------------------------


def _act(request: HttpRequest, draft: FormDraft) -> HttpResponse:
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    permission, work = act
    if not request.member.may(permission):  # type: ignore[attr-defined]
        raise Http404
    try:
        return work(request, draft)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(place(request, "studio_publish", draft.procedure))


def _said(request: HttpRequest, draft: FormDraft, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect(place(request, "studio_publish", draft.procedure))


def _ask(request: HttpRequest, draft: FormDraft) -> HttpResponse:
    ask_review(draft=draft, edition=edition_in(request), words=request.POST.get("words", ""), by=request.user)
    return _said(request, draft, _("確認を頼みました。ほかの人がこの画面を開いて確認します。"))


def _approve(request: HttpRequest, draft: FormDraft) -> HttpResponse:
    approve_review(review=_waiting(draft), by=request.user)
    return _said(request, draft, _("確認しました。この後に様式が変わると、確認はやり直しです。"))


def _send_back(request: HttpRequest, draft: FormDraft) -> HttpResponse:
    send_back_review(review=_waiting(draft), answer=request.POST.get("answer", ""), by=request.user)
    return _said(request, draft, _("差し戻しました。"))


def _waiting(draft: FormDraft) -> Any:
    found = draft.reviews.filter(state=ReviewState.WAITING).first()  # type: ignore[attr-defined]
    if found is None:
        raise Refused(_("この確認は、もう終わっています。画面を開き直してください。"), code="review_over")
    return found


def _renew(request: HttpRequest, draft: FormDraft) -> HttpResponse:
    renew_draft(draft=draft, by=request.user)
    return _said(request, draft, _("新しい版の上に、変更を載せ直しました。内容を確かめてください。"))


def _cancel(request: HttpRequest, draft: FormDraft) -> HttpResponse:
    schedule: FormSchedule | None = draft.schedules.filter(state=ScheduleState.WAITING).first()  # type: ignore[attr-defined]
    if schedule is None:
        raise Refused(_("この予約は、もう終わっています。画面を開き直してください。"), code="schedule_over")
    cancel_schedule(schedule=schedule, by=request.user)
    return _said(request, draft, _("予約を取り消しました。様式を変えられます。"))


def _publish(request: HttpRequest, draft: FormDraft) -> HttpResponse:
    found = publishing_tasks(draft=draft)
    form = _form(found, Impact(), request.POST)
    if form is None or not found.is_ready:
        raise Refused(_("まだ公開できません。「まだ」の印が付いたところを直してください。"), code="tasks")
    if not form.is_valid():
        return _show(request, draft, _form(found, _touch(draft, found), request.POST))
    given = {"draft": draft, "edition": edition_in(request), "ways": form.ways, "by": request.user}
    given |= {"change": form.cleaned_data["change"], "note": form.cleaned_data["note"]}
    if form.at is not None:
        schedule_publishing(at=form.at, **given)
        return _said(request, draft, _("公開を予約しました。それまで、様式は変えられません。"))
    made = publish_draft(**given)
    messages.success(request, _("第%(number)s版を公開しました。") % {"number": made.number})
    return redirect(place(request, "version", draft.procedure, number=made.number))


_ACTS: dict[str, tuple[str, Callable[[HttpRequest, FormDraft], HttpResponse]]] = {
    "ask": ("forms.edit", _ask), "approve": ("forms.review", _approve), "send_back": ("forms.review", _send_back),
    "renew": ("forms.edit", _renew), "cancel": ("forms.publish", _cancel), "publish": ("forms.publish", _publish),
}  # fmt: skip
