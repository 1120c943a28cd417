"""Where a round stands: what is done, what is next, what stops it. Figures of its families and children in few queries."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from madoguchi.nursery.models.facility import VacancyList
from madoguchi.nursery.models.household import Candidate, CandidateState, Fact, Household
from madoguchi.nursery.models.papers import EmploymentCertificate
from madoguchi.nursery.models.round import Round, RoundState
from madoguchi.nursery.models.run import Run, RunKind


@dataclass(frozen=True)
class Standing:
    """Counts of a round; `seats` None while it has no list of seats."""

    households: int
    incomplete: int
    children: int
    transfers: int
    unborn: int
    unscored: int
    proposed_facts: int
    unverified: int
    seats: int | None
    seat_list: VacancyList | None
    trials: int
    undecided: int
    untold: int
    by_state: dict[str, int]


def standing_of(row: Round) -> Standing:
    children = Candidate.objects.competing().filter(round=row)
    counts = children.aggregate(
        children=Count("pk"),
        transfers=Count("pk", filter=~Q(current=None)),
        unborn=Count("pk", filter=Q(is_expected=True, born_on=None)),
        unscored=Count("pk", filter=Q(scored_at=None)),
        undecided=Count("pk", filter=Q(state=CandidateState.APPLYING)),
        untold=Count("pk", filter=Q(decision__released_at=None) & ~Q(decision=None)),
    )
    households = Household.objects.filter(round=row)
    seats = row.current_seats()
    unverified = EmploymentCertificate.objects.filter(household__round=row, origin="employer", verified_at=None, replaced_by=None)
    return Standing(
        households=households.count(),
        incomplete=households.exclude(missing=[]).count(),
        proposed_facts=Fact.objects.proposed().filter(household__round=row).count(),
        unverified=unverified.count(),
        seats=total_seats(seats) if seats is not None else None,
        seat_list=seats,
        trials=Run.objects.filter(round=row, kind=RunKind.TRIAL).count(),
        by_state=dict(Candidate.objects.filter(round=row).order_by().values_list("state").annotate(Count("pk"))),
        **counts,
    )


def total_seats(seats: VacancyList) -> int:
    return sum(number or 0 for row in seats.rows.all() for number in row.seats)


ORDER = [
    RoundState.PREPARING,
    RoundState.OPEN,
    RoundState.CLOSED,
    RoundState.PROPOSED,
    RoundState.APPROVED,
    RoundState.FINALISED,
    RoundState.TOLD,
]
# Which states of the round each step of the task list belongs to.
STEPS: dict[str, tuple[str, ...]] = {
    "seats": (RoundState.PREPARING,),
    "families": (RoundState.OPEN,),
    "runs": (RoundState.CLOSED,),
    "approval": (RoundState.PROPOSED,),
    "decisions": (RoundState.APPROVED,),
    "notices": (RoundState.FINALISED,),
}


def step_states(row: Round) -> dict[str, str]:
    """{step: done | now | later} from the round's state."""
    here = ORDER.index(RoundState(row.state))
    found = {}
    for step, states in STEPS.items():
        place = ORDER.index(RoundState(states[0]))
        found[step] = "done" if here > place else "now" if here == place else "later"
    return found
