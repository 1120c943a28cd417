"""募集人員: lists of seats of a round, append-only; typed, imported from the ward's sheet, or taken from the round before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.lib.errors import Refused
from madoguchi.nursery.actions.rounds import locked
from madoguchi.nursery.models import Facility, Round, Vacancy, VacancyList
from madoguchi.nursery.models.sheets import understood_seats

CLASSES = 6
MOST_SEATS = 999


@transaction.atomic
def set_seats(
    *,
    round: Round,  # noqa: A002 the office's word
    seats: Mapping[str, Sequence[int | None]],
    by: User | None,
    source: str = "",
    note: str = "",
    sha256: str = "",
) -> VacancyList:
    """A new list of seats {facility code: six numbers}; None says that there is no such class, which is not 0. Raises Refused."""
    row = locked(round)
    if row.is_fixed:
        raise Refused(_("決裁に進んだ回の募集人員は変えられません。差し戻してから変えてください。"), code="round_fixed")
    facilities = {facility.code: facility for facility in Facility.objects.filter(code__in=list(seats))}
    for code, numbers in seats.items():
        _require_sound(code, numbers, code in facilities)
    newest = row.current_seats()
    made = VacancyList.objects.create(
        round=row, number=1 if newest is None else newest.number + 1, source=source[:200], note=note[:300], sha256=sha256, by=by
    )
    Vacancy.objects.bulk_create(
        [Vacancy(list=made, facility=facilities[code], seats=list(numbers)) for code, numbers in sorted(seats.items())]
    )
    record("nursery.set_seats", by=by, on=row, division=row.procedure.division, number=made.number, facilities=len(seats))
    return made


def _require_sound(code: str, numbers: Sequence[int | None], is_known: bool) -> None:
    if not is_known:
        raise Refused(
            _("施設番号%(code)sの施設は登録されていません。先に施設を登録してください。") % {"code": code}, code="unknown_facility"
        )
    if len(numbers) != CLASSES or any(
        number is not None and (type(number) is not int or not 0 <= number <= MOST_SEATS) for number in numbers
    ):
        raise Refused(
            _("施設番号%(code)sの募集人員は、クラスごとに0から%(most)sまでの整数にしてください。") % {"code": code, "most": MOST_SEATS},
            code="seats",
        )


@transaction.atomic
def import_seats(*, round: Round, data: bytes, name: str, by: User) -> tuple[VacancyList, list[str]]:  # noqa: A002
    """募集人員一覧 from the ward's sheet, and what should be looked at: all of it or, where a row is refused, nothing.

    A facility that the sheet does not name keeps the seats that it had. Raises Refused, naming the rows.
    """
    understood = understood_seats(data)
    if understood.refused:
        raise Refused("\n".join([_("取り込めない行があります。何も変えていません。"), *understood.refused[:30]]), code="rows_refused")
    if not understood.rows:
        raise Refused(_("施設の行がありません。見出しの下に施設番号と人数があるシートを選んでください。"), code="no_rows")
    newest = round.current_seats()
    kept = {code: list(row) for code, row in (newest.seats() if newest is not None else {}).items() if code not in understood.rows}
    doubts = list(understood.doubts)
    if kept:
        doubts.append(_("表にない%(count)s施設は、前の募集人員のままにしました。") % {"count": len(kept)})
    if understood.unknown_columns:
        doubts.append(_("読まなかった列：%(names)s") % {"names": "、".join(understood.unknown_columns[:20])})
    made = set_seats(
        round=round,
        seats={**kept, **understood.rows},
        by=by,
        source=name,
        note="\n".join(doubts)[:300],
        sha256=sha256(data).hexdigest(),
    )
    return made, doubts
