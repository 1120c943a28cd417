"""Files by the page, what another division and bad input get."""

from __future__ import annotations

import uuid

import pytest

from madoguchi.accounts.models import AuditEntry
from madoguchi.accounts.tests.make import make_division, make_member
from madoguchi.applications.actions import accept, decide, write_message
from madoguchi.applications.models import Feedback
from madoguchi.applications.tests.desk import DESK, at, sign_in, text
from madoguchi.applications.tests.make import ANSWERS, make_draft, make_filed, make_procedure

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, clerk):
    return sign_in(client, clerk)


@pytest.fixture
def procedure(division):
    return make_procedure()


@pytest.fixture
def case(procedure):
    return make_filed(procedure)


def test_exporting_by_the_page(desk, case) -> None:
    assert "1件を書き出します" in text(desk.get(f"{DESK}export/", {"tab": "division"}))
    asked = desk.post(f"{DESK}export/", {"case": [case.number]})
    assert case.number in text(asked)
    for wanted, type_ in (("csv", "text/csv"), ("xlsx", "application/vnd"), ("json", "application/json")):
        response = desk.post(f"{DESK}export/", {"act": "write", "format": wanted, "case": [case.number]})
        assert response.headers["Content-Type"].startswith(type_)
    assert desk.post(f"{DESK}export/", {"act": "write", "format": "x", "case": [case.number]}).status_code == 422
    assert desk.post(f"{DESK}export/", {"act": "write", "format": "csv", "case": ["K7M-4PX-9TR"]}).status_code == 422


def test_what_cp932_cannot_hold_is_shown_first(desk, procedure) -> None:
    case = make_filed(procedure, {**ANSWERS, "reason": "𠮷野"})
    place = f"{DESK}export/"
    shown = desk.post(place, {"act": "write", "format": "csv-cp932", "case": [case.number]})
    assert "U+20BB7" in text(shown)
    assert not AuditEntry.objects.filter(verb="applications.export").exists()
    assert (
        desk.post(place, {"act": "write", "format": "csv-cp932", "case": [case.number], "sure": "yes"})
        .headers["Content-Type"]
        .startswith("text/csv")
    )


def test_feedback_from_the_desk(desk, division) -> None:
    assert desk.post(f"{DESK}feedback/", {"end": "desk:queue", "score": "4", "words": "速い", "next": DESK}).status_code == 302
    found = Feedback.objects.get()
    assert (found.end, found.score, found.by_staff) == ("desk:queue", 4, True)
    assert desk.post(f"{DESK}feedback/", {"end": "x", "score": "９９", "words": ""}).status_code == 302


PLACES = (
    "", "accept/", "take/", "assign/", "note/", "message/", "review/", "mynumber/", "withdraw/", "phrase/", "correction/", "correction/cancel/", "edit/",
    "subjects/1/", "subjects/1/approve/", "decisions/1/", "revisions/", f"files/{uuid.UUID(int=7)}/", "papers/3K7M-4PX9-TR6C-HW2J/",
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_another_divisions_case_does_not_exist(client, case, place: str) -> None:
    sign_in(client, make_member("chief", make_division("zei", "課税課", "Tax")))
    assert client.get(at(case, place)).status_code in (404, 405)
    assert client.post(at(case, place)).status_code in (404, 405)
    assert case.number not in text(client.get(DESK, {"q": "架空"}))


@pytest.mark.parametrize("number", ["K7M-4PX-9TR", "x", "１２３", "%00", "a" * 300])
def test_numbers_that_are_none(desk, case, number: str) -> None:
    assert desk.get(f"{DESK}cases/{number}/").status_code == 404


def test_drafts_do_not_exist_for_the_desk(desk, procedure) -> None:
    draft = make_draft(procedure)
    assert draft.resume_code not in text(desk.get(DESK, {"tab": "all"}))


def test_who_has_no_role_is_sent_away(client, case, division) -> None:
    assert client.get(DESK).status_code == 302
    sign_in(client, make_member("designer", division))
    assert client.get(DESK).headers["Location"] == f"{DESK}procedures/"  # who opens no cases begins elsewhere
    refused = client.get(at(case))
    assert refused.status_code == 404
    assert "いまの所属や役割では開けません" in text(refused)
    assert "desk:not_found" in text(refused)


def test_a_decided_case_still_opens(desk, case, clerk) -> None:
    accept(application=case, by=clerk.user)
    decide(case.subjects.get(), by=clerk.user, outcome="granted")
    write_message(application=case, text="ありがとうございました")
    page = text(desk.get(at(case)))
    assert "決定を変える" in page
    assert "受け付ける</button>" not in page
