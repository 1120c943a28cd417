"""What must not be lost or misled in the inventory: two people at once, endings, approvals, the published table, surveys that are over."""

from __future__ import annotations

import html
from datetime import date, timedelta

import pytest
from django.utils import timezone

from madoguchi.accounts.tests.make import make_member
from madoguchi.engines.japanese import fiscal_year
from madoguchi.lib.errors import Refused
from madoguchi.procedures import actions as act
from madoguchi.procedures.models import InventoryCount, InventoryEntry, InventoryRound, ReplyState, RuleChange
from madoguchi.procedures.models.inventory_figures import published, year_of
from madoguchi.procedures.tests.make import make_procedure, signed_in

pytestmark = pytest.mark.django_db
HOME = "/koto/desk/inventory/"


def body(response) -> str:
    return html.unescape(response.content.decode())


@pytest.fixture
def ict(division):
    return make_member("ict", division)


@pytest.fixture
def survey(division, ict) -> InventoryRound:
    due = timezone.localdate() + timedelta(days=20)
    asked = ["seal", "count_total", "count_online", "barriers", "note"]
    return act.open_survey(name="令和8年度", asked=asked, message="", due_on=due, divisions=[division], by=ict.user)


@pytest.fixture
def entry(division, ict) -> InventoryEntry:
    return act.add_entry(division=division, name="架空の届出", values={"count_total": 55, "barriers": ["seal"]}, by=ict.user)


def fresh(entry: InventoryEntry) -> InventoryEntry:
    return InventoryEntry.objects.get(pk=entry.pk)


def sent(response) -> dict[str, object]:
    """What a browser would send back of the answer form that was shown."""
    form = response.context["form"]
    return {name: value for name in form.fields if (value := form[name].value()) is not None}


# -- two people at once -------------------------------------------------------------------------------------------------------------


def test_what_somebody_else_typed_meanwhile_stays(entry, survey, clerk, chief):
    page = f"{HOME}surveys/{survey.pk}/kosodate/{entry.number}/"
    one, other = signed_in(clerk), signed_in(chief)
    first, second = sent(one.get(page)), sent(other.get(page))
    one.post(page, {**first, "count_total": "500", "note": "改めた"})
    other.post(page, {**second, "seal": "required"})
    assert {**fresh(entry).values} == {"count_total": 500, "note": "改めた", "barriers": ["seal"], "seal": "required"}


def test_the_same_box_changed_by_two_is_asked_once_more(entry, survey, clerk, chief):
    page = f"{HOME}surveys/{survey.pk}/kosodate/{entry.number}/"
    one, other = signed_in(clerk), signed_in(chief)
    second = sent(other.get(page))
    one.post(page, {**sent(one.get(page)), "count_total": "500"})
    asked = other.post(page, {**second, "count_total": "600"})
    assert asked.status_code == 400
    assert "この欄を「500」に変えました" in body(asked)
    assert fresh(entry).values["count_total"] == 500
    other.post(page, sent(asked))
    assert fresh(entry).values["count_total"] == 600


def test_a_box_is_emptied_and_saving_what_stands_writes_nothing(entry, survey, clerk):
    page = f"{HOME}surveys/{survey.pk}/kosodate/{entry.number}/"
    desk = signed_in(clerk)
    before = entry.changes.count()
    desk.post(page, sent(desk.get(page)))
    assert entry.changes.count() == before
    desk.post(page, {**sent(desk.get(page)), "count_total": ""})
    assert fresh(entry).values["count_total"] is None


def test_counts_of_two_people_stand_beside_each_other(entry, clerk, chief):
    month = timezone.localdate().replace(day=1)
    page = f"{HOME}counts/?month={month:%Y-%m}"
    one, other = signed_in(clerk), signed_in(chief)
    first, second = sent(one.get(page)), sent(other.get(page))
    one.post(page, {**first, f"c{entry.pk}-counter": "3"})
    other.post(page, {**second, f"c{entry.pk}-post": "4"})
    assert {row.channel: row.count for row in InventoryCount.objects.all()} == {"counter": 3, "post": 4}


@pytest.mark.parametrize("seen", ["{", "[]", "3", ""])
def test_a_broken_memory_of_what_was_shown_is_no_error(entry, clerk, seen):
    desk = signed_in(clerk)
    page = f"{HOME}procedures/{entry.number}/"
    assert desk.post(page, {"act": "answer", "count_total": "7", "seen": seen}).status_code == 302
    assert fresh(entry).values["count_total"] == 7


def test_more_online_than_in_all_is_said_at_once(entry, survey, clerk):
    page = f"{HOME}surveys/{survey.pk}/kosodate/{entry.number}/"
    desk = signed_in(clerk)
    assert "総件数より多く" in body(desk.post(page, {**sent(desk.get(page)), "count_online": "56"}))


