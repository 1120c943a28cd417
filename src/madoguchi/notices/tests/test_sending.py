"""Telling somebody something: by the right way, once, again when it failed, never what was recalled."""

from __future__ import annotations

import datetime
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.template import TemplateDoesNotExist
from django.utils import timezone
from django_scopes import scope
from django_tasks_db.models import DBTaskResult

from madoguchi.accounts.models import AuditEntry
from madoguchi.jobs.tests.make import run_tasks
from madoguchi.lib.errors import Refused
from madoguchi.notices import actions
from madoguchi.notices.actions.writing import KINDS
from madoguchi.notices.backends import channels
from madoguchi.notices.models import MAX_ATTEMPTS, Delivery, Mail, Notice, NoticeState
from madoguchi.notices.tasks import deliver
from madoguchi.notices.tests.make import BY_MAIL, BY_POST, NOWHERE, make_notice

STUB = "madoguchi.notices.backends.Stub"


def again(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


def run_deliver(notice: Notice) -> None:
    deliver.call(municipality=notice.municipality_id, notice=notice.pk)


@pytest.fixture
def user(chief):
    return chief.user


@pytest.fixture
def failing(settings):
    """Every mail fails for now; `.failing` = "" lets it through."""
    settings.NOTICE_CHANNELS = {**settings.NOTICE_CHANNELS, "email": {"BACKEND": STUB, "OPTIONS": {"failing": "451 busy"}}}
    return channels["email"]


def test_notify_sends_after_the_commit_of_its_act(division):
    notice = make_notice(division)
    assert notice.state == NoticeState.WAITING
    assert not Mail.objects.exists()
    run_tasks()
    notice = again(notice)
    assert (notice.state, notice.attempts, notice.next_try_at) == (NoticeState.SENT, 1, None)
    assert notice.sent_at
    mail = Mail.objects.get()
    assert (mail.to, mail.subject) == ("hanako@example.jp", "届きました（受付番号 K7-2041-3）")
    assert notice.deliveries.get().arrived


def test_a_rollback_takes_the_notice_along(division):
    with transaction.atomic():
        make_notice(division)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_delivered_twice_it_goes_once(division):
    notice = make_notice(division)
    run_deliver(notice)
    run_deliver(notice)
    run_tasks()
    assert Mail.objects.count() == Delivery.objects.count() == 1


def test_an_attempt_at_work_is_left_alone_until_its_lease_ends(division):
    notice = make_notice(division)
    Notice.objects.update(attempts=1, next_try_at=timezone.now() + timedelta(minutes=9))
    run_tasks()
    assert not Mail.objects.exists()
    assert actions.try_again() == 0
    Notice.objects.update(next_try_at=timezone.now() - timedelta(seconds=1), queued_at=None)
    assert actions.try_again() == 1
    assert actions.try_again() == 0
    run_tasks()
    assert Mail.objects.count() == 1
    assert again(notice).attempts == 2


def test_a_temporary_failure_is_tried_again_after_a_doubled_wait(division, failing):
    notice = make_notice(division)
    waits = []
    for _ in range(MAX_ATTEMPTS):
        before = timezone.now()
        run_tasks()
        notice = again(notice)
        if notice.next_try_at:
            waits.append(round((notice.next_try_at - before).total_seconds() / 60))
        Notice.objects.filter(state=NoticeState.WAITING).update(next_try_at=timezone.now())
        actions.try_again()
    assert waits == [1, 2, 4, 8, 16]
    assert (notice.state, notice.attempts) == (NoticeState.FAILED, MAX_ATTEMPTS)
    assert list(notice.deliveries.values_list("arrived", "answer")) == [(False, "451 busy")] * MAX_ATTEMPTS
    assert run_tasks() == 0


def test_it_arrives_once_the_server_is_back(division, failing):
    notice = make_notice(division)
    run_tasks()
    failing.failing = ""
    Notice.objects.update(next_try_at=timezone.now())
    actions.try_again()
    run_tasks()
    assert again(notice).state == NoticeState.SENT
    assert failing.sent == [str(notice.uuid)]
    assert list(notice.deliveries.values_list("arrived", flat=True)) == [False, True]


def test_a_permanent_failure_is_not_tried_again(division, failing):
    failing.failing, failing.temporary = "550 no such user", False
    notice = make_notice(division)
    run_tasks()
    assert (again(notice).state, again(notice).next_try_at) == (NoticeState.FAILED, None)
    assert Notice.objects.failed().count() == 1


def test_workers_that_die_with_it_end_in_a_failure(division):
    notice = make_notice(division)
    Notice.objects.update(attempts=MAX_ATTEMPTS, next_try_at=timezone.now(), queued_at=None)
    run_tasks()
    assert again(notice).state == NoticeState.FAILED
    assert not Mail.objects.exists()


def test_a_lost_task_is_made_again(division):
    make_notice(division)
    DBTaskResult.objects.all().delete()
    assert actions.try_again() == 0
    Notice.objects.update(queued_at=timezone.now() - timedelta(minutes=11))
    assert actions.try_again() == 1
    run_tasks()
    assert Mail.objects.count() == 1


@pytest.mark.parametrize(
    ("to", "template", "document", "expected"),
    [
        (BY_MAIL, "applications/receipt", None, ("email", "waiting")),
        (BY_MAIL, "applications/decided", {"title": "決定"}, ("email", "waiting")),
        (replace(BY_MAIL, channel="post"), "applications/decided", {"title": "決定"}, ("post", "waiting")),
        (replace(BY_MAIL, channel="post", address=""), "applications/decided", {"title": "決定"}, ("post", "unreachable")),
        (BY_POST, "applications/decided", {"title": "決定"}, ("post", "waiting")),
        (BY_POST, "applications/receipt", {"title": "控え"}, ("post", "waiting")),
        (BY_POST, "applications/correction", None, ("post", "waiting")),
        (BY_POST, "applications/receipt", None, ("", "skipped")),
        (replace(BY_POST, channel="email"), "applications/correction", None, ("post", "waiting")),
        (NOWHERE, "applications/correction", None, ("post", "unreachable")),
        (NOWHERE, "applications/accepted", None, ("", "skipped")),
    ],
)
def test_the_way(division, to, template, document, expected):
    notice = make_notice(division, template, to=to, document=document)
    assert (notice.channel, notice.state) == expected


def test_held_until_released(division, user):
    notice = make_notice(division, "applications/decided", hold=True)
    assert notice.state == NoticeState.HELD
    assert run_tasks() == 0
    assert actions.release(notice, by=user) == 1
    assert actions.release(notice, by=user) == 0
    run_tasks()
    assert Mail.objects.count() == 1
    with pytest.raises(Refused):
        actions.recall(notice, by=user)


def test_many_are_released_at_once(division, user):
    for _ in range(3):
        make_notice(division, hold=True)
    assert actions.release(Notice.objects.all(), by=user) == 3
    run_tasks()
    assert Mail.objects.count() == 3
    assert AuditEntry.objects.filter(verb="notices.release").count() == 3


def test_a_recalled_one_never_leaves(division, user):
    notice = make_notice(division, hold=True)
    actions.recall(notice, by=user)
    assert actions.release(Notice.objects.all(), by=user) == 0
    assert run_tasks() == 0
    assert again(notice).state == NoticeState.RECALLED


def test_resend_to_a_corrected_address(division, user, failing):
    failing.failing, failing.temporary = "550 no such user", False
    notice = make_notice(division)
    with pytest.raises(Refused):
        actions.resend(notice, by=user)
    run_tasks()
    failing.failing = ""
    actions.resend(again(notice), by=user, email="hanako@example.com")
    run_tasks()
    assert (again(notice).state, again(notice).email) == (NoticeState.SENT, "hanako@example.com")
    entry = AuditEntry.objects.get(verb="notices.resend")
    assert entry.details == {"channel": "email", "new_address": True}


def test_resend_to_who_had_no_address(division, user):
    notice = make_notice(division, "applications/correction", to=NOWHERE)
    with pytest.raises(Refused):
        actions.resend(notice, by=user)
    actions.resend(notice, by=user, email="hanako@example.jp")
    run_tasks()
    assert Mail.objects.count() == 1


def test_what_came_back_counts_as_failed(division, user):
    notice = make_notice(division)
    with pytest.raises(Refused):
        actions.returned(notice, by=user)
    run_tasks()
    actions.returned(notice, by=user)
    assert again(notice).is_failed
    assert list(notice.deliveries.values_list("arrived", flat=True)) == [True, False]


# -- words ---------------------------------------------------------------------------------------------------------------

VALUES = {
    "procedure": {"ja": "犬の登録", "en": "Dog registration"},
    "number": "K7-2041-3",
    "address": "/koto/status/",
    "until": datetime.date(2026, 4, 1),
    "due": "2026-04-01",
    "digits": "012345",
}


@pytest.mark.parametrize("language", ["ja", "plain", "ja-plain", "en", "fr"])
@pytest.mark.parametrize("template", sorted(KINDS))
def test_every_template_in_every_language_names_nobody(division, template, language):
    to = replace(BY_MAIL, language=language)
    notice = make_notice(division, template, to=to, values=VALUES)
    assert notice.language in ("ja", "ja-plain", "en")
    whole = f"{notice.subject}\n{notice.text}"
    assert notice.subject
    assert "\n" not in notice.subject
    for personal in (to.name, to.email, to.address):
        assert personal not in whole
    assert "{{" not in whole
    assert "\n\n\n" not in whole
    assert division.phone in whole


def test_days_texts_and_addresses_are_put_into_the_readers_language(division):
    notice = make_notice(division, "applications/correction", to=replace(BY_MAIL, language="en"), values=VALUES)
    assert "Dog registration" in notice.body
    assert "Wed 1 April 2026" in notice.body
    assert "http://localhost:8000/koto/status/" in notice.body
    assert "Child and Family Support Section" in notice.body
    notice = make_notice(division, "applications/correction", values=VALUES)
    assert "2026年4月1日（水）" in notice.body
    assert "&" not in make_notice(division, values={"procedure": "犬 & 猫 <登録>"}).body.replace("犬 & 猫 <登録>", "")


def test_a_notice_takes_no_value_that_could_be_personal(division):
    with pytest.raises(TypeError, match="name"):
        make_notice(division, values={"name": "江東 花子"})
    with pytest.raises(TemplateDoesNotExist):
        make_notice(division, "applications/nothing")


def test_a_secret_lies_encrypted_until_it_is_sent_and_nowhere_after(division, user):
    notice = make_notice(division, "accounts/code", values={"digits": "012345"})
    assert "012345" not in notice.body
    assert "●●●●●●" in notice.body
    assert b"012345" not in bytes(again(notice).sealed)
    assert "012345" in again(notice).text
    run_tasks()
    notice = again(notice)
    assert "012345" in Mail.objects.get().body
    assert notice.sealed is None
    assert "012345" not in notice.text
    with pytest.raises(Refused):
        actions.resend(notice, by=user)


def test_a_secret_that_was_given_up_is_forgotten(division, failing):
    failing.temporary = False
    notice = make_notice(division, "accounts/link", values={"address": "/sign-in/abc/"})
    run_tasks()
    assert (again(notice).state, again(notice).sealed) == (NoticeState.FAILED, None)


def test_a_code_overtakes_other_mail(division):
    make_notice(division, "applications/accepted")
    make_notice(division, "accounts/code", values={"digits": "012345"})
    first = DBTaskResult.objects.ready().first()
    assert first.priority == 50


# -- rows ----------------------------------------------------------------------------------------------------------------


def test_the_ledger_cannot_be_changed(division):
    make_notice(division)
    run_tasks()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(arrived=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.all().delete()


def test_two_municipalities_see_their_own(division, other_municipality):
    make_notice(division)
    with scope(municipality=other_municipality):
        assert not Notice.objects.exists()
        assert actions.try_again() == 0
