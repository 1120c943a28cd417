"""The desk's pages for bundles of procedures by life event: which are shown, in which order, without what."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from madoguchi.lib.addresses import address
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.procedures.actions import offered_bundle, offered_bundles, set_bundle
from madoguchi.procedures.forms import BundleForm


@desk("forms.edit")
@require_GET
def every(request: HttpRequest) -> HttpResponse:
    """All bundles that we ship, with how much of each can be done online here."""
    rows = [{"offered": one, "online": sum(each.procedure is not None for each in one.members)} for one in offered_bundles(with_off=True)]
    return render(request, "procedures/desk_bundles.html", {"rows": rows})


@desk("forms.edit")
@never_cache
@require_http_methods(["GET", "POST"])
def bundle(request: HttpRequest, bundle: str) -> HttpResponse:
    """One bundle: on or off, its order, what is left out."""
    offered, shipped = offered_bundle(bundle), offered_bundle(bundle, whole=True)
    if offered is None or shipped is None:
        raise Http404
    form = BundleForm(request.POST or None, shipped=shipped, offered=offered)
    if request.method == "POST" and form.is_valid():
        try:
            set_bundle(name=bundle, by=request.user, **form.chosen())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("まとまりを保存しました。"))
            return redirect(address("procedures_desk:bundle", slug=request.municipality.slug, bundle=bundle))  # type: ignore[attr-defined]
    context = {"offered": offered, "form": form, "has_errors": bool(form.errors)}
    return render(request, "procedures/desk_bundle.html", context, status=400 if form.errors else 200)
