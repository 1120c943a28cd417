"""What stands beside our runs: analyses, results made by hand, other offices' lists, the core system's files, lists for nurseries."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from madoguchi.applications.actions import accept_offer, start_for, submit
from madoguchi.applications.tests.make import make_filed
from madoguchi.engines.placement.points import shipped
from madoguchi.jobs.tests.make import run_tasks
from madoguchi.lib.errors import Refused
from madoguchi.lib.sheets import read_grid
from madoguchi.nursery import actions as act
from madoguchi.nursery.batches.deciding import decide_round, tell_round
from madoguchi.nursery.batches.taking_in import take_in
from madoguchi.nursery.models import Analysis, Candidate, Certification, Facility, Fact, Household, OfficeRow, Round, Run, RunKind
from madoguchi.nursery.models.promised import carried, certified_parents, outstanding, still
from madoguchi.nursery.models.reading import read_application
from madoguchi.nursery.models.rulebook import rulebook_of
from madoguchi.nursery.models.waiting import waiting_of
from madoguchi.nursery.tests.make import make_round, make_seats, make_ward, nursery_answers, wished
from madoguchi.nursery.tests.test_pages import signed_in

pytestmark = pytest.mark.django_db
LAYOUT = {
    "format": "madoguchi-core/1",
    "import": {
        "household": "世帯番号", "child": "児童番号", "birth": "生年月日", "name": "児童氏名", "applicant": "申請者", "current": "在園",
        "wishes": ["希望1", "希望2"], "condition": {"column": "兄弟", "values": {"1": "same_facility", "2": "any"}},
        "facts": [
            {"fact": "reason", "parent": 1, "column": "父事由", "values": {"01": "work"}},
            {"fact": "days", "parent": 1, "column": "父日数"}, {"fact": "hours", "parent": 1, "column": "父時間"},
            {"fact": "tax_amount", "column": "所得割"},
        ],
    },
    "export": {
        "encoding": "cp932", "days": "%Y%m%d",
        "columns": [
            {"column": "児童", "value": "child"}, {"column": "施設", "value": "facility"}, {"column": "月", "value": "month"},
            {"column": "結果", "value": "result", "words": {"offered": "1", "waitlisted": "2"}}, {"column": "区分", "text": "0"},
        ],
    },
}  # fmt: skip


@pytest.fixture
def ward(division, clerk, chief):
    procedure, row, facilities = make_ward(division)
    for hours in ("40.0", "36.0", "30.0"):
        make_filed(procedure, nursery_answers([{"wishes": wished(*facilities[:2])}], hours=hours))
    take_in(round=row, by=clerk.user)
    run_tasks()
    row.refresh_from_db()
    act.move_round(round=row, to="closed", by=clerk.user)
    return row


def ran(row: Round, clerk) -> Run:
    run = act.start_run(round=row, by=clerk.user)
    run_tasks()
    run.refresh_from_db()
    assert run.state == "done", run.problem
    return run


def upload(text: str, name: str = "list.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode("utf-8-sig"))


def test_one_more_seat_everywhere_says_where_it_helps(ward, clerk):
    run, desk = ran(ward, clerk), signed_in(clerk)
    page = f"/koto/desk/nursery/runs/{run.pk}/analyses/sensitivity/"
    assert desk.get(page).status_code == 200
    assert desk.post(page).status_code == 302
    run_tasks()
    result = Analysis.objects.get().result["rows"]
    helped = {(one["facility"], one["age"]) for one in result if one["more_seated"] == 1}
    codes = list(Candidate.objects.first().wishes[:2])
    assert helped == {(code, 1) for code in codes}
    assert len(result) == 6 * 6
    assert codes[0] in desk.get(page).content.decode()
    assert read_grid(desk.get(f"{page}analysis.xlsx").content)[1][3] == "1"


def test_fairness_hides_small_groups_and_shows_what_a_row_moves(ward, clerk):
    best = Candidate.objects.order_by("-score__shown_points").first()
    run, desk = ran(ward, clerk), signed_in(clerk)
    analysis = act.start_analysis(run=run, kind="fairness", by=clerk.user)
    run_tasks()
    analysis.refresh_from_db()
    assert analysis.state == "done", analysis.problem
    assert all(one["children"] is None for rows in analysis.result["groups"].values() for one in rows), "three children are few"
    counted = {one["row"]: one["counted"] for one in analysis.result["rows"]}
    (row,) = {one["row"] for one in best.score["counted"] if one["counts"] and one["slot"] == "parent1"}
    assert counted[row] >= 1
    assert desk.get(f"/koto/desk/nursery/runs/{run.pk}/analyses/fairness/").status_code == 200
    act.correct_fact(household=best.household, parent=1, key="hours", value="10", reason="証明書", by=clerk.user)
    stale = act.start_analysis(run=run, kind="fairness", by=clerk.user)
    run_tasks()
    stale.refresh_from_db()
    assert (stale.state, "もう一度試行" in stale.problem) == ("failed", True)


def test_a_result_made_by_hand_is_checked_and_put_beside_ours(ward, clerk, chief):
    run, desk = ran(ward, clerk), signed_in(clerk)
    low, *_others = Candidate.objects.order_by("score__shown_points")
    first = low.wishes[0]
    page = f"/koto/desk/nursery/rounds/{ward.slug}/results/import/"
    bad = desk.post(page, {"file": upload(f"児童番号,施設番号\nX-1,{first}\n{low.code},999999\n")}, follow=True).content.decode()
    assert "X-1" in bad
    assert "999999" in bad
    assert not Run.objects.filter(kind=RunKind.IMPORTED).exists()
    shown = desk.post(page, {"file": upload(f"児童番号,施設番号\n{low.code},{first}\n")}, follow=True).content.decode()
    made = Run.objects.get(kind=RunKind.IMPORTED)
    assert made.result["seated"] == 1
    assert made.result["blocking_families"] == 2
    assert not made.result["stable"]
    assert "食い違っています" not in shown
    compared = desk.get(f"/koto/desk/nursery/runs/{run.pk}/compare/{made.pk}/").content.decode()
    assert low.code in compared
    with pytest.raises(Refused):
        act.propose_run(run=made, by=clerk.user)
    with pytest.raises(Refused):
        act.start_analysis(run=made, kind="fairness", by=clerk.user)


def test_waiting_children_by_the_national_definition(ward, clerk):
    """Three children for one seat at the only nursery that they wish for: two wait, and both want a certain one only."""
    first = Candidate.objects.first().wishes[0]
    Candidate.objects.update(wishes=[first])
    run = ran(ward, clerk)
    found = waiting_of(run)
    assert (found.held, found.national, [count for _, count in found.rows]) == (2, 0, [0, 0, 2])
    Candidate.objects.update(wishes=[first, "200999"])
    assert waiting_of(run).national == 2
    waits = run.placements.filter(facility=None).first().candidate
    act.put_facts(household=waits.household, values={"leave_extension": "accept_wait"}, source="clerk", by=clerk.user)
    assert [count for _, count in waiting_of(run).rows] == [0, 1, 0]


def test_runs_of_two_rounds_are_compared_as_figures(ward, clerk):
    run = ran(ward, clerk)
    other = make_round(ward.procedure, slug="2027-05", month=date(2027, 5, 1))
    make_seats(other, {})
    other_run = act.start_run(round=other, by=clerk.user)
    run_tasks()
    other_run.refresh_from_db()
    page = signed_in(clerk).get(f"/koto/desk/nursery/runs/{run.pk}/compare/{other_run.pk}/")
    assert page.status_code == 200
    assert "最低指数の違い" in page.content.decode()


def test_other_offices_lists_show_their_doubts(ward, clerk):
    one, two, _three = Household.objects.order_by("pk")
    text = f'受付番号,氏名,所得割額\n{one.code},{one.name},"120,000"\n{two.code},べつの人,50000\nZZZ,だれか,1\n'
    desk, page = signed_in(clerk), f"/koto/desk/nursery/rounds/{ward.slug}/lists/"
    shown = desk.post(page, {"kind": "tax", "file": upload(text)}, follow=True).content.decode()
    assert "べつの人" in shown
    assert Fact.objects.in_force().get(household=one, key="tax_amount").value == 120000
    assert not Fact.objects.filter(household=two, key="tax_amount").exists()
    doubtful = OfficeRow.objects.get(household=two)
    desk.post(f"/koto/desk/nursery/lists/{doubtful.list_id}/rows/{doubtful.pk}/", {"act": "take"})
    assert Fact.objects.in_force().get(household=two, key="tax_amount").value == 50000
    unknown = OfficeRow.objects.get(household=None)
    desk.post(f"/koto/desk/nursery/lists/{doubtful.list_id}/rows/{unknown.pk}/", {"act": "leave"})
    unknown.refresh_from_db()
    assert unknown.state == "left"
    assert desk.post(page, {"kind": "tax", "file": upload("a,b\n1,2\n")}).status_code == 400


def test_certificates_of_other_municipalities_add_up_for_each_family(ward, clerk):
    """One row a parent; the sum is the household's. Where a parent is missing, somebody looks first."""
    one, two, three = Household.objects.order_by("pk")
    rows = [(one, "横浜市", "60,000"), (one, "川崎市", "５０，０００円"), (two, "横浜市", "70000")]
    text = (
        "受付番号,氏名,市区町村,所得割額\n"
        + "".join(f'{family.code},,{issuer},"{tax}"\n' for family, issuer, tax in rows)
        + ",だれか,千葉市,1\n"
    )
    desk, page = signed_in(clerk), f"/koto/desk/nursery/rounds/{ward.slug}/lists/"
    shown = desk.post(page, {"kind": "certificate", "file": upload(text)}, follow=True).content.decode()
    assert "保護者2人のうち1人分" in shown
    assert "番号がありません" in shown
    whole = Fact.objects.in_force().get(household=one, key="tax_amount")
    assert (whole.value, whole.reason) == (110_000, "横浜市、川崎市の証明書")
    assert not Fact.objects.filter(household__in=[two, three], key="tax_amount").exists()
    half = OfficeRow.objects.get(household=two)
    desk.post(f"/koto/desk/nursery/lists/{half.list_id}/rows/{half.pk}/", {"act": "take"})
    assert Fact.objects.in_force().get(household=two, key="tax_amount").value == 70_000
    refused = desk.post(page, {"kind": "certificate", "file": upload(f"受付番号,市区町村,所得割額\n{three.code},,5\n")})
    assert (refused.status_code, "2行目" in refused.content.decode()) == (400, True)


