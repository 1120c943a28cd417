"""Shapes of input for adopting and for publishing to the shared library."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Division


class AdoptForm(forms.Form):
    """Whose the procedure will be."""

    division = forms.ModelChoiceField(
        label=_("担当の課"), queryset=Division.objects.none(), empty_label=_("選んでください"), widget=forms.Select(attrs={"class": "box"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].queryset = Division.objects.order_by("code")


class NotesForm(forms.Form):
    """What the origin says of how it introduced the procedure and what that saved."""

    story = forms.CharField(
        label=_("どう導入したか"),
        max_length=1000,
        help_text=_("苦労したこと、うまくいったことなど。ほかの自治体の方が読みます。"),
        widget=forms.Textarea(attrs={"class": "box", "rows": 5}),
    )
    introduced = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])$",
        label=_("オンラインにした年月"),
        required=False,
        error_messages={"invalid": _("年月は 2026-04 の形で書いてください。")},
        widget=forms.TextInput(attrs={"class": "box w-14", "type": "month"}),
    )
    minutes_before = forms.IntegerField(
        label=_("1件の処理にかかった分（前）"),
        required=False,
        min_value=0,
        max_value=10_000,
        widget=forms.NumberInput(attrs={"class": "box w-6"}),
    )
    minutes_after = forms.IntegerField(
        label=_("1件の処理にかかる分（いま）"),
        required=False,
        min_value=0,
        max_value=10_000,
        widget=forms.NumberInput(attrs={"class": "box w-6"}),
    )
    saved = forms.CharField(label=_("ほかに減ったもの"), required=False, max_length=200, widget=forms.TextInput(attrs={"class": "box"}))

    def notes(self) -> dict[str, Any]:
        """What was said, without what was left empty."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
