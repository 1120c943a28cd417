"""Facilities: typed or taken from the ward's sheet, with a history; the list that the application form shows follows from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.lib.errors import Refused
from madoguchi.nursery.models import District, Facility, FacilityChange, FacilityKind
from madoguchi.nursery.models.sheets import understood_facilities
from madoguchi.procedures.actions import publish_code_list
from madoguchi.procedures.models import CodeList

CODE_LIST = "nursery-facilities"
CODE, RESERVED = re.compile(r"[0-9A-Za-z_-]{1,12}"), frozenset({"new", "import", "publish"})  # it stands in addresses
CLOCK = re.compile(r"([01]?\d|2[0-4]):[0-5]\d")
MOST_DAYS = 2500
LONGEST = {"name": 80, "kana": 120, "address": 200, "phone": 20, "station": 80}
COLUMNS = (
    "name", "kana", "kind", "district", "address", "phone", "station", "x", "y", "min_age_days", "oldest_class", "opens", "closes",
    "partners", "shared", "valid_from", "valid_until", "is_invented",
)  # fmt: skip


@transaction.atomic
def save_facility(*, code: str, values: Mapping[str, Any], by: User | None, source: str = "") -> Facility:
    """Make or change a facility; what changed is kept with before and after. Raises Refused."""
    unknown = set(values) - set(COLUMNS)
    if unknown:
        raise TypeError(f"no column is called {', '.join(sorted(unknown))}")
    code = code.strip()
    if not CODE.fullmatch(code) or code in RESERVED:
        raise Refused(_("施設番号は、半角の英数字と「-」「_」で12文字までにしてください：%(code)s") % {"code": code[:20]}, code="code")
    facility = Facility.objects.select_for_update(of=("self",)).filter(code=code).first()
    before = _as_data(facility) if facility is not None else {}
    facility = facility or Facility(code=code, name={})
    for key, value in values.items():
        setattr(facility, key, value)
    _require_sound(facility)
    after = _as_data(facility)
    changed = {key: value for key, value in after.items() if before.get(key) != value}
    if not changed:
        return facility
    facility.changed_at = timezone.now()
    facility.save()
    FacilityChange.objects.create(
        facility=facility, before={key: before.get(key) for key in changed if before}, after=changed, source=source[:120], by=by
    )
    record("nursery.save_facility", by=by, on=facility, code=code, changed=sorted(changed))
    return facility


def _as_data(facility: Facility) -> dict[str, Any]:
    row = {key: getattr(facility, key) for key in COLUMNS}
    row["district"] = facility.district.code if facility.district is not None else None
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}


def _require_sound(facility: Facility) -> None:
    if not facility.name.get("ja"):
        raise Refused(_("施設の名称を入力してください。"), code="name")
    if facility.kind not in FacilityKind.values:
        raise Refused(_("施設の種別を選んでください。"), code="kind")
    _require_short(facility)
    seen: set[int] = set()
    for group in facility.shared:
        if len(group) < 2 or any(type(age) is not int or not 0 <= age <= 5 for age in group) or seen & set(group):
            raise Refused(_("一体で募集するクラスは、0から5までの、重ならない組にしてください。"), code="shared")
        seen |= set(group)
    if facility.valid_from and facility.valid_until and facility.valid_until < facility.valid_from:
        raise Refused(_("閉園日が開設日より前です。"), code="valid_until")


def _require_short(facility: Facility) -> None:
    """What a sheet can say and no column holds."""
    if len(facility.name["ja"]) > LONGEST["name"] or any(
        len(getattr(facility, key)) > most for key, most in LONGEST.items() if key != "name"
    ):
        raise Refused(_("施設番号%(code)sの名称・所在地・電話番号などが長すぎます。") % {"code": facility.code}, code="too_long")
    if any(text and not CLOCK.fullmatch(text) for text in (facility.opens, facility.closes)):
        raise Refused(_("施設番号%(code)sの時刻を、7:30のように入力してください。") % {"code": facility.code}, code="clock")
    if not 0 <= facility.min_age_days <= MOST_DAYS:
        raise Refused(_("施設番号%(code)sの受入れの日齢が大きすぎます。") % {"code": facility.code}, code="min_age")


@transaction.atomic
def close_facility(*, facility: Facility, last_day: date, by: User) -> Facility:
    """閉園: from the day after, nobody can wish for it; the row and its history stay."""
    return save_facility(code=facility.code, values={"valid_until": last_day}, by=by, source=_("閉園"))


@transaction.atomic
def save_district(*, code: str, name: Mapping[str, str], by: User | None, **values: Any) -> District:
    """Make or change a district: its place in the order, its outline on the schematic map, its towns. Raises Refused."""
    if not name.get("ja"):
        raise Refused(_("地区の名称を入力してください。"), code="name")
    district, _made = District.objects.update_or_create(code=code, defaults={"name": dict(name), **values})
    record("nursery.save_district", by=by, on=district, code=code)
    return district


@transaction.atomic
def publish_facilities(*, by: User | None) -> CodeList:
    """Give the application form its list of facilities: those that are open today or open later, in the order of their districts."""
    today = timezone.localdate()
    rows = [row for row in Facility.objects.in_order() if row.valid_until is None or row.valid_until >= today]
    if not rows:
        raise Refused(_("施設がまだ登録されていません。"), code="no_facilities")
    number = CodeList.objects.filter(name=CODE_LIST).count() + 1
    return publish_code_list(name=CODE_LIST, version=f"{today:%Y-%m-%d}-{number}", entries=[_entry(row) for row in rows], by=by)


def _entry(row: Facility) -> dict[str, Any]:
    """One facility as the form's list shows it."""
    facts = {
        "type": str(FacilityKind(row.kind).label),
        "classes": f"0～{row.oldest_class}歳児",
        "min_age_days": row.min_age_days,
        "opens": row.opens,
        "closes": row.closes,
        "station": row.station,
    }
    entry: dict[str, Any] = {"id": row.code, "label": row.name, "facts": {key: value for key, value in facts.items() if value != ""}}
    if row.kana:
        entry["kana"] = row.kana
    if row.district is not None:
        entry["group"] = row.district.name
    return entry