def test_a_long_text_of_several_lines_comes_back_whole(entry, survey, clerk):
    text = "一行目\r\n" + "長い" * 400
    act.update_entry(entry=entry, values={"note": text}, source="", by=clerk.user)
    page = f"{HOME}surveys/{survey.pk}/kosodate/{entry.number}/"
    desk = signed_in(clerk)
    shown = desk.get(page)
    assert "<textarea" in body(shown)
    assert desk.post(page, sent(shown)).status_code == 302
    assert fresh(entry).values["note"] == text


# -- approval, surveys that are over -----------------------------------------------------------------------------------------------------


@pytest.fixture
def answered(entry, survey, clerk):
    reply = survey.replies.get()
    act.answer_entry(reply=reply, entry=entry, values={"seal": "none"}, by=clerk.user)
    return act.submit_reply(reply=reply, by=clerk.user)


def test_what_was_approved_and_then_changed_is_answered_anew(answered, entry, clerk, chief):
    act.approve_reply(reply=answered, by=chief.user)
    act.update_entry(entry=fresh(entry), values={"law": "架空法"}, source="入力", by=clerk.user)  # not asked in this survey
    answered.refresh_from_db()
    assert answered.state == ReplyState.APPROVED
    act.update_entry(entry=fresh(entry), values={"seal": "required"}, source="入力", by=clerk.user)
    answered.refresh_from_db()
    assert (answered.state, answered.approved_by) == (ReplyState.WAITING, None)


def test_a_procedure_that_is_added_after_the_answer_must_be_looked_at(answered, clerk, chief):
    act.add_in_survey(reply=answered, name="後から気づいた届出", by=clerk.user)
    with pytest.raises(Refused) as refused:
        act.approve_reply(reply=answered, by=chief.user)
    assert refused.value.code == "not_answered"


def test_the_same_name_is_not_added_twice(entry, survey, clerk):
    desk = signed_in(clerk)
    page = f"{HOME}surveys/{survey.pk}/kosodate/"
    for _n in range(2):
        said = body(desk.post(page, {"act": "add", "name": "新しい 届出"}, follow=True))
    assert "同じ名前の手続きがあります" in said
    assert InventoryEntry.objects.count() == 2
    assert "200" in body(desk.post(page, {"act": "add", "name": "長" * 201}, follow=True))


def test_a_survey_that_is_over_is_over(entry, survey, clerk, ict):
    act.close_survey(round=survey, by=ict.user)
    mine, theirs = signed_in(clerk), signed_in(ict)
    assert "締め切られ" in body(mine.post(f"{HOME}surveys/{survey.pk}/kosodate/", {"act": "add", "name": "遅い届出"}, follow=True))
    assert "締め切られ" in body(mine.post(f"{HOME}surveys/{survey.pk}/kosodate/", {"act": "propose"}, follow=True))
    assert "締め切られ" in body(theirs.post(f"{HOME}surveys/{survey.pk}/remind/", follow=True))
    with pytest.raises(Refused):
        act.close_survey(round=survey, by=ict.user)
    assert InventoryEntry.objects.count() == 1


# -- endings --------------------------------------------------------------------------------------------------------------------------


def test_an_ending_can_be_taken_back_and_an_ended_procedure_has_no_place(entry, clerk):
    desk = signed_in(clerk)
    page = f"{HOME}procedures/{entry.number}/"
    desk.post(page, {"act": "end", "reason": "制度がなくなった"})
    shown = body(desk.get(page))
    assert "廃止のため、順位はありません" in shown
    assert "1番目" not in shown
    assert entry.name not in body(desk.get(f"{HOME}procedures/"))
    assert entry.name in body(desk.get(f"{HOME}procedures/?all=1"))
    assert desk.post(page, {"act": "answer", "count_total": "1"}).status_code == 404
    desk.post(page, {"act": "restore"})
    assert fresh(entry).ended_on is None
    with pytest.raises(Refused):
        act.restore_entry(entry=fresh(entry), by=clerk.user)


def test_a_rule_counts_only_what_still_stands(entry, clerk, ict):
    rule = act.save_rule(rule=None, title="架空の条例", kind="ordinance", article="", division=None, note="", by=ict.user)
    InventoryEntry.objects.update(rule=RuleChange.objects.get(pk=rule.pk))
    desk = signed_in(ict)
    assert desk.get(f"{HOME}rules/").context["rows"][0]["filings"] == 55
    act.end_entry(entry=entry, reason="なし", by=clerk.user)
    assert desk.get(f"{HOME}rules/").context["rows"][0]["filings"] == 0


# -- the published table ------------------------------------------------------------------------------------------------------------------

TODAY = date(2026, 11, 29)


