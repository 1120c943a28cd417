"""Residents' sign-in by e-mail, leaving and coming back, what a browser may see and for how long."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import EmailCode, User
from madoguchi.applications.models import Application, Feedback
from madoguchi.applications.tests.make import make_draft, make_filed, make_procedure
from madoguchi.jobs.tests.make import run_tasks
from madoguchi.lib.tests.boxes import form_with, posted, read, words
from madoguchi.notices.models import Mail

pytestmark = pytest.mark.django_db
ADDRESS = "hanako@example.jp"


@pytest.fixture
def procedure(in_scope):
    return make_procedure()


def code_for(address: str = ADDRESS) -> str:
    run_tasks()
    found = re.search(r"\d{6}", Mail.objects.filter(to=address).order_by("-pk").first().body)
    assert found
    return found[0]


def ask(client: Client, place: str, address: str = ADDRESS):
    return client.post(place, {"email": address})


def sign_in(client: Client, address: str = ADDRESS):
    ask(client, "/koto/sign-in/", address)
    return client.post("/koto/sign-in/code/", {"code": code_for(address)})


def open_draft(client: Client, procedure) -> Application:
    draft = make_draft(procedure, {})
    client.post("/koto/status/", {"number": draft.resume_code, "phrase": draft.phrase})
    return draft


# -- codes ---------------------------------------------------------------------------------------------------------------------------


def test_signing_in_makes_one_resident_per_address(procedure):
    one, other = Client(), Client()
    for client in (one, other):
        assert sign_in(client)["Location"] == "/koto/my/"
        assert client.get("/koto/my/").status_code == 200
    assert User.objects.filter(email=ADDRESS).count() == 1


def test_known_and_unknown_addresses_get_the_same_answer(procedure):
    sign_in(Client())
    answers = [ask(Client(), "/koto/sign-in/", address) for address in (ADDRESS, "nobody@example.jp")]
    assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1


@pytest.mark.parametrize(
    "typed", ["", "hanako", "hanako@", "a b@example.jp", "x" * 400 + "@example.jp", "a\x00@example.jp\r\nBcc: x@example.jp"]
)
def test_what_is_no_address_is_said(procedure, client, typed):
    response = ask(client, "/koto/sign-in/", typed)
    assert response.status_code in (302, 422)
    if response.status_code == 422:
        assert "メールアドレスを確かめて" in words(response)
    else:
        assert all("\n" not in code.email and "Bcc" not in code.email for code in EmailCode.objects.all())


def test_a_code_works_in_its_own_browser_only_and_once(procedure):
    mine, stranger = Client(), Client()
    ask(mine, "/koto/sign-in/")
    code = code_for()
    assert stranger.post("/koto/sign-in/code/", {"code": code})["Location"] == "/koto/sign-in/"
    assert mine.post("/koto/sign-in/code/", {"code": "000000" if code != "000000" else "111111"}).status_code == 422
    wide = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert mine.post("/koto/sign-in/code/", {"code": f" {wide[:3]} {wide[3:]} "}).status_code == 302
    assert mine.post("/koto/sign-in/code/", {"code": code})["Location"] == "/koto/sign-in/"


def test_five_tries_and_a_quarter_of_an_hour(procedure, client):
    ask(client, "/koto/sign-in/")
    code = code_for()
    for _ in range(5):
        client.post("/koto/sign-in/code/", {"code": "1"})
    page = client.post("/koto/sign-in/code/", {"code": code})
    assert page.status_code == 422
    assert "新しい確認コード" in words(page)
    ask(client, "/koto/sign-in/")
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert client.post("/koto/sign-in/code/", {"code": code_for()}).status_code == 422


def test_mails_are_limited(procedure, client):
    answers = [ask(client, "/koto/sign-in/").status_code for _ in range(6)]
    assert answers == [302] * 5 + [422]


def test_signing_in_leads_back_to_where_one_was_but_not_elsewhere(procedure):
    for wanted, expected in (
        ("/koto/procedures/test/", "/koto/procedures/test/"),
        ("https://elsewhere.example/", "/koto/my/"),
        ("//x", "/koto/my/"),
    ):
        client = Client()
        page = client.get("/koto/sign-in/", {"next": wanted})
        response = client.post("/koto/sign-in/", posted(form_with(page, name="email"), email=ADDRESS), follow=True)
        form = form_with(response, name="code")
        assert client.post("/koto/sign-in/code/", posted(form, code=code_for()))["Location"] == expected


def test_my_page_asks_to_sign_in(procedure, client):
    response = client.get("/koto/my/")
    assert response["Location"] == "/koto/sign-in/?next=%2Fkoto%2Fmy%2F"


# -- what a browser may see --------------------------------------------------------------------------------------------------------------


def test_thirty_minutes_rest_and_not_more(procedure, client):
    draft = open_draft(client, procedure)
    start = timezone.now()
    for minutes in (20, 40, 60):  # each visit begins the rest anew
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert client.get(f"/koto/a/{draft.uuid}/p/you/").status_code == 200
    with time_machine.travel(start + timedelta(minutes=60, seconds=settings.ANONYMOUS_REST_SECONDS + 2)):
        response = client.get(f"/koto/a/{draft.uuid}/p/you/")
        assert response["Location"] == "/koto/status/?over=1"


def test_the_session_ends_with_the_browser(procedure, client):
    open_draft(client, procedure)
    assert client.cookies["madoguchi"]["max-age"] == ""
    assert client.cookies["madoguchi"]["httponly"]


def test_ending_here_forgets_everything(procedure, client):
    draft = open_draft(client, procedure)
    sign_in(client)
    assert client.post("/koto/sign-out/").status_code == 200
    assert client.get(f"/koto/a/{draft.uuid}/").status_code == 302
    assert client.get("/koto/my/").status_code == 302


def test_an_application_goes_into_the_account_of_its_proven_address(procedure, client):
    draft = open_draft(client, procedure)
    ask(client, f"/koto/a/{draft.uuid}/email/")
    response = client.post(f"/koto/a/{draft.uuid}/email/code/", {"code": code_for()})
    assert response["Location"].endswith("/check/")
    other = open_draft(Client(), procedure)
    sign_in(client)
    draft.refresh_from_db()
    other.refresh_from_db()
    assert draft.resident.email == ADDRESS
    assert other.resident is None


def test_somebody_elses_account_opens_nothing(procedure):
    mine = Client()
    sign_in(mine)
    mine.post("/koto/apply/test/")
    draft = Application.objects.get()
    assert draft.resident.email == ADDRESS
    other = Client()
    sign_in(other, "taro@example.jp")
    for place in ("", "p/you/", "check/", "keep/", "leave/", "discard/"):
        assert other.get(f"/koto/a/{draft.uuid}/{place}").status_code == 302
    assert str(draft.uuid) not in other.get("/koto/my/").content.decode()


def test_basic_and_full(procedure, client):
    filed = make_filed(procedure)
    client.post("/koto/status/", {"number": filed.number, "phrase": filed.phrase})
    response = client.get(f"/koto/a/{filed.uuid}/amend/")
    assert response["Location"].endswith("/status/proof/?to=amend")
    page = client.get(response["Location"])
    response = client.post(response["Location"], posted(form_with(page, name="birth"), birth="1990-4-15"))
    assert response["Location"].endswith("/amend/")
    again = Client()
    again.post("/koto/status/", {"number": filed.number, "phrase": filed.phrase})
    assert again.get(f"/koto/a/{filed.uuid}/papers/{filed.documents.get().check_code}/").status_code == 302


def test_a_birth_that_is_no_day(procedure, client):
    filed = make_filed(procedure)
    client.post("/koto/status/", {"number": filed.number, "phrase": filed.phrase})
    for typed in ("", "\x00", "きのう", "2月30日", "昭和64年1月8日", "9" * 500):
        response = client.post(f"/koto/a/{filed.uuid}/status/proof/", {"birth": typed})
        assert response.status_code == 422
        assert "例：平成2年4月15日" in words(response)


# -- links ---------------------------------------------------------------------------------------------------------------------------------


def link_of(address: str = ADDRESS) -> str:
    run_tasks()
    found = re.search(r"/koto/resume/\S+", Mail.objects.filter(to=address).order_by("-pk").first().body)
    assert found
    return found[0]


def test_a_link_lives_seven_days(procedure, client):
    draft = open_draft(client, procedure)
    ask(client, f"/koto/a/{draft.uuid}/leave/")
    client.post(f"/koto/a/{draft.uuid}/leave/code/", {"code": code_for()})
    link = link_of()
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert Client().get(link).status_code == 410
        assert Client().post(link).status_code == 409
    assert Client().post(link).status_code == 302


def test_only_the_hash_of_a_link_is_kept(procedure, client):
    from madoguchi.accounts.models import EmailLink  # noqa: PLC0415

    draft = open_draft(client, procedure)
    ask(client, f"/koto/a/{draft.uuid}/leave/")
    client.post(f"/koto/a/{draft.uuid}/leave/code/", {"code": code_for()})
    token = link_of().rstrip("/").rsplit("/", 1)[1]
    assert token not in str(list(EmailLink.objects.values()))


# -- the small pages --------------------------------------------------------------------------------------------------------------------------


def test_feedback_comes_back_to_a_place_of_ours(procedure, client):
    response = client.post("/koto/feedback/", {"end": "sent", "score": "４", "words": "よかった", "next": "https://elsewhere.example/"})
    assert response.status_code == 200
    assert (Feedback.objects.get().score, Feedback.objects.get().words) == (4, "よかった")
    assert not [link for link in read(response).links if "elsewhere" in link]


def test_checking_a_paper_names_nobody(procedure, client):
    filed = make_filed(procedure)
    document = filed.documents.get()
    page = client.get(f"/c/{document.check_code.lower()}/")
    assert page.status_code == 200
    assert "架空" not in words(page)
    assert filed.number not in words(page)
    assert client.get("/c/", {"code": "234-2"}).status_code == 404
