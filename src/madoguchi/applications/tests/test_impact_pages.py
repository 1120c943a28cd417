"""A version is published while somebody fills in the one before: what they see, and the whole way from the studio to them."""

from __future__ import annotations

from datetime import date

import pytest

from madoguchi.accounts.tests.make import make_member
from madoguchi.applications.actions import (
    accept,
)
from madoguchi.applications.models import Application, SwitchState
from madoguchi.applications.models.desk_story import desk_events
from madoguchi.applications.tests.make import ANSWERS, make_draft, make_filed, make_procedure, words
from madoguchi.applications.tests.published import AGAIN, JOB, new_form, published
from madoguchi.jobs.tests.make import run_tasks
from madoguchi.procedures.actions import (
    approve_review,
    ask_review,
    change_draft,
    keep_example,
    open_draft,
    publish_draft,
    publishing_tasks,
)


@pytest.fixture
def procedure(division):
    return make_procedure(amend_until_days=30)


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
