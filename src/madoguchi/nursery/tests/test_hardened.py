"""What a tester with fresh eyes broke: stale runs, sheets that wipe, codes that break addresses, corrections that did nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from madoguchi.accounts.tests.make import make_division, make_member
from madoguchi.lib.errors import Refused
from madoguchi.nursery import actions as act
from madoguchi.nursery.models import Candidate, Facility, Fact, Household, OfficeRow, Round
from madoguchi.nursery.models.core_layout import problems_of
from madoguchi.nursery.tests.test_beside import LAYOUT, core_sheet, ran, upload, ward  # noqa: F401 the fixture
from madoguchi.nursery.tests.test_pages import signed_in

pytestmark = pytest.mark.django_db
BASE = "/koto/desk/nursery/"


# -- a run and what it was made from ---------------------------------------------------------------------------------------------


def test_a_run_is_stale_when_facts_changed_and_nobody_scored_again(ward, clerk, chief):  # noqa: F811
    run = ran(ward, clerk)
    family = Household.objects.order_by("pk").first()
    act.enter_certificate(household=family, parent=1, values={"company": "架空", "month_days": 8, "week_hours": 12.0}, by=clerk.user)
    with pytest.raises(Refused, match="もう一度試行"):
        act.propose_run(run=run, by=clerk.user)
    with pytest.raises(AssertionError, match="指数が今の内容で"):
        ran(ward, clerk)
    act.score_round(round=ward, by=clerk.user)
    again = ran(ward, clerk)
    act.propose_run(run=again, by=clerk.user)
    facility = Facility.objects.order_by("code").first()
    act.save_facility(code=facility.code, values={"min_age_days": 2000}, by=clerk.user)
    with pytest.raises(Refused, match="変わりました"):
        act.approve_round(round=Round.objects.get(pk=ward.pk), by=chief.user)


def test_wishes_that_the_core_system_changes_make_a_run_stale(ward, clerk):  # noqa: F811
    act.save_layout(document=LAYOUT, name="l", by=clerk.user)
    places = list(Facility.objects.order_by("code").values_list("code", flat=True))
    line = f"K1,C1,架空 児,架空 親,2025-06-01,{places[0]},,,,01,20,40,1000"
    act.import_core_families(round=ward, data=core_sheet(ward, line), by=clerk.user)
    act.score_round(round=ward, by=clerk.user)
    run = ran(ward, clerk)
    act.import_core_families(round=ward, data=core_sheet(ward, line.replace(places[0], places[1])), by=clerk.user)
    act.score_round(round=ward, by=clerk.user)
    with pytest.raises(Refused, match="もう一度試行"):
        act.propose_run(run=run, by=clerk.user)


def test_a_round_that_nobody_proposed_says_so(ward, chief):  # noqa: F811
    with pytest.raises(Refused, match="起案されていません"):
        act.approve_round(round=ward, by=chief.user)


# -- facilities and seats ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["A/1", "new", "import", "publish", "..", "１２３", "", "x" * 13, "a b"])
def test_a_code_that_would_break_addresses_is_refused(ward, clerk, code):  # noqa: F811
    sheet = upload(f"施設番号,施設名\n{code},斜線園\n")
    said = signed_in(clerk).post(f"{BASE}facilities/import/", {"file": sheet}, follow=True).content.decode()
    assert not Facility.objects.filter(name__ja="斜線園").exclude(code="123").exists(), said
    assert Client().get("/koto/nursery/").status_code == 200


def test_another_division_changes_no_nursery(ward):  # noqa: F811
    other = signed_in(make_member("clerk", make_division("kaigo", "介護保険課", "Care"), username="kaigo-1"))
    code = Facility.objects.first().code
    assert other.post(f"{BASE}facilities/import/", {"file": upload(f"施設番号,施設名\n{code},変えた\n")}).status_code == 404
    assert other.post(f"{BASE}facilities/publish/").status_code == 404
    assert not Facility.objects.filter(name__ja="変えた").exists()


def test_a_list_keeps_what_it_cannot_say_and_refuses_what_no_column_holds(ward, clerk):  # noqa: F811
    facility = Facility.objects.order_by("code").first()
    english, name = facility.name["en"], facility.name["ja"]
    desk = signed_in(clerk)
    out = desk.get(f"{BASE}facilities.xlsx").content
    desk.post(f"{BASE}facilities/import/", {"file": SimpleUploadedFile("f.xlsx", out)})
    facility.refresh_from_db()
    assert facility.name == {"ja": name, "en": english}
    for kind, oldest in (("小A", 2), ("区", 5)):
        desk.post(f"{BASE}facilities/import/", {"file": upload(f"施設番号,施設名,区分\n{facility.code},{name},{kind}\n")})
        facility.refresh_from_db()
        assert facility.oldest_class == oldest
    for column, text in (("開所時間", "99:99～99:99"), ("電話番号", "0" * 60), ("受入月齢", "9" * 20 + "日"), ("施設名称", "長" * 300)):
        row = (
            f"施設番号,施設名,{column}\n{facility.code},{name},{text}\n"
            if column != "施設名称"
            else f"施設番号,施設名\n{facility.code},{text}\n"
        )
        assert desk.post(f"{BASE}facilities/import/", {"file": upload(row)}).status_code == 302
    facility.refresh_from_db()
    assert (facility.name["ja"], facility.min_age_days <= 2500, len(facility.phone) <= 20) == (name, True, True)


def test_seats_are_not_wiped_by_a_partial_sheet_or_a_post_without_boxes(ward, clerk):  # noqa: F811
    desk, page = signed_in(clerk), f"{BASE}rounds/{ward.slug}/seats/"
    before = ward.current_seats().seats()
    code = next(iter(before))
    head = "施設番号,施設名,0歳児,1歳児,2歳児"
    said = desk.post(f"{page}import/", {"file": upload(f"{head}\n{code},x,1,1,1\n")}, follow=True).content.decode()
    assert "クラスの列がありません：3歳児、4歳児、5歳児" in said
    said = desk.post(
        f"{page}import/", {"file": upload(f"{head},3才児,4才児,5才児,合計\n{code},x,1,1,1,5,5,5,99\n")}, follow=True
    ).content.decode()
    assert "合計が99人" in said
    assert "前の募集人員のまま" in said
    after = ward.current_seats().seats()
    assert (len(after), after[code]) == (len(before), (1, 1, 1, 5, 5, 5))
    assert desk.post(page, {"note": "空"}).status_code == 400
    assert ward.current_seats().seats() == after
    form = desk.get(page).context["form"]
    given = {name: field.initial for name, field in form.fields.items() if name != "note"}
    kept = desk.post(page, {**given, f"s{code}_0": "9999", f"s{code}_1": "7"})
    assert (kept.status_code, 'value="7"' in kept.content.decode()) == (400, True)


# -- facts, lists, the core system's files --------------------------------------------------------------------------------------------


def test_a_corrected_birthday_moves_the_child_and_nonsense_is_refused(ward, clerk):  # noqa: F811
    act.score_round(round=ward, by=clerk.user)
    child = Candidate.objects.order_by("pk").first()
    desk, page = signed_in(clerk), f"{BASE}families/{child.household_id}/correct/"
    for value in ("9999-99-99", "きのう", "1900-01-01", "2030-01-01"):
        desk.post(page, {"fact": f"child{child.pk}:birth", "value": value, "reason": "x"})
        child.refresh_from_db()
        assert child.birth == date(2025, 8, 12)
    desk.post(page, {"fact": f"child{child.pk}:birth", "value": "令和4年5月1日", "reason": "住民票"})
    child.refresh_from_db()
    assert (child.birth, child.age_class) == (date(2022, 5, 1), 4)


@pytest.mark.parametrize(
    ("fact", "value"),
    [("household:resident", "ある"), ("parent1:hours", "-5"), ("parent1:hours", "1e400"), ("household:tax_amount", "1e24")],
)
def test_a_correction_that_cannot_be_meant_is_refused(ward, clerk, fact, value):  # noqa: F811
    family = Household.objects.order_by("pk").first()
    count = Fact.objects.count()
    answer = signed_in(clerk).post(f"{BASE}families/{family.pk}/correct/", {"fact": fact, "value": value, "reason": "x"}, follow=True)
    assert answer.status_code in (200, 400)
    assert Fact.objects.count() == count


def test_lists_that_say_a_family_twice_or_nothing_are_doubts(ward, clerk):  # noqa: F811
    one, two, _three = Household.objects.order_by("pk")
    data = f"受付番号,所得割額\n{one.code},100\n{one.code},200\n{two.code},\n".encode()
    made = act.import_office_list(round=ward, kind="tax", data=data, name="t.csv", by=clerk.user)
    assert [row.state for row in OfficeRow.objects.filter(list=made).order_by("number")] == ["doubtful"] * 3
    data = f"受付番号,市区町村,所得割額\n{one.code},横浜市,100\n{one.code},横浜市,100\n{one.code},川崎市,5\n".encode()
    act.import_office_list(round=ward, kind="certificate", data=data, name="c.csv", by=clerk.user)
    assert not Fact.objects.filter(household=one, key="tax_amount").exists()
    doubtful = OfficeRow.objects.filter(list__kind="certificate").first()
    act.judge_office_row(row=doubtful, take=True, by=clerk.user)
    assert Fact.objects.in_force().get(household=one, key="tax_amount").value == 105
    with pytest.raises(Refused, match="使いません"):
        act.import_office_list(round=ward, kind="arrears", data=f"受付番号,滞納\n{one.code},有\n".encode(), name="a", by=clerk.user)


def test_core_rows_without_wishes_show_and_impossible_ones_are_refused(ward, clerk):  # noqa: F811
    act.save_layout(document=LAYOUT, name="l", by=clerk.user)
    act.import_core_families(round=ward, data=core_sheet(ward, "K1,C1,架空 児,架空 親,2025-06-01,,,,,01,20,40,1000"), by=clerk.user)
    assert signed_in(clerk).get(f"{BASE}rounds/{ward.slug}/families/").status_code == 200
    for number, child, birth in (
        ("K2", "C2", "2010-05-01"),
        ("K2", "C2", "2030-05-01"),
        ("K2", "C1", "2025-06-01"),
        ("K" * 300, "C9", "2025-06-01"),
    ):
        line = f"{number},{child},a,b,{birth},,,,,01,20,40,1"
        with pytest.raises(Refused, match="取り込めない行"):
            act.import_core_families(round=ward, data=core_sheet(ward, line), by=clerk.user)
    pair = "K1,C1,a,b,2025-06-01,,,,2,01,20,40,1", "K1,C3,c,b,2023-06-01,,,,2,01,20,40,1"
    act.import_core_families(round=ward, data=core_sheet(ward, *pair), by=clerk.user)
    _count, doubts = act.import_core_families(round=ward, data=core_sheet(ward, pair[0]), by=clerk.user)
    assert any("C3" in doubt for doubt in doubts)
    assert Household.objects.get(code="K1").condition == "any"


@pytest.mark.parametrize(
    "document",
    [
        {"format": "madoguchi-core/1", "import": None}, {**LAYOUT, "import": {**LAYOUT["import"], "wishes": [1]}},
        {**LAYOUT, "import": {**LAYOUT["import"], "facts": 5}}, {**LAYOUT, "import": {**LAYOUT["import"], "facts": None}},
        {**LAYOUT, "import": {**LAYOUT["import"], "facts": [{"fact": "days", "column": "x", "values": [1]}]}},
        {**LAYOUT, "import": {**LAYOUT["import"], "facts": [{"fact": "days", "column": "x", "parent": "ä"}]}},
        {**LAYOUT, "export": {"columns": [{"column": "a", "value": "child", "words": 5}]}},
        {**LAYOUT, "export": {"columns": [{"column": "\ud800", "value": "child"}]}},
    ],
)  # fmt: skip
def test_a_mapping_file_that_would_fail_later_is_refused_now(document):
    assert problems_of(document)


def test_a_mapping_file_of_brackets_is_told(ward, clerk):  # noqa: F811
    file = SimpleUploadedFile("l.json", b"[" * 300_000)
    answer = signed_in(clerk).post(f"{BASE}rounds/{ward.slug}/core/layout/", {"file": file}, follow=True)
    assert "JSONとして読めません" in answer.content.decode()


# -- other pages -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["inf", "nan", "1e400", "-5", "あ"])
def test_the_calculator_takes_no_number_that_is_none(ward, value):  # noqa: F811
    page = Client().get("/koto/nursery/points/", {"p1_reason": "work", "p1_hours": value, "p1_days": "20", "h_tax_amount": value})
    assert page.status_code == 200
    assert "+12" not in page.content.decode()


def test_what_is_near_is_said_in_words(ward):  # noqa: F811
    page = Client().get("/koto/nursery/points/", {"p1_reason": "work", "p1_hours": "36", "p1_days": "20"}).content.decode()
    assert not [sign for sign in ("==", "≧", "month_hours", "age_class", "20.0") if sign in page]
    assert "以上で数えます" in page


def test_an_act_that_does_not_exist_and_a_round_called_new(ward, chief, clerk):  # noqa: F811
    assert signed_in(chief).post(f"{BASE}rounds/{ward.slug}/finalise/foo/").status_code == 404
    for changes in ({"slug": "new"}, {"month": date(9999, 12, 1)}):
        given = {
            "procedure": ward.procedure,
            "slug": "x",
            "name": "n",
            "kind": "monthly",
            "month": date(2027, 5, 1),
            "calendar": {},
            **changes,
        }
        with pytest.raises(Refused):
            act.open_round(by=clerk.user, **given)


def test_the_result_made_by_hand_is_not_proposed_and_its_faults_are_in_japanese(ward, clerk):  # noqa: F811
    act.score_round(round=ward, by=clerk.user)
    ran(ward, clerk)
    child = Candidate.objects.order_by("pk").first()
    other = Facility.objects.exclude(code__in=child.wishes).first()
    run = act.import_result(round=ward, data=f"児童番号,施設番号\n{child.code},{other.code}\n".encode(), name="手.csv", by=clerk.user)
    with pytest.raises(Refused, match="比べるため"):
        act.propose_run(run=run, by=clerk.user)
    page = signed_in(clerk).get(f"{BASE}runs/{run.pk}/").content.decode()
    assert "この割当は使えません" in page
    assert "希望していない施設" in page


def test_english_readers_see_the_rounds_english_name(ward):  # noqa: F811
    Round.objects.filter(pk=ward.pk).update(name_en="April 2027, first round")
    assert Round.objects.get().title == ward.name
