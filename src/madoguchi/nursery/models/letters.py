"""Letters of this room as data for lib/documents/letter.typ. The Japanese text is the notice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils import timezone

from madoguchi.applications.models import appeal_note, applicant, head_of
from madoguchi.engines import japanese
from madoguchi.engines.forms import pick
from madoguchi.notices.models import Recipient
from madoguchi.nursery.models.household import Candidate
from madoguchi.nursery.models.papers import Certification, CertificationState

CATEGORIES = {1: "1号", 2: "2号（満3歳以上・保育）", 3: "3号（満3歳未満・保育）"}
# 子ども・子育て支援法20条4項, 5項, 6項. Whether these words satisfy a ward's rules is 要確認.
TITLES = {
    CertificationState.DECIDED: "教育・保育給付認定の決定のお知らせ",
    CertificationState.REFUSED: "教育・保育給付認定をしないことのお知らせ",
    CertificationState.POSTPONED: "教育・保育給付認定の決定を延期するお知らせ",
}


def recipient_of(candidate: Candidate) -> Recipient | None:
    """To whom a notice about a child goes; None for a family that has no application here. By letter unless electronic was agreed to."""
    application = candidate.household.application
    if application is None:
        return None
    to = application.recipient(applicant(application))
    return replace(to, channel="post") if to.address and not application.agreed_electronic else to


def certification_letter(row: Certification) -> dict[str, Any]:
    candidate = row.candidate
    division, municipality = candidate.round.procedure.division, candidate.round.municipality
    letter: dict[str, Any] = {
        "language": "ja",
        "title": TITLES[CertificationState(row.state)],
        "body": _body(row),
        "date": japanese.wareki(timezone.localdate()),
        "head": head_of(municipality),
        "municipality": municipality.name,
        "seal": True,
        "division": division.name,
        "phone": division.phone,
        "number": candidate.household.code,
        "facts": _facts(row),
    }
    if row.reason and row.state != CertificationState.DECIDED:
        letter["reason"] = [row.reason]
    if row.state != CertificationState.POSTPONED:
        letter["appeal"] = appeal_note(candidate.round.procedure).split("\n")
    return letter


def _body(row: Certification) -> list[str]:
    name = row.candidate.name or "出生前のお子さま"
    procedure = pick(row.candidate.round.procedure.name, "ja")
    if row.state == CertificationState.POSTPONED:
        return [
            f"{name}さんの{procedure}に伴う教育・保育給付認定は、申請から30日以内に決める決まりですが、次の期日まで延期します。",
            "延期によって、利用調整で不利になることはありません。手続きは要りません。",
        ]
    if row.state == CertificationState.REFUSED:
        return [f"{name}さんの教育・保育給付認定は、次の理由により、しないことに決めました。"]
    return [
        f"{name}さんについて、次のとおり教育・保育給付認定をしました。",
        "仕事や家庭のようすが変わったときは、認定が変わることがあります。すぐに届けてください。",
    ]


def _facts(row: Certification) -> list[list[str]]:
    facts = [["お子さま", row.candidate.name or "出生前"], ["生年月日", japanese.wareki(row.candidate.day_of_birth)]]
    if row.state == CertificationState.POSTPONED and row.postponed_until is not None:
        return [*facts, ["延期した後の期日", japanese.wareki(row.postponed_until)]]
    if row.state == CertificationState.REFUSED:
        return facts
    period = f"{japanese.wareki(row.valid_from)}から{japanese.wareki(row.valid_until)}まで"
    return [*facts, ["認定の区分", CATEGORIES[row.category]], ["保育必要量", str(row.get_hours_display())], ["有効期間", period]]