def core_sheet(row: Round, *lines: str) -> bytes:
    head = "世帯番号,児童番号,児童氏名,申請者,生年月日,希望1,希望2,在園,兄弟,父事由,父日数,父時間,所得割"
    return "\n".join([head, *lines]).encode("cp932")


def test_families_come_from_the_core_system_and_a_second_time_changes_them(ward, clerk):
    sun, moon = Candidate.objects.first().wishes[:2]
    with pytest.raises(Refused) as refused:
        act.import_core_families(round=ward, data=core_sheet(ward), by=clerk.user)
    assert refused.value.code == "no_layout"
    with pytest.raises(Refused):
        act.save_layout(
            document={"format": "madoguchi-core/1", "export": {"columns": [{"column": "x", "value": "nothing"}]}}, name="x", by=clerk.user
        )
    act.save_layout(document=LAYOUT, name="対応表.json", by=clerk.user)
    lines = [
        f"C1,C1-1,架空 一,架空 太郎,20250415,{sun},,,1,01,20,40,100000",
        f"C1,C1-2,架空 二,架空 太郎,令和5年6月1日,{sun},{moon},,1,01,20,40,100000",
    ]
    assert act.import_core_families(round=ward, data=core_sheet(ward, *lines), by=clerk.user) == (2, [])
    family = Household.objects.get(code="C1")
    assert (family.condition, family.source, family.candidates.count()) == ("same_facility", "core", 2)
    assert [child.age_class for child in family.candidates.order_by("order")] == [1, 3]
    assert family.facts.in_force().get(key="hours", parent=1).value == 40
    assert act.import_core_families(round=ward, data=core_sheet(ward, lines[0].replace(",40,", ",30,"), lines[1]), by=clerk.user)[0] == 2
    assert (Household.objects.filter(code="C1").count(), family.candidates.count()) == (1, 2)
    assert act.score_round(round=ward, by=clerk.user) == 5
    ran(ward, clerk)


