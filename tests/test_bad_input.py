"""What bad input gets (issue 2, section 5): never a 500, never lost text, always a sentence that says what to do."""

from __future__ import annotations

import csv
import io
import re
import struct
import zlib
from datetime import timedelta

import pikepdf
import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from madoguchi.applications.actions import export_cases, submit
from madoguchi.applications.models import Application, Attachment, State
from madoguchi.applications.tests.make import ANSWERS, FORM, make_draft, make_filed, make_procedure
from madoguchi.applications.tests.make import words as texts
from madoguchi.lib.tests.boxes import form_with, posted, press, read, words
from madoguchi.lib.tests.files import pdf, picture
from madoguchi.procedures.actions import publish

pytestmark = pytest.mark.django_db
SENTENCE = re.compile(r"[ぁ-ん].*(ください|でした|ません|ます)。")  # Japanese that says something


@pytest.fixture
def procedure(division):
    return make_procedure(form=FORM)


@pytest.fixture
def draft(procedure, client):
    response = client.post("/koto/apply/test/")
    return Application.objects.get(uuid=response["Location"].split("/")[3])


def at(application: Application, page: str = "request") -> str:
    return f"/koto/a/{application.uuid}/p/{page}/"


def values(application: Application) -> dict:
    return application.draft().values


# -- uploads -------------------------------------------------------------------------------------------------------------------


