"""The ways: a mail server of our own that refuses, carriers' addresses, letters that are made once."""

from __future__ import annotations

import hashlib
import smtplib
from dataclasses import replace

import pytest
from django.core import checks
from django.core.files.storage import default_storage

from madoguchi.jobs.tests.make import run_tasks
from madoguchi.lib.errors import BackendError
from madoguchi.notices import actions
from madoguchi.notices.backends import Email, QuotingSmtp, Stub, channels
from madoguchi.notices.backends.mail import quoted
from madoguchi.notices.models import Notice, NoticeState, Recipient
from madoguchi.notices.tests.make import BY_MAIL, BY_POST, make_notice
from madoguchi.notices.tests.smtp import mail_server


@pytest.fixture
def smtp(settings):
    """Settings of an installation; call with the server's port."""

    def use(port: int) -> None:
        settings.EMAIL_BACKEND = "madoguchi.notices.backends.QuotingSmtp"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port

    return use


@pytest.fixture
def files(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("hanako@example.jp", "hanako@example.jp"),
        ("foo..bar@docomo.ne.jp", '"foo..bar"@docomo.ne.jp'),
        ("foo.@ezweb.ne.jp", '"foo."@ezweb.ne.jp'),
        (".foo@ezweb.ne.jp", '".foo"@ezweb.ne.jp'),
        ('"foo..bar"@docomo.ne.jp', '"foo..bar"@docomo.ne.jp'),
    ],
)
def test_carriers_addresses_are_quoted_on_the_wire(division, smtp, address, wire):
    assert quoted(address) == wire
    notice = make_notice(division, to=Recipient(name="", email=address))
    with mail_server() as post:
        smtp(post.port)
        Email(sender="madoguchi@city.example.jp").deliver(notice)
    assert post.recipients == [f"TO:<{wire}>"]
    assert f"To: {wire}" in post.messages[0]


def test_the_mail_itself(division, smtp):
    notice = make_notice(division, to=BY_MAIL)
    with mail_server() as post:
        smtp(post.port)
        Email(sender="madoguchi@city.example.jp").deliver(notice)
    head, _, body = post.messages[0].partition("\r\n\r\n")
    assert "Auto-Submitted: auto-generated" in head
    assert f"Message-ID: <{notice.uuid}@city.example.jp>" in head
    assert "<madoguchi@city.example.jp>" in head
    assert "text/plain" in head
    assert body


@pytest.mark.parametrize(
    ("answers", "temporary", "words"),
    [
        ({"rcpt": "550 no such user"}, False, "550 no such user"),
        ({"rcpt": "452 mailbox full"}, True, "452"),
        ({"mail": "451 come back later"}, True, "451"),
        ({"mail": "553 sender refused"}, False, "553"),
        ({"data": "554 spam"}, False, "554"),
        ({"data": "421 closing"}, True, "421"),
    ],
)
def test_what_the_server_says_decides(division, smtp, answers, temporary, words):
    notice = make_notice(division)
    with mail_server(**answers) as post:
        smtp(post.port)
        with pytest.raises(BackendError, match=words) as caught:
            Email().deliver(notice)
    assert caught.value.temporary is temporary


def test_no_server_is_temporary(division, smtp):
    notice = make_notice(division)
    with mail_server() as post:
        pass
    smtp(post.port)
    with pytest.raises(BackendError) as caught:
        Email().deliver(notice)
    assert caught.value.temporary


def test_ssl_keeps_djangos_connection(settings):
    assert QuotingSmtp(use_ssl=True).connection_class is smtplib.SMTP_SSL


def test_a_letter_is_made_once_and_kept_with_its_hash(division, files):
    notice = make_notice(division, "applications/decided", to=BY_POST, document={"title": "決定通知書", "body": ["決めました。"]})
    run_tasks()
    notice = Notice.objects.get(pk=notice.pk)
    assert notice.state == NoticeState.PRINT
    content = actions.document_pdf(notice)
    assert content.startswith(b"%PDF")
    assert hashlib.sha256(content).hexdigest() == notice.file_hash
    assert actions.document_pdf(notice) == content
    assert len(list(files.rglob("*.pdf"))) == 1
    with default_storage.open(notice.file, "wb") as file:
        file.write(b"%PDF-changed")
    with pytest.raises(BackendError) as caught:
        actions.document_pdf(notice)
    assert not caught.value.temporary


