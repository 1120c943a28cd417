"""審査, 決裁 and 決定: reasons, a second person, holding back, releasing, taking back, replacing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from madoguchi.accounts.models import AuditEntry
from madoguchi.accounts.tests.make import make_division, make_member
from madoguchi.applications.actions import (
    accept,
    approve,
    approved_proposal,
    decide,
    decide_as_proposed,
    decline,
    desk_edit,
    propose,
    recall,
    record_review,
    release_decision,
    request_correction,
    send_back,
)
from madoguchi.applications.models import Decision, IssuedDocument, State, Subject, SubjectState
from madoguchi.applications.models.appeal import appeal_note
from madoguchi.applications.models.story import shown_state, told_decisions
from madoguchi.applications.tests.make import ANSWERS, CHILDREN, TWO_CHILDREN, make_filed, make_procedure, words
from madoguchi.lib.errors import Refused
from madoguchi.notices.models import Notice, NoticeState

pytestmark = pytest.mark.django_db


def accepted(procedure, clerk, answers=None, **options):
    return accept(application=make_filed(procedure, answers, **options), by=clerk.user)


def code(act) -> str:
    with pytest.raises(Refused) as refused:
        act()
    assert str(refused.value)
    return refused.value.code


@pytest.fixture
def case(division, clerk):
    return accepted(make_procedure(appeal="mayor"), clerk)


def test_deciding_tells_with_reason_and_appeal(case, clerk) -> None:
    decision = decide(case.subjects.get(), by=clerk.user, outcome="refused", reason="要件に当たらないため")
    case.refresh_from_db()
    assert case.state == State.DECIDED
    assert case.decided_at is not None
    assert case.subjects.get().state == SubjectState.REFUSED
    assert "江東区長に対して審査請求" in decision.appeal_note
    assert "3か月以内" in decision.appeal_note
    assert "6か月以内" in decision.appeal_note
    notice = decision.notice
    assert (notice.template, notice.channel, notice.state) == ("applications/decided", "post", NoticeState.WAITING)
    assert notice.document["reason"] == ["要件に当たらないため"]
    assert notice.document["check_code"] == IssuedDocument.objects.get(decision=decision).check_code
    assert "要件" not in notice.body
    assert list(told_decisions(case)) == [decision]


def test_by_email_only_for_who_agreed(division, clerk) -> None:
    procedure = make_procedure()
    for agreed, channel in ((False, "post"), (True, "email")):
        filed = accepted(procedure, clerk, email="hanako@example.jp")
        filed.agreed_electronic = agreed
        filed.save()
        assert decide(filed.subjects.get(), by=clerk.user, outcome="granted").notice.channel == channel


@pytest.mark.parametrize("outcome", ["refused", "partly", "dismissed"])
def test_a_disposition_needs_a_reason(case, clerk, outcome: str) -> None:
    assert code(lambda: decide(case.subjects.get(), by=clerk.user, outcome=outcome, reason=" ")) == "no_reason"


def test_an_enrolment_needs_none(division, clerk) -> None:
    filed = accepted(make_procedure("koza", kind="enrolment"), clerk)
    assert decide(filed.subjects.get(), by=clerk.user, outcome="refused").appeal_note == ""


def test_accept_first_and_not_while_correcting(division, clerk) -> None:
    filed = make_filed(make_procedure())
    subject = filed.subjects.get()
    assert code(lambda: decide(subject, by=clerk.user, outcome="granted")) == "accept_first"
    request_correction(application=accept(application=filed, by=clerk.user), items=[("reason", "くわしく")], by=clerk.user)
    assert code(lambda: decide(subject, by=clerk.user, outcome="granted")) == "correcting"
    todoke = accepted(make_procedure("todoke", kind="notification"), clerk)
    assert code(lambda: decide(todoke.subjects.get(), by=clerk.user, outcome="granted")) == "no_decision"


def test_only_the_procedures_outcomes(division, clerk) -> None:
    subject = accepted(make_procedure(outcomes=["granted", "refused"]), clerk).subjects.get()
    for outcome in ("held", "nonsense", ""):
        assert code(lambda outcome=outcome: decide(subject, by=clerk.user, outcome=outcome)) == "no_such_outcome"


def test_two_clerks_at_once(case, clerk, chief) -> None:
    subject = case.subjects.get()
    stale = Subject.objects.get(pk=subject.pk)
    decide(subject, by=clerk.user, outcome="granted")
    assert code(lambda: decide(stale, by=chief.user, outcome="refused", reason="理由")) == "already_decided"
    assert Decision.objects.count() == 1


def test_two_children_one_held_then_granted(division, clerk) -> None:
    case = accepted(make_procedure("hoiku", form=CHILDREN), clerk, TWO_CHILDREN)
    first, second = case.subjects.all()
    decide(first, by=clerk.user, outcome="granted")
    case.refresh_from_db()
    assert case.state == State.ACCEPTED
    held = decide(second, by=clerk.user, outcome="held", valid_until=timezone.localdate() + timedelta(days=90))
    case.refresh_from_db()
    assert case.state == State.DECIDED
    assert type(case).objects.open().filter(pk=case.pk).count() == 1
    later = decide(second, by=clerk.user, outcome="granted")
    assert later.supersedes == held
    second.refresh_from_db()
    assert (second.state, second.valid_until) == (SubjectState.GRANTED, None)
    assert not type(case).objects.open().filter(pk=case.pk).exists()
    assert "二葉" in str(later.notice.document)


def test_replacing_names_what_it_replaces(case, clerk) -> None:
    subject = case.subjects.get()
    first = decide(subject, by=clerk.user, outcome="refused", reason="理由")
    second = decide(subject, by=clerk.user, outcome="granted", supersedes=first)
    assert second.supersedes == first
    assert code(lambda: decide(subject, by=clerk.user, outcome="refused", reason="理由", supersedes=first)) == "stale"
    other = accepted(case.procedure, clerk).subjects.get()
    assert code(lambda: decide(other, by=clerk.user, outcome="granted", supersedes=first)) == "stale"


def test_holding_back_releasing_and_taking_back(case, clerk) -> None:
    subject = case.subjects.get()
    decision = decide(subject, by=clerk.user, outcome="granted", release=False)
    case.refresh_from_db()
    assert decision.notice.state == NoticeState.HELD
    assert not told_decisions(case).exists()
    assert shown_state(case) == State.ACCEPTED
    assert not case.documents.told().filter(kind="decision").exists()
    assert code(lambda: decide(subject, by=clerk.user, outcome="refused", reason="理由", supersedes=decision)) == "recall_first"
    recall(decision=decision, by=clerk.user)
    case.refresh_from_db()
    subject.refresh_from_db()
    assert (case.state, case.decided_at, subject.state) == (State.ACCEPTED, None, SubjectState.OPEN)
    assert Notice.objects.get(pk=decision.notice_id).state == NoticeState.RECALLED
    assert code(lambda: release_decision(decision=decision, by=clerk.user)) == "recalled"
    again = decide(subject, by=clerk.user, outcome="refused", reason="理由", release=False)
    assert again.supersedes is None
    assert release_decision(decision=again, by=clerk.user).released_at is not None
    assert Notice.objects.get(pk=again.notice_id).state == NoticeState.WAITING
    release_decision(decision=again, by=clerk.user)
    assert AuditEntry.objects.filter(verb="applications.release_decision").count() == 1
    assert code(lambda: recall(decision=again, by=clerk.user)) == "released"


def test_a_second_person_agrees(division, clerk, chief) -> None:
    case = accepted(make_procedure(second_review=True), clerk)
    subject = case.subjects.get()

    def decided(outcome: str = "refused", reason: str = "理由"):
        return decide(subject, by=clerk.user, outcome=outcome, reason=reason)

    assert code(decided) == "not_approved"
    propose(subject=subject, outcome="refused", reason="理由", by=chief.user)
    assert code(lambda: approve(subject=subject, by=chief.user)) == "same_person"
    assert code(lambda: approve(subject=subject, by=clerk.user)) == "may_not_approve"
    other = make_member("chief", make_division("zei", "課税課", "Tax"))
    assert code(lambda: approve(subject=subject, by=other.user)) == "may_not_approve"
    first = propose(subject=subject, outcome="granted", by=clerk.user)
    second = propose(subject=subject, outcome="refused", reason="理由", by=clerk.user)
    assert code(lambda: approve(subject=subject, by=chief.user, seen=first.pk)) == "stale"
    approve(subject=subject, by=chief.user, seen=second.pk)
    assert approved_proposal(subject) == second
    assert code(lambda: approve(subject=subject, by=chief.user)) == "stale"
    assert code(lambda: decided("granted", "")) == "not_as_approved"
    assert code(lambda: decided(reason="ほかの理由")) == "not_as_approved"
    assert decided(reason="").reason == "理由"


def test_sending_back_and_changed_answers(division, clerk, chief) -> None:
    case = accepted(make_procedure(second_review=True), clerk)
    subject = case.subjects.get()
    propose(subject=subject, outcome="granted", by=clerk.user)
    assert code(lambda: send_back(subject=subject, by=chief.user, note="")) == "no_note"
    send_back(subject=subject, by=chief.user, note="住所を確かめてください")
    assert code(lambda: decide(subject, by=clerk.user, outcome="granted")) == "not_approved"
    propose(subject=subject, outcome="granted", by=clerk.user)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        desk_edit(application=case, changes={"birth": {"": ["1990-04-16"]}}, reason="電話", by=clerk.user)
    assert code(lambda: approve(subject=subject, by=chief.user)) == "answers_changed"


def test_approving_and_deciding_in_one(division, clerk, chief) -> None:
    subject = accepted(make_procedure(second_review=True), clerk).subjects.get()
    assert code(lambda: decide_as_proposed(subject=subject, by=chief.user)) == "stale"
    proposal = propose(subject=subject, outcome="refused", reason="理由", by=clerk.user)
    decision = decide_as_proposed(subject=subject, by=chief.user, seen=proposal.pk)
    assert (decision.outcome, decision.reason, decision.by) == ("refused", "理由", chief.user)


def test_places_are_limited(division, clerk) -> None:
    procedure = make_procedure("koza", kind="enrolment", capacity=1)
    first, second = (accepted(procedure, clerk).subjects.get() for _ in range(2))
    decision = decide(first, by=clerk.user, outcome="granted")
    assert code(lambda: decide(second, by=clerk.user, outcome="granted")) == "full"
    decide(first, by=clerk.user, outcome="partly", supersedes=decision)  # keeps the place it has
    first.refresh_from_db()
    decline(subject=first)
    assert decide(second, by=clerk.user, outcome="granted").outcome == "granted"


def test_holding_until_a_day(case, clerk) -> None:
    subject = case.subjects.get()
    today = timezone.localdate()
    assert code(lambda: decide(subject, by=clerk.user, outcome="held", valid_until=today)) == "valid_until"
    assert code(lambda: decide(subject, by=clerk.user, outcome="granted", valid_until=today + timedelta(days=5))) == "valid_until"


def test_the_texts_are_filled_and_nothing_else_is_read(division, clerk) -> None:
    texts = {
        "granted": {
            "title": words("{procedure}の決定", "Decision"),
            "body": words("{name} 様\n\n{appeal}\n\n{number} {unknown} {0}", "Dear {name}"),
        }
    }
    case = accepted(
        make_procedure(notice_texts=texts), clerk, {**ANSWERS, "name": {**ANSWERS["name"], "given": "{reason}%s{0}"}}, language="en"
    )
    decision = decide(case.subjects.get(), by=clerk.user, outcome="granted", reason="秘密")
    assert decision.title == "試験の手続きの決定"
    assert decision.body == f"架空 {{reason}}%s{{0}} 様\n\n{case.number} {{unknown}} {{0}}"
    assert decision.notice.document["translation"]["body"] == ["Dear 架空 {reason}%s{0}"]


def test_own_text_replaces_the_procedures(case, clerk) -> None:
    decision = decide(case.subjects.get(), by=clerk.user, outcome="granted", title="通知", body="{number} を認めます。")
    assert (decision.title, decision.body) == ("通知", f"{case.number} を認めます。")


def test_the_appeal_goes_to_whom_the_law_names(division) -> None:
    assert "東京都知事に対して審査請求" in appeal_note(make_procedure("a", appeal="governor"))
    assert "被告として（訴訟では江東区長が江東区を代表します。）" in appeal_note(make_procedure("b", appeal="mayor"))
    assert appeal_note(make_procedure("c", appeal="none")) == ""


def test_reviewing_by_the_procedures_list(division, clerk) -> None:
    case = accepted(make_procedure(review_steps=["住所を確かめる"]), clerk)
    review = record_review(application=case, step="住所を確かめる", passed=True, by=clerk.user)
    assert (review.passed, review.by) == (True, clerk.user)

    def reviewed(**options):
        return record_review(application=case, by=clerk.user, **{"step": "住所を確かめる", "passed": True, **options})

    assert code(lambda: reviewed(step="proposal")) == "no_step"
    assert code(lambda: reviewed(passed=False)) == "no_note"
    assert code(lambda: reviewed(subject=accepted(case.procedure, clerk).subjects.get())) == "other_subject"


def test_many_cases_agreed_to_as_one_are_written_down_for_each(clerk, chief):
    application = accept(application=make_filed(make_procedure(second_review=True)), by=clerk.user)
    subject = application.subjects.get()
    for pair in ((clerk.user, clerk.user), (chief.user, clerk.user)):
        with pytest.raises(Refused):
            decide(subject, by=clerk.user, outcome="granted", agreed=pair)
    decide(subject, by=clerk.user, outcome="granted", agreed=(clerk.user, chief.user))
    assert [(row.step, row.by) for row in subject.reviews.order_by("id")] == [("proposal", clerk.user), ("approval", chief.user)]
