"""An outage and the people it reaches: drafts are told, deadlines of corrections are moved and put back."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from madoguchi.accounts.tests.make import make_member
from madoguchi.applications import batches
from madoguchi.applications.actions import correct, discard, request_correction, submit
from madoguchi.applications.models import Correction, MovedCorrection
from madoguchi.applications.tests.make import make_draft, make_filed, make_procedure
from madoguchi.engines.forms import put
from madoguchi.jobs.models import Job
from madoguchi.jobs.tests.make import run_tasks
from madoguchi.lib.errors import Refused
from madoguchi.notices.models import Notice
from madoguchi.procedures.actions import cancel_outage, deadlines_in, move_deadlines, record_outage, take_back_deadlines
from madoguchi.procedures.models import Procedure

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")
LAST = date(2026, 6, 15)
NEXT = date(2026, 6, 16)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=TOKYO)


@pytest.fixture
def clock():
    with time_machine.travel(at(1, 10), tick=False) as clock:
        yield clock


@pytest.fixture
def ict(clock, division):
    return make_member("ict", division).user


@pytest.fixture
def procedure(clock, division):
    return make_procedure(closes_on=LAST)


def outage_on_the_last_evening(ict):
    return record_outage(began_at=at(15, 20), ended_at=at(15, 23), reason="fault", by=ict)


def keys(outage):
    return [due.key for due in deadlines_in(outage=outage)]


def test_somebody_with_a_draft_is_told_and_can_still_send_it(procedure, clock, ict) -> None:
    draft = make_draft(procedure, email="hanako@example.jp")
    make_draft(procedure)  # nobody can be told
    clock.move_to(at(16, 9))
    with pytest.raises(Refused):
        submit(application=draft)
    move_deadlines(outage=(outage := outage_on_the_last_evening(ict)), keys=keys(outage), by=ict)
    (notice,) = Notice.objects.filter(template="applications/closing_moved")
    assert notice.email == "hanako@example.jp"
    assert "6月16日" in notice.subject
    assert "試験の手続き" in notice.body
    draft.procedure.refresh_from_db()
    assert submit(application=draft).number


def test_many_drafts_are_told_by_a_job(procedure, clock, ict, monkeypatch) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 1)
    drafts = [make_draft(procedure, email=f"{name}@example.jp") for name in "abc"]
    discard(application=drafts[0])  # thrown away before the job comes to it
    clock.move_to(at(16, 9))
    outage = outage_on_the_last_evening(ict)
    move_deadlines(outage=outage, keys=keys(outage), by=ict)
    job = Job.objects.get(kind=batches.TELL_CLOSING)
    assert job.total == 2
    assert Notice.objects.filter(template="applications/closing_moved").count() == 0
    run_tasks()
    assert set(Notice.objects.filter(template="applications/closing_moved").values_list("email", flat=True)) == {
        "b@example.jp",
        "c@example.jp",
    }
    job.refresh_from_db()
    assert job.done == 2


def test_deadlines_of_corrections_are_moved_by_procedure_and_day(procedure, clock, clerk, ict) -> None:
    Procedure.objects.filter(pk=procedure.pk).update(closes_on=None)
    asked = [
        request_correction(application=make_filed(procedure, email=email), items=[("reason", "確かめて")], due_on=due, by=clerk.user)
        for email, due in (("a@example.jp", LAST), ("b@example.jp", LAST), ("c@example.jp", date(2026, 6, 17)))
    ]
    clock.move_to(at(16, 9))
    outage = outage_on_the_last_evening(ict)
    (due,) = deadlines_in(outage=outage)
    assert (due.kind, due.count, due.before, due.after) == ("correction", 2, LAST, NEXT)
    move_deadlines(outage=outage, keys=[due.key], by=ict)
    days = [Correction.objects.get(pk=one.pk).due_on for one in asked]
    assert days == [NEXT, NEXT, date(2026, 6, 17)]
    assert Notice.objects.filter(template="applications/correction_moved").count() == 2
    with pytest.raises(Refused):
        cancel_outage(outage=outage, by=ict)
    # one answers before it is put back: theirs stays
    answered = Correction.objects.get(pk=asked[0].pk)
    answered.values = put(answered.values, "reason", "直しました")
    answered.save()
    correct(correction=answered)
    assert take_back_deadlines(outage=outage, by=ict) == 1
    assert [Correction.objects.get(pk=one.pk).due_on for one in asked] == [NEXT, LAST, date(2026, 6, 17)]
    assert MovedCorrection.objects.filter(taken_back_at=None).count() == 0
    cancel_outage(outage=outage, by=ict)


def test_the_page_shows_how_many_and_never_whose(client, procedure, clock, clerk, division, ict) -> None:
    request_correction(application=make_filed(procedure), items=[("reason", "確かめて")], due_on=LAST, by=clerk.user)
    clock.move_to(at(16, 9))
    outage = outage_on_the_last_evening(ict)
    client.force_login(ict)
    client.cookies["madoguchi_desk"] = client.cookies["sessionid"].value
    page = client.get(f"/koto/desk/outages/{outage.pk}/").content.decode()
    assert "補正の期限（1件）" in page
    assert "架空 花子" not in page
