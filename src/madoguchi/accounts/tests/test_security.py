"""What somebody with bad intentions tries at the doors: guessing, planting, flooding, tampering."""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from madoguchi.accounts import urls, views
from madoguchi.accounts.actions import addresses, check_code, people, record, resident_for, send_code, sign_in_staff, take_on
from madoguchi.accounts.models import AuditEntry, EmailCode, Membership, User
from madoguchi.accounts.tests.make import PASSWORD, make_division, make_member
from madoguchi.lib.errors import Refused

pytestmark = pytest.mark.django_db
HERE, VICTIM = "192.0.2.1", "hanako@example.jp"


@pytest.fixture(autouse=True)
def nothing_counted():
    cache.clear()


def code_of(act, *args, **options) -> str:
    with pytest.raises(Refused) as caught:
        act(*args, **options)
    return caught.value.code


def guess(number: int) -> str:
    """One wrong code for a fresh mail, from an address of its own."""
    EmailCode.objects.all().delete()
    code = send_code(email=VICTIM, purpose="sign-in", address=f"198.51.100.{number % 250}")
    wrong = "000000" if code.digits != "000000" else "000001"
    return code_of(check_code, id=code.id, digits=wrong, purpose="sign-in", address=f"198.51.100.{number % 250}")


# -- codes ---------------------------------------------------------------------------------------------------------------


def test_codes_of_an_account_cannot_be_guessed_all_year(monkeypatch):
    monkeypatch.setattr(addresses, "CODES_PER_EMAIL", addresses.Limit("test-codes", 1000, 60))
    resident_for(email=VICTIM)
    assert {guess(number) for number in range(addresses.WRONG_PER_ACCOUNT.count)} == {"code_wrong"}
    assert guess(0) == "code_resting"
    code = send_code(email=VICTIM, purpose="sign-in", address=HERE)
    assert code_of(check_code, id=code.id, digits=code.digits, purpose="sign-in", address=HERE) == "code_resting", (
        "the mail's link still opens"
    )


def test_strangers_tries_keep_nobody_from_a_first_account(monkeypatch):
    monkeypatch.setattr(addresses, "CODES_PER_EMAIL", addresses.Limit("test-codes", 1000, 60))
    assert {guess(number) for number in range(addresses.WRONG_PER_ACCOUNT.count + 1)} == {"code_wrong"}


def test_one_place_does_not_guess_at_everybody(monkeypatch):
    monkeypatch.setattr(addresses, "WRONG_PER_ADDRESS", addresses.Limit("test-wrong", 3, 3600))
    for number in range(3):
        code = send_code(email=f"r{number}@example.jp", purpose="sign-in", address=HERE)
        assert code_of(check_code, id=code.id, digits="x", purpose="sign-in", address=HERE) == "code_wrong"
    code = send_code(email=VICTIM, purpose="sign-in", address=HERE)
    assert code_of(check_code, id=code.id, digits=code.digits, purpose="sign-in", address=HERE) == "code_resting"
    assert check_code(id=code.id, digits=code.digits, purpose="sign-in", address="192.0.2.2") == VICTIM


def test_a_code_is_for_its_purpose_and_for_once():
    code = send_code(email=VICTIM, purpose="news", address=HERE)
    assert code_of(check_code, id=code.id, digits=code.digits, purpose="sign-in") == "code_over"
    assert check_code(id=code.id, digits=code.digits, purpose="news") == VICTIM
    assert code_of(check_code, id=code.id, digits=code.digits, purpose="news") == "code_over"


def test_capital_letters_make_no_second_person_and_no_second_count():
    assert resident_for(email="Hanako@example.jp") == resident_for(email="hanako@example.jp")
    for spelling in ("hanako@", "Hanako@", "HANAKO@", "hAnako@", "haNako@"):
        send_code(email=f"{spelling}example.jp", purpose="sign-in", address=HERE)
    assert code_of(send_code, email="hanAko@example.jp", purpose="sign-in", address=HERE) == "too_many"


# -- staff ---------------------------------------------------------------------------------------------------------------


def test_one_password_at_many_names(monkeypatch, in_scope):
    monkeypatch.setattr(people, "SIGN_INS_FROM", people.Limit("test-from", 5, 900))
    make_member("clerk", make_division(), username="clerk")
    tried = [code_of(sign_in_staff, username=f"name{number}", password="x", address=HERE) for number in range(6)]
    assert tried == ["wrong"] * 5 + ["too_many"]
    assert sign_in_staff(username="clerk", password=PASSWORD, address="192.0.2.2").username == "clerk"


