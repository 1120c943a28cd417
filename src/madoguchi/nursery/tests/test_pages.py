"""Every page of the room, opened by whom it is for, over a small ward that went the whole way; and by whom it is not for."""

from __future__ import annotations

import json
import re

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from madoguchi.accounts.tests.make import PASSWORD, make_division, make_member
from madoguchi.applications.tests.make import make_filed
from madoguchi.jobs.tests.make import run_tasks
from madoguchi.lib.sheets import read_grid
from madoguchi.nursery import actions as act
from madoguchi.nursery.batches.deciding import decide_round, tell_round
from madoguchi.nursery.batches.taking_in import take_in
from madoguchi.nursery.models import Candidate, EmployerLink, EmploymentCertificate, Fact, HandPlace, Household, Round, Run, WishChange
from madoguchi.nursery.tests.make import make_ward, nursery_answers, wished

pytestmark = pytest.mark.django_db


def signed_in(member) -> Client:
    client = Client()
    assert client.post("/sign-in/desk/", {"username": member.user.username, "password": PASSWORD}).status_code == 302
    return client


def at_home(user) -> Client:
    """A resident's browser: force_login knows one cookie, this product has two."""
    client = Client()
    client.force_login(user)
    client.cookies[settings.RESIDENT_COOKIE] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return client


@pytest.fixture
def ward(division, clerk, chief, resident):
    procedure, row, facilities = make_ward(division)
    for hours, count in (("40.0", 3), ("30.0", 3)):
        for _ in range(count):
            make_filed(procedure, nursery_answers([{"wishes": wished(*facilities[:3])}], hours=hours), resident=resident)
    twins = [{"wishes": wished(*facilities[:2])}, {"wishes": wished(*facilities[:2]), "child_birth": "2024-06-01"}]
    make_filed(procedure, nursery_answers(twins, same_time="preferred", same_facility="required", alone_ok="elder"), resident=resident)
    take_in(round=row, by=clerk.user)
    run_tasks()
    return row


def told(row: Round, clerk, chief) -> Round:
    act.move_round(round=row, to="closed", by=clerk.user)
    act.start_run(round=row, by=clerk.user)
    run_tasks()
    act.propose_run(run=Run.objects.get(), by=clerk.user)
    act.approve_round(round=Round.objects.get(pk=row.pk), by=chief.user)
    for batch in (decide_round, tell_round):
        batch(round=Round.objects.get(pk=row.pk), by=chief.user)
        run_tasks()
    return Round.objects.get(pk=row.pk)


def desk_pages(row: Round) -> list[str]:
    base, household, run, child = "/koto/desk/nursery/", Household.objects.first(), Run.objects.first(), Candidate.objects.first()
    facility = child.wishes[0]
    pages = ["", "rounds/new/", "facilities/", "facilities/new/", f"facilities/{facility}/", "facilities/?find=つき", "facilities.xlsx"]
    pages += [f"rounds/{row.slug}/{rest}" for rest in ("", "seats/", "seats.xlsx", "families/", "families.xlsx", "certifications/")]
    pages += [
        f"rounds/{row.slug}/families/?show={show}" for show in ("incomplete", "changed", "provisional", "siblings", "transfers", "unborn")
    ]
    pages += [f"rounds/{row.slug}/families/?find=架空", f"families/{household.pk}/", f"families/{household.pk}/certificates/1/"]
    if run is not None:
        pages += [
            f"runs/{run.pk}/{rest}" for rest in ("", "children/", "children/?show=last", "children/?show=waiting", "run.xlsx", "papers.pdf")
        ]
        pages += [f"runs/{run.pk}/children/{child.pk}/", f"runs/{run.pk}/facilities/{facility}/", f"runs/{run.pk}/compare/{run.pk}/"]
    return [base + page for page in pages]


def test_every_desk_page_opens_for_the_division_and_for_nobody_else(ward, clerk, chief):
    row = told(ward, clerk, chief)
    other = make_member("clerk", make_division("zei", "税務課", "Tax"))
    ours, theirs = signed_in(clerk), signed_in(other)
    for page in desk_pages(row):
        assert ours.get(page).status_code == 200, page
        assert theirs.get(page).status_code == 404, page
        assert Client().get(page).status_code == 302, page
    assert row.name not in theirs.get("/koto/desk/nursery/").content.decode()


@pytest.mark.parametrize("language", ["ja", "ja-plain", "en"])
def test_every_public_page_opens_in_every_language(ward, clerk, chief, language):
    row = told(ward, clerk, chief)
    facility = Candidate.objects.first().wishes[0]
    client = Client(headers={"accept-language": language})
    for page in (
        "", "?age=1&free=1", f"facilities/{facility}/", "points/", "points/?p1_reason=work&p1_days=20&p1_hours=40&birth=令和7年5月1日",
        "siblings/", f"figures/{row.slug}/", f"figures/{row.slug}/figures.csv",
    ):  # fmt: skip
        response = client.get(f"/koto/nursery/{page}{'&' if '?' in page else '?'}lang={language}")
        assert response.status_code == 200, page


