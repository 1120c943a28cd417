"""Which pages people took, and that small groups are never told apart."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from madoguchi.accounts.tests.make import make_member
from madoguchi.applications.models import Application, taken_paths
from madoguchi.applications.models import paths as module
from madoguchi.applications.tests.desk import sign_in
from madoguchi.applications.tests.make import ANSWERS, FORM, make_draft, make_filed, make_procedure
from madoguchi.procedures.models import share_of

pytestmark = pytest.mark.django_db
AGAIN = {
    **FORM,
    "pages": [
        *FORM["pages"],
        {
            "id": "again",
            "title": {"ja": "前の申請", "plain": "前", "en": "Before"},
            "show_if": {"==": [{"var": "kind"}, "again"]},
            "questions": [{"id": "why", "type": "text", "label": {"ja": "わけ", "plain": "わけ", "en": "Why"}}],
        },
    ],
}


@pytest.fixture
def procedure(division):
    return make_procedure(form=AGAIN)


def filed(procedure, kind, number):
    answers = {**ANSWERS, "kind": kind} | ({"before_on": "2026-01-05"} if kind == "again" else {})
    return [make_filed(procedure, answers) for _ in range(number)]


def test_pages_that_counted_when_it_was_filed(procedure) -> None:
    filed(procedure, "new", 3)
    filed(procedure, "again", 2)
    taken = taken_paths(procedure.current)
    assert taken.filed == 5
    assert taken.pages == {"you": 5, "request": 5, "again": 2}


def test_what_was_counted_is_not_walked_again_and_the_rest_comes_bit_by_bit(procedure, monkeypatch, django_assert_max_num_queries) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    filed(procedure, "new", 5)
    assert [(one.filed, one.uncounted) for one in (taken_paths(procedure.current) for _ in range(4))] == [(2, 3), (4, 1), (5, 0), (5, 0)]
    filed(procedure, "again", 1)
    assert taken_paths(procedure.current).pages == {"you": 6, "request": 6, "again": 1}


def test_drafts_rest_at_the_page_after_the_last_one_done(procedure) -> None:
    for done in ([], ["you"], ["you"], ["you", "request", "again"]):
        draft = make_draft(procedure)
        row = draft.draft()
        row.pages_done = done
        row.save()
    make_draft(procedure)  # still at it
    old = timezone.now() - timedelta(days=2)
    Application.objects.filter(pk__in=Application.objects.order_by("pk").values("pk")[:4]).update(saved_at=old)
    taken = taken_paths(procedure.current)
    assert taken.drafts == 4
    assert taken.resting == {"you": 1, "request": 2, "again": 1}


@pytest.mark.parametrize(
    ("number", "whole", "kind", "per_cent"),
    [(0, 100, "few", None), (9, 100, "few", None), (10, 100, "number", 10), (91, 100, "all_but_few", None), (100, 100, "number", 100)],
)
def test_a_group_below_ten_is_not_told_neither_as_its_rest(number, whole, kind, per_cent) -> None:
    found = share_of(number, whole)
    assert (found.kind, found.per_cent) == (kind, per_cent)


def test_the_page_says_nothing_of_few_and_shares_of_many(client, procedure, division) -> None:
    sign_in(client, make_member("designer", division))
    where = "/koto/desk/procedures/test/versions/1/paths/"
    filed(procedure, "new", 9)
    page = client.get(where).content.decode()
    assert "10件より少ないため" in page
    assert "100%" not in page
    filed(procedure, "new", 1)
    filed(procedure, "again", 10)
    page = client.get(where).content.decode()
    assert "届いた申請20件" in page
    assert "100%（20人）" in page
    assert "50%（10人）" in page
    assert 'class="share"' in page
    assert where in client.get("/koto/desk/procedures/test/versions/1/").content.decode()


def test_each_version_has_its_own_picture(client, procedure, division) -> None:
    filed(procedure, "new", 1)
    other = make_procedure("other", form=FORM)
    assert taken_paths(other.current).filed == 0
