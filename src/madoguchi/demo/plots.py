"""What becomes of an application: one generator for each kind of course.

A plot acts and then yields the moment of its next act; the filling runs all plots of the city together, in the order of time.
"""

from __future__ import annotations

from collections.abc import Callable

from madoguchi.applications import actions as act
from madoguchi.applications.models import State
from madoguchi.demo import mending, people
from madoguchi.demo.filing import Case, begin, write_answers
from madoguchi.demo.pieces import (
    Plot,
    answered_offer,
    asked,
    came_back,
    chance,
    chief,
    clerk,
    decide_one,
    decided_now,
    filed,
    mended,
    outcome_for,
    reason_for,
    reviewed,
    taken_in,
    talk,
    tell_opinion,
    words,
)
from madoguchi.demo.times import Times

Maker = Callable[[Case, Times, float], Plot]


def draft(case: Case, times: Times, days_ago: float) -> Plot:
    """Left after a few pages."""
    yield times.home(days_ago)
    application = begin(case)
    write_answers(case, pages=case.rng.randint(1, max(1, len(application.version.form.pages) // 2)))


def submitted(case: Case, times: Times, days_ago: float) -> Plot:
    yield from filed(case, times, days_ago)
    if chance(case, 0.12):
        yield from talk(case, times, case.row.arrived_at, answered=False)


def accepted(case: Case, times: Times, days_ago: float) -> Plot:
    yield from filed(case, times, days_ago)
    yield from taken_in(case, times, case.rng.randint(0, 2))
    if not case.own.procedure.is_decided:
        return
    reviewed(case, whole=chance(case, 0.2))
    if chance(case, 0.2):
        yield from talk(case, times, case.row.accepted_at)


def proposed(case: Case, times: Times, days_ago: float) -> Plot:
    """Waits for the chief."""
    yield from filed(case, times, days_ago)
    yield from taken_in(case, times, 1)
    if not case.own.procedure.is_decided:
        return
    yield times.desk(case.row.accepted_at, 3)
    reviewed(case, whole=True)
    for subject in case.own.subjects.filter(state="open"):
        outcome = outcome_for(case, subject)
        act.propose(subject=subject, outcome=outcome, reason=reason_for(case, outcome), note=words(case, "proposals"), by=clerk(case).user)


def correcting(case: Case, times: Times, days_ago: float) -> Plot:
    yield from filed(case, times, days_ago)
    if chance(case, 0.6) and case.own.procedure.is_decided:
        yield from taken_in(case, times, 1)
    yield from asked(case, times, case.row.arrived_at, 2)


def corrected(case: Case, times: Times, days_ago: float) -> Plot:
    yield from filed(case, times, days_ago)
    if chance(case, 0.7) and case.own.procedure.is_decided:
        yield from taken_in(case, times, 1)
    yield from asked(case, times, case.row.arrived_at, 2)
    yield from mended(case, times, case.rng.randint(1, max(2, int(days_ago) - 5)))


def amended(case: Case, times: Times, days_ago: float) -> Plot:
    """Changed unasked, and not looked at since."""
    yield from filed(case, times, days_ago)
    if case.own.procedure.is_decided:
        yield from taken_in(case, times, 0)
    yield times.later(case.row.arrived_at, 1)
    mending.amend_something(case, case.row)


def withdrawn(case: Case, times: Times, days_ago: float) -> Plot:
    yield from filed(case, times, days_ago)
    if chance(case, 0.5) and case.own.procedure.is_decided:
        yield from taken_in(case, times, 1)
    yield times.later(case.row.arrived_at, case.rng.randint(1, max(1, int(days_ago * 0.6))))
    act.withdraw(application=case.own, reason=words(case, "withdrawals"), by=case.own.resident)
    tell_opinion(case, "withdrawn", 0.3)


def decided(case: Case, times: Times, days_ago: float, *, release: bool = True) -> Plot:
    """To the end: sometimes with a correction on the way, an answer to the offer, a mail that came back."""
    yield from filed(case, times, days_ago)
    yield from taken_in(case, times, case.rng.randint(0, 2))
    application = case.row
    if application.state == State.ACCEPTED and not application.procedure.is_decided:
        return
    if days_ago > 20 and chance(case, 0.15):
        yield from asked(case, times, application.accepted_at, 2)
        yield from mended(case, times, case.rng.randint(1, 7))
    moment = times.desk(case.row.accepted_at, _usual_open_days(case, days_ago))
    yield moment
    reviewed(case, whole=chance(case, 0.1))
    yield from decided_now(case, times, moment, release=release)
    if release and case.procedure in ("hoiku-riyo", "koza-moshikomi"):
        yield from answered_offer(case, times, moment)
    if release and chance(case, 0.06):
        came_back(case)


def _usual_open_days(case: Case, days_ago: float) -> float:
    standard = case.own.procedure.standard_days
    result = people.data("city")["rounds"].get(case.procedure, {}).get("result")
    if result is not None:  # the results of a round come out together
        return max(1.0, (days_ago - result) * 5 / 7)
    usual = (standard or 8) * (5 / 7 if case.own.procedure.clock_unit == "calendar" else 1)
    return min(usual * case.rng.uniform(0.4, 0.95), days_ago * 0.6)


def unreleased(case: Case, times: Times, days_ago: float) -> Plot:
    """Decided, and the notice is held back."""
    return decided(case, times, days_ago, release=False)


def granted_later(case: Case, times: Times, days_ago: float) -> Plot:
    """保留 first, and a place weeks later."""
    case.facts["outcome"] = "held"
    yield from decided(case, times, days_ago)
    held = list(case.own.subjects.filter(state="held"))
    if not held:
        return
    moment = times.desk(case.row.decided_at, 12)
    yield moment
    for subject in held:
        if case.own.procedure.second_review:
            act.propose(subject=subject, outcome="granted", reason=reason_for(case, "granted"), by=clerk(case).user)
            yield (moment := times.desk(moment, 1))
            act.decide_as_proposed(subject=subject, by=chief(case))
        else:
            decide_one(case, subject, "granted", release=True)


def messaged(case: Case, times: Times, days_ago: float) -> Plot:
    """Accepted, with words both ways."""
    yield from filed(case, times, days_ago)
    yield from taken_in(case, times, 1)
    yield from talk(case, times, case.row.accepted_at)
