"""What came online, by procedure and by month: drafts and paper do not count, and the month is that of Japan."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from madoguchi.applications.backends import OnlineFilings
from madoguchi.applications.models import Application, Channel
from madoguchi.applications.tests.make import make_draft, make_filed, make_procedure

pytestmark = pytest.mark.django_db


def arrived(procedure, moment: datetime, channel: str = Channel.ONLINE) -> None:
    filed = make_filed(procedure)
    Application.objects.filter(pk=filed.pk).update(arrived_at=moment, channel=channel)


def test_filings_by_month_and_by_procedure(in_scope):
    procedure = make_procedure()
    arrived(procedure, datetime(2026, 10, 31, 14, 59, tzinfo=UTC))  # 23:59 in Japan
    arrived(procedure, datetime(2026, 10, 31, 15, 0, tzinfo=UTC))  # midnight: November
    arrived(procedure, datetime(2026, 11, 20, 1, 0, tzinfo=UTC), Channel.MYNA)
    arrived(procedure, datetime(2026, 11, 20, 1, 0, tzinfo=UTC), Channel.PAPER)
    make_draft(procedure)
    counts = OnlineFilings()
    assert counts.by_month(date(2026, 10, 1), date(2026, 11, 30)) == {date(2026, 10, 1): 1, date(2026, 11, 1): 2}
    assert counts.filed(date(2026, 11, 1), date(2026, 11, 30)) == {procedure.pk: 2}
    assert counts.by_month(date(2025, 1, 1), date(2025, 12, 31)) == {}
