"""Beside the others: what leaves a municipality is on a list, nothing leaves unasked, and what others have can be taken over."""

from __future__ import annotations

import inspect
import json
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django_scopes import scope

from madoguchi.accounts.models import AuditEntry, Municipality
from madoguchi.accounts.tests.make import make_division, make_member, make_municipality
from madoguchi.lib.errors import Refused
from madoguchi.procedures import actions as act
from madoguchi.procedures.actions import neighbours as acts_of_neighbours
from madoguchi.procedures.models import InventoryChange, InventoryEntry, Procedure, PublicStanding, neighbours
from madoguchi.procedures.models.standing import FACTS, HELD
from madoguchi.procedures.tests.make import make_procedure, signed_in, words
from madoguchi.procedures.views import neighbours as neighbours_view

pytestmark = pytest.mark.django_db
PAGE = "/koto/desk/inventory/standing/"
SECRET = "ひみつの手続き"
NAME = {"family": "架空", "given": "花子", "family_kana": "カクウ", "given_kana": "ハナコ"}
EXAMPLE = {"id": "e", "note": words("例"), "on": "2026-11-20", "expect": "clean", "answers": {"name": NAME, "kind": "born"}}


@pytest.fixture
def ict(division):
    return make_member("ict", division)


def town(municipality: Municipality, *library: str, own: tuple[str, ...] = (), shown: bool = True) -> None:
    """Another municipality with procedures of the library and of its own, and with what must not leave it."""
    with scope(municipality=municipality):
        division = make_division("kurashi", "くらし課", "Living")
        ict = make_member("ict", division, username=f"ict-{municipality.slug}").user
        for slug in library:
            act.adopt(slug, by=None, division="kurashi")
        for number, name in enumerate(own):
            make_procedure(division, f"own-{number}", name=words(name), basis={"ja": "架空条例 1条"})
        act.entries_for(procedures=Procedure.objects.all(), by=None)
        act.add_entry(division=division, name=SECRET, values={"count_total": 77, "note": SECRET, "owner": SECRET}, by=ict)
        hidden = make_procedure(division, "hidden", name=words(SECRET))
        act.hide(procedure=hidden, by=None)
        on = timezone.localdate()
        act.set_assumptions(assumptions={"population": {"value": 20_000, "source": SECRET, "on": on}}, by=ict)
        if shown:
            act.share_standing(by=ict)


# -- the wall ------------------------------------------------------------------------------------------------------------------------


def test_nothing_leaves_before_somebody_says_so(ict, other_municipality):
    town(other_municipality, "inu-toroku", shown=False)
    assert not PublicStanding.objects.exists()
    text = signed_in(ict).get(PAGE).content.decode()
    assert "みどり野市" not in text
    act.refresh_standing()
    assert not PublicStanding.objects.exists()


def test_only_what_is_on_the_list_leaves(other_municipality):
    town(other_municipality, "inu-toroku", own=("移動図書館の利用申込",))
    row = PublicStanding.objects.get()
    assert set(row.facts) == set(FACTS)
    assert all(set(one) == set(HELD) for one in row.facts["has"])
    said = json.dumps(row.facts, ensure_ascii=False)
    assert SECRET not in said  # neither what is not online, nor what is hidden, nor notes, nor sources
    assert "架空 ict" not in said
    assert sorted(one["library"] for one in row.facts["has"]) == ["", "inu-toroku"]
    assert (row.facts["procedures"], row.facts["online"], row.facts["population"]) == (3, 2, 20_000)


@pytest.mark.parametrize(
    "change",
    [
        {"applicants": ["架空 花子"]},
        {"online": "2"},
        {"online": True},
        {"population_on": {"name": "x"}},
        {"has": [{"name": "x"}]},
        {"year": None},
    ],
)
def test_what_is_not_on_the_list_cannot_be_saved(in_scope, change):
    with pytest.raises(ValueError, match=r"list"):
        PublicStanding(municipality=in_scope, facts={**act.public_facts(), **change}).save()
    assert not PublicStanding.objects.exists()


def test_a_number_of_few_people_stays_inside(in_scope, division):
    entry = act.add_entry(division=division, name="まれな届", values={"count_total": 3}, by=None)
    act.plan_entry(entry=entry, plan={"progress": "online", "channel": "pittari"}, by=None)
    (fact,) = act.public_facts()["has"]
    assert (fact["volume"], fact["is_few"], fact["elsewhere"]) == (None, True, True)
    with pytest.raises(ValueError, match="so few"):
        PublicStanding(municipality=in_scope, facts={**act.public_facts(), "has": [{**fact, "volume": 3}]}).save()


def test_no_page_of_the_comparison_opens_another_scope():
    """The wall is not opened for it: no scope is switched off or entered in the code that compares."""
    for module in (neighbours, acts_of_neighbours, neighbours_view):
        source = inspect.getsource(module)
        assert not [word for word in ("scopes_disabled", "_base_manager", "scope(") if word in source], module.__name__


