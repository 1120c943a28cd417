"""The inventory's pages: who sees and does what, that every page opens, that what was typed is kept, that files come back."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document

from madoguchi.accounts.tests.make import make_division, make_member
from madoguchi.procedures import actions as act
from madoguchi.procedures.models import (
    InventoryCount,
    InventoryEntry,
    InventoryImport,
    InventoryReply,
    InventoryRound,
    Procedure,
    RuleChange,
)
from madoguchi.procedures.tests.make import make_procedure, signed_in

pytestmark = pytest.mark.django_db
HOME = "/koto/desk/inventory/"


@pytest.fixture
def ict(division):
    return make_member("ict", division)


@pytest.fixture
def survey(division, ict) -> InventoryRound:
    due = timezone.localdate() + timedelta(days=20)
    return act.open_survey(
        name="令和8年度", asked=["seal", "count_total", "barriers"], message="お願いします", due_on=due, divisions=[division], by=ict.user
    )


@pytest.fixture
def entry(division, ict) -> InventoryEntry:
    values = {"count_total": 1200, "seal": "required", "barriers": ["seal", "papers"], "in_person": "yes", "rule_change": ["ordinance"]}
    return act.add_entry(division=division, name="架空の届出", values=values, by=ict.user)


def pages(survey, entry) -> list[str]:
    reply = f"surveys/{survey.pk}/kosodate/"
    return [
        "", "procedures/", "procedures/?all=1&track=B&barrier=seal&division=kosodate&q=架空", f"procedures/{entry.number}/",
        f"procedures/{entry.number}/?columns=all", reply, f"{reply}{entry.number}/", "import/", "rules/", "counts/", "counts/?month=2026-04",
        "counts/?month=nonsense", "published/", "published/?year=2024", "published.csv", "published.xlsx", "published.docx",
        "procedures.xlsx", f"{reply}answers.xlsx",
    ]  # fmt: skip


def test_every_page_opens_for_who_answers_and_for_who_manages(survey, entry, clerk, chief, ict):
    make_procedure(entry.division)
    act.entries_for(procedures=Procedure.objects.all(), by=ict.user)
    for member in (clerk, chief, ict):
        desk = signed_in(member)
        for page in pages(survey, entry):
            assert desk.get(f"{HOME}{page}").status_code == 200, (member.role, page)
    desk = signed_in(ict)
    for page in (f"surveys/{survey.pk}/", "surveys/new/", "weights/"):
        assert desk.get(f"{HOME}{page}").status_code == 200
        assert signed_in(clerk).get(f"{HOME}{page}").status_code in (302, 404)


def test_a_division_sees_no_other_divisions_reply_and_changes_nothing_of_it(survey, entry, ict):
    other = make_member("clerk", make_division("hoiku", "保育課", "Childcare"), username="hoiku-clerk")
    desk = signed_in(other)
    for page in (
        f"surveys/{survey.pk}/kosodate/",
        f"surveys/{survey.pk}/kosodate/{entry.number}/",
        f"surveys/{survey.pk}/kosodate/answers.xlsx",
    ):
        assert desk.get(f"{HOME}{page}").status_code == 404
    assert desk.get(f"{HOME}procedures/{entry.number}/").status_code == 200
    assert desk.post(f"{HOME}procedures/{entry.number}/", {"act": "answer", "count_total": "1"}).status_code == 404
    assert desk.post(f"{HOME}rules/", {"title": "x", "kind": "ordinance"}).status_code == 404
    entry.refresh_from_db()
    assert entry.values["count_total"] == 1200


@pytest.mark.parametrize("role", ["designer", "auditor"])
def test_roles_without_the_inventory_find_nothing(role, division):
    assert signed_in(make_member(role, division)).get(HOME).status_code in (403, 404)


def test_a_survey_from_the_ict_section_to_the_chiefs_word(entry, division, clerk, chief, ict):
    new = {
        "name": "新しい調査",
        "due_on": (timezone.localdate() + timedelta(days=9)).isoformat(),
        "asked": ["seal", "count_total"],
        "divisions": [division.pk],
    }
    assert signed_in(ict).post(f"{HOME}surveys/new/", {**new, "asked": []}).status_code == 400
    made = signed_in(ict).post(f"{HOME}surveys/new/", new, follow=True)
    assert "課に知らせました" in made.content.decode()
    survey = InventoryRound.objects.get()
    reply, desk = f"{HOME}surveys/{survey.pk}/kosodate/", signed_in(clerk)
    assert "1件のうち0件" in desk.get(HOME).content.decode()
    wrong = desk.post(f"{reply}{entry.number}/", {"count_total": "たくさん", "seal": "required"})
    assert (wrong.status_code, "数として読めません" in wrong.content.decode(), "たくさん" in wrong.content.decode()) == (400, True, True)
    desk.post(f"{reply}{entry.number}/", {"count_total": "約１，５００件", "seal": ""})
    entry.refresh_from_db()
    assert (entry.values["count_total"], entry.values["seal"]) == (1500, None)
    desk.post(reply, {"act": "submit"})
    assert desk.post(reply, {"act": "approve"}).status_code == 404
    signed_in(chief).post(reply, {"act": "send_back", "reason": "押印も答えて"})
    assert "押印も答えて" in desk.get(HOME).content.decode()
    desk.post(reply, {"act": "submit"})
    signed_in(chief).post(reply, {"act": "approve"})
    assert InventoryReply.objects.get().state == "approved"
    signed_in(ict).post(f"{HOME}surveys/{survey.pk}/remind/")
    signed_in(ict).post(f"{HOME}surveys/{survey.pk}/close/")
    assert InventoryRound.objects.get().state == "closed"


def test_excel_out_and_in_again_answers_the_survey(survey, entry, division, clerk):
    desk = signed_in(clerk)
    data = desk.get(f"{HOME}surveys/{survey.pk}/kosodate/answers.xlsx").content
    shown = desk.post(f"{HOME}import/", {"file": SimpleUploadedFile("答え.xlsx", data), "survey": survey.pk}, follow=True)
    assert "同じ手続き" in shown.content.decode()
    found = InventoryImport.objects.get()
    desk.post(f"{HOME}import/{found.pk}/", {"act": "take"})
    entry.refresh_from_db()
    assert entry.answered_in == survey
    assert desk.post(f"{HOME}import/{found.pk}/", {"act": "drop"}, follow=True).content.decode().count("すでに取り込みました") == 1


def test_a_dirty_sheet_is_shown_with_its_doubts_before_anything_is_written(division, clerk):
    text = "棚卸\n,,\n手続名,年間件数,色\n新しい届,1000〜2000,赤\n合計,,\n"
    shown = (
        signed_in(clerk).post(f"{HOME}import/", {"file": SimpleUploadedFile("x.csv", text.encode("cp932"))}, follow=True).content.decode()
    )
    assert "範囲で書かれている" in shown
    assert "C：色" in shown
    assert "合計の行" in shown
    assert InventoryEntry.objects.count() == 0
    bad = signed_in(clerk).post(f"{HOME}import/", {"file": SimpleUploadedFile("x.pdf", b"%PDF-1.7")})
    assert (bad.status_code, "手続名" in bad.content.decode()) == (400, True)


def test_plan_order_rule_and_what_comes_into_force(entry, ict):
    desk, page = signed_in(ict), f"{HOME}procedures/{entry.number}/"
    assert desk.post(page, {"act": "order", "rank": "1", "reason": ""}).status_code == 400
    desk.post(page, {"act": "order", "rank": "1", "reason": "要望が多い"})
    assert "要望が多い" in desk.get(page).content.decode()
    desk.post(f"{HOME}rules/", {"title": "デジタル手続条例", "kind": "ordinance", "article": "3条"})
    rule = RuleChange.objects.get()
    assert desk.post(page, {"act": "plan", "progress": "planned", "target_year": "いつか"}).status_code == 400
    desk.post(page, {"act": "plan", "progress": "planned", "target_year": "令和9年度", "channel": "own", "rule": rule.pk})
    entry.refresh_from_db()
    assert (entry.target_year, entry.track) == (2027, "B")
    assert "年1,200件" in desk.get(f"{HOME}rules/").content.decode()
    for state in ("assembly", "in_force"):
        desk.post(f"{HOME}rules/{rule.pk}/move/", {"to": state})
    assert InventoryEntry.objects.select_related("rule").get().track == "A"


def test_the_months_numbers_stand_in_the_published_table(entry, clerk):
    desk = signed_in(clerk)
    month = timezone.localdate()
    page = f"{HOME}counts/?month={month:%Y-%m}"
    assert desk.post(page, {f"c{entry.pk}-counter": "多い"}).status_code == 400
    desk.post(page, {f"c{entry.pk}-counter": "１２", f"c{entry.pk}-elsewhere": "4"})
    assert sum(row.count for row in InventoryCount.objects.all()) == 16
    table = desk.get(f"{HOME}published.csv").content.decode("utf-8-sig")
    assert "架空の届出,こども家庭支援課,1200,0,0.0,棚卸調査" in table  # one month is no year
    entry.refresh_from_db()
    act.update_entry(entry=entry, values={"count_total": None}, source="", by=clerk.user)
    table = desk.get(f"{HOME}published.csv").content.decode("utf-8-sig")
    assert "架空の届出,こども家庭支援課,16,4,25.0,月の件数（1か月分）とこのシステムの申請" in table


def test_weights_are_changed_and_the_order_follows(entry, ict):
    desk = signed_in(ict)
    form = desk.get(f"{HOME}weights/").context["form"]
    given = {name: field.initial for name, field in form.fields.items()}
    assert desk.post(f"{HOME}weights/", {**given, "c-fee": "7"}).status_code == 400
    before = desk.get(f"{HOME}procedures/").context["hours"]
    desk.post(f"{HOME}weights/", {**given, "m-in_person": "600"})
    assert desk.get(f"{HOME}procedures/").context["hours"] > before


def test_three_hundred_procedures_take_few_queries(division, clerk):
    rows = [
        InventoryEntry(division=division, number=f"k-{n:03}", name=f"手続{n}", key=f"手続{n}", values={"count_total": n})
        for n in range(300)
    ]
    InventoryEntry.objects.bulk_create(rows)
    desk = signed_in(clerk)
    for page in ("", "procedures/", "published/", "counts/", "procedures/k-007/"):
        with CaptureQueriesContext(connection) as few:
            assert desk.get(f"{HOME}{page}").status_code == 200
        assert len(few) <= 30, page


def test_the_yearly_table_as_word_holds_every_row(entry, clerk):
    data = signed_in(clerk).get(f"{HOME}published.docx").content
    table = Document(io.BytesIO(data)).tables[0]
    assert [cell.text for cell in table.rows[0].cells][:3] == ["手続の名称", "所管課", "総件数"]
    assert [cell.text for cell in table.rows[1].cells][:3] == ["架空の届出", "こども家庭支援課", "1,200"]


def test_proposals_of_the_state_are_shown_and_taken(entry, survey, clerk):
    act.update_entry(entry=entry, values={"law": "架空法", "article": "1条"}, source="x", by=clerk.user)
    act.load_national(data="手続ID,手続名,法令名,根拠条項号,所管府省庁\nN1,国の名,架空法,第1条,架空省\n".encode())
    desk, page = signed_in(clerk), f"{HOME}procedures/{entry.number}/"
    assert "架空省" in desk.get(page).content.decode()
    desk.post(page, {"act": "propose"})
    entry.refresh_from_db()
    assert (entry.values["ministry"], entry.name) == ("架空省", "架空の届出")
    assert "国の棚卸で分かる項目" in desk.get(f"{HOME}surveys/{survey.pk}/kosodate/").content.decode()
    assert desk.post(f"{HOME}surveys/{survey.pk}/kosodate/", {"act": "propose"}).status_code == 302


def test_a_division_of_seven_hundred_fifty_counts_page_by_page(division, clerk):
    rows = [InventoryEntry(division=division, number=f"k-{n:03}", name=f"手続{n}", key=f"手続{n}") for n in range(750)]
    InventoryEntry.objects.bulk_create(rows)
    desk, month = signed_in(clerk), timezone.localdate()
    page = desk.get(f"{HOME}counts/?month={month:%Y-%m}&page=8")
    assert page.context["page_obj"].paginator.num_pages == 8
    shown = page.context["form"].entries
    assert [entry.number for entry in shown] == [f"k-{n:03}" for n in range(700, 750)]
    boxes = {name: "3" for name in page.context["form"].fields if name.endswith("-counter")}
    act.add_entry(division=division, name="先頭に入った届", number="a-001", by=None)  # meanwhile everything moved on by one
    done = desk.post(f"{HOME}counts/?month={month:%Y-%m}&page=8", {**boxes, "seen": ""})
    assert done.status_code == 302
    assert done.url.endswith("&page=8")
    assert InventoryCount.objects.count() == 50
    assert desk.post(f"{HOME}counts/?month={month:%Y-%m}", {f"c{shown[0].pk}-counter": ""}).status_code == 302
    assert InventoryCount.objects.count() == 49


def test_since_when_a_procedure_is_online_is_said_with_its_plan(entry, ict):
    desk, page = signed_in(ict), f"{HOME}procedures/{entry.number}/"
    plan = {"act": "plan", "progress": "online", "channel": "pittari"}
    late = desk.post(page, {**plan, "online_on": (timezone.localdate() + timedelta(days=2)).isoformat()})
    assert (late.status_code, "今日までの日" in late.content.decode()) == (400, True)
    desk.post(page, {**plan, "online_on": "2025-10-01"})
    entry.refresh_from_db()
    assert entry.online_on.isoformat() == "2025-10-01"
    assert "オンラインになった日" in desk.get(page).content.decode()
    desk.post(page, {**plan, "online_on": ""})
    entry.refresh_from_db()
    assert entry.online_on.isoformat() == "2025-10-01"  # an empty box takes nothing away
