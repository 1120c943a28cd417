"""Forms that were written to stop the desk, or to run on somebody's page."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from madoguchi.accounts.tests.make import PASSWORD, make_member
from madoguchi.procedures.actions import publish
from madoguchi.procedures.models import Procedure
from madoguchi.procedures.tests.make import form, make_procedure, words

pytestmark = pytest.mark.django_db
PLACE = "/koto/desk/procedures/dog/publish/"
EVIL = "<script>alert(1)</script>{{ 7 }}{漢字|<img src=x>}"


@pytest.fixture
def ict(client, division):
    make_procedure(division)
    member = make_member("ict")
    assert client.post("/sign-in/desk/", {"username": member.user.username, "password": PASSWORD}).status_code == 302
    return client


def deep(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def with_title(text: str) -> bytes:
    return json.dumps(form(title=words(text))).encode()


def with_rule(depth: int) -> bytes:
    rule: object = {"==": [1, 1]}
    for _ in range(depth):
        rule = {"!": [rule]}
    document = form()
    document["pages"][0]["questions"][0]["show_if"] = rule
    return json.dumps(document).encode()


BAD = {
    "deep": deep(100_000),
    "deep objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "deep rule": with_rule(300),
    "half a pair": with_title("a\ud800b"),
    "NUL": with_title("a\x00b"),
    "escape": with_title("a\x1b[2Jb"),
    "infinite": json.dumps(form(schema=float("inf"))).encode(),
    "huge number": b'{"schema":' + b"9" * 5_000 + b"}",
    "no UTF-8": b'{"schema": "\xff\xfe"}',
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_a_form_gets_a_sentence(ict, name):
    answer = ict.post(PLACE, {"file": SimpleUploadedFile("form.json", BAD[name], "application/json")})
    assert answer.status_code == 400
    assert 'class="error' in answer.content.decode()


@pytest.mark.parametrize("name", ["half a pair", "NUL", "deep"])
def test_nor_does_what_is_posted_past_the_first_step(ict, name):
    assert ict.post(PLACE, {"document": BAD[name].decode("utf-8", "replace")}).status_code == 409


def test_what_a_designer_writes_is_text_everywhere(ict):
    proposal = ict.post(PLACE, {"file": SimpleUploadedFile("form.json", with_title(EVIL), "application/json")})
    assert proposal.status_code == 200
    assert ict.post(PLACE, {"document": with_title(EVIL).decode()}).status_code == 302
    written = (PLACE.replace("/publish/", "/studio/publish/"), PLACE.replace("/publish/", "/studio/"))
    publish(procedure=Procedure.objects.get(), document=json.loads(with_title(EVIL)), by=None)
    places = (
        "/koto/procedures/dog/",
        "/koto/procedures/dog/?lang=ja-plain",
        "/koto/desk/procedures/dog/",
        "/koto/desk/procedures/dog/versions/2/",
        "/koto/desk/procedures/dog/versions/1/compare/2/",
        *written,
    )
    for answer in (proposal, *(ict.get(place) for place in places)):
        assert "<script>alert" not in answer.content.decode()
        assert "<img src=x" not in answer.content.decode()
    given = ict.get("/koto/desk/procedures/dog/versions/2/form.json")
    assert given["Content-Disposition"].startswith("attachment")
    assert given["Content-Type"] == "application/json"