def test_a_core_sheet_with_a_bad_row_changes_nothing(ward, clerk):
    act.save_layout(document=LAYOUT, name="対応表.json", by=clerk.user)
    online = Household.objects.first()
    lines = [
        "C1,C1-1,一,太郎,20250415,100000,,,,01,20,40,1", "C2,C2-1,二,花,いつか,,,,,01,20,40,1", "C3,C3-1,三,花,20250415,,,,9,01,20,40,1",
        "C3,C3-1,三,花,20250415,,,,,01,20,40,1", "C4,C4-1,四,花,20250415,,,,,77,20,四十,1", f"{online.code},C5-1,五,花,20250415,,,,,01,20,40,1",
    ]  # fmt: skip
    with pytest.raises(Refused) as refused:
        act.import_core_families(round=ward, data=core_sheet(ward, *lines), by=clerk.user)
    said = str(refused.value)
    for mark in ("100000", "いつか", "9", "C3-1", "77", "四十", online.code):
        assert mark in said
    assert not Household.objects.filter(source="core").exists()


def test_results_go_out_in_the_core_systems_columns_and_lists_to_each_nursery(ward, clerk, chief):
    act.save_layout(document=LAYOUT, name="対応表.json", by=clerk.user)
    run = ran(ward, clerk)
    act.propose_run(run=run, by=clerk.user)
    act.approve_round(round=Round.objects.get(pk=ward.pk), by=chief.user)
    for batch in (decide_round, tell_round):
        batch(round=Round.objects.get(pk=ward.pk), by=chief.user)
        run_tasks()
    desk = signed_in(clerk)
    data = desk.get(f"/koto/desk/nursery/rounds/{ward.slug}/core/export/").content.decode("cp932")
    rows = list(csv.DictReader(io.StringIO(data)))
    assert sorted(one["結果"] for one in rows) == ["1", "1", "2"]
    assert {one["月"] for one in rows} == {"20270401"}
    placed = Candidate.objects.placed().select_related("placed").first()
    assert placed.code in str(read_grid(desk.get(f"/koto/desk/nursery/rounds/{ward.slug}/rosters/{placed.placed.code}.xlsx").content))
    assert desk.get(f"/koto/desk/nursery/rounds/{ward.slug}/rosters.xlsx").status_code == 200
    assert desk.get(f"/koto/desk/nursery/rounds/{ward.slug}/core/").status_code == 200


