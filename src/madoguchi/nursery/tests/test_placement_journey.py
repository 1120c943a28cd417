"""From filed applications to notices: taken in, scored, placed, agreed to, decided, told, answered, and on to the next round."""

from __future__ import annotations

import pytest

from madoguchi.applications import actions as applications
from madoguchi.applications.models import Decision, Subject
from madoguchi.applications.tests.make import make_filed
from madoguchi.jobs.models import Job, JobState
from madoguchi.jobs.tests.make import run_tasks
from madoguchi.lib.errors import Refused
from madoguchi.nursery import actions as act
from madoguchi.nursery.batches.deciding import decide_round, recall_round, tell_round
from madoguchi.nursery.batches.taking_in import take_in
from madoguchi.nursery.models import Candidate, CandidateState, Facility, Fact, Household, Placement, Round, Run
from madoguchi.nursery.tests.make import make_round, make_ward, nursery_answers, wished

pytestmark = pytest.mark.django_db


def job_done(job: Job) -> Job:
    run_tasks()
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.problem
    return job


@pytest.fixture
def ward(division, clerk, chief):
    return make_ward(division)


def placed_round(ward, clerk) -> Round:
    """Six families for two seats of a class: full time before part time, one parent before all."""
    procedure, row, (sun, moon, *_rest) = ward
    for hours in ("40.0", "36.0", "30.0", "24.0"):
        make_filed(procedure, nursery_answers([{"wishes": wished(sun, moon)}], hours=hours))
    make_filed(procedure, nursery_answers([{"wishes": wished(sun)}], single=True))
    twins = [{"wishes": wished(sun, moon)}, {"wishes": wished(sun, moon), "child_birth": "2024-06-01"}]
    make_filed(procedure, nursery_answers(twins, hours="20.0", same_time="required", same_facility="required"))
    job_done(take_in(round=row, by=clerk.user))
    row.refresh_from_db()
    act.move_round(round=row, to="closed", by=clerk.user)
    act.start_run(round=row, by=clerk.user)
    run_tasks()
    return Round.objects.get(pk=row.pk)


def outcome(row: Round) -> dict[str, str]:
    run = row.runs.get()
    return {
        place.candidate.code[:3] + str(place.candidate.score["shown_points"]): str(place.facility or "") for place in run.placements.all()
    }


def test_from_applications_to_notices_and_the_next_round(ward, clerk, chief):
    _procedure, _row, (sun, moon, *_rest) = ward
    row = placed_round(ward, clerk)
    run = row.runs.get()
    assert (run.state, run.problem, run.result["stable"], run.result["agrees"]) == ("done", "", True, True)
    assert (Household.objects.count(), Candidate.objects.count(), run.summary["seated"]) == (6, 7, 2)
    best = {place.candidate.score["shown_points"]: place.facility for place in run.placements.select_related("candidate", "facility")}
    assert (best[26], best[24]) == (sun, moon)

    act.propose_run(run=run, by=clerk.user)
    with pytest.raises(Refused):
        act.approve_round(round=row, by=clerk.user)
    row = act.approve_round(round=row, by=chief.user)
    assert row.frozen_sha256 == run.input_sha256

    job = job_done(decide_round(round=row, by=chief.user))
    assert job.refused == []
    row.refresh_from_db()
    assert row.state == "finalised"
    assert Decision.objects.filter(released_at=None).count() == 7
    job_done(recall_round(round=row, by=chief.user))
    assert not Candidate.objects.exclude(state=CandidateState.APPLYING).exists()
    job_done(decide_round(round=Round.objects.get(pk=row.pk), by=chief.user))
    job_done(tell_round(round=Round.objects.get(pk=row.pk), by=chief.user))
    row.refresh_from_db()
    assert (row.state, Decision.objects.filter(recalled_at=None, released_at=None).count()) == ("told", 0)
    assert sorted(Candidate.objects.values_list("state", flat=True)) == ["offered"] * 2 + ["waitlisted"] * 5
    held = Candidate.objects.filter(state="waitlisted").first()
    assert "第1希望" in held.decision.reason
    assert row.figures["totals"]["waiting"] == 5

    the_next_round(row, sun, clerk, chief)


def the_next_round(row: Round, sun: Facility, clerk, chief) -> None:
    """A place of the first round is declined, and goes to one who waited."""
    procedure, winner = row.procedure, Candidate.objects.get(state="offered", placed=sun)
    applications.decline(subject=winner.subject)
    second = make_round(
        procedure,
        slug="2027-04-second",
        previous=row,
        applications_until=row.applications_until,
        changes_until=row.changes_until,
        result_on=row.result_on,
    )
    assert act.free_seats(round=second, by=clerk.user).seats()[sun.code][1] == 1
    winner.refresh_from_db()
    assert winner.state == CandidateState.DECLINED
    job_done(take_in(round=second, by=clerk.user))
    assert second.candidates.count() == 5
    act.move_round(round=second, to="closed", by=clerk.user)
    act.start_run(round=second, by=clerk.user)
    run_tasks()
    assert second.runs.get().summary["newly_seated"] == 1
    decide = act.propose_run(run=second.runs.get(), by=clerk.user)
    act.approve_round(round=decide, by=chief.user)
    job = job_done(decide_round(round=Round.objects.get(pk=second.pk), by=chief.user))
    assert job.refused == []
    assert Subject.objects.filter(state="granted").count() == 2