def test_staff_cannot_be_called_like_a_resident(in_scope):
    assert code_of(take_on, username="r-tanaka", name="架空 太郎", role="clerk", division=make_division(), email=VICTIM) == "username_taken"


def test_a_role_that_ended_opens_nothing_from_that_moment(client, in_scope):
    member = make_member("clerk", make_division())
    assert client.post("/sign-in/desk/", {"username": member.user.username, "password": PASSWORD}).status_code == 302
    assert client.get("/koto/desk/").status_code == 200
    Membership.objects.filter(pk=member.pk).update(until=timezone.localdate() - timedelta(days=1))
    assert client.get("/koto/desk/").status_code == 404
    User.objects.filter(pk=member.user_id).update(is_active=False)
    assert client.get("/koto/desk/").status_code == 302


def test_signing_in_gives_a_new_session_and_signing_out_ends_it_at_the_server(client, in_scope):
    member = make_member("clerk", make_division())
    client.get("/sign-in/desk/")
    client.cookies["madoguchi_desk"] = planted = "a" * 32
    client.post("/sign-in/desk/", {"username": member.user.username, "password": PASSWORD})
    mine = client.cookies["madoguchi_desk"]
    assert mine.value != planted
    assert (mine["httponly"], mine["samesite"]) == (True, "Lax")
    thief = Client()
    thief.cookies["madoguchi_desk"] = mine.value
    assert thief.get("/koto/desk/").status_code == 200
    client.post("/sign-in/desk/out/")
    assert thief.get("/koto/desk/").status_code == 302


def test_the_residents_host_has_no_door_for_staff(settings, rf):
    try:
        settings.SERVE = "resident"
        names = {each.name for each in importlib.reload(urls).shared}
        assert names == {"home", "language", "health"}
    finally:
        settings.SERVE = "all"
        assert "desk_sign_in" in {each.name for each in importlib.reload(urls).shared}


def test_passwords_of_a_form_that_was_too_late_are_not_repeated(rf):
    for name in ("password", "old", "new", "phrase", "code"):
        assert views.typed_here(rf.post("/", {name: "secret", "other": "x"}, headers={"sec-fetch-site": "same-origin"})) == []
    assert views.typed_here(rf.post("/", {"other": "x"}, headers={"sec-fetch-site": "cross-site"})) == []
    assert views.typed_here(rf.post("/", {"other": "x"}, headers={"sec-fetch-site": "same-origin"})) == [("other", "x")]


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "/\\evil.example", "https:evil.example", "https:///evil.example", "javascript:alert(1)", "\t//evil.example",
     "\\\\evil.example", "http://testserver@evil.example", " //evil.example", "/\t/evil.example"],
)  # fmt: skip
def test_next_leads_nowhere_else(client, in_scope, wanted):
    member = make_member("clerk", make_division())
    assert client.post("/language/", {"language": "en", "next": wanted})["Location"] == "/"
    typed = {"username": member.user.username, "password": PASSWORD, "next": wanted}
    assert client.post("/sign-in/desk/", typed)["Location"] == "/koto/desk/"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "place", ["/", "/nowhere/", "/koto/nowhere/", "/koto/", "/koto/desk/", "/sign-in/desk/", "/health", "/language/", "/static/no"]
)
def test_every_answer_has_its_headers(in_scope, method, place):
    answer = getattr(Client(enforce_csrf_checks=True), method)(place)
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


# -- the record ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="REPLACE and rowid are SQLite's")
@pytest.mark.parametrize("sql", ["REPLACE INTO accounts_auditentry ({names}) SELECT {changed} FROM accounts_auditentry",
                                 "UPDATE OR REPLACE accounts_auditentry SET verb = 'forged'",
                                 "UPDATE accounts_auditentry SET rowid = 99999"])  # fmt: skip
def test_the_record_is_not_replaced_past_its_guard(in_scope, sql):
    record("accounts.test", by=None)
    names = [field.column for field in AuditEntry._meta.local_concrete_fields]
    parts = {"names": ", ".join(names), "changed": ", ".join("'forged'" if name == "verb" else name for name in names)}
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(**parts))
    assert not AuditEntry.objects.filter(verb="forged").exists()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no TRUNCATE")
def test_the_record_is_not_emptied_past_its_guard(in_scope):
    record("accounts.test", by=None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_auditentry CASCADE")
    assert AuditEntry.objects.exists()
