"""The limiter: what it counts stays counted for the whole window, whoever else is counted meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from madoguchi.lib import limits
from madoguchi.lib.limits import Limit, caller

pytestmark = pytest.mark.django_db
TRIES = Limit("test-tries", 3, 15 * 60)


@pytest.fixture(autouse=True)
def empty():
    cache.clear()


@pytest.fixture
def clock(monkeypatch):
    """Moves the time on, for the limiter and the cache alike; begins at the start of a window."""
    now = timezone.now().replace(minute=0, second=1, microsecond=0)
    moved = {"by": timedelta()}

    def seconds() -> float:
        return (now + moved["by"]).timestamp()

    monkeypatch.setattr("time.time", seconds)
    for module in ("django.utils.timezone.now", "django.core.cache.backends.db.tz_now"):
        monkeypatch.setattr(module, lambda: now + moved["by"])
    return lambda **by: moved.update(by=timedelta(**by))


def test_the_count_lasts_as_long_as_its_window(clock):
    assert [TRIES.hit("a").allowed for _ in range(4)] == [True, True, True, False]
    clock(minutes=14)
    assert not TRIES.hit("a").allowed
    clock(minutes=16)
    assert TRIES.hit("a").allowed


def test_a_crowd_of_others_makes_nobody_forgotten():
    for _ in range(4):
        TRIES.hit("a")
    for number in range(400):  # more than Django's database cache keeps by itself
        TRIES.hit(f"other {number}")
    assert not TRIES.look("a").allowed


def test_looking_counts_nothing_and_clearing_forgets():
    TRIES.hit("a")
    assert [TRIES.look("a").used for _ in range(3)] == [2, 2, 2]
    TRIES.clear("a")
    assert TRIES.look("a").used == 1


def test_what_is_over_is_swept(clock):
    TRIES.hit("a")
    assert limits.sweep() == 0
    clock(hours=2)
    TRIES.hit("b")
    assert limits.sweep() == 1
    assert TRIES.look("b").used == 2


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_a_household_is_one_caller(address, who):
    assert caller(address) == who
