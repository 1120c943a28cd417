"""育児休業給付の延長: the application as filed, every later change, and the 保留通知 of each child, as one file with a list at its front."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pikepdf
from django.core.files.storage import default_storage
from django.utils import timezone

from madoguchi.applications.models import Application, Decision, IssuedDocument, Outcome, applicant
from madoguchi.engines import japanese
from madoguchi.engines.forms import pick
from madoguchi.lib import pdf
from madoguchi.notices.actions import document_pdf
from madoguchi.nursery.models.household import Candidate, WishChange
from madoguchi.nursery.models.showing import names_of_facilities


@dataclass(frozen=True)
class Part:
    """One paper of the set; `data` None while its PDF is still being made."""

    title: str
    at: datetime
    data: bytes | None


KINDS = {"receipt": "申込書（提出した内容）", "amendment": "変更・追加提出", "correction": "補正"}


def held_decisions(application: Application) -> list[Decision]:
    """保留 that was told, oldest first."""
    rows = Decision.objects.filter(subject__application=application, outcome=Outcome.HELD, recalled_at=None, released_at__isnull=False)
    return list(rows.select_related("subject", "notice").order_by("id"))


def papers_to_add(application: Application) -> list[IssuedDocument]:
    """The papers of what was sent, in the order of time."""
    return list(IssuedDocument.objects.filter(application=application, kind__in=list(KINDS)).order_by("id"))


def parts_of(application: Application) -> Iterator[Part]:
    """Papers in the order of time: what was sent, then what was decided."""
    for row in papers_to_add(application):
        yield Part(KINDS[row.kind], row.created_at, _file(row.file))
    for decision in held_decisions(application):
        name = decision.subject.name or "お子さま"
        data = document_pdf(decision.notice) if decision.notice is not None and decision.notice.document is not None else None
        yield Part(f"利用調整の結果（保留）の通知：{name}", decision.at, data)


def _file(name: str) -> bytes | None:
    if not name:
        return None
    with default_storage.open(name) as file:
        return bytes(file.read())


def extension_set(application: Application) -> bytes:
    """The whole set as PDF: a list of the papers and of every change of wishes, then the papers."""
    parts = list(parts_of(application))
    front = pdf.render("report", _front(application, parts)).pdf
    with pikepdf.new() as whole:
        for data in [front, *(part.data for part in parts if part.data is not None)]:
            with pikepdf.open(io.BytesIO(data)) as one:
                whole.pages.extend(one.pages)
        out = io.BytesIO()
        whole.save(out)
    return out.getvalue()


def _front(application: Application, parts: list[Part]) -> dict[str, Any]:
    division = application.division
    return {
        "title": "育児休業給付の延長の手続きのための書類",
        "municipality": application.municipality.name,
        "division": division.name,
        "date": f"{japanese.wareki(timezone.localdate())}　作成",
        "facts": [
            ["受付番号", application.number or ""],
            ["申込者", applicant(application).name],
            ["手続き", pick(application.procedure.name, "ja")],
            ["届いた日", japanese.wareki(timezone.localdate(application.arrived_at)) if application.arrived_at else ""],
        ],
        "sections": [
            {
                "title": "書類",
                "body": ["次の書類が、この後に続きます。いつでも同じ内容で作り直せます。"],
                "columns": ["書類", "日付", "状態"],
                "widths": [5, 2, 2],
                "rows": [[part.title, japanese.wareki(timezone.localdate(part.at)), "" if part.data else "作成中"] for part in parts],
                "empty": "書類はまだありません。",
            },
            _results(application),
            _changes(application),
        ],
    }


def _results(application: Application) -> dict[str, Any]:
    rows = []
    for decision in held_decisions(application):
        candidate = Candidate.objects.filter(decision=decision).select_related("round").first()
        month = f"{candidate.round.month.year}年{candidate.round.month.month}月" if candidate is not None else ""
        until = japanese.wareki(decision.subject.valid_until) if decision.subject.valid_until else ""
        rows.append([decision.subject.name or "お子さま", month, japanese.wareki(timezone.localdate(decision.at)), until])
    columns = ["お子さま", "入園を希望した月", "保留を決めた日", "申込みの有効期限"]
    return {"title": "保留の結果", "columns": columns, "rows": rows, "empty": "保留の結果はまだありません。"}


def _changes(application: Application) -> dict[str, Any]:
    names = names_of_facilities("ja")
    changes = WishChange.objects.filter(candidate__household__application=application).select_related("candidate").order_by("id")
    rows = [
        [
            japanese.wareki(timezone.localdate(change.at)),
            change.candidate.name or change.candidate.code,
            "、".join(names.get(code, code) for code in change.before),
            "、".join(names.get(code, code) for code in change.after),
        ]
        for change in changes
    ]
    columns = ["日付", "お子さま", "前の希望", "後の希望"]
    return {"title": "希望の変更", "columns": columns, "widths": [2, 1.5, 3, 3], "rows": rows, "empty": "希望の変更はありません。"}
