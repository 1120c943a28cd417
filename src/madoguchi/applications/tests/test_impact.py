"""A version is published while people are in the middle: whom it touches, and what becomes of them."""

from __future__ import annotations

import pytest

from madoguchi.accounts.tests.make import PASSWORD, make_member
from madoguchi.applications.actions import (
    NotReady,
    accept,
    cancel_correction,
    correct,
    desk_edit,
    discard,
    hand_over,
    move_to_current_version,
    request_correction,
    save_answers,
    stay_on_version,
    submit,
    waiting_switch,
    withdraw,
)
from madoguchi.applications.batches import HAND_OVER, UnderWay
from madoguchi.applications.models import Application, SwitchState, VersionSwitch, walk_revision
from madoguchi.applications.models.desk_story import desk_events
from madoguchi.applications.models.papers import receipt_content
from madoguchi.applications.models.story import events
from madoguchi.applications.tests.make import ANSWERS, CHILDREN, TWO_CHILDREN, make_draft, make_filed, make_procedure, words
from madoguchi.applications.tests.published import AGAIN, JOB, new_form, published
from madoguchi.engines.forms import Item, load
from madoguchi.jobs.models import Job, JobState
from madoguchi.notices.models import Notice
from madoguchi.procedures.actions import (
    change_draft,
    open_draft,
)


@pytest.fixture
def procedure(division):
    return make_procedure(amend_until_days=30)


# -- whom it touches ---------------------------------------------------------------------------------------------------------------


def test_only_those_whose_answers_touch_a_change_are_counted(procedure, clerk) -> None:
    make_draft(procedure)
    make_draft(procedure, AGAIN)
    make_filed(procedure, AGAIN)
    accept(application=make_filed(procedure), by=clerk.user)
    withdraw(application=make_filed(procedure, AGAIN))
    found = UnderWay().impact(procedure, load(new_form(before_on={"required": False})))
    assert found.all == (2, 2)
    assert found.of == {("question.required", "before_on"): (1, 1)}
    assert found.classes == {"meaning": (1, 1)}


def test_a_new_question_touches_whom_it_is_asked(procedure) -> None:
    make_draft(procedure)
    make_draft(procedure, AGAIN)
    only_again = {**JOB, "show_if": {"==": [{"var": "kind"}, "again"]}}
    found = UnderWay().impact(procedure, load(new_form(add=only_again)))
    assert found.of[("question.added", "job")] == (1, 0)


def test_an_answer_that_no_longer_counts_is_touched_too(procedure) -> None:
    make_draft(procedure, {**ANSWERS, "before_on": "2020-01-05"})  # given before another kind was chosen
    assert UnderWay().impact(procedure, load(new_form(drop="before_on"))).of == {("question.removed", "before_on"): (1, 0)}


def test_each_class_counts_by_the_heaviest_change_that_touches(procedure) -> None:
    make_draft(procedure)
    make_draft(procedure, AGAIN)
    document = new_form(before_on={"required": False}, reason={"label": words("申請の理由")})
    found = UnderWay().impact(procedure, load(document))
    assert found.classes == {"wording": (1, 0), "meaning": (1, 0)}
    assert found.of[("question.wording", "reason")] == (2, 0)


def test_the_publishing_page_says_so(client, procedure, division) -> None:
    make_draft(procedure)
    make_draft(procedure, AGAIN)
    make_filed(procedure, AGAIN)
    designer = make_member("designer", division).user
    draft = open_draft(procedure=procedure, by=designer)
    change_draft(draft=draft, changes=[{"do": "set", "at": "question:before_on", "key": "required", "value": None}], edition=0, by=designer)
    client.post("/sign-in/desk/", {"username": designer.username, "password": PASSWORD})
    response = client.get("/koto/desk/procedures/test/studio/publish/")
    body = response.content.decode()
    assert "下書き2件のうち1件、審査中の申請1件のうち1件" in body
    assert [box.help_text for box in response.context["form"].fields.values() if "件" in str(box.help_text)] == ["いま1件あります。"] * 2
    assert body.count("1件</td>") == 2


# -- drafts --------------------------------------------------------------------------------------------------------------------------


def test_finished_on_the_old_version_nobody_is_asked(client, procedure) -> None:
    draft = make_draft(procedure)
    old = procedure.current
    published(procedure, new_form(add=JOB), drafts="finish", cases="finish")
    draft.refresh_from_db()
    assert (draft.version, draft.switches.get().state) == (old, SwitchState.KEPT)
    filed = submit(application=draft)
    assert (filed.version, filed.latest().version) == (old, old)


