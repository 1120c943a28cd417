"""The library's pages: looking, adopting with one press, what the origin changed, and giving a procedure to all."""

from __future__ import annotations

import copy
from datetime import date

import pytest
from django_scopes import scope

from madoguchi.accounts.tests.make import PASSWORD, make_division, make_member
from madoguchi.procedures.actions import keep_example, publish, share
from madoguchi.procedures.models import Adoption, FormDraft, Procedure, SharedProcedure
from madoguchi.procedures.tests.make import make_procedure, words
from madoguchi.procedures.tests.test_sharing import NOTES, example

HOME = "/koto/desk/library/"


@pytest.fixture
def ict(client, division):
    member = make_member("ict")
    client.post("/sign-in/desk/", {"username": member.user.username, "password": PASSWORD})
    return client


@pytest.fixture
def given(other_municipality):
    """A dog's form that another municipality gave to all."""
    with scope(municipality=other_municipality):
        theirs = make_procedure(make_division("kankyo"), overview=words("みどり野市の犬", "Dogs of Midorino City"))
        share(procedure=theirs, examples=[example()], notes=NOTES, by=None)
    return theirs


def test_the_list_shows_what_there_is_and_what_stands_here(ict, given, division) -> None:
    make_procedure(division, "inu-toroku")
    page = ict.get(HOME)
    assert page.status_code == 200
    rows = {row["shelf"].slug: row["have"] for row in page.context["rows"]}
    assert rows["shared/midori--dog"] is False
    assert rows["library/inu-toroku"] is True
    missing = {row["shelf"].slug for row in ict.get(HOME, {"missing": "1"}).context["rows"]}
    assert "library/inu-toroku" not in missing
    found = [row["shelf"].slug for row in ict.get(HOME, {"q": "介護の割合"}).context["rows"]]
    assert found[0] == "library/kaigo-futan-sai"
    assert ict.get(HOME, {"q": "ロケットの打ち上げ許可"}).context["rows"] == []


@pytest.mark.parametrize("entry", ["library/jido-teate-nintei", "shared/midori--dog"])
def test_an_entry_is_read_whole_and_adopted_with_one_press(ict, given, division, entry) -> None:
    page = ict.get(f"{HOME}{entry}/")
    assert page.status_code == 200
    assert page.context["rating"] is None
    assert b"questions" not in page.content or page.context["pages"]
    response = ict.post(f"{HOME}{entry}/", {"division": ""})
    assert response.status_code == 400
    response = ict.post(f"{HOME}{entry}/", {"division": division.pk})
    made = Procedure.objects.get()
    assert response["Location"] == f"/koto/desk/procedures/{made.slug}/"
    assert (made.is_hidden, made.division, made.current.number) == (True, division, 1)
    assert ict.get(f"{HOME}{entry}/").context["ours"] == made
    assert ict.post(f"{HOME}{entry}/", {"division": division.pk}).status_code == 409 or Procedure.objects.count() == 1


def test_who_only_designs_looks_and_asks(client, given, division) -> None:
    member = make_member("designer", division)
    client.post("/sign-in/desk/", {"username": member.user.username, "password": PASSWORD})
    assert "情報システム担当に相談" in client.get(f"{HOME}shared/midori--dog/").content.decode()
    client.post(f"{HOME}shared/midori--dog/", {"division": division.pk})
    assert not Procedure.objects.exists()


@pytest.mark.parametrize("entry", ["library/nothing", "library/..", "shared/nothing", "other/midori--dog"])
def test_what_is_not_there_is_not_found(ict, entry) -> None:
    assert ict.get(f"{HOME}{entry}/").status_code == 404


@pytest.fixture
def changed(ict, given, division, other_municipality):
    """Adopted here, then changed there."""
    ict.post(f"{HOME}shared/midori--dog/", {"division": division.pk})
    with scope(municipality=other_municipality):
        document = copy.deepcopy(given.current.document)
        document["pages"][0]["questions"][0]["label"]["ja"] = "飼い主のお名前"
        document["pages"][0]["questions"].append({"id": "chip", "type": "text", "label": words("チップの番号", "Chip")})
        publish(procedure=given, document=document, by=None)
        given.refresh_from_db()
        given.fee = words("三百円", "300 yen")
        given.save()
        share(procedure=given, examples=[example()], notes=NOTES, by=None)
    return Procedure.objects.get()


def test_changes_of_the_origin_are_told_read_and_taken(ict, changed) -> None:
    home = f"/koto/desk/procedures/{changed.slug}/"
    assert "もとが変わりました" in ict.get(home).content.decode()
    page = ict.get(f"{home}origin/").content.decode()
    for words_ in ("飼い主のお名前", "チップの番号", "三百円", "増えた", "変わった"):
        assert words_ in page
    seen = ict.get(f"{home}origin/").context["seen"]
    assert ict.post(f"{home}origin/", {"take": ["fact:fee"], "seen": "old"}).status_code == 409
    response = ict.post(f"{home}origin/", {"take": ["added:question:chip", "fact:fee"], "seen": seen})
    assert response["Location"] == f"{home}studio/"
    assert "chip" in str(FormDraft.objects.get().document)
    assert "もとが変わりました" not in ict.get(home).content.decode()
    ict.post(f"{home}origin/", {"again": "yes"})
    assert "飼い主のお名前" in ict.get(f"{home}origin/").content.decode()


def test_a_procedure_made_here_has_no_origin(ict, division) -> None:
    make_procedure(division)
    assert ict.get("/koto/desk/procedures/dog/origin/").status_code == 404


def test_giving_shows_first_what_would_leave(ict, division) -> None:
    dog = make_procedure(division)
    sharing = "/koto/desk/procedures/dog/sharing/"
    assert ict.get(sharing).status_code == 200
    refused = ict.post(sharing, {"story": "うまくいきました", "look": "yes"})
    assert refused.status_code == 400
    assert "回答の例が1つ以上いります" in refused.content.decode()
    one = example()
    keep_example(procedure=dog, name="e", on=date(2026, 11, 20), answers=one["answers"], expect="clean", by=None)
    looked = ict.post(sharing, {"story": "うまくいきました", "look": "yes"}).content.decode()
    assert "外に出る回答の例" in looked
    assert "実在" not in looked
    assert not SharedProcedure.objects.exists()
    assert ict.post(sharing, {"story": "連絡は 03-5555-1234 まで", "share": "yes"}).status_code == 400
    assert ict.post(sharing, {"story": "うまくいきました", "share": "yes"}).status_code == 302
    assert SharedProcedure.objects.get().slug == "koto--dog"
    assert "第1版を公開しています" in ict.get(sharing).content.decode()
    ict.post(sharing, {"withdraw": "yes"})
    assert SharedProcedure.objects.get().withdrawn_at is not None
    assert not Adoption.objects.exists()
