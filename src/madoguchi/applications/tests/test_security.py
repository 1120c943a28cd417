"""What somebody with bad intentions tries with an application: planted sessions, half a proof, other paths, texts that want to run."""

from __future__ import annotations

import io
import json
import os
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from madoguchi.accounts.models import AuditEntry, Membership
from madoguchi.accounts.tests.make import make_division
from madoguchi.applications import batches
from madoguchi.applications.actions import (
    accept,
    correct,
    decide,
    desk_edit,
    looking,
    note,
    prove_birth,
    renew_phrase_at_counter,
    request_correction,
    write_message,
)
from madoguchi.applications.models import IssuedDocument, Secret
from madoguchi.applications.tests.desk import DESK, at, sign_in, text
from madoguchi.applications.tests.make import ANSWERS, FORM, WITH_MYNUMBER, make_draft, make_filed, make_procedure, words
from madoguchi.engines.japanese import parse_date
from madoguchi.jobs.tests.make import run_tasks
from madoguchi.lib.errors import Refused
from madoguchi.notices.models import Mail, Notice

pytestmark = pytest.mark.django_db
NAMES = {"family": "架空", "given": "花子"}
IN_A_SECTION = {
    **FORM,
    "pages": [
        *FORM["pages"],
        {
            "id": "family",
            "title": words("家族"),
            "sections": [
                {
                    "id": "members",
                    "title": words("家族"),
                    "repeat": {"id": "child", "min": 1, "max": 3, "item": words("お子さま"), "named_by": "child_name"},
                    "questions": [
                        {"id": "child_name", "type": "person_name", "label": words("お子さまの氏名"), "kana": "none"},
                        {"id": "child_birth", "type": "date", "label": words("お子さまの生年月日")},
                    ],
                }
            ],
        },
    ],
}


@pytest.fixture(autouse=True)
def nothing_counted(monkeypatch):
    cache.clear()
    monkeypatch.setattr(looking.time, "sleep", lambda seconds: None)


@pytest.fixture
def procedure(division):
    return make_procedure()


@pytest.fixture
def filed(procedure):
    return make_filed(procedure)


def by_phrase(application, client: Client | None = None) -> Client:
    """A browser that came with number and passphrase."""
    client = client or Client()
    assert client.post("/koto/status/", {"number": application.number, "phrase": application.phrase}).status_code == 302
    return client


def place(application, rest: str = "status/") -> str:
    return f"/koto/a/{application.uuid}/{rest}"


def photo() -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "JPEG")
    return SimpleUploadedFile("照合.jpg", data.getvalue())


# -- sessions --------------------------------------------------------------------------------------------------------------


def test_a_session_key_from_before_opens_nothing(filed):
    browser = Client()
    browser.post("/koto/feedback/", {"score": "5"})
    session = browser.session
    session["planted"] = True
    session.save()
    browser.cookies["madoguchi"] = before = session.session_key
    by_phrase(filed, browser)
    after = browser.cookies["madoguchi"].value
    assert after != before
    thief = Client()
    thief.cookies["madoguchi"] = before
    assert thief.get(place(filed)).status_code == 302
    assert browser.get(place(filed)).status_code == 200


def test_the_second_proof_gives_a_new_key_too(filed):
    browser = by_phrase(filed)
    before = browser.cookies["madoguchi"].value
    browser.post(place(filed, "status/proof/"), {"birth": ANSWERS["birth"]})
    assert browser.cookies["madoguchi"].value != before
    thief = Client()
    thief.cookies["madoguchi"] = before
    assert thief.get(place(filed)).status_code == 302


def test_a_new_passphrase_closes_what_the_old_one_had_opened(filed, clerk):
    browser = by_phrase(filed)
    assert browser.get(place(filed)).status_code == 200
    renew_phrase_at_counter(application=filed, proof="card", by=clerk.user)
    assert browser.get(place(filed)).status_code == 302


def test_ending_here_ends_it_at_the_server(filed):
    browser = by_phrase(filed)
    thief = Client()
    thief.cookies["madoguchi"] = browser.cookies["madoguchi"].value
    assert thief.get(place(filed)).status_code == 200
    browser.post("/koto/sign-out/")
    assert thief.get(place(filed)).status_code == 302


# -- number and passphrase are half a proof ---------------------------------------------------------------------------------


