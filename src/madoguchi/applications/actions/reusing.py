"""Answers taken over from elsewhere, with consent: by concept, marked with where they came from, changed by the person at will."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications.actions.saving import as_of, locked, walk_of, write_answers
from madoguchi.applications.models import Application, Reuse
from madoguchi.applications.models.reading import walk_revision
from madoguchi.engines.forms import check_walk, get, pick
from madoguchi.engines.forms.carrying import Offer, carry, mark_of, offers
from madoguchi.lib.errors import Refused
from madoguchi.lib.tags import date_ja, reader
from madoguchi.procedures.actions import lists

MOST_SOURCES = 10  # earlier applications that are looked at, the newest first


@dataclass(frozen=True)
class Suggestion:
    """An earlier answer that would fit, and the application in which it was given."""

    offer: Offer
    source: Application


def suggestions(*, application: Application, resident: User) -> list[Suggestion]:
    """What earlier applications of this resident could answer in the draft and is not answered yet; the newest answer to each question.

    Only what the resident sent themself, in their own account, in this municipality.
    """
    if application.resident_id is None or application.resident_id != resident.pk or not application.is_draft:
        return []
    draft, known, found = application.draft(), lists(), dict[str, Suggestion]()
    earlier = Application.objects.filed().filter(resident=resident, is_test=False).exclude(pk=application.pk)
    families: set[str] = set()
    for source in earlier.select_related("version", "procedure").order_by("-arrived_at")[:MOST_SOURCES]:
        given = offers(walk_revision(source, source.latest()), application.version.form, on=as_of(draft), lists=known)
        groups = {offer.question.repeat for offer in given if offer.question.repeat} - families
        for offer in given:
            is_new = offer.question.repeat is None or offer.question.repeat in groups  # rows come from one application, never mixed
            if is_new and offer.path not in found and get(draft.values, offer.path) is None:
                found[offer.path] = Suggestion(offer, source)
        families |= {str(group) for group in groups}
    return list(found.values())


@transaction.atomic
def reuse(*, application: Application, picked: Collection[str], by: User) -> int:
    """Take over the picked answers (paths), each marked with the application it came from; gives how many.

    Raises Refused where nothing was picked, or nothing of it can be taken over any more.
    """
    chosen = [one for one in suggestions(application=application, resident=by) if one.offer.path in picked]
    if not chosen:
        raise Refused(_("写す答えを選んでください。写さないときは、「写さずに入力する」を押してください。"), code="nothing_picked")
    taken = 0
    for source in {one.source.pk: one.source for one in chosen}.values():
        mine = [one.offer for one in chosen if one.source.pk == source.pk]
        marks = take_over(application=application, offers=mine, before={}, by=by)
        Reuse.objects.create(application=application, source=source, marks=marks, by=by)
        taken += len(marks)
    record("applications.reuse", by=by, on=application, answers=taken)
    return taken


def take_over(*, application: Application, offers: Iterable[Offer], before: Mapping[str, str], by: User | None) -> dict[str, str]:
    """Write offered answers into a draft; gives the marks of those that stand there now. What a person typed stays."""
    draft = locked(application.draft())
    begun = {path for path, texts in draft.typed.items() if texts and get(draft.values, path) is None}  # typed, and not yet readable
    found = [offer for offer in offers if offer.path not in begun]
    carried = carry(draft.values, found, form=application.version.form, before=before)
    write_answers(store=draft, application=application, values=dict(carried.values), by=by)
    return dict(carried.marks)


def settled_pages(*, application: Application, came: Mapping[str, str], asked: Collection[str | None]) -> list[str]:
    """Mark the pages as passed on which every answer came from elsewhere (or was asked there and left empty); gives their ids."""
    draft = application.draft()
    walked = walk_of(application, draft)
    settled = []
    for page in walked.pages:
        items = [item for item in page.items() if item.question.is_typed]
        is_open = page.repeats or page.page.ends or not items
        if is_open or not all(item.path in came or (not item.answered and item.question.concept in asked) for item in items):
            continue
        problems = check_walk(walked, draft.values, lists=lists(), typed=draft.typed, pages=[page.page.id])
        if not any(problem.level == "error" for problem in problems):
            settled.append(page.page.id)
    draft.pages_done = [*draft.pages_done, *(page for page in settled if page not in draft.pages_done)]
    draft.save(update_fields=["pages_done"])
    return settled


FROM_COMMON = gettext_lazy("共通の質問の答えから写しました。")


def origins(*, application: Application) -> dict[str, str]:
    """{path: where it came from, in words} of every answer of a draft that is still the one that was taken over."""
    rows = list(application.reuses.select_related("source__procedure"))
    if not rows:
        return {}
    latest, found = application.latest(), dict[str, str]()
    for row in rows:
        words = str(FROM_COMMON) if row.source is None else _source_words(row.source)
        found |= {path: words for path, mark in row.marks.items() if mark_of(get(latest.values, path)) == mark}
    return found


def _source_words(source: Application) -> str:
    day = date_ja(source.arrived_at)
    return _("「%(name)s」（%(day)s）に書いた答えから写しました。") % {"name": pick(source.procedure.name, reader()), "day": day}


def passed_over(*, application: Application) -> frozenset[str]:
    """Pages that need not be shown on the way forward, because everything on them came from elsewhere."""
    return frozenset(page for pages in application.reuses.values_list("pages", flat=True) for page in pages)
