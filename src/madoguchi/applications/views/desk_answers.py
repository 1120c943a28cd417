"""The answers of a case at the desk: what changed is marked, papers are shown beside them, revisions compared."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from madoguchi.applications.actions import Opening, is_editable, made_paper
from madoguchi.applications.models import Answers, Application, Attachment, Correction
from madoguchi.applications.models.reading import changes_between, group_name, walk_revision
from madoguchi.applications.views.account import download
from madoguchi.applications.views.desk_access import case_of, show
from madoguchi.applications.views.summary import groups_of
from madoguchi.engines.forms import Change, Walk, check_walk, pick, say, split_path
from madoguchi.engines.forms import show as shown
from madoguchi.lib.guards import desk
from madoguchi.lib.tags import reader
from madoguchi.lib.uploads import UploadRefused, preview_png
from madoguchi.procedures.actions import lists

PREVIEW_PAGES = 5  # of one paper on the case's page; the rest is in the file


def answers_context(request: HttpRequest, application: Application, opening: Opening | None = None) -> dict[str, Any]:
    """Rows of the newest revision with the differences to the one before, its papers and what is missing in it."""
    revisions = list(application.answers.exclude(kind="draft").select_related("by", "version").order_by("number"))
    latest, previous = revisions[-1], revisions[-2] if len(revisions) > 1 else None
    asked = application.corrections.filter(Q(state="open") | Q(answers=latest)).prefetch_related("items").first()
    walked = walk_revision(application, latest)
    changes = changes_between(application, previous, latest) if previous is not None else ()
    before = {change.path: change.before for change in changes if change.question is not None}
    groups = groups_of(walked, application, before=before)
    is_new = opening is not None and bool(opening.amendments or opening.corrections)
    for row in (row for group in groups for row in group["rows"]):
        row["mark"] = (_("新しい変更") if is_new else _("変更")) if row["changed"] else ""
        row["editable"] = is_editable(row["question"])
    warnings = check_walk(walked, latest.values, lists=lists(), typed=latest.typed)
    return {
        "groups": groups,
        "papers": list(papers_of(application, walked)),
        "revisions": revisions,
        "newest": latest,
        "is_new": is_new,
        "changes": change_rows(application, changes),
        "asked": asked_rows(walked, asked, before),
        "mended": asked_rows(walked, asked, before) if asked is not None and asked.state != "open" else [],
        "warnings": [say(problem, reader()) for problem in warnings],
        "typed": [(pick(item.question.label, reader()), latest.typed[item.path]) for item in walked.items() if item.path in latest.typed],
    }


def asked_rows(walked: Walk, correction: Correction | None, changed: Container[str]) -> list[dict[str, Any]]:
    """[{"label", "reason", "changed"}] of what a correction asks for, by the names the answers have on the page."""
    rows = []
    for one in correction.items.all() if correction is not None else ():
        item = walked.item(one.path)
        row = f"{item.row.named(reader())}：" if item is not None and item.row is not None else ""
        label = pick(item.question.label, reader()) if item is not None else one.path
        rows.append({"label": row + label, "reason": one.reason, "changed": one.path in changed})
    return rows


def papers_of(application: Application, walked: Walk) -> Iterator[dict[str, Any]]:
    """Attachments that the newest answers name, in the form's order."""
    known = {str(one.uuid): one for one in application.attachments.all()}
    for item in walked.items():
        files = item.value.get("files", []) if item.question.type == "file" and isinstance(item.value, Mapping) else []
        row = f"{item.row.named(reader())}：" if item.row is not None else ""
        for file in files:
            if (found := known.get(file["id"])) is not None:
                pages = range(1, min(found.pages or 1, PREVIEW_PAGES) + 1)
                yield {
                    "file": found,
                    "label": row + pick(item.question.label, reader()),
                    "pages": pages,
                    "more": max(0, (found.pages or 1) - PREVIEW_PAGES),
                }


def change_rows(application: Application, changes: tuple[Change, ...]) -> list[dict[str, Any]]:
    """[{"label", "before", "after"}] of a comparison; a row that came or went has its name as label."""
    known, language = lists(), reader()
    rows = []
    for change in changes:
        place = split_path(change.path)
        head = f"{group_name(application, place.repeat, language)}：" if place.repeat else ""
        if change.question is None:
            words = (_("（なし）"), _("加わりました")) if change.before is None else (_("ありました"), "")
            rows.append({"label": head.rstrip("："), "before": words[0], "after": words[1], "kind": change.kind})
            continue
        before, after = (
            shown(change.question, value, language, lists=known) if value is not None else "" for value in (change.before, change.after)
        )
        rows.append({"label": head + pick(change.question.label, language), "before": before, "after": after, "kind": change.kind})
    return rows


@desk("cases.read")
@never_cache
@require_GET
def revisions(request: HttpRequest, number: str) -> HttpResponse:
    """Any two revisions side by side: what differs."""
    application = case_of(request, number)
    known = {one.number: one for one in application.answers.exclude(kind="draft").select_related("by", "version").order_by("number")}
    newest = max(known)
    old, new = chosen(request, "old", known, max(1, newest - 1)), chosen(request, "new", known, newest)
    changes = changes_between(application, old, new)
    context = {"application": application, "procedure": application.procedure, "revisions": known.values(), "old": old, "new": new}
    return show(request, "revisions", {**context, "rows": change_rows(application, changes)})


def chosen(request: HttpRequest, name: str, known: Mapping[int, Answers], default: int) -> Answers:
    text = request.GET.get(name, "")
    return known.get(int(text) if text.isdecimal() and len(text) < 6 else default) or known[default]


def attachment_of(request: HttpRequest, number: str, file: UUID) -> Attachment:
    return get_object_or_404(Attachment, application=case_of(request, number), uuid=file)


@desk("cases.read")
@never_cache
@require_GET
def attachment(request: HttpRequest, number: str, file: UUID) -> HttpResponse:
    """A file of the case, always as a download."""
    found = attachment_of(request, number, file)
    return download(default_storage.open(found.file), found.name, found.media_type)


@desk("cases.read")
@never_cache
@require_GET
def preview(request: HttpRequest, number: str, file: UUID, page: int) -> HttpResponse:
    """A page of a file as a picture that we drew: nothing of the file itself runs in the clerk's browser."""
    found = attachment_of(request, number, file)
    try:
        with default_storage.open(found.file) as content:
            drawn = preview_png(content.read(), found.kind, page=page, width=900)
    except (UploadRefused, IndexError, OSError) as error:
        raise Http404 from error
    return HttpResponse(drawn, content_type="image/png")


@desk("cases.read")
@never_cache
@require_GET
def paper(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """A paper that we issued, as PDF."""
    application = case_of(request, number)
    found = application.documents.filter(check_code=code).first()
    made = made_paper(document=found) if found is not None else None
    if found is None or made is None or not made.file:
        raise Http404
    return download(default_storage.open(made.file), f"{found.kind}-{application.number}.pdf", "application/pdf")