def test_consent_is_an_act_that_can_be_taken_back(ict, other_municipality):
    desk = signed_in(ict)
    assert "見せていません" in desk.get(f"{PAGE}settings/").content.decode()
    desk.post(f"{PAGE}settings/", {"act": "share"})
    assert PublicStanding.objects.get().municipality.slug == "koto"
    assert "見せるのをやめる" in desk.get(f"{PAGE}settings/").content.decode()
    desk.post(f"{PAGE}settings/", {"act": "withdraw"})
    assert not PublicStanding.objects.exists()
    verbs = list(AuditEntry.objects.order_by("seq").values_list("verb", flat=True))
    assert verbs[-2:] == ["procedures.share_standing", "procedures.withdraw_standing"]
    clerk = make_member("clerk", ict.division)
    assert signed_in(clerk).post(f"{PAGE}settings/", {"act": "share"}).status_code == 404
    assert not PublicStanding.objects.exists()


def test_what_is_shown_is_made_anew_once_a_day(in_scope, division, ict):
    act.share_standing(by=ict.user)
    make_procedure(division)
    act.refresh_standing()
    assert PublicStanding.objects.get().facts["has"] == []  # of today already
    PublicStanding.objects.update(at=timezone.now() - timedelta(days=1))
    act.refresh_standing()
    assert [one["name"] for one in PublicStanding.objects.get().facts["has"]] == ["犬の登録"]


# -- the comparison --------------------------------------------------------------------------------------------------------------------


def test_the_page_puts_municipalities_side_by_side(division, ict, other_municipality):
    town(other_municipality, "inu-toroku")
    town(make_municipality("shio", "しおかぜ町", "Shiokaze Town"), "inu-toroku", "kobunsho-kaiji")
    act.add_entry(division=division, name="紙だけの届", by=None)
    page = signed_in(ict).get(PAGE)
    rows = {row.municipality.slug: row for row in page.context["beside"]}
    assert set(rows) == {"koto", "midori", "shio"}
    assert (rows["koto"].share, rows["midori"].share, rows["shio"].share) == (0.0, 50.0, 66.7)
    assert rows["koto"].per_thousand is None  # its population is not known
    assert rows["midori"].per_thousand == 0.0
    text = page.content.decode()
    assert text.index("しおかぜ町") < text.index("みどり野市")
    assert SECRET not in text
    english = Client()
    english.cookies = signed_in(ict).cookies
    english.post("/language/", {"language": "en", "next": PAGE})
    assert english.get(PAGE).status_code == 200


def test_what_others_have_and_we_have_not(division, ict, other_municipality):
    town(other_municipality, "inu-toroku", "kobunsho-kaiji", own=("移動図書館の利用申込", "家具転倒防止器具の取付申請"))
    town(make_municipality("shio", "しおかぜ町", "Shiokaze Town"), "inu-toroku", "kokuho-kanyu", own=("移動 図書館の利用申込",))
    act.adopt("kokuho-kanyu", by=None, division="kosodate")  # ours already
    other_law = act.add_entry(division=division, name="家具転倒防止器具の取付申請", values={"law": "ほかの条例"}, by=None)
    act.plan_entry(entry=other_law, plan={"progress": "online"}, by=None)
    rows = signed_in(ict).get(f"{PAGE}neighbours/").context["rows"]
    assert [(row.library, len(row.having)) for row in rows] == [("inu-toroku", 2), ("kobunsho-kaiji", 1), ("", 2), ("", 1)]
    assert rows[2].name in ("移動図書館の利用申込", "移動 図書館の利用申込")  # one procedure, however it is written
    assert rows[3].name == "家具転倒防止器具の取付申請"  # the same name under another law is another procedure
    text = signed_in(ict).get(f"{PAGE}neighbours/").content.decode()
    assert text.count('<span class="tag">独自の様式</span>') == 3  # both rows, and what that means
    assert "共有の見本として出してもらえるか" in text
    assert SECRET not in text


def test_taking_over_brings_it_hidden_and_links_the_inventory(division, ict, client, other_municipality):
    town(other_municipality, "inu-toroku")
    desk = signed_in(ict)
    (row,) = desk.get(f"{PAGE}neighbours/").context["rows"]
    entry = act.add_entry(division=division, name=row.name, values={"count_total": 900}, by=None)
    assert desk.get(f"{PAGE}neighbours/").context["rows"][0].entry == entry
    refused = desk.post(f"{PAGE}neighbours/", {"entry": "inu-toroku", "division": ""}, follow=True)
    assert "課を選んで" in refused.content.decode()
    done = desk.post(f"{PAGE}neighbours/", {"entry": "inu-toroku", "division": division.pk}, follow=True)
    assert "まだ非公開です" in done.content.decode()
    procedure = Procedure.objects.get()
    assert (procedure.is_hidden, procedure.current.number, procedure.division) == (True, 1, division)
    assert client.get("/koto/procedures/inu-toroku/").status_code == 404
    entry = InventoryEntry.objects.select_related("procedure").get()
    assert (entry.procedure, entry.progress, entry.channel, entry.is_online) == (procedure, "making", "own", False)
    assert InventoryChange.objects.filter(entry=entry).first().after == {"progress": "making", "channel": "own"}
    again = desk.post(f"{PAGE}neighbours/", {"entry": "inu-toroku", "division": division.pk}, follow=True)
    assert "もう引き継いでいます" in again.content.decode()
    (row,) = desk.get(f"{PAGE}neighbours/").context["rows"]
    assert row.prepared == procedure
    act.show(procedure=procedure, by=ict.user)
    assert desk.get(f"{PAGE}neighbours/").context["rows"] == []
    entry = InventoryEntry.objects.select_related("procedure").get()
    assert (entry.progress, entry.online_on, entry.is_online) == ("online", timezone.localdate(), True)


