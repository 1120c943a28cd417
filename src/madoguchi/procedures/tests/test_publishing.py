"""Versions are made once and never change; opening, closing, hiding."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django_scopes import scope
from django_scopes.exceptions import ScopeError

from madoguchi.accounts.actions import verify_chain
from madoguchi.accounts.models import AuditEntry
from madoguchi.accounts.tests.make import make_division
from madoguchi.engines.forms import document_hash
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import close, hide, propose, publish, reopen, show
from madoguchi.procedures.models import Procedure, ProcedureVersion
from madoguchi.procedures.tests.make import form, make_procedure, words

DAY = date(2026, 11, 20)


def with_extra(**keys) -> dict:
    document = form()
    document["pages"][0]["questions"].append({"id": "remarks", "type": "text", "label": words("備考", "Remarks"), **keys})
    return document


def test_the_first_version(division, chief) -> None:
    procedure = make_procedure(division, by=chief.user)
    version = procedure.current
    assert (version.number, version.hash, version.by) == (1, document_hash(form()), chief.user)
    assert version.form.question("name").required is True
    entry = AuditEntry.objects.get(verb="procedures.publish")
    assert (entry.on_id, entry.division, entry.details["number"]) == (str(version.pk), division, 1)
    assert verify_chain().broken_at is None


@pytest.mark.parametrize(
    ("document", "change"),
    [
        (form(title=words("別の題")), "wording"),
        (with_extra(), "addition"),
        (with_extra(required=True), "meaning"),
    ],
)
def test_the_comparison_decides_the_class(division, document, change) -> None:
    procedure = make_procedure(division)
    assert propose(procedure=procedure, document=document).change == change
    version = publish(procedure=procedure, document=document, by=None, note="直しました")
    assert (version.number, version.change, version.note) == (2, change, "直しました")
    procedure.refresh_from_db()
    assert procedure.current == version


def test_a_lighter_class_is_refused_and_a_heavier_one_stands(division) -> None:
    procedure = make_procedure(division)
    with pytest.raises(Refused) as refused:
        publish(procedure=procedure, document=with_extra(required=True), by=None, change="wording")
    assert refused.value.code == "change_class"
    assert publish(procedure=procedure, document=with_extra(), by=None, change="meaning").change == "meaning"


def test_a_faulty_document_names_the_place(division) -> None:
    procedure = make_procedure(division)
    document = form()
    document["pages"][0]["questions"][0]["type"] = "nothing"
    with pytest.raises(Refused) as refused:
        publish(procedure=procedure, document=document, by=None)
    assert refused.value.code == "faulty"
    assert "pages[0].questions[0].type" in str(refused.value)
    assert ProcedureVersion.objects.count() == 1


def test_the_same_document_and_another_procedures_form_are_refused(division) -> None:
    procedure = make_procedure(division)
    for document, code in ((form(), "same_document"), (form("cat"), "other_form")):
        with pytest.raises(Refused) as refused:
            publish(procedure=procedure, document=document, by=None)
        assert refused.value.code == code


def test_an_id_that_was_given_up_never_comes_back(division) -> None:
    procedure = make_procedure(division)
    publish(procedure=procedure, document=with_extra(), by=None)
    publish(procedure=procedure, document=form(title=words("三版")), by=None)
    with pytest.raises(Refused) as refused:
        publish(procedure=procedure, document=with_extra(hint=words("戻した")), by=None)
    assert (refused.value.code, refused.value.details["ids"]) == ("id_again", ["remarks"])


def test_an_id_that_the_first_version_retired_cannot_be_used(division) -> None:
    procedure = make_procedure(division, document=form(retired=["remarks"]))
    with pytest.raises(Refused) as refused:
        publish(procedure=procedure, document=with_extra(), by=None)
    assert refused.value.code == "id_again"


def test_a_version_can_neither_be_changed_nor_deleted(division) -> None:
    version = make_procedure(division).current
    for change in (
        lambda rows: rows.update(document={}),
        lambda rows: rows.update(hash="0" * 64),
        lambda rows: rows._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(ProcedureVersion.objects.filter(pk=version.pk))


def test_opening_and_closing(division, chief) -> None:
    procedure = make_procedure(division)
    assert procedure.opening(DAY) == "open"
    reopen(procedure=procedure, opens_on=date(2026, 12, 1), closes_on=date(2026, 12, 20), by=chief.user)
    assert [procedure.opening(day) for day in (DAY, date(2026, 12, 1), date(2026, 12, 21))] == ["not_yet", "open", "closed"]
    assert procedure.closes_soon(date(2026, 12, 1))
    assert list(Procedure.objects.closing_soon(date(2026, 12, 10))) == [procedure]
    close(procedure=procedure, last_day=DAY, by=chief.user)
    procedure.refresh_from_db()
    assert (procedure.opens_on, procedure.closes_on) == (DAY, DAY)
    with pytest.raises(Refused):
        reopen(procedure=procedure, opens_on=date(2026, 12, 2), closes_on=date(2026, 12, 1), by=chief.user)
    assert AuditEntry.objects.filter(verb__in=["procedures.reopen", "procedures.close"], by=chief.user).count() == 2


def test_hidden_procedures_are_not_public(division, chief) -> None:
    procedure = make_procedure(division)
    make_procedure(division, "cat", published=False)
    assert list(Procedure.objects.public()) == [procedure]
    hide(procedure=procedure, by=chief.user)
    assert not Procedure.objects.public().exists()
    show(procedure=procedure, by=chief.user)
    assert Procedure.objects.public().get().is_hidden is False


def test_a_municipality_does_not_see_anothers(division, municipality, other_municipality) -> None:
    make_procedure(division)
    with scope(municipality=other_municipality):
        assert not Procedure.objects.exists()
        assert not ProcedureVersion.objects.exists()
        make_procedure(make_division("eisei", "生活衛生課", "Health"))
        assert Procedure.objects.count() == 1
        with pytest.raises(IntegrityError), transaction.atomic():
            Procedure.objects.update(division=division)


def test_nothing_is_read_outside_a_scope(municipality) -> None:
    with pytest.raises(ScopeError):
        Procedure.objects.count()
