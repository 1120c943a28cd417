"""What a round leaves to the next."""

from __future__ import annotations

import pytest

from madoguchi.nursery.models import Candidate
from madoguchi.nursery.models.freeing import seats_left
from madoguchi.nursery.tests.make import make_candidate, make_facility, make_household, make_procedure, make_round, make_seats

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward(division):
    row = make_round(make_procedure(division), state="told")
    sun, moon = make_facility("100010"), make_facility("200010", "月")
    make_seats(row, {sun: [None, 2, 1, 0, 0, 0], moon: [None, 1, 0, None, None, None]})
    return row, sun, moon


def placed(row, code, facility, state, **facts) -> Candidate:
    return make_candidate(make_household(row, code), [facility], placed=facility, state=state, **facts)


def test_seats_that_are_held_are_gone_and_declined_ones_are_free(ward):
    row, sun, _ = ward
    placed(row, "A", sun, "accepted")
    placed(row, "B", sun, "declined")
    assert seats_left(row)["100010"] == [None, 1, 1, 0, 0, 0]


def test_a_transfer_leaves_its_seat_and_one_that_stays_keeps_it(ward):
    row, sun, moon = ward
    placed(row, "A", sun, "accepted", current=moon)
    placed(row, "B", moon, "staying", current=moon)
    left = seats_left(row)
    assert (left["100010"], left["200010"]) == ([None, 1, 1, 0, 0, 0], [None, 2, 0, None, None, None])


def test_who_leaves_at_three_frees_no_seat_of_the_class_above(ward):
    row, sun, moon = ward
    type(moon).objects.filter(pk=moon.pk).update(oldest_class=2)
    moon.refresh_from_db()
    placed(row, "A", sun, "accepted", current=moon, age_class=3)
    assert seats_left(row)["200010"] == [None, 1, 0, None, None, None]


def test_a_shared_pool_is_counted_as_one_and_never_below_zero(ward):
    row, sun, _ = ward
    type(sun).objects.filter(pk=sun.pk).update(shared=[[1, 2]])
    for code in ("A", "B"):
        placed(row, code, sun, "accepted", age_class=2)
    assert seats_left(row)["100010"] == [None, 1, 0, 0, 0, 0]