def test_small_counts_are_hidden_from_the_public(ward, clerk, chief):
    row = told(ward, clerk, chief)
    figures = [one for one in row.figures["classes"] if one["placed"]]
    assert figures
    assert all(one["hidden"] and one["last_points"] is None for one in figures)


def test_a_family_sees_why_in_words_and_gets_the_papers_for_a_longer_leave(ward, clerk, chief, resident):
    row = told(ward, clerk, chief)
    held = Candidate.objects.filter(state="waitlisted", round=row).select_related("household__application").first()
    client = at_home(resident)
    base = f"/koto/nursery/results/{held.household.application.uuid}/"
    page = client.get(base).content.decode()
    assert "今回は、希望した施設のどこにも入れませんでした。" in page
    others = Candidate.objects.exclude(household=held.household).values_list("code", flat=True)
    assert not [code for code in others if code in page]
    paper = client.get(f"{base}leave.pdf")
    assert (paper.status_code, paper["Content-Type"], paper.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert Client().get(base).status_code == 302


def test_wishes_change_until_the_last_day_and_not_for_somebody_else(ward, resident):
    child = Candidate.objects.filter(round=ward).select_related("household__application").first()
    client = at_home(resident)
    address = f"/koto/nursery/results/{child.household.application.uuid}/wishes/{child.pk}/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"wish1": "", "wish2": ""}).status_code == 400
    assert client.post(address, {"wish1": "999999"}).status_code == 400
    assert client.post(address, {"wish1": child.wishes[2], "wish2": child.wishes[0]}).status_code == 302
    child.refresh_from_db()
    assert (len(child.wishes), WishChange.objects.count(), child.scored_at) == (2, 1, None)
    stranger = Client()
    assert stranger.post(address, {"wish1": child.wishes[0]}).status_code == 302
    assert WishChange.objects.count() == 1


CARD = {
    "issued_on": "2026-11-01", "company": "架空商事", "company_address": "江東区", "company_phone": "03-5555-0000", "contact": "人事 太郎",
    "worker_name": "架空 花子", "is_open_ended": "on", "employment": "regular", "pattern": "fixed", "month_days": "２０", "week_hours": "38:45",
}  # fmt: skip


def test_the_employer_types_it_once_and_points_stay_provisional_until_somebody_asked(ward, clerk):
    household = Household.objects.first()
    desk = signed_in(clerk)
    page = desk.post(f"/koto/desk/nursery/families/{household.pk}/certificates/1/link/").content.decode()
    address = re.search(r'value="https?://[^/]+(/koto/nursery/employer/[^"]+)"', page)[1]
    employer = Client()
    form = employer.get(address).content.decode()
    assert household.name not in form
    assert household.code not in form
    assert employer.post(address, {**CARD, "month_days": "多い"}).status_code == 400
    assert employer.post(address, CARD).status_code == 200
    assert employer.post(address, CARD).status_code == 410
    fact = Fact.objects.in_force().get(household=household, parent=1, key="hours")
    assert (fact.value, fact.is_provisional, fact.source) == (38.75, True, "employer")
    act.score_household(household=household, by=clerk.user)
    household.refresh_from_db()
    assert "unverified" in {one["kind"] for one in household.missing}
    certificate = EmploymentCertificate.objects.get()
    desk.post(f"/koto/desk/nursery/families/{household.pk}/verify/{certificate.pk}/", {"how": ""})
    assert not EmploymentCertificate.objects.get().is_verified
    desk.post(f"/koto/desk/nursery/families/{household.pk}/verify/{certificate.pk}/", {"how": "代表番号に電話"})
    assert EmploymentCertificate.objects.get().is_verified
    assert not Fact.objects.in_force().get(household=household, parent=1, key="hours").is_provisional


def test_a_link_is_kept_as_a_hash_and_a_new_one_ends_the_old(ward, clerk):
    household = Household.objects.first()
    _link, first = act.make_employer_link(household=household, parent=1, by=clerk.user)
    act.make_employer_link(household=household, parent=1, by=clerk.user)
    assert Client().get(f"/koto/nursery/employer/{first}/").status_code == 410
    assert first not in json.dumps(list(EmployerLink.objects.values_list("token_hash", flat=True)))


def test_the_card_says_what_contradicts_itself(ward, clerk):
    household = Household.objects.first()
    page = signed_in(clerk).post(
        f"/koto/desk/nursery/families/{household.pk}/certificates/1/",
        {**CARD, "week_hours": "", "issued_on": "2030-01-01", "childcare_from": "2026-05-01", "childcare_until": "2026-04-01"},
    )
    text = page.content.decode()
    assert page.status_code == 400
    for sentence in ("どちらかを入力してください", "今日か今日より前", "終わりの日が、始まりの日より前"):
        assert sentence in text


def test_a_clerk_corrects_a_fact_and_the_points_follow(ward, clerk):
    household = Household.objects.first()
    desk = signed_in(clerk)
    before = household.candidates.first().score["shown_points"]
    answer = desk.post(
        f"/koto/desk/nursery/families/{household.pk}/correct/", {"fact": "parent1:hours", "value": "12", "reason": "証明書のとおり"}
    )
    assert answer.status_code == 302
    assert household.candidates.first().score["shown_points"] < before
    page = desk.get(f"/koto/desk/nursery/families/{household.pk}/").content.decode()
    assert "証明書のとおり" in page
    desk.post(f"/koto/desk/nursery/families/{household.pk}/correct/", {"fact": "parent1:hours", "value": "多い", "reason": "x"})
    assert Fact.objects.in_force().get(household=household, slot="parent1", key="hours").value == 12


def test_a_place_by_hand_through_the_page(ward, clerk):
    child = Candidate.objects.first()
    desk = signed_in(clerk)
    from_list = child.wishes[0]
    facility = act.save_facility(code=from_list, values={}, by=None)
    desk.post(f"/koto/desk/nursery/children/{child.pk}/by-hand/", {"what": "pin", "facility": facility.pk, "reason": "障害児枠"})
    place = HandPlace.objects.standing().get()
    assert place.facility == facility
    desk.post(f"/koto/desk/nursery/by-hand/{place.pk}/revoke/")
    assert not HandPlace.objects.standing().exists()


SEATS = "令和9年4月 募集人員一覧\n\n施設番号,施設名,0歳児,１歳児,2歳,3歳児,4歳児,5歳児,合計\n{code},x,ー,３,,0,－,2,5\n"


def test_the_wards_sheet_of_seats_is_read_with_its_marks(ward, clerk):
    code = Candidate.objects.first().wishes[0]
    desk, address = signed_in(clerk), f"/koto/desk/nursery/rounds/{ward.slug}/seats/import/"
    desk.post(address, {"file": SimpleUploadedFile("seats.csv", SEATS.format(code=code).encode("cp932"))})
    seats = ward.current_seats().seats()
    assert seats.pop(code) == (None, 3, 0, 0, None, 2)
    assert set(seats.values()) == {(1, 1, 1, 1, 1, 1)}  # what the sheet does not name keeps its seats
    desk.post(address, {"file": SimpleUploadedFile("seats.csv", SEATS.format(code="999999").encode())})
    assert ward.current_seats().number == 2
    grid = read_grid(desk.get(f"/koto/desk/nursery/rounds/{ward.slug}/seats.xlsx").content)
    assert grid[1][2:8] == ["—", "3", "0", "0", "—", "2"]


def test_the_grid_of_seats_is_saved_as_a_new_list(ward, clerk):
    desk, address = signed_in(clerk), f"/koto/desk/nursery/rounds/{ward.slug}/seats/"
    names = re.findall(r'name="(s[^"]+)"', desk.get(address).content.decode())
    values = {name: "—" if name.endswith("_0") else "２" for name in names}
    desk.post(address, {**values, "note": "先生が増えた"})
    newest = ward.current_seats()
    assert (newest.number, newest.note, {row[0] for row in newest.seats().values()}, {row[1] for row in newest.seats().values()}) == (
        2, "先生が増えた", {None}, {2},
    )  # fmt: skip
    assert desk.post(address, {**values, names[0]: "たくさん"}).status_code == 400


LIST = "施設番号,施設名,区分,地区,受入月齢,開所時間\n200999,あたらしい園,私,白河,4か月～,7:15～20:15\n{code},つきかげ,区,どこか,57日～,\n"


def test_the_wards_list_of_facilities_changes_instead_of_doubling(ward, clerk):
    code = Candidate.objects.first().wishes[0]
    desk = signed_in(clerk)
    for _ in range(2):
        page = desk.post(
            "/koto/desk/nursery/facilities/import/", {"file": SimpleUploadedFile("l.csv", LIST.format(code=code).encode())}, follow=True
        )
    assert "どこか" in page.content.decode()
    new = act.save_facility(code="200999", values={}, by=None)
    assert (new.min_age_days, new.opens, str(new.district), new.changes.count()) == (120, "7:15", "白河", 1)