def test_half_a_proof_opens_no_answer_and_changes_no_address(filed):
    run_tasks()
    browser = by_phrase(filed)
    paper = IssuedDocument.objects.get(application=filed)
    for rest in ("", "keep/", "check/", "sent/", "leave/", "email/", "amend/", "discard/", "p/you/", f"papers/{paper.check_code}/"):
        for answer in (browser.get(place(filed, rest)), browser.post(place(filed, rest), {"email": "thief@example.jp", "act": "next"})):
            assert answer.status_code in (302, 405), rest
            assert "4-11-28" not in answer.content.decode()
    filed.refresh_from_db()
    assert filed.email == ""


def test_a_correction_takes_no_other_path(filed, clerk):
    correction = request_correction(application=filed, items=[("reason", "くわしく")], by=clerk.user)
    posted = {"shown": ["reason", "name", "birth", "kind"], "a:reason": "くわしい", "a:name:family": "別人", "a:birth": "2000-01-01",
              "a:kind": "again", "f:proof": photo(), "act": "save"}  # fmt: skip
    browser = by_phrase(filed)
    for act in ("save", "autosave", "add:child", "unfile:proof|x", "pick:name|x", "postal:home", "remove:child[r1]"):
        assert browser.post(place(filed, "correct/"), {**posted, "f:proof": photo(), "act": act}).status_code == 200
    correction.refresh_from_db()
    latest = filed.latest().values
    assert {key: value for key, value in correction.values.items() if value != latest.get(key)} == {"reason": "くわしい"}


def test_the_date_of_birth_is_not_shown_to_who_has_still_to_prove_it(procedure, clerk):
    filed = make_filed(procedure, {**ANSWERS, "birth": "1977-08-09"})
    request_correction(application=filed, items=[("birth", "確かめてください")], by=clerk.user)
    browser = by_phrase(filed)
    page = text(browser.get(place(filed, "correct/")))
    assert "1977" not in page
    assert "昭和52年" not in page
    stale = browser.post(place(filed, "correct/"), {"shown": ["birth"], "a:birth": "1980-01-01", "act": "save", "seen": "00000000"})
    assert "1980" in text(stale)
    assert "1977" not in text(stale), "nor when it differs from what another tab is said to have saved"
    mended = {"shown": ["birth"], "a:birth": "平成3年5月6日", "act": "save"}
    assert "1991" in text(browser.post(place(filed, "correct/"), mended)), "what was typed here stays in its box"


def test_a_correction_chooses_no_new_second_proof(filed, clerk):
    correction = request_correction(application=filed, items=[("birth", "確かめてください")], by=clerk.user)
    correction.values = {**correction.values, "birth": "2001-02-03"}
    correction.save()
    correct(correction=correction)
    with pytest.raises(Refused):
        prove_birth(application=filed, born=parse_date("2001-02-03"), address="192.0.2.1")
    prove_birth(application=filed, born=parse_date(ANSWERS["birth"]), address="192.0.2.1")
    desk_edit(application=filed, changes={"reason": {"": ["別の理由"]}}, reason="電話で", by=clerk.user)
    with pytest.raises(Refused):
        prove_birth(application=filed, born=parse_date("2001-02-03"), address="192.0.2.1")
    desk_edit(application=filed, changes={"birth": {"": ["2002-03-04"]}}, reason="窓口で", by=clerk.user)
    prove_birth(application=filed, born=parse_date("2002-03-04"), address="192.0.2.1")


def test_birthdays_are_not_tried_all_year(filed):
    for number in range(looking.BIRTHS_A_DAY.count):
        with pytest.raises(Refused, match="合いません"):
            prove_birth(application=filed, born=parse_date(f"19{10 + number}-01-01"), address=f"192.0.2.{number}")
    with pytest.raises(Refused, match="何度も"):
        prove_birth(application=filed, born=parse_date(ANSWERS["birth"]), address="203.0.113.1")


def test_a_marked_answer_tells_no_name_of_its_row(division, clerk):
    child = {"row": "r1", "child_name": {"family": "秘密", "given": "一郎"}, "child_birth": "2020-01-02"}
    filed = make_filed(make_procedure(form=IN_A_SECTION), {**ANSWERS, "child": [child]})
    request_correction(application=filed, items=[("child[r1].child_birth", "確かめて")], by=clerk.user)
    browser = by_phrase(filed)
    page = text(browser.get(place(filed, "correct/")))
    assert "お子さま1" in page
    assert "秘密" not in page
    browser.post(place(filed, "status/proof/"), {"birth": ANSWERS["birth"]})
    assert "秘密 一郎" in text(browser.get(place(filed, "correct/")))