def test_a_mapping_file_is_uploaded_and_a_broken_one_is_told(ward, clerk):
    desk, page = signed_in(clerk), f"/koto/desk/nursery/rounds/{ward.slug}/core/"
    assert "JSON" in desk.post(f"{page}layout/", {"file": upload("{", "x.json")}, follow=True).content.decode()
    shown = desk.post(f"{page}layout/", {"file": upload(json.dumps(LAYOUT), "x.json")}, follow=True).content.decode()
    assert "madoguchi-core/1" in shown


def test_one_certification_is_decided_held_taken_back_and_sent(ward, clerk, chief):
    candidate = Candidate.objects.first()
    row = act.propose_certification(candidate=candidate, by=clerk.user)
    desk, page = signed_in(chief), f"/koto/desk/nursery/certifications/{row.pk}/"
    states = []
    for action in ("certify", "recall", "certify", "release"):
        desk.post(page, {"act": action})
        row.refresh_from_db()
        states.append((row.state, row.notice.state if row.notice is not None else ""))
    assert states[:3] == [("decided", "held"), ("proposed", ""), ("decided", "held")]
    assert states[3][0] == "decided"
    assert states[3][1] != "held"
    assert (
        "理由"
        in desk.post(
            f"/koto/desk/nursery/certifications/{Certification.objects.get().pk}/", {"act": "refuse"}, follow=True
        ).content.decode()
    )
    assert signed_in(clerk).post(page, {"act": "recall"}).status_code in (403, 404)


def test_a_birth_is_confirmed_on_the_page(division, clerk):
    procedure, row, facilities = make_ward(division)
    unborn = {"child_expected": True, "child_birth": "2026-12-20", "wishes": wished(facilities[0])}
    make_filed(procedure, nursery_answers([unborn]))
    take_in(round=row, by=clerk.user)
    run_tasks()
    child, desk = Candidate.objects.get(), signed_in(clerk)
    assert child.is_expected
    page = f"/koto/desk/nursery/children/{child.pk}/birth/"
    assert "生まれた日を入力" in desk.post(page, {"born_on": "x"}, follow=True).content.decode()
    desk.post(page, {"born_on": "2026-11-20", "name": "架空 新"})
    child.refresh_from_db()
    assert (child.born_on, child.name) == (date(2026, 11, 20), "架空 新")


def test_a_place_won_in_one_year_settles_the_other(ward, clerk, chief):
    """withdraw: whoever accepted a place leaves the round of the other fiscal year by the family's own choice."""
    run = ran(ward, clerk)
    act.propose_run(run=run, by=clerk.user)
    act.approve_round(round=Round.objects.get(pk=ward.pk), by=chief.user)
    for batch in (decide_round, tell_round):
        batch(round=Round.objects.get(pk=ward.pk), by=chief.user)
        run_tasks()
    winner = Candidate.objects.filter(state="offered").select_related("household", "subject").first()
    other = make_round(ward.procedure, slug="2027-03", month=date(2027, 3, 1))
    family = Household.objects.create(round=other, code=winner.household.code, application=winner.household.application)
    twin = Candidate.objects.create(
        round=other, household=family, subject=winner.subject, code=winner.code, birth=winner.birth, age_class=0, wishes=winner.wishes
    )
    Household.objects.filter(pk=winner.household_id).update(other_year="withdraw")
    accept_offer(subject=winner.subject)
    act.settle_answers(round=Round.objects.get(pk=ward.pk))
    twin.refresh_from_db()
    assert twin.state == "withdrawn"


