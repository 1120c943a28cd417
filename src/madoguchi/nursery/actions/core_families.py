"""基幹システム: families that come from another system as a sheet, by a mapping file that the office keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.engines.placement.points import class_age
from madoguchi.lib.errors import Refused
from madoguchi.nursery.actions.facts import put_facts
from madoguchi.nursery.actions.rounds import locked
from madoguchi.nursery.models import Candidate, CoreLayout, Facility, Household, Round, Source
from madoguchi.nursery.models.core_layout import ChildRow, FamilyRows, problems_of, understood_core
from madoguchi.nursery.models.rulebook import rulebook_of


@transaction.atomic
def save_layout(*, document: Any, name: str, by: User) -> CoreLayout:
    """Keep a mapping file; the newest counts, earlier ones stay readable. Raises Refused, saying what is wrong in it."""
    if problems := problems_of(document):
        raise Refused("\n".join(problems[:10]), code="layout")
    newest = CoreLayout.objects.order_by("-number").first()
    made = CoreLayout.objects.create(number=1 if newest is None else newest.number + 1, document=document, name=name[:200], by=by)
    record("nursery.save_layout", by=by, on=made, number=made.number)
    return made


@transaction.atomic
def import_core_families(*, round: Round, data: bytes, by: User) -> tuple[int, list[str]]:  # noqa: A002 the office's word
    """Take families in from the core system's sheet; gives how many children, and doubts. A second import updates and doubles nobody.

    Raises Refused, naming every row that cannot be read, and keeps nothing then.
    """
    row = locked(round)
    if row.is_fixed:
        raise Refused(_("決裁に進んだ回には取り込めません。差し戻してから取り込んでください。"), code="round_fixed")
    layout = CoreLayout.objects.order_by("-number").first()
    if layout is None or "import" not in layout.document:
        raise Refused(_("取り込みの対応表がまだありません。先に対応表を登録してください。"), code="no_layout")
    understood = understood_core(data, layout.document["import"], row, rulebook_of(row))
    known = {one.code: one for one in Household.objects.filter(round=row)}
    understood.refused += _belonging_elsewhere(row, understood.rows, known)
    if understood.refused:
        raise Refused("\n".join([_("取り込めない行があります。何も変えていません。"), *understood.refused[:30]]), code="rows_refused")
    gone = _not_in_the_sheet(row, understood.rows)
    count = sum(_family(row, family, known.get(code), by) for code, family in understood.rows.items())
    understood.doubts += [
        _("児童番号%(child)sは、表にありません。取り下げたときは、世帯の画面で確かめてください。") % {"child": child} for child in gone
    ]
    record("nursery.import_core_families", by=by, on=row, division=row.procedure.division, children=count)
    return count, understood.doubts


def _belonging_elsewhere(row: Round, families: Mapping[str, FamilyRows], known: Mapping[str, Household]) -> Iterator[str]:
    """Numbers that stand for a family of another origin, or for a child of another family."""
    theirs = {one.code: one.household.code for one in Candidate.objects.filter(round=row).select_related("household")}
    for code, family in families.items():
        if code in known and known[code].source != Source.CORE:
            yield _("世帯番号%(code)sは、この回にほかの経路で届いています。") % {"code": code}
        for child in family.children:
            if theirs.get(child.code, code) != code:
                yield _("児童番号%(child)sは、別の世帯の番号です。") % {"child": child.code}


def _not_in_the_sheet(row: Round, families: Mapping[str, FamilyRows]) -> list[str]:
    """Children of these families that came before and are not in the sheet now: they stay, and are named."""
    sheet = {child.code for family in families.values() for child in family.children}
    standing = Candidate.objects.competing().filter(round=row, household__code__in=families).order_by("code")
    return [code for code in standing.values_list("code", flat=True) if code not in sheet]


def _family(row: Round, family: FamilyRows, known: Household | None, by: User) -> int:
    values = {
        "name": family.name,
        "district": family.district,
        "condition": "single" if _children_of(known, family) == 1 else family.condition,
    }
    if known is None:
        known = Household.objects.create(round=row, code=family.code, source=Source.CORE, **values)
    else:
        Household.objects.filter(pk=known.pk).update(**values)
    put_facts(household=known, values=family.household, source=Source.CORE, by=by)
    for number, facts in family.parents.items():
        put_facts(household=known, parent=number, values=facts, source=Source.CORE, by=by)
    for order, child in enumerate(family.children, 1):
        _child(known, child, order, by)
    return len(family.children)


def _children_of(known: Household | None, family: FamilyRows) -> int:
    codes = {child.code for child in family.children}
    return len(codes | set(known.candidates.competing().values_list("code", flat=True) if known is not None else ()))


def _child(household: Household, child: ChildRow, order: int, by: User) -> None:
    row = household.round
    values: Mapping[str, Any] = {
        "name": child.name,
        "kana": child.kana,
        "birth": child.birth,
        "age_class": min(5, class_age(child.birth, row.month)),
        "current": Facility.objects.filter(code=child.current).first() if child.current else None,
        "wishes": child.wishes,
        "order": order,
        "scored_at": None,
    }
    made, _created = Candidate.objects.update_or_create(round=row, household=household, code=child.code, defaults=dict(values))
    put_facts(household=household, candidate=made, values=child.facts, source=Source.CORE, by=by)
