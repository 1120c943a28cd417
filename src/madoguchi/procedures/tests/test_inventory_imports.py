"""Sheets that come in: numbers that fit no address, rows that are double, ended or of another division, the plan, and what is shown."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.tests.make import make_division, make_member
from madoguchi.engines.inventory import columns
from madoguchi.lib.errors import Refused
from madoguchi.lib.tables import write_xlsx
from madoguchi.procedures import actions as act
from madoguchi.procedures.models import InventoryEntry, InventoryImport, NationalProcedure
from madoguchi.procedures.models.inventory_sheet import sheet_of
from madoguchi.procedures.tests.make import signed_in

pytestmark = pytest.mark.django_db
HOME = "/koto/desk/inventory/"
HEAD = ["手続番号", "所管課", "手続名", "年間件数"]
OURS = "こども家庭支援課"


@pytest.fixture
def ict(division):
    return make_member("ict", division)


def read(member, *rows, head=HEAD, division=None) -> InventoryImport:
    return act.read_inventory(data=write_xlsx(rows, head, title="棚卸"), name="x.xlsx", by=member.user, division=division)


def take(member, *rows, head=HEAD, division=None) -> dict[str, int]:
    return act.take_import(found=read(member, *rows, head=head, division=division), by=member.user)


def whats(found: InventoryImport) -> list[str]:
    return [one["what"] for one in found.found["rows"]]


def words(found: InventoryImport) -> list[tuple[int, str]]:
    return [(one["row"], one["word"]) for row in found.found["rows"] for one in row.get("doubts", ())]


def numbers() -> list[str]:
    return sorted(InventoryEntry.objects.values_list("number", flat=True))


def text_of(client: Client, page: str) -> str:
    answer = client.get(f"{HOME}{page}")
    assert answer.status_code == 200, page
    return answer.content.decode()


# -- numbers -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["福祉/01", ".", "..", "R8.1", "a b", "x" * 31, "福祉?", "#1", "__"])
def test_a_number_that_fits_no_address_is_named_and_another_one_given(number, division, ict):
    found = read(ict, [number, OURS, "甲", 1])
    assert words(found) == [(2, "bad_number")]
    desk = signed_in(ict)
    assert "空いている番号を付けます" in text_of(desk, f"import/{found.pk}/")
    act.take_import(found=found, by=ict.user)
    assert numbers() == ["kosodate-001"]
    text_of(desk, "procedures/")
    text_of(desk, "published/")


@pytest.mark.parametrize("number", ["福祉-01", "コード_３", "A-1", "x" * 30])
def test_a_number_of_its_own_is_kept_where_it_fits(number, division, ict):
    found = read(ict, [number, OURS, "甲", 1])
    assert words(found) == []
    act.take_import(found=found, by=ict.user)
    assert numbers() == [number]
    text_of(signed_in(ict), f"procedures/{number}/")


@pytest.mark.parametrize("number", ["-", "―", "不明", "12"])
def test_a_dash_and_a_running_number_are_no_numbers_and_no_doubts(number, division, ict):
    found = read(ict, [number, OURS, "甲", 1])
    assert words(found) == []
    act.take_import(found=found, by=ict.user)
    assert numbers() == ["kosodate-001"]


@pytest.mark.parametrize("number", ["福祉/01", ".", "..", "a b", "a\n", "x" * 31, " "])
def test_no_entry_is_added_under_such_a_number(number, division, ict):
    with pytest.raises(Refused, match="30字まで"):
        act.add_entry(division=division, name="甲", number=number, by=ict.user)


def test_a_number_with_a_slash_from_before_takes_down_no_page(division, ict):
    InventoryEntry.objects.create(division=division, number="福祉/01", name="前からの手続き")
    desk = signed_in(ict)
    for page in ("procedures/", "published/", "procedures/福祉/01/"):
        assert "前からの手続き" in text_of(desk, page)


def test_free_numbers_keep_clear_of_those_that_the_sheet_brings(division, ict):
    act.add_entry(division=division, name="前から", number="kosodate-006", by=ict.user)
    assert (
        take(ict, ["", OURS, "初め", 1], ["kosodate-007", OURS, "甲", 1], ["", OURS, "乙", 2], ["KOSODATE-009", OURS, "丙", 3])["new"] == 4
    )
    assert dict(InventoryEntry.objects.values_list("name", "number")) == {
        "前から": "kosodate-006", "初め": "kosodate-008", "甲": "kosodate-007", "乙": "kosodate-010", "丙": "KOSODATE-009",
    }  # fmt: skip


def test_a_number_twice_in_a_sheet_is_named_and_an_endless_one_counts_for_nothing(division, ict):
    found = read(ict, ["x-1", OURS, "甲", 1], ["x-1", OURS, "乙", 1], ["kosodate-" + "9" * 21, OURS, "丙", 1])
    assert words(found) == [(3, "number_twice")]
    act.take_import(found=found, by=ict.user)
    assert numbers() == ["kosodate-001", "kosodate-" + "9" * 21, "x-1"]
    assert take(ict, ["", OURS, "丁", 1])["new"] == 1
    assert "kosodate-002" in numbers()


# -- rows that are double, ended, or of another division ------------------------------------------------------------------------------


def test_an_import_is_taken_once_and_later_work_stays(division, ict):
    found = read(ict, ["", OURS, "甲", 10], ["", OURS, "乙", 10])
    act.take_import(found=found, by=ict.user)
    first, second = InventoryEntry.objects.order_by("number")
    act.update_entry(entry=first, values={"count_total": 99}, source="入力", by=ict.user)
    act.end_entry(entry=second, reason="廃止", by=ict.user)
    with pytest.raises(Refused, match="すでに取り込みました"):
        act.take_import(found=found, by=ict.user)
    first.refresh_from_db()
    assert (first.values["count_total"], InventoryEntry.objects.count()) == (99, 2)
    again = signed_in(ict).post(f"{HOME}import/{found.pk}/", {"act": "take"}, follow=True)
    assert "すでに取り込みました" in again.content.decode()


def test_two_rows_of_one_entry_are_named_and_the_first_is_taken(division, ict):
    entry = act.add_entry(division=division, name="甲", by=ict.user)
    found = read(ict, [entry.number, OURS, "甲", 10], ["", OURS, "甲", 20], ["", OURS, "乙", 30])
    assert whats(found) == ["changed", "refused", "new"]
    assert "2行目と同じ手続き" in text_of(signed_in(ict), f"import/{found.pk}/")
    assert act.take_import(found=found, by=ict.user) == {"new": 1, "changed": 1, "same": 0, "refused": 1}
    entry.refresh_from_db()
    assert entry.values["count_total"] == 10


def test_what_has_ended_does_not_come_back_by_its_old_sheet(division, ict):
    for name in ("甲", "乙"):
        act.add_entry(division=division, name=name, by=ict.user)
    desk = signed_in(ict)
    exported = desk.get(f"{HOME}procedures.xlsx").content
    act.end_entry(entry=InventoryEntry.objects.get(name="甲"), reason="制度の廃止", by=ict.user)
    found = act.read_inventory(data=exported, name="x.xlsx", by=ict.user)
    assert whats(found) == ["refused", "same"]
    assert "に廃止にした手続き（kosodate-001）" in text_of(desk, f"import/{found.pk}/")
    act.take_import(found=found, by=ict.user)
    assert numbers() == ["kosodate-001", "kosodate-002"]
    assert whats(read(ict, ["", OURS, "甲", 5])) == ["refused"]  # the same name, and none of it stands
    act.add_entry(division=division, name="甲", by=ict.user)
    assert whats(read(ict, ["", OURS, "甲", 5])) == ["changed"]


def test_a_division_that_was_renamed_takes_its_old_sheet(division, clerk, ict):
    act.add_entry(division=division, name="甲", by=ict.user)
    exported = sheet_of(InventoryEntry.objects.select_related("division"), ["count_total"])
    division.name = "こども未来課"
    division.save()
    for own in (None, division):
        found = act.read_inventory(data=exported, name="x.xlsx", by=clerk.user, division=own)
        assert (whats(found), words(found)) == (["same"], [(2, "division_kept")])
    assert "こども家庭支援課 → こども未来課" in text_of(signed_in(ict), f"import/{found.pk}/")


def test_a_known_number_under_another_division_is_not_doubled(division, clerk, ict):
    care = make_division("kaigo", "介護保険課", "Care Insurance Section")
    act.add_entry(division=division, name="甲", number="kosodate-010", by=ict.user)
    found = read(ict, ["kosodate-010", "介護保険課", "甲", 7])
    assert (whats(found), words(found)) == (["changed"], [(2, "division_kept")])
    act.take_import(found=found, by=ict.user)
    entry = InventoryEntry.objects.get()
    assert (entry.number, entry.division, entry.values["count_total"]) == ("kosodate-010", division, 7)
    other = read(ict, ["kosodate-010", "介護保険課", "まったく別の届", 7])
    assert whats(other) == ["refused"]
    assert "「甲」の番号です" in other.found["rows"][0]["why"]
    carer = make_member("clerk", care, username="kaigo-clerk")
    assert whats(read(carer, ["kosodate-010", "", "甲", 8], division=care)) == ["refused"]
    own = act.add_entry(division=care, name="まったく別の届", by=ict.user)
    assert read(ict, ["kosodate-010", "介護保険課", "まったく別の届", 7]).found["rows"][0]["entry"] == own.pk


# -- the plan ------------------------------------------------------------------------------------------------------------------------

PLANNED = ["手続番号", "所管課", "手続名", "進捗", "目標年度", "担当者", "利用予定サービス"]


def test_the_plan_goes_out_in_its_columns_and_comes_back_without_a_difference(division, ict):
    entry = act.add_entry(division=division, name="甲", by=ict.user)
    act.plan_entry(entry=entry, plan={"progress": "online", "target_year": 2028, "owner": "山田", "channel": "pittari"}, by=ict.user)
    exported = signed_in(ict).get(f"{HOME}procedures.xlsx").content
    found = act.read_inventory(data=exported, name="x.xlsx", by=ict.user)
    (row,) = found.found["rows"]
    wanted = {"progress": "online", "target_year": 2028, "owner": "山田", "planned_channel": "pittari"}
    assert {name: row["values"][name] for name in wanted} == wanted
    assert (row["what"], row["doubts"]) == ("same", [])


def test_who_manages_changes_the_plan_by_a_sheet(division, ict):
    entry = act.add_entry(division=division, name="甲", by=ict.user)
    act.plan_entry(entry=entry, plan={"progress": "online", "target_year": 2028, "owner": "山田"}, by=ict.user)
    rows = [[entry.number, OURS, "甲", "見送り", "2030", "", "ぴったり"], ["", OURS, "新しい届", "公開済", "令和9年度", "鈴木", ""]]
    found = read(ict, *rows, head=PLANNED)
    assert found.found["rows"][0]["changes"] == {
        "progress": ["online", "stopped"], "target_year": [2028, 2030], "planned_channel": [None, "pittari"],
    }  # fmt: skip
    act.take_import(found=found, by=ict.user)
    entry.refresh_from_db()
    assert (entry.progress, entry.target_year, entry.owner, entry.channel) == ("stopped", 2030, "山田", "pittari")
    assert (entry.online_on, entry.values) == (None, {})
    new = InventoryEntry.objects.get(name="新しい届")
    assert (new.progress, new.target_year, new.owner, new.is_online) == ("online", 2027, "鈴木", True)
    assert new.online_on is not None
    assert whats(read(ict, *rows, head=PLANNED)) == ["same", "same"]


def test_a_divisions_sheet_changes_no_plan_and_says_so(division, clerk, ict):
    entry = act.add_entry(division=division, name="甲", by=ict.user)
    act.plan_entry(entry=entry, plan={"progress": "making", "target_year": 2028}, by=ict.user)
    rows = [[entry.number, OURS, "甲", "作成中", "2030", "", ""], ["", OURS, "新しい届", "公開済", "", "", ""]]
    found = read(clerk, *rows, head=PLANNED, division=division)
    assert (whats(found), words(found)) == (["same", "new"], [(2, "plan_kept"), (3, "plan_kept")])
    shown = text_of(signed_in(clerk), f"import/{found.pk}/")
    assert "計画は情報システム担当が変える" in shown
    assert "進捗：" not in shown
    act.take_import(found=found, by=clerk.user)
    entry.refresh_from_db()
    assert (entry.progress, entry.target_year) == ("making", 2028)
    assert InventoryEntry.objects.get(name="新しい届").progress == "open"


# -- what is shown -------------------------------------------------------------------------------------------------------------------


def test_the_values_of_new_rows_are_shown(division, clerk):
    found = read(clerk, ["A-1", OURS, "甲", "1,234"], division=division)
    shown = text_of(signed_in(clerk), f"import/{found.pk}/")
    assert f"{columns()['count_total'].name['ja']}：1234" in shown
    assert "手続番号：A-1" in shown


def test_lists_that_are_cut_say_how_many_more_there_are(division, clerk):
    found = read(clerk, *[["", OURS, f"手続{n}", "約10"] for n in range(203)], *[["", OURS, "", "5"]] * 201, division=division)
    shown = text_of(signed_in(clerk), f"import/{found.pk}/")
    assert shown.count("ほかに3件あります。") == 2  # rows and doubts
    assert shown.count("ほかに1件あります。") == 1  # rows passed over


def test_after_taking_the_page_says_what_was_taken(division, clerk):
    desk = signed_in(clerk)
    found = read(clerk, ["", OURS, "甲", 10], division=division)
    assert "次のとおり取り込みました" not in text_of(desk, f"import/{found.pk}/")
    act.add_entry(division=division, name="甲", values={"count_total": 4}, by=clerk.user)  # somebody wrote in between
    desk.post(f"{HOME}import/{found.pk}/", {"act": "take"})
    found.refresh_from_db()
    assert found.found["taken"] == {"new": 0, "changed": 1, "same": 0, "refused": 0}
    shown = text_of(desk, f"import/{found.pk}/")
    assert "次のとおり取り込みました" in shown
    assert "総手続件数：4 → 10" in shown


def test_after_taking_the_number_that_was_given_is_shown(division, clerk):
    found = read(clerk, ["", OURS, "甲", 10], division=division)
    act.take_import(found=found, by=clerk.user)
    assert "手続番号：kosodate-001" in text_of(signed_in(clerk), f"import/{found.pk}/")


def test_a_doubt_that_the_page_has_no_words_for_still_opens_it(division, clerk):
    found = read(clerk, ["", OURS, "甲", 10], division=division)
    found.found["doubts"] = [{"row": 2, "column": "年間件数", "text": "?", "word": "brand_new"}]
    found.save()
    assert "確かめてください" in text_of(signed_in(clerk), f"import/{found.pk}/")


def test_who_has_no_division_takes_no_sheet(division, ict):
    nobody = make_member("clerk", None, username="nobody")
    found = read(ict, ["", OURS, "甲", 10])
    desk = signed_in(nobody)
    file = SimpleUploadedFile("x.csv", "手続名,所管課\n甲,こども家庭支援課\n".encode())
    assert desk.post(f"{HOME}import/", {"file": file}).status_code == 404
    assert desk.post(f"{HOME}import/{found.pk}/", {"act": "take"}).status_code == 404


def test_an_import_that_changes_an_approved_reply_opens_it_again(division, clerk, chief, ict):

    due = timezone.localdate() + timedelta(days=9)
    survey = act.open_survey(name="調査", asked=["count_total"], message="", due_on=due, divisions=[division], by=ict.user)
    reply = survey.replies.get()
    entry = act.add_entry(division=division, name="甲", by=ict.user)
    act.answer_entry(reply=reply, entry=entry, values={"count_total": 1}, by=clerk.user)
    act.submit_reply(reply=reply, by=clerk.user)
    act.approve_reply(reply=reply, by=chief.user)
    take(clerk, [entry.number, OURS, "甲", 1], division=division)
    reply.refresh_from_db()
    assert reply.state == "approved"
    take(clerk, [entry.number, OURS, "甲", 2], division=division)
    reply.refresh_from_db()
    assert reply.state == "waiting"


# -- the state's list ----------------------------------------------------------------------------------------------------------------

NATIONAL = "手続ID,手続名,法令名,根拠条項号\n"


def load(tmp_path, text: str) -> str:
    file, told = tmp_path / "national.csv", io.StringIO()
    file.write_text(text, encoding="utf-8")
    call_command("national_inventory", str(file), stdout=told)
    return told.getvalue()


def test_rows_of_the_states_list_that_are_left_out_are_reported(db, tmp_path):
    told = load(tmp_path, f"{NATIONAL}N1,甲,架空法,1条\nN2,,架空法,2条\n,丙,架空法,3条\nN1,丁,架空法,4条\n合計,,,\nN5,戊,架空法,5条\n")
    assert told.splitlines()[0] == "2 procedures, 0 cells in doubt, 4 rows passed over"
    assert "row 3: no name" in told
    assert "row 4: no 手続ID (丙)" in told
    assert "row 5: " in told
    assert "row 6: a total" in told
    assert dict(NationalProcedure.objects.values_list("number", "name")) == {"N1": "甲", "N5": "戊"}


@pytest.mark.parametrize("text", [NATIONAL, f"{NATIONAL},甲,架空法,1条\n", f"{NATIONAL}合計,,,\n"])
def test_a_list_without_a_procedure_replaces_nothing(text, db, tmp_path):
    load(tmp_path, f"{NATIONAL}N1,甲,架空法,1条\n")
    with pytest.raises(CommandError, match="手続きの行がありません"):
        load(tmp_path, text)
    assert NationalProcedure.objects.count() == 1
