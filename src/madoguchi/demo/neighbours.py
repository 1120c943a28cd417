"""Other municipalities of the installation, so that there is somebody to be compared with: invented, light, and shown to the others."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone
from django_scopes import scope

from madoguchi.accounts.actions import open_municipality
from madoguchi.accounts.models import Division, Municipality
from madoguchi.demo import people
from madoguchi.demo.city import City, in_words, reworded
from madoguchi.engines.japanese import fiscal_year
from madoguchi.procedures import actions as act
from madoguchi.procedures.models import InventoryEntry, PlannedChannel, Procedure, Progress

SOURCE = "見本（架空の数）"


def found_towns() -> list[City]:
    """The light municipalities with one division each; nobody signs in there."""
    towns = []
    for row in people.data("neighbours")["towns"]:
        municipality = open_municipality(is_invented=True, **row["municipality"])
        with scope(municipality=municipality):
            phone = row["municipality"]["phone"]
            Division.objects.create(phone=phone, email=f"{row['division']['code']}@example.jp", **row["division"])
        towns.append(City(municipality))
    return towns


def settle(municipality: Municipality) -> None:
    """In its scope: its procedures, a small inventory, the months' numbers; then it shows its standing to the others."""
    row = next((one for one in people.data("neighbours")["towns"] if one["municipality"]["slug"] == municipality.slug), None)
    if row is None:
        settle_midori()
        return
    division = Division.objects.get()
    _adopt(row, division)
    act.entries_for(procedures=Procedure.objects.select_related("division", "current"), by=None)
    _stand(row, division, row["library"] | _own(row))


def _own(row: Mapping[str, Any]) -> dict[str, int]:
    return {row["own"]["slug"]: row["own"]["volume"]} if row["own"] else {}


def settle_midori() -> None:
    """The second municipality has staff and cases of its own; here it only gets its inventory."""
    row = people.data("neighbours")["midori"]
    act.entries_for(procedures=Procedure.objects.select_related("division", "current"), by=None)
    division = Division.objects.get(code="soumu")
    _stand(row, division, {})


def show_koto() -> None:
    """The sample city shows its standing too."""
    act.share_standing(by=None)


def _adopt(row: Mapping[str, Any], division: Division) -> None:
    def say(text: str) -> str:
        return in_words(text, row["words"], row["kind"], row["kind_en"])

    with tempfile.TemporaryDirectory() as folder:
        for slug in row["library"]:
            act.adopt(reworded(act.LIBRARY / slug, Path(folder), say), by=None, division=division.code)
    if row["own"]:
        own = row["own"]
        procedure = Procedure.objects.create(
            slug=own["slug"], division=division, kind="enrolment", name=own["name"], kana=own["kana"], annual_volume=own["volume"]
        )
        act.publish(procedure=procedure, document=people.data("neighbours")["form"], by=None, note="架空の様式")
        _give(procedure)


def _give(procedure: Procedure) -> None:
    """The town gives its own procedure to all, with one example and how it went."""
    who = {"family": "架空", "given": "花子", "family_kana": "カクウ", "given_kana": "ハナコ"}
    answers = {"name": who, "place": "公民館の前", "when": "am"}
    act.keep_example(procedure=procedure, name="公民館の前", on=timezone.localdate(), answers=answers, expect="clean", by=None)
    story = "電話で受けていたときは、月に1度まとめて地図に写していました。いまは届いた順に回る道を決めています（架空）。"
    notes = {"story": story, "minutes_before": 15, "minutes_after": 3}
    procedure.refresh_from_db()
    act.share(procedure=procedure, examples=act.examples_of(procedure), notes=notes, by=None)


def _stand(row: Mapping[str, Any], division: Division, volumes: Mapping[str, int]) -> None:
    for name, volume, is_online in row["others"]:
        entry = act.add_entry(division=division, name=name, values={"count_total": volume}, source=SOURCE, by=None)
        if is_online:
            act.plan_entry(entry=entry, plan={"progress": Progress.ONLINE, "channel": PlannedChannel.JOINT}, by=None)
    for entry in InventoryEntry.objects.exclude(procedure=None).select_related("procedure"):
        volume = volumes.get(entry.procedure.slug) if entry.procedure else None
        if volume is not None:
            act.update_entry(entry=entry, values={"count_total": volume}, source=SOURCE, by=None)
    today = timezone.localdate()
    for number in range(12):
        _count(row["online"], date(fiscal_year(today) - 1 + (3 + number) // 12, (3 + number) % 12 + 1, 1))
    on = today.replace(day=1)
    act.set_assumptions(assumptions={"population": {"value": row["population"], "source": SOURCE, "on": on}}, by=None)
    act.share_standing(by=None)


def _count(share: float, month: date) -> None:
    """One month of the fiscal year before, of all procedures whose yearly number is known."""
    by_division: dict[Division, dict[tuple[int, str], int | None]] = {}
    for entry in InventoryEntry.objects.select_related("division", "procedure"):
        total = (entry.values.get("count_total") or 0) // 12
        if total:
            online = round(total * share) if entry.is_online else 0
            by_division.setdefault(entry.division, {}).update({(entry.pk, "elsewhere"): online, (entry.pk, "counter"): total - online})
    for division, counts in by_division.items():
        act.record_counts(division=division, month=month, counts=counts, by=None)
