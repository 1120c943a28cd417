"""What is left after a round: seats that nobody took, and those that came free since by 辞退, 取下げ and 転園."""

from __future__ import annotations

from collections import Counter

from madoguchi.nursery.models.household import Candidate, CandidateState
from madoguchi.nursery.models.instance import staying_at
from madoguchi.nursery.models.round import Round

HOLDING = (CandidateState.OFFERED, CandidateState.PROVISIONAL, CandidateState.ACCEPTED, CandidateState.STAYING)


def seats_left(row: Round) -> dict[str, list[int | None]]:
    """{facility code: six numbers} for the round that follows: the list of seats, plus what transfer applicants left, less who holds one.

    A pool that classes share is counted class by class and never below zero: what one class took from another's share is taken from
    the first classes of the pool that still have seats. Raises nothing; a round without a list of seats has none left.
    """
    seats = row.current_seats()
    if seats is None:
        return {}
    shared = {vacancy.facility.code: vacancy.facility.shared for vacancy in seats.rows.select_related("facility")}
    left: dict[str, list[int | None]] = {code: list(numbers) for code, numbers in seats.seats().items()}
    for (code, age), change in _changes(row).items():
        numbers = left.setdefault(code, [None] * 6)
        numbers[age] = (numbers[age] or 0) + change
    for code, numbers in left.items():
        _balance(numbers, shared.get(code, []))
    return left


def _changes(row: Round) -> Counter[tuple[str, int]]:
    """How many seats each (facility, class) gained or lost through the result as it stands today."""
    found: Counter[tuple[str, int]] = Counter()
    for candidate in Candidate.objects.filter(round=row).select_related("placed", "current"):
        now = staying_at(candidate)
        holds = candidate.placed.code if candidate.placed is not None and candidate.state in HOLDING else None
        if now is not None and holds != now and candidate.state != CandidateState.WITHDRAWN and _moved_out(candidate):
            found[now, candidate.age_class] += 1
        if holds is not None and holds != now:
            found[holds, candidate.age_class] -= 1
    return found


def _moved_out(candidate: Candidate) -> bool:
    """A transfer applicant who was given another place and did not decline it has left the seat held before."""
    return candidate.placed_id is not None and candidate.placed_id != candidate.current_id and candidate.state in HOLDING


def _balance(numbers: list[int | None], groups: list[list[int]]) -> None:
    for group in groups:
        owed = sum(-number for age in group if (number := numbers[age]) is not None and number < 0)
        for age in group:
            number = numbers[age]
            if number is None:
                continue
            taken = min(owed, max(0, number))
            numbers[age], owed = max(0, number) - taken, owed - taken
    numbers[:] = [None if number is None else max(0, number) for number in numbers]