def table(entry: InventoryEntry, year: int = 2026, filed: int = 0, today: date = TODAY) -> tuple[int | None, int | None, float | None]:
    row = published([fresh(entry)], year, {entry.procedure_id: filed} if entry.procedure_id else {}, today)[0]
    return row.total, row.online, row.share


def say(entry: InventoryEntry, **values) -> InventoryEntry:
    return act.update_entry(entry=entry, values=values, source="", by=None)


def count(entry: InventoryEntry, months: list[date], **numbers: int) -> None:
    for month in months:
        for channel, number in numbers.items():
            InventoryCount.objects.create(entry=entry, month=month, channel=channel, count=number)


def test_the_share_is_never_more_than_the_whole(entry):
    assert table(say(entry, count_total=10, count_online=25)) == (10, None, None)


def test_what_came_here_does_not_hide_what_comes_elsewhere(division, entry):
    entry.procedure = make_procedure(division)
    entry.save()
    say(entry, count_total=1000, count_online=300)
    assert table(entry, filed=4) == (1000, 300, 30.0)
    assert table(entry, filed=400) == (1000, 400, 40.0)
    assert table(entry, filed=1400) == (1000, None, None)
    say(entry, count_total=None, count_online=None)
    assert table(entry, filed=4) == (None, 4, None)


def test_months_stand_for_the_year_when_all_that_are_over_are_counted(entry):
    say(entry, count_total=1200, count_online=300)
    months = [date(2026, month, 1) for month in range(4, 11)]
    count(entry, months[:-1], counter=10, elsewhere=5)
    assert table(entry) == (1200, 300, 25.0)
    count(entry, months[-1:], counter=10, elsewhere=5)
    assert table(entry) == (105, 35, 33.3)


def test_years_of_which_nobody_said_anything_are_empty(entry):
    say(entry, count_total=1200, count_online=300)
    this = fiscal_year(timezone.localdate())
    assert table(entry, this - 4, today=timezone.localdate()) == (None, None, None)
    assert table(entry, this, today=timezone.localdate()) == (1200, 300, 25.0)
    say(entry, count_year=this - 4)
    assert table(entry, this - 4, today=timezone.localdate()) == (1200, 300, 25.0)
    assert table(entry, this - 1, today=timezone.localdate()) == (None, None, None)


def test_a_procedure_that_ended_stays_in_the_years_it_stood(entry, clerk):
    act.end_entry(entry=entry, reason="なし", by=clerk.user)
    desk, this = signed_in(clerk), fiscal_year(timezone.localdate())
    assert entry.name in body(desk.get(f"{HOME}published/?year={this}"))
    entry.refresh_from_db()
    InventoryEntry.objects.update(ended_on=year_of(this)[0] - timedelta(days=1))
    assert entry.name not in body(desk.get(f"{HOME}published/?year={this}"))


@pytest.mark.parametrize("year", ["9" * 5000, "２０２５x", "-1", "0"])
def test_odd_years_open_the_table_of_now(entry, clerk, year):
    assert signed_in(clerk).get(f"{HOME}published/", {"year": year}).context["year"] == fiscal_year(timezone.localdate())


def test_a_rank_beyond_measure_is_an_error_beside_its_box(entry, ict):
    answer = signed_in(ict).post(f"{HOME}procedures/{entry.number}/", {"act": "order", "rank": "9" * 20, "reason": "試し"})
    assert answer.status_code == 400


# -- what flows into the procedure ----------------------------------------------------------------------------------------------------------


def test_what_is_taken_back_goes_from_the_procedures_page_too(division, entry):
    procedure = make_procedure(division, standard_label={"ja": "30日以内"})
    entry.procedure = procedure
    entry.save()
    say(entry, standard_days=45, criteria="架空の基準")
    procedure.refresh_from_db()
    assert (procedure.standard_days, procedure.standard_label, procedure.criteria["ja"]) == (45, {}, "架空の基準")
    say(entry, standard_days=None, criteria=None)
    procedure.refresh_from_db()
    assert (procedure.standard_days, procedure.criteria) == (None, {})


def test_columns_are_named_in_the_readers_language(entry, clerk):
    desk = signed_in(clerk)
    page = f"{HOME}procedures/{entry.number}/"
    assert "総手続件数" in body(desk.get(page))
    desk.cookies["madoguchi_language"] = "en"
    assert "Filings a year" in body(desk.get(page))


def test_the_history_says_the_plan_in_words(entry, ict):
    desk = signed_in(ict)
    page = f"{HOME}procedures/{entry.number}/"
    desk.post(page, {"act": "plan", "progress": "planned", "channel": "pittari"})
    assert "利用予定サービス：– → ぴったりサービス" in body(desk.get(page))
