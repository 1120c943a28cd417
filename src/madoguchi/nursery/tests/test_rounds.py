"""A round's calendar, its moves, and places set by hand."""

from __future__ import annotations

from datetime import date

import pytest

from madoguchi.lib.errors import Refused
from madoguchi.nursery.actions.hand_places import place_by_hand, revoke_hand_place
from madoguchi.nursery.actions.rounds import change_round, move_round, open_round, send_round_back
from madoguchi.nursery.models import HandPlace, Round
from madoguchi.nursery.tests.make import make_candidate, make_facility, make_household, make_procedure, make_round, make_seats

pytestmark = pytest.mark.django_db
CALENDAR = {"applications_until": date(2026, 11, 20), "changes_until": date(2026, 11, 27), "result_on": date(2027, 1, 26)}


@pytest.fixture
def procedure(division):
    return make_procedure(division)


def opened(procedure, clerk, **changes):
    values = {"slug": "2027-04-first", "name": "4月 一次", "month": date(2027, 4, 1), "calendar": CALENDAR, **changes}
    return open_round(procedure=procedure, by=clerk.user, **values)


def test_rules_follow_the_month_of_intake(procedure, clerk):
    assert opened(procedure, clerk).fiscal_year == 2027
    assert opened(procedure, clerk, slug="2027-03", month=date(2027, 3, 1)).fiscal_year == 2026


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"month": date(2027, 4, 2)}, "month"),
        ({"calendar": {**CALENDAR, "result_on": None}}, "calendar"),
        ({"calendar": {**CALENDAR, "changes_until": date(2026, 11, 1)}}, "calendar"),
        ({"calendar": {**CALENDAR, "result_on": date(2026, 11, 21)}}, "calendar"),
        ({"name": "　"}, "name"),
        ({"max_wishes": 0}, "max_wishes"),
    ],
)
def test_a_calendar_that_does_not_hold_is_refused(procedure, clerk, changes, code):
    with pytest.raises(Refused) as refused:
        opened(procedure, clerk, **changes)
    assert refused.value.code == code
    assert not Round.objects.exists()


def test_a_slug_is_taken_once(procedure, clerk):
    opened(procedure, clerk)
    with pytest.raises(Refused) as refused:
        opened(procedure, clerk)
    assert refused.value.code == "slug_taken"


def test_it_opens_closes_and_opens_again_but_nothing_else(procedure, clerk):
    row = opened(procedure, clerk)
    for state in ("open", "closed", "open"):
        row = move_round(round=row, to=state, by=clerk.user)
        assert row.state == state
    for state in ("told", "finalised", "approved"):
        with pytest.raises(Refused):
            move_round(round=row, to=state, by=clerk.user)


def test_the_month_stays_once_families_are_in(procedure, clerk):
    row = opened(procedure, clerk)
    change_round(round=row, values={"month": date(2027, 5, 1)}, by=clerk.user)
    make_household(row)
    with pytest.raises(Refused) as refused:
        change_round(round=row, values={"month": date(2027, 6, 1)}, by=clerk.user)
    assert refused.value.code == "month_fixed"


def test_sending_back_needs_a_reason_and_something_to_send_back(procedure, clerk):
    row = make_round(procedure, state="closed")
    with pytest.raises(Refused):
        send_round_back(round=row, note=" ", by=clerk.user)
    with pytest.raises(Refused):
        send_round_back(round=row, note="数字がちがう", by=clerk.user)
    Round.objects.filter(pk=row.pk).update(state="proposed")
    assert send_round_back(round=row, note="数字がちがう", by=clerk.user).sent_back_note == "数字がちがう"


def test_a_place_by_hand_replaces_the_one_before_and_needs_a_seat(procedure, clerk):
    row, garden = make_round(procedure, state="closed"), make_facility()
    make_seats(row, {garden: [0, 1, 0, 0, 0, 0]})
    first, second = (make_candidate(make_household(row, code), [garden]) for code in ("A", "B"))
    place_by_hand(candidate=first, facility=garden, reason="障害児枠", by=clerk.user)
    place_by_hand(candidate=first, facility=garden, reason="障害児枠（再）", by=clerk.user)
    assert HandPlace.objects.standing().count() == 1
    with pytest.raises(Refused) as refused:
        place_by_hand(candidate=second, facility=garden, reason="緊急", by=clerk.user)
    assert refused.value.code == "no_seat"
    revoke_hand_place(place=HandPlace.objects.standing().get(), by=clerk.user)
    assert place_by_hand(candidate=second, facility=garden, reason="緊急", by=clerk.user).facility == garden


def test_nothing_is_set_by_hand_without_a_reason_or_in_a_fixed_round(procedure, clerk):
    row, garden = make_round(procedure, state="proposed"), make_facility()
    child = make_candidate(make_household(row), [garden])
    with pytest.raises(Refused) as refused:
        place_by_hand(candidate=child, facility=garden, reason="枠", by=clerk.user)
    assert refused.value.code == "round_fixed"
    Round.objects.filter(pk=row.pk).update(state="closed")
    with pytest.raises(Refused) as refused:
        place_by_hand(candidate=child, facility=garden, reason="", by=clerk.user)
    assert refused.value.code == "no_reason"
