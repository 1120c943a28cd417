"""Outages: recorded, told to residents, and the deadlines that are moved for them and put back."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from madoguchi.accounts.models import AuditEntry
from madoguchi.accounts.tests.make import make_member
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import (
    cancel_outage,
    deadlines_in,
    end_outage,
    move_deadlines,
    new_day,
    record_outage,
    reopen,
    take_back_deadlines,
)
from madoguchi.procedures.models import MovedDeadline, Outage, Procedure
from madoguchi.procedures.tests.make import make_procedure, signed_in, words

TOKYO = ZoneInfo("Asia/Tokyo")
FRIDAY = date(2026, 6, 5)
MONDAY = date(2026, 6, 8)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=TOKYO)


@pytest.fixture
def clock():
    with time_machine.travel(at(6, 9), tick=False) as clock:
        yield clock


@pytest.fixture
def ict(clock, division):
    return make_member("ict", division)


@pytest.fixture
def dog(clock, division):
    return make_procedure(division, closes_on=FRIDAY)


@pytest.fixture
def evening(ict):
    """Friday, 20:00 to 22:30: the last evening of what closes on that day."""
    return record_outage(began_at=at(5, 20), ended_at=at(5, 22, 30), reason="fault", note="内部のメモ", by=ict.user)


@pytest.mark.parametrize(
    ("began", "ended", "reached"),
    [
        (at(5, 20), at(5, 22, 30), True),  # an hour and a half before the end of the day
        (at(5, 9), at(5, 10), False),  # fourteen hours before: there was time
        (at(5, 9), at(5, 12, 1), True),
        (at(5, 23), at(6, 3), True),  # over midnight
        (at(6, 0, 1), at(6, 9), False),  # only after it had closed
        (at(4, 10), at(8, 9), True),  # for days
    ],
)
def test_a_deadline_is_reached_inside_and_shortly_after(dog, ict, began, ended, reached) -> None:
    outage = record_outage(began_at=began, ended_at=ended, reason="fault", by=ict.user)
    assert [due.procedure.pk for due in deadlines_in(outage=outage)] == ([dog.pk] if reached else [])


def test_the_hours_are_a_setting(dog, ict, settings) -> None:
    outage = record_outage(began_at=at(5, 9), ended_at=at(5, 10), reason="fault", by=ict.user)
    settings.OUTAGE_NEAR_HOURS = 14
    assert [due.before for due in deadlines_in(outage=outage)] == [FRIDAY]


def test_the_new_day_is_a_whole_open_day_after_the_service_was_back(dog, evening, ict, municipality) -> None:
    (due,) = deadlines_in(outage=evening)
    assert (due.before, due.after) == (FRIDAY, MONDAY)
    municipality.closed_days = ["2026-06-08"]
    assert new_day(outage=evening, last_day=FRIDAY, municipality=municipality) == date(2026, 6, 9)
    cancel_outage(outage=evening, by=ict.user)
    long = record_outage(began_at=at(5, 20), ended_at=at(9, 15), reason="disaster", by=ict.user)
    assert deadlines_in(outage=long)[0].after == date(2026, 6, 10)


def test_moving_and_putting_back(client, dog, evening, ict, clock) -> None:
    clock.move_to(at(6, 9))
    assert not Procedure.objects.get().is_open(timezone.localdate())
    (due,) = deadlines_in(outage=evening)
    assert move_deadlines(outage=evening, keys=[due.key], by=ict.user) == 1
    dog.refresh_from_db()
    assert dog.closes_on == MONDAY
    assert dog.is_open(timezone.localdate())
    assert deadlines_in(outage=evening) == [], "what was moved is not offered again"
    moved = MovedDeadline.objects.get()
    assert (moved.before, moved.after, moved.taken_back_at) == (FRIDAY, MONDAY, None)
    with pytest.raises(Refused, match="先に期限をもどして"):
        cancel_outage(outage=evening, by=ict.user)
    with pytest.raises(Refused, match="先に期限をもどして"):
        end_outage(outage=evening, ended_at=at(5, 23), by=ict.user)
    assert take_back_deadlines(outage=evening, by=ict.user) == 1
    dog.refresh_from_db()
    assert dog.closes_on == FRIDAY
    assert MovedDeadline.objects.get().taken_back_at is not None
    assert [due.procedure for due in deadlines_in(outage=evening)] == [dog], "and can be moved again"
    assert move_deadlines(outage=evening, keys=[due.key], by=ict.user) == 1
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"procedures.record_outage", "procedures.move_deadlines", "procedures.take_back_deadlines"} <= verbs


def test_what_somebody_set_anew_is_not_put_back(dog, evening, ict) -> None:
    move_deadlines(outage=evening, keys=[deadlines_in(outage=evening)[0].key], by=ict.user)
    dog.refresh_from_db()
    reopen(procedure=dog, closes_on=date(2026, 6, 30), by=ict.user)
    assert take_back_deadlines(outage=evening, by=ict.user) == 0
    dog.refresh_from_db()
    assert dog.closes_on == date(2026, 6, 30)


def test_only_what_was_chosen_moves_and_the_last_day_of_amending_too(dog, evening, ict, division) -> None:
    cat = make_procedure(division, "cat", name=words("猫"), closes_on=FRIDAY, amend_until_on=FRIDAY)
    dues = {due.key: due for due in deadlines_in(outage=evening)}
    assert len(dues) == 3
    move_deadlines(outage=evening, keys=[f"{cat.pk}:amend_until_on"], by=ict.user)
    dog.refresh_from_db()
    cat.refresh_from_db()
    assert (dog.closes_on, cat.closes_on, cat.amend_until_on) == (FRIDAY, FRIDAY, MONDAY)
    for keys, code in (([], "none_chosen"), (["999:closes_on"], "changed")):
        with pytest.raises(Refused) as refused:
            move_deadlines(outage=evening, keys=keys, by=ict.user)
        assert refused.value.code == code


def test_nothing_is_moved_while_it_lasts(dog, ict) -> None:
    outage = record_outage(began_at=at(5, 20), ended_at=None, reason="fault", by=ict.user)
    assert deadlines_in(outage=outage) == []
    end_outage(outage=outage, ended_at=at(5, 22), by=ict.user)
    outage.refresh_from_db()
    assert len(deadlines_in(outage=outage)) == 1


def test_times_must_make_sense_and_one_outage_is_recorded_once(evening, ict) -> None:
    for began, ended, code in ((at(5, 20), at(5, 20), "order"), (at(5, 21), None, "overlap"), (at(5, 19), at(5, 21), "overlap")):
        with pytest.raises(Refused) as refused:
            record_outage(began_at=began, ended_at=ended, reason="fault", by=ict.user)
        assert refused.value.code == code
    cancel_outage(outage=evening, by=ict.user)
    assert record_outage(began_at=at(5, 21), ended_at=None, reason="fault", by=ict.user).pk


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (at(1, 9), ""),
        (at(3, 9), "オンライン窓口が止まる予定です"),
        (at(5, 21), "いま、オンライン窓口が使いにくくなっています"),
        (at(6, 9), "オンライン窓口が使えない時間がありました"),
        (at(13, 9), ""),
    ],
)
def test_residents_are_told_before_meanwhile_and_after(client, dog, evening, clock, moment, said) -> None:
    clock.move_to(moment)
    for path in ("/koto/", "/koto/procedures/"):
        page = client.get(path).content.decode()
        assert ("オンライン窓口" in page and said in page) if said else "使えない時間" not in page
        assert "内部のメモ" not in page
    for language in ("en", "ja-plain"):
        page = client.get(f"/koto/?lang={language}").content.decode()
        assert page.count('class="notice warning"') == (1 if said else 0)


def test_an_outage_of_one_municipality_is_not_told_in_another(client, evening, other_municipality) -> None:
    assert "使えない時間" not in client.get("/midori/").content.decode()


def test_the_pages(dog, ict, division) -> None:
    browser = signed_in(ict)
    page = browser.post("/koto/desk/outages/", {"began_at": "2026-06-05T20:00", "ended_at": "きのう", "reason": "fault"})
    assert page.status_code == 400
    assert "日時を読み取れません" in page.content.decode()
    assert "2026-06-05T20:00" in page.content.decode(), "what was typed stays"
    page = browser.post("/koto/desk/outages/", {"began_at": "2026-06-05T20:00", "ended_at": "2026-06-05T19:00", "reason": "fault"})
    assert "止まった日時より後" in page.content.decode()
    response = browser.post("/koto/desk/outages/", {"began_at": "2026-06-05T20:00", "ended_at": "", "reason": "fault"})
    outage = Outage.objects.get()
    where = f"/koto/desk/outages/{outage.pk}/"
    assert response["Location"] == where
    assert outage.began_at == at(5, 20)
    assert browser.post(where, {"act": "end", "ended_at": "2026-06-05T22:30"}).status_code == 302
    page = browser.get(where).content.decode()
    assert "犬の登録" in page
    assert f'value="{dog.pk}:closes_on"' in page
    assert browser.post(where, {"act": "move", "key": f"{dog.pk}:closes_on"}, follow=True).status_code == 200
    dog.refresh_from_db()
    assert dog.closes_on == MONDAY
    assert browser.post(where, {"act": "move"}).status_code == 409
    assert browser.post(where, {"act": "take_back"}).status_code == 302
    assert browser.post(where, {"act": "cancel"}).status_code == 302
    assert browser.post(where, {"act": "cancel"}).status_code == 409
    dog.refresh_from_db()
    assert dog.closes_on == FRIDAY
    clerk = signed_in(make_member("clerk", division))
    assert clerk.get("/koto/desk/outages/").status_code == 404
