"""The page before publishing: what it shows to whom, and what each button does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from madoguchi.accounts.tests.make import PASSWORD, make_division, make_member
from madoguchi.procedures.actions import change_draft
from madoguchi.procedures.models import FormSchedule, Procedure
from madoguchi.procedures.tests.at_studio import STUDIO, body_of, text
from madoguchi.procedures.tests.make import READY, make_ready

PLACE = f"{STUDIO}publish/"


@pytest.fixture
def dog(division):
    return make_ready(division)


@pytest.fixture
def changed(draft):
    return change_draft(draft=draft, changes=[text("question:name", "お名前")], edition=0, by=draft.holder)


@pytest.fixture
def meant(draft):
    """A draft that takes a question away: a change of meaning."""
    return change_draft(draft=draft, changes=[{"do": "remove", "at": "question:giver"}], edition=0, by=draft.holder)


def enter(client, user):
    client.logout()
    assert client.post("/sign-in/desk/", {"username": user.username, "password": PASSWORD}).status_code == 302
    return client


def test_two_people_publish_a_change_of_meaning_on_the_page(client, meant, designer, other, division) -> None:
    at_work = enter(client, designer)
    body = body_of(at_work.get(PLACE))
    assert "まだ終わっていないこと：1" in body
    assert "第2版を公開する" not in body
    assert at_work.post(PLACE, {"act": "publish", "edition": 1}).status_code == 404
    at_work.post(PLACE, {"act": "ask", "edition": 1, "words": "くれた人"})
    assert "もう1人の確認を待っています" in body_of(at_work.get(PLACE))
    assert 'value="approve"' not in body_of(at_work.get(PLACE))
    at_work.post(PLACE, {"act": "approve"})
    assert "自分で作った様式" in body_of(at_work.get(PLACE))
    chief = enter(client, make_member("chief", division).user)
    assert "次の版の確認を待っています" in body_of(chief.get("/koto/desk/procedures/dog/"))
    assert "見てほしいところ：くれた人" in body_of(chief.get(PLACE))
    chief.post(PLACE, {"act": "approve"})
    assert chief.post(PLACE, {"act": "publish", "edition": 1}).status_code == 404
    ict = enter(client, other)
    assert "第2版を公開する" in body_of(ict.get(PLACE))
    ways = {"meaning_drafts": "ask", "meaning_cases": "finish"}
    response = ict.post(PLACE, {"act": "publish", "edition": 1, "change": "meaning", "when": "now", **ways})
    assert response.url == "/koto/desk/procedures/dog/versions/2/"
    assert meant.procedure.versions.get(number=2).ways["meaning"] == {"drafts": "ask", "cases": "finish"}


def test_an_hour_is_chosen_and_taken_back_on_the_page(client, changed, other) -> None:
    ict = enter(client, other)
    ways = {"wording_drafts": "migrate", "wording_cases": "migrate"}
    given = {"act": "publish", "edition": 1, "change": "wording", "when": "later", **ways}
    response = ict.post(PLACE, given)
    assert response.status_code == 400
    assert "公開する日を入力してください。" in body_of(response)
    day = timezone.localdate() + timedelta(days=3)
    assert ict.post(PLACE, {**given, "day": str(day), "hour": "08:30"}).status_code == 302
    row = FormSchedule.objects.get()
    assert timezone.localtime(row.at).strftime("%Y-%m-%d %H:%M") == f"{day} 08:30"
    body = body_of(ict.get(PLACE))
    assert "公開する予約があります" in body
    assert "第2版を公開する" not in body
    ict.post(PLACE, {"act": "cancel"})
    assert "第2版を公開する" in body_of(ict.get(PLACE))


def test_lines_lead_to_the_part_on_which_they_are_mended(at_work, draft, designer) -> None:
    change_draft(draft=draft, changes=[text("question:name", "", language="en")], edition=0, by=designer)
    body = body_of(at_work.get(PLACE))
    assert f'href="{STUDIO}?at=question%3Aname#part"' in body


def test_who_has_no_business_here_sees_no_page(client, draft, division, in_scope) -> None:
    clerk = enter(client, make_member("clerk", division).user)
    assert clerk.get(PLACE).status_code == 404
    stranger = enter(client, make_member("chief", make_division("zei", "課税課", "Tax")).user)
    assert stranger.get(PLACE).status_code == 404


def test_without_a_draft_the_page_leads_back(client, dog, other) -> None:
    ict = enter(client, other)
    assert ict.get(PLACE).url == "/koto/desk/procedures/dog/"
    assert ict.post(PLACE, {"act": "publish"}).status_code == 409


def test_facts_are_kept_on_their_page(at_work, draft, division) -> None:
    page = f"{STUDIO}facts/"
    shown = at_work.get(page).context["form"]
    given = {item.name: item.value() if item.value() is not None else "" for item in shown}
    given |= {"privacy_ja": "使いみち", "phone": "03-5555-0199", "notice_granted_title_ja": "登録しました"}
    assert at_work.post(page, given).url == PLACE
    dog, division_ = Procedure.objects.get(), type(division).objects.get(pk=division.pk)
    assert (dog.privacy["ja"], dog.privacy["en"], division_.phone) == ("使いみち", READY["privacy"]["en"], "03-5555-0199")
    assert dog.notice_texts["granted"]["title"]["ja"] == "登録しました"
    assert dog.notice_texts["refused"] == READY["notice_texts"]["refused"]
    response = at_work.post(page, {**given, "standard_days": ""})
    assert response.status_code == 400
    assert "期間の日数を入力してください。" in body_of(response)
