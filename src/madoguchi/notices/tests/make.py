"""Builders: invented people and what they are told."""

from __future__ import annotations

from typing import Any

from madoguchi.accounts.models import Division
from madoguchi.notices.actions import notify
from madoguchi.notices.models import Notice, Recipient

BY_MAIL = Recipient(name="江東 花子", email="hanako@example.jp", address="江東区東陽4-11-28", postal="135-8383")
BY_POST = Recipient(name="江東 花子", address="江東区東陽4-11-28\n架空荘101", postal="135-8383")
NOWHERE = Recipient(name="江東 花子")


def make_notice(division: Division, template: str = "applications/receipt", *, to: Recipient = BY_MAIL, **more: Any) -> Notice:
    values = {"procedure": "犬の登録", "number": "K7-2041-3", "address": "/koto/status/", **more.pop("values", {})}
    return notify(template, to=to, about=division, division=division, values=values, **more)