def test_many_numbers_from_one_place_are_counted_by_the_place_alone(filed, monkeypatch):
    counted: list[str] = []
    hit = looking.Limit.hit
    monkeypatch.setattr(looking.Limit, "hit", lambda self, key: counted.append(self.kind) or hit(self, key))
    for number in range(looking.PER_ADDRESS.count + 5):
        with pytest.raises(Refused):
            looking.look_up(number=f"xx{number}", phrase="x", address="192.0.2.9")
    assert counted.count("look-up") == looking.PER_ADDRESS.count


# -- what stays in a browser, on a disk, in a file ---------------------------------------------------------------------------


def test_no_page_or_picture_of_a_case_stays_in_a_browser(client, procedure, clerk):
    draft = make_draft(procedure)
    browser = Client()
    browser.post("/koto/status/", {"number": draft.resume_code, "phrase": draft.phrase})
    browser.post(place(draft, "p/request/"), {"act": "upload:proof", "shown": ["proof"], "f:proof": photo()})
    file = draft.attachments.get().uuid
    for rest in ("p/you/", "p/request/", "check/", f"files/{file}/", f"files/{file}/preview.png"):
        answer = browser.get(place(draft, rest))
        assert answer.status_code == 200, rest
        assert "no-store" in answer["Cache-Control"], rest
    browser.post(place(draft, "check/"))
    draft.refresh_from_db()
    run_tasks()
    paper = IssuedDocument.objects.get(application=draft)
    desk = sign_in(client, clerk)
    for address in (DESK, at(draft), at(draft, "revisions/"), at(draft, f"files/{file}/"), at(draft, f"files/{file}/1.png"),
                    at(draft, f"papers/{paper.check_code}/"), f"{DESK}export/"):  # fmt: skip
        answer = desk.get(address)
        assert answer.status_code == 200, address
        assert "no-store" in answer["Cache-Control"], address
    given = desk.get(at(draft, f"files/{file}/"))
    assert given["Content-Disposition"].startswith("attachment")
    assert given["Content-Security-Policy"].startswith("sandbox")


def test_files_on_the_disk_are_nobody_elses(procedure):
    draft = make_draft(procedure)
    browser = Client()
    browser.post("/koto/status/", {"number": draft.resume_code, "phrase": draft.phrase})
    browser.post(place(draft, "p/request/"), {"act": "upload:proof", "shown": ["proof"], "f:proof": photo()})
    path = draft.attachments.get().file
    assert os.stat(default_storage.path(path)).st_mode & 0o077 == 0


def test_a_long_export_stays_behind_when_its_maker_moves(client, procedure, clerk, monkeypatch):
    monkeypatch.setattr(batches, "AT_ONCE", 0)
    job = batches.export(applications=[make_filed(procedure)], format="csv", by=clerk.user)
    batches.export_long.func(municipality=procedure.municipality_id, job_id=job.pk)
    desk, result = sign_in(client, clerk), f"{DESK}export/{job.pk}/"
    assert desk.get(result).status_code == 200
    assert desk.get(result, {"file": "1"}).status_code == 200
    Membership.objects.filter(pk=clerk.pk).update(division=make_division("other", "ほかの課", "Other"))
    assert desk.get(result).status_code == 404
    assert desk.get(result, {"file": "1"}).status_code == 404


