"""The desk's pages of jobs."""

from __future__ import annotations

import pytest
from django_tasks_db.models import DBTaskResult

from madoguchi.accounts.tests.make import make_member
from madoguchi.jobs import actions
from madoguchi.jobs.models import Job, JobState
from madoguchi.jobs.tests.make import run_tasks, start_rows


@pytest.fixture
def at_desk(client, chief):
    client.force_login(chief.user)
    client.cookies["madoguchi_desk"] = client.cookies["sessionid"].value
    return client


def sign_in(client, member) -> None:
    client.force_login(member.user)
    client.cookies["madoguchi_desk"] = client.cookies["sessionid"].value


def test_mine_and_everybodys(at_desk, chief, clerk, division):
    start_rows([1], by=chief.user)
    other = start_rows([1], by=clerk.user)
    page = at_desk.get("/koto/desk/jobs/")
    assert page.status_code == 200
    assert page.content.decode().count("行を数える") == 1
    assert at_desk.get(f"/koto/desk/jobs/{other.pk}/").status_code == 404
    assert at_desk.post(f"/koto/desk/jobs/{other.pk}/cancel/").status_code == 404
    sign_in(at_desk, make_member("ict"))
    assert at_desk.get("/koto/desk/jobs/").content.decode().count("行を数える") == 2
    assert at_desk.get(f"/koto/desk/jobs/{other.pk}/").status_code == 200


def test_a_stranger_is_sent_to_the_sign_in(client, in_scope):
    assert client.get("/koto/desk/jobs/").status_code == 302


def test_progress_asks_again_until_the_end(at_desk, chief):
    job = start_rows([1, 2, 3], by=chief.user, refuse=[2])
    page = at_desk.get(f"/koto/desk/jobs/{job.pk}/").content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "<html" in page
    part = at_desk.get(f"/koto/desk/jobs/{job.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert 'id="job-progress"' in part
    assert "<html" not in part
    run_tasks()
    part = at_desk.get(f"/koto/desk/jobs/{job.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in part
    assert "この行はできません。" in part
    assert "行2" in part


def test_cancel_and_again(at_desk, chief):
    job = start_rows([1, 2], by=chief.user)
    page = at_desk.post(f"/koto/desk/jobs/{job.pk}/cancel/", follow=True)
    assert "取り消しました" in page.content.decode()
    assert at_desk.post(f"/koto/desk/jobs/{job.pk}/cancel/").status_code == 409
    at_desk.post(f"/koto/desk/jobs/{job.pk}/again/")
    run_tasks()
    assert Job.objects.get().state == JobState.DONE
    assert at_desk.get(f"/koto/desk/jobs/{job.pk}/cancel/").status_code == 405


def test_health_is_for_who_manages(at_desk, division):
    assert at_desk.get("/koto/desk/workers/").status_code == 404
    sign_in(at_desk, make_member("ict"))
    page = at_desk.get("/koto/desk/workers/").content.decode()
    assert "働き手が動いていません" in page
    start_rows([1])
    DBTaskResult.objects.update(
        status="FAILED",
        exception_class_path="madoguchi.lib.tasks.TaskFailed",
        traceback="…\nmadoguchi.lib.tasks.TaskFailed: ValueError in a.py line 3",
    )
    actions.beat("lives")
    page = at_desk.get("/koto/desk/workers/").content.decode()
    assert "働き手が動いていません" not in page
    assert "ValueError in a.py line 3" in page
