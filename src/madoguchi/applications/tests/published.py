"""Hands for the tests of what happens to people when a version is published: another form, and its publishing with ways."""

from __future__ import annotations

import copy
from typing import Any

from madoguchi.applications.batches import UnderWay
from madoguchi.applications.tests.make import ANSWERS, FORM, words
from madoguchi.jobs.tests.make import run_tasks
from madoguchi.procedures.actions import publish, sound_ways
from madoguchi.procedures.models import Procedure, ProcedureVersion

AGAIN = {**ANSWERS, "kind": "again", "before_on": "2020-01-05"}
JOB = {"id": "job", "type": "text", "label": words("お仕事", "Your work"), "required": True}


def new_form(base: dict = FORM, *, drop: str = "", **changes: dict) -> dict:
    """The form with a question dropped, and others changed; `add` is a question on the second page."""
    document = copy.deepcopy({**base, "id": "test"})
    for page in document["pages"]:
        page["questions"] = [one for one in page["questions"] if one["id"] != drop]
        for one in page["questions"]:
            one.update(changes.get(one["id"], {}))
    if "add" in changes:
        document["pages"][1]["questions"].append(copy.deepcopy(changes["add"]))
    return document


def published(procedure: Procedure, document: dict, by: Any = None, **ways: str) -> ProcedureVersion:
    """The next version with these ways for drafts and cases, whatever the class of change; its job has run."""
    wanted = {change: dict(ways) for change in ("wording", "addition", "meaning")} if ways else None
    version = publish(procedure=procedure, document=document, by=by, ways=sound_ways(wanted))
    UnderWay().hand_over(version, by)
    run_tasks()
    procedure.refresh_from_db()
    return version