def test_a_run_is_stale_after_a_fact_or_a_seat_changed(ward, clerk, chief):
    row = placed_round(ward, clerk)
    run, household = row.runs.get(), Household.objects.first()
    act.correct_fact(household=household, parent=1, key="hours", value="10", reason="証明書のとおり", by=clerk.user)
    act.score_household(household=household, by=clerk.user)
    with pytest.raises(Refused) as refused:
        act.propose_run(run=run, by=clerk.user)
    assert refused.value.code == "run_stale"


def test_the_same_rows_give_the_same_input_and_the_same_places(ward, clerk):
    row = placed_round(ward, clerk)
    act.start_run(round=row, by=clerk.user)
    run_tasks()
    one, two = Run.objects.order_by("number")
    assert one.input_sha256 == two.input_sha256
    assert list(Placement.objects.filter(run=one).order_by("candidate").values_list("facility", flat=True)) == list(
        Placement.objects.filter(run=two).order_by("candidate").values_list("facility", flat=True)
    )


def test_what_if_one_more_seat_shows_who_moves(ward, clerk):
    row = placed_round(ward, clerk)
    _procedure, _row, (sun, *_rest) = ward
    made = act.start_what_if(run=row.runs.get(), change={"seats": [[sun.code, 1, 1]]}, label="席+1", by=clerk.user)
    run_tasks()
    made.refresh_from_db()
    assert (made.state, made.difference["seated_after"] - made.difference["seated_before"]) == ("done", 1)
    assert len(made.difference["chains"][0]) == 2
    with pytest.raises(Refused):
        act.propose_run(run=made, by=clerk.user)


def test_taking_in_again_changes_nothing_and_an_amendment_waits_beside_what_is_in_force(ward, clerk):
    procedure, row, (sun, moon, *_rest) = ward
    filed = make_filed(procedure, nursery_answers([{"wishes": wished(sun)}]))
    job_done(take_in(round=row, by=clerk.user))
    before = Fact.objects.count()
    job_done(take_in(round=row, by=clerk.user))
    assert Fact.objects.count() == before
    child = Candidate.objects.get()
    assert (child.wishes, child.age_class, child.score["shown_points"]) == ([sun.code], 1, 24)
    applications.accept(application=filed, by=clerk.user)
    amendment = applications.begin_amendment(application=filed)
    values = {**amendment.values, "child": [{**amendment.values["child"][0], "wishes": wished(moon, sun)}]}
    amendment.values = values
    amendment.save()
    applications.amend(amendment=amendment)
    job_done(take_in(round=row, by=clerk.user))
    child.refresh_from_db()
    proposed = Fact.objects.proposed().get()
    assert (child.wishes, proposed.key, proposed.value, proposed.revision.number) == ([sun.code], "wishes", [moon.code, sun.code], 2)
    act.take_over(facts=[proposed], by=clerk.user)
    child.refresh_from_db()
    assert child.wishes == [moon.code, sun.code]
    assert child.wish_changes.get().before == [sun.code]


def test_a_transfer_keeps_its_seat_and_one_not_born_is_offered_provisionally(ward, clerk, chief):
    procedure, row, (sun, moon, *_rest) = ward
    transfer = {
        "now": "licensed",
        "now_facility": wished(moon)[0],
        "now_since": "2026-04-01",
        "transfer_reason": "近い園",
        "wishes": wished(sun),
    }
    make_filed(procedure, nursery_answers([transfer], hours="20.0"))
    make_filed(procedure, nursery_answers([{"wishes": wished(sun)}]))
    unborn = {"child_expected": True, "child_name": None, "child_birth": "2027-01-20", "wishes": wished(sun)}
    make_filed(procedure, nursery_answers([unborn], hours="30.0"))
    job_done(take_in(round=row, by=clerk.user))
    act.move_round(round=row, to="closed", by=clerk.user)
    act.start_run(round=row, by=clerk.user)
    run_tasks()
    run = row.runs.get()
    assert run.result["stable"], run.problem
    act.propose_run(run=run, by=clerk.user)
    act.approve_round(round=Round.objects.get(pk=row.pk), by=chief.user)
    job = job_done(decide_round(round=Round.objects.get(pk=row.pk), by=chief.user))
    assert job.refused == []
    states = {candidate.age_class: candidate for candidate in Candidate.objects.exclude(current=None)} | {
        -1: Candidate.objects.get(is_expected=True)
    }
    assert (states[1].state, states[1].placed, states[-1].state) == ("staying", moon, "provisional")
    assert states[1].decision.title.startswith("転園の結果（保留）")
    assert states[-1].decision.title.startswith("利用調整の結果（仮内定）")