def test_two_that_want_the_letter_at_once_get_the_same(division, files):
    notice = make_notice(division, "applications/decided", to=BY_POST, document={"title": "決定通知書"})
    late = Notice.objects.get(pk=notice.pk)
    content = actions.document_pdf(notice)
    assert actions.document_pdf(late) == content
    assert late.file == notice.file
    assert len(list(files.rglob("*.pdf"))) == 1


def test_who_is_told_by_mail_gets_the_same_paper_from_the_page(division, files):
    notice = make_notice(division, "applications/decided", to=BY_MAIL, document={"title": "決定通知書"})
    run_tasks()
    assert actions.document_pdf(Notice.objects.get(pk=notice.pk)).startswith(b"%PDF")


def test_the_print_run_and_the_post(division, chief, files):
    first, second = (make_notice(division, "applications/decided", to=BY_POST, document={"title": "決定通知書"}) for _ in range(2))
    run_tasks()
    late = make_notice(division, "applications/decided", to=BY_POST, document={"title": "決定通知書"})
    run = list(Notice.objects.to_print())
    assert run == [first, second]
    assert actions.print_run(run).startswith(b"%PDF")
    run_tasks()
    assert actions.posted(run, by=chief.user) == 2
    assert actions.posted(run, by=chief.user) == 0
    assert list(Notice.objects.to_print()) == [late]
    first = Notice.objects.get(pk=first.pk)
    assert first.state == NoticeState.SENT
    assert first.file_hash in first.deliveries.get().answer


def test_a_letter_for_a_new_address_is_made_anew(division, chief, files):
    notice = make_notice(division, "applications/decided", to=BY_POST, document={"title": "決定通知書"})
    run_tasks()
    actions.posted([notice], by=chief.user)
    actions.returned(notice, by=chief.user)
    actions.resend(notice, by=chief.user, postal="135-0016", address="江東区東陽1-1-1")
    run_tasks()
    notice = Notice.objects.get(pk=notice.pk)
    assert notice.state == NoticeState.PRINT
    assert len(list(files.rglob("*.pdf"))) == 2


def test_settings_name_the_ways(settings):
    assert set(channels) == {"email", "post"}
    settings.NOTICE_CHANNELS = {"email": {"BACKEND": "madoguchi.notices.backends.Nothing"}}
    assert [problem.id for problem in channels.problems()] == ["madoguchi.E001"]
    settings.NOTICE_CHANNELS = {"email": {"BACKEND": "madoguchi.notices.backends.Stub", "OPTIONS": {"failing": "no"}}}
    assert isinstance(channels["email"], Stub)


def test_an_installation_without_a_mail_server_is_warned(settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "madoguchi.notices.backends.QuotingSmtp", ""
    ids = [problem.id for problem in checks.run_checks()]
    assert "madoguchi.W101" not in ids
    settings.TESTING = False
    assert "madoguchi.W101" in [problem.id for problem in checks.run_checks()]
    settings.EMAIL_HOST = "mail.example.jp"
    assert "madoguchi.W101" not in [problem.id for problem in checks.run_checks()]


def test_who_has_no_mail_gets_the_same_words_as_a_letter(division, files):
    notice = make_notice(division, "applications/correction", to=replace(BY_POST, language="en"), values={"due": "2026-04-01"})
    document = notice.document
    assert document["title"].startswith("直していただきたい")
    assert document["division"] == division.name
    assert document["translation"]["language"] == "en"
    assert "このメール" not in "".join(document["body"])
    run_tasks()
    assert actions.document_pdf(Notice.objects.get(pk=notice.pk)).startswith(b"%PDF")


def test_what_the_printer_cannot_write_is_told_to_the_desk(division, files):
    notice = make_notice(division, "applications/decided", to=replace(BY_POST, name="𠮷野 花子"), document={"title": "決定通知書"})
    run_tasks()
    assert Notice.objects.get(pk=notice.pk).missing == ["U+20BB7"]
