"""The inventory of the sample city: what it knows of its procedures, a sheet that divisions sent, a survey that is open, a rule on its way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from madoguchi.accounts.models import Division
from madoguchi.demo import people
from madoguchi.demo.city import City
from madoguchi.demo.replaying import replay_year
from madoguchi.engines.inventory import asked
from madoguchi.lib.tables import write_xlsx
from madoguchi.procedures import actions as act
from madoguchi.procedures.models import InventoryEntry, Procedure

RULE = "手続における情報通信技術の活用に関する条例（見本）"
HASTE = ("妊婦のための支援給付の申請", "新しい制度で、早く始める必要があるため")


def take_stock(city: City) -> None:
    """By the ICT section: what is online from the procedures themselves, the rest from a sheet (its numbers are invented)."""
    ict = city.ict
    assert ict is not None
    act.entries_for(procedures=Procedure.objects.select_related("division", "current"), by=ict)
    sheet: list[list[Any]] = people.data("inventory")["sheet"]
    data = write_xlsx(sheet[1:], sheet[0], title="棚卸")
    act.take_import(found=act.read_inventory(data=data, name="棚卸調査の回答（架空）.xlsx", by=ict), by=ict)
    rule = act.save_rule(
        rule=None, title=RULE, kind="ordinance", article="3条", division=city.offices["soumu"].division, note="見本", by=ict
    )
    act.move_rule(rule=rule, to="assembly", by=ict)
    for entry in InventoryEntry.objects.filter(procedure=None):
        plan: dict[str, Any] = {"progress": "planned" if entry.track == "A" else "open"}
        if "ordinance" in (entry.values.get("rule_change") or ()):
            plan |= {"rule": rule, "target_year": timezone.localdate().year + 1}
        act.plan_entry(entry=entry, plan=plan, by=ict)
    replay_year(by=ict)
    name, reason = HASTE
    act.order_entry(entry=InventoryEntry.objects.get(name=name), rank=1, reason=reason, by=ict)
    divisions = Division.objects.filter(code__in={entry.division.code for entry in InventoryEntry.objects.select_related("division")})
    survey = act.open_survey(
        name="手続きの棚卸調査",
        asked=list(asked()),
        message="窓口で困っていることが、いちばん大事な情報です。分からない項目は空けたままでかまいません。",
        due_on=timezone.localdate() + timedelta(days=25),
        divisions=divisions,
        by=ict,
    )
    _answered(city, survey)


def _answered(city: City, survey: Any) -> None:
    """One division is done and approved, one waits for its chief, one is half way."""
    for code, how_far in (("eisei", "approved"), ("kumin", "answered"), ("kosodate", "half")):
        office = city.offices[code]
        reply = survey.replies.get(division=office.division)
        entries = list(InventoryEntry.objects.filter(division=office.division).order_by("number"))
        for entry in entries[: len(entries) // 2 if how_far == "half" else None]:
            act.answer_entry(reply=reply, entry=entry, values={}, by=office.clerks[0].user)
        if how_far != "half":
            act.submit_reply(reply=reply, by=office.clerks[0].user)
        if how_far == "approved" and office.chief is not None:
            act.approve_reply(reply=reply, by=office.chief.user)
