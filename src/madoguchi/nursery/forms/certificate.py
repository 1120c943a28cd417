"""就労証明書: the national standard form (標準的な様式, こども家庭庁) as one entry card. The names here are keys of `values` on the row.

The order and numbers are those of the form; which of its fields a municipality adds is its own and 要確認. Hours are written as hours
and minutes a week or a month; days as days a month.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.engines.japanese import DateProblem, parse_date, to_halfwidth

INDUSTRIES = [
    ("agriculture", _("農業・林業")),
    ("fishery", _("漁業")),
    ("mining", _("鉱業・採石業・砂利採取業")),
    ("construction", _("建設業")),
    ("manufacturing", _("製造業")),
    ("utilities", _("電気・ガス・熱供給・水道業")),
    ("information", _("情報通信業")),
    ("transport", _("運輸業・郵便業")),
    ("retail", _("卸売業・小売業")),
    ("finance", _("金融業・保険業")),
    ("real_estate", _("不動産業・物品賃貸業")),
    ("research", _("学術研究・専門・技術サービス業")),
    ("lodging", _("宿泊業・飲食サービス業")),
    ("personal", _("生活関連サービス業・娯楽業")),
    ("medical", _("医療・福祉")),
    ("education", _("教育・学習支援業")),
    ("compound", _("複合サービス事業")),
    ("public", _("公務")),
    ("other", _("その他")),
]
EMPLOYMENT = [
    ("regular", _("正社員")),
    ("part_time", _("パート・アルバイト")),
    ("dispatched", _("派遣社員")),
    ("contract", _("契約社員")),
    ("fiscal_year", _("会計年度任用職員")),
    ("temporary", _("非常勤・臨時職員")),
    ("director", _("役員")),
    ("self", _("自営業主")),
    ("family", _("自営業専従者")),
    ("family_helper", _("家族従業者")),
    ("piecework", _("内職")),
    ("commission", _("業務委託")),
    ("other", _("その他")),
]
WEEKDAYS = [("mon", _("月")), ("tue", _("火")), ("wed", _("水")), ("thu", _("木")), ("fri", _("金")), ("sat", _("土")), ("sun", _("日"))]
PATTERNS = [("fixed", _("固定就労（決まった曜日と時間）")), ("irregular", _("変則就労（シフトなど）"))]
LONGEST_WEEK, LONGEST_MONTH = 24 * 7, 24 * 31


def box(kind: str = "text", width: str = "") -> forms.TextInput:
    return forms.TextInput(attrs={"type": kind, "class": f"box {width}".strip()})


class Day(forms.CharField):
    """A day as people write it: 2026-04-15, 令和8年4月15日, R8.4.15, of any width; kept as ISO text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, widget=box(width="w-14"), **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return parse_date(text).isoformat()
        except DateProblem as problem:
            raise forms.ValidationError(_("日付を読み取れません。例：2026-04-15、令和8年4月15日"), code="date") from problem


class Amount(forms.CharField):
    """A number of hours or days of any width, with at most `places` behind the point; "7:45" is 7.75. Kept as a number."""

    def __init__(self, *, most: float, places: int = 2, **options: Any) -> None:
        super().__init__(max_length=12, widget=box(width="w-6"), **options)
        self.most, self.places = most, places

    def clean(self, value: Any) -> float | int | None:
        text = to_halfwidth(super().clean(value) or "").strip().replace(",", "")
        if not text:
            return None
        try:
            hours, _colon, minutes = text.partition(":")
            number = float(hours) + (float(minutes) / 60 if minutes else 0)
        except ValueError as problem:
            raise forms.ValidationError(_("数字で入力してください。例：7.5、7:30"), code="number") from problem
        if not 0 <= number <= self.most:
            raise forms.ValidationError(_("0から%(most)sまでで入力してください。") % {"most": f"{self.most:g}"}, code="range")
        rounded = round(number, self.places)
        return int(rounded) if rounded == int(rounded) else rounded


def text(label: Any, *, most: int = 100, required: bool = False, hint: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=required, widget=box(), help_text=hint)


def pick(label: Any, choices: list[Any], *, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices if required else [("", _("選んでください")), *choices],
        required=required,
        widget=forms.Select(attrs={"class": "box"}),
    )


