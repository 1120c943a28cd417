"""From inventory to plan: channel, year and owner of each procedure, its place in the order, the rules to be changed, the weights."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import Division, User
from madoguchi.engines.inventory import Weights, columns
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions.entries import first_day_of
from madoguchi.procedures.models import InventoryChange, InventoryEntry, InventorySettings, Progress, RuleChange, RuleState

PLANNED = ("channel", "target_year", "progress", "owner", "rule")
MOST_WEIGHT = 10_000
NEXT = {RuleState.DRAFT: RuleState.ASSEMBLY, RuleState.ASSEMBLY: RuleState.IN_FORCE}


def _locked(entry: InventoryEntry) -> InventoryEntry:
    return InventoryEntry.objects.select_for_update(of=("self",)).select_related("division", "rule", "procedure").get(pk=entry.pk)


@transaction.atomic
def plan_entry(*, entry: InventoryEntry, plan: Mapping[str, Any], by: User | None) -> InventoryEntry:
    """What is planned for a procedure: `channel`, `target_year`, `progress`, `owner`, `rule`; `online_on` since when it is online.

    Raises Refused for a day online that is still to come.
    """
    row, online_on = _locked(entry), plan.get("online_on")
    if online_on is not None and online_on > timezone.localdate():
        raise Refused(_("オンラインになった日は、今日までの日にしてください。"), code="online_on")
    before = {name: _plain(getattr(row, name)) for name in (*PLANNED, "online_on")}
    for name in PLANNED:
        if name in plan:
            setattr(row, name, plan[name])
    if row.progress == Progress.ONLINE:
        row.online_on = online_on or row.online_on or timezone.localdate()
    else:
        row.online_on = first_day_of(row.procedure)
    row.save()
    after = {name: _plain(getattr(row, name)) for name in (*PLANNED, "online_on")}
    differing = {name: value for name, value in after.items() if value != before[name]}
    if differing:
        InventoryChange.objects.create(
            entry=row, by=by, source=_("計画"), before={name: before[name] for name in differing}, after=differing
        )
        record("procedures.plan_entry", by=by, on=row, division=row.division, columns=sorted(differing))
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.title if isinstance(value, RuleChange) else value


@transaction.atomic
def order_entry(*, entry: InventoryEntry, rank: int | None, reason: str, by: User) -> InventoryEntry:
    """Put a procedure at a place of the order by hand, or (None) back where its score puts it. Raises Refused without a reason."""
    row = _locked(entry)
    if rank is not None and not reason.strip():
        raise Refused(_("順を変える理由を入力してください。"), code="no_reason")
    if rank is not None and rank < 1:
        raise Refused(_("順は1以上の数で入力してください。"), code="rank")
    before = {"hand_rank": row.hand_rank, "hand_reason": row.hand_reason}
    row.hand_rank, row.hand_reason = rank, reason.strip()[:300] if rank is not None else ""
    row.save()
    after = {"hand_rank": row.hand_rank, "hand_reason": row.hand_reason}
    if after != before:
        InventoryChange.objects.create(entry=row, by=by, source=_("順の変更"), before=before, after=after)
        record("procedures.order_entry", by=by, on=row, division=row.division, rank=rank)
    return row


@transaction.atomic
def save_rule(
    *, rule: RuleChange | None, title: str, kind: str, article: str, division: Division | None, note: str, by: User
) -> RuleChange:
    """A rule that must change before procedures can go online. Raises Refused for a title that is taken, or an unknown kind."""
    if not title.strip():
        raise Refused(_("改正の名称を入力してください。"), code="no_title")
    if kind not in {one.code for one in columns()["rule_change"].codes} - {"none"}:
        raise Refused(_("改正の種類を選んでください。"), code="kind")
    if RuleChange.objects.filter(title=title.strip()).exclude(pk=rule.pk if rule else None).exists():
        raise Refused(_("同じ名称の改正があります。"), code="title_taken")
    row = rule or RuleChange()
    row.title, row.kind, row.article, row.division, row.note = (
        title.strip()[:120],
        kind,
        article.strip()[:200],
        division,
        note.strip()[:300],
    )
    row.save()
    record("procedures.save_rule", by=by, on=row, division=division)
    return row


@transaction.atomic
def move_rule(*, rule: RuleChange, to: str, by: User, in_force_on: date | None = None) -> RuleChange:
    """One state further (案 → 議会 → 施行). In force, its procedures are track A by themselves. Raises Refused for any other move."""
    row = RuleChange.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if NEXT.get(RuleState(row.state)) != to:
        raise Refused(_("この改正は、いまその段階に進められません。画面を開き直してください。"), code="move")
    row.state = to
    if to == RuleState.IN_FORCE:
        row.in_force_on = in_force_on or timezone.localdate()
    row.save(update_fields=["state", "in_force_on"])
    record("procedures.move_rule", by=by, on=row, division=None, state=to, entries=row.entries.count())
    return row


@transaction.atomic
def set_weights(*, weights: Mapping[str, Any], by: User) -> InventorySettings:
    """The weights of the priority: {"minutes": …, "chances": …, "unknown_volume": n}. Raises Refused, naming what is no such number."""
    plain = Weights()
    minutes, chances = dict(weights.get("minutes", {})), dict(weights.get("chances", {}))
    unknown = (set(minutes) - set(plain.minutes)) | (set(chances) - set(plain.chances))
    if unknown:
        raise Refused(_("重みの名前が違います：%(names)s") % {"names": "、".join(sorted(unknown))}, code="weights")
    wrong = [name for name, value in minutes.items() if not 0 <= value <= MOST_WEIGHT]
    wrong += [name for name, value in chances.items() if not 0 <= value <= 1]
    if wrong or not 0 <= weights.get("unknown_volume", plain.unknown_volume) <= MOST_WEIGHT:
        raise Refused(_("分は0以上、見込みは0から1までの数で入力してください。"), code="weights")
    row = InventorySettings.objects.select_for_update().first() or InventorySettings()
    row.weights = {"minutes": minutes, "chances": chances, "unknown_volume": weights.get("unknown_volume", plain.unknown_volume)}
    row.save()
    record("procedures.set_weights", by=by, on=row)
    return row
