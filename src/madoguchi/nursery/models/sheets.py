"""The ward's own sheets, understood: 募集人員一覧 with its marks (— is no class, blank is no seat), and the list of facilities."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madoguchi.engines.japanese import to_halfwidth
from madoguchi.lib.errors import Refused
from madoguchi.lib.sheets import UnreadableSheet, read_grid, under_header
from madoguchi.nursery.models.facility import District, Facility, FacilityKind

CLASSES = range(6)
NO_CLASS = {"—", "―", "－", "ー", "-", "–", "/", "／", "＼", "\\", "×", "なし"}
SEAT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("施設番号", "施設コード", "番号", "コード"),
    "name": ("施設名", "施設名称", "保育施設名", "保育園名", "保育所名", "名称"),
    **{f"age{age}": (f"{age}歳児", f"{age}歳", f"{age}歳児クラス", f"{age}才児", f"{age}才") for age in CLASSES},
    "total": ("合計", "計"),
}
FACILITY_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": SEAT_COLUMNS["code"],
    "name": SEAT_COLUMNS["name"],
    "english": ("名称（英語）", "英語名", "英語名称"),
    "kana": ("よみ", "ふりがな", "フリガナ", "読み"),
    "kind": ("区分", "種別", "類型"),
    "district": ("地区", "地域", "エリア"),
    "address": ("所在地", "住所"),
    "phone": ("電話番号", "電話"),
    "station": ("最寄り駅", "最寄駅", "駅"),
    "min_age": ("受入月齢", "受入年齢", "対象年齢", "入所対象年齢", "受入開始月齢"),
    "hours": ("開所時間", "保育時間", "開園時間"),
}
# 江東区 募集人員一覧: the marks of its 区分 column.
KINDS: Mapping[str, str] = {
    "区": FacilityKind.PUBLIC,
    "区立": FacilityKind.PUBLIC,
    "公": FacilityKind.PUBLIC_PRIVATE,
    "公設民営": FacilityKind.PUBLIC_PRIVATE,
    "私": FacilityKind.PRIVATE,
    "私立": FacilityKind.PRIVATE,
    "小A": FacilityKind.SMALL_A,
    "小規模": FacilityKind.SMALL_A,
    "認": FacilityKind.KODOMO_EN,
    "地": FacilityKind.KODOMO_EN_LOCAL,
}
AGE = re.compile(r"(\d+)(日|か月|カ月|ヶ月|ヵ月|月|歳)")
DAYS = {"日": 1, "歳": 365}
LARGEST = 1_000_000  # days; what is more is refused with the facility
HOURS = re.compile(r"(\d{1,2}:\d{2})\D+(\d{1,2}:\d{2})")


@dataclass
class Understood:
    """What a sheet says. `refused` stops the import; `doubts` do not; each names row and column."""

    rows: dict[str, Any] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    unknown_columns: tuple[str, ...] = ()


def understood_seats(data: bytes) -> Understood:
    """{facility code: six numbers or None}. Raises Refused for a file that is no such sheet at all."""
    found = found_rows(data, SEAT_COLUMNS, ("code", "age0"))
    known = set(Facility.objects.values_list("code", flat=True))
    result = Understood(unknown_columns=found.unknown)
    lacking = [f"{age}歳児" for age in CLASSES if f"age{age}" not in found.columns]
    if lacking:  # read as "no class", a whole ward's seats would be gone
        result.refused.append(_("クラスの列がありません：%(names)s。見出しを確かめてください。") % {"names": "、".join(lacking)})
    for number, cells in found.rows:
        code = to_halfwidth(cells["code"]).strip()
        if not code:
            if any(cells.get(f"age{age}", "") for age in CLASSES):
                result.doubts.append(_("%(row)s行目：施設番号がないため、読みませんでした。") % {"row": number})
            continue
        if code not in known:
            result.refused.append(_("%(row)s行目：施設番号%(code)sの施設は登録されていません。") % {"row": number, "code": code})
        elif code in result.rows:
            result.refused.append(_("%(row)s行目：施設番号%(code)sが2回出ています。") % {"row": number, "code": code})
        result.rows[code] = _seats(number, cells, result)
    return result


def _seats(number: int, cells: Mapping[str, str], result: Understood) -> list[int | None]:
    seats: list[int | None] = []
    for age in CLASSES:
        text = to_halfwidth(cells.get(f"age{age}", "—")).strip()
        seats.append(_number(text, number, age, result))
    total = to_halfwidth(cells.get("total", "")).strip()
    counted = sum(each or 0 for each in seats)
    if total.isdecimal() and int(total) != counted:
        result.doubts.append(
            _("%(row)s行目：合計が%(total)s人ですが、クラスの和は%(sum)s人です。") % {"row": number, "total": total, "sum": counted}
        )
    return seats


def _number(text: str, row: int, age: int, result: Understood) -> int | None:
    """— is no class; blank is no seat."""
    if text in NO_CLASS:
        return None
    if not text:
        return 0
    digits = text.removesuffix("人").removesuffix("名").strip()
    if digits.isdecimal() and int(digits) <= 999:
        return int(digits)
    result.refused.append(
        _("%(row)s行目の%(age)s歳児「%(text)s」が数字ではありません。0以上の整数か、クラスがなければ「—」にしてください。")
        % {"row": row, "age": age, "text": text[:20]}
    )
    return None


def understood_facilities(data: bytes) -> Understood:
    """{facility code: values for save_facility}. Raises Refused for a file that is no such sheet at all."""
    found = found_rows(data, FACILITY_COLUMNS, ("code", "name"))
    districts = {name: row for row in District.objects.all() for name in (row.code, row.name["ja"])}
    result = Understood(unknown_columns=found.unknown)
    for number, cells in found.rows:
        code = to_halfwidth(cells["code"]).strip()
        if not code or not cells["name"]:
            result.doubts.append(_("%(row)s行目：施設番号か名称がないため、読みませんでした。") % {"row": number})
            continue
        if code in result.rows:
            result.refused.append(_("%(row)s行目：施設番号%(code)sが2回出ています。") % {"row": number, "code": code})
        result.rows[code] = _facility(number, cells, districts, result)
    return result


def _facility(number: int, cells: Mapping[str, str], districts: Mapping[str, District], result: Understood) -> dict[str, Any]:
    values: dict[str, Any] = {"name": {"ja": cells["name"], **({"en": cells["english"]} if cells.get("english") else {})}}
    for key in ("kana", "address", "phone", "station"):
        if cells.get(key):
            values[key] = to_halfwidth(cells[key]) if key == "phone" else cells[key]
    _set(values, "kind", cells.get("kind", ""), KINDS, number, _("区分"), result)
    _set(values, "district", cells.get("district", ""), districts, number, _("地区"), result)
    if cells.get("min_age"):
        days = minimum_days(cells["min_age"])
        if days is None:
            result.doubts.append(
                _("%(row)s行目：受入れの月齢「%(text)s」を読み取れません。") % {"row": number, "text": cells["min_age"][:20]}
            )
        else:
            values["min_age_days"] = days
    if (hours := HOURS.search(to_halfwidth(cells.get("hours", "")))) is not None:
        values["opens"], values["closes"] = hours[1], hours[2]
    return values


def _set(values: dict[str, Any], key: str, text: str, known: Mapping[str, Any], row: int, label: str, result: Understood) -> None:
    text = to_halfwidth(text).strip()
    if not text:
        return
    if text in known:
        values[key] = known[text]
    else:
        result.doubts.append(_("%(row)s行目：%(label)s「%(text)s」が分かりません。") % {"row": row, "label": label, "text": text[:20]})


def minimum_days(text: str) -> int | None:
    """「57日～」「1歳～」「4か月～」 as days; a month counts 30 days and a year 365, which is how rounds compare days (要確認)."""
    found = AGE.search(to_halfwidth(text))
    return min(LARGEST, int(found[1][:6]) * DAYS.get(found[2], 30)) if found is not None else None


REASONS = {
    "too_large": gettext_noop("ファイルが大きすぎます（10MBまで）。必要なシートだけを保存して、もう一度選んでください。"),
    "not_a_sheet": gettext_noop("ExcelかCSVのファイルとして読めません。保存し直して、もう一度選んでください。"),
    "empty": gettext_noop("ファイルに中身がありません。"),
    "too_long": gettext_noop("行が多すぎます（2万行まで）。"),
    "no_header": gettext_noop("見出しの行が見つかりません。「施設番号」などの見出しがあるシートを選んでください。"),
}


def found_rows(data: bytes, names: Mapping[str, tuple[str, ...]], needed: tuple[str, ...]) -> Any:
    try:
        return under_header(read_grid(data), names, needed=needed)
    except UnreadableSheet as unreadable:
        raise Refused(_(REASONS[unreadable.reason]), code=unreadable.reason) from unreadable


OFFICE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("受付番号", "世帯番号", "整理番号"),
    "name": ("氏名", "申込者", "申込者氏名"),
    "tax": ("所得割額", "住民税所得割額", "区市町村民税所得割額", "所得割"),
    "arrears": ("滞納", "保育料の滞納"),
    "issuer": ("発行した自治体", "証明した自治体", "自治体", "市区町村"),
}
ARREARS = {
    **dict.fromkeys(("有", "有り", "あり", "滞納あり", "○", "〇", "1", "はい"), True),
    **dict.fromkeys(("無", "無し", "なし", "滞納なし", "×", "0", "いいえ", ""), False),
}
LONGEST_AMOUNT = 10  # digits of yen
# What a kind of list must say beside the number: its value first.
OFFICE_NEEDS: Mapping[str, tuple[str, ...]] = {"tax": ("tax",), "arrears": ("arrears",), "certificate": ("tax", "issuer")}


def understood_office(data: bytes, kind: str) -> Understood:
    """{row number: {"code", "name", columns of the kind}}. Raises Refused for a file that is no such sheet at all."""
    value, *more = OFFICE_NEEDS[kind]
    found = found_rows(data, OFFICE_COLUMNS, ("code", value, *more))
    result = Understood(unknown_columns=found.unknown)
    for number, cells in found.rows:
        values: dict[str, Any] = {"code": cells["code"], "name": cells.get("name", ""), **{key: cells[key] for key in more}}
        text = to_halfwidth(cells[value]).replace(",", "").removesuffix("円").strip()
        if kind == "certificate" and not (text and cells["issuer"]):
            result.refused.append(_("%(row)s行目に、発行した自治体か所得割額がありません。") % {"row": number})
        elif value == "arrears" and text in ARREARS:
            values[value] = ARREARS[text]
        elif value == "arrears":
            result.refused.append(
                _("%(row)s行目の「%(text)s」が分かりません。有か無で入力してください。") % {"row": number, "text": text[:20]}
            )
        elif text.isdecimal() and len(text) <= LONGEST_AMOUNT:
            values[value] = int(text)
        elif text:
            result.refused.append(
                _("%(row)s行目の「%(text)s」が数字ではありません。円で入力してください。") % {"row": number, "text": text[:20]}
            )
        result.rows[str(number)] = values
    return result
