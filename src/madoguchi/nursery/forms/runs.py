"""Shapes of input on a run's page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.nursery.models import Candidate, Facility, Run

KINDS = [
    ("seat", _("席を増やす・減らす")),
    ("points", _("お子さまの指数を変える")),
    ("pin", _("お子さまの園を決める")),
    ("withdraw", _("お子さまが取り下げる")),
]


class WhatIfForm(forms.Form):
    """One change against a run's input."""

    kind = forms.ChoiceField(label=_("変えること"), choices=KINDS, widget=forms.Select(attrs={"class": "box"}))
    facility = forms.ModelChoiceField(label=_("施設"), queryset=None, required=False, widget=forms.Select(attrs={"class": "box"}))
    age = forms.TypedChoiceField(
        label=_("クラス"),
        coerce=int,
        choices=[(age, _("%(age)s歳児") % {"age": age}) for age in range(6)],
        required=False,
        widget=forms.Select(attrs={"class": "box"}),
    )
    child = forms.CharField(label=_("児童番号"), max_length=48, required=False, widget=forms.TextInput(attrs={"class": "box w-14"}))
    number = forms.IntegerField(
        label=_("席の増減、または新しい指数"),
        required=False,
        initial=1,
        min_value=-2000,
        max_value=2000,
        widget=forms.NumberInput(attrs={"class": "box w-8"}),
    )

    def __init__(self, *args: Any, run: Run, **options: Any) -> None:
        super().__init__(*args, **options)
        self.run = run
        self.fields["facility"].queryset = Facility.objects.in_order()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kind = given.get("kind")
        if kind in ("seat", "pin") and given.get("facility") is None:
            raise forms.ValidationError(_("施設を選んでください。"), code="facility")
        if kind in ("seat", "points") and given.get("number") is None:
            raise forms.ValidationError(_("席の増減か、新しい指数を数字で入力してください。"), code="number")
        if kind in ("points", "pin", "withdraw"):
            code = given.get("child", "").strip()
            if not Candidate.objects.filter(round=self.run.round, code=code).exists():
                raise forms.ValidationError(_("この児童番号のお子さまは、この回にいません。"), code="child")
            given["child"] = code
        return given

    def change(self) -> dict[str, Any]:
        """The change as engines.placement.Change reads it."""
        given = self.cleaned_data
        if given["kind"] == "seat":
            return {"seats": [[given["facility"].code, given["age"], given["number"]]]}
        if given["kind"] == "points":
            return {"points": {given["child"]: given["number"]}}
        return {"pinned": {given["child"]: given["facility"].code}} if given["kind"] == "pin" else {"withdrawn": [given["child"]]}

    def label(self) -> str:
        given = self.cleaned_data
        if given["kind"] == "seat":
            return str(
                _("%(facility)sの%(age)s歳児に席%(number)+d")
                % {"facility": given["facility"], "age": given["age"], "number": given["number"]}
            )
        if given["kind"] == "points":
            return str(_("%(child)sの指数を%(number)sに") % given)
        return str(_("%(child)sを%(facility)sに") % given) if given["kind"] == "pin" else str(_("%(child)sが取下げ") % given)
