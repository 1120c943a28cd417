"""Bundles as a municipality offers them: what is online, what is at the counter, what it left out; and the desk's pages for that."""

from __future__ import annotations

from datetime import date

import pytest
from django_scopes import scope

from madoguchi.accounts.tests.make import PASSWORD, make_division, make_member
from madoguchi.engines.forms import walk
from madoguchi.lib.errors import Refused
from madoguchi.lib.tests.boxes import form_with, posted, words
from madoguchi.procedures.actions import bundles, hide, offered_bundle, offered_bundles, set_bundle, verdicts
from madoguchi.procedures.models import LifeEventBundle
from madoguchi.procedures.tests.make import make_procedure

pytestmark = pytest.mark.django_db
HOME = "/koto/desk/bundles/"


@pytest.fixture
def allowance(division):
    return make_procedure(division, "jido-teate-nintei")


def test_what_is_not_online_is_at_the_counter_with_its_division(allowance):
    kumin = make_division("kumin", "区民課", "Registration")
    found = {one.member.slug: one for one in offered_bundle("shussei").members}
    assert found["jido-teate-nintei"].procedure == allowance
    assert found["jido-teate-nintei"].name == allowance.name, "as the municipality calls it"
    allowance.name = {"ja": "児童手当"}
    allowance.save()
    named = {one.member.slug: one.name for one in offered_bundle("shussei").members}["jido-teate-nintei"]
    assert (named["ja"], named["en"]) == ("児童手当", "Apply for child allowance")
    assert (found["shussei-todoke"].procedure, found["shussei-todoke"].division) == (None, kumin)
    assert found["kokuho-kanyu"].division is None
    hide(procedure=allowance, by=None)
    assert {one.member.slug: one for one in offered_bundle("shussei").members}["jido-teate-nintei"].procedure is None
    assert offered_bundles() == [], "nothing of any bundle can be done online now"


def test_order_and_what_is_left_out(allowance, clerk):
    before = [one.member.slug for one in offered_bundle("shussei").members]
    order = ["hoiku-riyo", "jido-teate-nintei", "nobody"]
    set_bundle(name="shussei", is_on=True, position=3, order=order, left_out=["shussei-todoke", "nobody"], by=clerk.user)
    after = [one.member.slug for one in offered_bundle("shussei").members]
    assert after[:2] == ["hoiku-riyo", "jido-teate-nintei"]
    assert after[2:] == [slug for slug in before if slug not in ("hoiku-riyo", "jido-teate-nintei", "shussei-todoke")]
    assert LifeEventBundle.objects.get().left_out == ["shussei-todoke"]
    with pytest.raises(Refused):
        set_bundle(name="shussei", is_on=True, position=3, order=[], left_out=before, by=clerk.user)
    with pytest.raises(Refused):
        set_bundle(name="party", is_on=True, position=3, order=[], left_out=[], by=clerk.user)


def test_an_unanswered_question_is_a_perhaps(in_scope):
    shussei = next(one for one in bundles() if one.id == "shussei")

    def said(**values):
        return verdicts(bundle=shussei, walked=walk(shussei.guide, values, on=date(2026, 11, 29)))

    assert said()["jido-teate-nintei"] == "perhaps"
    assert said()["shussei-todoke"] == "yes"
    assert said(public=True)["jido-teate-nintei"] == "no", "one answer can be enough"
    assert said(which="first", public=False)["jido-teate-nintei"] == "yes"


def test_another_municipality_chooses_for_itself(allowance, clerk, other_municipality):
    set_bundle(name="shussei", is_on=False, position=1, order=[], left_out=[], by=clerk.user)
    with scope(municipality=other_municipality):
        assert offered_bundle("shussei").row is None


def sign_in(client, role: str, division=None):
    member = make_member(role, division)
    client.post("/sign-in/desk/", {"username": member.user.username, "password": PASSWORD})
    return client


@pytest.mark.parametrize("role", ["designer", "ict"])
def test_the_desk_puts_a_bundle_in_order(client, allowance, division, role):
    sign_in(client, role, division if role == "designer" else None)
    assert "子どもが生まれた（出生）" in words(client.get(HOME))
    page = client.get(f"{HOME}shussei/")
    form = form_with(page, name="place-hoiku-riyo")
    changes = {"place-hoiku-riyo": "1", "place-shussei-todoke": "5", "position": "7", "in-ikusei-teate": []}
    assert client.post(f"{HOME}shussei/", posted(form, **changes)).status_code == 302
    row = LifeEventBundle.objects.get()
    assert (row.is_on, row.position, row.left_out, row.order[0]) == (True, 7, ["ikusei-teate"], "hoiku-riyo")
    again = form_with(client.get(f"{HOME}shussei/"), name="place-hoiku-riyo")
    assert "on" not in again.values("in-ikusei-teate")
    assert again.value("place-hoiku-riyo") == "1"
    assert client.post(f"{HOME}shussei/", posted(again, position="x")).status_code == 400
    assert client.post(f"{HOME}shussei/", {"position": "1"}).status_code == 400


def test_who_does_not_keep_forms_has_no_such_page(client, allowance, division):
    sign_in(client, "clerk", division)
    for place in (HOME, f"{HOME}shussei/"):
        assert client.get(place).status_code == 404
        assert client.post(place).status_code in (404, 405)
    assert HOME not in client.get("/koto/desk/procedures/").content.decode()
    assert sign_in(type(client)(), "ict").get(f"{HOME}party/").status_code == 404
