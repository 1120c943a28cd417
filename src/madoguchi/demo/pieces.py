"""The pieces of which an application's course is made: sent, taken in, asked about, mended, reviewed, decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from madoguchi.accounts.models import Membership, User
from madoguchi.applications import actions as act
from madoguchi.applications.models import Subject
from madoguchi.demo import mending, people
from madoguchi.demo.filing import Case, begin, latest_walk, send, write_answers
from madoguchi.demo.times import Times
from madoguchi.lib.errors import Refused
from madoguchi.notices.actions import returned
from madoguchi.notices.models import Notice, NoticeState

Plot = Iterator[datetime]
HOLE = re.compile(r"\{(\w+)\}")


def words(case: Case, *keys: str) -> Any:
    """A random text of data/words.json."""
    found: Any = people.data("words")
    for key in keys:
        found = found[key]
    return case.rng.choice(found)


def clerk(case: Case) -> Membership:
    """Who works on this case."""
    office = case.city.office_of(case.own.procedure)
    if "clerk" not in case.facts:
        case.facts["clerk"] = case.rng.choice(office.clerks)
    return case.facts["clerk"]  # type: ignore[no-any-return]


def chief(case: Case) -> User:
    found = case.city.office_of(case.own.procedure).chief
    assert found is not None
    user: User = found.user
    return user


def chance(case: Case, share: float) -> bool:
    return case.rng.random() < share


def filed(case: Case, times: Times, days_ago: float) -> Plot:
    """Begun, written, sent; sometimes with an evening in between."""
    moment = times.home(days_ago)
    yield moment
    begin(case)
    write_answers(case)
    yield times.later(moment, 1) if chance(case, 0.1) else times.soon(moment)
    send(case)
    tell_opinion(case, "sent", 0.12)


def taken_in(case: Case, times: Times, days: float) -> Plot:
    """Opened by a clerk and accepted."""
    yield times.desk(case.row.arrived_at, days)
    act.open_case(application=case.row, member=clerk(case))
    act.accept(application=case.own, by=clerk(case).user)
    tell_opinion(case, "desk:case", 0.02, by_staff=True)
    if chance(case, 0.25):
        act.note(application=case.own, text=words(case, "notes"), by=clerk(case).user)
    if chance(case, 0.12):
        act.write_message(application=case.own, text=words(case, "first_words"), by=clerk(case).user, from_desk=True)


def talk(case: Case, times: Times, after: datetime, *, answered: bool = True) -> Plot:
    """The resident asks something, and the desk answers."""
    language = "en" if case.own.language == "en" else "ja"
    number = case.rng.randrange(len(people.data("words")["questions"][language]))
    moment = times.later(after, case.rng.randint(0, 2))
    yield moment
    if not case.row.is_open:
        return
    act.write_message(application=case.own, text=people.data("words")["questions"][language][number], by=case.own.resident)
    if answered:
        yield times.desk(moment, 1)
        act.open_case(application=case.row, member=clerk(case), purpose="お問い合わせへの対応")
        reply = people.data("words")["replies"][language][number]
        act.write_message(application=case.own, text=reply, by=clerk(case).user, from_desk=True)


def asked(case: Case, times: Times, after: datetime, days: float) -> Plot:
    """The desk marks answers to be corrected; `case.facts["asked"]` is False when there was nothing to ask."""
    moment = times.desk(after, days)
    yield moment
    items = mending.faulty_items(case, latest_walk(case.own))
    case.facts["asked"] = bool(items)
    if items:
        act.open_case(application=case.row, member=clerk(case))
        asked_for = act.request_correction(
            application=case.row, items=items, words=words(case, "corrections", "words"), by=clerk(case).user
        )
        case.facts |= {"correction": asked_for, "asked_at": moment}


def mended(case: Case, times: Times, days: float) -> Plot:
    """The resident corrects what was asked."""
    if not case.facts.get("asked"):
        return
    yield times.later(case.facts["asked_at"], days)
    correction = case.facts["correction"]
    mending.mend(case, correction, case.row, list(correction.items.values_list("path", flat=True)))
    correction.refresh_from_db()
    act.correct(correction=correction, by=case.own.resident)


def reviewed(case: Case, *, whole: bool) -> None:
    """What the desk looked at."""
    steps = case.own.procedure.review_steps
    for step in steps if whole else steps[: case.rng.randint(1, 2)]:
        act.record_review(application=case.own, step=step, passed=True, by=clerk(case).user)


def outcome_for(case: Case, subject: Subject) -> str:
    """What this subject gets, by what is usual in its procedure."""
    known = case.own.procedure.outcomes
    if case.facts.get("outcome") in known:
        return str(case.facts["outcome"])
    usual = {
        "hoiku-riyo": {"held": 0.42},
        "koza-moshikomi": {"held": 0.3},
        "kobunsho-kaiji": {"partly": 0.4},
        "kaikei-saiyo": {"refused": 0.4},
    }
    shares = {"refused": 0.07, "dismissed": 0.02} | usual.get(case.procedure, {})
    drawn = case.rng.random()
    for outcome, share in shares.items():
        if outcome in known and (drawn := drawn - share) < 0:
            return outcome
    return "granted"


def reason_for(case: Case, outcome: str) -> str:
    texts = people.data("words")["reasons"][outcome]
    text = str(case.rng.choice(texts.get(case.procedure) or texts["default"]))
    return HOLE.sub(lambda hole: _computed(case, hole[1]), text)


def _computed(case: Case, question: str) -> str:
    """A number that the form computed, as people write it; `place` is the next one on the waiting list."""
    if question == "place":
        return str(Subject.objects.filter(application__procedure=case.own.procedure, state="held").count() + 1)
    item = latest_walk(case.own).item(question)
    return f"{int(item.value):,}" if item is not None and item.value is not None else "別紙のとおり"


def decided_now(case: Case, times: Times, after: datetime, *, release: bool = True) -> Plot:
    """Every open subject gets its decision: proposed, agreed to, told."""
    subjects = list(case.own.subjects.filter(state="open"))
    outcomes = [outcome_for(case, subject) for subject in subjects]
    if len(subjects) > 1 and case.procedure == "hoiku-riyo":
        outcomes = ["granted", *["held"] * (len(subjects) - 1)]  # one child has a place, the other waits
    needs_second = case.own.procedure.second_review
    moment = after
    for subject, outcome in zip(subjects, outcomes, strict=True):
        if needs_second:
            act.propose(
                subject=subject, outcome=outcome, reason=reason_for(case, outcome), note=words(case, "proposals"), by=clerk(case).user
            )
            yield (moment := times.desk(moment, 1))
            act.decide_as_proposed(subject=subject, by=chief(case), release=release)
        else:
            decide_one(case, subject, outcome, release)
    tell_opinion(case, "decided", 0.1)


def decide_one(case: Case, subject: Subject, outcome: str, release: bool) -> None:
    try:
        act.decide(subject, by=clerk(case).user, outcome=outcome, reason=reason_for(case, outcome), release=release)
    except Refused as refused:
        if refused.code != "full":
            raise
        act.decide(subject, by=clerk(case).user, outcome="held", reason=reason_for(case, "held"), release=release)


def answered_offer(case: Case, times: Times, after: datetime) -> Plot:
    """Who got a place takes it, or does not."""
    yield times.later(after, case.rng.randint(1, 5))
    for subject in case.own.subjects.filter(state="granted"):
        if chance(case, 0.7):
            act.accept_offer(subject=subject, by=case.own.resident)
        elif chance(case, 0.5):
            act.decline(subject=subject, by=case.own.resident)


def came_back(case: Case) -> None:
    """The newest mail of this case came back: the address is wrong."""
    notice = Notice.objects.of(case.own.uuid).filter(state=NoticeState.SENT, channel="email").order_by("-id").first()
    if notice is not None:
        returned(notice, by=clerk(case).user)


def tell_opinion(case: Case, end: str, share: float, *, by_staff: bool = False) -> None:
    if chance(case, share):
        score, text = words(case, "feedback", end)
        procedure = case.own.procedure if case.application else None
        act.give_feedback(end=end, score=score, words=text, procedure=procedure, language=case.own.language, by_staff=by_staff)
