"""Shapes of input on the way to a version: publishing, reviews, examples, and what the procedure says of itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from madoguchi.engines.forms.changes import CLASSES
from madoguchi.procedures.actions import DEFAULT_WAYS, needed_notices
from madoguchi.procedures.forms.documents import CHANGES, date_box
from madoguchi.procedures.models import CLEAN, ENDS, ClockUnit, FormExample, Procedure

DRAFT_WAYS = [
    ("finish", gettext_lazy("前の版で最後まで送れるようにする")),
    ("migrate", gettext_lazy("新しい版に移す")),
    ("ask", gettext_lazy("次に開いたとき、本人に選んでもらう")),
]
CASE_WAYS = [
    ("finish", gettext_lazy("前の版のまま処理する")),
    ("migrate", gettext_lazy("新しい版に移す（届いた内容は変えない）")),
    ("ask", gettext_lazy("新しい版に移し、足りない答えを本人にお願いする")),
]
EXPECTED = [
    (CLEAN, gettext_lazy("まちがいなく送れる")),
    (ENDS, gettext_lazy("途中のページで終わる")),
    ("errors", gettext_lazy("次のエラーになる")),
]
LANGUAGES = (("ja", gettext_lazy("日本語")), ("plain", gettext_lazy("やさしい日本語")), ("en", gettext_lazy("英語")))
TIMES = [("now", gettext_lazy("いますぐ")), ("later", gettext_lazy("日時を決めて"))]
OUTCOMES = {
    "accepted": gettext_lazy("受け付けたとき"),
    "granted": gettext_lazy("認めるとき"),
    "partly": gettext_lazy("一部を認めるとき"),
    "refused": gettext_lazy("認めないとき"),
    "dismissed": gettext_lazy("審査の対象にならないとき"),
    "held": gettext_lazy("保留にするとき"),
}


def short(length: int = 300) -> dict[str, Any]:
    return {"required": False, "max_length": length, "widget": forms.TextInput(attrs={"class": "box"})}


def long(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"class": "box", "rows": rows})


class ReleaseForm(forms.Form):
    """What the publisher says: the class of the change, a note, what becomes of what is under way, and when."""

    change = forms.ChoiceField(label=gettext_lazy("変更の種類"), choices=CHANGES, widget=forms.RadioSelect)
    note = forms.CharField(label=gettext_lazy("変更の説明"), help_text=gettext_lazy("版の一覧に出ます。300字まで。"), **short())
    when = forms.ChoiceField(label=gettext_lazy("いつ公開しますか"), choices=TIMES, widget=forms.RadioSelect, initial="now")
    day = forms.DateField(label=gettext_lazy("公開する日"), required=False, widget=date_box())
    hour = forms.TimeField(
        label=gettext_lazy("公開する時刻"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "box w-8"}),
    )

    def __init__(self, *args: Any, least: str, touched: list[str], counts: Mapping[str, tuple[int, int]], **options: Any) -> None:
        super().__init__(*args, **options)
        heavier = [each for each in CHANGES if CLASSES.index(each[0]) >= CLASSES.index(least)]  # type: ignore[arg-type]
        self.fields["change"].choices = heavier  # type: ignore[attr-defined]
        self.fields["change"].initial = least
        self.touched = touched
        for change in touched:
            for place, (whom, ways) in enumerate((("drafts", DRAFT_WAYS), ("cases", CASE_WAYS))):
                number = counts.get(change, (0, 0))[place]
                self.fields[f"{change}_{whom}"] = forms.ChoiceField(
                    label=f"{dict(CHANGES)[change]}：{_('下書き') if whom == 'drafts' else _('審査中の申請')}",
                    choices=ways,
                    help_text=ngettext("いま%(number)s件あります。", "いま%(number)s件あります。", number) % {"number": number},
                    initial=DEFAULT_WAYS[change][whom],
                    widget=forms.Select(attrs={"class": "box"}),
                )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("when") == "later":
            for name, sentence in (("day", _("公開する日を入力してください。")), ("hour", _("公開する時刻を入力してください。"))):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return given

    @property
    def ways(self) -> dict[str, dict[str, str]]:
        return {change: {whom: self.cleaned_data[f"{change}_{whom}"] for whom in ("drafts", "cases")} for change in self.touched}

    @property
    def at(self) -> datetime | None:
        """The hour that was chosen, in local time; None for now."""
        given = self.cleaned_data
        if given["when"] != "later":
            return None
        return timezone.make_aware(datetime.combine(given["day"], given["hour"]))

    def plain(self) -> dict[str, Any]:
        """The boxes that are no way of treating what is under way, for parts/fields.html."""
        return {"visible_fields": [self[name] for name in ("change", "note", "when", "day", "hour")]}

    def rows(self) -> list[dict[str, Any]]:
        """One line for each class of change: its boxes for drafts and for cases."""
        return [
            {"change": change, "label": dict(CHANGES)[change], "drafts": self[f"{change}_drafts"], "cases": self[f"{change}_cases"]}
            for change in self.touched
        ]


class ExampleForm(forms.Form):
    """An example: a name, a day, invented answers as they are kept, and what must be found."""

    name = forms.CharField(label=gettext_lazy("例の名前"), max_length=120, widget=forms.TextInput(attrs={"class": "box"}))
    on = forms.DateField(label=gettext_lazy("入力する日"), widget=date_box(), help_text=gettext_lazy("年齢などは、この日で数えます。"))
    expect = forms.ChoiceField(label=gettext_lazy("結果"), choices=EXPECTED, widget=forms.RadioSelect)
    keys = forms.CharField(
        label=gettext_lazy("エラーの種類"),
        help_text=gettext_lazy("「次のエラーになる」のときだけ、空白で区切って入力します。例：choice.required"),
        **short(500),
    )
    answers = forms.CharField(
        label=gettext_lazy("回答（JSON）"),
        widget=long(14),
        help_text=gettext_lazy("架空の人の答えだけを入れてください。本当の申請から写してはいけません。"),
    )
    because = forms.CharField(label=gettext_lazy("変える理由"), max_length=300, widget=forms.TextInput(attrs={"class": "box"}))

    @classmethod
    def of(cls, example: FormExample) -> ExampleForm:
        is_word = isinstance(example.expect, str)
        initial = {
            "name": example.name,
            "on": example.on,
            "expect": example.expect if is_word else "errors",
            "keys": "" if is_word else " ".join(example.expect),
            "answers": json.dumps(example.answers, ensure_ascii=False, indent=1),
        }
        return cls(initial=initial)

    def clean_answers(self) -> dict[str, Any]:
        try:
            answers = json.loads(self.cleaned_data["answers"])
        except (ValueError, RecursionError) as error:
            where = str(error.lineno) if isinstance(error, json.JSONDecodeError) else "?"
            raise forms.ValidationError(_("JSONとして読めません。%(line)s行目を確かめてください。") % {"line": where}) from error
        if not isinstance(answers, dict):
            raise forms.ValidationError(_("回答は { で始まる形で入力してください。"))
        return answers

    @property
    def expected(self) -> str | list[str]:
        given = self.cleaned_data
        return given["keys"].split() if given["expect"] == "errors" else given["expect"]


class FactsForm(forms.Form):
    """What the task list asks of the procedure itself; notices by outcome."""

    def __init__(self, *args: Any, procedure: Procedure, **options: Any) -> None:
        super().__init__(*args, **options)
        self.procedure = procedure
        for key, label in (("privacy", _("利用目的")), ("criteria", _("審査基準"))):
            for language, name in LANGUAGES:
                self._text(f"{key}_{language}", f"{label}（{name}）", (getattr(procedure, key) or {}).get(language, ""))
        self.fields["privacy_ja"].help_text = _("公開するには、3つの言語の文が要ります。住民には、入力を始める前に見せます。")
        self.fields["criteria_ja"].help_text = _("法律上の「申請」を公開するには、日本語の文が要ります。")
        self._period()
        self.fields["retention_years"] = forms.IntegerField(
            label=_("保存年数"), min_value=1, max_value=100, initial=procedure.retention_years, widget=_number()
        )
        for key, label in (("phone", _("電話番号")), ("place", _("場所")), ("place_en", _("場所（英語）"))):
            self.fields[key] = forms.CharField(
                label=f"{procedure.division.name}：{label}", initial=getattr(procedure.division, key), **short(80)
            )
        for outcome in needed_notices(procedure):
            self._notice(outcome, OUTCOMES.get(outcome, outcome))

    def _text(self, name: str, label: str, initial: str, rows: int = 3) -> None:
        self.fields[name] = forms.CharField(label=label, required=False, initial=initial, max_length=4000, widget=long(rows))

    def _period(self) -> None:
        procedure = self.procedure
        self.fields["clock_unit"] = forms.ChoiceField(
            label=_("期間の数え方"), choices=ClockUnit.choices, initial=procedure.clock_unit, widget=forms.Select(attrs={"class": "box"})
        )
        self.fields["standard_days"] = forms.IntegerField(
            label=_("標準処理期間の日数"), required=False, min_value=1, max_value=1000, initial=procedure.standard_days, widget=_number()
        )
        self.fields["result_on"] = forms.DateField(
            label=_("結果の日（決まった日のとき）"), required=False, initial=procedure.result_on, widget=date_box()
        )

    def _notice(self, outcome: str, said: Any) -> None:
        texts = (self.procedure.notice_texts or {}).get(outcome) or {}
        for key, label, rows in (("title", _("通知の題"), 1), ("body", _("通知の文"), 4)):
            for language, name in LANGUAGES:
                text = (texts.get(key) or {}).get(language, "")
                self._text(f"notice_{outcome}_{key}_{language}", f"{said}：{label}（{name}）", text, rows)

    @property
    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        found = {name: given[name] for name in ("clock_unit", "standard_days", "result_on", "retention_years")}
        found |= {key: self._words(key) for key in ("privacy", "criteria")}
        notices = {
            outcome: {key: self._words(f"notice_{outcome}_{key}") for key in ("title", "body")}
            for outcome in needed_notices(self.procedure)
        }
        standing = self.procedure.notice_texts or {}
        return {**found, "notice_texts": {one: {**(standing.get(one) or {}), **texts} for one, texts in notices.items()}}

    def _words(self, key: str) -> dict[str, str]:
        return {language: text for language, _name in LANGUAGES if (text := self.cleaned_data[f"{key}_{language}"].strip())}

    @property
    def contact(self) -> dict[str, str]:
        return {key: self.cleaned_data[key].strip() for key in ("phone", "place", "place_en")}

    def groups(self) -> list[tuple[str, dict[str, Any]]]:
        """(heading, boxes for parts/fields.html)."""
        parts = [
            (_("利用目的"), "privacy_"), (_("審査基準"), "criteria_"), (_("期間"), ("clock_unit", "standard_days", "result_on")),
            (_("保存"), "retention_years"), (_("問い合わせ先"), ("phone", "place")), (_("通知の文例"), "notice_"),
        ]  # fmt: skip
        return [(heading, {"visible_fields": [self[name] for name in self.fields if name.startswith(start)]}) for heading, start in parts]


def _number() -> forms.NumberInput:
    return forms.NumberInput(attrs={"class": "box w-8"})
