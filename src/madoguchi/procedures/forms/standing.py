"""Shapes of input on the pages of the report to mayor and assembly."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.engines.japanese import fiscal_year
from madoguchi.procedures.forms.documents import date_box
from madoguchi.procedures.forms.inventory import box
from madoguchi.procedures.models import Assumption, CostKind

MOST = 1_000_000_000_000


class WholeNumber(forms.CharField):
    """A number as people write it: full width, with its thousands apart, with 円, 分 or 人 behind it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=30, **options)
        self.widget = forms.TextInput(attrs={"class": "box w-8", "inputmode": "numeric"})

    def clean(self, value: Any) -> Any:
        text = unicodedata.normalize("NFKC", str(super().clean(value) or "")).replace(",", "").strip().rstrip("円分人 ")
        if not text:
            return None
        if not (text.isascii() and text.isdecimal()) or int(text) > MOST:
            raise forms.ValidationError(_("0以上の整数で入力してください。例：3,000"), code="number")
        return int(text)


class AssumptionsForm(forms.Form):
    """Each assumption with its number, where it comes from, and as of when; an empty number takes back what was said."""

    def __init__(self, *args: Any, assumed: Mapping[str, Assumption], **options: Any) -> None:
        super().__init__(*args, **options)
        self.assumed = assumed
        for name, one in assumed.items():
            own = bool(one.source)
            self.fields[f"{name}-value"] = WholeNumber(label=one.label, required=False, initial=one.value if own else None)
            self.fields[f"{name}-source"] = forms.CharField(
                label=_("%(label)sの出典") % {"label": one.label}, required=False, max_length=200, initial=one.source, widget=box()
            )
            self.fields[f"{name}-on"] = forms.DateField(
                label=_("%(label)sの時点") % {"label": one.label}, required=False, initial=one.on, widget=date_box()
            )
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = field.label
            if name.endswith("-value") and (standing := assumed[name.removesuffix("-value")]).is_default:
                field.widget.attrs["placeholder"] = f"{standing.value:,}"

    def rows(self) -> Iterator[tuple[Assumption, Any, Any, Any]]:
        for name, one in self.assumed.items():
            yield one, self[f"{name}-value"], self[f"{name}-source"], self[f"{name}-on"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in self.assumed:
            if given.get(f"{name}-value") is None:
                continue
            if not given.get(f"{name}-source") and f"{name}-source" not in self.errors:
                self.add_error(f"{name}-source", _("どこから取った数か、入力してください。例：令和7年度の実測"))
            if not given.get(f"{name}-on") and f"{name}-on" not in self.errors:
                self.add_error(f"{name}-on", _("いつの時点の数か、入力してください。"))
        return given

    def assumptions(self) -> dict[str, dict[str, Any] | None]:
        given = self.cleaned_data
        return {
            name: None
            if given[f"{name}-value"] is None
            else {"value": given[f"{name}-value"], "source": given[f"{name}-source"], "on": given[f"{name}-on"]}
            for name in self.assumed
        }


class CostForm(forms.Form):
    """A sum that was spent."""

    fiscal_year = WholeNumber(label=gettext_lazy("年度（西暦）"))
    kind = forms.ChoiceField(label=gettext_lazy("種類"), choices=CostKind.choices, widget=forms.Select(attrs={"class": "box w-14"}))
    label = forms.CharField(label=gettext_lazy("内容"), max_length=120, widget=box())
    yen = WholeNumber(label=gettext_lazy("金額（円）"))
    source = forms.CharField(
        label=gettext_lazy("出典"),
        max_length=200,
        help_text=gettext_lazy("決算書の頁や契約の番号など、確かめられるものを書きます。"),
        widget=box(),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["fiscal_year"].initial = fiscal_year(timezone.localdate())


class TakeOverForm(forms.Form):
    """Which procedure of the library or published for all, for which division."""

    entry = forms.SlugField(max_length=100)
    division = forms.ModelChoiceField(label=gettext_lazy("所管課"), queryset=None)

    def __init__(self, *args: Any, divisions: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["division"].queryset = divisions
