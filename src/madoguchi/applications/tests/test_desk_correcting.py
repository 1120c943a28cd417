"""補正: marked answers, a clock that stands still, what the resident may and may not change; 職員による修正."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
import time_machine

from madoguchi.accounts.models import AuditEntry
from madoguchi.applications.actions import (
    NotReady,
    accept,
    attach,
    cancel_correction,
    correct,
    default_due,
    desk_edit,
    remind_corrections,
    request_correction,
    save_answers,
    set_answer,
    walk_of,
    withdraw,
)
from madoguchi.applications.models import AnswersKind, Application, Correction, IssuedDocument, Message, State
from madoguchi.applications.tests.make import ANSWERS, CHILDREN, TWO_CHILDREN, make_filed, make_procedure
from madoguchi.engines import japanese
from madoguchi.engines.forms import diff, put
from madoguchi.lib.errors import Refused
from madoguchi.lib.tests.files import picture
from madoguchi.notices.models import Notice

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")
MONDAY = datetime(2026, 6, 1, 10, 0, tzinfo=TOKYO)


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def procedure(clock, division):
    return make_procedure()


def ask(application, clerk, *paths: str, **options) -> Correction:
    items = [(path, f"{path} を確かめてください") for path in paths or ("reason",)]
    return request_correction(application=application, items=items, by=clerk.user, **options)


def test_the_round_trip(procedure, clerk, clock) -> None:
    filed = accept(application=make_filed(procedure, email="hanako@example.jp"), by=clerk.user)
    due = filed.due_on
    correction = ask(filed, clerk, "reason", "name", words="お手数をかけます")
    filed.refresh_from_db()
    assert (filed.state, correction.from_state) == (State.CORRECTING, State.ACCEPTED)
    assert correction.due_on == japanese.add_open_days(date(2026, 6, 1), 10) == default_due(filed, date(2026, 6, 1))
    asked = Notice.objects.get(template="applications/correction")
    assert "理由" not in asked.body
    assert [line for line in asked.document["body"] if line.startswith("1　理由")]
    clock.shift(timedelta(days=5))
    set_answer(store=correction, application=filed, path="reason", value="くわしい理由")
    name = {**ANSWERS["name"], "family": "架橋"}
    set_answer(store=correction, application=filed, path="name", value=name)
    done = correct(correction=correction)
    filed.refresh_from_db()
    assert (filed.state, filed.paused_days, filed.applicant_name) == (State.ACCEPTED, 5, "架橋 花子")
    assert filed.due_on == japanese.deadline(due, days=5, unit="calendar")
    assert filed.subjects.get().name == "架橋 花子"
    assert Application.objects.matching("架橋").exists()
    latest = filed.latest()
    assert (latest.kind, latest.number) == (AnswersKind.CORRECTION, 2)
    assert done.answers == latest
    assert {change.path for change in diff(filed.version.form, filed.answers.get(number=1).values, latest.values)} == {"reason", "name"}
    assert IssuedDocument.objects.filter(application=filed, kind="correction").count() == 1
    assert Notice.objects.filter(template="applications/corrected").count() == 1
    assert correct(correction=correction).pk == done.pk
    assert filed.answers.count() == 2


@pytest.mark.parametrize(("unit", "days", "paused"), [("calendar", 30, 14), ("open", 10, 10), ("fixed_day", None, 14), ("none", None, 14)])
def test_the_clock_stands_still(clock, division, clerk, unit: str, days: int | None, paused: int) -> None:
    procedure = make_procedure(clock_unit=unit, standard_days=days, result_on=date(2026, 7, 31) if unit == "fixed_day" else None)
    filed = make_filed(procedure)
    due = filed.due_on
    correction = ask(filed, clerk)
    clock.shift(timedelta(days=14))
    set_answer(store=correction, application=filed, path="reason", value="直した")
    correct(correction=correction)
    filed.refresh_from_db()
    assert (filed.state, filed.paused_days) == (State.SUBMITTED, paused)
    if unit in ("calendar", "open"):
        assert filed.due_on == japanese.deadline(due, days=paused, unit=unit)
    else:
        assert filed.due_on == due


def test_own_closed_days_count(clock, municipality, division, clerk) -> None:
    municipality.closed_days = ["2026-06-02", "2026-06-03"]
    municipality.save()
    procedure = make_procedure(clock_unit="open", standard_days=10, division=division)
    filed = make_filed(procedure)
    assert default_due(filed, date(2026, 6, 1)) == date(2026, 6, 17)
    correction = ask(filed, clerk)
    clock.shift(timedelta(days=4))
    cancel_correction(correction=correction, by=clerk.user)
    filed.refresh_from_db()
    assert filed.paused_days == 2  # 4 and 5 June


def test_cancelling_goes_back_and_uses_nothing(procedure, clerk, clock) -> None:
    filed = make_filed(procedure, email="hanako@example.jp")
    correction = ask(filed, clerk)
    set_answer(store=correction, application=filed, path="reason", value="直しかけ")
    cancel_correction(correction=correction, by=clerk.user)
    filed.refresh_from_db()
    assert filed.state == State.SUBMITTED
    assert filed.latest().values["reason"] == ANSWERS["reason"]
    assert Notice.objects.filter(template="applications/correction_cancelled").exists()
    for act in (lambda: correct(correction=correction), lambda: cancel_correction(correction=correction, by=clerk.user)):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "correction_over"


@pytest.mark.parametrize(
    ("items", "due_on", "code"),
    [
        ([], None, "no_items"),
        ([("reason", "  ")], None, "no_reason"),
        ([("before_on", "数えない項目")], None, "not_askable"),
        ([("nonsense[[", "?")], None, "not_askable"),
        ([("reason", "あ" * 501)], None, "too_long"),
        ([("reason", "直してください")], date(2026, 6, 1), "due_on"),
        ([("reason", "直してください")], date(2029, 6, 1), "due_on"),
    ],
)
def test_what_cannot_be_asked(procedure, clerk, items, due_on, code: str) -> None:
    filed = make_filed(procedure)
    with pytest.raises(Refused) as refused:
        request_correction(application=filed, items=items, due_on=due_on, by=clerk.user)
    assert refused.value.code == code
    filed.refresh_from_db()
    assert filed.state == State.SUBMITTED


def test_a_closed_day_becomes_the_next_open_one(procedure, clerk) -> None:
    assert ask(make_filed(procedure), clerk, due_on=date(2026, 6, 6)).due_on == date(2026, 6, 8)


def test_only_one_at_a_time_and_none_after_the_end(procedure, clerk) -> None:
    filed = make_filed(procedure)
    ask(filed, clerk)
    with pytest.raises(Refused) as refused:
        ask(filed, clerk)
    assert refused.value.code == "move"
    todoke = accept(application=make_filed(make_procedure("todoke", kind="notification")), by=clerk.user)
    with pytest.raises(Refused) as refused:
        ask(todoke, clerk)
    assert refused.value.code == "finished"


def test_nothing_mended_is_said(procedure, clerk) -> None:
    filed = make_filed(procedure)
    with pytest.raises(Refused) as refused:
        correct(correction=ask(filed, clerk))
    assert refused.value.code == "nothing_changed"


def test_other_answers_stay_closed(procedure, clerk) -> None:
    filed = make_filed(procedure)
    correction = ask(filed, clerk)
    correction.values = put(put(correction.values, "reason", "直した"), "amount", 99)
    correction.save()
    with pytest.raises(Refused) as refused:
        correct(correction=correction)
    assert refused.value.code == "closed_answer"


def test_what_a_mended_answer_opens_is_asked_and_what_it_closes_goes(procedure, clerk) -> None:
    filed = make_filed(procedure)
    correction = ask(filed, clerk, "kind")
    set_answer(store=correction, application=filed, path="kind", value="again")
    with pytest.raises(NotReady) as not_ready:
        correct(correction=correction)
    assert [problem.path for problem in not_ready.value.problems] == ["before_on"]
    set_answer(store=correction, application=filed, path="before_on", value="2024-05-01")
    correct(correction=correction)
    back = ask(filed, clerk, "kind")
    set_answer(store=back, application=filed, path="kind", value="new")
    correct(correction=back)
    assert "before_on" not in filed.latest().values


def test_what_cannot_be_read_is_asked_again(procedure, clerk) -> None:
    filed = make_filed(procedure)
    correction = ask(filed, clerk, "birth")
    items = [item for item in walk_of(filed, correction).items() if item.path == "birth"]
    save_answers(store=correction, application=filed, items=items, posted={"birth": {"": ["2月30日"]}})
    with pytest.raises(NotReady):
        correct(correction=correction)


def test_rows_are_neither_added_nor_taken(clock, division, clerk) -> None:
    filed = make_filed(make_procedure(form=CHILDREN), TWO_CHILDREN)
    correction = ask(filed, clerk, "child[r1].child_name")
    for path, value in (("child[r2]", None), ("child[r9]", {"child_name": ANSWERS["name"], "child_birth": "2025-01-01"})):
        mended = put(correction.values, "child[r1].child_name", {"family": "架空", "given": "壱郎"})
        Correction.objects.filter(pk=correction.pk).update(values=put(mended, path, value))
        with pytest.raises(Refused) as refused:
            correct(correction=correction)
        assert refused.value.code == "closed_answer"
    Correction.objects.filter(pk=correction.pk).update(values=mended)
    set_answer(store=Correction.objects.get(pk=correction.pk), application=filed, path="child[r9]", value=None)
    correct(correction=correction)
    assert sorted(filed.subjects.values_list("name", flat=True)) == ["架空 二葉", "架空 壱郎"]


def test_a_missing_paper_is_a_correction(procedure, clerk) -> None:
    filed = make_filed(procedure)
    correction = ask(filed, clerk, "proof")
    attach(
        store=correction,
        application=filed,
        question=filed.version.form.question("proof"),
        path="proof",
        file=BytesIO(picture("PNG")),
        name="p.png",
    )
    correct(correction=correction)
    assert len(filed.latest().values["proof"]["files"]) == 1


def test_withdrawing_while_correcting_ends_it(procedure, clerk) -> None:
    filed = make_filed(procedure)
    correction = ask(filed, clerk)
    withdraw(application=filed)
    with pytest.raises(Refused) as refused:
        correct(correction=correction)
    assert refused.value.code == "correction_over"


def test_reminding_once_before_the_due_day(procedure, clerk, clock) -> None:
    filed = make_filed(procedure, email="hanako@example.jp")
    ask(filed, clerk)  # due Monday 15 June
    clock.shift(timedelta(days=7))
    assert remind_corrections() == 0
    clock.shift(timedelta(days=3))
    assert remind_corrections() == 1
    assert remind_corrections() == 0
    assert Notice.objects.filter(template="applications/correction_reminder").count() == 1


# -- 職員による修正 ---------------------------------------------------------------------------------------------------------


def test_the_desk_mends_with_a_trace(procedure, clerk) -> None:
    filed = make_filed(procedure, email="hanako@example.jp")
    revision = desk_edit(application=filed, changes={"birth": {"": ["平成2年4月16日"]}}, reason="電話で本人から連絡", by=clerk.user)
    assert (revision.kind, revision.by, revision.number) == (AnswersKind.DESK, clerk.user, 2)
    assert filed.latest().values["birth"] == "1990-04-16"
    assert "電話で本人から連絡" in Message.objects.get(application=filed).text
    assert Notice.objects.filter(template="applications/desk_edited").exists()
    assert AuditEntry.objects.get(verb="applications.desk_edit").details["changed"] == ["birth"]


def test_what_the_desk_may_not_mend(procedure, clerk) -> None:
    filed = make_filed(procedure)

    def refusal(changes, reason="電話で連絡") -> str:
        with pytest.raises(Refused) as refused:
            desk_edit(application=filed, changes=changes, reason=reason, by=clerk.user)
        return refused.value.code

    assert refusal({"birth": {"": ["1990-04-15"]}}) == "nothing_changed"
    assert refusal({"birth": {"": ["1991-04-15"]}}, " ") == "no_reason"
    assert refusal({"proof": {"": ["x"]}}) == "not_ours"
    assert refusal({"nonsense": {"": ["x"]}}) == "not_ours"
    assert refusal({"birth": {"": ["2月30日"]}}) == "not_ready"
    assert refusal({"name": {"family": [""]}}) == "not_ready"
    assert refusal({"kind": {"": ["again"]}}) == "not_ready"  # opens a question that must be answered too
    ask(filed, clerk)
    assert refusal({"birth": {"": ["1991-04-15"]}}) == "not_editable"
