"""提出: one number, one frozen revision, one receipt; what is not ready changes nothing."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction

from madoguchi.accounts.models import AuditEntry
from madoguchi.applications.actions import NotReady, save_answers, submit, walk_of
from madoguchi.applications.actions.submitting import due_on
from madoguchi.applications.models import Answers, Application, IssuedDocument, State
from madoguchi.applications.tests.make import ANSWERS, CHILDREN, TWO_CHILDREN, make_draft, make_filed, make_procedure
from madoguchi.applications.tests.make import words as texts
from madoguchi.engines.forms import document_hash
from madoguchi.jobs.tests.make import run_tasks
from madoguchi.lib import numbers
from madoguchi.lib.errors import Refused
from madoguchi.notices.models import Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def procedure(in_scope):
    return make_procedure()


def test_a_number_an_arrival_and_a_frozen_revision(procedure):
    filed = make_filed(procedure)
    assert numbers.is_number(filed.number)
    assert filed.number != filed.resume_code
    assert (filed.state, filed.draft()) == (State.SUBMITTED, None)
    latest = filed.latest()
    assert (latest.kind, latest.number, latest.hash) == ("submitted", 1, document_hash(latest.values))
    assert filed.applicant_name == "架空 花子"
    with pytest.raises(DatabaseError), transaction.atomic():
        Answers.objects.filter(pk=latest.pk).update(values={})


def test_only_what_counts_is_filed(procedure):
    filed = make_filed(procedure, {**ANSWERS, "before_on": "2026-01-01", "nobody_asked": "x"})
    assert "before_on" not in filed.latest().values
    assert "nobody_asked" not in filed.latest().values


def test_what_was_typed_is_kept_with_what_it_became(procedure):
    draft = make_draft(procedure)
    items = [item for item in walk_of(draft, draft.draft()).items() if item.path == "birth"]
    save_answers(store=draft.draft(), application=draft, items=items, posted={"birth": {"": ["平成2年4月15日"]}})
    assert submit(application=draft).latest().typed == {"birth": {"": "平成2年4月15日"}}


@pytest.mark.parametrize(
    ("answers", "key"),
    [({}, "person_name.required"), ({**ANSWERS, "kind": "gone"}, "value.unreadable"), ({**ANSWERS, "kind": "again"}, "date.required")],
)
def test_what_is_not_ready_changes_nothing(procedure, answers, key):
    draft = make_draft(procedure, answers)
    with pytest.raises(NotReady) as refused:
        submit(application=draft)
    assert key in [problem.key for problem in refused.value.problems]
    draft.refresh_from_db()
    assert (draft.state, draft.number, draft.draft().values) == (State.DRAFT, None, answers)
    assert not IssuedDocument.objects.exists()
    assert not AuditEntry.objects.filter(verb="applications.submit").exists()


def test_what_is_only_wished_for_lets_it_go(procedure):
    filed = make_filed(procedure, {key: value for key, value in ANSWERS.items() if key != "proof"})
    assert filed.state == State.SUBMITTED


def test_after_the_last_day_nothing_is_sent_and_nothing_is_lost(procedure):
    draft = make_draft(procedure)
    procedure.closes_on = date(2000, 1, 1)
    procedure.save()
    with pytest.raises(Refused) as refused:
        submit(application=draft)
    assert refused.value.code == "closed"
    assert draft.draft().values == ANSWERS


def test_sending_twice_gives_the_first_back(procedure):
    draft = make_draft(procedure)
    first, second = submit(application=draft), submit(application=draft)
    assert first.number == second.number
    assert Application.objects.filed().count() == IssuedDocument.objects.count() == 1


def test_each_child_is_a_subject(in_scope):
    filed = make_filed(make_procedure(form=CHILDREN), TWO_CHILDREN)
    assert [(one.path, one.name) for one in filed.subjects.all()] == [("child[r1]", "架空 一郎"), ("child[r2]", "架空 二葉")]


def test_the_receipt_is_made_once_after_the_commit(procedure):
    filed = make_filed(procedure, email="hanako@example.jp")
    document = filed.documents.get()
    assert document.file == ""
    run_tasks()
    document.refresh_from_db()
    with default_storage.open(document.file) as file:
        assert file.read(5) == b"%PDF-"
    assert len(document.sha256) == 64
    (mail,) = Mail.objects.filter(to="hanako@example.jp")
    assert filed.number in mail.body
    assert "花子" not in mail.body + mail.subject


def test_the_audit_holds_no_personal_data(procedure):
    make_filed(procedure, email="hanako@example.jp")
    written = str(list(AuditEntry.objects.values_list("details", flat=True)))
    for secret in ("架空", "hanako", "1990", "試験のため"):
        assert secret not in written


def test_an_age_is_that_of_the_day_of_arrival(in_scope):
    rule = {">=": [{"age": [{"var": "birth"}, {"today": []}]}, 20]}
    question = {"id": "grown", "type": "text", "label": texts("大人の方"), "show_if": rule, "required": True}
    pages = [
        {
            "id": "you",
            "title": texts("あなた"),
            "questions": [{"id": "birth", "type": "date", "label": texts("生年月日"), "required": True}, question],
        }
    ]
    form = {"schema": 1, "id": "ages", "languages": ["ja"], "title": texts("年齢"), "pages": pages}
    with time_machine.travel("2026-04-01T10:00:00+09:00"):
        filed = make_filed(make_procedure("ages", form=form), {"birth": "2006-04-20"})
    with time_machine.travel("2026-05-01T10:00:00+09:00"):
        from_then = walk_of(filed, filed.latest())
    assert from_then.item("grown") is None


@pytest.mark.parametrize(
    ("unit", "days", "expected"),
    [("calendar", 30, date(2026, 12, 21)), ("open", 5, date(2026, 11, 30)), ("none", None, None), ("fixed_day", None, date(2027, 1, 29))],
)
def test_the_clock_of_the_procedure(in_scope, unit, days, expected):
    procedure = make_procedure("clock", clock_unit=unit, standard_days=days, result_on=date(2027, 1, 29))
    assert due_on(procedure, date(2026, 11, 20)) == expected
