"""The chain of acts holds, and says where it does not."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.db import connection

from madoguchi.accounts.actions import record, verify_chain
from madoguchi.accounts.models import AuditEntry, AuditHead
from madoguchi.lib import dbguards


@pytest.fixture
def chain(in_scope):
    before = AuditEntry.objects.count()
    return [record("test.act", by=None, number=number) for number in range(5)], before


@pytest.fixture
def unguarded(db):
    """What somebody with the database's password could do."""
    dbguards.remove(connection)
    yield
    dbguards.install(connection)


def test_an_untouched_chain_holds(chain):
    report = verify_chain()
    assert report.broken_at is None
    assert report.entries == chain[1] + 5


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"verb": "test.other"}, "changed"),
        ({"details": {"number": 99}}, "changed"),
        ({"mac": "0" * 64}, "changed"),
        ({"previous": "0" * 64}, "before it"),
        ({"key_id": "audit-99"}, "key audit-99 is missing"),
    ],
)
def test_a_changed_entry_is_the_one_named(unguarded, chain, change, reason):
    entry = chain[0][2]
    AuditEntry.objects.filter(pk=entry.pk).update(**change)
    report = verify_chain()
    assert report.broken_at == entry.seq
    assert reason in report.reason


def test_a_missing_entry_in_the_middle_and_at_the_end_is_found(unguarded, chain):
    AuditEntry.objects.filter(pk=chain[0][-1].pk).delete()
    report = verify_chain()
    assert report.broken_at == chain[0][-1].seq
    assert "end" in report.reason
    AuditEntry.objects.filter(pk=chain[0][1].pk).delete()
    assert verify_chain().broken_at == chain[0][1].seq


def test_the_command_tells_and_exits_1_on_a_broken_chain(unguarded, chain, capsys):
    call_command("verify", "--json")
    assert json.loads(capsys.readouterr().out)["intact"] is True
    AuditHead.objects.update(mac="0" * 64)
    with pytest.raises(SystemExit) as stopped:
        call_command("verify", "--json")
    assert stopped.value.code == 1
    assert json.loads(capsys.readouterr().out)["chains"]["koto"]["broken_at"]