def bomb_png() -> bytes:
    """A PNG of 40,000 × 40,000 pixels in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 5_000_000, 9)) + chunk(b"IEND", b"")


def bomb_pdf() -> bytes:
    """A PDF whose streams unpack to 300 MB."""

    def change(made: pikepdf.Pdf) -> None:
        once = zlib.compress(b"\0" * 60_000_000, 9)
        streams = [made.make_indirect(pikepdf.Stream(made, once, Filter=pikepdf.Name.FlateDecode)) for _ in range(5)]
        made.Root.Held = pikepdf.Array(streams)

    return pdf(change=change)


LIES = {
    "a program called .pdf": ("証明.pdf", b"MZ\x90\0" + b"\0" * 500, "種類のファイル"),
    "a page called .png": ("a.png", b"<html><script>alert(1)</script></html>", "種類のファイル"),
    "a picture cut short": ("a.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 64, "壊れている"),
    "a pdf cut short": ("a.pdf", b"%PDF-1.7\n" + b"\0" * 64, "壊れている"),
    "a zip of another kind": ("a.zip", b"PK\x03\x04" + b"\0" * 100, "種類のファイル"),
    "zero bytes": ("空.pdf", b"", "中身がありません"),
    "a bomb called .png": ("a.png", bomb_png(), "大きくなりすぎる"),
    "a bomb called .pdf": ("a.pdf", bomb_pdf(), "大きくなりすぎる"),
    "too large": ("a.pdf", b"%PDF-1.7\n" + b"\0" * (10 * 1024 * 1024 + 1), "大きすぎます"),
}


@pytest.mark.parametrize(("name", "data", "says"), LIES.values(), ids=LIES)
def test_a_file_that_cannot_be_kept_is_refused_with_a_sentence(draft, client, name, data, says):
    file = SimpleUploadedFile(name, data, "application/pdf")
    page = client.get(at(draft))
    response = press(client, page, "upload:proof", **{"f:proof": file, "a:reason": "書きかけの理由"})
    assert response.status_code == 200
    assert says in words(response)
    assert values(draft) == {"reason": "書きかけの理由"}
    assert not Attachment.objects.exists()
    assert form_with(response, button="next").value("a:reason") == "書きかけの理由"


def test_a_picture_under_a_wrong_name_is_kept_under_a_right_one(draft, client):
    file = SimpleUploadedFile("../../写\x00真.pdf", picture("PNG"), "application/pdf")
    response = press(client, client.get(at(draft)), "upload:proof", **{"f:proof": file})
    assert Attachment.objects.get().name == "写真.png"
    assert "写真.png" in words(response)


def test_more_files_than_a_question_takes(draft, client):
    for count in range(6):
        file = SimpleUploadedFile(f"{count}.png", picture("PNG"), "image/png")
        response = client.post(at(draft), {"act": "upload:proof", "shown": "proof", "f:proof": file})
    assert "5個まで" in words(response)
    assert len(values(draft)["proof"]["files"]) == 5


# -- letters ------------------------------------------------------------------------------------------------------------------------

LETTERS = {
    "emoji": ("うれしい😀👨‍👩‍👧", "うれしい😀👨‍👩‍👧"),
    "a character beyond the basic plane": ("𠮷野家", "𠮷野家"),
    "a variation selector": ("葛\U000e0100飾区", "葛\U000e0100飾区"),
    "right-to-left marks": ("\u202e\u2067abc\u2069\u202c", "abc"),
    "NUL": ("a\x00b", "ab"),
    "half of a pair": ("a\ud800b", "ab"),
}


@pytest.mark.parametrize(("typed", "kept"), LETTERS.values(), ids=LETTERS)
def test_letters_pass_through_the_page(draft, client, typed, kept):
    escaped = b"".join(b"%%%02X" % one for one in typed.encode("utf-8", "surrogatepass"))
    response = client.generic("POST", at(draft), b"act=save&shown=reason&a:reason=" + escaped, "application/x-www-form-urlencoded")
    assert response.status_code == 200
    if "\ud800" not in typed:
        assert values(draft)["reason"] == kept
    press(client, client.get(at(draft, "you")), "next", **{"a:name:family": kept, "a:name:given": kept})
    assert values(draft)["name"]["family"] == kept
    assert kept in words(client.get(f"/koto/a/{draft.uuid}/check/"))


@pytest.mark.parametrize("end", ["message", "withdraw", "feedback", "status", "search", "number"])
def test_letters_pass_through_every_other_box(procedure, client, end):
    filed = make_filed(procedure)
    open_with_phrase(client, filed)
    odd = "\x00😀\u202e𠮷\U000e0100"
    answers = {
        "message": lambda: client.post(f"/koto/a/{filed.uuid}/message/", {"text": odd}),
        "withdraw": lambda: client.post(f"/koto/a/{filed.uuid}/withdraw/", {"reason": odd}),
        "feedback": lambda: client.post("/koto/feedback/", {"end": odd, "score": "٣", "words": odd, "next": odd}),
        "status": lambda: client.post("/koto/status/", {"number": odd, "phrase": odd}),
        "search": lambda: client.get("/koto/", {"q": odd}),
        "number": lambda: client.get("/c/", {"code": odd}),
    }
    assert answers[end]().status_code in (200, 302, 404, 422)


def open_with_phrase(client: Client, application: Application) -> None:
    response = client.post("/koto/status/", {"number": application.number or application.resume_code, "phrase": application.phrase})
    assert response.status_code == 302, words(response)


# -- days -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "stored", "says"),
    [
        ("昭和64年1月8日", None, "1月7日"),
        ("令和元年", None, "ください"),
        ("2026年2月30日", None, "ください"),
        ("2月30日", None, "ください"),
        ("令和元年5月1日", "2019-05-01", "2019年5月1日"),
        ("平成31年5月1日", None, "ください"),
        ("昭和64年1月7日", "1989-01-07", "1989年1月7日"),
        ("Ｈ２．４．１５", "1990-04-15", "1990年4月15日"),
    ],
)
def test_days_that_are_none(draft, client, typed, stored, says):
    response = press(client, client.get(at(draft, "you")), "next", **{"a:birth": typed, "a:name:family": "架空"})
    assert response.status_code == 422
    form = form_with(response, button="next")
    assert values(draft).get("birth") == stored
    assert says in words(response)
    assert stored or form.value("a:birth") == typed
    assert draft.draft().typed["birth"] == {"": typed}
    assert says in words(client.get(f"/koto/a/{draft.uuid}/check/"))


# -- twice, in two tabs, late, back ------------------------------------------------------------------------------------------------------


def filled(client: Client, application: Application) -> None:
    store = application.draft()
    store.values, store.pages_done = dict(ANSWERS), ["you", "request"]
    store.save()


def test_a_form_posted_twice_is_one(draft, client):
    filled(client, draft)
    for _ in range(2):
        response = client.post(f"/koto/a/{draft.uuid}/check/")
        assert response["Location"].endswith("/sent/")
    assert Application.objects.filed().count() == 1
    assert Application.objects.get(pk=draft.pk).answers.count() == 1
    assert draft.documents.count() == 1


def test_a_page_posted_twice_is_one(draft, client):
    page = client.get(at(draft))
    data = posted(form_with(page, button="next"), "next", **{"a:reason": "理由", "a:kind": ["new"]})
    for _ in range(2):
        assert client.post(at(draft), data).status_code == 302
    assert values(draft) == {"kind": "new", "reason": "理由"}


TYPED_IN_TABS = [
    ("reason", {"a:reason": "一つ目の理由"}, {"a:reason": "二つ目の理由"}, "一つ目の理由"),
    ("kind", {"a:kind": ["new"]}, {"a:kind": ["again"]}, "新しく"),
    ("amount", {"a:amount": "1,000"}, {"a:amount": "わからない"}, "1,000円"),
    ("unreadable on both sides", {"a:amount": "すこし"}, {"a:amount": "たくさん"}, "すこし"),
]


@pytest.mark.parametrize(("what", "first", "second", "shown"), TYPED_IN_TABS, ids=[one[0] for one in TYPED_IN_TABS])
def test_two_tabs_show_both_and_pressing_again_saves(draft, client, what, first, second, shown):
    one, two = client.get(at(draft)), client.get(at(draft))
    press(client, one, "back", **first)
    before = values(draft), draft.draft().typed
    response = press(client, two, "next", **second)
    assert (values(draft), draft.draft().typed) == before
    assert "別の画面でも入力されています" in words(response)
    assert shown in words(response)
    name, typed = next(iter(second.items()))
    form = form_with(response, button="next")
    assert form.values(name) == (typed if isinstance(typed, list) else [typed])
    press(client, response, "back")
    saved = draft.draft()
    path = name.partition(":")[2]
    assert saved.values.get(path) == (typed[0] if isinstance(typed, list) else None) or saved.values.get(path) == typed
    assert path in saved.values or saved.typed[path] == {"": typed}


def test_two_tabs_with_the_same_answers_do_not_quarrel(draft, client):
    one, two = client.get(at(draft)), client.get(at(draft))
    for page in (one, two):
        assert press(client, page, "next", **{"a:reason": "同じ", "a:kind": ["new"]}).status_code == 302


def test_two_tabs_in_a_correction_or_amendment(procedure, client):
    procedure.amend_until_days = 30
    procedure.save()
    filed = make_filed(procedure)
    open_with_phrase(client, filed)
    client.post(f"/koto/a/{filed.uuid}/status/proof/", {"birth": "1990-04-15"})
    address = f"/koto/a/{filed.uuid}/amend/"
    one, two = client.get(address), client.get(address)
    press(client, one, "back", **{"a:amount": "100"})
    response = press(client, two, "back", **{"a:amount": "200"})
    assert response.status_code == 200
    assert "別の画面でも入力されています" in words(response)
    assert form_with(response, button="next").value("a:amount") == "200"


def test_the_back_button_after_sending(draft, client):
    filled(client, draft)
    old = client.get(at(draft))
    submit(application=draft)
    response = press(client, old, "next", **{"a:reason": "送った後の変更"})
    assert response["Location"].endswith("/status/")
    assert client.post(f"/koto/a/{draft.uuid}/check/")["Location"].endswith("/sent/")
    assert Application.objects.get(pk=draft.pk).latest().values["reason"] == ANSWERS["reason"]


def test_the_back_button_to_an_older_page(draft, client):
    old = client.get(at(draft))
    press(client, old, "next", **{"a:kind": ["again"], "a:reason": "一"})
    response = press(client, old, "next", **{"a:kind": ["new"], "a:reason": "二"})
    assert "別の画面でも入力されています" in words(response)
    assert form_with(response, button="next").value("a:reason") == "二"
    assert press(client, response, "next").status_code == 302
    assert (values(draft)["kind"], values(draft)["reason"]) == ("new", "二")


def test_a_page_of_a_draft_thrown_away_in_another_tab(draft, client):
    old = client.get(at(draft))
    client.post(f"/koto/a/{draft.uuid}/discard/")
    response = press(client, old, "next", **{"a:reason": "理由"})
    assert response.status_code == 404
    assert SENTENCE.search(words(response))


# -- the session is over -----------------------------------------------------------------------------------------------------------------


def later(seconds: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=False)


def test_after_the_session_what_was_typed_waits_behind_number_and_phrase(procedure, client):
    draft = make_draft(procedure, {})
    open_with_phrase(client, draft)
    page = client.get(at(draft))
    with later(settings.ANONYMOUS_REST_SECONDS + 5):
        response = press(client, page, "next", **{"a:reason": "三十分かけて\r\n書いた理由", "a:kind": ["new"]})
        assert response.status_code == 403
        assert "時間がたったため" in words(response)
        assert "三十分" not in str(client.session.items())
        again = client.post("/koto/status/", posted(form_with(response, name="phrase"), number=draft.resume_code, phrase="ちがう-ことば"))
        assert again.status_code == 422
        form = form_with(again, name="phrase")
        response = client.post("/koto/status/", posted(form, number=draft.resume_code, phrase=draft.phrase))
        assert values(draft) == {}
        form = form_with(response, name="a:reason")
        assert form.action == at(draft)
        response = client.post(form.action, posted(form))
        assert response.status_code == 302
    assert values(draft) == {"reason": "三十分かけて\n書いた理由", "kind": "new"}


def test_what_was_typed_does_not_go_to_another_application(procedure, client):
    mine, other = make_draft(procedure, {}), make_draft(procedure, {})
    response = client.post(at(mine), {"act": "next", "shown": "reason", "a:reason": "わたしの理由"})
    form = form_with(response, name="phrase")
    response = client.post("/koto/status/", posted(form, number=other.resume_code, phrase=other.phrase))
    assert response.status_code == 302
    assert "わたしの理由" not in response.content.decode()


def test_an_expired_page_leads_to_the_sign_in(draft, client):
    with later(settings.ANONYMOUS_REST_SECONDS + 5):
        for place in ("", "p/request/", "check/", "sent/", "status/", "keep/", "leave/", "amend/", "withdraw/", "new-version/"):
            address = f"/koto/a/{draft.uuid}/{place}"
            response = client.post(address) if place == "new-version/" else client.get(address)
            assert response.status_code in (302, 403), place
        response = client.get(f"/koto/a/{draft.uuid}/check/", follow=True)
        assert "時間がたったため" in words(response)
        reply = client.post(at(draft), {"act": "autosave"}, headers={"accept": "application/json"})
        assert (reply.status_code, reply.json()["signedOut"]) == (403, True)


def test_the_token_of_an_old_page_loses_nothing(draft):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = Client().cookies
    data = {"act": "next", "shown": "reason", "a:reason": "大切な理由", "csrfmiddlewaretoken": "x" * 64}
    strict.get("/koto/status/")
    response = strict.post(at(draft), data, headers={"origin": "http://testserver"})
    assert response.status_code == 403
    form = form_with(response, name="a:reason")
    assert form.value("a:reason") == "大切な理由"
    assert form.action == at(draft)
    response = strict.post(form.action, posted(form))
    assert response.status_code == 403
    assert "時間がたったため、いったん閉じました" in words(response)  # this browser holds no application: the text goes on from there
    assert form_with(response, name="phrase").value("kept:a:reason") == "大切な理由"


@pytest.mark.parametrize("headers", [{}, {"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}])
def test_a_form_from_elsewhere_is_not_sent_on(draft, headers):
    response = Client(enforce_csrf_checks=True).post(at(draft), {"a:reason": "よその文"}, headers=headers)
    assert response.status_code == 403
    assert "よその文" not in response.content.decode()
    assert SENTENCE.search(words(response))


def test_a_passphrase_is_never_sent_back_by_the_token_page(draft):
    sent = {"number": "x", "phrase": "さくら-みかん-でんしゃ-ねこ"}
    response = Client(enforce_csrf_checks=True).post("/koto/status/", sent, headers={"origin": "http://testserver"})
    assert "さくら" not in response.content.decode()


# -- the form changes meanwhile -------------------------------------------------------------------------------------------------------------


def newer(procedure) -> dict:
    """The same form with one question more and one choice less."""
    pages = [FORM["pages"][0], {**FORM["pages"][1], "questions": [
        *(one for one in FORM["pages"][1]["questions"] if one["id"] != "amount"),
        {"id": "when", "type": "date", "label": texts("いつ", "When"), "required": True}]}]  # fmt: skip
    return {**FORM, "id": procedure.slug, "pages": pages}


def test_after_the_version_changed_a_draft_goes_on_as_it_was(procedure, draft, client):
    filled(client, draft)
    old = client.get(at(draft))
    publish(procedure=procedure, document=newer(procedure), by=None)
    response = press(client, old, "back", **{"a:amount": "5000"})
    assert response.status_code == 302
    assert "様式が新しくなりました" in words(client.get(at(draft)))
    assert client.post(f"/koto/a/{draft.uuid}/check/")["Location"].endswith("/sent/")
    filed = Application.objects.get(pk=draft.pk)
    assert (filed.version.number, filed.latest().values["amount"]) == (1, 5000)


def test_a_page_of_the_old_version_posted_after_the_move(procedure, draft, client):
    filled(client, draft)
    old = client.get(at(draft))
    publish(procedure=procedure, document=newer(procedure), by=None)
    client.post(f"/koto/a/{draft.uuid}/new-version/")
    response = press(client, old, "next", **{"a:reason": "新しい理由", "a:amount": "5000"})
    assert response.status_code in (200, 302)
    response = client.get(at(draft)) if response.status_code == 302 else press(client, response, "next")
    assert draft.draft().values["reason"] == "新しい理由"
    assert draft.draft().values["amount"] == 12000  # asked no more: kept, does not count
    assert client.post(f"/koto/a/{draft.uuid}/check/").status_code == 422
    press(client, client.get(at(draft)), "next", **{"a:when": "令和6年4月1日"})
    client.post(f"/koto/a/{draft.uuid}/check/")
    filed = Application.objects.get(pk=draft.pk)
    assert filed.state == State.SUBMITTED
    assert "amount" not in filed.latest().values


# -- a rule that fails ----------------------------------------------------------------------------------------------------------------------


def divides() -> dict:
    rule = {">": [{"/": [{"decimal": "100"}, {"var": "people"}]}, 10]}
    return {**FORM, "pages": [
        {"id": "first", "title": texts("人数"), "questions": [
            {"id": "people", "type": "number", "label": texts("人数"), "required": True},
            {"id": "more", "type": "text", "label": texts("くわしく"), "show_if": rule}]},
        {"id": "second", "title": texts("つぎ"), "show_if": rule, "questions": [{"id": "memo", "type": "text", "label": texts("メモ")}]},
        {"id": "third", "title": texts("さいご"), "questions": [{"id": "last", "type": "text", "label": texts("さいご")}]}]}  # fmt: skip


def test_a_condition_that_divides_by_zero(in_scope, client):
    procedure = make_procedure("divides", form=divides())
    response = client.post("/koto/apply/divides/")
    draft = Application.objects.get(uuid=response["Location"].split("/")[3])
    response = press(client, client.get(at(draft, "first")), "next", **{"a:people": "0"})
    assert response.status_code == 422
    listed = form_problems(response)
    assert listed
    assert all(SENTENCE.search(one) for one in listed)
    response = client.post(f"/koto/a/{draft.uuid}/check/")
    assert response.status_code == 422
    assert form_problems(response)
    assert procedure.name["ja"] in words(response)
    press(client, client.get(at(draft, "first")), "next", **{"a:people": "2"})
    assert client.get(f"/koto/a/{draft.uuid}/", follow=True).status_code == 200


def form_problems(response) -> list[str]:
    return [str(problem["sentence"]) for problem in response.context["problems"]]


# -- requests that no page of ours makes ------------------------------------------------------------------------------------------------------


def test_absurdly_long_texts(draft, client):
    press(client, client.get(at(draft)), "back", **{"a:reason": "前の理由"})
    long = "あ" * 1_000_000
    response = press(client, client.get(at(draft)), "next", **{"a:reason": long})
    assert response.status_code == 422
    assert form_problems(response)
    assert form_with(response, button="next").value("a:reason") == long
    assert len(draft.draft().typed["reason"][""]) == 20_000


def test_answers_that_grow_beyond_measure(draft, client, monkeypatch):
    monkeypatch.setattr("madoguchi.applications.actions.saving.MAX_ANSWERS_BYTES", 1000)
    long = "長い理由" * 400
    response = press(client, client.get(at(draft)), "next", **{"a:reason": long, "a:amount": "12"})
    assert response.status_code == 422
    assert "長すぎて保存できません" in words(response)
    form = form_with(response, button="next")
    assert (form.value("a:reason"), form.value("a:amount")) == (long, "12")
    assert values(draft) == {}
    reply = client.post(at(draft), {"act": "autosave", "shown": "reason", "a:reason": long})
    assert reply.status_code == 409
    assert "長すぎて" in reply.json()["message"]


@pytest.mark.parametrize(
    "fields", [{f"a:x{number}": "1" for number in range(3001)}, {"a:reason": "あ" * 1_500_000}], ids=["3,001 fields", "4.5 MB"]
)
def test_more_than_a_request_may_hold(draft, client, fields):
    client.raise_request_exception = False
    response = client.post(at(draft), "&".join(f"{name}={text}" for name, text in fields.items()), "application/x-www-form-urlencoded")
    assert response.status_code == 400
    assert SENTENCE.search(words(response))


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace", "head"])
def test_wrong_methods(draft, client, method):
    for address in (at(draft), f"/koto/a/{draft.uuid}/check/", "/koto/status/", "/koto/apply/test/", "/koto/feedback/", "/koto/sign-out/"):
        assert getattr(client, method)(address).status_code in (200, 302, 405)
    assert client.get("/koto/sign-out/").status_code == 405
    assert client.get(f"/koto/a/{draft.uuid}/message/").status_code == 405


def test_unknown_addresses(procedure, client):
    for place in (
        "/koto/a/00000000-0000-4000-8000-000000000000/", "/koto/a/00000000-0000-4000-8000-000000000000/p/you/", "/koto/a/x/", "/koto/apply/none/",
        "/nowhere/", "/nowhere/status/", "/koto/resume/" + "x" * 5000 + "/", "/koto/resume/%00/", "/c/ABC/", "/c/%00%F0%9F%98%80/", "/%00/", "/koto/%ff%fe/",
    ):  # fmt: skip
        for send in (client.get, client.post):
            response = send(place)
            assert response.status_code in (404, 405, 409, 410), (place, response.status_code)
    assert client.post("/koto/a/00000000-0000-4000-8000-000000000000/reply/99999999999999999999999/").status_code == 404


GARBAGE = [
    "x" * 4000,
    "%00%ff",
    '"\\000\\000\\000\\000\\000\\000\\000\\000\\000"',
    "../../etc/passwd",
    "{'a': 1}",
    "𠮷".encode().decode("latin-1"),
    "",
]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_cookies_languages_and_destinations(procedure, client, garbage):
    for name in ("madoguchi", "madoguchi_desk", "madoguchi_language", "csrftoken", "sessionid", "messages"):
        client.cookies[name] = garbage
    for address in (
        "/",
        "/koto/",
        "/koto/status/",
        "/koto/my/",
        "/koto/procedures/test/",
        "/koto/desk/",
        "/sign-in/desk/",
        "/koto/resume/",
    ):
        response = client.get(address, {"lang": garbage, "next": garbage, "to": garbage, "from": garbage, "page": garbage, "over": garbage})
        assert response.status_code in (200, 302, 404), address


ELSEWHERE = [
    "https://elsewhere.example/",
    "//elsewhere.example",
    "javascript:alert(1)",
    "\\\\elsewhere.example",
    "http:///elsewhere.example",
    "\x00//elsewhere.example",
]


@pytest.mark.parametrize("place", ELSEWHERE)
def test_next_never_leads_to_another_host(procedure, client, place):
    assert client.post("/language/", {"language": "en", "next": place})["Location"] == "/"
    response = client.post("/koto/feedback/", {"score": "3", "next": place})
    assert "elsewhere" not in "".join(read(response).links)
    response = client.get("/sign-in/desk/", {"next": place})
    assert response.status_code == 200


def test_paths_of_questions_of_other_pages(draft, client):
    client.post(
        at(draft, "you"), {"act": "next", "shown": ["reason", "kind", "name"], "a:reason": "よそ", "a:kind": "new", "a:name:family": "架空"}
    )
    assert "reason" not in values(draft)
    assert values(draft)["name"]["family"] == "架空"


def test_multipart_that_is_none(draft, client):
    client.raise_request_exception = False
    bodies = {
        "multipart/form-data; boundary=x": b"\xff\xfe\x00",
        "multipart/form-data": b"--x\r\n",
        "application/json": b"{",
        "text/plain": b"\xff" * 50,
    }
    for kind, body in bodies.items():
        response = client.generic("POST", at(draft), body, kind)
        assert response.status_code in (200, 302, 400, 403, 422)


def test_a_csv_cell_that_starts_with_an_equals_sign(procedure, clerk):
    """What a spreadsheet would run is text in the desk's export."""
    name = {**ANSWERS["name"], "family": "+81", "given": "@x"}
    make_filed(procedure, {**ANSWERS, "reason": '=HYPERLINK("http://elsewhere.example")', "name": name})
    exported = export_cases(applications=Application.objects.filed(), format="csv", by=clerk.user)
    (row,) = csv.DictReader(io.StringIO(exported.data.decode("utf-8-sig")))
    assert row["理由"].startswith("'=HYPERLINK")
    assert row["氏名"].startswith("'+81")
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in row.values())


def test_what_only_a_button_does_is_a_page_that_says_so(client, draft) -> None:
    shown = client.get(f"/koto/a/{draft.uuid}/message/")
    assert (shown.status_code, shown["Allow"]) == (405, "POST")
    assert "ボタンからだけ開けます" in shown.content.decode()
