"""The task list: what is open, where it is mended, and that nothing becomes a version before it is done."""

from __future__ import annotations

import copy
from datetime import timedelta

import pytest
from django.utils import timezone

from madoguchi.accounts.actions import keep_contact
from madoguchi.accounts.models import AuditEntry
from madoguchi.engines.forms import document_hash
from madoguchi.lib.errors import Refused
from madoguchi.notices.models import Notice
from madoguchi.procedures.actions import (
    approve_review,
    ask_review,
    cancel_schedule,
    change_draft,
    drop_draft,
    open_draft,
    publish,
    publish_draft,
    publish_due,
    publishing_tasks,
    renew_draft,
    schedule_publishing,
    send_back_review,
    sound_ways,
    take_draft,
)
from madoguchi.procedures.models import DraftState, FormSchedule, Procedure, ScheduleState
from madoguchi.procedures.tests.at_studio import STUDIO, text
from madoguchi.procedures.tests.make import READY, form, make_procedure, make_ready, words

PLACE = f"{STUDIO}publish/"
NEW = {"id": "tel", "type": "phone", "label": words("電話番号", "Telephone")}


def asked(question: dict = NEW) -> dict:
    return {"do": "add", "into": "page:you", "kind": "question", "part": question}


def named(draft, words_="お名前") -> None:
    change_draft(draft=draft, changes=[text("question:name", words_)], edition=draft.edition, by=draft.holder)
    draft.refresh_from_db()


def open_keys(draft) -> set[str]:
    return {task.key for task in publishing_tasks(draft=draft).open}


@pytest.fixture
def dog(division):
    return make_ready(division)


@pytest.fixture
def changed(draft):
    named(draft)
    return draft


# -- the list ---------------------------------------------------------------------------------------------------------------------


def test_a_change_of_words_needs_nothing_more(changed, designer) -> None:
    found = publishing_tasks(draft=changed)
    assert (found.is_ready, found.open) == (True, ())
    assert publish_draft(draft=changed, edition=1, by=designer).number == 2
    changed.refresh_from_db()
    assert changed.state == DraftState.PUBLISHED


def test_every_fact_is_asked_for(division, designer) -> None:
    bare = make_procedure(division, "bare", document=form("bare"))
    draft = open_draft(procedure=bare, by=designer)
    named(draft)
    assert open_keys(draft) == {"privacy", "period", "criteria", "notices", "examples"}
    keep_contact(division=division, contact={"phone": "", "place": ""}, by=designer)
    draft.procedure.division.refresh_from_db()
    Procedure.objects.filter(pk=bare.pk).update(retention_years=0)
    draft.procedure.refresh_from_db()
    assert open_keys(draft) >= {"contact", "retention"}


@pytest.mark.parametrize(
    ("facts", "key", "is_open"),
    [
        ({"criteria": {}, "kind": "notification"}, "criteria", False),
        ({"criteria": {}}, "criteria", True),
        ({"clock_unit": "none", "standard_days": None}, "period", True),
        ({"clock_unit": "none", "standard_days": None, "kind": "enrolment"}, "period", False),
        ({"clock_unit": "fixed_day", "standard_days": None}, "period", True),
        ({"privacy": {"ja": "使いみち"}}, "privacy", True),
        ({"notice_texts": {"granted": READY["notice_texts"]["granted"]}}, "notices", True),
    ],
)
def test_what_law_and_kind_ask_for(division, designer, facts, key, is_open) -> None:
    draft = open_draft(procedure=make_ready(division, "other", **facts), by=designer)
    named(draft)
    assert (key in open_keys(draft)) is is_open


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"do": "text", "at": "question:name", "key": "label", "language": "en", "value": ""}, "languages"),
        ({"do": "set", "at": "page:you", "key": "show_if", "value": {"==": [1, 2]}}, "reach"),
        ({"do": "set", "at": "question:kind", "key": "concept", "value": "nothing.known"}, "lint"),
        (
            {
                "do": "add",
                "into": "",
                "kind": "page",
                "part": {"id": "end", "title": words("終わり"), "ends": "elsewhere", "questions": [NEW]},
            },
            "reach",
        ),
    ],
)
def test_faults_of_the_form_stand_in_their_own_line(draft, designer, change, key) -> None:
    change_draft(draft=draft, changes=[change], edition=0, by=designer)
    draft.refresh_from_db()
    tasks = {task.key: task for task in publishing_tasks(draft=draft).tasks}
    assert tasks[key].state == "open"
    assert tasks[key].items