def test_migrated_drafts_keep_every_answer_and_hear_of_a_change_of_meaning(procedure) -> None:
    draft, silent = make_draft(procedure, email="hanako@example.jp"), make_draft(procedure)
    before = draft.draft().values
    version = published(procedure, new_form(add=JOB, drop="amount"), drafts="migrate", cases="finish")
    draft.refresh_from_db()
    assert (draft.version, draft.version_hash, draft.draft().values) == (version, version.hash, before)
    notice = Notice.objects.get(template="applications/version_changed")
    assert (notice.email, "なくなっていません" in notice.body) == ("hanako@example.jp", True)
    silent.refresh_from_db()
    assert silent.version == version
    with pytest.raises(NotReady):
        submit(application=draft)  # the new question wants an answer


def test_words_go_over_without_a_word(procedure) -> None:
    draft = make_draft(procedure, email="hanako@example.jp")
    version = published(procedure, new_form(reason={"label": words("申請の理由")}), drafts="migrate", cases="migrate")
    draft.refresh_from_db()
    assert draft.version == version
    assert not Notice.objects.filter(template="applications/version_changed").exists()


def test_a_draft_is_asked_and_goes_over(procedure) -> None:
    draft = make_draft(procedure)
    version = published(procedure, new_form(add=JOB), drafts="ask", cases="finish")
    draft.refresh_from_db()
    switch = waiting_switch(application=draft)
    assert (switch.level, switch.touched, draft.version.number) == ("meaning", [["question.added", "job"]], 1)
    move_to_current_version(application=draft)
    draft.refresh_from_db()
    assert (draft.version, waiting_switch(application=draft)) == (version, None)


def test_a_draft_is_asked_and_stays(procedure) -> None:
    draft = make_draft(procedure)
    published(procedure, new_form(add=JOB), drafts="ask", cases="finish")
    stay_on_version(application=draft)
    draft.refresh_from_db()
    assert (draft.version.number, waiting_switch(application=draft)) == (1, None)
    assert submit(application=draft).latest().version.number == 1


def test_a_draft_that_was_asked_can_be_thrown_away_and_a_later_version_can_take_it(procedure) -> None:
    gone, kept = make_draft(procedure), make_draft(procedure)
    published(procedure, new_form(add=JOB), drafts="ask", cases="finish")
    discard(application=gone)
    assert VersionSwitch.objects.get().application == kept
    version = published(procedure, new_form(drop="amount", add=JOB), drafts="migrate", cases="finish")
    kept.refresh_from_db()
    assert (kept.version, waiting_switch(application=kept)) == (version, None)


# -- open cases ------------------------------------------------------------------------------------------------------------------------


def frozen(application: Application) -> tuple:
    revision = application.answers.get(number=1)
    walked = walk_revision(application, revision)
    labels = [item.question.label["ja"] for item in walked.items()]
    return revision.values, revision.hash, revision.version_id, labels, receipt_content(application.documents.get(kind="receipt"))


def test_a_migrated_case_keeps_what_was_filed_as_it_was_filed(procedure, clerk) -> None:
    filed = accept(application=make_filed(procedure), by=clerk.user)
    before = frozen(filed)
    version = published(
        procedure, new_form(drop="amount", add=JOB, reason={"label": words("申請の理由")}), drafts="finish", cases="migrate"
    )
    filed = Application.objects.get(pk=filed.pk)
    assert filed.version == version
    assert frozen(filed) == before
    assert any("新しい様式に移りました" in event.title for event in events(filed))
    assert any("第1版から第2版" in event.title for event in desk_events(filed))


def test_what_comes_after_is_made_with_the_new_version(procedure, clerk) -> None:
    filed = accept(application=make_filed(procedure), by=clerk.user)
    version = published(procedure, new_form(drop="amount"), drafts="finish", cases="migrate")
    revision = desk_edit(application=filed, changes={"reason": {"": ["電話で確かめた"]}}, reason="電話", by=clerk.user)
    assert (revision.version, "amount" in revision.values) == (version, False)
    assert filed.answers.get(number=1).values["amount"] == 12000


def test_a_case_is_asked_for_what_the_new_version_wants(procedure, clerk) -> None:
    filed = accept(application=make_filed(procedure, email="hanako@example.jp"), by=clerk.user)
    before = frozen(filed)
    version = published(procedure, new_form(add=JOB), by=clerk.user, drafts="finish", cases="ask")
    filed = Application.objects.get(pk=filed.pk)
    correction = filed.corrections.get()
    assert (filed.state, [one.path for one in correction.items.all()]) == ("correcting", ["job"])
    item = Item(version.form.question("job"), "job", None, ())
    save_answers(store=correction, application=filed, items=[item], posted={"job": {"": ["会社員"]}})
    correct(correction=correction)
    filed = Application.objects.get(pk=filed.pk)
    assert (filed.state, filed.latest().version, filed.latest().values["job"]) == ("accepted", version, "会社員")
    assert filed.switches.get().state == SwitchState.TAKEN
    assert frozen(filed) == before


