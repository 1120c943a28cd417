"""What this room keeps of deadlines, for the page of an outage. Settings: DEADLINE_KEEPERS["corrections"]."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from madoguchi.accounts.models import User
from madoguchi.applications.actions import corrections_in, corrections_moved, move_corrections, take_back_corrections
from madoguchi.applications.batches import tell_closing
from madoguchi.procedures.actions import new_day
from madoguchi.procedures.models import DueDay, Outage, Procedure

KIND = "correction"


class Corrections:
    """補正の期限, by procedure and day: who looks after the service sees how many, never whose."""

    def due(self, outage: Outage) -> list[DueDay]:
        found = []
        for (procedure, day), corrections in corrections_in(outage=outage).items():
            one = corrections[0].application.procedure
            after = new_day(outage=outage, last_day=day, municipality=one.municipality)
            found.append(DueDay(f"{KIND}:{procedure}:{day.isoformat()}", KIND, one, day, after, len(corrections)))
        return found

    def moved(self, outage: Outage) -> int:
        return corrections_moved(outage=outage)

    def move(self, outage: Outage, keys: Collection[str], by: User) -> int:
        chosen = [key.split(":") for key in keys if key.startswith(f"{KIND}:")]
        return move_corrections(outage=outage, chosen={(int(procedure), date.fromisoformat(day)) for _, procedure, day in chosen}, by=by)

    def take_back(self, outage: Outage, by: User) -> int:
        return take_back_corrections(outage=outage, by=by)

    def tell_closing(self, procedure: Procedure, day: date, by: User) -> int:
        return tell_closing(procedure=procedure, day=day, by=by)
