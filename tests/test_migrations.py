"""Migrations say what the models say, and the database's guards come back whatever way a migration went."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from madoguchi.lib import dbguards

CLEAN: dict[str, list[str]] = {"missing": [], "unknown": [], "changed": []}


@pytest.mark.django_db
def test_the_models_hold_nothing_that_no_migration_makes(capsys):
    try:
        call_command("makemigrations", check_changes=True, dry_run=True)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


@pytest.mark.django_db
def test_every_guard_stands_after_migrating():
    assert dbguards.wanted(connection.vendor), "guards are derived from the models: there must be some"
    assert dbguards.compare(connection) == CLEAN


@pytest.mark.django_db
def test_every_owned_model_is_guarded():
    """Each reference between two rows of a municipality, each row's municipality, each append-only row."""
    tables = {guard.table for guard in dbguards.wanted(connection.vendor)}
    assert {model._meta.db_table for model in dbguards.owned_models()} <= tables
    assert {model._meta.db_table for model in dbguards.append_only_models()} <= tables


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("room", ["applications", "accounts"])
def test_guards_are_kept_going_back_and_forth(room):
    """`applications` takes the uppermost room down, `accounts` all of them; nothing of the guards may be left, or missing after."""
    before = set(dbguards._standing(connection))
    try:
        call_command("migrate", room, "zero", verbosity=0, interactive=False)
        below = set(dbguards._standing(connection))
        assert below < before
        assert not [name for name in below if f"_{room}_" in name]
    finally:
        call_command("migrate", verbosity=0, interactive=False)
    assert dbguards.compare(connection) == CLEAN
    assert set(dbguards._standing(connection)) == before
