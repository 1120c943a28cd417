"""Long exports, what happens by the clock, papers of decisions, and what branches show on a case's page."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from madoguchi.accounts.models import AuditEntry
from madoguchi.applications import batches
from madoguchi.applications.actions import accept, decide, made_paper, request_correction, sweep_drafts, sweep_exports, tell_ending_drafts
from madoguchi.applications.backends import CasePanel
from madoguchi.applications.models import Application, IssuedDocument
from madoguchi.applications.tasks import make_decision_paper
from madoguchi.applications.tests.desk import at, sign_in, text
from madoguchi.applications.tests.make import make_draft, make_filed, make_procedure
from madoguchi.jobs.models import Job, JobState
from madoguchi.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def procedure(division):
    return make_procedure()


def test_a_long_export_is_a_job_with_a_file(client, procedure, clerk, chief, monkeypatch) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 2)
    cases = [make_filed(procedure) for _ in range(3)]
    job = batches.export(applications=cases, format="csv", by=clerk.user)
    assert isinstance(job, Job)
    batches.export_long.func(municipality=procedure.municipality_id, job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.problem) == (JobState.DONE, 3, "")
    assert AuditEntry.objects.filter(verb="applications.open_case").count() == 3
    page = job.result["address"]
    assert client.get(page).status_code == 302
    assert "3件を書き出しました" in text(sign_in(client, clerk).get(page))
    assert "attachment" in client.get(f"{page}?file=1").headers["Content-Disposition"]
    assert sign_in(client, chief).get(page).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert sweep_exports() == 1
        assert sweep_exports() == 0
    assert not default_storage.exists(job.result["file"])
    assert sign_in(client, clerk).get(page).status_code == 404


def test_drafts_are_announced_and_then_deleted(procedure) -> None:
    told = make_draft(procedure, email="hanako@example.jp")
    make_draft(procedure)
    filed = make_filed(procedure)
    now = timezone.now()
    with time_machine.travel(now + timedelta(days=26)):
        assert (tell_ending_drafts(), sweep_drafts()) == (0, 0)
    with time_machine.travel(now + timedelta(days=27)):
        assert tell_ending_drafts() == 1
        assert tell_ending_drafts() == 0
    assert Notice.objects.filter(template="applications/draft_ending").count() == 1
    with time_machine.travel(now + timedelta(days=30)):
        assert sweep_drafts() == 0
    with time_machine.travel(now + timedelta(days=31)):
        assert sweep_drafts() == 2
    assert list(Application.objects.all()) == [filed]
    assert not told.answers.exists()


def test_the_commands_do_it_for_every_municipality(procedure, clerk) -> None:
    make_draft(procedure, email="hanako@example.jp")
    request_correction(application=make_filed(procedure, email="hanako@example.jp"), items=[("reason", "くわしく")], by=clerk.user)
    out = io.StringIO()
    with time_machine.travel(timezone.now() + timedelta(days=28)):
        call_command("remind", "--json", stdout=out)
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        call_command("sweep", "--json", stdout=out)
    told, swept = map(json.loads, out.getvalue().splitlines())
    assert told["drafts"] == 1
    assert swept == {"drafts": 1, "exports": 0}


def test_the_paper_of_a_decision_is_the_letter(procedure, clerk) -> None:
    case = accept(application=make_filed(procedure), by=clerk.user)
    decision = decide(case.subjects.get(), by=clerk.user, outcome="refused", reason="要件に当たらないため。")
    document = IssuedDocument.objects.get(decision=decision)
    for _ in range(2):
        make_decision_paper.func(municipality=procedure.municipality_id, document=document.pk)
    document.refresh_from_db()
    decision.notice.refresh_from_db()
    assert document.file == decision.notice.file
    assert document.sha256 == decision.notice.file_hash
    assert default_storage.open(document.file).read(5) == b"%PDF-"


def test_a_paper_is_made_for_whoever_asks_before_the_worker_came_to_it(procedure, clerk) -> None:
    case = make_filed(procedure)
    receipt = IssuedDocument.objects.get(application=case)
    assert receipt.file == ""
    made = made_paper(document=receipt)
    assert default_storage.open(made.file).read(5) == b"%PDF-"
    assert made_paper(document=receipt).file == made.file


class Hello:
    """A branch's panel, for tests."""

    def panel(self, application: Application, viewer: object) -> CasePanel | None:
        return CasePanel("枝の見出し", "parts/empty.html", {"number": application.number})


class Silent:
    def panel(self, application: Application, viewer: object) -> None:
        return None


def test_branches_show_themselves(client, procedure, clerk, settings) -> None:
    here = "madoguchi.applications.tests.test_desk_batches"
    settings.CASE_PANELS = {"hello": {"BACKEND": f"{here}.Hello"}, "silent": {"BACKEND": f"{here}.Silent"}}
    case = make_filed(procedure)
    assert "枝の見出し" in text(sign_in(client, clerk).get(at(case)))


def test_one_that_is_refused_does_not_stop_the_others(procedure, clerk) -> None:
    cases = [make_filed(procedure) for _ in range(2)]
    request_correction(application=cases[0], items=[("reason", "くわしく")], by=clerk.user)
    batch = batches.over(cases, lambda case: accept(application=case, by=clerk.user))
    assert batch.done == 1
    assert [label for label, _sentence in batch.refused] == [cases[0].number]
