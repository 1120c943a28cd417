"""What the papers of a case say, as data for lib/documents/*.typ; built from frozen revisions only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from madoguchi.applications.models.decision import IssuedDocument
from madoguchi.applications.models.reading import applicant_of, walk_revision
from madoguchi.engines import japanese
from madoguchi.engines.forms import pick, show
from madoguchi.procedures.actions import lists


def check_address(code: str) -> str:
    """Where anyone can check a paper."""
    return f"{settings.PUBLIC_URL}/c/{code}/"


def speech(language: str) -> str:
    """Django's language code → the form engine's."""
    return {"en": "en", "ja-plain": "plain"}.get(language, "ja")


def receipt_content(document: IssuedDocument) -> dict[str, Any]:
    """Data of lib/documents/receipt.typ."""
    application = document.application
    language = speech(document.language)
    with translation.override("en" if language == "en" else "ja"):
        walked = walk_revision(application, document.answers)
        arrived = timezone.localtime(document.answers.at)
        division = application.division
        return {
            "language": "en" if language == "en" else "ja",
            "title": _("受付票"),
            "number": application.number,
            "municipality": application.municipality.name_en if language == "en" else application.municipality.name,
            "division": division.name_en if language == "en" else division.name,
            "phone": division.phone,
            "procedure": pick(application.procedure.name, language),
            "applicant": applicant_of(walked).name,
            "arrived": arrived_text(arrived, language),
            "version": f"{(document.answers.version or application.version).number}",
            "groups": _groups(walked, language),
            "attachments": [
                {"name": one.name, "size": one.size, "sha256": one.sha256}
                for one in application.attachments.filter(uuid__in=_named_files(document.answers.values))
            ],
            "check_code": document.check_code,
            "check_address": check_address(document.check_code),
            "hash": document.answers.hash,
        }


def arrived_text(at: Any, language: str) -> str:
    if language == "en":
        return f"{at:%-d %B %Y, %H:%M}"
    return f"{japanese.wareki(at.date())} {at.hour}時{at.minute:02d}分"


def _groups(walked: Any, language: str) -> list[dict[str, Any]]:
    known = lists()
    groups: list[dict[str, Any]] = []
    for page in walked.pages:
        for group in page.groups:
            head = pick(page.page.title, language)
            title = f"{head}：{group.row.named(language)}" if group.row else head
            rows = [
                {
                    "label": pick(item.question.label, language),
                    "value": show(item.question, item.value, language, lists=known) if item.answered else "－",
                }
                for item in group.items
                if item.question.type != "information"
            ]
            if rows and groups and groups[-1]["title"] == title:
                groups[-1]["rows"] += rows
            elif rows:
                groups.append({"title": title, "rows": rows})
    return groups


def _named_files(values: Any) -> set[str]:
    """Ids of the files that a revision names, at any depth."""
    if isinstance(values, dict):
        mine = (
            {str(one["id"]) for one in values.get("files", []) if isinstance(one, dict) and "id" in one}
            if isinstance(values.get("files"), list)
            else set()
        )
        return mine.union(*(_named_files(value) for value in values.values()))
    if isinstance(values, list):
        return set().union(*(_named_files(value) for value in values))
    return set()
