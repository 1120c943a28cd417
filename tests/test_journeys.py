"""The journeys of issue 2, each a page of acts through the real pages: no mocks, no shortcuts into the rows."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from madoguchi.accounts.models import Membership, Municipality
from madoguchi.applications.actions import looking, submit
from madoguchi.applications.models import Application, State, SubjectState
from madoguchi.applications.tests.make import ANSWERS, FORM, make_draft
from madoguchi.jobs.tests.make import run_tasks
from madoguchi.lib.tests.boxes import form_with, posted, press, read, words
from madoguchi.procedures.actions import library_entries, publish
from tests import filler
from tests.people import Resident, Town

pytestmark = pytest.mark.django_db
DAY = "2026-11-20"


@pytest.fixture(autouse=True)
def a_working_day(monkeypatch) -> Iterator[None]:
    """The day of the examples; wrong tries are counted and not waited for."""
    monkeypatch.setattr(looking, "MAX_DELAY_SECONDS", 0.0)
    with time_machine.travel(f"{DAY}T10:00:00+09:00", tick=True):
        yield


@cache
def library() -> dict[str, Any]:
    return {entry.id: entry for entry in library_entries()}


def example(procedure: str, name: str) -> dict[str, Any]:
    return next(one["answers"] for one in library()[procedure].examples if one["id"] == name)


def subject_ids(resident: Resident) -> list[int]:
    with scope(municipality=resident.town.municipality):
        return list(resident.application.subjects.values_list("pk", flat=True))


def draft_of(resident: Resident) -> dict[str, Any]:
    with scope(municipality=resident.town.municipality):
        return resident.application.draft().values


# -- (a) from the first page to the decision ------------------------------------------------------------------------------------------


def test_online_with_correction_and_decision():
    town = Town(procedures=("inu-toroku",), second_review=True)
    hanako = Resident(town).starts("inu-toroku").fills(example("inu-toroku", "given-vaccinated"))
    hanako.proves_email(hanako.at("email/"), "hanako@example.jp", electronic=["yes"])
    hanako.sends()
    assert "届きました" in hanako.mails("hanako@example.jp")[0].subject or hanako.number in hanako.mails("hanako@example.jp")[0].body
    receipt = next(link for link in read(hanako.client.get(hanako.at("status/"))).links if "/papers/" in link)
    assert b"".join(hanako.client.get(receipt).streaming_content).startswith(b"%PDF-")

    clerk = town.staff("clerk")
    assert hanako.number in words(clerk.client.get("/koto/desk/"))
    clerk.accepts(hanako.number)
    with scope(municipality=town.municipality):
        walked = hanako.application.version.form
        latest = hanako.application.latest().values
    asked = [
        question
        for question in ("dog_name", "dog_colour", "dog_color", "breed", "name", "phone")
        if question in latest and walked.has(question)
    ][:2]
    assert len(asked) == 2, sorted(latest)
    clerk.asks(hanako.number, {path: f"{path}を直してください" for path in asked})

    page = hanako.comes_back()
    assert "直していただきたいところ" in words(page)
    page = hanako.client.get(hanako.at("correct/"))
    assert set(form_with(page, button="next").values("shown")) == set(asked)
    assert all(f"{path}を直してください" in words(page) for path in asked)
    assert "期限を過ぎると" in words(page)
    typed = typed_for(page, asked)
    page = press(hanako.client, page, "next", follow=True, **typed)
    assert "直した内容が届きました" in words(page)
    run_tasks()

    page = clerk.opens(hanako.number)
    assert "補正が届きました" in words(page)
    assert page.content.decode().count("<ins>") == 4, "two answers changed: said first at the top, then in their places"
    assert all(value in words(page) for texts in typed.values() for value in texts)
    with scope(municipality=town.municipality):
        steps, (subject,) = hanako.application.procedure.review_steps, hanako.application.subjects.all()
    for step in steps:
        clerk.client.post(f"/koto/desk/cases/{hanako.number}/review/", {"step": step, "passed": "yes"})
    clerk.decides(hanako.number, subject.pk, "granted", "propose")
    assert "結果が出ました" not in hanako.status()

    chief = town.staff("chief")
    page = chief.client.get("/koto/desk/chief/")
    assert hanako.number in words(page)
    page = chief.presses(chief.opens(hanako.number), "decide", f"/subjects/{subject.pk}/approve/")
    run_tasks()
    mail = hanako.mails("hanako@example.jp")[0]
    assert hanako.number in mail.body
    assert "認め" not in mail.body
    assert mail.subject in words(Client().get("/mailbox/"))

    page = hanako.comes_back()
    assert "結果が出ました" in words(page)
    assert not [link for link in read(page).links if "/papers/" in link]
    page = hanako.client.get(hanako.at("status/proof/"))  # a dog's registration asks for no date of birth: the e-mailed code it is
    page = hanako.proves_email(next(link for link in read(page).links if "/sign-in/" in link), "hanako@example.jp")
    assert page.request["PATH_INFO"] == hanako.at("status/")
    papers = [link for link in read(page).links if "/papers/" in link]
    files = [b"".join(hanako.client.get(link).streaming_content) for link in papers]
    assert len(files) == 3  # receipt, receipt of the correction, notice of the decision
    assert all(file.startswith(b"%PDF-") for file in files)
    assert hanako.application.state == State.DECIDED
    paper = next(iter(papers)).split("/")[-2]
    assert Client().get(f"/c/{paper}/").status_code == 200


def typed_for(page: Any, asked: list[str]) -> dict[str, list[str]]:
    """Something else for each of the boxes asked for."""
    form = form_with(page, button="next")
    found: dict[str, list[str]] = {}
    for path in asked:
        name = next(name for name in (f"a:{path}", f"a:{path}:family") if form.has(name))
        other = [value for value in form.offered.get(name, []) if value not in form.values(name)]
        found[name] = other[:1] or (["03-5555-0199"] if "phone" in path else [f"{form.value(name)}なおした"])
    return found


# -- (b) withdrawal -----------------------------------------------------------------------------------------------------------------------


def test_withdrawal():
    town = Town()
    town.with_form("test")
    hanako = Resident(town).applies("test", ANSWERS)
    page = hanako.client.get(hanako.at("withdraw/"))
    page = hanako.client.post(hanako.at("withdraw/"), posted(form_with(page, name="reason"), reason="引っ越したため"))
    assert page.status_code == 200
    assert hanako.application.state == State.WITHDRAWN
    assert "取り下げました" in hanako.status()
    clerk = town.staff("clerk")
    assert "引っ越したため" in words(clerk.opens(hanako.number))
    assert hanako.client.post(hanako.at("withdraw/"), {"reason": "もう一度"}).status_code == 409
    assert not [one for one in read(clerk.opens(hanako.number)).forms if "/accept/" in one.action]


# -- (c) somebody else's hand ------------------------------------------------------------------------------------------------------------


def test_proxy():
    town = Town(procedures=("zei-shomei",))
    answers = example("zei-shomei", "proxy-post-two")
    taro = Resident(town).applies("zei-shomei", answers)
    with scope(municipality=town.municipality):
        form = taro.application.version.form
    asked = [one for page in form.pages for section in page.sections for one in section.questions if one.type == "person_name"]
    names = {one.concept: answers[one.id]["family"] for one in asked if one.id in answers}
    assert taro.application.applicant_name.startswith(names["applicant.name"])
    assert {"applicant.name", "proxy.name"} <= set(names)
    page = town.staff("clerk").opens(taro.number)
    assert all(name in words(page) for name in names.values())
    page = taro.comes_back()
    assert not any(name in words(page) for name in names.values())


# -- (d) number and passphrase -----------------------------------------------------------------------------------------------------------------


def test_status_by_number_and_phrase():
    town = Town()
    town.with_form("test")
    hanako = Resident(town).applies("test", ANSWERS)
    sentences = set()
    for number, phrase in ((hanako.number, "さくら-みかん-でんしゃ-ねこ"), ("234-567-89C", hanako.phrase), ("", ""), ("K7M4PX9TR", "ねこ")):
        page = Resident(town).comes_back(number or " ", phrase or " ")
        assert page.status_code == 422
        sentences |= {str(problem["sentence"]) for problem in page.context["problems"]}
    assert len(sentences) == 1
    page = hanako.comes_back(hanako.number.lower().replace("-", ""), hanako.phrase.replace("-", "　"))
    assert "届きました" in words(page)
    for secret in ("架空", "花子", "試験のため", "12,000"):
        assert secret not in words(page)
    for place in ("amend/", "sent/", "check/", "email/", "leave/"):
        assert hanako.client.get(hanako.at(place)).status_code == 302
    assert "架空" not in words(hanako.client.get(hanako.at("correct/"), follow=True))
    page = hanako.proves("平成2年4月15日")
    assert "試験のため" in words(page)
    assert hanako.client.get(hanako.at("amend/")).status_code == 200


def test_five_tries_a_number_and_a_stranger_locks_nobody_out():
    town = Town()
    town.with_form("test")
    hanako = Resident(town).applies("test", ANSWERS)
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for _ in range(5):
        assert stranger.post("/koto/status/", {"number": hanako.number, "phrase": "ちがう"}).status_code == 422
    page = stranger.post("/koto/status/", {"number": hanako.number, "phrase": hanako.phrase})
    assert page.status_code == 422
    assert "分ほど待って" in words(page)
    assert hanako.comes_back().status_code == 200
    assert "届きました" in hanako.status()
    for _ in range(5):
        hanako.proves("1999-01-01")
    page = hanako.proves("1990-04-15")
    assert page.status_code == 422
    assert "分ほど待って" in words(page)


# -- (e) two municipalities ---------------------------------------------------------------------------------------------------------------------


def test_two_municipalities_that_never_see_each_other():
    towns = [Town(), Town("midori", "みどり野市")]
    people = []
    for town in towns:
        town.with_form("test")
        person = Resident(town).starts("test").fills({**ANSWERS, "reason": f"{town.slug}の理由"})
        person.proves_email(person.at("email/"), "same@example.jp")
        people.append(person.sends())
    with scopes_disabled():
        for member in Membership.objects.filter(role="clerk").select_related("user"):
            member.user.name = "同じ 名前"
            member.user.save()
    (koto, midori), clerks = people, [town.staff("clerk") for town in towns]
    assert {mail.municipality.slug for mail in koto.mails("same@example.jp")} == {"koto", "midori"}
    for mine, other, clerk in ((koto, midori, clerks[0]), (midori, koto, clerks[1])):
        queue = words(clerk.client.get(f"/{mine.town.slug}/desk/"))
        assert mine.number in queue
        assert other.number not in queue
        assert clerk.client.get(f"/{mine.town.slug}/desk/cases/{other.number}/").status_code == 404
        assert clerk.client.get(f"/{other.town.slug}/desk/").status_code == 404
        for place in ("status/", "sent/", "amend/"):
            assert mine.client.get(f"/{mine.town.slug}/a/{other.application.uuid}/{place}").status_code == 404
            assert mine.client.get(f"/{other.town.slug}/a/{other.application.uuid}/{place}").status_code == 302
        mine.proves_email(f"/{mine.town.slug}/sign-in/", "same@example.jp")
        page = words(mine.client.get(f"/{mine.town.slug}/my/"))
        assert mine.number in page
        assert other.number not in page


# -- (f) two children ----------------------------------------------------------------------------------------------------------------------------


def test_two_children_one_granted_one_held_later_granted_then_declined():
    town = Town(procedures=("hoiku-riyo",), second_review=False)
    mother = Resident(town).applies("hoiku-riyo", example("hoiku-riyo", "siblings-transfer"))
    clerk = town.staff("clerk")
    clerk.accepts(mother.number)
    older, younger = subject_ids(mother)
    clerk.decides(mother.number, older, "granted")
    assert mother.application.state == State.ACCEPTED
    clerk.decides(mother.number, younger, "held", valid_until="令和9年3月31日", reason="希望の園に空きがありません。")
    assert mother.application.state == State.DECIDED
    page = mother.status()
    assert "保留" in page
    assert "2027年3月31日" in page
    assert "2027年3月31日" in words(clerk.opens(mother.number))
    clerk.decides(mother.number, younger, "granted", reason="空きが出ました。")
    with scope(municipality=town.municipality):
        states = [one.state for one in mother.application.subjects.all()]
        (second, first) = mother.application.subjects.get(pk=younger).decisions.all()
        assert second.supersedes == first
    assert states == [SubjectState.GRANTED, SubjectState.GRANTED]

    mother.client.post(mother.at(f"reply/{younger}/"), {"act": "accept"})
    asked = mother.client.post(mother.at(f"reply/{older}/"), {"act": "decline"})
    sure = form_with(asked, name="sure")
    mother.client.post(sure.action or mother.at(f"reply/{older}/"), {**posted(sure), "sure": "yes"})
    with scope(municipality=town.municipality):
        one, other = mother.application.subjects.all()
    assert one.state == SubjectState.DECLINED
    assert (other.state, other.accepted_at is not None) == (SubjectState.GRANTED, True)
    assert "辞退" in words(clerk.opens(mother.number))
    mother.comes_back()
    with scope(municipality=town.municipality):
        names = list(mother.application.subjects.values_list("name", flat=True))
    assert not [name for name in names if name in mother.status()]  # a name is an answer: only after the second proof


# -- (g) what was to follow ------------------------------------------------------------------------------------------------------------------------


def test_amendment_of_a_document_that_was_to_follow():
    town = Town()
    town.with_form("test", amend_until_days=7)
    hanako = Resident(town).applies("test", {**ANSWERS, "proof": {"files": [], "later": True}})
    clerk = town.staff("clerk")
    clerk.opens(hanako.number)
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=True):
        page = hanako.client.get(hanako.at("amend/"))
        assert set(form_with(page, button="next").values("shown")) == {"amount", "proof"}
        page = press(hanako.client, page, "next")
        assert page.status_code == 422  # nothing was changed
        page = send_file(hanako, page)
        page = press(hanako.client, page, "next", **{"a:amount": "たくさん"})
        assert page.status_code == 422
        page = press(hanako.client, page, "next", follow=True, **{"a:amount": "２万円"})
        assert "変更・追加の内容が届きました" in words(page)
        run_tasks()
        with scope(municipality=town.municipality):
            amendment = hanako.application.amendments.get()
            kinds = sorted(hanako.application.documents.values_list("kind", flat=True))
            assert hanako.application.latest().values["amount"] == 20000
        assert amendment.number not in ("", hanako.number)
        assert amendment.arrived_at > hanako.application.arrived_at
        assert kinds == ["amendment", "receipt"]
        assert len([link for link in read(hanako.client.get(hanako.at("status/"))).links if "/papers/" in link]) == 2
        queue = words(clerk.client.get("/koto/desk/?tab=division"))
        assert hanako.number in queue
        assert "変更・追加が届きました" in words(clerk.opens(hanako.number))
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=True):
        assert "変更・追加が届きました。" not in words(clerk.opens(hanako.number)).partition("これまでのこと")[0]
    with time_machine.travel(timezone.now() + timedelta(days=9), tick=True):
        hanako.comes_back()
        hanako.proves("1990-04-15")
        page = hanako.client.get(hanako.at("amend/"))
        assert "a:amount" not in page.content.decode()  # after the cut-off day


def send_file(resident: Resident, page: Any) -> Any:
    file = SimpleUploadedFile("証明.jpg", filler.picture(), "image/jpeg")
    return press(resident.client, page, "upload:proof", **{"f:proof": file})


def test_an_amendment_begun_before_a_correction_keeps_both():
    town = Town()
    town.with_form("test", amend_until_days=7)
    hanako = Resident(town).applies("test", ANSWERS)
    press(hanako.client, hanako.client.get(hanako.at("amend/")), "back", **{"a:amount": "30,000"})
    clerk = town.staff("clerk")
    clerk.accepts(hanako.number)
    clerk.asks(hanako.number, {"reason": "もう少しくわしく"})
    assert hanako.client.get(hanako.at("amend/")).status_code == 409
    press(hanako.client, hanako.client.get(hanako.at("correct/")), "next", **{"a:reason": "くわしい理由"})
    page = hanako.client.get(hanako.at("amend/"))
    assert form_with(page, button="next").value("a:amount") in ("30000", "30,000")
    press(hanako.client, page, "next")
    with scope(municipality=town.municipality):
        values = hanako.application.latest().values
    assert (values["amount"], values["reason"]) == (30000, "くわしい理由")


# -- (h) coming back to a draft ----------------------------------------------------------------------------------------------------------------------


def half(resident: Resident) -> Resident:
    """The first page filled, the second begun."""
    page = resident.client.get(resident.at("p/you/"))
    name = {"a:name:family": "架空", "a:name:given": "花子", "a:name:family_kana": "かくう", "a:name:given_kana": "はなこ"}
    press(resident.client, page, "next", **name, **{"a:birth": "平成2年4月15日"})
    press(resident.client, resident.client.get(resident.at("p/request/")), "leave", **{"a:reason": "書きかけ"})
    return resident


def test_resume_by_code_and_phrase():
    town = Town()
    town.with_form("test")
    hanako = half(Resident(town).starts("test"))
    page = hanako.comes_back(hanako.resume_code, hanako.phrase)
    assert page.request["PATH_INFO"].endswith("/p/request/")
    assert form_with(page, button="next").value("a:reason") == "書きかけ"
    assert hanako.phrase not in words(hanako.client.get(hanako.at("keep/")))
    page = Client().get(hanako.at("p/request/"), follow=True)
    assert "書きかけ" not in words(page)


def test_resume_by_an_emailed_link():
    town = Town()
    town.with_form("test")
    hanako = half(Resident(town).starts("test"))
    hanako.proves_email(hanako.at("leave/"), "hanako..x.@docomo.ne.jp")
    mail = hanako.mails("hanako..x.@docomo.ne.jp")[0]
    link = re.search(r"/koto/resume/\S+", mail.body)
    assert link
    assert "架空" not in mail.body
    place = link[0]
    scanner, phone = Client(), Client()
    for _ in range(3):
        assert scanner.get(place).status_code == 200
    assert scanner.get(hanako.at("p/request/")).status_code == 302
    page = phone.get(place)
    response = phone.post(place, posted(form_with(page, button=read(page).forms[-1].buttons[0][2])))
    assert response["Location"] == hanako.base
    page = phone.get(hanako.base, follow=True)
    assert form_with(page, button="next").value("a:reason") == "書きかけ"
    again = Client()
    assert again.get(place).status_code == 410
    assert again.post(place).status_code == 409
    assert again.get(hanako.at("p/request/")).status_code == 302


def test_resume_by_account():
    town = Town()
    town.with_form("test")
    hanako = Resident(town)
    hanako.proves_email("/koto/sign-in/", "hanako@example.jp")
    half(hanako.starts("test"))
    hanako.client = Client()
    page = hanako.proves_email("/koto/sign-in/", "hanako@example.jp")
    assert hanako.base in read(page).links
    page = hanako.client.get(hanako.base, follow=True)
    assert form_with(page, button="next").value("a:reason") == "書きかけ"
    page = hanako.client.post("/koto/sign-out/")
    assert hanako.client.get(hanako.at("p/request/")).status_code == 302


def test_continue_yours_is_shown_to_a_fresh_session_only():
    town = Town()
    town.with_form("test")
    hanako = half(Resident(town).starts("test"))
    assert hanako.base in read(hanako.client.get("/koto/resume/")).links
    assert hanako.base in read(hanako.client.get("/koto/procedures/test/")).links, "offered before a second start"
    assert hanako.base not in read(Client().get("/koto/resume/")).links
    assert hanako.base not in read(Client().get("/koto/procedures/test/")).links
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.ANONYMOUS_REST_SECONDS + 10), tick=True):
        assert hanako.base not in read(hanako.client.get("/koto/resume/")).links
    hanako.comes_back(hanako.resume_code)
    hanako.client.post("/koto/sign-out/")
    assert hanako.base not in read(hanako.client.get("/koto/resume/")).links


# -- (i) the form changes under a draft ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moves", [False, True])
def test_a_draft_on_an_older_version(moves):
    town = Town()
    procedure = town.with_form("test")
    hanako = half(Resident(town).starts("test"))
    question = {"id": "when", "type": "date", "label": {"ja": "いつから", "plain": "いつから", "en": "From"}, "required": True}
    pages = [FORM["pages"][0], {**FORM["pages"][1], "questions": [*FORM["pages"][1]["questions"], question]}]
    with scope(municipality=town.municipality):
        publish(procedure=procedure, document={**FORM, "id": "test", "pages": pages}, by=None)
    page = hanako.client.get(hanako.at("p/request/"))
    assert "様式が新しくなりました" in words(page)
    if moves:
        form = form_with(page, action="/new-version/")
        page = hanako.client.post(form.action, posted(form), follow=True)
        assert form_with(page, button="next").has("a:when")
    hanako.fills({**ANSWERS, "when": "2026-12-01"}).sends()
    filed = hanako.application
    assert filed.version.number == (2 if moves else 1)
    with scope(municipality=town.municipality):
        assert ("when" in filed.latest().values) is moves


# -- (j), (k) what ends elsewhere ----------------------------------------------------------------------------------------------------------------------


def test_a_notification_ends_at_its_acceptance():
    town = Town(procedures=("ninshin-todoke",))
    hanako = Resident(town).applies("ninshin-todoke", example("ninshin-todoke", "first-pregnancy"))
    clerk = town.staff("clerk")
    page = clerk.accepts(hanako.number)
    assert not [one for one in read(page).links if "/subjects/" in one]
    assert hanako.application.is_finished
    with scope(municipality=town.municipality):
        (subject,) = hanako.application.subjects.all()
        assert hanako.application not in Application.objects.open()
    assert subject.state == SubjectState.RECEIVED
    assert "手続きが終わりました" in hanako.status()
    assert clerk.client.get(f"/koto/desk/cases/{hanako.number}/subjects/{subject.pk}/").status_code in (302, 409, 404, 200)
    response = clerk.client.post(
        f"/koto/desk/cases/{hanako.number}/subjects/{subject.pk}/", {"outcome": "granted", "act": "decide", "seen": ""}
    )
    assert response.status_code < 500
    assert hanako.application.state == State.ACCEPTED


def test_prepare_here_finish_at_the_counter():
    town = Town(procedures=("tenshutsu",))
    hanako = Resident(town).starts("tenshutsu")
    assert "ここでは準備までできます" in words(hanako.client.get("/koto/procedures/tenshutsu/"))
    hanako.fills(example("tenshutsu", "alone-card"))
    assert "窓口でおわる手続きです" in words(hanako.client.get(hanako.at("check/")))
    hanako.sends()
    assert "窓口に来てください" in words(hanako.client.get(hanako.at("sent/")))
    assert hanako.number in words(town.staff("clerk").opens(hanako.number))


# -- (l) twice ----------------------------------------------------------------------------------------------------------------------------------------


def test_sending_twice_gives_one_number():
    town = Town()
    town.with_form("test")
    hanako = Resident(town).starts("test").fills(ANSWERS)
    page = hanako.client.get(hanako.at("check/"))
    data = posted(form_with(page, button="この内容で送る"))
    places = {hanako.client.post(hanako.at("check/"), data)["Location"] for _ in range(2)}
    numbers = {words(hanako.client.get(place)).count(hanako.application.number) > 0 for place in places}
    assert (len(places), numbers) == (1, {True})
    with scope(municipality=town.municipality):
        assert hanako.application.documents.count() == 1
        assert hanako.application.answers.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_threads_sending_at_once_give_one_number():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory has one connection: threads wait for each other (shown on PostgreSQL)")
    town = Town()
    procedure = town.with_form("test")
    with scope(municipality=town.municipality):
        draft = make_draft(procedure)
    found: list[Any] = []

    def send() -> None:
        with scope(municipality=Municipality.objects.get(slug="koto")):
            found.append(submit(application=Application.objects.get(pk=draft.pk)).number)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 4
    assert len(set(found)) == 1
    with scope(municipality=town.municipality):
        assert draft.documents.count() == 1
        assert draft.answers.count() == 1


# -- (m) limited places ---------------------------------------------------------------------------------------------------------------------------------


def test_a_course_with_limited_places():
    town = Town(procedures=("koza-moshikomi",), capacity=1, second_review=False)
    people = [Resident(town).applies("koza-moshikomi", example("koza-moshikomi", "worker-needs-support")) for _ in range(2)]
    clerk = town.staff("clerk")
    for person in people:
        clerk.accepts(person.number)
    (first,), (second,) = (subject_ids(person) for person in people)
    clerk.decides(people[0].number, first, "granted")
    place = f"/koto/desk/cases/{people[1].number}/subjects/{second}/"
    form = form_with(clerk.client.get(place), button="decide")
    response = clerk.client.post(place, posted(form, "decide", outcome="granted"))
    assert response.status_code in (200, 422)
    assert "定員" in words(response)
    clerk.decides(people[1].number, second, "held", valid_until=(date.fromisoformat(DAY) + timedelta(days=60)).isoformat())
    assert "保留" in people[1].status()
    page = people[0].client.get(people[0].at("status/"))
    asked = people[0].client.post(people[0].at(f"reply/{first}/"), {"act": "decline"})
    sure = form_with(asked, name="sure")
    people[0].client.post(sure.action or people[0].at(f"reply/{first}/"), {**posted(sure), "sure": "yes"})
    assert page.status_code == 200
    clerk.decides(people[1].number, second, "granted")
    assert "認められました" in people[1].status()
