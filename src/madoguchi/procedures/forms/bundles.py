"""What a municipality chooses for one bundle of procedures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.engines.forms import pick
from madoguchi.lib.tags import reader
from madoguchi.procedures.actions import OfferedBundle, OfferedMember

MOST = 99


def number_box(**attrs: str) -> forms.NumberInput:
    return forms.NumberInput(attrs={"class": "box w-9", "min": 1, "max": MOST, **attrs})


class BundleForm(forms.Form):
    """Shown or not, its place on the page, and for each procedure its place in the bundle and whether it is in it."""

    is_on = forms.BooleanField(label=_("住民のページに見せる"), required=False)
    position = forms.IntegerField(
        label=_("並び順"), min_value=1, max_value=MOST, widget=number_box(), help_text=_("小さい数字のまとまりから順に並びます。")
    )

    def __init__(self, *args: Any, shipped: OfferedBundle, offered: OfferedBundle, **more: Any) -> None:
        row = offered.row
        inside = {one.member.slug for one in offered.members}
        order = [one.member.slug for one in offered.members]
        first: dict[str, Any] = {"is_on": row.is_on if row else True, "position": min(row.position, MOST) if row else 50}
        self.members = sorted(shipped.members, key=lambda one: order.index(one.member.slug) if one.member.slug in inside else len(order))
        for number, one in enumerate(self.members, 1):
            first |= {f"place-{one.member.slug}": number, f"in-{one.member.slug}": one.member.slug in inside}
        super().__init__(*args, initial=first, **more)
        for one in self.members:
            name = {"name": pick(one.name, reader())}
            inside, place = str(_("%(name)sを入れる") % name), str(_("%(name)sの順") % name)
            box = forms.CheckboxInput(attrs={"aria-label": inside})
            self.fields[f"in-{one.member.slug}"] = forms.BooleanField(label=inside, required=False, widget=box)
            self.fields[f"place-{one.member.slug}"] = forms.IntegerField(
                label=place, min_value=1, max_value=MOST, widget=number_box(**{"aria-label": place})
            )

    def rows(self) -> Iterator[tuple[OfferedMember, forms.BoundField, forms.BoundField]]:
        """Each procedure with its two boxes."""
        for one in self.members:
            yield one, self[f"in-{one.member.slug}"], self[f"place-{one.member.slug}"]

    def chosen(self) -> dict[str, Any]:
        """What `set_bundle` takes."""
        given = self.cleaned_data
        slugs = [one.member.slug for one in self.members]
        return {
            "is_on": given["is_on"],
            "position": given["position"],
            "order": sorted(slugs, key=lambda slug: (given[f"place-{slug}"], slugs.index(slug))),
            "left_out": [slug for slug in slugs if not given[f"in-{slug}"]],
        }
