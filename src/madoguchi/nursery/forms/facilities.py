"""Shapes of input on the pages of facilities and seats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.engines.japanese import to_halfwidth
from madoguchi.nursery.models import District, Facility, FacilityKind
from madoguchi.nursery.models.sheets import NO_CLASS

MOST_BYTES, MOST_SEATS = 10 * 1024 * 1024, 999


def text_box(width: str = "") -> forms.TextInput:
    return forms.TextInput(attrs={"class": f"box {width}".strip()})


class FacilityForm(forms.Form):
    """A facility's facts."""

    code = forms.CharField(label=_("施設番号"), max_length=12, widget=text_box("w-14"))
    name_ja = forms.CharField(label=_("名称"), max_length=80, widget=text_box())
    name_en = forms.CharField(label=_("名称（英語）"), max_length=120, required=False, widget=text_box())
    kana = forms.CharField(label=_("よみ"), max_length=120, required=False, widget=text_box())
    kind = forms.ChoiceField(label=_("種別"), choices=FacilityKind.choices, widget=forms.Select(attrs={"class": "box"}))
    district = forms.ModelChoiceField(label=_("地区"), queryset=None, required=False, widget=forms.Select(attrs={"class": "box"}))
    address = forms.CharField(label=_("所在地"), max_length=200, required=False, widget=text_box())
    phone = forms.CharField(label=_("電話番号"), max_length=20, required=False, widget=text_box("w-14"))
    station = forms.CharField(label=_("最寄り駅"), max_length=80, required=False, widget=text_box())
    min_age_days = forms.IntegerField(
        label=_("受入れの最低日齢（生後何日から）"), min_value=0, max_value=2500, initial=57, widget=text_box("w-6")
    )
    oldest_class = forms.IntegerField(label=_("いちばん上のクラス"), min_value=0, max_value=5, initial=5, widget=text_box("w-6"))
    opens = forms.CharField(label=_("開く時刻"), max_length=5, required=False, widget=text_box("w-6"))
    closes = forms.CharField(label=_("閉まる時刻"), max_length=5, required=False, widget=text_box("w-6"))
    partners = forms.CharField(
        label=_("連携施設の施設番号"), max_length=200, required=False, widget=text_box(), help_text=_("2つ以上のときは「、」で区切ります。")
    )
    shared = forms.CharField(
        label=_("一体で募集するクラス"),
        max_length=40,
        required=False,
        widget=text_box(),
        help_text=_("例：3+4+5。2組あるときは「、」で区切ります。"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["district"].queryset = District.objects.all()

    @classmethod
    def initial_of(cls, facility: Facility) -> dict[str, Any]:
        values = {key: getattr(facility, key) for key in ("code", "kana", "kind", "district", "address", "phone", "station")}
        values |= {key: getattr(facility, key) for key in ("min_age_days", "oldest_class", "opens", "closes")}
        values |= {"name_ja": facility.name.get("ja", ""), "name_en": facility.name.get("en", "")}
        values["partners"] = "、".join(facility.partners)
        values["shared"] = "、".join("+".join(map(str, group)) for group in facility.shared)
        return values

    def clean_shared(self) -> list[list[int]]:
        text = to_halfwidth(self.cleaned_data["shared"]).replace(",", "、")
        groups = [[part.strip() for part in group.split("+")] for group in text.split("、") if group.strip()]
        if any(not part.isdecimal() for group in groups for part in group):
            raise forms.ValidationError(_("3+4+5のように、クラスの数字を+でつないでください。"), code="shared")
        return [[int(part) for part in group] for group in groups]

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        name = {"ja": given.pop("name_ja"), "en": given.pop("name_en")}
        given.pop("code")
        given["name"] = {**name, "en": name["en"] or name["ja"]}
        given["partners"] = [part.strip() for part in given["partners"].replace(",", "、").split("、") if part.strip()]
        return given


class SheetForm(forms.Form):
    """A ward's sheet."""

    file = forms.FileField(
        label=_("ExcelかCSVのファイル"), widget=forms.FileInput(attrs={"class": "box", "accept": ".xlsx,.csv,.tsv"}), max_length=200
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("ファイルは10MBまでです。"), code="too_large")
        return file


class SeatsForm(forms.Form):
    """The grid of a round's seats: one box a class, — for no class; a facility whose row is all — is not in the list."""

    note = forms.CharField(label=_("変えた理由"), max_length=300, required=False, widget=text_box())

    def __init__(self, *args: Any, facilities: Iterable[Facility], seats: dict[str, tuple[int | None, ...]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.rows: list[tuple[Facility, list[str]]] = []
        for facility in facilities:
            names = []
            for age in range(6):
                name = f"s{facility.code}_{age}"
                known = seats.get(facility.code, (None,) * 6)[age]
                label = _("%(facility)s %(age)s歳児") % {"facility": facility, "age": age}
                widget = forms.TextInput(attrs={"class": "box seat", "inputmode": "numeric", "aria-label": label})
                initial = "—" if known is None else str(known)
                self.fields[name] = forms.CharField(label=label, max_length=4, required=False, initial=initial, widget=widget)
                names.append(name)
            self.rows.append((facility, names))

    def grid(self) -> list[tuple[Facility, list[Any]]]:
        return [(facility, [self[name] for name in names]) for facility, names in self.rows]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for _facility, names in self.rows:
            for name in names:
                text = to_halfwidth(given.get(name, "")).strip()
                if name not in self.data:
                    self.add_error(name, _("入力欄が足りません。画面を開き直して、もう一度入力してください。"))
                elif text not in NO_CLASS and text and not (text.isdecimal() and int(text) <= MOST_SEATS):
                    self.add_error(name, _("0以上の整数か、クラスがなければ「—」を入力してください。"))
        return given

    def seats(self) -> dict[str, list[int | None]]:
        found = {}
        for facility, names in self.rows:
            texts = [to_halfwidth(self.cleaned_data[name]).strip() for name in names]
            numbers = [None if text in NO_CLASS else int(text or 0) for text in texts]
            if any(number is not None for number in numbers):
                found[facility.code] = numbers
        return found
