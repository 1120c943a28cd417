"""Shapes of input for the inventory: answers by column, surveys, plans, rules, counts, weights."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts.models import Division
from madoguchi.engines.inventory import MOST_ASKED, Column, Weights, asked, columns, read_cell, write_cell
from madoguchi.lib.tags import reader
from madoguchi.procedures.forms.documents import date_box
from madoguchi.procedures.models import CountChannel, InventoryEntry, PlannedChannel, Progress, RuleChange
from madoguchi.procedures.models.inventory import stated
from madoguchi.procedures.models.inventory_order import BURDENS, CHANCES
from madoguchi.procedures.models.inventory_sheet import PLAN

LONG = 60  # a longer text gets a box of several lines
MAX_SHEET = 10 * 1024 * 1024
# Why a cell was not understood, for people; the key is the engine's word.
WORDS = {
    "about": gettext_lazy("概数を数として読みました"),
    "range": gettext_lazy("範囲で書かれているため、読みませんでした。1つの数にしてください"),
    "not_a_number": gettext_lazy("数として読めません"),
    "negative": gettext_lazy("0より小さい数は入れられません"),
    "unknown_code": gettext_lazy("選択肢にない書き方のため、読みませんでした"),
    "some_unknown": gettext_lazy("選択肢にない部分を読みませんでした"),
    "months_as_days": gettext_lazy("1か月を30日として読みました"),
    "no_days": gettext_lazy("日数として読めません"),
    "not_a_year": gettext_lazy("年度として読めません"),
    "filled_down": gettext_lazy("空欄のため、上の行の所管課と見ました"),
    "online_exceeds": gettext_lazy("うちオンラインの件数が、総件数より多くなっています"),
    "other_unit": gettext_lazy("ほかの単位で書かれているため、読みませんでした"),
    "working_days": gettext_lazy("営業日で書かれています。暦の日数に直してください"),
    "merged": gettext_lazy("結合されたセルのため、はじめの行だけの数としました"),
    "formula": gettext_lazy("計算されていない式のため、読みませんでした。Excelで開いて保存し直してください"),
    "sum": gettext_lazy("オンラインと非オンラインの和が、総件数と違います"),
    "no_name": gettext_lazy("手続名がない行です"),
    "total": gettext_lazy("合計の行と見ました"),
    "note": gettext_lazy("注記の行と見ました"),
    "example": gettext_lazy("記入例の行と見ました"),
    "header_again": gettext_lazy("見出しの繰り返しと見ました"),
    "twice": gettext_lazy("前の行と同じ手続きです"),
}
HARMLESS = ("about", "months_as_days")  # typed into a form these are taken as they were read


def called(column: Column) -> str:
    """A column's name in the reader's language; codes stay as the national survey has them."""
    return column.name["en" if reader() == "en" else "ja"]


def box(width: str = "") -> forms.TextInput:
    return forms.TextInput(attrs={"class": f"box {width}".strip()})


def area() -> forms.Textarea:
    return forms.Textarea(attrs={"class": "box", "rows": 3})


class CellField(forms.CharField):
    """A cell as people write it: full width, 約, 和暦; what cannot be read is an error, never lost."""

    def __init__(self, column: Column, **options: Any) -> None:
        super().__init__(max_length=5000, required=False, widget=box("w-14" if column.kind != "text" else ""), **options)
        self.column = column

    def clean(self, value: Any) -> Any:
        cell = read_cell(self.column, super().clean(value) or "")
        if cell.doubt and cell.doubt not in HARMLESS:
            raise forms.ValidationError(f"{WORDS[cell.doubt]}：{'、'.join(cell.unread)[:60]}", code=cell.doubt)
        return cell.value


def field_of(column: Column) -> forms.Field:
    """The field for a column: choices for codes, a forgiving box for everything else."""
    label = called(column)
    if column.kind == "code":
        choices = [("", _("分からない")), *((one.code, one.ja) for one in column.codes)]
        return forms.TypedChoiceField(
            label=label, choices=choices, required=False, empty_value=None, widget=forms.Select(attrs={"class": "box w-14"})
        )
    if column.kind == "codes":
        choices = [(one.code, one.ja) for one in column.codes]
        return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple)
    return CellField(column, label=label)


class SeenForm(forms.Form):
    """A form that sends back what stood in it when it was shown: only what this person changed is written.

    A box that somebody else changed meanwhile, to something else than what was typed here, is an error beside it; sent again it counts.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    standing: Mapping[str, Any] = {}

    def show(self, standing: Mapping[str, Any]) -> None:
        """`standing`: {name of a box: value that stands}, as JSON can hold it."""
        self.standing = standing
        self.fields["seen"].initial = json.dumps(standing, ensure_ascii=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        was = self._was(given.pop("seen", ""))
        self.changed = {name: value for name, value in given.items() if was is None or stated(was.get(name)) != stated(value)}
        for name in self._conflicts(was or self.standing, given):
            said = _("ほかの人が、この欄を「%(now)s」に変えました。このまま保存すると、いま入っている値に変わります。")
            self.add_error(name, said % {"now": self.said(name)})
            self.data = self.data.copy()
            self.data["seen"] = json.dumps(was := {**(was or {}), name: self.standing.get(name)}, ensure_ascii=False)
        return given

    def _conflicts(self, was: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
        """Boxes that this person changed from something that does not stand any more to something else than what stands."""
        return [name for name in self.changed if stated(self.standing.get(name)) not in (stated(was.get(name)), stated(given[name]))]

    def said(self, name: str) -> str:
        """What stands in a box, for people."""
        return str(self.fields[name].initial or "")

    def _was(self, text: str) -> dict[str, Any] | None:
        """None where nothing came back: then everything that was sent counts."""
        try:
            found = json.loads(text or "null")
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


class AnswerForm(SeenForm):
    """Columns of one entry. `prefix`-free names are the column ids."""

    def __init__(self, *args: Any, names: Sequence[str], entry: InventoryEntry | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in names:
            column = columns()[name]
            field = field_of(column)
            standing = entry.values.get(name) if entry is not None else None
            field.initial = standing if column.kind in ("code", "codes") else write_cell(column, standing)
            if column.kind == "text" and (len(text := str(field.initial or "")) > LONG or "\n" in text):
                field.widget = area()
            self.fields[name] = field
        self.show({name: entry.values.get(name) if entry is not None else None for name in names})
        self.entry = entry

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        known = {**(self.entry.values if self.entry is not None else {}), **given}
        total, online = known.get("count_total"), known.get("count_online")
        if total is not None and online is not None and online > total and {"count_total", "count_online"} & set(given):
            self.add_error("count_online" if "count_online" in given else "count_total", WORDS["online_exceeds"])
        return given

    def said(self, name: str) -> str:
        return str(write_cell(columns()[name], self.standing.get(name)) or "")

    def values(self) -> dict[str, Any]:
        """What this person changed."""
        return self.changed


class NewEntryForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("手続名"), max_length=200, widget=box())


class SheetFile(forms.Form):
    """A division's or everybody's sheet."""

    file = forms.FileField(
        label=gettext_lazy("棚卸の表（ExcelかCSV）"),
        help_text=gettext_lazy("10MBまで。読み取った内容を確かめてから取り込みます。"),
        widget=forms.FileInput(attrs={"class": "box", "accept": ".xlsx,.csv,.tsv,.txt"}),
    )

    def clean_file(self) -> tuple[str, bytes]:
        file = self.cleaned_data["file"]
        data = file.read(MAX_SHEET + 1)
        if len(data) > MAX_SHEET:
            raise forms.ValidationError(_("ファイルが大きすぎます（10MBまで）。課ごとに分けてください。"))
        return file.name, data


class SurveyForm(forms.Form):
    """A survey to be opened."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80, widget=box())
    due_on = forms.DateField(label=gettext_lazy("回答期限"), widget=date_box())
    message = forms.CharField(label=gettext_lazy("依頼文"), required=False, max_length=2000, widget=area())
    asked = forms.MultipleChoiceField(label=gettext_lazy("たずねる項目"), widget=forms.CheckboxSelectMultiple)
    divisions = forms.ModelMultipleChoiceField(label=gettext_lazy("たずねる課"), queryset=None, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        keys = ("number", "division", "name", *PLAN)  # divisions are not asked for the plan
        self.fields["asked"].choices = [(name, called(column)) for name, column in columns().items() if name not in keys]
        self.fields["asked"].initial = list(asked())
        self.fields["asked"].help_text = _("%(most)sまで選べます。多いほど、答えが集まりにくくなります。") % {"most": MOST_ASKED}
        self.fields["divisions"].queryset = Division.objects.all()
        self.fields["divisions"].initial = list(Division.objects.values_list("pk", flat=True))
        year = timezone.localdate() + timedelta(days=30)
        self.fields["due_on"].initial = year


class PlanForm(forms.Form):
    """What is planned for one procedure."""

    channel = forms.ChoiceField(
        label=gettext_lazy("利用予定サービス"), required=False, choices=[("", gettext_lazy("決めていない")), *PlannedChannel.choices]
    )
    target_year = forms.CharField(label=gettext_lazy("目標年度"), required=False, max_length=20, widget=box("w-14"))
    progress = forms.ChoiceField(label=gettext_lazy("進捗"), choices=Progress.choices)
    online_on = forms.DateField(
        label=gettext_lazy("オンラインになった日"),
        required=False,
        help_text=gettext_lazy("公開済のときだけ使います。空にすると、保存した日になります。"),
        widget=date_box(),
    )
    owner = forms.CharField(label=gettext_lazy("担当者"), required=False, max_length=60, widget=box())
    rule = forms.ModelChoiceField(label=gettext_lazy("必要な改正"), required=False, queryset=None, empty_label=gettext_lazy("なし"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["rule"].queryset = RuleChange.objects.all()
        for name in ("channel", "progress", "rule"):
            self.fields[name].widget.attrs["class"] = "box"

    def clean_target_year(self) -> int | None:
        text = self.cleaned_data["target_year"]
        cell = read_cell(columns()["target_year"], text)
        if cell.doubt:
            raise forms.ValidationError(_("年度を読み取れません。例：2027、令和9年度"), code="year")
        return cell.value  # type: ignore[no-any-return]


class OrderForm(forms.Form):
    rank = forms.IntegerField(
        label=gettext_lazy("何番目にするか（空にすると点数の順）"), required=False, min_value=1, max_value=100_000, widget=box("w-8")
    )
    reason = forms.CharField(label=gettext_lazy("順を変える理由"), required=False, max_length=300, widget=box())


class RuleForm(forms.Form):
    """A rule that must change."""

    title = forms.CharField(label=gettext_lazy("改正の名称"), max_length=120, widget=box())
    kind = forms.ChoiceField(label=gettext_lazy("種類"), choices=[])
    article = forms.CharField(label=gettext_lazy("条文"), required=False, max_length=200, widget=box())
    division = forms.ModelChoiceField(label=gettext_lazy("担当課"), required=False, queryset=None)
    note = forms.CharField(label=gettext_lazy("メモ"), required=False, max_length=300, widget=box())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [(one.code, one.ja) for one in columns()["rule_change"].codes if one.code != "none"]
        self.fields["division"].queryset = Division.objects.all()
        for name in ("kind", "division"):
            self.fields[name].widget.attrs["class"] = "box"


class CountsForm(SeenForm):
    """The month's numbers of a division: a row for each procedure, a box for each channel; all in one form."""

    def __init__(self, *args: Any, entries: Iterable[InventoryEntry], known: Mapping[tuple[int, str], int], **options: Any) -> None:
        super().__init__(*args, **options)
        self.entries = list(entries)
        count = columns()["count_total"]
        for entry in self.entries:
            for channel in CountChannel.values:
                field = CellField(count, label=f"{entry.name} {CountChannel(channel).label}", initial=known.get((entry.pk, channel)))
                field.widget = forms.TextInput(attrs={"class": "box w-8", "inputmode": "numeric", "aria-label": field.label})
                self.fields[f"c{entry.pk}-{channel}"] = field
        self.show({f"c{entry}-{channel}": count for (entry, channel), count in known.items()})

    def rows(self) -> list[tuple[InventoryEntry, list[Any]]]:
        channels = CountChannel.choices
        return [(entry, [(label, self[f"c{entry.pk}-{channel}"]) for channel, label in channels]) for entry in self.entries]

    def counts(self) -> dict[tuple[int, str], int | None]:
        """What this person changed: {(entry id, channel): number}."""
        names = {f"c{entry.pk}-{channel}": (entry.pk, channel) for entry in self.entries for channel in CountChannel.values}
        return {names[name]: value for name, value in self.changed.items()}


class WeightsForm(forms.Form):
    """Minutes a filing costs for each burden, and what each barrier leaves of the saving."""

    def __init__(self, *args: Any, weights: Weights, **options: Any) -> None:
        super().__init__(*args, **options)
        for key, amount in weights.minutes.items():
            label = _("%(burden)s（分）") % {"burden": BURDENS[key]}
            self.fields[f"m-{key}"] = forms.FloatField(label=label, min_value=0, max_value=10_000, initial=amount, widget=box("w-8"))
        for key, amount in weights.chances.items():
            label = _("%(barrier)sがあるときの見込み（0〜1）") % {"barrier": CHANCES[key]}
            self.fields[f"c-{key}"] = forms.FloatField(label=label, min_value=0, max_value=1, initial=amount, widget=box("w-8"))
        self.fields["unknown_volume"] = forms.FloatField(
            label=_("件数が分からないときに仮に置く件数"), min_value=0, max_value=10_000, initial=weights.unknown_volume, widget=box("w-8")
        )

    def weights(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "minutes": {name[2:]: value for name, value in given.items() if name.startswith("m-")},
            "chances": {name[2:]: value for name, value in given.items() if name.startswith("c-")},
            "unknown_volume": given["unknown_volume"],
        }


def month_of(text: str) -> date:
    """`2026-11` as the first of that month; this month where it says nothing."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return timezone.localdate().replace(day=1)
