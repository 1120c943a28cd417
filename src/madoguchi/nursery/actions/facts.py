"""Facts of a family: taken over, left, corrected with a reason, put in by a certificate or by another office. None is ever lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.engines.japanese import DateProblem, parse_date
from madoguchi.engines.placement import CONDITIONS
from madoguchi.engines.placement.points import class_age
from madoguchi.lib.errors import Refused
from madoguchi.nursery.models import Candidate, Facility, Fact, FactState, Household, Source, WishChange
from madoguchi.nursery.models.reading import canonical, in_a_class
from madoguchi.nursery.models.rulebook import rulebook_of

MOST_NUMBER = 10**10  # yen, hours, days: nothing that a family has is more
# Facts that the placement itself reads, besides those of the rules document: key → about a child?
OWN_KEYS = {"wishes": True, "current": True, "condition": False, "priority_child": False, "other_year": False}


def locked_household(household: Household) -> Household:
    """The family for an act that changes it. Raises Refused once its round is fixed."""
    found = Household.objects.select_for_update(of=("self",)).select_related("round__procedure__division").get(pk=household.pk)
    if found.round.is_fixed:
        raise Refused(_("決裁に進んだ回では、家庭の内容を変えられません。差し戻してから変えてください。"), code="round_fixed")
    return found


@transaction.atomic
def take_over(*, facts: Iterable[Fact], by: User) -> int:
    """採用: what came in later takes the place of what was in force. Gives how many. Raises Refused for one that is no proposal any more."""
    count = 0
    for fact in facts:
        household = locked_household(fact.household)
        row = Fact.objects.select_for_update(of=("self",)).select_related("candidate").get(pk=fact.pk)
        if row.state != FactState.PROPOSED:
            raise Refused(_("ほかの人が先に確かめました。画面を開き直してください。"), code="stale")
        _put_in_force(household, row)
        record("nursery.take_over", by=by, on=household, division=household.round.procedure.division, fact=row.pk, key=row.key)
        count += 1
    return count


@transaction.atomic
def leave(*, facts: Iterable[Fact], by: User) -> int:
    """採用しない: what came in later stays beside what is in force, and is not asked about again."""
    count = 0
    for fact in facts:
        household = locked_household(fact.household)
        changed = Fact.objects.proposed().filter(pk=fact.pk).update(state=FactState.REJECTED, by=by)
        if not changed:
            raise Refused(_("ほかの人が先に確かめました。画面を開き直してください。"), code="stale")
        record("nursery.leave", by=by, on=household, division=household.round.procedure.division, fact=fact.pk, key=fact.key)
        count += changed
    return count


def _put_in_force(household: Household, row: Fact) -> None:
    before = Fact.objects.in_force().filter(household=household, slot=row.slot, key=row.key).first()
    if before is not None:
        before.state = FactState.REPLACED
        before.save(update_fields=["state"])
    row.state, row.replaces = FactState.IN_FORCE, before
    row.save()
    _apply(household, row)
    household.candidates.update(scored_at=None)


def _apply(household: Household, row: Fact) -> None:
    """What the placement itself reads lies on the family or the child too."""
    if row.key == "condition" and row.value in CONDITIONS:
        household.condition = row.value
    elif row.key == "priority_child":
        household.priority = row.value if row.value in ("elder", "younger") else ""
    elif row.key == "other_year":
        household.other_year = str(row.value or "")
    elif row.key == "wishes" and row.candidate is not None:
        WishChange.objects.create(candidate=row.candidate, before=row.candidate.wishes, after=row.value or [], by=row.by)
        Candidate.objects.filter(pk=row.candidate.pk).update(wishes=row.value or [])
        return
    elif row.key == "birth" and row.candidate is not None and row.value:
        born = date.fromisoformat(row.value)
        kept = {"birth": born, "age_class": min(5, class_age(born, household.round.month))}
        Candidate.objects.filter(pk=row.candidate.pk).update(**kept)
        return
    elif row.key == "current" and row.candidate is not None:
        Candidate.objects.filter(pk=row.candidate.pk).update(current=Facility.objects.filter(code=row.value or "").first())
        return
    household.save(update_fields=["condition", "priority", "other_year"])


@transaction.atomic
def correct_fact(
    *,
    household: Household,
    key: str,
    value: Any,
    reason: str,
    by: User,
    candidate: Candidate | None = None,
    parent: int | None = None,
) -> Fact:
    """A clerk says what is true, and why; what stood there stays readable. Raises Refused."""
    household = locked_household(household)
    if not reason.strip():
        raise Refused(_("直す理由を入力してください。"), code="no_reason")
    value = _understood(household, key, value)
    row = _new(household, key, value, Source.CLERK, candidate=candidate, parent=parent, by=by, reason=reason.strip()[:500])
    _put_in_force(household, row)
    record("nursery.correct_fact", by=by, on=household, division=household.round.procedure.division, fact=row.pk, key=key)
    return row


def _understood(household: Household, key: str, value: Any) -> Any:
    """The value by the fact's type; raises Refused for what the rules do not know or cannot compare."""
    if key in OWN_KEYS:
        return value
    fact = rulebook_of(household.round).facts.get(key)
    if fact is None:
        raise Refused(_("この年度の基準にない項目です。画面を開き直してください。"), code="no_such_fact")
    if fact.type == "date" or key == "birth":
        return _day(household, key, value)
    try:
        found = canonical(value, fact.type)
    except (ValueError, OverflowError) as problem:
        raise Refused(_("数字で入力してください。"), code="number") from problem
    if fact.type == "number" and found is not None and not 0 <= found <= MOST_NUMBER:
        raise Refused(_("0以上の数で入力してください。"), code="number")
    if fact.choices and found is not None and any(one not in fact.choices for one in (found if isinstance(found, list) else [found])):
        raise Refused(_("選べる答えの中から選んでください。"), code="choice")
    return found


