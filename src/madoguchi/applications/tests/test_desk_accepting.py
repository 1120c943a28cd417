"""The desk opens, accepts and assigns; a 届出 ends there."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from madoguchi.accounts.models import AuditEntry
from madoguchi.accounts.tests.make import make_division, make_member
from madoguchi.applications.actions import (
    accept,
    amend,
    assign,
    begin_amendment,
    note,
    open_case,
    set_answer,
    take,
    usual_days,
    works_here,
    write_message,
)
from madoguchi.applications.models import Application, State, SubjectState
from madoguchi.applications.tests.make import make_draft, make_filed, make_procedure
from madoguchi.lib.errors import Refused
from madoguchi.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def procedure(division):
    return make_procedure(amend_until_days=30)


def test_accepting_names_the_assignee_and_tells(procedure, clerk) -> None:
    filed = make_filed(procedure, email="hanako@example.jp")
    accepted = accept(application=filed, by=clerk.user)
    assert (accepted.state, accepted.assignee) == (State.ACCEPTED, clerk.user)
    assert accepted.accepted_at is not None
    notice = Notice.objects.get(template="applications/accepted")
    assert notice.thread == str(filed.uuid)
    assert "花子" not in notice.body


def test_accepting_twice_is_one(procedure, clerk, chief) -> None:
    filed = make_filed(procedure)
    first = accept(application=filed, by=clerk.user)
    second = accept(application=filed, by=chief.user)
    assert (second.assignee, second.accepted_at) == (clerk.user, first.accepted_at)
    assert AuditEntry.objects.filter(verb="applications.accept").count() == 1


def test_a_draft_is_not_accepted(procedure, clerk) -> None:
    with pytest.raises(Refused) as refused:
        accept(application=make_draft(procedure), by=clerk.user)
    assert refused.value.code == "move"


def test_a_notification_ends_at_acceptance(division, clerk) -> None:
    filed = make_filed(make_procedure("todoke", kind="notification"))
    assert filed.is_open
    accepted = accept(application=filed, by=clerk.user)
    assert accepted.state == State.ACCEPTED
    assert accepted.is_finished
    assert not accepted.is_open
    assert accepted.subjects.get().state == SubjectState.RECEIVED
    assert not Application.objects.open().filter(pk=filed.pk).exists()
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert not Application.objects.overdue().filter(pk=filed.pk).exists()


def test_only_who_works_here_is_assigned(procedure, clerk, chief) -> None:
    filed = make_filed(procedure)
    assert assign(application=filed, to=chief.user, by=clerk.user).assignee == chief.user
    assert assign(application=filed, to=None, by=clerk.user).assignee is None
    stranger = make_member("clerk", make_division("zei", "課税課", "Tax"))
    designer = make_member("designer", procedure.division)
    for other in (stranger, designer):
        with pytest.raises(Refused) as refused:
            assign(application=filed, to=other.user, by=clerk.user)
        assert refused.value.code == "not_of_division"
    assert not works_here(stranger.user, filed)


def test_who_takes_second_is_told(procedure, clerk, chief) -> None:
    filed = make_filed(procedure)
    take(application=filed, by=clerk.user)
    with pytest.raises(Refused) as refused:
        take(application=filed, by=chief.user)
    assert refused.value.code == "taken"
    assert take(application=filed, by=clerk.user).assignee == clerk.user


def test_opening_is_written_down_once_in_ten_minutes(procedure, clerk, chief) -> None:
    filed = make_filed(procedure)
    entries = AuditEntry.objects.filter(verb="applications.open_case", on_id=str(filed.pk))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        open_case(application=filed, member=clerk)
        clock.shift(timedelta(minutes=9))
        open_case(application=filed, member=clerk)
        assert entries.count() == 1
        open_case(application=filed, member=chief, purpose="決裁")
        clock.shift(timedelta(minutes=2))
        open_case(application=filed, member=clerk, purpose="<b>自由な文</b>")
    assert entries.count() == 3
    assert [entry.details["purpose"] for entry in entries.order_by("seq")] == ["審査", "決裁", "審査"]
    assert all(entry.division == procedure.division for entry in entries)
    filed.refresh_from_db()
    assert filed.opened_at is not None


def test_what_is_new_stays_new_for_the_opening_that_shows_it(procedure, clerk) -> None:
    filed = make_filed(procedure)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        open_case(application=filed, member=clerk)
        clock.shift(timedelta(hours=1))
        amendment = begin_amendment(application=filed)
        set_answer(store=amendment, application=filed, path="amount", value=15000)
        amend(amendment=amendment)
        message = write_message(application=filed, text="よろしくお願いします")
        clock.shift(timedelta(hours=1))
        for _ in range(2):
            opening = open_case(application=filed, member=clerk)
            assert (opening.amendments, opening.messages) == ({amendment.pk}, {message.pk})
            assert opening.has_news
            clock.shift(timedelta(minutes=5))
        clock.shift(timedelta(hours=1))
        assert not open_case(application=filed, member=clerk).has_news


def test_another_division_opens_nothing(procedure) -> None:
    filed = make_filed(procedure)
    zei = make_division("zei", "課税課", "Tax")
    for member in (make_member("clerk", zei), make_member("operator"), make_member("ict")):
        with pytest.raises(Refused) as refused:
            open_case(application=filed, member=member)
        assert refused.value.code == "other_division"
        assert not Application.objects.visible_to(member).exists()


def test_notes_are_kept_and_not_empty(procedure, clerk) -> None:
    filed = make_filed(procedure)
    assert note(application=filed, text=" 電話で確かめた ", by=clerk.user).text == "電話で確かめた"
    for text, code in ((" ", "empty"), ("あ" * 5000, "too_long")):
        with pytest.raises(Refused) as refused:
            note(application=filed, text=text, by=clerk.user)
        assert refused.value.code == code


def test_usual_days_leave_out_the_waiting_and_need_five(division, clerk) -> None:
    procedure = make_procedure("todoke", kind="notification")
    now = timezone.now()
    for days in (2, 4, 6, 8):
        case = make_filed(procedure, arrived=now - timedelta(days=days))
        accept(application=case, by=clerk.user)
    assert usual_days(procedure) is None
    slow = make_filed(procedure, arrived=now - timedelta(days=30))
    slow.corrections.create(
        from_state="submitted",
        due_on=now.date(),
        asked_by=clerk.user,
        asked_at=now - timedelta(days=28),
        ended_at=now - timedelta(days=8),
        state="answered",
    )
    accept(application=slow, by=clerk.user)
    assert usual_days(procedure) == (4, 8)  # 2, 4, 6, 8 and 30 - 20
