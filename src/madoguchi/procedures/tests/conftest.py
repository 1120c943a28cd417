"""People and a draft for the tests of this room's studio."""

from __future__ import annotations

import pytest

from madoguchi.accounts.tests.make import PASSWORD, make_member
from madoguchi.procedures.actions import open_draft
from madoguchi.procedures.tests.make import make_procedure


@pytest.fixture
def designer(division):
    return make_member("designer", division).user


@pytest.fixture
def other(division):
    return make_member("ict").user


@pytest.fixture
def dog(division):
    return make_procedure(division)


@pytest.fixture
def draft(dog, designer):
    return open_draft(procedure=dog, by=designer)


@pytest.fixture
def at_work(client, designer, draft):
    client.post("/sign-in/desk/", {"username": designer.username, "password": PASSWORD})
    return client