def test_a_document_that_is_no_form_yet_is_one_line(draft, designer) -> None:
    change_draft(draft=draft, changes=[{"do": "set", "at": "question:kind", "key": "nothing", "value": "x"}], edition=0, by=designer)
    draft.refresh_from_db()
    found = publishing_tasks(draft=draft)
    assert found.tasks[0].key == "sound"
    assert found.is_ready is False


def test_an_unchanged_draft_is_no_version(draft) -> None:
    assert open_keys(draft) == {"new"}


def test_wording_and_time_are_advice_and_stop_nobody(draft, designer) -> None:
    named(draft, "あ" * 80)
    found = publishing_tasks(draft=draft)
    assert [(task.key, task.state) for task in found.tasks if task.key == "reading"] == [("reading", "advice")]
    assert [(one.at, one.measure.longest) for one in found.advice] == [("question:name", 80)]
    assert found.is_ready


def test_what_is_open_is_refused_with_what_to_do(draft, designer) -> None:
    change_draft(draft=draft, changes=[asked({**NEW, "required": True})], edition=0, by=designer)
    with pytest.raises(Refused) as refused:
        publish_draft(draft=draft, edition=1, by=designer)
    assert refused.value.details["keys"] == ["examples", "review"]  # nobody in the example gives a telephone number
    assert "確認を頼んでください" in str(refused.value)


def test_an_old_page_publishes_nothing(changed, designer) -> None:
    with pytest.raises(Refused) as refused:
        publish_draft(draft=changed, edition=0, by=designer)
    assert refused.value.code == "stale"


@pytest.mark.parametrize("ways", [{"wording": {"drafts": "delete"}}, {"nothing": {"drafts": "ask"}}, {"meaning": {"everybody": "ask"}}])
def test_unknown_ways_are_refused(ways) -> None:
    with pytest.raises(Refused):
        sound_ways(ways)


# -- the second pair of eyes -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def meant(draft, designer):
    """A draft that takes a question away: a change of meaning."""
    change_draft(draft=draft, changes=[{"do": "remove", "at": "question:giver"}], edition=0, by=designer)
    draft.refresh_from_db()
    return draft


def test_a_change_of_meaning_waits_for_somebody_else(meant, designer, other) -> None:
    assert open_keys(meant) == {"review"}
    review = ask_review(draft=meant, edition=1, words="くれた人を消しました", by=designer)
    assert ask_review(draft=meant, edition=1, by=designer) == review
    assert open_keys(meant) == {"review"}
    with pytest.raises(Refused) as refused:
        approve_review(review=review, by=designer)
    assert refused.value.code == "own_work"
    approve_review(review=review, by=other)
    assert open_keys(meant) == set()
    assert publish_draft(draft=meant, edition=1, by=other).change == "meaning"
    assert AuditEntry.objects.get(verb="procedures.approve_review").by == other


def test_what_is_called_a_change_of_meaning_is_looked_at_too(changed, designer, other) -> None:
    for act in (publish_draft, schedule_publishing):
        more = {"at": later()} if act is schedule_publishing else {}
        with pytest.raises(Refused) as refused:
            act(draft=changed, edition=1, change="meaning", by=other, **more)
        assert refused.value.code == "review"
    approve_review(review=ask_review(draft=changed, edition=1, by=designer), by=other)
    assert publish_draft(draft=changed, edition=1, change="meaning", by=other).change == "meaning"


def test_an_edit_afterwards_undoes_the_approval(meant, designer, other) -> None:
    approve_review(review=ask_review(draft=meant, edition=1, by=designer), by=other)
    named(meant)
    assert open_keys(meant) == {"review"}
    again = ask_review(draft=meant, edition=2, by=designer)
    assert again.hash == document_hash(meant.document)


def test_an_edit_while_it_is_looked_at_cannot_be_approved(meant, designer, other) -> None:
    review = ask_review(draft=meant, edition=1, by=designer)
    named(meant)
    with pytest.raises(Refused) as refused:
        approve_review(review=review, by=other)
    assert refused.value.code == "stale"
    new = ask_review(draft=meant, edition=2, by=designer)
    review.refresh_from_db()
    assert (review.state, new.state) == ("sent_back", "waiting")


def test_who_took_the_draft_over_or_changed_it_once_does_not_approve(meant, designer, other) -> None:
    review = ask_review(draft=meant, edition=1, by=designer)
    take_draft(draft=meant, by=other)
    with pytest.raises(Refused):
        approve_review(review=review, by=other)
    take_draft(draft=meant, by=designer)
    approve_review(review=review, by=other)


