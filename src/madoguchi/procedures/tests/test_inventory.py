"""The inventory from a survey to a plan: asked, answered, approved, imported twice, ordered, and the rule that comes into force."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.utils import timezone
from openpyxl import Workbook

from madoguchi.accounts.tests.make import make_division, make_member
from madoguchi.engines.inventory import columns
from madoguchi.lib.errors import Refused
from madoguchi.lib.tables import write_xlsx
from madoguchi.notices.models import Notice
from madoguchi.procedures import actions as act
from madoguchi.procedures.models import (
    InventoryChange,
    InventoryCount,
    InventoryEntry,
    InventoryReply,
    InventoryRound,
    RuleChange,
    weights_of,
)
from madoguchi.procedures.models.inventory_figures import history_figure
from madoguchi.procedures.models.inventory_sheet import sheet_of
from madoguchi.procedures.tests.make import make_procedure

pytestmark = pytest.mark.django_db
HEAD = ["所管課", "手続名", "根拠法令", "根拠条項号", "年間件数", "押印"]


@pytest.fixture
def ict(division):
    return make_member("ict", division).user


@pytest.fixture
def survey(division, ict) -> InventoryRound:
    return act.open_survey(
        name="令和8年度",
        asked=["seal", "count_total"],
        message="",
        due_on=timezone.localdate() + timedelta(days=20),
        divisions=[division],
        by=ict,
    )


def xlsx(*rows) -> bytes:
    return write_xlsx(rows, HEAD, title="棚卸")


def test_a_division_answers_the_chief_approves_and_who_is_missing_is_reminded(division, survey, clerk, chief, ict):
    assert survey.asked == ["count_total", "seal"]  # in the order of the columns
    entry = act.add_entry(division=division, name="児童手当の認定請求", by=ict)
    assert entry.number == "kosodate-001"
    reply = survey.replies.get()
    with pytest.raises(Refused, match="1件"):
        act.submit_reply(reply=reply, by=clerk.user)
    act.answer_entry(reply=reply, entry=entry, values={"count_total": 4000, "seal": "required"}, by=clerk.user)
    with pytest.raises(Refused, match="まだ出されていません"):
        act.approve_reply(reply=reply, by=chief.user)
    act.submit_reply(reply=reply, by=clerk.user)
    act.approve_reply(reply=reply, by=chief.user)
    assert act.remind_divisions(round=survey, by=ict) == 0
    act.answer_entry(reply=reply, entry=entry, values={"seal": "not_required"}, by=clerk.user)
    reply.refresh_from_db()
    assert (reply.state, reply.approved_at) == ("waiting", None)
    assert act.remind_divisions(round=survey, by=ict) == 1
    assert act.remind_divisions(round=survey, by=ict) == 0  # once a day is enough
    assert [change.after for change in entry.changes.all()] == [{"seal": "not_required"}, {"count_total": 4000, "seal": "required"}]
    act.close_survey(round=survey, by=ict)
    with pytest.raises(Refused, match="締め切られました"):
        act.answer_entry(reply=reply, entry=entry, values={"seal": "required"}, by=clerk.user)


def test_divisions_are_asked_by_mail_and_for_few_columns(division, ict):
    division.email = "kosodate@example.jp"
    division.save()
    late = timezone.localdate() + timedelta(days=3)
    common = {"message": "", "due_on": late, "by": ict}
    with pytest.raises(Refused, match="15まで"):
        act.open_survey(name="多い", asked=[f"{one}" for one in list(columns())[:16]], divisions=[division], **common)
    with pytest.raises(Refused, match="課を選んで"):
        act.open_survey(name="無い", asked=["seal"], divisions=[], **common)
    act.open_survey(name="よい", asked=["seal"], divisions=[division], **common)
    assert "棚卸調査" in Notice.objects.get().subject
    with pytest.raises(Refused, match="まだ使っていない"):
        act.open_survey(name="よい", asked=["seal"], divisions=[division], **common)


def test_a_sheet_is_shown_first_then_taken_and_a_second_time_doubles_nothing(division, clerk):
    data = xlsx(
        ["こども家庭支援課", "認定請求", "児童手当法", "7条", "約4,000件", "無"],
        ["", "現況届", "", "", "9000", "たぶん要"],
        ["合計", "", "", "", "", ""],
    )
    found = act.read_inventory(data=data, name="棚卸.xlsx", by=clerk.user, division=division)
    assert InventoryEntry.objects.count() == 0
    assert [one["what"] for one in found.found["rows"]] == ["new", "new"]
    words = [(one["row"], one["word"]) for one in found.found["doubts"]]
    assert words == [(2, "about"), (3, "filled_down"), (3, "unknown_code")]
    assert [(one["row"], one["word"]) for one in found.found["passed"]] == [(4, "total")]
    assert act.take_import(found=found, by=clerk.user) == {"new": 2, "changed": 0, "same": 0, "refused": 0}
    again = act.read_inventory(data=data, name="棚卸.xlsx", by=clerk.user, division=division)
    assert [one["what"] for one in again.found["rows"]] == ["same", "same"]
    assert act.take_import(found=again, by=clerk.user) == {"new": 0, "changed": 0, "same": 2, "refused": 0}
    assert InventoryEntry.objects.count() == 2
    later = xlsx(["", "認定請求", "児童手当法", "７条", "4100", ""], ["", "現況届", "", "", "", ""])
    third = act.read_inventory(data=later, name="later.xlsx", by=clerk.user, division=division)
    assert third.found["rows"][0]["changes"] == {"count_total": [4000, 4100], "article": ["7条", "７条"]}
    act.take_import(found=third, by=clerk.user)
    entry = InventoryEntry.objects.get(name="認定請求")
    assert (entry.values["count_total"], entry.values["seal"]) == (4100, "not_required")  # an empty cell erases nothing


def test_rows_of_other_divisions_and_unknown_ones_are_refused_by_name(division, clerk):
    make_division("hoiku", "保育課", "Childcare Section")
    data = xlsx(["保育課", "利用申込", "", "", "1", ""], ["まぼろし課", "なにか", "", "", "1", ""], ["", "自分の課のもの", "", "", "1", ""])
    own = act.read_inventory(data=data, name="x.xlsx", by=clerk.user, division=division)
    assert [one["what"] for one in own.found["rows"]] == ["refused", "refused", "refused"]  # the blank one stands below まぼろし課
    whole = act.read_inventory(data=data, name="x.xlsx", by=clerk.user)
    assert [(one["what"], one["division"]) for one in whole.found["rows"]] == [("new", "hoiku"), ("refused", ""), ("refused", "")]
    assert "まぼろし課" in whole.found["rows"][1]["why"]


def test_running_numbers_of_two_divisions_are_not_our_numbers(division, ict):
    make_division("hoiku", "保育課", "Childcare Section")
    data = write_xlsx(
        [["1", "こども家庭支援課", "甲"], ["2", "こども家庭支援課", "乙"], ["1", "保育課", "丙"]], ["番号", "所管課", "手続名"], title="a"
    )
    counts = act.take_import(found=act.read_inventory(data=data, name="a.xlsx", by=ict), by=ict)
    assert counts["new"] == 3
    assert set(InventoryEntry.objects.values_list("number", flat=True)) == {"kosodate-001", "kosodate-002", "hoiku-001"}
    assert act.take_import(found=act.read_inventory(data=data, name="a.xlsx", by=ict), by=ict)["same"] == 3


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04broken", "名前,件数\nx,1\n".encode(), "手続名\n".encode("cp932"), b"\x00\x01\x02"])
def test_what_is_no_inventory_is_refused_in_a_sentence(division, clerk, data):
    with pytest.raises(Refused):
        act.read_inventory(data=data, name="x", by=clerk.user, division=division)


def test_merged_divisions_and_the_right_sheet_of_a_workbook_are_read(division, clerk):
    book = Workbook()
    book.worksheets[0].append(["記入のしかた"])
    sheet = book.create_sheet("調査票")
    for row in (
        ["所管課", "手続名", "年間件数", ""],
        ["", "", "総件数", "うちオンライン"],
        ["こども家庭支援課", "甲", 10, 1],
        [None, "乙", 20, 2],
    ):
        sheet.append(row)
    for one in ("A1:A2", "B1:B2", "C1:D1", "A3:A4"):
        sheet.merge_cells(one)
    target = io.BytesIO()
    book.save(target)
    found = act.read_inventory(data=target.getvalue(), name="x.xlsx", by=clerk.user, division=division).found
    assert (found["sheet"], found["others"], found["doubts"]) == ("調査票", ["Sheet"], [])
    assert [one["values"]["count_online"] for one in found["rows"]] == [1, 2]


def test_what_goes_out_as_excel_comes_back_without_a_difference(division, survey, clerk):
    for number in range(3):
        values = {"count_total": number * 10, "seal": "required", "barriers": ["seal", "papers"], "standard_days": 14, "target_year": 2027}
        act.add_entry(division=division, name=f"手続{number}", values=values, by=clerk.user)
    for wanted in (survey.asked, list(columns())):
        data = sheet_of(list(InventoryEntry.objects.all()), wanted)
        found = act.read_inventory(data=data, name="x.xlsx", by=clerk.user, division=division, round=survey)
        assert [one["what"] for one in found.found["rows"]] == ["same"] * 3
        assert found.found["doubts"] == []
        assert found.found["unknown"] == []
    act.take_import(found=found, by=clerk.user)
    assert InventoryEntry.objects.filter(answered_in=survey).count() == 3
    act.submit_reply(reply=InventoryReply.objects.get(), by=clerk.user)


def test_a_rule_in_force_moves_its_procedures_to_track_a(division, ict):
    entry = act.add_entry(division=division, name="甲", values={"count_total": 100, "rule_change": ["ordinance"]}, by=ict)
    assert entry.track == "B"
    rule = act.save_rule(rule=None, title="デジタル手続条例", kind="ordinance", article="3条", division=division, note="", by=ict)
    entry = act.plan_entry(entry=entry, plan={"rule": rule, "channel": "own", "target_year": 2027}, by=ict)
    assert entry.track == "B"
    with pytest.raises(Refused):
        act.move_rule(rule=rule, to="in_force", by=ict)
    for state in ("assembly", "in_force"):
        act.move_rule(rule=rule, to=state, by=ict)
    assert InventoryEntry.objects.select_related("rule").get().track == "A"
    assert RuleChange.objects.get().in_force_on == timezone.localdate()
    assert InventoryChange.objects.first().after == {"channel": "own", "target_year": 2027, "rule": "デジタル手続条例"}


def test_the_order_is_changed_by_hand_only_with_a_reason(division, ict):
    entry = act.add_entry(division=division, name="甲", by=ict)
    with pytest.raises(Refused, match="理由"):
        act.order_entry(entry=entry, rank=1, reason=" ", by=ict)
    assert act.order_entry(entry=entry, rank=1, reason="区長の公約", by=ict).hand_rank == 1
    assert act.order_entry(entry=entry, rank=None, reason="", by=ict).hand_reason == ""


def test_weights_are_a_setting_and_faulty_ones_are_named(ict):
    with pytest.raises(Refused, match="nonsense"):
        act.set_weights(weights={"minutes": {"nonsense": 1}}, by=ict)
    with pytest.raises(Refused, match="0から1"):
        act.set_weights(weights={"chances": {"fee": 1.5}}, by=ict)
    found = weights_of(act.set_weights(weights={"minutes": {"seal": 60}}, by=ict))
    assert (found.minutes["seal"], found.minutes["in_person"]) == (60, 60.0)


def test_counts_of_a_month_are_typed_again_without_adding_up(division, clerk):
    entry = act.add_entry(division=division, name="甲", by=clerk.user)
    month = timezone.localdate().replace(day=1)
    assert (
        act.record_counts(division=division, month=month, counts={(entry.pk, "counter"): 12, (entry.pk, "post"): None}, by=clerk.user) == 1
    )
    assert act.record_counts(division=division, month=month, counts={(entry.pk, "counter"): 13}, by=clerk.user) == 1
    assert act.record_counts(division=division, month=month, counts={(entry.pk, "counter"): 13}, by=clerk.user) == 0
    assert [row.count for row in InventoryCount.objects.all()] == [13]
    with pytest.raises(Refused, match="これから"):
        act.record_counts(division=division, month=date(2999, 1, 1), counts={}, by=clerk.user)
    with pytest.raises(Refused, match="0以上"):
        act.record_counts(division=division, month=month, counts={(entry.pk, "counter"): -1}, by=clerk.user)


def test_what_the_division_answers_stands_on_the_procedures_page(division, ict):
    procedure = make_procedure(division)
    (entry,) = act.entries_for(procedures=[procedure], by=ict)
    assert entry.is_online
    assert act.entries_for(procedures=[procedure], by=ict) == []
    act.update_entry(entry=entry, values={"standard_days": 14, "criteria": "告示第1号"}, source="x", by=ict)
    procedure.refresh_from_db()
    assert (procedure.standard_days, procedure.clock_unit, procedure.criteria["ja"]) == (14, "calendar", "告示第1号")


def test_an_ended_procedure_stays_with_its_history(division, ict):
    entry = act.add_entry(division=division, name="甲", by=ict)
    act.end_entry(entry=entry, reason="制度の廃止", by=ict)
    assert not InventoryEntry.objects.standing().exists()
    assert entry.changes.first().source == "制度の廃止"


NATIONAL = "手続ID,所管府省庁,手続名,法令名,根拠条項号,手続類型,総手続件数,申請時に添付させる書類\n"


def test_the_states_list_proposes_by_law_and_article_and_replaces_nothing(division, ict):
    text = NATIONAL + "".join(
        [
            "N1,こども家庭庁,児童手当の認定の請求,児童手当法,第7条第1項,1 申請等,2000000,住民票;戸籍\n",
            "N2,こども家庭庁,児童手当の現況届,児童手当法,第26条,1 申請等,1,\n",
            "N3,総務省,同じ条の一つ,地方税法,第1条,1 申請等,1,\n",
            "N4,総務省,同じ条のもう一つ,地方税法,第1条,3 縦覧等,1,\n",
        ]
    )
    assert act.load_national(data=text.encode("cp932")) == (4, 0)
    values = {"law": "児童手当法", "article": "７条１項", "attachments": ["資格証明書"], "count_total": 6200}
    entry = act.add_entry(division=division, name="児童手当 認定請求", values=values, by=ict)
    assert act.national_for(entry).number == "N1"
    assert act.proposals_for(entry) == {"procedure_id": "N1", "ministry": "こども家庭庁", "type": "1"}
    assert act.take_proposals(entries=[entry], by=ict) == 1
    entry.refresh_from_db()
    assert (entry.values["attachments"], entry.values["count_total"], entry.values["type"]) == (["資格証明書"], 6200, "1")
    assert act.take_proposals(entries=[entry], by=ict) == 0
    two = act.add_entry(division=division, name="どちらか", values={"law": "地方税法", "article": "1条"}, by=ict)
    assert act.national_for(two) is None  # two rows of one article: nobody guesses
    named = act.add_entry(division=division, name="同じ条の もう一つ", values={"law": "地方税法", "article": "第1条"}, by=ict)
    assert act.national_for(named).number == "N4"
    assert act.load_national(data=text.replace("N4", "N5").encode()) == (4, 0)


@pytest.mark.parametrize("data", [b"", "名前\nx\n".encode(), "手続名\nx\n".encode(), b"\xff\xff\xff"])
def test_what_is_not_the_states_list_is_refused(division, data):
    with pytest.raises(Refused):
        act.load_national(data=data)


def test_the_history_counts_from_the_day_on_which_each_went_online(division, ict):
    for number, days in enumerate((70, 40, 5)):
        entry = act.add_entry(division=division, name=f"手続{number}", values={"count_total": 100}, by=ict)
        act.plan_entry(entry=entry, plan={"progress": "online"}, by=ict)
        InventoryEntry.objects.filter(pk=entry.pk).update(online_on=timezone.localdate() - timedelta(days=days))
    act.add_entry(division=division, name="紙だけ", values={"count_total": 100}, by=ict)
    figure = history_figure(InventoryEntry.objects.all(), timezone.localdate())
    counts, shares = (series.values for series in figure.series)
    assert (counts[0], counts[-1], shares[-1]) == (1, 3, 75.0)
    assert list(counts) == sorted(counts)
    back = act.plan_entry(entry=entry, plan={"progress": "stopped"}, by=ict)
    assert back.online_on is None
