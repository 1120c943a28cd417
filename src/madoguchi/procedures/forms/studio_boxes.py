"""What the studio's panels are made of: boxes, selects, and the Japanese of types, operators and texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

LANGUAGES = (("ja", gettext_lazy("日本語")), ("plain", gettext_lazy("やさしい日本語")), ("en", gettext_lazy("英語")))
TERMS = 4
MOST_LETTERS, LONG = 5000, 60
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,6})?")
TERM = ("question", "operator", "value")
TYPES = {
    "text": gettext_lazy("短い文"), "long_text": gettext_lazy("長い文"), "person_name": gettext_lazy("氏名"), "kana": gettext_lazy("カナ"),
    "date": gettext_lazy("日付"), "year_month": gettext_lazy("年月"), "address": gettext_lazy("住所"), "phone": gettext_lazy("電話番号"),
    "email": gettext_lazy("メールアドレス"), "number": gettext_lazy("数"), "yen": gettext_lazy("金額"), "yes_no": gettext_lazy("はい・いいえ"),
    "choice": gettext_lazy("1つ選ぶ"), "choices": gettext_lazy("いくつでも選ぶ"), "bank_account": gettext_lazy("口座"),
    "mynumber": gettext_lazy("個人番号"), "corporate_number": gettext_lazy("法人番号"), "file": gettext_lazy("ファイル"),
    "declaration": gettext_lazy("確認・同意"), "information": gettext_lazy("お知らせ"),
}  # fmt: skip
PALETTE = {**TYPES, "calculated": gettext_lazy("計算の答え")}
SAID = {
    "==": gettext_lazy("が次と同じ"), "!=": gettext_lazy("が次と違う"), "<": gettext_lazy("が次より小さい・前"), "<=": gettext_lazy("が次以下・以前"),
    ">": gettext_lazy("が次より大きい・後"), ">=": gettext_lazy("が次以上・以後"),
    "in": gettext_lazy("が次のどれか（、で区切る）"), "not_in": gettext_lazy("が次のどれでもない（、で区切る）"),
    "has": gettext_lazy("に次がある"), "has_not": gettext_lazy("に次がない"),
    "age<": gettext_lazy("からの年齢が次より下"), "age>=": gettext_lazy("からの年齢が次以上"), "answered": gettext_lazy("に答えがある"),
    "unanswered": gettext_lazy("に答えがない"),
}  # fmt: skip
TEXTS = {
    "form": ("title", "intro"), "page": ("title", "intro"), "section": ("title", "intro"), "question": ("label", "hint"), "choice": ("label", "hint"),
    "check": ("say",),
}  # fmt: skip
NAMES = {
    "title": gettext_lazy("題"), "intro": gettext_lazy("説明"), "label": gettext_lazy("たずねる文"), "hint": gettext_lazy("補足"),
    "say": gettext_lazy("合わないときに出す文"), "item": gettext_lazy("1つ分の呼び名"),
}  # fmt: skip
# What a question of a type may set beside its words: key → (label, least, most)
NUMBERS = {
    "number": ("min", "max", "decimals"), "yen": ("min", "max"), "text": ("min_length", "max_length"), "long_text": ("min_length", "max_length"),
    "choices": ("min", "max"), "file": ("max_files", "max_mb"), "kana": ("max_length",),
}  # fmt: skip
NUMBER_LABELS = {
    "min": gettext_lazy("いちばん小さい数"), "max": gettext_lazy("いちばん大きい数"), "decimals": gettext_lazy("小数のけた"),
    "min_length": gettext_lazy("いちばん短い字数"), "max_length": gettext_lazy("いちばん長い字数"), "max_files": gettext_lazy("ファイルの数"),
    "max_mb": gettext_lazy("1つの大きさ（MB）"),
}  # fmt: skip


def box(width: str = "") -> forms.TextInput:
    return forms.TextInput(attrs={"class": f"box {width}".strip()})


class Words(forms.CharField):
    """Text for a document: without control characters, line breaks as one character, blanks as they were typed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": MOST_LETTERS, "strip": False, **options})

    def to_python(self, value: Any) -> str:
        return CONTROLS.sub("", (super().to_python(value) or "").replace("\r\n", "\n"))


def words_box(text: str) -> forms.Widget:
    """One line, or several where there are more already."""
    several = len(text) > LONG or "\n" in text
    return forms.Textarea(attrs={"class": "box", "rows": 3}) if several else box()


def select(choices: Sequence[tuple[Any, Any]], label: Any, initial: Any = "", **options: Any) -> forms.ChoiceField:
    """A choice; what stands can always be kept, also where it is none of those that are offered."""
    choices = [*choices, *([] if initial in [one for one, _label in choices] else [(initial, initial)])]
    options["initial"] = initial
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.Select(attrs={"class": "box"}), **options)
