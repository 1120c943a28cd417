"""Queries, bytes and time of the main pages, in a database of its own."""

from __future__ import annotations

import os
import statistics
import time
from typing import Any

import time_machine

TITLE = "The main pages"
NOTE = (
    "A small city in a scratch SQLite database, the test client in one process: queries, bytes of HTML (uncompressed) and median "
    "milliseconds of 9 requests. Times are in proportion to the procedure's page (1.0)."
)


def measure() -> list[dict[str, Any]]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.settings")
    import django

    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    databases = setup_databases(0, interactive=False)
    try:
        with time_machine.travel("2026-11-20T10:00:00+09:00", tick=True):  # the day of the example, whose dates must lie after it
            return visit()
    finally:
        teardown_databases(databases, 0)


def visit() -> list[dict[str, Any]]:
    from django.test import Client
    from django_scopes import scope

    from madoguchi.accounts.tests.make import PASSWORD, make_division, make_member, make_municipality
    from madoguchi.procedures.actions import adopt, library_entries
    from tests import filler

    koto = make_municipality()
    entries = {entry.id: entry for entry in library_entries()}
    with scope(municipality=koto):
        for entry in entries.values():
            from madoguchi.accounts.models import Division

            code = entry.inventory["division"]
            if not Division.objects.filter(code=code).exists():
                make_division(code, f"{code}課", code)
            adopt(entry.id, by=None)
        clerk = make_member("clerk", Division.objects.get(code="eisei"))
    resident, staff = Client(), Client()
    with scope(municipality=koto):
        example = next(one for one in entries["inu-toroku"].examples if one["expect"] == "clean")
        for _ in range(20):
            application = filler.start(resident, "koto", "inu-toroku")
            filler.fill(resident, application, example["answers"])
            resident.post(f"/koto/a/{application.uuid}/check/")
        draft = filler.start(resident, "koto", "inu-toroku")
        filler.fill(resident, draft, example["answers"])
        first = draft.version.form.pages[0].id
    staff.post("/sign-in/desk/", {"username": clerk.user.username, "password": PASSWORD})
    pages = [
        ("procedure", resident, "/koto/procedures/inu-toroku/"),
        ("home", resident, "/koto/"),
        ("search 「犬」", resident, "/koto/search/?q=%E7%8A%AC"),
        ("a page of questions", resident, f"/koto/a/{draft.uuid}/p/{first}/"),
        ("check your answers", resident, f"/koto/a/{draft.uuid}/check/"),
        ("status", resident, f"/koto/a/{application.uuid}/status/"),
        ("desk: queue of 20", staff, "/koto/desk/"),
    ]
    rows = [timed(*page) for page in pages]
    base = rows[0]["ms"]
    return [{**row, "ms": f"{row['ms']:.0f}", "÷ procedure": f"{row['ms'] / base:.1f}"} for row in rows]


def timed(name: str, client: Any, address: str) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    count = len(queries)  # now: the next request empties the log
    assert response.status_code == 200, (address, response.status_code)
    times = []
    for _ in range(9):
        start = time.perf_counter()
        client.get(address)
        times.append(time.perf_counter() - start)
    return {"page": name, "queries": count, "bytes": len(response.content), "ms": statistics.median(times) * 1000}