def test_a_form_that_its_owner_published_for_all_can_be_taken_over(division, ict, other_municipality):
    town(other_municipality, own=("移動図書館の利用申込", "町民プールの利用登録"))
    with scope(municipality=other_municipality):
        act.share(procedure=Procedure.objects.get(slug="own-0"), examples=[EXAMPLE], notes={}, by=None)
    make_procedure(division, "own-1")  # another procedure that only bears the same id
    entry = act.add_entry(division=division, name="移動図書館の利用申込", by=None)
    desk = signed_in(ict)
    page = desk.get(f"{PAGE}neighbours/")
    first, second = page.context["rows"]
    assert (first.offer, first.entry, first.prepared) == ("midori--own-0", entry, None)
    assert (second.name, second.offer, second.prepared) == ("町民プールの利用登録", "", None)
    assert "共同の見本" in page.content.decode()
    assert "/koto/desk/library/shared/midori--own-0/" in page.content.decode()
    done = desk.post(f"{PAGE}neighbours/", {"entry": "midori--own-0", "division": division.pk}, follow=True)
    assert "まだ非公開です" in done.content.decode()
    entry.refresh_from_db()
    assert (entry.procedure.slug, entry.procedure.is_hidden, entry.progress) == ("own-0", True, "making")
    assert desk.get(f"{PAGE}neighbours/").context["rows"][0].prepared == entry.procedure
    again = desk.post(f"{PAGE}neighbours/", {"entry": "midori--own-0", "division": division.pk}, follow=True)
    assert "すでにあります" in again.content.decode()
    with scope(municipality=other_municipality):
        act.withdraw(procedure=Procedure.objects.get(slug="own-0"), by=None)
    with pytest.raises(Refused):
        act.take_over(entry="midori--own-0", division=division, by=ict.user)


def test_the_library_page_links_the_inventory_too(division, ict):
    page = "/koto/desk/library/library/inu-toroku/"
    entry = act.add_entry(division=division, name=act.read_entry(act.LIBRARY / "inu-toroku").name["ja"], by=None)
    signed_in(ict).post(page, {"division": division.pk})
    entry.refresh_from_db()
    assert entry.procedure.slug == "inu-toroku"
    assert not entry.is_online


def test_taking_over_makes_the_row_that_is_missing(division, ict):
    act.take_over(entry="kobunsho-kaiji", division=division, by=ict.user)
    entry = InventoryEntry.objects.get()
    assert (entry.name, entry.progress, entry.online_on) == (Procedure.objects.get().name["ja"], "making", None)
    for wrong in ("no-such", "..", ""):
        with pytest.raises(Refused):
            act.take_over(entry=wrong, division=division, by=ict.user)
    assert Procedure.objects.count() == 1


def test_who_only_answers_takes_nothing_over(division, clerk, ict, other_municipality):
    town(other_municipality, "inu-toroku")
    desk = signed_in(clerk)
    text = desk.get(f"{PAGE}neighbours/").content.decode()
    assert "引き継ぐ課" not in text
    assert desk.post(f"{PAGE}neighbours/", {"entry": "inu-toroku", "division": division.pk}).status_code == 404
    with scope(municipality=other_municipality):
        foreign = make_division("yoso", "よその課", "Elsewhere")
    assert (
        "課を選んで"
        in signed_in(ict).post(f"{PAGE}neighbours/", {"entry": "inu-toroku", "division": foreign.pk}, follow=True).content.decode()
    )
    assert not Procedure.objects.exists()


def test_sixty_towns_with_seven_hundred_procedures_each_are_put_together_in_a_moment(in_scope, division):
    plain = {"library": "", "name_en": "", "law": "", "volume": 100, "is_few": False, "elsewhere": True}
    facts = {**act.public_facts(), "has": [{**plain, "name": f"手続{number}", "key": f"手続{number}"} for number in range(700)]}
    towns = Municipality.objects.bulk_create(
        [Municipality(slug=f"town-{number}", name=f"架空{number}町", name_en=f"Town {number}", is_invented=True) for number in range(60)]
    )
    PublicStanding.objects.bulk_create([PublicStanding(municipality=one, facts=facts) for one in towns])
    began = time.process_time()
    rows = neighbours.missing(in_scope, [], [], set())
    assert (len(rows), {len(row.having) for row in rows}) == (700, {60})
    assert time.process_time() - began < 3
