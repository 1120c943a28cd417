"""Shapes of input for outages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.procedures.models import OutageReason

MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M"]


def moment_box() -> forms.DateTimeInput:
    return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": "box w-14"})


def moment(label: str, *, required: bool, help_text: str = "") -> forms.DateTimeField:
    unreadable = {"invalid": _("日時を読み取れません。例：2026-11-29 17:30")}
    return forms.DateTimeField(
        label=label, required=required, input_formats=MOMENTS, widget=moment_box(), help_text=help_text, error_messages=unreadable
    )


class OutageForm(forms.Form):
    began_at = moment(_("止まった日時"), required=True)
    ended_at = moment(_("直った日時"), required=False, help_text=_("まだ止まっているときは、空のままにしてください。"))
    reason = forms.ChoiceField(label=_("理由"), choices=OutageReason.choices, widget=forms.Select(attrs={"class": "box"}))
    note = forms.CharField(
        label=_("庁内のメモ"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "box"}),
        help_text=_("住民のページには出ません。300字まで。"),
    )


class EndForm(forms.Form):
    ended_at = moment(_("直った日時"), required=True)
