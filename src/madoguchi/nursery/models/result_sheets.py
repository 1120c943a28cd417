"""A placement that people made by hand, as a sheet: 児童番号 and 施設番号. What it says is checked like a run of ours."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.engines.japanese import to_halfwidth
from madoguchi.nursery.models.sheets import SEAT_COLUMNS, Understood, found_rows

RESULT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "child": ("児童番号", "児童コード", "児童"),
    "facility": (*SEAT_COLUMNS["code"][:2], "決定施設番号", "内定施設番号", "結果"),
}
WAITS = {"", "—", "-", "－", "保留", "待機", "不承諾", "なし"}


def understood_result(data: bytes, children: Set[str], facilities: Set[str]) -> Understood:
    """{児童番号: facility code or None}. Raises Refused for a file that is no such sheet at all."""
    found = found_rows(data, RESULT_COLUMNS, ("child", "facility"))
    result = Understood(unknown_columns=found.unknown)
    for number, cells in found.rows:
        child, place = (to_halfwidth(cells.get(key, "")).strip() for key in ("child", "facility"))
        if not child:
            result.doubts.append(_("%(row)s行目：番号がないため、読みませんでした。") % {"row": number})
            continue
        problem = _problem(child, place, children, facilities, result.rows)
        if problem:
            result.refused.append(problem % {"row": number, "child": child[:40], "code": place[:20]})
        result.rows[child] = None if place in WAITS else place
    return result


def _problem(child: str, place: str, children: Set[str], facilities: Set[str], rows: Mapping[str, Any]) -> str:
    if child not in children:
        return _("%(row)s行目：児童番号%(child)sのお子さまは、この回にいません。")
    if child in rows:
        return _("%(row)s行目：児童番号%(child)sが2回出ています。")
    if place not in WAITS and place not in facilities:
        return _("%(row)s行目：施設番号%(code)sの施設は登録されていません。")
    return ""