def test_a_paper_that_was_made_is_not_changed(filed):
    run_tasks()
    paper = IssuedDocument.objects.get(application=filed)
    assert paper.sha256
    for change in ({"sha256": "0" * 64}, {"file": "elsewhere.pdf"}, {"check_code": "X"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            IssuedDocument.objects.filter(pk=paper.pk).update(**change)


def test_an_individual_number_is_nowhere_but_in_its_seal(client, division, clerk):
    number = "123456789018"
    draft = make_draft(make_procedure(form=WITH_MYNUMBER))
    browser = Client()
    browser.post("/koto/status/", {"number": draft.resume_code, "phrase": draft.phrase})
    seen: list[str] = []
    for typed in ("1234-5678-9018", "123456789011", "987654321098", "１２３４５６７８９０１８"):
        saved = browser.post(place(draft, "p/number/"), {"shown": ["mynumber"], "a:mynumber": typed, "act": "autosave"})
        seen += [saved.content.decode(), text(browser.get(place(draft, "p/number/")))]
    seen.append(json.dumps([draft.draft().values, draft.draft().typed]))
    browser.post(place(draft, "check/"))
    draft.refresh_from_db()
    desk = sign_in(client, clerk)
    desk_edit(application=draft, changes={"reason": {"": ["別の理由"]}}, reason="電話で", by=clerk.user)
    seen += [text(desk.get(address)) for address in (at(draft), at(draft, "revisions/"), at(draft, "correction/"))]
    for form in ("csv", "json"):
        seen.append(batches.export(applications=[draft], format=form, by=clerk.user).data.decode("utf-8-sig"))
    seen += [json.dumps([one.values, one.typed], ensure_ascii=False) for one in draft.answers.all()]
    seen += [json.dumps(entry.payload(), ensure_ascii=False, default=str) for entry in AuditEntry.objects.all()]
    assert [one.open() for one in Secret.objects.filter(application=draft)] == [number], "what was typed over is not kept"
    plain = "".join(seen).replace("-", "").replace(" ", "").translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    assert number not in plain
    assert "123456789011" not in plain


# -- texts that want to run ---------------------------------------------------------------------------------------------------

EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)>"\'`{{ 7|add:1 }}{% debug %}#eval("1")$x$'


def evil_form() -> dict[str, Any]:
    return {**FORM, "title": words(EVIL), "pages": [{**page, "title": words(EVIL)} for page in FORM["pages"]]}


@pytest.fixture
def evil_cases(division, clerk):
    """A draft, a decided and a correcting case in which every text that anybody can write wants to run."""
    division.name = EVIL[:60]
    division.save()
    clerk.user.name = EVIL
    clerk.user.save()
    answers = {**ANSWERS, "name": {"family": EVIL, "given": EVIL, "family_kana": "カクウ", "given_kana": "ハナコ"}, "reason": EVIL}
    procedure = make_procedure(form=evil_form(), name=words(EVIL))
    draft, filed, other = (
        make_draft(procedure, answers),
        make_filed(procedure, answers, email="a@example.jp"),
        make_filed(procedure, answers),
    )
    write_message(application=filed, text=EVIL)
    write_message(application=filed, text=EVIL, by=clerk.user, from_desk=True)
    note(application=filed, text=EVIL, by=clerk.user)
    accept(application=filed, by=clerk.user)
    decide(filed.subjects.get(), by=clerk.user, outcome="refused", reason=EVIL)
    request_correction(application=other, items=[("reason", EVIL)], words=EVIL, by=clerk.user)
    run_tasks()
    return draft, filed, other


def residents_pages(draft, filed, other):
    browser = by_phrase(other, by_phrase(filed))
    for one in (filed, other):
        browser.post(place(one, "status/proof/"), {"birth": ANSWERS["birth"]})
    browser.post("/koto/status/", {"number": draft.resume_code, "phrase": draft.phrase})
    for one, rests in ((draft, ("p/you/", "p/request/", "check/", "leave/", "discard/")), (filed, ("status/", "sent/", "withdraw/"))):
        yield from (browser.get(place(one, rest)) for rest in rests)
    yield from (browser.get(place(other, rest)) for rest in ("status/", "correct/"))
    yield from (browser.get(address) for address in ("/koto/", "/koto/procedures/", "/koto/procedures/test/", "/koto/resume/", "/mailbox/"))
    yield browser.get(f"/mailbox/mail/{Mail.objects.order_by('-pk').first().pk}/")
    yield from (browser.get(place, {name: EVIL}) for place, name in (("/koto/search/", "q"), ("/koto/feedback/", "end"), ("/c/", "code")))


def desk_pages(desk, filed, other):
    notice = Notice.objects.of(filed.uuid).first()
    yield from (desk.get(address) for address in (DESK, at(filed), at(other), at(filed, "revisions/"), at(other, "correction/")))
    for rest in (
        "notices/",
        f"notices/{notice.uuid}/",
        "letters/",
        "export/",
        "procedures/",
        "procedures/test/",
        "procedures/test/versions/1/",
    ):
        yield desk.get(f"{DESK}{rest}")
    yield desk.get(DESK, {"q": EVIL})


def test_no_text_runs_on_any_page(client, clerk, evil_cases):
    draft, filed, other = evil_cases
    for page in (*residents_pages(draft, filed, other), *desk_pages(sign_in(client, clerk), filed, other)):
        assert page.status_code in (200, 302, 404), page.request["PATH_INFO"]
        assert "<script>alert" not in text(page), page.request["PATH_INFO"]
        assert "<img src=x" not in text(page), page.request["PATH_INFO"]
    receipt = IssuedDocument.objects.filter(application=filed, kind="receipt").get()
    assert receipt.file, "typst prints what looks like its own language as text"
