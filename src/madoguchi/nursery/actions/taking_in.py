"""取り込み: applications become families and children of a round; later revisions become proposals beside what is in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications.models import Application, Channel, State, Subject, SubjectState
from madoguchi.engines.placement.points import class_age, school_year
from madoguchi.lib.errors import Refused
from madoguchi.nursery.models import (
    Candidate,
    CandidateState,
    Facility,
    Fact,
    FactState,
    Household,
    Round,
    Source,
)
from madoguchi.nursery.models.promised import carried, still
from madoguchi.nursery.models.reading import ChildReading, Reading, Said, read_application
from madoguchi.nursery.models.rulebook import rulebook_of

GONE = (SubjectState.WITHDRAWN, SubjectState.DECLINED, SubjectState.REFUSED, SubjectState.DISMISSED)
MISSING = object()


def waiting_applications(row: Round) -> Any:
    """Submitted and accepted applications of the round's procedure that arrived in time and stand in no round before this one."""
    earlier = [each.pk for each in rounds_before(row)]
    last = timezone.make_aware(timezone.datetime.combine(row.applications_until + timedelta(days=1), timezone.datetime.min.time()))
    found = Application.objects.filter(
        procedure=row.procedure, state__in=[State.SUBMITTED, State.ACCEPTED, State.CORRECTING], is_test=False, arrived_at__lt=last
    )
    return found.exclude(households__round__in=earlier).order_by("pk")


def rounds_before(row: Round) -> Iterator[Round]:
    """The rounds whose waiting children roll over into this one."""
    before = row.previous
    while before is not None:
        yield before
        before = before.previous


def belongs(child: ChildReading, reading: Reading, month: date) -> bool:
    """Whether a child is placed in a round of this month: by its own month, or by the family's wish for April of the next school year."""
    if child.month == month:
        return True
    goes_on = reading.other_year.value in ("withdraw", "transfer", "keep")
    return goes_on and month.month == 4 and school_year(month) == school_year(child.month) + 1


@transaction.atomic
def take_in_application(*, round: Round, application: Application, by: User | None) -> Household | None:  # noqa: A002 the office's word
    """One application as one family of this round; None when none of its children belongs here. Doing it again changes nothing.

    A newer revision makes PROPOSED facts beside those in force. Raises Refused for a fixed round or a month without rules.
    """
    if round.is_fixed:
        raise Refused(_("決裁に進んだ回には取り込めません。差し戻してから取り込んでください。"), code="round_fixed")
    reading = read_application(application, rulebook_of(round))
    children = [child for child in reading.children if belongs(child, reading, round.month)]
    household = Household.objects.select_for_update(of=("self",)).filter(round=round, application=application).first()
    if household is None:
        if not children:
            return None
        household = _new_family(round, application, reading)
        for order, child in enumerate(children, 1):
            _new_child(household, child, order, application)
        Fact.objects.bulk_create(list(_facts(household, reading, FactState.IN_FORCE)))
        record("nursery.take_in", by=by, on=household, division=round.procedure.division, revision=reading.revision.number)
    elif reading.revision.number > household.revision:
        _propose(household, reading, children, application)
        record("nursery.take_in", by=by, on=household, division=round.procedure.division, revision=reading.revision.number)
    _withdraw_gone(household)
    return household


def _new_family(row: Round, application: Application, reading: Reading) -> Household:
    return Household.objects.create(
        round=row,
        application=application,
        code=application.number,
        name=reading.name,
        source=Source.PAPER if application.channel == Channel.PAPER else Source.FORM,
        district=reading.district,
        condition=reading.condition.value,
        priority=reading.priority.value if reading.priority.value in ("elder", "younger") else "",
        other_year=reading.other_year.value or "",
        revision=reading.revision.number,
        papers=reading.papers,
    )


def _new_child(household: Household, child: ChildReading, order: int, application: Application) -> Candidate:
    month = household.round.month
    return Candidate.objects.create(
        round=household.round,
        household=household,
        subject=_subject(application, child.path),
        code=f"{household.code}-{order}",
        order=order,
        name=child.name,
        kana=child.kana,
        birth=child.birth,
        is_expected=child.is_expected,
        age_class=min(5, class_age(child.birth, month)),
        current=Facility.objects.filter(code=child.current).first() if child.current else None,
        wishes=child.wishes,
    )


def _subject(application: Application, path: str) -> Subject | None:
    return application.subjects.filter(path=path).first() or (application.subjects.first() if application.subjects.count() == 1 else None)


def _facts(household: Household, reading: Reading, state: str) -> Iterator[Fact]:
    """Every fact of a reading as a row, with its revision and path."""
    for key, said, candidate, parent in _said(household, reading):
        slot = Fact.slot_for(candidate=candidate, parent=parent)
        yield Fact(
            household=household,
            candidate=candidate,
            parent=parent,
            slot=slot,
            key=key,
            value=said.value,
            state=state,
            source=household.source,
            revision=reading.revision,
            path=said.path,
        )


def _said(household: Household, reading: Reading) -> Iterator[tuple[str, Said, Candidate | None, int | None]]:
    """(key, what was said, about which child, about which parent)."""
    own = {"condition": reading.condition, "priority_child": reading.priority, "other_year": reading.other_year}
    for key, said in {**reading.household, **own}.items():
        if said.value is not None:
            yield key, said, None, None
    for number, parent in enumerate(reading.parents, 1):
        yield from ((key, said, None, number) for key, said in parent.items())
    by_path = {candidate.subject.path if candidate.subject is not None else "": candidate for candidate in _children(household)}
    for child in reading.children:
        if (candidate := by_path.get(child.path)) is not None:
            for key, said in {**child.facts, "wishes": Said(child.wishes, child.wishes_path)}.items():
                yield key, said, candidate, None


