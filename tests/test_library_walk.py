"""Every procedure of the library, filled through the real pages by walking its own examples, and sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django_scopes import scope

from madoguchi.accounts.tests.make import make_division, make_municipality
from madoguchi.applications.models import State
from madoguchi.procedures.actions import adopt, library_entries, publish_code_list
from tests import filler

ENTRIES = list(library_entries())


def cases() -> Iterator[Any]:
    """Every example of every entry; the quick run takes one example of every fourth entry, another one of each."""
    for index, entry in enumerate(ENTRIES):
        for number, example in enumerate(entry.examples):
            quick = index % 4 == 0 and number == (index // 4) % len(entry.examples)
            yield pytest.param(entry.id, example, id=f"{entry.id}:{example['id']}", marks=() if quick else pytest.mark.slow)


FACILITIES = Path(__file__).parents[1] / "src/madoguchi/demo/data/nursery-facilities.json"


@pytest.mark.django_db
@pytest.mark.parametrize(("procedure", "example"), list(cases()))
def test_an_example_passes_through_the_pages(procedure, example):
    with time_machine.travel(f"{example.get('on', date.today().isoformat())}T10:00:00+09:00", tick=True):
        koto = make_municipality()
        with scope(municipality=koto):
            entry = next(entry for entry in ENTRIES if entry.id == procedure)
            make_division(entry.inventory["division"])
            publish_code_list(name="nursery-facilities", version="test", entries=json.loads(FACILITIES.read_text())["entries"], by=None)
            adopt(procedure, by=None)
            client = Client()
            application = filler.start(client, "koto", procedure)
            if example["expect"] != "clean":
                with_problems(client, application, example)
                return
            address = filler.fill(client, application, example["answers"])
            assert address.endswith("/check/"), address
            response = client.post(address)
            assert response.status_code == 302, [problem["sentence"] for problem in response.context["problems"]]
            application.refresh_from_db()
            assert application.state == State.SUBMITTED
            assert client.get(response["Location"]).status_code == 200
            assert client.get(response["Location"].replace("/sent/", "/status/")).status_code == 200


def with_problems(client: Client, application, example) -> None:
    """An example that ends, or has problems: nothing can be sent, and the page says why."""
    if example["expect"] == "ends":
        address = filler.fill(client, application, example["answers"])
        assert "/p/" in address
        assert client.get(address).context["ended"]
        return
    draft = application.draft()
    draft.values = {**example["answers"]}
    draft.save()
    response = client.post(f"/koto/a/{application.uuid}/check/")
    application.refresh_from_db()
    levels = {"422": State.DRAFT, "302": State.SUBMITTED}
    assert application.state == levels[str(response.status_code)]
