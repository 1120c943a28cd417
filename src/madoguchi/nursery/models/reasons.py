"""The reason of a decision in words (理由の提示, 行政手続法8条): what stands in the notice, from the same explanation as on the pages."""

from __future__ import annotations

from madoguchi.engines import japanese
from madoguchi.engines.forms import pick
from madoguchi.engines.placement import public, say
from madoguchi.nursery.models.facility import Facility
from madoguchi.nursery.models.round import Round
from madoguchi.nursery.models.rulebook import rulebook_of
from madoguchi.nursery.models.run import Placement

LONGEST = 2500


def key_texts(row: Round, language: str) -> list[str]:
    """The tie-breaks of a round's rules in words, in their order."""
    return [pick(key.text, language) for key in rulebook_of(row).tie_breaks]


def facility_names(language: str) -> dict[str, str]:
    return {code: pick(name, language) for code, name in Facility.objects.values_list("code", "name")}


def reason_for(placement: Placement, row: Round) -> str:
    """What was decided and why, in Japanese: the place and until when to answer, or what decided each wish."""
    candidate = placement.candidate
    if placement.facility is not None and placement.facility_id != candidate.current_id:
        return _offer(placement, row)
    words = say(public(placement.explanation), "ja", names=facility_names("ja"), keys=key_texts(row, "ja"), scale=rulebook_of(row).scale)
    told = [f"{wish.head}：{''.join(wish.sentences[:2])}" for wish in words.wishes if wish.result not in ("placed", "stays")]
    lines = [words.lead, *told, *words.notes[:-1]]
    return "\n".join(lines)[:LONGEST]


def _offer(placement: Placement, row: Round) -> str:
    candidate, facility = placement.candidate, placement.facility
    assert facility is not None
    until = row.answer_until
    lines = [f"{facility}（{candidate.age_class}歳児クラス）、{japanese.wareki(row.month)}入園"]
    if placement.wish:
        lines.append(f"第{placement.wish}希望の施設です。")
    if until is not None:
        lines.append(
            f"承諾か辞退の返事を、{japanese.wareki(until)}までにしてください。期限までに返事がないときは、担当の課から連絡します。"
        )
    lines.append("辞退すると、この席はほかのお子さまのものになり、取り消せません。引き続き待つときは、もう一度申し込んでください。")
    return "\n".join(lines)