def test_a_month_without_rules_or_with_two_is_told_at_the_desk(ward, clerk):
    other = make_round(ward.procedure, slug="2030-04", month=date(2030, 4, 1))
    with pytest.raises(Refused, match="基準がありません"):
        act.score_round(round=other, by=clerk.user)
    document = json.loads(json.dumps(shipped("koto-2027")))
    act.publish_rules(document={**document, "id": "again", "months": ["2026-10", "2027-09"]}, by=clerk.user)
    another = make_round(ward.procedure, slug="2027-05", month=date(2027, 5, 1))
    with pytest.raises(Refused, match="基準が2つ"):
        act.score_round(round=another, by=clerk.user)


def test_papers_that_come_are_ticked_off_and_a_complete_family_is_accepted(ward, clerk):
    """A 就労証明書 that was typed counts as come; the rest is ticked off; nothing missing and looked through means accepted."""
    act.score_round(round=ward, by=clerk.user)
    family = Household.objects.order_by("pk").first()
    act.confirm_checked(household=family, by=clerk.user)
    family.application.refresh_from_db()
    assert family.application.state == "submitted"
    words = [one["text"] for one in family.missing if one["kind"] == "paper"]
    assert words == ["後から出す書類が届いていません：就労証明書（保護者1）", "後から出す書類が届いていません：就労証明書（保護者2）"]
    act.enter_certificate(household=family, parent=1, values={"company": "架空商事", "month_days": 20, "week_hours": 40.0}, by=clerk.user)
    act.import_office_list(round=ward, kind="tax", data=f"受付番号,所得割額\n{family.code},1000".encode(), name="税.csv", by=clerk.user)
    act.score_household(household=Household.objects.get(pk=family.pk), by=clerk.user)
    page, desk = f"/koto/desk/nursery/families/{family.pk}/", signed_in(clerk)
    shown = desk.get(page).content.decode()
    assert ("保護者1）" in shown, "就労証明書（保護者2）" in shown) == (False, True)
    assert "届いていない書類の中から" in desk.post(f"{page}papers/", {"paper": "name"}, follow=True).content.decode()
    desk.post(f"{page}papers/", {"paper": "p2_work_paper"})
    desk.post(f"{page}checked/")
    family.refresh_from_db()
    family.application.refresh_from_db()
    assert (family.missing, family.application.state) == ([], "accepted")


def test_papers_that_came_stay_come_in_the_next_revision_and_the_next_round(ward, clerk, chief):
    family = Household.objects.order_by("pk").first()
    act.receive_papers(household=family, paths=["p1_work_paper"], by=clerk.user)
    act.enter_certificate(household=family, parent=2, values={"company": "架空商事", "month_days": 20, "week_hours": 40.0}, by=clerk.user)
    family.refresh_from_db()
    again = read_application(family.application, rulebook_of(ward)).papers
    assert [bool(paper["came_on"]) for paper in still(again, family.papers)] == [True, False]
    assert [bool(paper["came_on"]) for paper in carried(family)] == [True, True]
    assert outstanding(family.papers, certified_parents(family)) == []


def test_a_paper_application_is_typed_and_stands_among_the_families(ward, clerk):
    started, token = start_for(procedure=ward.procedure, channel="paper", by=clerk.user)
    browser = Client()
    opened = browser.post(f"/koto/resume/{token}/")
    assert (opened.status_code, f"/koto/a/{started.application.uuid}/" in opened["Location"]) == (302, True)
    assert Client().get(f"/koto/resume/{token}/").status_code == 410
    draft = started.application.draft()
    facilities = Facility.objects.order_by("code")
    draft.values = nursery_answers([{"wishes": wished(facilities[0])}])
    draft.pages_done = [page.id for page in started.application.version.form.pages]
    draft.save()
    filed = submit(application=started.application)
    act.take_in_application(round=ward, application=filed, by=clerk.user)
    assert Household.objects.get(application=filed).source == "paper"