def test_it_is_sent_back_with_a_word(meant, designer, other) -> None:
    review = ask_review(draft=meant, edition=1, by=designer)
    with pytest.raises(Refused):
        send_back_review(review=review, answer=" ", by=other)
    send_back_review(review=review, answer="説明を足してください", by=other)
    with pytest.raises(Refused):
        approve_review(review=review, by=other)
    assert open_keys(meant) == {"review"}
    assert ask_review(draft=meant, edition=1, by=designer).pk != review.pk


# -- at an hour ------------------------------------------------------------------------------------------------------------------------


def later(hours: int = 2):
    return timezone.now() + timedelta(hours=hours)


def test_it_is_published_at_its_hour_and_locked_until_then(changed, designer, other) -> None:
    row = schedule_publishing(draft=changed, edition=1, at=later(), note="名前", by=other)
    for act in (
        lambda: named(changed, "別の名前"),
        lambda: drop_draft(draft=changed, edition=1, by=designer),
        lambda: publish_draft(draft=changed, edition=1, by=other),
        lambda: schedule_publishing(draft=changed, edition=1, at=later(), by=other),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "scheduled"
    assert publish_due() == 0
    FormSchedule.objects.filter(pk=row.pk).update(at=timezone.now())
    assert publish_due() == 1
    assert publish_due() == 0
    row.refresh_from_db()
    changed.procedure.refresh_from_db()
    assert (row.state, changed.procedure.current.number, changed.procedure.current.note) == (ScheduleState.DONE, 2, "名前")


def test_what_speaks_against_it_then_is_told_and_the_draft_stays(changed, designer, other) -> None:
    other.email = "ict@example.jp"
    other.save()
    row = schedule_publishing(draft=changed, edition=1, at=later(), by=other)
    Procedure.objects.filter(pk=changed.procedure_id).update(criteria={})
    FormSchedule.objects.filter(pk=row.pk).update(at=timezone.now())
    assert publish_due() == 0
    row.refresh_from_db()
    assert (row.state, "審査基準" in row.problem) == (ScheduleState.FAILED, True)
    notice = Notice.objects.get(template="procedures/not_published")
    assert (notice.email, "犬の登録" in notice.body, PLACE in notice.body) == ("ict@example.jp", True, True)
    assert publish_due() == 0  # once
    named(changed, "まだ変えられる")


def test_a_schedule_can_be_taken_back(changed, designer, other) -> None:
    row = schedule_publishing(draft=changed, edition=1, at=later(), by=other)
    cancel_schedule(schedule=row, by=other)
    with pytest.raises(Refused):
        cancel_schedule(schedule=row, by=other)
    named(changed, "変えられる")


@pytest.mark.parametrize("hours", [-1, 24 * 400])
def test_an_hour_that_is_over_or_too_far_is_refused(changed, other, hours) -> None:
    with pytest.raises(Refused) as refused:
        schedule_publishing(draft=changed, edition=1, at=later(hours), by=other)
    assert refused.value.code == "when"


# -- a version published meanwhile ---------------------------------------------------------------------------------------------------------


def test_changes_are_laid_on_the_version_that_came_meanwhile(changed, designer) -> None:
    theirs = form()
    theirs["pages"][0]["questions"].append(copy.deepcopy(NEW))
    publish(procedure=changed.procedure, document=theirs, by=None)
    changed = type(changed).objects.get(pk=changed.pk)
    assert "base" in open_keys(changed)
    with pytest.raises(Refused):
        publish_draft(draft=changed, edition=1, by=designer)
    new = renew_draft(draft=changed, by=designer)
    questions = new.document["pages"][0]["questions"]
    assert [one["id"] for one in questions] == ["name", "kind", "giver", "tel"]
    assert questions[0]["label"]["ja"] == "お名前"
    assert open_keys(new) == set()
    publish_draft(draft=new, edition=new.edition, by=designer)
    changed.refresh_from_db()
    assert changed.state == DraftState.DROPPED


def test_what_cannot_be_laid_on_it_leaves_the_draft_as_it_is(changed, designer) -> None:
    theirs = form()
    del theirs["pages"][0]["questions"][0]
    publish(procedure=changed.procedure, document=theirs, by=None)
    changed = type(changed).objects.get(pk=changed.pk)
    with pytest.raises(Refused) as refused:
        renew_draft(draft=changed, by=designer)
    assert refused.value.code == "cannot_renew"
    changed.refresh_from_db()
    assert (changed.state, changed.document["pages"][0]["questions"][0]["label"]["ja"]) == (DraftState.OPEN, "お名前")
