"""庁内の照会: lists of other offices, read in, with every doubt on the page until somebody judged it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.nursery.actions import import_office_list, judge_office_row
from madoguchi.nursery.forms.lists import KINDS, OfficeListForm
from madoguchi.nursery.models import MatchState, OfficeList, OfficeRow
from madoguchi.nursery.views.access import acted, round_of, rounds_of, show, to

PER_PAGE = 100
OPEN = (MatchState.DOUBTFUL, MatchState.UNMATCHED)


@desk("cases.read")
@never_cache
@require_http_methods(["GET", "POST"])
def lists(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002 the address's word
    """The lists of a round; POST reads one in."""
    row = round_of(request, round)
    may_work = request.member.may("cases.work") and not row.is_fixed
    if request.method == "POST" and not may_work:
        raise Http404
    form = OfficeListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = import_office_list(round=row, kind=form.cleaned_data["kind"], data=file.read(), name=file.name, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("照会の結果を取り込みました。確かめる行があれば、下に出ます。"))
            return redirect(to(request, "office_list", office=made.pk))
    counted = OfficeList.objects.filter(round=row).annotate(total=Count("rows"), doubts=Count("rows", filter=Q(rows__state__in=OPEN)))
    lists = [(one, dict(KINDS).get(one.kind, one.kind)) for one in counted.select_related("by")]
    context = {"round": row, "lists": lists, "form": form, "may_work": may_work}
    return show(request, "lists", context, status=400 if form.errors else 200)


def _list_of(request: HttpRequest, pk: int) -> OfficeList:
    rows = OfficeList.objects.select_related("round__procedure__division", "by")
    return get_object_or_404(rows, pk=pk, round__in=rounds_of(request).values("pk"))


@desk("cases.read")
@never_cache
@require_GET
def office_list(request: HttpRequest, office: int) -> HttpResponse:
    """One list: doubts first."""
    row = _list_of(request, office)
    wanted = request.GET.get("state", "")
    rows = row.rows.select_related("household")
    rows = rows.filter(state=wanted) if wanted in MatchState.values else rows.filter(state__in=OPEN)
    context = {
        "list": row,
        "round": row.round,
        "page_obj": Paginator(rows.order_by("number"), PER_PAGE).get_page(request.GET.get("page")),
        "counts": [(state, row.rows.filter(state=state).count()) for state in MatchState],
        "may_work": request.member.may("cases.work") and not row.round.is_fixed,
    }
    return show(request, "office_list", context)


@desk("cases.work")
@require_POST
def judge(request: HttpRequest, office: int, line: int) -> HttpResponse:
    """Take a doubtful row over, or leave it."""
    row = _list_of(request, office)
    one = get_object_or_404(OfficeRow, pk=line, list=row)
    take = request.POST.get("act") == "take"
    said = _("取り込みました。") if take else _("取り込まないことにしました。")
    return acted(request, lambda: judge_office_row(row=one, take=take, by=request.user), said, to(request, "office_list", office=row.pk))
