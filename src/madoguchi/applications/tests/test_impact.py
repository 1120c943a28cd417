"""A version is published while people are in the middle: whom it touches, and what becomes of them."""

from __future__ import annotations

import copy
from datetime import date

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
from madoguchi.applications.tests.make import ANSWERS, CHILDREN, FORM, TWO_CHILDREN, make_draft, make_filed, make_procedure, words
from madoguchi.engines.forms import Item, load
from madoguchi.jobs.models import Job, JobState
from madoguchi.jobs.tests.make import run_tasks
from madoguchi.notices.models import Notice
from madoguchi.procedures.actions import (
    approve_review,
    ask_review,
    change_draft,
    keep_example,
    open_draft,
    publish,
    publish_draft,
    publishing_tasks,
    sound_ways,
)

AGAIN = {**ANSWERS, "kind": "again", "before_on": "2020-01-05"}
JOB = {"id": "job", "type": "text", "label": words("お仕事", "Your work"), "required": True}


def new_form(base: dict = FORM, *, drop: str = "", **changes: dict) -> dict:
    """The form with a question dropped, and others changed; `add` is a question on the second page."""
    document = copy.deepcopy({**base, "id": "test"})
    for page in document["pages"]:
        page["questions"] = [one for one in page["questions"] if one["id"] != drop]
        for one in page["questions"]:
            one.update(changes.get(one["id"], {}))
    if "add" in changes:
        document["pages"][1]["questions"].append(copy.deepcopy(changes["add"]))
    return document


def published(procedure, document, by=None, **ways):
    """The next version with these ways for drafts and cases, whatever the class of change; its job has run."""
    wanted = {change: dict(ways) for change in ("wording", "addition", "meaning")} if ways else None
    version = publish(procedure=procedure, document=document, by=by, ways=sound_ways(wanted))
    UnderWay().hand_over(version, by)
    run_tasks()
    procedure.refresh_from_db()
    return version


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


# -- the resident's pages ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_home(client, procedure):
    """A resident in the middle of a form, in their own browser."""
    client.post("/koto/apply/test/")
    draft = Application.objects.get()
    row = draft.draft()
    row.values, row.pages_done = dict(ANSWERS), ["you", "request"]
    row.save()
    return client, draft


def test_a_resident_sees_what_changed_and_chooses(at_home, procedure) -> None:
    client, draft = at_home
    published(procedure, new_form(add=JOB, drop="amount"), drafts="ask", cases="finish")
    body = client.get(f"/koto/a/{draft.uuid}/p/request/").content.decode()
    for part in ("新しい項目：お仕事", "なくなる項目：金額", "今の様式のまま続ける", "新しい様式に移す"):
        assert part in body
    client.post(f"/koto/a/{draft.uuid}/new-version/")
    body = client.get(f"/koto/a/{draft.uuid}/check/").content.decode()
    for part in ("前の様式で入力した答え（送られません）", "金額", "12,000円", "お仕事"):
        assert part in body
    assert "様式が新しくなりました" not in client.get(f"/koto/a/{draft.uuid}/p/request/").content.decode()


def test_who_said_no_is_not_asked_again(at_home, procedure) -> None:
    client, draft = at_home
    published(procedure, new_form(add=JOB), drafts="ask", cases="finish")
    client.post(f"/koto/a/{draft.uuid}/new-version/", {"act": "stay"})
    body = client.get(f"/koto/a/{draft.uuid}/p/request/").content.decode()
    assert "様式が新しくなりました" not in body
    assert client.post(f"/koto/a/{draft.uuid}/check/").status_code == 302
    assert Application.objects.get().latest().version.number == 1


def test_what_was_looked_over_is_what_is_sent(at_home, procedure) -> None:
    client, draft = at_home
    page = f"/koto/a/{draft.uuid}/check/"
    seen = Application.objects.get().version_hash
    assert seen in client.get(page).content.decode()
    published(procedure, new_form(drop="amount"), drafts="migrate", cases="finish")
    response = client.post(page, {"version": seen})
    assert response.status_code == 409
    assert "様式が新しくなりました" in response.content.decode()
    assert Application.objects.get().is_draft
    assert client.post(page, {"version": Application.objects.get().version_hash}).status_code == 302


def test_who_sends_without_choosing_has_stayed(at_home, procedure) -> None:
    client, draft = at_home
    published(procedure, new_form(add=JOB), drafts="ask", cases="finish")
    assert client.post(f"/koto/a/{draft.uuid}/check/").status_code == 302
    filed = Application.objects.get()
    assert (filed.version.number, filed.switches.get().state) == (1, SwitchState.KEPT)
    assert any("第1版のまま" in event.title for event in desk_events(filed))


def test_an_answer_of_another_type_is_shown_and_not_sent(at_home, procedure) -> None:
    client, draft = at_home
    published(procedure, new_form(amount={"type": "date", "amendable": False}), drafts="migrate", cases="finish")
    body = client.get(f"/koto/a/{draft.uuid}/check/").content.decode()
    assert "前の様式で入力した答え" in body
    assert "12,000円" in body
    assert client.get(f"/koto/a/{draft.uuid}/p/request/").status_code == 200


# -- from the draft of a form to the people -------------------------------------------------------------------------------------------------


def test_the_whole_way_from_the_studio(division, clerk) -> None:
    notices = {one: {"title": words("結果"), "body": words("決まりました")} for one in ("granted", "refused")}
    told = {"privacy": words("審査のため"), "criteria": words("要件"), "outcomes": list(notices), "notice_texts": notices}
    procedure = make_procedure(**told)
    keep_example(procedure=procedure, name="例", on=date(2026, 11, 20), answers=ANSWERS, expect="clean", by=None)
    designer, other = make_member("designer", division).user, make_member("ict").user
    draft, case = make_draft(procedure, AGAIN), accept(application=make_filed(procedure), by=clerk.user)
    form = open_draft(procedure=procedure, by=designer)
    change_draft(
        draft=form, changes=[{"do": "set", "at": "question:before_on", "key": "required", "value": "soft"}], edition=0, by=designer
    )
    form.refresh_from_db()
    approve_review(review=ask_review(draft=form, edition=1, by=designer), by=other)
    assert publishing_tasks(draft=form).is_ready
    ways = {"meaning": {"drafts": "ask", "cases": "migrate"}, "wording": {"drafts": "migrate", "cases": "migrate"}}
    publish_draft(draft=form, edition=1, ways=ways, by=other)
    run_tasks()
    draft.refresh_from_db()
    case.refresh_from_db()
    assert (draft.version.number, draft.switches.get().state, draft.switches.get().level) == (1, SwitchState.WAITING, "meaning")
    assert (case.version.number, case.switches.get().level) == (2, "wording")  # the change does not touch it


def test_what_is_too_much_to_count_is_said(procedure, monkeypatch) -> None:
    monkeypatch.setattr("madoguchi.applications.batches.MOST_LOOKED_AT", 2)
    for _number in range(3):
        make_draft(procedure, AGAIN)
    found = UnderWay().impact(procedure, load(new_form(before_on={"required": False})))
    assert (found.all, found.touched, found.left) == ((2, 0), (2, 0), 1)
