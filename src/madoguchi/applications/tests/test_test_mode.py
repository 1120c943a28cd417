"""Test mode: a form is walked to its end and looked at from all sides, and afterwards nothing has happened."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from madoguchi.accounts.actions import verify_chain
from madoguchi.accounts.tests.make import PASSWORD, make_member
from madoguchi.applications.actions import NotReady, Trial, send_trial, trying, usual_days
from madoguchi.applications.backends import OnlineFilings
from madoguchi.applications.batches import UnderWay
from madoguchi.applications.models import Application
from madoguchi.applications.tests.make import ANSWERS, CHILDREN, FORM, TWO_CHILDREN, WITH_MYNUMBER, make_filed, make_procedure, words
from madoguchi.engines.forms import load
from madoguchi.lib.tests.files import picture
from madoguchi.procedures.actions import change_draft, keep_example, open_draft
from madoguchi.procedures.models import FormExample

PLACE = "/koto/desk/procedures/test/trial/"


def everything(storage: str) -> dict[str, Any]:
    """Every row of every table, by table; files, mails and the head of the log besides. The session is where a trial lives."""
    tables = [model for model in apps.get_models(include_auto_created=True) if model is not Session]
    rows = {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in tables}
    files = sorted(str(path) for path in Path(storage).rglob("*") if path.is_file())
    return {**rows, "files": files, "mails": len(mail.outbox), "waiting": len(connection.run_on_commit)}


@pytest.fixture
def nothing_stays(settings, tmp_path):
    """`nothing_stays()`: from here to the end of the test nothing in the world may change, and nothing may wait for a commit."""
    settings.MEDIA_ROOT = str(tmp_path)
    before: dict[str, Any] = {}

    def from_here() -> None:
        before.update(everything(str(tmp_path)))

    yield from_here
    after = everything(str(tmp_path))
    assert {key for key, value in after.items() if value != before[key]} == set()
    assert verify_chain().broken_at is None


@pytest.fixture
def procedure(division):
    notices = {one: {"title": words("結果"), "body": words("{name}さんの申請は決まりました。")} for one in ("granted", "refused")}
    return make_procedure(outcomes=list(notices), notice_texts=notices, review_steps=["住所を確かめる"])


@pytest.fixture
def desk(client, division):
    def enter(role: str):
        user = make_member(role, division).user
        client.post("/sign-in/desk/", {"username": user.username, "password": PASSWORD})
        return client

    return enter


def boxes(answers: dict[str, Any], form: dict) -> dict[str, str]:
    """What a browser would send of some canonical answers."""
    sent: dict[str, Any] = {"shown": [question["id"] for page in form["pages"] for question in page["questions"]]}
    for page in form["pages"]:
        for question in page["questions"]:
            value = answers.get(question["id"])
            parts = value.items() if isinstance(value, dict) else [("", value)]
            sent |= {f"a:{question['id']}{':' if part else ''}{part}": str(text) for part, text in parts if text is not None}
    return sent


def walk_through(client, answers=ANSWERS) -> Any:
    client.post(PLACE, {"act": "start"})
    sent = boxes(answers, FORM)
    for page in ("you", "request"):
        response = client.post(f"{PLACE}p/{page}/", {**sent, "act": "next"})
        assert response.status_code == 302, response.content.decode()[:3000]
    return client.get(f"{PLACE}sent/")


@pytest.mark.parametrize("role", ["designer", "clerk"])
def test_a_form_is_walked_to_its_end_and_nothing_has_happened(desk, procedure, nothing_stays, role) -> None:
    at_desk = desk(role)
    make_filed(procedure)
    nothing_stays()
    response = walk_through(at_desk)
    assert response.status_code == 200
    body = response.content.decode()
    for part in (
        "試しの番号です",
        "架空 花子",
        "受付票",
        "住所を確かめる",
        "架空 花子さんの申請は決まりました。",
        "どこにも残りません",
        "お知らせ",
    ):
        assert part in body
    assert len(response.context["end"].notices) == 2  # that it arrived, that it was accepted
    at_desk.post(PLACE, {"act": "end"})


def test_the_draft_is_tried_and_not_the_version_of_now(desk, procedure, division, nothing_stays) -> None:
    at_desk, designer = desk("designer"), make_member("designer", division, username="designer-2").user
    draft = open_draft(procedure=procedure, by=designer)
    label = {"do": "text", "at": "question:reason", "key": "label", "language": "ja", "value": "新しいたずね方"}
    change_draft(draft=draft, changes=[label], edition=0, by=designer)
    nothing_stays()
    at_desk.post(PLACE, {"act": "start"})
    assert "新しいたずね方" in at_desk.get(f"{PLACE}p/request/").content.decode()


def test_figures_queues_and_impact_do_not_see_it(desk, procedure, nothing_stays) -> None:
    at_desk, today = desk("designer"), timezone.localdate()
    for _number in range(6):
        make_filed(procedure)
    nothing_stays()
    changed = copy.deepcopy({**FORM, "id": "test"})
    changed["pages"][1]["questions"].pop()

    def figures() -> tuple:
        impact = UnderWay().impact(procedure, load(changed))
        return OnlineFilings().filed(today, today), usual_days(procedure), impact, Application.objects.count()

    before = figures()
    walk_through(at_desk)
    assert figures() == before
    assert not DBTaskResult.objects.filter(task_path__contains="trying").exists()


def test_of_a_file_only_the_name_is_taken(desk, procedure, nothing_stays) -> None:
    at_desk = desk("designer")
    nothing_stays()
    at_desk.post(PLACE, {"act": "start"})
    file = SimpleUploadedFile("見本.png", picture("PNG"), "image/png")
    at_desk.post(f"{PLACE}p/request/", {**boxes(ANSWERS, FORM), "act": "upload", "f:proof": file})
    body = at_desk.get(f"{PLACE}p/request/").content.decode()
    assert "見本.png" in body
    assert '<img src="/koto/a/' not in body


def test_a_number_of_a_person_leaves_nothing_either(desk, division, nothing_stays) -> None:
    make_procedure(form=WITH_MYNUMBER, entitled_to_mynumber=True)
    at_desk = desk("clerk")
    nothing_stays()
    at_desk.post(PLACE, {"act": "start"})
    at_desk.post(f"{PLACE}p/number/", {"a:mynumber": "123456789018", "act": "next"})
    assert "123456789018" not in at_desk.get(f"{PLACE}p/number/").content.decode()
    assert "123456789018" not in str([session.get_decoded() for session in Session.objects.all()])


def test_rows_are_added_filled_and_removed(desk, division, nothing_stays) -> None:
    make_procedure(form=CHILDREN)
    at_desk = desk("designer")
    nothing_stays()
    at_desk.post(PLACE, {"act": "start"})
    place = f"{PLACE}p/children/"
    row = at_desk.get(place).url
    name = row.rstrip("/").rpartition("/")[2]
    sent = {
        f"a:child[{name}].child_name:family": "架空",
        f"a:child[{name}].child_name:given": "一郎",
        f"a:child[{name}].child_birth": "2024-02-03",
    }
    shown = [f"child[{name}].child_name", f"child[{name}].child_birth"]
    assert at_desk.post(row, {**sent, "shown": shown, "act": "next"}).url == place
    assert "架空 一郎" in at_desk.get(place).content.decode()
    assert at_desk.post(place, {"act": "add:child"}).url.startswith(place)
    at_desk.post(place, {"act": f"remove:child[{name}]"})
    assert "架空 一郎" not in at_desk.get(place).content.decode()


def test_what_is_wrong_is_said_and_what_ends_ends(desk, procedure, nothing_stays) -> None:
    at_desk = desk("designer")
    nothing_stays()
    at_desk.post(PLACE, {"act": "start"})
    response = at_desk.post(f"{PLACE}p/you/", {**boxes({"birth": "いつか"}, FORM), "act": "next"})
    assert response.status_code == 422
    assert "いつか" in response.content.decode()
    assert at_desk.get(f"{PLACE}sent/").url == f"{PLACE}check/"
    assert "送る前に直すところがあります" in at_desk.get(f"{PLACE}check/").content.decode()
    assert at_desk.get(f"{PLACE}p/nowhere/").url == PLACE


def test_a_procedure_that_is_closed_can_be_tried(desk, procedure, nothing_stays) -> None:
    procedure.closes_on = timezone.localdate() - timezone.timedelta(days=3)
    procedure.save()
    at_desk = desk("designer")
    nothing_stays()
    assert walk_through(at_desk).status_code == 200


def test_answers_become_an_example_with_what_was_found(desk, procedure) -> None:
    at_desk = desk("designer")
    walk_through(at_desk)
    response = at_desk.post(PLACE, {"act": "keep", "name": "初めての申請"})
    assert response.url == "/koto/desk/procedures/test/studio/examples/"
    made = FormExample.objects.get()
    assert (made.name, made.expect, made.answers["kind"], made.on) == ("初めての申請", "clean", "new", timezone.localdate())
    assert at_desk.post(PLACE, {"act": "keep", "name": " "}).url == f"{PLACE}check/"


def test_an_example_is_tried_again_with_the_form_of_today(desk, procedure) -> None:
    at_desk = desk("designer")
    example = keep_example(procedure=procedure, name="例", on=timezone.localdate(), answers=ANSWERS, expect="clean", by=None)
    assert at_desk.post(PLACE, {"act": "load", "example": example.pk}).url == f"{PLACE}check/"
    assert "架空 花子" in at_desk.get(f"{PLACE}check/").content.decode()
    assert at_desk.get(f"{PLACE}sent/").status_code == 200
    for wrong in ("", "x", "9" * 30, example.pk + 1):
        assert at_desk.post(PLACE, {"act": "load", "example": wrong}).status_code == 404


def test_clerks_try_but_keep_no_examples_and_others_do_not_get_in(desk, client, procedure) -> None:
    assert client.get(PLACE).status_code == 302
    at_desk = desk("clerk")
    walk_through(at_desk)
    assert at_desk.post(PLACE, {"act": "keep", "name": "例"}).status_code == 404
    assert not FormExample.objects.exists()


def test_a_form_that_is_none_yet_says_so(desk, procedure, division) -> None:
    designer = make_member("designer", division, username="designer-2").user
    draft = open_draft(procedure=procedure, by=designer)
    wrong = {"do": "set", "at": "question:reason", "key": "required", "value": "perhaps"}
    change_draft(draft=draft, changes=[wrong], edition=0, by=designer)
    at_desk = desk("clerk")
    assert "様式がまだ形になっていない" in at_desk.get(PLACE).content.decode()
    assert at_desk.get(f"{PLACE}p/you/").status_code == 302


def test_a_failure_in_the_middle_leaves_nothing(procedure, nothing_stays) -> None:
    nothing_stays()
    with pytest.raises(NotReady), trying(procedure=procedure, document=procedure.current.document, trial=Trial()) as application:
        send_trial(application=application, by=make_member("ict").user)


def test_what_is_begun_is_marked_as_a_test_even_while_it_stands(procedure) -> None:
    with trying(procedure=procedure, document=procedure.current.document, trial=Trial(values=dict(TWO_CHILDREN))) as application:
        assert (application.is_test, Application.objects.count()) == (True, 1)
    assert not Application.objects.exists()