class CertificateForm(forms.Form):
    """The card. What contradicts itself is said beside the box; what is only unusual is left to the clerk."""

    issued_on = Day(label=_("証明日"))
    company = text(_("事業所名"), required=True)
    representative = text(_("代表者名"))
    company_address = text(_("所在地"), most=200, required=True)
    company_phone = text(_("電話番号"), most=20, required=True)
    contact = text(_("担当者名"), required=True)
    contact_phone = text(_("記載者の連絡先"), most=20)
    industry = pick(_("No.1 業種"), INDUSTRIES)
    worker_name = text(_("No.2 本人の氏名"), required=True)
    worker_kana = text(_("フリガナ"))
    is_open_ended = forms.BooleanField(label=_("No.3 雇用の期間に定めがない（無期）"), required=False)
    hired_from = Day(label=_("雇用の期間：いつから"), required=False)
    hired_until = Day(label=_("雇用の期間：いつまで"), required=False)
    workplace = text(_("No.4 本人の就労先の名称"))
    workplace_address = text(_("就労先の住所"), most=200)
    employment = pick(_("No.5 雇用の形態"), EMPLOYMENT, required=True)
    pattern = forms.ChoiceField(label=_("No.6・7 就労の時間の決まり方"), choices=PATTERNS, widget=forms.RadioSelect)
    weekdays = forms.MultipleChoiceField(
        label=_("働く曜日（固定就労）"), choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple
    )
    month_days = Amount(label=_("1か月の就労日数"), most=31, places=1)
    week_hours = Amount(label=_("1週間の就労時間"), most=LONGEST_WEEK, required=False, help_text=_("休憩を含みます。例：38:45"))
    month_hours = Amount(label=_("1か月の就労時間"), most=LONGEST_MONTH, required=False, help_text=_("休憩を含みます。"))
    break_minutes = Amount(label=_("うち休憩（1日あたり、分）"), most=480, places=0, required=False)
    maternity_from = Day(label=_("No.9 産前産後休業：いつから"), required=False)
    maternity_until = Day(label=_("産前産後休業：いつまで"), required=False)
    childcare_from = Day(label=_("No.10 育児休業：いつから"), required=False)
    childcare_until = Day(label=_("育児休業：いつまで"), required=False)
    other_leave = text(_("No.11 そのほかの休業"))
    return_on = Day(label=_("No.12 復職する（した）日"), required=False)
    short_from = Day(label=_("No.13 育児のための短時間勤務：いつから"), required=False)
    short_until = Day(label=_("育児のための短時間勤務：いつまで"), required=False)
    short_week_hours = Amount(label=_("短時間勤務の間の1週間の就労時間"), most=LONGEST_WEEK, required=False)
    is_nursery_staff = forms.BooleanField(label=_("No.14 保育士などとして働いている（働く予定）"), required=False)
    note = forms.CharField(label=_("備考"), max_length=1000, required=False, widget=forms.Textarea(attrs={"class": "box", "rows": 2}))

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        for number in (1, 2, 3):
            self.fields[f"record{number}_month"] = forms.CharField(
                label=_("No.8 就労実績：%(number)sか月目の年月") % {"number": number},
                max_length=7,
                required=False,
                widget=box("month", "w-14"),
            )
            self.fields[f"record{number}_days"] = Amount(label=_("その月の就労日数"), most=31, places=1, required=False)
            self.fields[f"record{number}_hours"] = Amount(label=_("その月の就労時間"), most=LONGEST_MONTH, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for field, sentence in self._contradictions(given):
            self.add_error(field, sentence)
        return given

    def _contradictions(self, given: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        if not given.get("week_hours") and not given.get("month_hours") and "week_hours" in given and "month_hours" in given:
            yield "week_hours", _("1週間か1か月の就労時間の、どちらかを入力してください。")
        if given.get("issued_on") and given["issued_on"] > self.today.isoformat():
            yield "issued_on", _("証明日は、今日か今日より前の日で入力してください。")
        if not given.get("is_open_ended") and not given.get("hired_until"):
            yield "hired_until", _("期間に定めがあるときは、終わりの日を入力してください。定めがなければ「無期」に印を付けてください。")
        for name in ("hired", "maternity", "childcare", "short"):
            begin, end = given.get(f"{name}_from"), given.get(f"{name}_until")
            if begin and end and end < begin:
                yield f"{name}_until", _("終わりの日が、始まりの日より前です。")
        if given.get("short_from") and given.get("short_week_hours") is None:
            yield "short_week_hours", _("短時間勤務の間の1週間の就労時間を入力してください。")

    def values(self) -> dict[str, Any]:
        """What is kept: every field that was filled in."""
        return {key: value for key, value in self.cleaned_data.items() if value not in (None, "", [], False)}


# The parts of the card, as the form has them; a page shows them one under the other.
PARTS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (
        _("証明する事業所"),
        ("issued_on", "company", "representative", "company_address", "company_phone", "contact", "contact_phone", "industry"),
    ),
    (
        _("本人と雇用"),
        ("worker_name", "worker_kana", "is_open_ended", "hired_from", "hired_until", "workplace", "workplace_address", "employment"),
    ),
    (_("就労の時間（契約）"), ("pattern", "weekdays", "month_days", "week_hours", "month_hours", "break_minutes")),
    (_("就労の実績（直近3か月）"), tuple(f"record{number}_{part}" for number in (1, 2, 3) for part in ("month", "days", "hours"))),
    (
        _("休業と復職"),
        (
            "maternity_from",
            "maternity_until",
            "childcare_from",
            "childcare_until",
            "other_leave",
            "return_on",
            "short_from",
            "short_until",
            "short_week_hours",
        ),
    ),
    (_("そのほか"), ("is_nursery_staff", "note")),
)