def _children(household: Household) -> Iterable[Candidate]:
    return household.candidates.select_related("subject")


def _propose(household: Household, reading: Reading, children: list[ChildReading], application: Application) -> None:
    """A newer revision: what differs from what is in force stands beside it; a new child joins, its facts in force."""
    known = {candidate.subject.path for candidate in _children(household) if candidate.subject is not None}
    fresh = [child for child in children if child.path not in known]
    last = max((candidate.order for candidate in _children(household)), default=0)
    new = {_new_child(household, child, last + number, application).pk for number, child in enumerate(fresh, 1)}
    standing = {(fact.slot, fact.key): fact.value for fact in Fact.objects.in_force().filter(household=household)}
    Fact.objects.proposed().filter(household=household, source__in=[Source.FORM, Source.PAPER]).update(state=FactState.REJECTED)
    rows = []
    for fact in _facts(household, reading, FactState.PROPOSED):
        if fact.candidate_id in new:
            fact.state = FactState.IN_FORCE
        elif standing.get((fact.slot, fact.key), MISSING) == fact.value:
            continue
        rows.append(fact)
    Fact.objects.bulk_create(rows)
    household.revision, household.papers = reading.revision.number, still(reading.papers, household.papers)
    household.save(update_fields=["revision", "papers"])


def _withdraw_gone(household: Household) -> None:
    """取下げ on the application is 取下げ here."""
    open_states = [CandidateState.APPLYING, CandidateState.WAITLISTED, CandidateState.STAYING]
    household.candidates.filter(subject__state__in=GONE, state__in=open_states).update(state=CandidateState.WITHDRAWN)


@transaction.atomic
def carry_over(*, round: Round, by: User | None) -> int:  # noqa: A002
    """Those who wait since the round before are in this one by themselves, with their facts and wishes; gives how many children.

    The class follows this round's month. Doing it again adds nobody twice. Raises Refused before the other round is told.
    """
    before = round.previous
    if before is None:
        return 0
    count = 0
    waiting = (
        Candidate.objects.waiting().filter(round=before).select_related("household", "subject", "current").order_by("household", "order")
    )
    for candidate in waiting:
        if candidate.subject is not None and candidate.subject.state in GONE:
            continue
        household = _carried_family(round, candidate.household)
        count += _carried_child(household, candidate)
    record("nursery.carry_over", by=by, on=round, division=round.procedure.division, children=count)
    return count


def _carried_family(row: Round, before: Household) -> Household:
    found = Household.objects.filter(round=row, code=before.code).first()
    if found is not None:
        return found
    made = Household.objects.create(
        round=row,
        application=before.application,
        code=before.code,
        name=before.name,
        source=before.source,
        district=before.district,
        condition=before.condition,
        priority=before.priority,
        other_year=before.other_year,
        revision=before.revision,
        papers=carried(before),
        carried_from=before,
    )
    rows = Fact.objects.in_force().filter(household=before, candidate=None)
    Fact.objects.bulk_create([_copied(fact, made, None) for fact in rows])
    return made


def _carried_child(household: Household, before: Candidate) -> int:
    if household.candidates.filter(carried_from=before).exists():
        return 0
    made = Candidate.objects.create(
        round=household.round,
        household=household,
        subject=before.subject,
        code=before.code,
        order=before.order,
        name=before.name,
        kana=before.kana,
        birth=before.birth,
        is_expected=before.is_expected,
        born_on=before.born_on,
        age_class=min(5, class_age(before.day_of_birth, household.round.month)),
        current=before.current,
        wishes=before.wishes,
        carried_from=before,
    )
    Fact.objects.bulk_create([_copied(fact, household, made) for fact in Fact.objects.in_force().filter(candidate=before)])
    return 1


def _copied(fact: Fact, household: Household, candidate: Candidate | None) -> Fact:
    return Fact(
        household=household,
        candidate=candidate,
        parent=fact.parent,
        slot=Fact.slot_for(candidate=candidate, parent=fact.parent),
        key=fact.key,
        value=fact.value,
        source=fact.source,
        revision=fact.revision,
        path=fact.path,
        is_provisional=fact.is_provisional,
        reason=fact.reason,
        by=fact.by,
        at=fact.at,
    )


@transaction.atomic
def settle_other_year(*, candidate: Candidate, by: User | None) -> Candidate | None:
    """A place was won in one fiscal year: what the family chose for the round of the other (withdraw, keep, transfer) is done there."""
    choice = candidate.household.other_year
    if candidate.subject is None or candidate.placed is None or choice not in ("withdraw", "transfer"):
        return None
    others = Candidate.objects.filter(subject=candidate.subject).exclude(round=candidate.round).select_related("round")
    other = next((each for each in others if each.round.fiscal_year != candidate.round.fiscal_year and not each.round.is_fixed), None)
    if other is None or other.state != CandidateState.APPLYING:
        return None
    if choice == "withdraw":
        other.state = CandidateState.WITHDRAWN
    else:
        other.current = candidate.placed
    other.scored_at = None
    other.save(update_fields=["state", "current", "scored_at"])
    record("nursery.settle_other_year", by=by, on=other, division=other.round.procedure.division, choice=choice)
    return other
