"""What was read from a paper form, as rows: each to take, to change, or to leave."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.engines.forms import concepts
from madoguchi.engines.forms.guessing import Proposed
from madoguchi.procedures.forms.studio_boxes import TYPES, Words, box

MOST_PROPOSED = 150
SPLIT = re.compile(r"\s*[、,，\n]\s*")


class PaperFile(forms.Form):
    """A division's form as it lies on its shelf."""

    file = forms.FileField(
        label=gettext_lazy("紙の様式のファイル（Word、Excel、PDF）"),
        help_text=gettext_lazy("10MBまで。読み取った項目を、1つずつ確かめてから入れます。"),
        widget=forms.FileInput(attrs={"class": "box", "accept": ".docx,.xlsx,.pdf"}),
    )


class ProposedForm(forms.Form):
    """One question that was read from paper: to take, to change, or to leave."""

    take = forms.BooleanField(label=gettext_lazy("入れる"), required=False)
    label = Words(label=gettext_lazy("たずねる文"), required=False, max_length=200, strip=True, widget=box())
    type = forms.ChoiceField(label=gettext_lazy("答えの形"), choices=list(TYPES.items()), widget=forms.Select(attrs={"class": "box"}))
    choices = Words(label=gettext_lazy("選択肢（、で区切る）"), required=False, max_length=1000, widget=box())
    concept = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("take") and not given.get("label", "").strip():
            self.add_error("label", _("たずねる文を入力してください。"))
        if given.get("take") and given.get("type") in CHOOSING and not given.get("choices", "").strip():
            self.add_error("choices", _("選択肢を「、」で区切って入力してください。"))
        return given

    def question(self, name: str) -> dict[str, Any]:
        """The question as the document writes it."""
        given = self.cleaned_data
        made: dict[str, Any] = {"id": name, "type": given["type"], "label": {"ja": given["label"].strip()}}
        if given["type"] in CHOOSING:
            words = [one for one in dict.fromkeys(SPLIT.split(given["choices"].strip())) if one]
            made["choices"] = [{"id": f"c{number}", "label": {"ja": one}} for number, one in enumerate(words, 1)]
        known = concepts().get(given["concept"])
        if known is not None and given["type"] in known.types:
            made["concept"] = given["concept"]
        return made


CHOOSING = ("choice", "choices")
ProposedSet = forms.formset_factory(ProposedForm, extra=0, max_num=MOST_PROPOSED, absolute_max=MOST_PROPOSED, validate_max=True)


def proposed(found: Sequence[Proposed]) -> list[dict[str, Any]]:
    """Initial values of the rows."""
    return [
        {
            "take": True,
            "label": one.guess.part["label"]["ja"],
            "type": one.guess.part["type"],
            "choices": "、".join(choice["label"]["ja"] for choice in one.guess.part.get("choices", ())),
            "concept": one.guess.part.get("concept", ""),
        }
        for one in found[:MOST_PROPOSED]
    ]
