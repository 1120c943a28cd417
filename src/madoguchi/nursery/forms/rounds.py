"""Shapes of input on the pages of rounds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.nursery.models import Candidate, Facility, Round, RoundKind, RoundState
from madoguchi.procedures.models import Procedure

RULES = [("points", _("指数の順（優先順位重視）")), ("wishes", _("希望順位の順（希望順位重視）"))]


def day_box() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "box w-14"})


def text_box() -> forms.TextInput:
    return forms.TextInput(attrs={"class": "box"})


class RoundForm(forms.Form):
    """A round and its calendar; what the days must keep to each other is the act's."""

    name = forms.CharField(label=_("名前"), max_length=80, widget=text_box())
    name_en = forms.CharField(label=_("名前（英語）"), max_length=120, required=False, widget=text_box())
    slug = forms.SlugField(
        label=_("識別名"), max_length=40, widget=text_box(), help_text=_("ページのアドレスになります。例：2027-04-first")
    )
    procedure = forms.ModelChoiceField(label=_("手続き"), queryset=None, widget=forms.Select(attrs={"class": "box"}))
    kind = forms.ChoiceField(label=_("種類"), choices=RoundKind.choices, widget=forms.RadioSelect)
    month = forms.CharField(
        label=_("入園月"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "month", "class": "box w-14"}),
        help_text=_("基準、クラス、空きは、この月の年度で決まります。例：2027-04"),
    )
    previous = forms.ModelChoiceField(
        label=_("前の回"),
        queryset=None,
        required=False,
        widget=forms.Select(attrs={"class": "box"}),
        help_text=_("保留の方が引き続き対象になる回です。"),
    )
    opens_on = forms.DateField(label=_("受付の始まり"), required=False, widget=day_box())
    applications_until = forms.DateField(label=_("申込みの締切"), widget=day_box())
    changes_until = forms.DateField(label=_("希望の変更の締切"), widget=day_box())
    result_on = forms.DateField(label=_("結果の日"), widget=day_box())
    answer_until = forms.DateField(label=_("承諾・辞退の締切"), required=False, widget=day_box())
    max_wishes = forms.IntegerField(
        label=_("希望の数"), min_value=1, max_value=50, initial=5, widget=forms.NumberInput(attrs={"class": "box w-8"})
    )
    rule = forms.ChoiceField(
        label=_("方式"),
        choices=RULES,
        initial="points",
        widget=forms.RadioSelect,
        help_text=_("希望順位の順は、きょうだいの条件がある家庭には使えません。"),
    )

    def __init__(self, *args: Any, member: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["procedure"].queryset = Procedure.objects.filter(division=member.division)
        self.fields["previous"].queryset = Round.objects.visible_to(member)

    def clean_month(self) -> Any:
        try:
            return forms.DateField().clean(f"{self.cleaned_data['month']}-01")
        except forms.ValidationError as problem:
            raise forms.ValidationError(_("年と月を、2027-04のように入力してください。"), code="month") from problem


class RunForm(forms.Form):
    label = forms.CharField(label=_("この試行の名前"), max_length=120, required=False, widget=text_box())
    prove = forms.BooleanField(label=_("安定した割当があるかどうかを、時間をかけても確かめる"), required=False)
    max_seated = forms.BooleanField(label=_("安定した割当の中で、入れる人数が最も多いものを探す"), required=False)


class NoteForm(forms.Form):
    note = forms.CharField(label=_("差し戻す理由"), max_length=500, widget=forms.Textarea(attrs={"class": "box", "rows": 3}))


class HandPlaceForm(forms.Form):
    """A place decided by hand, or forbidden."""

    what = forms.ChoiceField(
        label=_("決めること"),
        choices=[("pin", _("この園に決める")), ("none", _("この回では入園しない")), ("forbid", _("この園には入れない"))],
        widget=forms.RadioSelect,
    )
    facility = forms.ModelChoiceField(label=_("施設"), queryset=None, required=False, widget=forms.Select(attrs={"class": "box"}))
    reason = forms.CharField(
        label=_("理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"class": "box", "rows": 2}),
        help_text=_("利用調整会議の資料に載ります。"),
    )

    def __init__(self, *args: Any, candidate: Candidate, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["facility"].queryset = Facility.objects.in_order()


class PostponeForm(forms.Form):
    until = forms.DateField(label=_("延期した後の期日"), widget=day_box())
    reason = forms.CharField(
        label=_("延期する理由"),
        max_length=500,
        initial=_("4月入園の申込みが多く、審査に日数を要するため"),
        widget=text_box(),
    )


NEXT_STATES = {RoundState.PREPARING: RoundState.OPEN, RoundState.OPEN: RoundState.CLOSED, RoundState.CLOSED: RoundState.OPEN}
