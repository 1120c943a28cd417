"""What a procedure must say of itself before a form of it is published: use of the answers, contact, period, criteria, retention, notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import keep_contact, record
from madoguchi.accounts.models import User
from madoguchi.lib.errors import Refused
from madoguchi.procedures.models import ClockUnit, Procedure

FACTS = ("privacy", "criteria", "clock_unit", "standard_days", "result_on", "retention_years", "notice_texts")
CONTACT = ("phone", "place", "place_en")


@transaction.atomic
def keep_facts(*, procedure: Procedure, facts: Mapping[str, Any], contact: Mapping[str, str], by: User) -> Procedure:
    """Write down what the task list asks for. Notices are laid over those that stand. Raises Refused for a period without days."""
    row = Procedure.objects.select_for_update(of=("self",)).select_related("division").get(pk=procedure.pk)
    given = {name: facts[name] for name in FACTS if name in facts}
    if given.get("clock_unit") in (ClockUnit.CALENDAR, ClockUnit.OPEN) and not given.get("standard_days"):
        raise Refused(_("期間の日数を入力してください。"), code="no_days")
    if given.get("clock_unit") == ClockUnit.FIXED_DAY and not given.get("result_on"):
        raise Refused(_("結果の日を入力してください。"), code="no_day")
    given["notice_texts"] = {**(row.notice_texts or {}), **(given.get("notice_texts") or {})}
    changed = sorted(name for name, value in given.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, given[name])
    if changed:
        row.save(update_fields=changed)
        record("procedures.keep_facts", by=by, on=row, division=row.division, procedure=row.slug, changed=changed)
    keep_contact(division=row.division, contact={name: contact[name] for name in CONTACT if name in contact}, by=by)
    return row
