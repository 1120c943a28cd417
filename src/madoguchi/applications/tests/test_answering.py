"""What a resident does with a filed application: amend, withdraw, accept, decline, write."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from madoguchi.applications.actions import (
    NotReady,
    accept,
    accept_offer,
    amend,
    begin_amendment,
    correct,
    decide,
    decline,
    give_feedback,
    request_correction,
    save_answers,
    set_answer,
    walk_of,
    withdraw,
    write_message,
)
from madoguchi.applications.models import Feedback, State, SubjectState
from madoguchi.applications.tests.make import ANSWERS, CHILDREN, FORM, TWO_CHILDREN, make_filed, make_procedure
from madoguchi.applications.tests.make import words as texts
from madoguchi.lib.errors import Refused

pytestmark = pytest.mark.django_db
LATER = {**ANSWERS, "proof": {"files": [], "later": True}}
FILE = {"files": [{"id": "11111111-1111-4111-8111-111111111111", "name": "a.pdf", "type": "application/pdf", "size": 3}], "later": False}


@pytest.fixture
def procedure(division):
    return make_procedure(amend_until_days=7)


def code_of(act, **facts) -> str:
    with pytest.raises(Refused) as refused:
        act(**facts)
    return refused.value.code


def change(store, application, **values) -> None:
    for path, value in values.items():
        set_answer(store=store, application=application, path=path, value=value)


# -- amendments ------------------------------------------------------------------------------------------------------------


def test_an_amendment_is_a_revision_of_its_own(procedure):
    filed = make_filed(procedure, LATER)
    amendment = begin_amendment(application=filed)
    change(amendment, filed, amount=500, proof=FILE)
    sent = amend(amendment=amendment)
    assert amend(amendment=amendment).number == sent.number
    assert sent.number not in (None, filed.number)
    assert [one.kind for one in filed.answers.all()] == ["submitted", "amendment"]
    assert (filed.answers.first().values["amount"], filed.latest().values["amount"]) == (12000, 500)


def test_what_is_closed_stays_closed(procedure):
    filed = make_filed(procedure, LATER)
    amendment = begin_amendment(application=filed)
    assert code_of(amend, amendment=amendment) == "nothing_changed"
    change(amendment, filed, reason="ほかの理由")
    assert code_of(amend, amendment=amendment) == "closed_answer"


def test_after_the_cut_off_day_only_documents(procedure):
    filed = make_filed(procedure, LATER)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        amendment = begin_amendment(application=filed)
        change(amendment, filed, amount=500)
        assert code_of(amend, amendment=amendment) == "closed_answer"
        change(amendment, filed, amount=12000, proof=FILE)
        assert amend(amendment=amendment).number


def test_an_amendment_that_cannot_be_read_is_not_sent(procedure):
    filed = make_filed(procedure, LATER)
    amendment = begin_amendment(application=filed)
    items = [item for item in walk_of(filed, amendment).items() if item.path == "amount"]
    save_answers(store=amendment, application=filed, items=items, posted={"amount": {"": ["たくさん"]}})
    with pytest.raises(NotReady):
        amend(amendment=amendment)


def test_a_sent_amendment_cannot_be_written_to(procedure):
    filed = make_filed(procedure, LATER)
    amendment = begin_amendment(application=filed)
    change(amendment, filed, amount=500)
    amend(amendment=amendment)
    assert code_of(set_answer, store=amendment, application=filed, path="amount", value=1) == "gone"


def test_an_amendment_may_answer_what_it_opens(division):
    asked = {"id": "why", "type": "text", "label": texts("なぜ"), "required": True, "show_if": {">": [{"var": "amount"}, 50000]}}
    pages = [FORM["pages"][0], {**FORM["pages"][1], "questions": [*FORM["pages"][1]["questions"], asked]}]
    filed = make_filed(make_procedure(form={**FORM, "pages": pages}, amend_until_days=7), LATER)
    amendment = begin_amendment(application=filed)
    change(amendment, filed, amount=60000)
    with pytest.raises(NotReady):
        amend(amendment=amendment)
    change(amendment, filed, why="高くなったため")
    assert amend(amendment=amendment).answers.values["why"] == "高くなったため"


def test_an_amendment_begun_before_a_correction_is_laid_over_it(procedure, clerk):
    filed = accept(application=make_filed(procedure, LATER), by=clerk.user)
    amendment = begin_amendment(application=filed)
    change(amendment, filed, amount=500)
    correction = request_correction(application=filed, items=[("reason", "くわしく"), ("kind", "確かめて")], by=clerk.user)
    assert code_of(begin_amendment, application=filed) == "not_amendable"
    change(correction, filed, reason="くわしい理由")
    correct(correction=correction)
    filed.refresh_from_db()
    again = begin_amendment(application=filed)
    assert again.pk == amendment.pk
    assert (again.values["reason"], again.values["amount"]) == ("くわしい理由", 500)
    amend(amendment=again)
    assert (filed.latest().values["reason"], filed.latest().values["amount"]) == ("くわしい理由", 500)


# -- withdrawal, acceptance, decline ---------------------------------------------------------------------------------------------


def test_withdrawing_one_of_two_children(division, clerk):
    filed = accept(application=make_filed(make_procedure(form=CHILDREN), TWO_CHILDREN), by=clerk.user)
    one, other = filed.subjects.all()
    withdraw(application=filed, subjects=[one])
    filed.refresh_from_db()
    assert filed.state == State.ACCEPTED
    decide(other, by=clerk.user, outcome="granted")
    filed.refresh_from_db()
    assert filed.state == State.DECIDED
    assert code_of(withdraw, application=filed) == "nothing_open"


def test_withdrawing_everything_ends_what_is_under_way(procedure, clerk):
    filed = accept(application=make_filed(procedure, LATER), by=clerk.user)
    begin_amendment(application=filed)
    correction = request_correction(application=filed, items=[("reason", "くわしく")], by=clerk.user)
    withdraw(application=filed, reason="a\x00b")
    filed.refresh_from_db()
    correction.refresh_from_db()
    assert (filed.state, filed.withdrawal_reason, correction.state) == (State.WITHDRAWN, "ab", "cancelled")
    assert not filed.amendments.exists()
    assert code_of(set_answer, store=correction, application=filed, path="reason", value="x") == "gone"


def test_an_offer_is_accepted_once_and_can_still_be_declined(procedure, clerk):
    filed = accept(application=make_filed(procedure), by=clerk.user)
    subject = filed.subjects.get()
    assert code_of(accept_offer, subject=subject) == "not_granted"
    decide(subject, by=clerk.user, outcome="granted")
    accept_offer(subject=subject)
    accept_offer(subject=subject)
    decline(subject=subject)
    subject.refresh_from_db()
    assert subject.state == SubjectState.DECLINED
    assert code_of(accept_offer, subject=subject) == "not_granted"
    assert code_of(decline, subject=subject) == "subject_move"


# -- words -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "code"), [("", "empty"), (" \n\x00", "empty"), ("あ" * 2001, "too_long")])
def test_messages_that_say_nothing_or_too_much(procedure, text, code):
    assert code_of(write_message, application=make_filed(procedure), text=text) == code


def test_a_message_keeps_every_visible_character(procedure):
    written = write_message(application=make_filed(procedure), text="𠮷野家\x00 葛\U000e0100飾 👨‍👩‍👧\r\n二行目")
    assert written.text == "𠮷野家 葛\U000e0100飾 👨‍👩‍👧\n二行目"


@pytest.mark.parametrize(("score", "words", "kept"), [(3, "", 1), (None, "よかった", 1), (None, " \x00", 0), (9, "", 0), (9, "多すぎ", 1)])
def test_feedback_is_kept_when_there_is_some(in_scope, score, words, kept):
    give_feedback(end="sent", score=score, words=words)
    assert Feedback.objects.count() == kept
