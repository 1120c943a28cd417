"""What the studio adds and how it shapes: new parts, a group that repeats, another type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.engines.forms.editing import Change, Found, Json
from madoguchi.engines.forms.editing_shape import lost
from madoguchi.procedures.forms.studio_boxes import LANGUAGES, NAMES, PALETTE, Words, box, select
from madoguchi.procedures.forms.studio_conditions import called
from madoguchi.procedures.forms.studio_formulas import KINDS

MOST_ROWS = 200


def picking(choices: Mapping[str, Any]) -> forms.Select:
    return forms.Select(attrs={"class": "box"}, choices=list(choices.items()))


class NewQuestionForm(forms.Form):
    label = Words(label=gettext_lazy("たずねる文"), max_length=200, strip=True, widget=box())
    type = forms.ChoiceField(label=gettext_lazy("答えの形"), choices=list(PALETTE.items()), widget=picking(PALETTE))


class NewPageForm(forms.Form):
    title = Words(label=gettext_lazy("ページの題"), max_length=200, strip=True, widget=box())


class NewSectionForm(forms.Form):
    title = Words(label=gettext_lazy("まとまりの題"), max_length=200, strip=True, widget=box())


class NewChoiceForm(forms.Form):
    label = Words(label=gettext_lazy("選択肢の文"), max_length=200, strip=True, widget=box())


class NewCalculationForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("何を計算するか"), choices=list(KINDS.items()), widget=picking(KINDS))


class NewCheckForm(forms.Form):
    say = Words(label=gettext_lazy("合わないときに出す文"), max_length=300, strip=True, widget=box())


# -- a group that repeats --------------------------------------------------------------------------------------------------------------


class GroupForm(forms.Form):
    """A page or section as a group: what one row is called, how many there may be, which question names a row."""

    min = forms.IntegerField(label=gettext_lazy("少なくとも"), min_value=0, max_value=MOST_ROWS, initial=1, widget=box("w-8"))
    max = forms.IntegerField(label=gettext_lazy("多くても"), min_value=1, max_value=MOST_ROWS, initial=10, widget=box("w-8"))

    def __init__(self, *args: Any, part: Found, new_id: str, **options: Any) -> None:
        super().__init__(*args, auto_id="group_%s", **options)
        self.part, self.new_id = part.part, new_id
        self.standing: Json = self.part.get("repeat") or {}
        item = self.standing.get("item") or {}
        for language, name in LANGUAGES:
            self.fields[f"item_{language}"] = Words(
                label=f"{NAMES['item']}（{name}）", required=language == "ja", max_length=100, initial=item.get(language, ""), widget=box()
            )
        if self.standing:
            self.fields["min"].initial, self.fields["max"].initial = self.standing.get("min", 0), self.standing.get("max", 20)
        questions = [(one["id"], called(one)) for one in _questions(self.part) if one.get("type") != "information"]
        self.fields["named_by"] = select([("", _("番号")), *questions], _("1つ分の名前にする答え"), self.standing.get("named_by", ""))
        self.fields["subject"] = forms.BooleanField(
            label=_("1つずつ、別々に決定する"), required=False, initial=bool(self.standing.get("subject"))
        )
        self.order_fields([f"item_{language}" for language, _name in LANGUAGES])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("min") is not None and given.get("max") is not None and given["min"] > given["max"]:
            self.add_error("max", _("「少なくとも」より大きくしてください。"))
        return given

    def changes(self, address: str) -> list[Change]:
        """Nothing where nothing differs: what is left out stays left out."""
        given = self.cleaned_data
        item = {language: text for language, _name in LANGUAGES if (text := given[f"item_{language}"].strip())}
        extra = {key: text for key, text in (self.standing.get("item") or {}).items() if key not in dict(LANGUAGES)}
        made: Json = {"id": self.standing.get("id", self.new_id), "item": {**item, **extra}}
        for key, usual in (("min", 0), ("max", 20), ("named_by", ""), ("subject", False)):
            if given[key] != usual or key in self.standing:
                made[key] = given[key]
        if not made.get("named_by"):
            made.pop("named_by", None)
        return [] if made == self.standing else [{"do": "repeat", "at": address, "value": made}]


def _questions(part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for holder in (part, *part.get("sections", ())):
        yield from holder.get("questions", ())


# -- another type ------------------------------------------------------------------------------------------------------------------------

LOST = {
    "choices": gettext_lazy("選択肢"), "min": gettext_lazy("いちばん小さい数"), "max": gettext_lazy("いちばん大きい数"),
    "decimals": gettext_lazy("小数のけた"), "unit": gettext_lazy("単位"), "min_length": gettext_lazy("いちばん短い字数"),
    "max_length": gettext_lazy("いちばん長い字数"), "pattern": gettext_lazy("文字の形"), "kana": gettext_lazy("フリガナの要否"),
    "max_files": gettext_lazy("ファイルの数"), "max_mb": gettext_lazy("ファイルの大きさ"), "accept": gettext_lazy("ファイルの種類"),
    "later": gettext_lazy("後から出せること"), "list": gettext_lazy("一覧"), "facts": gettext_lazy("一覧から見せる事実"),
    "value": gettext_lazy("計算"), "format": gettext_lazy("計算の答えの形"), "required": gettext_lazy("必須"),
    "concept": gettext_lazy("何の答えか"), "amendable": gettext_lazy("後から変えられること"), "checks": gettext_lazy("確かめ"),
}  # fmt: skip
KEYS = {
    **LOST, "label": gettext_lazy("たずねる文"), "hint": gettext_lazy("補足"), "type": gettext_lazy("答えの形"), "show_if": gettext_lazy("出る条件"),
}  # fmt: skip


class RetypeForm(forms.Form):
    """Another type for a question; what it would lose is said before."""

    def __init__(self, *args: Any, question: Mapping[str, Any], **options: Any) -> None:
        super().__init__(*args, auto_id="retype_%s", **options)
        self.question = question
        others = [(kind, name) for kind, name in PALETTE.items() if kind != question.get("type")]
        self.fields["type"] = forms.ChoiceField(label=_("新しい答えの形"), choices=others, widget=forms.Select(attrs={"class": "box"}))

    def lost(self) -> list[str]:
        """What goes, in words."""
        return [str(LOST.get(key, key)) for key in lost(self.question, self.cleaned_data["type"])]

    def change(self, address: str) -> Change:
        kind = self.cleaned_data["type"]
        return {"do": "retype", "at": address, "type": kind, "own": beginning(kind, self.question)}


def beginning(kind: str, question: Mapping[str, Any] | None = None) -> Json:
    """What a question of a type needs from the start beside its words."""
    has_choices = bool(question and question.get("type") in ("choice", "choices") and question.get("choices"))
    if kind in ("choice", "choices") and not has_choices:
        return {"choices": [{"id": "c1", "label": {"ja": _("選択肢1")}}, {"id": "c2", "label": {"ja": _("選択肢2")}}]}
    return {"format": "number"} if kind == "calculated" else {}
