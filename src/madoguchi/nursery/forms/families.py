"""Shapes of input on a family's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.engines.forms import pick
from madoguchi.lib.tags import reader
from madoguchi.nursery.models import Household
from madoguchi.nursery.models.rulebook import rulebook_of

YES_NO = {"はい": True, "yes": True, "1": True, "true": True, "いいえ": False, "no": False, "0": False, "false": False}


@dataclass(frozen=True)
class Target:
    """What is corrected: the fact's place and its value as typed."""

    where: dict[str, Any]
    value: Any


class CorrectionForm(forms.Form):
    """One fact of the family, chosen from all that the rules read; lists are written with 、 between them."""

    fact = forms.ChoiceField(label=_("直す項目"), widget=forms.Select(attrs={"class": "box"}))
    value = forms.CharField(
        label=_("正しい内容"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "box"}),
        help_text=_(
            "数は数字で、はい・いいえは「はい」「いいえ」で、選ぶ項目は表示のとおりに入力します。空にすると「分からない」になります。"
        ),
    )
    reason = forms.CharField(label=_("直す理由"), max_length=500, widget=forms.TextInput(attrs={"class": "box"}))

    def __init__(self, *args: Any, household: Household, **options: Any) -> None:
        super().__init__(*args, **options)
        self.household = household
        self.rules = rulebook_of(household.round)
        self.children = {str(child.pk): child for child in household.candidates.all()}
        self.fields["fact"].choices = list(self._choices())

    def _choices(self) -> Any:
        language = reader()
        for fact in self.rules.facts.values():
            label = pick(fact.text, language)
            if fact.scope == "household":
                yield f"household:{fact.id}", label
            elif fact.scope == "parent":
                for number in (1, 2):
                    yield f"parent{number}:{fact.id}", _("保護者%(number)s：%(fact)s") % {"number": number, "fact": label}
            elif fact.scope == "child":
                for pk, child in self.children.items():
                    yield f"child{pk}:{fact.id}", f"{child.name or child.code}：{label}"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "fact" in given:
            key = given["fact"].partition(":")[2]
            given["typed"] = self._typed(key, given.get("value", "").strip())
        return given

    def _typed(self, key: str, text: str) -> Any:
        """A choice by its label or its id, yes and no in either language, a list by its labels."""
        fact = self.rules.facts[key]
        if not text:
            return None
        if fact.type == "bool":
            if text.casefold() not in YES_NO:
                raise forms.ValidationError(_("「はい」か「いいえ」で入力してください。"), code="yes_no")
            return YES_NO[text.casefold()]
        by_label = {label: name for name, texts in fact.choices.items() for label in (*texts.values(), name)}
        if fact.type == "list":
            return [by_label.get(part.strip(), part.strip()) for part in text.replace(",", "、").split("、") if part.strip()]
        return by_label.get(text, text)

    def target(self) -> Target:
        slot, _colon, key = self.cleaned_data["fact"].partition(":")
        where: dict[str, Any] = {"key": key}
        if slot.startswith("parent"):
            where["parent"] = int(slot.removeprefix("parent"))
        elif slot.startswith("child"):
            where["candidate"] = self.children[slot.removeprefix("child")]
        return Target(where, self.cleaned_data["typed"])
