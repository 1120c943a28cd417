"""Facilities as families look for them: seats of the round that is open, and where the last round's points ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from madoguchi.engines import japanese
from madoguchi.nursery.models.facility import Facility
from madoguchi.nursery.models.publishing import cut_offs
from madoguchi.nursery.models.round import Round, RoundState


@dataclass(frozen=True)
class ClassRow:
    """One class of a facility: seats in the round shown (None: no such class), and the last round's public figures."""

    age: int
    seats: int | None
    last: Mapping[str, Any] | None


@dataclass(frozen=True)
class Found:
    facility: Facility
    classes: list[ClassRow]

    @property
    def has_seat(self) -> bool:
        return any(row.seats for row in self.classes)


def round_shown() -> Round | None:
    """The round whose seats families look at: the next to close among those open, else the one that was told last."""
    today = timezone.localdate()
    rows = Round.objects.filter(vacancy_lists__isnull=False).distinct()
    coming = rows.filter(state__in=[RoundState.PREPARING, RoundState.OPEN], applications_until__gte=today).order_by("applications_until")
    return coming.first() or rows.order_by("-month", "-id").first()


def last_told() -> Round | None:
    return Round.objects.told().order_by("-told_at").first()


def search(*, text: str = "", district: str = "", kind: str = "", age: int | None = None, only_free: bool = False) -> list[Found]:
    """Facilities narrowed by words, district, kind, and a class that they have (or that has a seat)."""
    shown, told = round_shown(), last_told()
    newest = shown.current_seats() if shown is not None else None
    seats, before = newest.seats() if newest is not None else {}, cut_offs(told) if told is not None else {}
    rows = Facility.objects.in_order().running(shown.month if shown is not None else timezone.localdate())
    rows = rows.filter(**{key: value for key, value in (("district__code", district), ("kind", kind)) if value})
    key = japanese.search_key(text)
    found = []
    for facility in rows:
        if key and key not in japanese.search_key(f"{facility.name.get('ja', '')}{facility.kana}{facility.station}{facility.address}"):
            continue
        listed = seats.get(facility.code, (None,) * 6)
        classes = [ClassRow(number, listed[number], before.get((facility.code, number))) for number in range(6)]
        if age is not None and (classes[age].seats is None or (only_free and not classes[age].seats)):
            continue
        found.append(Found(facility, classes))
    return found
