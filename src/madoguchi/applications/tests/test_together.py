"""Filing together, act by act, with two small forms: where each stands, who opens what, what stays when something changes."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError
from django.test import Client

from madoguchi.accounts.models import AuditEntry
from madoguchi.accounts.tests.make import make_division
from madoguchi.applications.actions import (
    bundling,
    carry_common,
    look_up,
    looking,
    renew_phrase,
    standings,
    start,
    start_bundle,
    submit_bundle,
    suggestions,
    sweep_filings,
)
from madoguchi.applications.models import Application, FilingBundle, Reuse
from madoguchi.applications.tests.make import ANSWERS, CHILDREN, FORM, TWO_CHILDREN, make_filed, make_procedure, words
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import close, offered_bundle

pytestmark = pytest.mark.django_db
FIRST, SECOND = "jido-teate-nintei", "kodomo-iryo"
COMMON = {f"applicant_{key}": ANSWERS[own] for key, own in (("name", "name"), ("birth", "birth"), ("address", "home"), ("email", "email"))}
# Where nobody has said anything yet, the form would end on its second page.
ENDS = {
    **FORM,
    "pages": [
        FORM["pages"][0],
        {
            "id": "nobody",
            "ends": "not_eligible",
            "show_if": {"not": [{"any": ["child", True]}]},
            "title": words("対象ではありません"),
            "questions": [{"id": "why", "type": "information", "label": words("対象ではありません")}],
        },
    ],
}
ENDS["pages"].insert(1, {**CHILDREN["pages"][-1], "repeat": {**CHILDREN["pages"][-1]["repeat"], "min": 0}})


@pytest.fixture
def offered(division, monkeypatch):
    monkeypatch.setattr(looking, "MAX_DELAY_SECONDS", 0.0)
    make_procedure(FIRST, form=FORM, division=division, name=words("届一"))
    make_procedure(SECOND, form=FORM, division=make_division("kokuho", "医療保険課", "Insurance"), name=words("届二"))
    return offered_bundle("shussei")


def begun(offered, *, agreed: bool = True) -> FilingBundle:
    """Two drafts of which the common questions are answered."""
    made = start_bundle(offered=offered, chosen=[FIRST, SECOND], agreed=agreed)
    made.filing.phrase = made.phrase
    if agreed:
        made.filing.values = COMMON
        made.filing.save()
        carry_common(filing=made.filing)
    return made.filing


def finish(application: Application) -> None:
    draft = application.draft()
    draft.values = {**draft.values, "kind": "new", "reason": "試験のため", "proof": {"files": [], "later": True}}
    draft.pages_done = [page.id for page in application.version.form.pages]
    draft.save()


def members(filing: FilingBundle) -> list[Application]:
    return [one.application for one in filing.members.select_related("application__procedure")]


def test_what_is_common_is_in_both_and_its_page_is_passed(offered):
    filing = begun(offered)
    for one in members(filing):
        draft = one.draft()
        read = {**{key: ANSWERS[key] for key in ("name", "birth", "email")}, "home": {**ANSWERS["home"], "building": ""}}
        assert draft.values == read, "as the boxes of that form would have been read"
        assert draft.pages_done == ["you"], "nothing is left to ask there"
        assert set(one.reuses.get().marks) == {"name", "birth", "home", "email"}
    assert carry_common(filing=filing) == 8, "again is the same"
    assert Reuse.objects.count() == 2
    assert AuditEntry.objects.filter(verb="applications.carry_common").last().details == {"answers": 8}


def test_without_consent_nothing_is_common(offered):
    filing = begun(offered, agreed=False)
    assert (filing.document, filing.agreed_at) == (None, None)
    assert carry_common(filing=filing) == 0
    assert [one.draft().values for one in members(filing)] == [{}, {}]


def test_one_that_breaks_down_takes_nothing_from_the_other(offered, monkeypatch):
    filing = begun(offered)
    first, second = members(filing)
    for one in (first, second):
        finish(one)
    submit = bundling.submit

    def breaks(*, application, by=None):
        if application.pk == first.pk:
            raise DatabaseError("the disk is full")
        return submit(application=application, by=by)

    monkeypatch.setattr(bundling, "submit", breaks)
    after = submit_bundle(filing=filing)
    assert [one.state for one in after] == ["ready", "sent"]
    assert "いまは送れませんでした。" in after[0].member.trouble
    monkeypatch.setattr(bundling, "submit", submit)
    again = submit_bundle(filing=filing)
    assert [(one.state, one.member.trouble) for one in again] == [("sent", ""), ("sent", "")]
    numbers = [one.number for one in members(filing)]
    submit_bundle(filing=filing)
    assert [one.number for one in members(filing)] == numbers
    assert len(set(numbers)) == 2


def test_nothing_ready_is_refused_and_nothing_chosen_too(offered):
    with pytest.raises(Refused) as refused:
        submit_bundle(filing=begun(offered))
    assert refused.value.code == "nothing_ready"
    with pytest.raises(Refused) as refused:
        start_bundle(offered=offered, chosen=["shussei-todoke", "nobody"], agreed=True)
    assert refused.value.code == "nothing_chosen"
    close(procedure=offered.members[1].procedure, last_day=date(2020, 1, 1), by=None)
    made = start_bundle(offered=offered_bundle("shussei"), chosen=[FIRST, SECOND], agreed=True)
    assert [one.procedure.slug for one in made.filing.members.all()] == [SECOND], "what is closed does not begin"


def test_a_form_that_would_end_is_not_over_before_somebody_came_there(offered, division):
    made = start_bundle(offered=offered, chosen=[FIRST, SECOND], agreed=False)
    first = members(made.filing)[0]
    version = type(first.version).objects.create(procedure=first.procedure, number=2, document={**ENDS, "id": FIRST}, hash="e" * 64)
    Application.objects.filter(pk=first.pk).update(version=version, version_hash=version.hash)
    assert standings(filing=made.filing)[0].state == "todo"
    draft = first.draft()
    draft.values, draft.pages_done = dict(ANSWERS), ["you", "children"]
    draft.save()
    assert standings(filing=made.filing)[0].state == "ended"


def test_number_and_phrase_of_the_whole_open_what_still_has_it(offered, clerk):
    filing = begun(offered)
    first, second = members(filing)
    assert look_up(number=filing.resume_code, phrase=filing.phrase, address="192.0.2.1") == filing
    assert look_up(number=first.resume_code, phrase=filing.phrase, address="192.0.2.1") == first
    renew_phrase(application=second, by=clerk.user)
    client = Client()
    response = client.post("/koto/status/", {"number": filing.resume_code, "phrase": filing.phrase})
    assert response["Location"] == f"/koto/b/{filing.uuid}/"
    assert client.get(f"/koto/b/{filing.uuid}/").status_code == 200
    assert client.get(f"/koto/a/{first.uuid}/").status_code == 302
    assert "/p/" in client.get(f"/koto/a/{first.uuid}/")["Location"]
    assert client.get(f"/koto/a/{second.uuid}/")["Location"] == "/koto/status/?over=1", "whoever knew the old phrase is cut off"
    with pytest.raises(Refused):
        look_up(number=filing.resume_code, phrase="さくら-さくら-さくら-さくら", address="192.0.2.1")


def test_what_was_answered_in_common_does_not_outlive_the_drafts(offered):
    filing = begun(offered)
    assert sweep_filings() == 0
    for one in members(filing):
        finish(one)
    submit_bundle(filing=filing)
    filing.refresh_from_db()
    assert (filing.values, filing.typed, filing.is_asking) == ({}, {}, False)
    assert sweep_filings() == 0
    client = Client()
    client.post("/koto/status/", {"number": filing.resume_code, "phrase": filing.phrase})
    page = client.get(f"/koto/b/{filing.uuid}/common/you/")
    assert page["Location"] == f"/koto/b/{filing.uuid}/", "nothing is asked any more"


def test_rows_of_one_earlier_application_are_never_mixed_with_anothers(division, resident):
    procedure = make_procedure("test", form=with_concepts(), division=division)
    older = {**TWO_CHILDREN, "child": TWO_CHILDREN["child"][:1]}
    for answers in (older, TWO_CHILDREN):
        make_filed(procedure, answers, resident=resident)
    draft = begin(make_procedure("other", form=with_concepts(), division=division), resident)
    found = suggestions(application=draft, resident=resident)
    assert {one.offer.path for one in found if one.offer.question.repeat} == {
        f"child[{row}].{name}" for row in ("r1", "r2") for name in ("child_name", "child_birth")
    }
    assert len({one.source.pk for one in found}) == 1, "the newest has them all"


def with_concepts():
    last = CHILDREN["pages"][-1]
    concepts = {"child_name": "child.name", "child_birth": "child.birth"}
    return {
        **CHILDREN,
        "pages": [*CHILDREN["pages"][:-1], {**last, "questions": [{**one, "concept": concepts[one["id"]]} for one in last["questions"]]}],
    }


def begin(procedure, resident):
    return start(procedure=procedure, resident=resident).application
