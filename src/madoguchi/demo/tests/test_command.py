"""`madoguchi demo` refuses whatever could do harm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from madoguchi.accounts.actions import open_municipality
from madoguchi.demo import personas
from madoguchi.demo.clock import Clock, phrases_ahead
from madoguchi.lib import phrases


def test_only_in_demo_mode():
    with pytest.raises(CommandError, match="MADOGUCHI_MODE=demo"):
        call_command("demo", no_serve=True)


@override_settings(DEMO=True)
@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.jp"])
def test_only_on_this_machine(host):
    with pytest.raises(CommandError, match="this machine only"):
        call_command("demo", host=host)


@override_settings(DEMO=True)
def test_never_beside_a_real_municipality(db):
    open_municipality(slug="real", name="本物市", name_en="Real City")
    with pytest.raises(CommandError, match="not invented"):
        call_command("demo", no_serve=True)


@override_settings(DEMO=True)
def test_a_filled_city_is_left_as_it_is(db, capsys):
    open_municipality(slug="koto", name="江東区", name_en="Koto City", is_invented=True)
    call_command("demo", no_serve=True)
    said = capsys.readouterr().out
    assert "hanako@example.jp" in said
    assert "mihon-no-machi" in said


def test_what_is_printed_names_every_persona():
    said = "\n".join(personas.lines(personas.sign_ins(), "http://localhost:8000"))
    for name in ("clerk", "chief", "designer", "ict", "auditor", "operator"):
        assert f"  {name} " in said
    assert "http://localhost:8000/mailbox/" in said


def test_the_clock_goes_forward_only_and_is_put_back():
    start = datetime(2026, 1, 5, 9, tzinfo=UTC)
    clock = Clock(start)
    with clock.running():
        assert timezone.now() == start
        clock.forward(start + timedelta(days=3))
        clock.forward(start)
        assert timezone.now() == start + timedelta(days=3)
        assert timezone.is_aware(timezone.now())
    assert timezone.now() > datetime(2026, 6, 1, tzinfo=UTC)


@override_settings(TESTING=False)
def test_the_clock_runs_nowhere_else():
    with pytest.raises(RuntimeError), Clock(timezone.now()).running():
        pass


def test_phrases_that_were_prepared_open_like_others():
    with phrases_ahead(2):
        made = [phrases.new_phrase() for _ in range(3)]
        assert all(phrases.check_phrase(phrase, phrases.hash_phrase(phrase)) for phrase in made)
    assert len(set(made)) == 3
