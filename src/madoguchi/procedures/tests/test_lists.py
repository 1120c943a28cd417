"""Code lists of a municipality, and the country's banks."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django_scopes import scope
from django_scopes.exceptions import ScopeError

from madoguchi.accounts.models import AuditEntry
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import lists, publish_code_list
from madoguchi.procedures.models import CodeList
from madoguchi.procedures.tests.make import ENTRIES, make_code_list, words


def test_the_newest_version_counts(in_scope) -> None:
    make_code_list()
    assert lists().get("nurseries", "a1").facts == {"baby": True}
    newer = make_code_list(version="2", entries=[*ENTRIES, {"id": "a3", "label": words("豊洲保育園")}])
    assert lists().get("nurseries", "a3").label["ja"] == "豊洲保育園"
    assert lists().version("nurseries") == ("2", newer.hash)
    assert lists().get("nurseries", "a9") is None
    assert lists().version("unknown") is None
    assert list(lists().search("unknown", "x", 5)) == []


@pytest.mark.parametrize("typed", ["かめいど", "カメイド", "亀戸", "亀戸保有園", "kameido nursery"])
def test_searching_forgives(in_scope, typed) -> None:
    make_code_list()
    assert [entry.id for entry in lists().search("nurseries", typed, 5)] == ["a2"]


def test_one_question_to_the_database_for_each_list(in_scope, django_assert_num_queries) -> None:
    make_code_list()
    lists().get("nurseries", "a1")
    with django_assert_num_queries(1):
        known = lists()
        for _ in range(50):
            known.get("nurseries", "a1")
            known.search("nurseries", "東陽", 5)
            known.version("nurseries")


def test_the_same_content_makes_no_version(in_scope) -> None:
    first = make_code_list()
    assert make_code_list(version="2").pk == first.pk
    with pytest.raises(Refused) as refused:
        make_code_list(version="1", entries=ENTRIES[:1])
    assert refused.value.code == "code_list_version_taken"
    assert AuditEntry.objects.filter(verb="procedures.publish_code_list").count() == 1


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("banks", ENTRIES),
        ("Nurseries!", ENTRIES),
        ("x", [ENTRIES[0], ENTRIES[0]]),
        ("x", [{"id": "", "label": words("名")}]),
        ("x", [{"id": "1", "label": {"en": "only"}}]),
    ],
)
def test_unsound_lists_are_refused(in_scope, name, entries) -> None:
    with pytest.raises(Refused):
        publish_code_list(name=name, version="1", entries=entries, by=None)


def test_lists_of_another_municipality_are_not_seen(municipality, other_municipality) -> None:
    with scope(municipality=municipality):
        make_code_list()
    with scope(municipality=other_municipality):
        assert lists().version("nurseries") is None
        assert lists().get("nurseries", "a1") is None
    with pytest.raises(ScopeError):
        lists().get("nurseries", "a1")


def test_a_published_list_cannot_be_changed(in_scope) -> None:
    row = make_code_list()
    with pytest.raises(IntegrityError), transaction.atomic():
        CodeList.objects.filter(pk=row.pk).update(entries=[])
    with pytest.raises(IntegrityError), transaction.atomic():
        CodeList.objects.filter(pk=row.pk).delete()


# -- banks ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "bank"),
    [
        ("みずほ", "0001"),
        ("みずほ銀行", "0001"),
        ("ゆうちょ銀行", "9900"),
        ("三菱UFJ", "0005"),
        ("ミツビシユーエフジェイ", "0005"),
        ("東京東信金", "1320"),
        ("東京東信用金庫", "1320"),
    ],
)
def test_banks_as_people_say_them(typed, bank) -> None:
    assert lists().search("banks", typed, 5)[0].id == bank


@pytest.mark.parametrize("typed", ["亀戸", "亀戸支店", "かめいど", "カメイド"])
def test_branches_as_people_say_them(typed) -> None:
    assert [entry.label["ja"] for entry in lists().search("bank-branches:0001", typed, 5)] == ["亀戸"]


def test_banks_know_their_version_and_unknown_ones_are_empty() -> None:
    version, hash_ = lists().version("banks")
    assert version
    assert len(hash_) == 64
    for name in ("bank-branches:9999", "bank-branches:../../banks", "bank-branches:", "bank-branches:００01"):
        assert lists().version(name) is None
        assert lists().get(name, "001") is None
