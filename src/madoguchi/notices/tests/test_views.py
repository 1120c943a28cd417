"""The outbox, the letters and the demo's mailbox."""

from __future__ import annotations

import pytest
from django_scopes import scope

from madoguchi.accounts.tests.make import make_division, make_member
from madoguchi.jobs.tests.make import run_tasks
from madoguchi.notices.models import Mail, Notice, NoticeState
from madoguchi.notices.tests.make import BY_POST, NOWHERE, make_notice


@pytest.fixture
def sign_in(client):
    def use(member):
        client.force_login(member.user)
        client.cookies["madoguchi_desk"] = client.cookies["sessionid"].value
        return client

    return use


@pytest.fixture
def at_desk(sign_in, clerk):
    return sign_in(clerk)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }


def letter(division) -> Notice:
    return make_notice(division, "applications/decided", to=BY_POST, document={"title": "決定通知書", "body": ["決めました。"]})


def test_what_did_not_arrive_stands_first(at_desk, division):
    make_notice(division, "applications/correction", to=NOWHERE)
    make_notice(division)
    run_tasks()
    page = at_desk.get("/koto/desk/notices/").content.decode()
    assert page.index("直していただきたい") < page.index("届きました（")
    page = at_desk.get("/koto/desk/notices/?state=undelivered").content.decode()
    assert "届きました（" not in page
    assert "直していただきたい" in page
    assert at_desk.get("/koto/desk/notices/?state=nonsense&page=x").status_code == 200


def test_another_divisions_notices_are_not_there(at_desk, division):
    other = make_notice(make_division("zei", "課税課", "Tax"))
    assert "届きました（" not in at_desk.get("/koto/desk/notices/").content.decode()
    for tail in ("", "letter.pdf"):
        assert at_desk.get(f"/koto/desk/notices/{other.uuid}/{tail}").status_code == 404
    assert at_desk.post(f"/koto/desk/notices/{other.uuid}/resend/").status_code == 404


def test_the_notice_and_its_ledger(at_desk, division):
    notice = make_notice(division)
    run_tasks()
    page = at_desk.get(f"/koto/desk/notices/{notice.uuid}/").content.decode()
    for words in ("江東 花子", "hanako@example.jp", "見本の郵便受けに入れました", "犬の登録", "もう一度送る"):
        assert words in page


def test_the_ict_section_sees_that_it_failed_but_not_who_it_is(sign_in, division):
    notice = letter(division)
    mail = make_notice(division)
    run_tasks()
    client = sign_in(make_member("ict"))
    pages = "".join(client.get(f"/koto/desk/notices/{tail}").content.decode() for tail in ("", f"{mail.uuid}/", f"{notice.uuid}/"))
    assert "h***@example.jp" in pages
    for personal in ("花子", "hanako@example.jp", "東陽"):
        assert personal not in pages
    assert client.get(f"/koto/desk/notices/{notice.uuid}/letter.pdf").status_code == 404
    assert client.get("/koto/desk/letters/").status_code == 404


def test_resend_reads_the_address_as_residents_type_it(at_desk, division):
    notice = make_notice(division, "applications/correction", to=NOWHERE)
    page = at_desk.post(f"/koto/desk/notices/{notice.uuid}/resend/", {"email": "hanako"})
    assert page.status_code == 400
    assert "メールアドレスを確かめてください" in page.content.decode()
    assert at_desk.post(f"/koto/desk/notices/{notice.uuid}/resend/", {}).status_code == 409
    at_desk.post(f"/koto/desk/notices/{notice.uuid}/resend/", {"email": "ｆｏｏ..bar@docomo.ne.jp"})
    run_tasks()
    assert Mail.objects.get().to == "foo..bar@docomo.ne.jp"


def test_returned(at_desk, division):
    notice = make_notice(division)
    run_tasks()
    page = at_desk.post(f"/koto/desk/notices/{notice.uuid}/returned/", follow=True).content.decode()
    assert "届きませんでした" in page


def test_letters_are_printed_and_posted_as_shown(at_desk, division):
    assert "印刷を待っている通知はありません" in at_desk.get("/koto/desk/letters/").content.decode()
    notice = letter(division)
    run_tasks()
    page = at_desk.get("/koto/desk/letters/").content.decode()
    assert f'value="{notice.pk}"' in page
    late = letter(division)
    run_tasks()
    pdf = at_desk.get(f"/koto/desk/letters/letters.pdf?ids={notice.pk}")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    at_desk.post("/koto/desk/letters/posted/", {"ids": str(notice.pk)})
    assert list(Notice.objects.values_list("state", flat=True).order_by("pk")) == [NoticeState.SENT, NoticeState.PRINT]
    assert list(Notice.objects.to_print()) == [late]
    assert at_desk.get("/koto/desk/letters/letters.pdf?ids=x,999").status_code == 409


def test_the_demos_mailbox_shows_every_mail_and_letter(client, division, other_municipality):
    make_notice(division)
    notice = letter(division)
    run_tasks()
    with scope(municipality=other_municipality):
        make_notice(make_division("zei", "課税課", "Tax"), "applications/accepted")
        run_tasks()
    page = client.get("/mailbox/").content.decode()
    for words in ("届きました（", "受け付けました（", "結果のお知らせ", "みどり野市"):
        assert words in page
    with scope(municipality=division.municipality):
        mail = Mail.objects.get()
    page = client.get(f"/mailbox/mail/{mail.pk}/").content.decode()
    assert 'href="http://localhost:8000/koto/status/"' in page
    assert client.get(f"/mailbox/letter/{notice.uuid}/").content.startswith(b"%PDF")
    assert "届きました（" not in client.get("/mailbox/?to=nobody").content.decode()


def test_what_stands_in_a_mail_is_escaped(client, division):
    make_notice(division, values={"procedure": "<script>alert(1)</script>"})
    run_tasks()
    page = client.get(f"/mailbox/mail/{Mail.objects.get().pk}/").content.decode()
    assert "<script>alert" not in page


def test_an_installation_has_no_mailbox(client, division, settings):
    make_notice(division)
    run_tasks()
    settings.TESTING = settings.DEMO = False
    for path in ("/mailbox/", f"/mailbox/mail/{Mail.objects.get().pk}/", f"/mailbox/letter/{Notice.objects.get().uuid}/"):
        assert client.get(path).status_code == 404
