"""The studio: opening a part, saving one edit, taking it back, by the size of the form."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

TITLE = "The studio"
NOTE = (
    "Forms of so many questions, ten to a page, in a scratch SQLite database, the test client in one process: median milliseconds of 9 "
    "requests. Open: the page with outline, panel, problems and preview. Save and undo: the answer that sends the browser back to it. "
    "List: the page before publishing, with all its checks. "
    "The last column is save and open together in proportion to the form of 10 questions (1.0); 200 questions must answer a save within 150 ms."
)
SIZES = (10, 50, 200, 500)
TIMES = 9


def measure() -> list[dict[str, Any]]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.settings")
    import django

    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    databases = setup_databases(0, interactive=False)
    try:
        rows = studios()
    finally:
        teardown_databases(databases, 0)
    base = rows[0]["both"]
    return [{**{name: value for name, value in row.items() if name != "both"}, "÷ 10": f"{row['both'] / base:.1f}"} for row in rows]


def studios() -> list[dict[str, Any]]:
    from django.test import Client
    from django_scopes import scope

    from madoguchi.accounts.tests.make import PASSWORD, make_division, make_member, make_municipality
    from madoguchi.procedures.actions import open_draft
    from madoguchi.procedures.tests.make import make_procedure

    koto = make_municipality()
    with scope(municipality=koto):
        division = make_division("kosodate", "こども家庭支援課", "Child and Family Support Section")
        designer = make_member("designer", division).user
        for size in SIZES:
            open_draft(procedure=make_procedure(division, f"form{size}", document=document(size)), by=designer)
    client = Client()
    client.post("/sign-in/desk/", {"username": designer.username, "password": PASSWORD})
    return [row(client, size) for size in SIZES]


def document(size: int) -> dict[str, Any]:
    from madoguchi.procedures.tests.make import form, words

    pages = [
        {"id": f"p{page}", "title": words(f"頁{page}"), "questions": [question(page * 10 + number) for number in range(10)]}
        for page in range(size // 10)
    ]
    return form(f"form{size}", pages=pages)


def question(number: int) -> dict[str, Any]:
    from madoguchi.procedures.tests.make import words

    made: dict[str, Any] = {"id": f"q{number}", "type": "yes_no" if number % 3 == 0 else "text", "label": words(f"問い{number}")}
    return {**made, "show_if": {"==": [{"var": f"q{number - 1}"}, True]}} if number % 3 == 1 else made


def row(client: Any, size: int) -> dict[str, Any]:
    """Times at the form's last question that has a condition, the one with most to choose from."""
    address, at = f"/koto/desk/procedures/form{size}/studio/", f"question:q{max(one for one in range(size) if one % 3 == 1)}"
    opened, saved, undone, listed = [], [], [], []
    for number in range(TIMES):
        shown, seconds = timed(lambda: client.get(address, {"at": at}), 200)
        opened.append(seconds)
        form, edition = shown.context["form"], shown.context["draft"].edition
        data = {item.name: value for item in form if (value := item.value()) not in (None, False)}
        answer = {**data, "label_ja": f"変えた問い{number}", "at": at, "act": "save"}
        saved.append(timed(lambda sent={**answer, "edition": edition}: client.post(address, sent), 302)[1])
        listed.append(timed(lambda: client.get(f"{address}publish/"), 200)[1])
        undone.append(timed(lambda sent={"act": "undo", "at": at, "edition": edition + 1}: client.post(address, sent), 302)[1])
    median = {
        name: statistics.median(times) * 1000 for name, times in (("open", opened), ("save", saved), ("undo", undone), ("list", listed))
    }
    return {"questions": size, **{f"{name} ms": f"{value:.0f}" for name, value in median.items()}, "both": median["open"] + median["save"]}


def timed(request: Callable[[], Any], status: int) -> tuple[Any, float]:
    start = time.perf_counter()
    response = request()
    seconds = time.perf_counter() - start
    assert response.status_code == status, response.status_code
    return response, seconds
