"""Life events from the guide to the status page: asked once, filed together, each to its own division. Library procedures, real pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django_scopes import scope

from madoguchi.accounts.tests.make import make_division, make_municipality
from madoguchi.applications.models import Application, FilingBundle, Reuse, State
from madoguchi.lib.tests.boxes import form_with, posted, words
from madoguchi.procedures.actions import adopt, library_entries
from tests import filler

pytestmark = pytest.mark.django_db
GUIDE = "/koto/life/shussei/guide/"
NAME = {"family": "見本", "given": "花子", "family_kana": "ミホン", "given_kana": "ハナコ"}
HOME = {"postal": "135-0016", "prefecture": "東京都", "city": "江東区", "town": "東陽", "block": "4-11-28", "building": ""}
COMMON = {"applicant_name": NAME, "applicant_birth": "1990-04-15", "applicant_address": HOME, "applicant_phone": "03-5555-0101"}
ENTRIES = {entry.id: entry for entry in library_entries()}


def answers(procedure: str) -> dict[str, Any]:
    """Those of the first clean example, with the common ones in place of its own."""
    found = next(one for one in ENTRIES[procedure].examples if one["expect"] == "clean")["answers"]
    same = {"name": NAME, "birth": "1990-04-15", "address": HOME, "phone": "03-5555-0101"}
    return {**found, **{key: value for key, value in same.items() if key in found}}


@pytest.fixture
def koto(db):
    municipality = make_municipality("koto", "江東区", "Koto City", code="131083")
    with scope(municipality=municipality):
        for code, name in (("kosodate", "こども家庭支援課"), ("kokuho", "医療保険課"), ("kumin", "区民課")):
            make_division(code, name, code.title())
        for one in ("jido-teate-nintei", "kokuho-kanyu"):
            adopt(one, by=None)
        yield municipality


def begin(client: Client, *, agree: str = "yes", chosen: tuple[str, ...] = ("jido-teate-nintei", "kokuho-kanyu")) -> FilingBundle:
    page = client.get(GUIDE)
    form = form_with(page, name="a:which")
    page = client.post(GUIDE, posted(form, **{"a:which": "first", "a:public": "no", "a:insurance": "kokuho"}), follow=True)
    form = form_with(page, name="member")
    assert sorted(form.values("member")) == ["jido-teate-nintei", "kokuho-kanyu"]
    response = client.post(form.action, posted(form, member=list(chosen), agree=agree))
    assert response.status_code == 302, words(response)
    return FilingBundle.objects.get(uuid=response["Location"].split("/")[3])


def common(client: Client, filing: FilingBundle, **changes: Any) -> Any:
    address = client.get(f"/koto/b/{filing.uuid}/next/")["Location"]
    assert address == f"/koto/b/{filing.uuid}/common/you/"
    page = client.get(address)
    given = {**COMMON, **changes}
    boxes = {f"a:{path}:{part}": text for path, value in given.items() if isinstance(value, dict) for part, text in value.items()}
    boxes |= {f"a:{path}": value for path, value in given.items() if isinstance(value, str)}
    return client.post(address, posted(form_with(page, button="next"), "next", **boxes))


def walk_on(client: Client, filing: FilingBundle) -> str:
    """Answer form after form until nothing is left to ask; gives where the last page led."""
    address = client.get(f"/koto/b/{filing.uuid}/next/")["Location"]
    for _ in range(4):
        if "/a/" not in address:
            return address
        application = Application.objects.get(uuid=address.split("/")[3])
        end = filler.fill(client, application, answers(application.procedure.slug))
        assert end == f"/koto/b/{filing.uuid}/next/", end
        address = client.get(end)["Location"]
    raise AssertionError(address)


def test_asked_once_filed_together(koto, client):
    filing = begin(client)
    response = common(client, filing)
    assert response["Location"] == f"/koto/b/{filing.uuid}/next/", words(response)
    assert walk_on(client, filing) == f"/koto/b/{filing.uuid}/check/"
    check = client.get(f"/koto/b/{filing.uuid}/check/")
    assert words(check).count("共通の質問の答えから写しました。") >= 8
    sent = client.post(f"/koto/b/{filing.uuid}/check/", follow=True)
    assert "2件の手続きが、それぞれの担当の課に届きました。" in words(sent)
    filed = list(Application.objects.filed())
    assert {one.division.code for one in filed} == {"kosodate", "kokuho"}
    assert all(one.number in words(sent) for one in filed)
