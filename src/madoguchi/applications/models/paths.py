"""Which pages of a form people took, counted from what was filed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from madoguchi.applications.models.answers import Answers, AnswersKind
from madoguchi.applications.models.application import State
from madoguchi.applications.models.reading import walk_revision
from madoguchi.procedures.models import ProcedureVersion, Taken

AT_ONCE = 300  # filed applications that one look at the page counts; the rest at the next
KEPT_SECONDS = 90 * 86400
RESTS = timedelta(days=1)  # after so long without a save a draft counts as left


def taken_paths(version: ProcedureVersion) -> Taken:
    """The pages that counted in each application as it was submitted, and the page at which drafts of this version rest.

    What was counted is kept, since a revision never changes: only what arrived since is walked, some hundreds at a time.
    """
    key = f"paths:{version.municipality_id}:{version.pk}"
    upto, filed, pages = cache.get(key, (0, 0, {}))
    of_version = Q(version=version) | Q(version=None, application__version=version)  # with which it was filed, wherever it stands by now
    rows = Answers.objects.filter(of_version, kind=AnswersKind.SUBMITTED, application__is_test=False, pk__gt=upto)
    counted = Counter(pages)
    fresh = list(
        rows.select_related("application__version", "version")
        .defer("typed", "application__version__document", "version__document")
        .order_by("pk")[:AT_ONCE]
    )
    for row in fresh:
        counted.update(page.page.id for page in walk_revision(row.application, row).pages)
    if fresh:
        upto, filed = fresh[-1].pk, filed + len(fresh)
        cache.set(key, (upto, filed, dict(counted)), KEPT_SECONDS)
    resting = _resting(version)
    left = rows.filter(pk__gt=upto).count() if len(fresh) == AT_ONCE else 0
    return Taken(filed=filed, pages=counted, drafts=sum(resting.values()), resting=resting, uncounted=left)


def _resting(version: ProcedureVersion) -> Counter[str]:
    """By the first page that a draft has not done, in the order of the form; one that was only opened rests at the first."""
    drafts = Answers.objects.filter(
        kind=AnswersKind.DRAFT,
        application__version=version,
        application__state=State.DRAFT,
        application__is_test=False,
        application__saved_at__lt=timezone.now() - RESTS,
    ).values_list("pages_done", flat=True)
    order = [page.id for page in version.form.pages]
    found: Counter[str] = Counter()
    for done in drafts:
        last = max((order.index(page) for page in done if page in order), default=-1)
        found[order[min(last + 1, len(order) - 1)]] += 1
    return found
