"""The chief's page: what waits, what is late, who has how much, and approving in one go."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from madoguchi.applications.actions import approve, decide_as_proposed
from madoguchi.applications.batches import over
from madoguchi.applications.models import Review
from madoguchi.applications.models.queue import cases_of, listed, tab
from madoguchi.applications.views.desk_access import show, to
from madoguchi.applications.views.desk_place import remember
from madoguchi.applications.views.desk_queue import row_of, say_batch
from madoguchi.lib.guards import desk

MOST = 50


def waiting_proposals(request: HttpRequest) -> Any:
    found = Review.objects.waiting().filter(application__in=cases_of(request.member).values("pk"))
    return found.select_related("application__procedure", "application__municipality", "subject", "by").order_by("id")


@desk("cases.approve")
@never_cache
@require_GET
def chief(request: HttpRequest) -> HttpResponse:
    """Proposals to approve first, then what is late and who has what."""
    cases = cases_of(request.member)
    proposals = list(waiting_proposals(request)[:MOST])
    remember(request, [one.application_id for one in proposals])
    context = {
        "figures": [(words, tab(cases, name, request.user).count(), name) for name, words in figure_names()],
        "not_accepted": cases.filter(state="submitted").count(),
        "proposals": [{"review": one, "own": one.by_id == request.user.pk} for one in proposals],
        "may_tick": any(one.by_id != request.user.pk for one in proposals),
        "late": [row_of(case) for case in listed(cases.overdue())[:20]],
        "people": people_rows(cases),
    }
    return show(request, "chief", context)


def figure_names() -> list[tuple[str, str]]:
    return [("division", _("手続き中")), ("late", _("期限切れ")), ("resident", _("補正待ち")), ("approvals", _("決裁待ち"))]


def people_rows(cases: Any) -> list[dict[str, Any]]:
    """Open and late cases for each assignee."""
    late = Q(due_on__lt=timezone.localdate(), state__in=["submitted", "accepted"])
    pks = cases.open().values("pk")
    rows = (
        cases.filter(pk__in=pks).order_by().values("assignee", "assignee__name").annotate(open=Count("pk"), late=Count("pk", filter=late))
    )
    return sorted(rows, key=lambda row: (row["assignee"] is not None, -row["late"], -row["open"]))


@desk("cases.approve")
@require_POST
def approve_batch(request: HttpRequest) -> HttpResponse:
    """決裁 of every ticked proposal; with `decide` each is told at once."""
    wanted = [int(pk) for pk in request.POST.getlist("proposal")[:MOST] if pk.isdecimal() and len(pk) < 15]
    proposals = list(waiting_proposals(request).filter(pk__in=wanted))
    act = decide_as_proposed if request.POST.get("act") == "decide" else approve
    batch = over(proposals, lambda one: act(subject=one.subject, by=request.user, seen=one.pk))
    if not wanted:
        messages.error(request, _("起案が選ばれていません。一覧で印を付けてください。"))
    elif len(proposals) < len(set(wanted)):
        messages.error(request, _("ほかの人が先に決裁したものがあります。画面を確かめてください。"))
    say_batch(request, batch, ngettext("%(count)s件を決裁しました。", "%(count)s件を決裁しました。", batch.done))
    return redirect(to(request, "chief"))
