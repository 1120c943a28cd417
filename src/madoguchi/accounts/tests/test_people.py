"""Sign-in of staff, codes and links that prove an address, roles."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from madoguchi.accounts.actions import (
    check_code,
    consume_link,
    look_at_link,
    make_link,
    open_municipality,
    resident_for,
    send_code,
    sign_in_staff,
)
from madoguchi.accounts.models import Membership, Role, User
from madoguchi.accounts.models.people import PERMISSIONS
from madoguchi.accounts.tests.make import PASSWORD, make_member
from madoguchi.lib.errors import Refused


def test_staff_sign_in_with_any_case_and_blanks(clerk):
    assert sign_in_staff(username=" CLERK-kosodate ", password=PASSWORD, address="1") == clerk.user


@pytest.mark.parametrize(("username", "password"), [("clerk-kosodate", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_every_wrong_sign_in_gets_the_same_sentence(clerk, username, password):
    with pytest.raises(Refused) as refused:
        sign_in_staff(username=username, password=password, address="1")
    assert refused.value.code == "wrong"


def test_many_wrong_sign_ins_have_to_wait(clerk):
    for _ in range(10):
        with pytest.raises(Refused):
            sign_in_staff(username="clerk-kosodate", password="wrong", address="1")
    with pytest.raises(Refused) as refused:
        sign_in_staff(username="clerk-kosodate", password=PASSWORD, address="1")
    assert refused.value.code == "too_many"
    assert sign_in_staff(username="clerk-kosodate", password=PASSWORD, address="2") == clerk.user


def test_a_resident_is_no_staff(db):
    user = resident_for(email="a@example.jp")
    user.set_password(PASSWORD)
    user.save()
    with pytest.raises(Refused):
        sign_in_staff(username=user.username, password=PASSWORD, address="1")


def test_one_resident_per_proven_address(db):
    assert resident_for(email="a@example.jp") == resident_for(email="a@example.jp")
    assert User.objects.filter(email="a@example.jp").count() == 1


def test_a_membership_counts_from_its_day_to_its_end(division):
    membership = make_member("clerk", division)
    today = timezone.localdate()
    Membership.objects.filter(pk=membership.pk).update(since=today + timedelta(days=1))
    assert not Membership.objects.current().exists()
    Membership.objects.filter(pk=membership.pk).update(since=today, until=today)
    assert Membership.objects.current().exists()


def test_only_clerks_and_chiefs_open_cases():
    assert {role for role, held in PERMISSIONS.items() if "cases.read" in held} == {Role.CLERK, Role.CHIEF}


def test_a_code_proves_an_address_once(db):
    code = send_code(email="a@example.jp", purpose="sign-in", address="1")
    assert check_code(id=code.id, digits=code.digits, purpose="sign-in") == "a@example.jp"
    with pytest.raises(Refused) as refused:
        check_code(id=code.id, digits=code.digits, purpose="sign-in")
    assert refused.value.code == "code_over"


def test_a_code_dies_after_five_tries_and_after_fifteen_minutes(db):
    code = send_code(email="a@example.jp", purpose="sign-in", address="1")
    wrong = f"{(int(code.digits) + 1) % 1_000_000:06d}"
    for _ in range(5):
        with pytest.raises(Refused):
            check_code(id=code.id, digits=wrong, purpose="sign-in")
    with pytest.raises(Refused) as refused:
        check_code(id=code.id, digits=code.digits, purpose="sign-in")
    assert refused.value.code == "code_over"
    late = send_code(email="b@example.jp", purpose="sign-in", address="1")
    with time_machine.travel(timezone.now() + timedelta(minutes=16)), pytest.raises(Refused):
        check_code(id=late.id, digits=late.digits, purpose="sign-in")


def test_a_code_for_one_purpose_is_no_code_for_another(db):
    code = send_code(email="a@example.jp", purpose="sign-in", address="1")
    with pytest.raises(Refused):
        check_code(id=code.id, digits=code.digits, purpose="resume")


def test_a_link_survives_being_looked_at_and_is_used_once(db):
    token = make_link(email="a@example.jp", purpose="resume", target="x", lifetime=timedelta(days=7))
    assert look_at_link(token=token, purpose="resume") is not None
    assert look_at_link(token=token, purpose="resume") is not None
    assert consume_link(token=token, purpose="resume").target == "x"
    assert look_at_link(token=token, purpose="resume") is None
    with pytest.raises(Refused):
        consume_link(token=token, purpose="resume")


def test_nul_is_taken_out_of_what_is_sent_and_never_an_error(client, clerk):
    response = client.post("/sign-in/desk/", {"username": "clerk-kosodate\x00", "password": PASSWORD})
    assert response.status_code == 302
    assert client.get("/koto/search/?q=%00").status_code == 200
    assert client.get("/ko%00to/").status_code == 404


def test_a_password_is_changed_by_who_knows_it_and_must_be_good(client, clerk):
    page = "/sign-in/desk/self/"
    client.post("/sign-in/desk/", {"username": clerk.user.username, "password": PASSWORD})
    assert client.get(page).status_code == 200
    assert client.post(page, {"old": "wrong", "new": "a-much-better-passphrase"}).status_code == 422
    assert client.post(page, {"old": PASSWORD, "new": "short"}).status_code == 422
    assert client.post(page, {"old": PASSWORD, "new": "a-much-better-passphrase"}).status_code == 200
    assert sign_in_staff(username=clerk.user.username, password="a-much-better-passphrase", address="9") == clerk.user
    assert client.get(page).status_code == 200, "the session goes on"


def test_nobody_acts_with_anothers_membership(client, clerk, chief):
    client.post("/sign-in/desk/", {"username": clerk.user.username, "password": PASSWORD})
    assert client.post(f"/sign-in/desk/as/{chief.pk}/").status_code == 404
    assert client.post(f"/sign-in/desk/as/{clerk.pk}/").status_code == 302


def test_the_first_municipality_and_staff_by_command(db, capsys):
    call_command("open", "hana", "--name", "花町", "--name-en", "Hana Town", "--head", "町長", "--json")
    assert json.loads(capsys.readouterr().out)["address"] == "/hana/"
    call_command(
        "staff", "hana", "hana-clerk", "--name", "架空 太郎", "--role", "clerk", "--division", "kumin", "--division-name", "住民課"
    )
    password = capsys.readouterr().out.strip().rsplit(" ", 1)[1]
    assert sign_in_staff(username="hana-clerk", password=password, address="1").name == "架空 太郎"
    with pytest.raises(CommandError):
        call_command("open", "desk", "--name", "x", "--name-en", "x")
    with pytest.raises(CommandError):
        call_command("staff", "nowhere", "x", "--name", "x", "--role", "clerk")


def test_a_second_municipality_needs_postgresql_outside_the_demo(municipality, settings):
    settings.TESTING = settings.DEMO = False
    if connection.vendor == "sqlite":
        with pytest.raises(Refused) as refused:
            open_municipality(slug="two", name="2", name_en="2")
        assert refused.value.code == "needs_postgres"
    else:
        assert open_municipality(slug="two", name="2", name_en="2").pk