def test_a_request_taken_back_leaves_the_case_on_its_version(procedure, clerk) -> None:
    filed = accept(application=make_filed(procedure), by=clerk.user)
    published(procedure, new_form(add=JOB), by=clerk.user, drafts="finish", cases="ask")
    cancel_correction(correction=filed.corrections.get(), by=clerk.user)
    filed.refresh_from_db()
    assert (filed.version.number, filed.state, filed.switches.get().state) == (1, "accepted", SwitchState.KEPT)


def test_who_is_correcting_already_or_has_nothing_to_add_is_not_asked(procedure, clerk) -> None:
    correcting = make_filed(procedure)
    request_correction(application=correcting, items=[("reason", "くわしく")], by=clerk.user)
    published(procedure, new_form(add=JOB), by=clerk.user, drafts="finish", cases="ask")
    correcting.refresh_from_db()
    assert (correcting.version.number, correcting.corrections.count()) == (1, 1)
    other = make_filed(procedure, {**ANSWERS, "job": "会社員"})
    published(procedure, new_form(drop="amount", add=JOB), by=clerk.user, drafts="finish", cases="ask")
    other.refresh_from_db()
    assert (other.state, other.version.number) == ("submitted", 2)
    assert "新しく答えてもらう項目がなかった" in other.switches.get().note


def test_who_is_mending_answers_goes_on_with_the_questions_that_were_marked(procedure, clerk) -> None:
    mending = make_filed(procedure)
    request_correction(application=mending, items=[("amount", "確かめてください")], by=clerk.user)
    published(procedure, new_form(drop="amount"), by=clerk.user, drafts="finish", cases="migrate")
    mending.refresh_from_db()
    assert (mending.version.number, mending.switches.get().state) == (1, SwitchState.KEPT)
    published(procedure, new_form(drop="amount", reason={"label": words("申請の理由")}), by=clerk.user, drafts="finish", cases="migrate")
    mending.refresh_from_db()
    assert mending.version.number == 1  # from its own version the change is still one of meaning
    correction = mending.corrections.get()
    item = Item(mending.version.form.question("amount"), "amount", None, ())
    save_answers(store=correction, application=mending, items=[item], posted={"amount": {"": ["13000"]}})
    correct(correction=correction)
    assert mending.latest().values["amount"] == 13000


def test_what_is_over_is_never_touched(procedure, clerk) -> None:
    gone = make_filed(procedure)
    withdraw(application=gone)
    published(procedure, new_form(add=JOB), drafts="migrate", cases="migrate")
    gone.refresh_from_db()
    assert (gone.version.number, VersionSwitch.objects.exists()) == (1, False)


def test_it_is_one_job_and_doing_it_twice_changes_nothing(procedure, clerk) -> None:
    drafts = [make_draft(procedure) for _number in range(3)]
    version = published(procedure, new_form(add=JOB), by=clerk.user, drafts="migrate", cases="migrate")
    job = Job.objects.get(kind=HAND_OVER)
    assert (job.state, job.total, job.done, job.refused) == (JobState.DONE, 3, 3, [])
    assert hand_over(application=drafts[0], version=version, by=None) is None
    assert VersionSwitch.objects.count() == 3


def test_rows_of_a_group_are_touched_by_their_questions(division) -> None:
    procedure = make_procedure(form=CHILDREN)
    make_filed(procedure, TWO_CHILDREN)
    found = UnderWay().impact(procedure, load(new_form(CHILDREN, child_birth={"required": False})))
    assert found.of == {("question.required", "child_birth"): (0, 1)}
    filed = Application.objects.get()
    published(procedure, new_form(CHILDREN, drop="child_birth"), drafts="finish", cases="migrate")
    filed = Application.objects.get(pk=filed.pk)
    assert [item.path for item in walk_revision(filed, filed.latest()).items() if item.question.id == "child_birth"] == [
        "child[r1].child_birth",
        "child[r2].child_birth",
    ]


def test_what_is_too_much_to_count_is_said(procedure, monkeypatch) -> None:
    monkeypatch.setattr("madoguchi.applications.batches.MOST_LOOKED_AT", 2)
    for _number in range(3):
        make_draft(procedure, AGAIN)
    found = UnderWay().impact(procedure, load(new_form(before_on={"required": False})))
    assert (found.all, found.touched, found.left) == ((2, 0), (2, 0), 1)
