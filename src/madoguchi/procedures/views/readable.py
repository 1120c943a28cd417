"""A whole form on one page: every page, question, choice, check and condition, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.engines.forms import Form
from madoguchi.engines.forms.rule_words import Wording

Json = Mapping[str, Any]
TYPES = {
    "text": "文字",
    "long_text": "長い文",
    "person_name": "氏名",
    "kana": "カナ",
    "date": "日付",
    "year_month": "年月",
    "address": "住所",
    "phone": "電話番号",
    "email": "メールアドレス",
    "number": "数",
    "yen": "金額",
    "yes_no": "はい・いいえ",
    "choice": "1つ選ぶ",
    "choices": "いくつでも選ぶ",
    "lookup": "一覧から選ぶ",
    "ranked": "順に選ぶ",
    "bank_account": "口座",
    "mynumber": "個人番号",
    "corporate_number": "法人番号",
    "file": "ファイル",
    "declaration": "確認・同意",
    "calculated": "計算した値",
    "information": "お知らせ",
}
# What a type's own key means; said only where the form sets it.
LIMITS = {
    "min": "{}以上",
    "max": "{}まで",
    "min_length": "{}字以上",
    "max_length": "{}字まで",
    "decimals": "小数{}けた",
    "max_files": "{}ファイルまで",
    "max_mb": "1つ{}MBまで",
    "list": "一覧「{}」",
    "pattern": "形式「{}」",
}


def readable(form: Form) -> dict[str, Any]:
    """{"pages": […], "calculations": […]} for the template; texts stay in all languages."""
    words = Wording(form)
    pages = [_page(page, words) for page in form.document["pages"]]
    calculations = [{"id": each["id"], "value": words.say(each["value"])} for each in form.document.get("calculations") or ()]
    return {"pages": pages, "calculations": calculations}


def _page(page: Json, words: Wording) -> dict[str, Any]:
    sections = page.get("sections") or [{**page, "title": None, "intro": None, "show_if": None, "repeat": None}]
    return {
        "id": page["id"],
        "title": page["title"],
        "intro": page.get("intro"),
        "condition": words.say(page.get("show_if")),
        "ends": page.get("ends"),
        "repeat": _repeat(page.get("repeat")),
        "sections": [_section(section, words) for section in sections],
    }


def _section(section: Json, words: Wording) -> dict[str, Any]:
    return {
        "title": section.get("title"),
        "intro": section.get("intro"),
        "condition": words.say(section.get("show_if")),
        "repeat": _repeat(section.get("repeat")),
        "questions": [_question(question, words) for question in section["questions"]],
    }


def _repeat(repeat: Json | None) -> dict[str, Any] | None:
    if not repeat:
        return None
    return {"item": repeat["item"], "min": repeat.get("min", 0), "max": repeat.get("max", 20), "subject": repeat.get("subject", False)}


def _question(question: Json, words: Wording) -> dict[str, Any]:
    return {
        "id": question["id"],
        "label": question["label"],
        "hint": question.get("hint"),
        "is_information": question["type"] == "information",
        "type": TYPES[question["type"]],
        "required": _required(question),
        "condition": words.say(question.get("show_if")),
        "value": words.say(question.get("value")),
        "concept": question.get("concept"),
        "amendable": question.get("amendable", False),
        "limits": "、".join(_limits(question)),
        "choices": [{**choice, "condition": words.say(choice.get("show_if"))} for choice in question.get("choices") or ()],
        "checks": [{"level": "error", **check, "that": words.say(check["that"])} for check in question.get("checks") or ()],
    }


def _required(question: Json) -> str:
    if question["type"] in ("information", "calculated"):
        return ""
    return {True: _("必須"), "soft": _("なくても出せる（注意を出す）")}.get(question.get("required", False), _("任意"))


def _limits(question: Json) -> Iterator[str]:
    for key, words in LIMITS.items():
        if question.get(key) is not None:
            yield words.format(question[key])
    if question.get("later"):
        yield _("あとから出せる")
    if question.get("accept"):
        yield "・".join(question["accept"])