def _day(household: Household, key: str, value: Any) -> str | None:
    """A day as it is kept; a child's birth must lie before the end of the month of intake and within the six classes."""
    if value in (None, "") and key != "birth":
        return None
    try:
        day = parse_date(str(value or ""))
    except DateProblem as problem:
        raise Refused(_("日付を読み取れません。例：2026-04-15、令和8年4月15日"), code="date") from problem
    if key == "birth" and not in_a_class(day, household.round.month):
        raise Refused(_("この入園月のクラスに入る年齢ではありません。生年月日を確かめてください。"), code="age")
    return day.isoformat()


def _new(
    household: Household,
    key: str,
    value: Any,
    source: str,
    *,
    candidate: Candidate | None = None,
    parent: int | None = None,
    by: User | None = None,
    reason: str = "",
    is_provisional: bool = False,
) -> Fact:
    slot = Fact.slot_for(candidate=candidate, parent=parent)
    return Fact(
        household=household,
        candidate=candidate,
        parent=parent,
        slot=slot,
        key=key,
        value=value,
        source=source,
        by=by,
        reason=reason,
        is_provisional=is_provisional,
        at=timezone.now(),
    )


@transaction.atomic
def put_facts(
    *,
    household: Household,
    values: Mapping[str, Any],
    source: str,
    by: User | None,
    parent: int | None = None,
    candidate: Candidate | None = None,
    is_provisional: bool = False,
    reason: str = "",
) -> list[Fact]:
    """Put values in force under a source (就労証明書, 庁内の照会): those that the rules know, and that are not what stands there already."""
    household = locked_household(household)
    known = rulebook_of(household.round).facts
    slot = Fact.slot_for(candidate=candidate, parent=parent)
    standing = {fact.key: fact for fact in Fact.objects.in_force().filter(household=household, slot=slot)}
    made = []
    for key, given in values.items():
        if key not in known:
            continue
        value = canonical(given, known[key].type) if known[key].type != "bool" else bool(given)
        before = standing.get(key)
        if before is not None and before.value == value and before.is_provisional == is_provisional:
            continue
        row = _new(household, key, value, source, candidate=candidate, parent=parent, by=by, reason=reason, is_provisional=is_provisional)
        _put_in_force(household, row)
        made.append(row)
    return made
