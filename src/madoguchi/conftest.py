"""People for every test: two municipalities, a division each, a resident, a clerk, a chief; and clean scopes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope


@pytest.fixture
def municipality(db):
    from madoguchi.accounts.tests.make import make_municipality

    return make_municipality("koto", "江東区", "Koto City", code="131083")


@pytest.fixture
def other_municipality(db):
    from madoguchi.accounts.tests.make import make_municipality

    return make_municipality("midori", "みどり野市", "Midorino City", code="999997", head="市長")


@pytest.fixture
def in_scope(municipality) -> Iterator[object]:
    with scope(municipality=municipality):
        yield municipality


@pytest.fixture
def division(in_scope):
    from madoguchi.accounts.tests.make import make_division

    return make_division("kosodate", "こども家庭支援課", "Child and Family Support Section")


@pytest.fixture
def resident(db):
    from madoguchi.accounts.actions import resident_for

    return resident_for(email="resident@example.jp")


@pytest.fixture
def clerk(division):
    from madoguchi.accounts.tests.make import make_member

    return make_member("clerk", division)


@pytest.fixture
def chief(division):
    from madoguchi.accounts.tests.make import make_member

    return make_member("chief", division)
