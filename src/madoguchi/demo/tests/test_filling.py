"""A small city, filled once: everything that the desk and the residents rely on holds in it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from itertools import pairwise

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone
from django_scopes import scope

from madoguchi.accounts.actions import open_municipality, sign_in_staff, verify_chain
from madoguchi.accounts.models import AuditEntry, Municipality, User
from madoguchi.applications.actions import look_up
from madoguchi.applications.models import (
    Amendment,
    Application,
    Attachment,
    Correction,
    Decision,
    Feedback,
    FilingBundle,
    IssuedDocument,
    State,
)
from madoguchi.demo import people, personas
from madoguchi.demo.filling import Filling, _shares, fill
from madoguchi.demo.replaying import replay_year
from madoguchi.lib import dbguards
from madoguchi.lib.errors import Refused
from madoguchi.notices.models import Mail, Notice
from madoguchi.nursery.models import Candidate, Household, Round
from madoguchi.procedures.actions import offered, public_facts
from madoguchi.procedures.models import (
    InventoryCount,
    InventoryEntry,
    InventoryRound,
    OperatingCost,
    Procedure,
    ProcedureVersion,
    PublicStanding,
    beside,
    history_figure,
    missing,
)

SIZE, CHILDREN, WAITING = 36, 16, 8
pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.django_db]  # the mark also has the database made when these run alone


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[tuple[Filling]]:
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": str(tmp_path_factory.mktemp("files")), "base_url": None}}
    with django_db_blocker.unblock(), override_settings(STORAGES=storages), transaction.atomic():
        filling = fill(size=SIZE, children=CHILDREN, waiting=WAITING)
        yield (filling,)
        transaction.set_rollback(True)


@pytest.fixture
def koto(city) -> Iterator[Filling]:
    with scope(municipality=city[0].cities["koto"].municipality):
        yield city[0]


def test_every_application_was_made(city):
    (filling,) = city
    assert filling.skipped == 0
    assert len(filling.cases) == SIZE
    assert all(case.application is not None for case in filling.cases)


def test_every_procedure_that_has_a_weight_was_filed(koto):
    filed = set(Application.objects.filed().values_list("procedure__slug", flat=True))
    assert filed == set(people.data("city")["weights"])  # those that people of the demo use; the others are there to be tried
    assert filed <= set(Procedure.objects.values_list("slug", flat=True))


def test_every_state_occurs(koto):
    assert set(Application.objects.values_list("state", flat=True)) == set(State.values)
    assert Correction.objects.filter(state="answered").exists()
    assert Amendment.objects.exclude(arrived_at=None).exists()
    assert "granted" in set(Decision.objects.values_list("outcome", flat=True))


def test_two_children_one_place(koto):
    decided = Application.objects.filter(procedure__slug="hoiku-riyo", state=State.DECIDED)
    assert all(subject.state != "open" for application in decided for subject in application.subjects.all())


def test_everything_is_in_the_past_and_in_order(koto):
    now = timezone.now()
    for application in Application.objects.filed():
        moments = [application.started_at, application.arrived_at, application.accepted_at, application.decided_at]
        known = [moment for moment in moments if moment is not None]
        assert known == sorted(known)
        assert known[-1] <= now
    assert Application.objects.filed().filter(arrived_at__lt=now - timedelta(days=60)).exists()
    times = list(AuditEntry.objects.order_by("seq").values_list("at", flat=True))
    assert times == sorted(times)


def test_chains_and_guards_hold(city):
    for municipality in Municipality.objects.all():
        with scope(municipality=municipality):
            assert verify_chain().broken_at is None
    assert not any(dbguards.compare(connection).values())


def test_everything_is_said_to_be_invented(city):
    assert Municipality.objects.count() == 5
    assert not Municipality.objects.filter(is_invented=False).exists()


def test_personas_sign_in(city):
    facts = people.data("city")
    for persona in facts["personas"]:
        user = sign_in_staff(username=persona["username"], password=facts["password"], address="127.0.0.1")
        assert user.name == persona["name"]
    assert User.objects.filter(username="hoiku-chief").exists()


def test_numbers_and_passphrases_open_their_cases(koto):
    found = personas.sign_ins(koto.cases, koto.families)
    states = [row["state"] for row in found["look_up"]]
    assert states[:2] == ["correcting", "decided"]
    assert "nursery: waitlisted" in states[2:]
    for row in found["look_up"]:
        with scope(municipality=koto.cities["koto"].municipality):
            application = look_up(number=row["number"], phrase=row["phrase"], address="127.0.0.1")
            assert application.number == row["number"]


def test_another_municipality_sees_nothing_of_it(city):
    (filling,) = city
    row = personas.sign_ins(filling.cases)["look_up"][0]
    with scope(municipality=filling.cities["midori"].municipality):
        assert 0 < Application.objects.count() < 10
        assert Procedure.objects.count() == 5
        with pytest.raises(Refused):
            look_up(number=row["number"], phrase=row["phrase"], address="127.0.0.1")
        document = Procedure.objects.get(slug="kokuho-kanyu").current.document
        assert "江東" not in str(document)
        assert "みどり野市" in str(document)


def test_the_resident_persona_has_something_of_everything(koto):
    hanako = User.objects.get(email="hanako@example.jp")
    mine = Application.objects.filter(resident=hanako)
    assert sorted(mine.values_list("state", flat=True)) == ["accepted", "correcting", "decided", "draft", "submitted", "submitted"]
    assert any(application.messages.filter(from_desk=True).exists() for application in mine)
    assert set(mine.filed().values_list("applicant_name", flat=True)) == {"見本 花子"}


def test_the_resident_persona_filed_two_together(koto):
    filing = FilingBundle.objects.get()
    members = [one.application for one in filing.members.all()]
    assert {one.state for one in members} == {"submitted"}
    assert len({one.division for one in members}) == 2
    assert all(one.reuses.get().marks for one in members)
    assert (filing.values, filing.is_asking) == ({}, False)


def test_a_procedure_has_a_second_version(koto):
    version = ProcedureVersion.objects.get(number=2)
    assert version.procedure.slug == "jido-teate-nintei"
    assert version.form.has("contact_time")


def test_mails_stand_in_the_mailbox_under_their_own_day(koto):
    assert Mail.objects.filter(notice__template="applications/receipt", at__lt=timezone.now() - timedelta(days=20)).exists()
    assert not Notice.objects.filter(channel="email", state="waiting").exists()
    assert IssuedDocument.objects.filter(file="").exists()  # papers are the worker's


def test_files_are_real(koto):
    for attachment in Attachment.objects.all()[:5]:
        assert attachment.kind in ("pdf", "jpeg", "png")
        assert attachment.size > 300


def test_opinions_were_given(koto):
    assert Feedback.objects.exclude(words="").count() > 10
    assert Feedback.objects.filter(by_staff=True).exists()


def test_rounds_are_open_now(koto):
    for slug in people.data("city")["rounds"]:
        assert Procedure.objects.get(slug=slug).is_open(timezone.localdate())


@pytest.mark.parametrize("size", [30, 60, 300])
def test_each_procedure_and_course_has_its_share(koto, size):
    pairs = _shares(koto, size - size // 15 - 6)
    assert {procedure for course, procedure in pairs if course != "draft"} == set(people.data("city")["weights"])
    assert len(pairs) == size - size // 15 - 6
    for course in ("draft", "submitted", "accepted", "correcting", "corrected", "amended", "decided", "withdrawn"):
        assert course in {name for name, _ in pairs}


def test_the_inventory_is_taken_and_a_survey_is_open(koto):
    survey = InventoryRound.objects.get()
    assert survey.is_open
    assert {reply.state for reply in survey.replies.all()} == {"waiting", "answered", "approved"}
    entries = InventoryEntry.objects.select_related("procedure", "rule")
    assert entries.count() > Procedure.objects.count() + 20  # what divisions named and nobody has a form of
    assert {entry.track for entry in entries if not entry.is_online} == {"A", "B"}
    assert Counter(entry.channel for entry in entries if entry.is_online) == {"own": 90, "pittari": 11}


def test_the_year_grew_from_eighteen_and_a_second_replay_changes_nothing(koto):
    entries = InventoryEntry.objects.select_related("procedure", "division")
    today = timezone.localdate()
    figure = history_figure(entries, today)
    year_ago = figure.labels.index(f"{today.replace(year=today.year - 1):%Y-%m}")
    grown = figure.series[0].values
    assert (grown[year_ago - 1], grown[-1]) == (18, 90 + 11)
    assert sorted(grown) == list(grown)
    assert min(after - before for before, after in pairwise(grown[year_ago - 1 :][:13])) > 0
    assert all(entry.procedure_id is None or entry.procedure.current_id for entry in entries if entry.is_online)
    before = [list(model.objects.order_by("pk").values()) for model in (InventoryEntry, InventoryCount, OperatingCost)]
    assert replay_year(by=None).changed == 0
    assert [list(model.objects.order_by("pk").values()) for model in (InventoryEntry, InventoryCount, OperatingCost)] == before
    online = sum(count.count for count in InventoryCount.objects.filter(channel="elsewhere"))
    assert 0 < online < sum(count.count for count in InventoryCount.objects.all())


def test_four_municipalities_stand_side_by_side(koto):
    shown = {row.municipality.slug: row.facts for row in PublicStanding.objects.select_related("municipality")}
    assert set(shown) == {"koto", "midori", "shiokaze", "soyokaze"}
    assert all(facts["population"] and facts["filings_online"] for facts in shown.values())
    rows = beside(koto.cities["koto"].municipality, public_facts(), timezone.now())
    assert len({row.share for row in rows}) == 4
    own = missing(koto.cities["koto"].municipality, list(InventoryEntry.objects.all()), Procedure.objects.all(), offered())
    assert [row.library for row in own if row.library] == ["ondanka-josei"]
    assert any(len(row.having) == 2 and not row.library for row in own)  # a form of their own, in two towns
    with scope(municipality=koto.cities["midori"].municipality):
        theirs = missing(koto.cities["midori"].municipality, list(InventoryEntry.objects.all()), Procedure.objects.all(), offered())
    assert sum(bool(row.library) for row in theirs) >= 8
    for slug in ("shiokaze", "soyokaze"):
        with scope(municipality=Municipality.objects.get(slug=slug)):
            assert "江東" not in str([version.document for version in ProcedureVersion.objects.all()])


def test_the_replay_is_only_for_what_is_invented(koto):
    said = StringIO()
    call_command("replay_year", municipality="koto", json=True, stdout=said)
    assert json.loads(said.getvalue())["before"] == 18
    for slug in ("nowhere", "joint"):
        with pytest.raises(CommandError, match="no municipality"):
            call_command("replay_year", municipality=slug)
    open_municipality(slug="real", name="本物市", name_en="Real City")
    with pytest.raises(CommandError, match="not invented"):
        call_command("replay_year", municipality="real")


def test_the_nursery_year_has_a_round_that_was_told_and_one_that_is_open(koto):
    first, second = Round.objects.order_by("pk")
    assert (first.state, second.state) == ("told", "open")
    assert Candidate.objects.filter(round=first).count() == CHILDREN
    assert not Candidate.objects.filter(round=first, state="applying").exists()
    waiting = Candidate.objects.filter(round=first, state__in=["waitlisted", "staying"])
    assert {row.carried_from_id for row in second.candidates.all()} - {None} == set(waiting.values_list("pk", flat=True))
    assert second.candidates.count() == max(waiting.count(), WAITING)
    assert not second.candidates.filter(scored_at=None).exists()
    late, complete = (Household.objects.filter(round=first, checked_at__isnull=one) for one in (True, False))
    assert all(one.missing and one.application.accepted_at > first.approved_at for one in late)
    assert all(not one.missing and one.application.accepted_at < first.approved_at for one in complete)
    assert late.exists()
    assert complete.exists()
