"""Desk pages: who may, what they see, publishing in two steps."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_scopes import scope

from madoguchi.accounts.tests.make import PASSWORD, make_division, make_member
from madoguchi.engines.forms import document_hash
from madoguchi.procedures.actions import open_draft
from madoguchi.procedures.models import FormDraft, Procedure, ProcedureVersion
from madoguchi.procedures.tests.make import form, make_procedure, words

HOME = "/koto/desk/procedures/"


@pytest.fixture
def dog(division):
    return make_procedure(division, unsure=["要確認: 手数料"])


@pytest.fixture
def signed_in(client, settings):
    """`signed_in("ict")` gives a client of a member with that role."""

    def sign_in(role: str, division=None):
        member = make_member(role, division)
        response = client.post("/sign-in/desk/", {"username": member.user.username, "password": PASSWORD})
        assert response.status_code == 302
        return client

    return sign_in


def upload(document: dict | bytes) -> SimpleUploadedFile:
    data = document if isinstance(document, bytes) else json.dumps(document, ensure_ascii=False).encode()
    return SimpleUploadedFile("form.json", data, "application/json")


def with_extra(**keys) -> dict:
    document = form()
    document["pages"][0]["questions"].append({"id": "remarks", "type": "text", "label": words("備考", "Remarks"), **keys})
    return document


READ = ["", "dog/", "dog/versions/1/", "dog/versions/1/form.json"]


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("role", ["clerk", "designer", "auditor"])
def test_everybody_at_the_desk_may_read(signed_in, dog, division, role, path) -> None:
    response = signed_in(role, division).get(HOME + path)
    assert response.status_code == 200


@pytest.mark.parametrize("path", [*READ, "dog/publish/"])
def test_nobody_else_may(client, dog, path) -> None:
    response = client.get(HOME + path)
    assert (response.status_code, response.url.split("?")[0]) == (302, "/sign-in/desk/")


@pytest.mark.parametrize(
    ("role", "path", "code"),
    [
        ("clerk", "dog/opening/", 404),
        ("clerk", "dog/hidden/", 404),
        ("designer", "dog/opening/", 302),
        ("designer", "dog/hidden/", 302),
        ("designer", "dog/publish/", 404),
        ("clerk", "dog/publish/", 404),
        ("ict", "dog/publish/", 400),
    ],
)
def test_who_may_change(signed_in, dog, division, role, path, code) -> None:
    assert signed_in(role, division).post(HOME + path, {}).status_code == code


def test_the_list_shows_version_state_and_opening(signed_in, dog, division) -> None:
    make_procedure(
        division, "cat", name=words("猫の登録"), kana="ねこ", published=False, closes_on=timezone.localdate() - timedelta(days=1)
    )
    body = signed_in("clerk", division).get(HOME).content.decode()
    for part in ("犬の登録", "受付中", "猫の登録", "受付終了", "版がありません", "全2件"):
        assert part in body
    assert "猫の登録" not in signed_in("ict").get(HOME, {"q": "犬の登緑"}).content.decode()


def test_the_procedure_shows_facts_versions_and_what_is_unsure(signed_in, dog, division) -> None:
    body = signed_in("clerk", division).get(f"{HOME}dog/").content.decode()
    for part in ("要確認: 手数料", dog.current.hash[:12], "第1版", "最初の版"):
        assert part in body
    assert "受付の期間を保存する" not in body
    assert "ファイルから次の版を作る" not in body


def test_a_version_is_readable_whole(signed_in, division) -> None:
    document = form()
    document["pages"][0]["questions"][2]["checks"] = [{"that": {"answered": [{"var": "giver"}]}, "say": words("書いてください")}]
    make_procedure(division, document=document)
    body = signed_in("clerk", division).get(f"{HOME}dog/versions/1/").content.decode()
    for part in (
        "氏名",
        "必須",
        "生まれた",
        "「飼い始めた理由」が「もらった」",
        "「くれた人」に答えがある",
        "書いてください",
        document_hash(document),
    ):
        assert part in body


def test_the_file_is_the_document(signed_in, dog) -> None:
    response = signed_in("ict").get(f"{HOME}dog/versions/1/form.json")
    assert document_hash(json.loads(response.content)) == dog.current.hash
    assert "dog-1.json" in response["Content-Disposition"]


def test_a_file_is_looked_at_and_then_is_the_draft(signed_in, dog) -> None:
    desk = signed_in("ict")
    response = desk.post(f"{HOME}dog/publish/", {"file": upload(with_extra())})
    body = response.content.decode()
    assert response.status_code == 200
    for part in ("備考", "項目が増える", "いちばん重い変更：項目の追加", "作成中の様式にする"):
        assert part in body
    assert not FormDraft.objects.exists()
    response = desk.post(f"{HOME}dog/publish/", {"document": response.context["form"]["document"].value()})
    assert response.url == f"{HOME}dog/studio/publish/"
    draft = FormDraft.objects.get()
    assert (document_hash(draft.document), draft.based_on, draft.holder.username) == (document_hash(with_extra()), dog.current, "ict-all")
    assert ProcedureVersion.objects.count() == 1


def test_a_file_does_not_push_a_draft_aside(signed_in, dog, designer) -> None:
    standing = open_draft(procedure=dog, by=designer)
    response = signed_in("ict").post(f"{HOME}dog/publish/", {"document": json.dumps(with_extra())})
    assert response.status_code == 409
    assert "作成中の様式があります" in response.content.decode()
    assert FormDraft.objects.get() == standing


FAULTY = form()
FAULTY = {**FAULTY, "pages": [{**FAULTY["pages"][0], "questions": [{"id": "a", "type": "nothing", "label": words("あ")}]}]}


@pytest.mark.parametrize(
    ("document", "part"),
    [
        (b"{", "JSONとして読めません"),
        (b"[]", "様式のファイルではありません"),
        (b"[" * 100_000, "JSONとして読めません"),
        (b"\xff\xfe", "JSONとして読めません"),
        (form(), "同じ内容"),
        (form("cat"), "「cat」"),
        (FAULTY, "pages[0].questions[0].type"),
        (b'"' + b"x" * (2 * 1024 * 1024) + b'"', "2MBまで"),
    ],
)
def test_files_that_cannot_be_used_say_what_to_do(signed_in, dog, document, part) -> None:
    response = signed_in("ict").post(f"{HOME}dog/publish/", {"file": upload(document)})
    assert response.status_code == 400
    assert part in response.content.decode()


def test_opening_days_are_kept_or_refused(signed_in, dog) -> None:
    desk = signed_in("ict")
    desk.post(f"{HOME}dog/opening/", {"opens_on": "2026-12-01", "closes_on": "2026-12-20"})
    dog.refresh_from_db()
    assert (str(dog.opens_on), str(dog.closes_on)) == ("2026-12-01", "2026-12-20")
    for days in ({"opens_on": "2026-12-01", "closes_on": "2026-11-01"}, {"opens_on": "いつか"}):
        assert desk.post(f"{HOME}dog/opening/", days).status_code == 400
    desk.post(f"{HOME}dog/opening/", {"close": "today"})
    dog.refresh_from_db()
    assert dog.closes_on == timezone.localdate()


def test_hiding_and_showing(signed_in, dog) -> None:
    desk = signed_in("ict")
    desk.post(f"{HOME}dog/hidden/", {"hidden": "yes"})
    assert Procedure.objects.get().is_hidden
    desk.post(f"{HOME}dog/hidden/", {"hidden": "no"})
    assert not Procedure.objects.get().is_hidden


def test_another_municipalitys_procedures_do_not_exist(signed_in, dog, other_municipality) -> None:
    with scope(municipality=other_municipality):
        make_procedure(make_division("eisei", "生活衛生課", "Health"), "cat")
    desk = signed_in("ict")
    assert "/cat/" not in desk.get(HOME).content.decode()
    for path in ("cat/", "cat/versions/1/", "cat/versions/1/form.json", "cat/publish/"):
        assert desk.get(HOME + path).status_code == 404
        assert desk.get(f"/midori/desk/procedures/{path}").status_code == 404
    for path in ("cat/opening/", "cat/hidden/"):
        assert desk.post(HOME + path, {"hidden": "yes"}).status_code == 404


def test_the_menu_leads_here(signed_in, dog, settings) -> None:
    settings.MENUS = {"procedures": {"BACKEND": "madoguchi.procedures.backends.ProceduresMenu"}}
    assert f'<a href="{HOME}"' in signed_in("ict").get(HOME).content.decode()


def test_lists_stay_short_in_questions_to_the_database(signed_in, division, django_assert_max_num_queries) -> None:
    for number in range(12):
        make_procedure(division, f"p{number}")
    desk = signed_in("ict")
    desk.get(HOME)
    with django_assert_max_num_queries(8):
        desk.get(HOME)
