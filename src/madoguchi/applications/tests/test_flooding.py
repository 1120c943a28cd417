"""Much of everything, and numbers that are none."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from madoguchi.applications.models import Feedback
from madoguchi.applications.tests.desk import DESK, at, sign_in
from madoguchi.applications.tests.make import make_filed, make_procedure
from madoguchi.applications.views import account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted():
    cache.clear()


def test_opinions_that_can_never_be_deleted_do_not_fill_the_disk(client, in_scope, monkeypatch):
    monkeypatch.setattr(account, "FEEDBACKS", account.Limit("test-feedback", 2, 900))
    codes = [client.post("/koto/feedback/", {"score": "5", "end": "sent"}).status_code for _ in range(3)]
    assert codes == [200, 200, 409]
    assert Feedback.objects.count() == 2


@pytest.mark.parametrize("wanted", ["²", "1" * 30, "-1", "x,,", "１"])
def test_numbers_that_are_none(client, division, clerk, wanted):
    filed, desk = make_filed(make_procedure()), sign_in(client, clerk)
    for address in (f"{DESK}letters/letters.pdf?ids={wanted}", f"{DESK}?procedure={wanted}&assignee={wanted}&page={wanted}&sort={wanted}&tab={wanted}",
                    f"{DESK}notices/?state={wanted}&page={wanted}", at(filed, f"revisions/?old={wanted}&new={wanted}")):  # fmt: skip
        assert desk.get(address).status_code in (200, 409, 422), address
