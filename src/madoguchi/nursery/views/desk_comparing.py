"""Two runs side by side, and results from elsewhere that are put beside ours."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.nursery.actions import import_result
from madoguchi.nursery.forms.facilities import SheetForm
from madoguchi.nursery.models import Placement, Run, RunState
from madoguchi.nursery.models.comparing import cutoffs_beside, totals_beside
from madoguchi.nursery.models.placing import difference_of
from madoguchi.nursery.models.showing import names_of_facilities
from madoguchi.nursery.views.access import round_of, run_of, show, to


@desk("cases.read")
@never_cache
@require_GET
def compare_runs(request: HttpRequest, run: int, other: int) -> HttpResponse:
    """Figures of two runs, and child by child where they are of one round."""
    one, two = run_of(request, run), run_of(request, other)
    if one.state != RunState.DONE or two.state != RunState.DONE:
        raise Http404
    context = {"one": one, "two": two, "round": one.round, "totals": totals_beside(one, two), "cutoffs": cutoffs_beside(one, two)}
    if one.round_id == two.round_id:
        context["difference"] = difference_of(one, two)
        context["moves"] = _moves(one, context["difference"]["moves"])
    return show(request, "compare", context)


def _moves(one: Run, moves: list[dict[str, object]]) -> list[dict[str, object]]:
    names = names_of_facilities()
    children = {place.candidate.code: place for place in Placement.objects.filter(run=one).select_related("candidate")}
    return [
        {
            "place": children.get(move["child"]),
            "before": names.get(move["before"], _("待つ")) if move["before"] else _("待つ"),
            "after": names.get(move["after"], _("待つ")) if move["after"] else _("待つ"),
            "better": move["better"],
        }
        for move in moves
    ]


@desk("cases.work")
@require_POST
def import_hand_made(request: HttpRequest, round: str) -> HttpResponse:  # noqa: A002 the address's word
    """A result that was made by hand, to be put beside ours."""
    row, form = round_of(request, round), SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("取り込むファイルを選んでください（10MBまで）。"))
        return redirect(to(request, "round", round=row.slug))
    file = form.cleaned_data["file"]
    try:
        made = import_result(round=row, data=file.read(), name=file.name, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(to(request, "round", round=row.slug))
    messages.success(request, _("手で決めた結果を取り込みました。"))
    return redirect(to(request, "run", run=made.pk))
