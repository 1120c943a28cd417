"""The walls in the database: what the ORM lets through, a trigger or constraint refuses."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django_scopes import scope
from django_scopes.exceptions import ScopeError

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import AuditEntry, Division, Membership, User
from madoguchi.accounts.tests.make import make_division, make_member
from madoguchi.lib import dbguards

REFUSED = (IntegrityError,)


def test_a_query_outside_a_scope_raises(municipality):
    with pytest.raises(ScopeError):
        Division.objects.count()


def test_a_row_takes_the_scopes_municipality_and_no_other(municipality, other_municipality):
    with scope(municipality=municipality):
        assert make_division().municipality == municipality
        with pytest.raises(PermissionDenied):
            Division.objects.create(municipality=other_municipality, code="x", name="x", name_en="x")


def test_a_reference_across_municipalities_is_refused_by_the_database(municipality, other_municipality):
    with scope(municipality=other_municipality):
        foreign = make_division("foreign", "よその課", "Foreign")
    user = User.objects.create_user("someone", "x" * 20)
    with scope(municipality=municipality), pytest.raises(REFUSED), transaction.atomic():
        Membership.objects.create(user=user, division=foreign, role="clerk")


def test_a_reference_cannot_be_moved_across_afterwards(municipality, other_municipality):
    with scope(municipality=other_municipality):
        foreign = make_division("foreign", "よその課", "Foreign")
    with scope(municipality=municipality):
        membership = make_member("clerk", make_division())
        with pytest.raises(REFUSED), transaction.atomic():
            Membership.objects.filter(pk=membership.pk).update(division_id=foreign.pk)


def test_a_row_never_changes_its_municipality(municipality, other_municipality):
    with scope(municipality=municipality):
        division = make_division()
        with pytest.raises(REFUSED), transaction.atomic():
            Division.objects.filter(pk=division.pk).update(municipality_id=other_municipality.pk)


def test_bulk_create_keeps_to_the_scope(municipality, other_municipality):
    with scope(municipality=municipality):
        Division.objects.bulk_create([Division(code="a", name="a", name_en="a")])
        assert Division.objects.get().municipality == municipality
        with pytest.raises(PermissionDenied):
            Division.objects.bulk_create([Division(municipality=other_municipality, code="b", name="b", name_en="b")])


def test_the_log_of_acts_can_neither_be_changed_nor_deleted(in_scope):
    entry = record("test.act", by=None)
    with pytest.raises(REFUSED), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(verb="other")
    with pytest.raises(REFUSED), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).delete()


def test_what_stands_is_what_should(db):
    assert dbguards.compare(connection) == {"missing": [], "unknown": [], "changed": []}
    call_command("guards", "--check")


def test_a_missing_guard_is_found_and_made_again(db):
    name = next(guard for guard in dbguards.wanted(connection.vendor) if guard.kind == "trigger")
    with connection.cursor() as cursor:
        on = f' ON "{name.table}"' if connection.vendor == "postgresql" else ""
        cursor.execute(f'DROP TRIGGER "{name.name}"{on}')
    assert dbguards.compare(connection)["missing"] == [name.name]
    with pytest.raises(CommandError, match=name.name):
        call_command("guards", "--check")
    call_command("guards")
    assert not any(dbguards.compare(connection).values())


def test_every_reference_between_owned_models_has_a_guard():
    guards = {guard.name for guard in dbguards.wanted("postgresql")}
    for model, field in dbguards.references():
        assert dbguards._name("same", model._meta.db_table, field.column) in guards