@transaction.atomic
def import_facilities(*, data: bytes, name: str, by: User) -> tuple[int, list[str]]:
    """The ward's list of facilities: (how many were new or changed, doubts). All of it or, where a row is refused, nothing."""
    understood = understood_facilities(data)
    if understood.refused:
        raise Refused("\n".join([_("取り込めない行があります。何も変えていません。"), *understood.refused[:30]]), code="rows_refused")
    before = FacilityChange.objects.count()
    if not understood.rows:
        raise Refused(_("施設の行がありません。見出しの下に施設番号と名称があるシートを選んでください。"), code="no_rows")
    standing = {row.code: row for row in Facility.objects.all()}
    for code, values in understood.rows.items():
        save_facility(code=code, values=_beside(values, standing.get(code)), by=by, source=name)
    return FacilityChange.objects.count() - before, understood.doubts


def _beside(values: Mapping[str, Any], standing: Facility | None) -> dict[str, Any]:
    """What a sheet says, with what it cannot say kept: the English name, and the oldest class unless the kind changes it."""
    before = standing.name.get("en") if standing is not None else None
    ja = values["name"]["ja"]
    kept = before if before and standing is not None and before != standing.name.get("ja") else ja
    found = {**values, "name": {"ja": ja, "en": values["name"].get("en") or kept}}
    was_small = standing is not None and standing.kind == FacilityKind.SMALL_A
    if values.get("kind") == FacilityKind.SMALL_A:
        found["oldest_class"] = 2
    elif was_small and values.get("kind"):
        found["oldest_class"] = 5
    return found
