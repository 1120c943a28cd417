"""Letters of a case as data for lib/documents/letter.typ, and the texts of decisions. The Japanese text is the notice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from madoguchi.applications.models.appeal import head_of
from madoguchi.applications.models.application import Application, Subject
from madoguchi.applications.models.case import Correction
from madoguchi.applications.models.papers import check_address
from madoguchi.applications.models.reading import walk_revision
from madoguchi.engines import japanese
from madoguchi.engines.forms import pick

HOLE = re.compile(r"\{(name|procedure|number|date|received|subject|division|reason|appeal)\}")
DEFAULT_TITLE = "{procedure}の結果について（お知らせ）"
DEFAULT_BODY = {
    "granted": "受付番号 {number} の{procedure}について、認めることに決めました。",
    "partly": "受付番号 {number} の{procedure}について、一部を認めることに決めました。",
    "refused": "受付番号 {number} の{procedure}について、認めないことに決めました。",
    "dismissed": "受付番号 {number} の{procedure}について、次の理由により却下することに決めました。",
    "held": "受付番号 {number} の{procedure}について、今回は保留とすることに決めました。申込みは続いています。",
}


@dataclass(frozen=True)
class Wording:
    """Title and body of a decision's notice, filled; `has_reason` and `has_appeal` say whether the body already holds them."""

    title: str
    body: str
    has_reason: bool
    has_appeal: bool


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values into the known holes and nothing else; lines left empty by an empty value are closed up."""
    filled = HOLE.sub(lambda hole: values.get(hole[1], ""), text)
    return re.sub(r"\n{3,}", "\n\n", filled).strip()


def wording(
    subject: Subject,
    outcome: str,
    *,
    reason: str,
    appeal: str,
    applicant: str,
    language: str = "ja",
    title: str = "",
    body: str = "",
    texts: str = "",
) -> Wording:
    """The notice of a decision: the desk's own text if given, else the procedure's (`texts`, or those of the outcome), else the general one."""
    known = subject.application.procedure.notice_texts
    own = known.get(texts) or known.get(outcome) or {}
    title = title or pick(own.get("title") or {}, language) or DEFAULT_TITLE
    body = body or pick(own.get("body") or {}, language) or DEFAULT_BODY[outcome]
    values = values_for(subject, reason=reason, appeal=appeal, applicant=applicant, language=language)
    return Wording(fill(title, values)[:200], fill(body, values), "{reason}" in body, "{appeal}" in body)


def values_for(subject: Subject, *, reason: str, appeal: str, applicant: str, language: str) -> dict[str, str]:
    application = subject.application
    division = application.division
    english = language == "en"
    today = timezone.localdate()
    return {
        "name": applicant,
        "procedure": pick(application.procedure.name, language),
        "number": application.number or "",
        "date": _day(today, language),
        "received": _day(timezone.localdate(application.arrived_at), language) if application.arrived_at else "",
        "subject": subject.name,
        "division": division.name_en if english else division.name,
        "reason": reason,
        "appeal": appeal,
    }


def _day(day: date, language: str) -> str:
    return f"{day.day} {day:%B %Y}" if language == "en" else japanese.wareki(day)


def paragraphs(text: str) -> list[str]:
    """Parts between empty lines."""
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def decision_letter(
    subject: Subject, text: Wording, *, reason: str, appeal: str, check_code: str, translated: Wording | None = None
) -> dict[str, Any]:
    """What letter.typ prints for a decision; reason and appeal note stand apart unless the text holds them. `to` is added by notices."""
    application = subject.application
    letter = _head(application, text.title, paragraphs(text.body))
    letter |= {"number": application.number or "", "check_code": check_code, "check_address": check_address(check_code)}
    if subject.path and subject.name not in text.body:
        letter["facts"] = [["対象者", subject.name]]
    if reason and not text.has_reason:
        letter["reason"] = paragraphs(reason)
    if appeal and not text.has_appeal:
        letter["appeal"] = appeal.split("\n")
    if translated is not None:
        language = "en" if application.language == "en" else "ja"
        letter["translation"] = {"language": language, "title": translated.title, "body": paragraphs(translated.body)}
    return letter


def correction_letter(correction: Correction) -> dict[str, Any]:
    """What letter.typ prints to ask for a correction: which answers, why, until when, and what happens without an answer."""
    application = correction.application
    walked = walk_revision(application, application.latest())
    asked = []
    for number, item in enumerate(correction.items.all(), 1):
        known = walked.item(item.path)
        label = pick(known.question.label, "ja") if known else item.path
        row = f"{known.row.named('ja')}：" if known is not None and known.row is not None else ""
        asked.append(f"{number}　{row}{label}\n{item.reason}")
    procedure = pick(application.procedure.name, "ja")
    body = [
        f"受付番号 {application.number} の「{procedure}」に、直していただきたいところがあります。",
        *asked,
        *([correction.words] if correction.words else []),
        "次のページで受付番号と4つの言葉を入力すると、このところだけを直して送れます。窓口や電話でもうかがいます。",
        "期限までに直らないときは、いまの内容のまま審査します。その結果、認められないことがあります。",
    ]
    facts = [["受付番号", application.number], ["期限", japanese.wareki(correction.due_on)], ["ページ", status_page(application)]]
    return {**_head(application, "申請の内容の直しのお願い", body), "facts": facts}


def status_page(application: Application) -> str:
    """The whole address of the page that number and passphrase open; it names no case."""
    return f"{settings.PUBLIC_URL}/{application.municipality.slug}/status/"


def _head(application: Application, title: str, body: list[str]) -> dict[str, Any]:
    division, municipality = application.division, application.municipality
    return {
        "language": "ja",
        "title": title,
        "body": body,
        "date": japanese.wareki(timezone.localdate()),
        "head": head_of(municipality),
        "municipality": municipality.name,
        "seal": True,
        "division": division.name,
        "phone": division.phone,
    }
