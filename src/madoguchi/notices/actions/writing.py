"""The words of notices.

A notice `applications/receipt` is the text template `notices/mail/applications/receipt.txt`, which any room may bring: its block
`subject` is the subject, its block `body` the rest. What may stand in it is a closed list of values, none of them personal.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from madoguchi.accounts.models import Division, Municipality
from madoguchi.lib.tags import date_ja, datetime_ja, plain_text

Value = str | datetime.date | Mapping[str, str] | None
VALUES = frozenset({"procedure", "number", "address", "until", "due", "division", "phone", "digits"})
SECRETS = ("digits", "address")  # what is blotted out of the kept text of a secret notice
BLOT = "●●●●●●"


@dataclass(frozen=True)
class Kind:
    """What the room knows of a template besides its words.

    `secret`: its values open something; the text is kept encrypted until sent, then only with the secret blotted out.
    `by_letter`: worth a letter to somebody without e-mail; otherwise the status page says it.
    """

    label: str
    secret: bool = False
    by_letter: bool = False
    priority: int = 0


KINDS: dict[str, Kind] = {
    "accounts/code": Kind(_("確認コード"), secret=True, priority=50),
    "accounts/link": Kind(_("サインインのリンク"), secret=True, priority=50),
    "applications/resume": Kind(_("続きから入力するリンク"), secret=True, priority=50),
    "applications/receipt": Kind(_("届いたことのお知らせ"), priority=10),
    "applications/amended": Kind(_("変更・追加が届いたことのお知らせ"), priority=10),
    "applications/draft_ending": Kind(_("下書きの期限のお知らせ")),
    "applications/closing_moved": Kind(_("受付の期限が変わったお知らせ")),
    "applications/correction_moved": Kind(_("補正の期限が変わったお知らせ"), by_letter=True),
    "applications/accepted": Kind(_("受付のお知らせ")),
    "applications/correction": Kind(_("補正のお願い"), by_letter=True),
    "applications/correction_reminder": Kind(_("補正の期限のお知らせ"), by_letter=True),
    "applications/corrected": Kind(_("直した内容が届いたことのお知らせ")),
    "applications/correction_cancelled": Kind(_("補正のお願いの取消し"), by_letter=True),
    "applications/desk_edited": Kind(_("職員が直したことのお知らせ"), by_letter=True),
    "applications/decided": Kind(_("結果のお知らせ"), by_letter=True),
    "applications/message": Kind(_("担当の課からのメッセージ"), by_letter=True),
    "applications/withdrawn": Kind(_("取下げのお知らせ")),
    "applications/version_changed": Kind(_("様式が新しくなったことのお知らせ")),
    "procedures/not_published": Kind(_("予約した公開ができなかったことのお知らせ")),
    "procedures/inventory": Kind(_("棚卸調査のお願い")),
    "applications/opened_counter": Kind(_("窓口で受け付けたお知らせ")),
}


def kind_of(template: str) -> Kind:
    """What is known of a template; a branch's own is an ordinary notice worth a letter."""
    return KINDS.get(template) or Kind(template, by_letter=True)


def language_of(wanted: str) -> str:
    """Django's name of a reader's language; a form says `plain` where Django says `ja-plain`."""
    language = {"plain": "ja-plain"}.get(wanted, wanted)
    return language if language in dict(settings.LANGUAGES) else "ja"


@dataclass(frozen=True)
class Words:
    """`kept` is `body` with the secrets blotted out; the same where there is none."""

    subject: str
    body: str
    kept: str


@dataclass(frozen=True)
class Writer:
    """What a notice says: a template, its values, and in whose name. Raises TypeError for a value that no notice may hold."""

    template: str
    values: Mapping[str, Value]
    municipality: Municipality
    division: Division | None

    def __post_init__(self) -> None:
        unknown = self.values.keys() - VALUES
        if unknown:
            raise TypeError(f"a notice holds no {', '.join(sorted(unknown))}")

    def mail(self, language: str) -> Words:
        """The words in the reader's language; raises TemplateDoesNotExist."""
        whole = self._render(language)
        return replace(whole, kept=self._render(language, blot=True).body) if kind_of(self.template).secret else whole

    def letter(self, language: str) -> dict[str, Any]:
        """The same as lib/documents/letter.typ prints it: the Japanese text is the notice, another language is added as a translation."""
        words = self._render("ja" if language == "en" else language, is_letter=True)
        with override("ja"):
            document = {
                "title": words.subject,
                "body": words.body.strip().split("\n\n"),
                "date": date_ja(timezone.localdate()),
                "municipality": self.municipality.name,
                "division": self.division.name if self.division else "",
                "phone": (self.division.phone if self.division else "") or self.municipality.phone,
            }
        if language == "en":
            other = self._render(language, is_letter=True)
            document["translation"] = {"language": "en", "title": other.subject, "body": other.body.strip().split("\n\n")}
        return document

    def _render(self, language: str, *, is_letter: bool = False, blot: bool = False) -> Words:
        with override(language):
            words = {name: in_words(value) for name, value in self.values.items()}
            if words.get("address", "").startswith("/"):
                words["address"] = f"{settings.PUBLIC_URL}{words['address']}"
            if blot:
                words.update({name: BLOT for name in SECRETS if name in words})
            context = {"municipality": self.municipality, "office": self.division, "is_letter": is_letter, **words}
            text = render_to_string(f"notices/mail/{self.template}.txt", context).strip()
        subject, _newline, body = text.partition("\n")
        body = re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"
        return Words(subject.strip()[:200], body, body)


def in_words(value: Value) -> str:
    """A value for this reader: a day with its day of the week, a form's text in the language at hand."""
    if value is None:
        return ""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        value = datetime.date.fromisoformat(value)
    if isinstance(value, datetime.datetime):
        return datetime_ja(value)
    if isinstance(value, datetime.date):
        return date_ja(value)
    return plain_text(value) if isinstance(value, Mapping) else str(value)
