"""Residents' sign-in: a code the first time, a code or a one-time link afterwards; unknown addresses look alike."""

from __future__ import annotations

import re

import pytest

from madoguchi.accounts.models import User
from madoguchi.jobs.tests.make import run_tasks
from madoguchi.notices.models import Mail

CODE = re.compile(r"\b(\d{6})\b")
LINK = re.compile(r"/koto/sign-in/link/([\w-]+)/")


@pytest.fixture
def mails(in_scope):
    def read() -> list[str]:
        run_tasks()
        return [mail.body for mail in Mail.objects.order_by("id")]

    return read


def ask(client, email: str = "aoi@example.jp"):
    return client.post("/koto/sign-in/", {"email": email})


def test_the_first_time_takes_the_code_in_the_same_browser(client, mails, django_user_model):
    assert ask(client)["Location"] == "/koto/sign-in/code/"
    (body,) = mails()
    assert not LINK.search(body)
    assert client.post("/koto/sign-in/code/", {"code": "000000" if CODE.search(body)[1] != "000000" else "000001"}).status_code == 422
    wide = CODE.search(body)[1].translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert client.post("/koto/sign-in/code/", {"code": wide})["Location"] == "/koto/my/"
    assert client.get("/koto/my/").status_code == 200
    assert User.objects.filter(email="aoi@example.jp").count() == 1


def test_a_code_is_of_no_use_in_another_browser(client, mails):
    ask(client)
    (body,) = mails()
    stranger = type(client)()
    assert stranger.post("/koto/sign-in/code/", {"code": CODE.search(body)[1]})["Location"] == "/koto/sign-in/"


def test_who_proved_the_address_may_use_a_link_once_by_its_button(client, mails, resident):
    ask(client, resident.email)
    token = LINK.search(mails()[-1])[1]
    other = type(client)()
    address = f"/koto/sign-in/link/{token}/"
    assert other.get(address).status_code == 200
    assert other.get(address).status_code == 200, "a mail scanner that opens it uses nothing up"
    assert other.post(address)["Location"] == "/koto/my/"
    assert other.get("/koto/my/").status_code == 200
    assert client.get(address).status_code == 410
    assert client.post(address).status_code == 409


def test_known_and_unknown_addresses_get_the_same_page(client, mails, resident):
    known, unknown = ask(client, resident.email), ask(client, "nobody@example.jp")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_what_is_no_address_gets_a_sentence(client, in_scope):
    response = ask(client, "あおい")
    assert response.status_code == 422
    assert "メールアドレス" in response.content.decode()
    assert "あおい" in response.content.decode()


def test_an_error_page_leads_to_the_feedback_form(client, in_scope):
    page = client.get("/koto/feedback/?end=error")
    assert page.status_code == 200
    assert 'value="error"' in page.content.decode()
