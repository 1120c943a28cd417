"""庁内の照会: tables that other offices gave us, matched to families by number; doubts are shown and never guessed away."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.engines.japanese import search_key, to_halfwidth
from madoguchi.lib.errors import Refused
from madoguchi.nursery.actions.facts import put_facts
from madoguchi.nursery.actions.rounds import locked
from madoguchi.nursery.models import Household, MatchState, OfficeList, OfficeRow, Round, Source
from madoguchi.nursery.models.rulebook import rulebook_of
from madoguchi.nursery.models.sheets import OFFICE_COLUMNS, OFFICE_NEEDS, understood_office

# What each kind of list says: our column → fact of the rules.
KINDS: Mapping[str, Mapping[str, str]] = {
    "tax": {"tax": "tax_amount"},
    "arrears": {"arrears": "in_arrears"},
    "certificate": {"tax": "tax_amount"},  # a row for each parent: the household's amount is their sum
}


@transaction.atomic
def import_office_list(*, round: Round, kind: str, data: bytes, name: str, by: User) -> OfficeList:  # noqa: A002 the office's word
    """Read a list, match its rows, and take over what matches without a doubt. Raises Refused, naming the rows that cannot be read."""
    row = locked(round)
    if row.is_fixed:
        raise Refused(_("決裁に進んだ回には、照会の結果を入れられません。差し戻してから入れてください。"), code="round_fixed")
    if kind not in KINDS:
        raise Refused(_("照会の種類を選んでください。"), code="kind")
    facts = rulebook_of(row).facts
    if not any(fact in facts for fact in KINDS[kind].values()):
        raise Refused(_("この回の基準は、この照会の内容を使いません。"), code="not_in_rules")
    understood = understood_office(data, kind)
    if understood.refused:
        raise Refused("\n".join([_("取り込めない行があります。何も変えていません。"), *understood.refused[:30]]), code="rows_refused")
    made = OfficeList.objects.create(round=row, kind=kind, source=name[:200], sha256=sha256(data).hexdigest(), by=by)
    families = {household.code: household for household in Household.objects.filter(round=row)}
    rows = [_matched(made, number, values, families) for number, values in sorted(understood.rows.items(), key=lambda pair: int(pair[0]))]
    _doubt_doubles(rows, kind)
    if kind == "certificate":
        _doubt_halves(rows)
    OfficeRow.objects.bulk_create(rows)
    for one in made.rows.filter(state=MatchState.MATCHED).select_related("household"):
        _take(one, by)
    record("nursery.import_office_list", by=by, on=made, division=row.procedure.division, kind=kind, rows=len(rows))
    return made


def _matched(made: OfficeList, number: str, values: Mapping[str, Any], families: Mapping[str, Household]) -> OfficeRow:
    """By the number; where the name beside it is another one, that is a doubt and nothing is taken."""
    household = families.get(to_halfwidth(str(values.get("code", ""))).strip().upper())
    one = OfficeRow(list=made, number=int(number), values=dict(values), household=household, state=MatchState.MATCHED)
    if not values.get("code"):
        one.state, one.doubt = MatchState.UNMATCHED, _("番号がありません。番号を書いて、もう一度取り込んでください。")
    elif household is None:
        one.state, one.doubt = MatchState.UNMATCHED, _("この番号の世帯は、この回にありません。")
    elif all(values.get(column) is None for column in KINDS[made.kind]):
        one.state, one.doubt = MatchState.DOUBTFUL, _("内容が空です。")
    elif values.get("name") and search_key(str(values["name"])) != search_key(household.name):
        one.state = MatchState.DOUBTFUL
        one.doubt = _("氏名が違います（申込みでは「%(name)s」）。") % {"name": household.name}
    return one


def _doubt_doubles(rows: list[OfficeRow], kind: str) -> None:
    """A family that comes twice, or with the same certificate twice: which one counts is not ours to guess."""
    seen: dict[tuple[Any, ...], list[OfficeRow]] = {}
    for one in rows:
        if one.state == MatchState.MATCHED and one.household is not None:
            same = (one.household.pk, *((one.values["issuer"], one.values["tax"]) if kind == "certificate" else ()))
            seen.setdefault(same, []).append(one)
    for own in seen.values():
        for one in own if len(own) > 1 else ():
            one.state, one.doubt = (
                MatchState.DOUBTFUL,
                _("同じ世帯の行が%(count)s行あります。正しい行を選んでください。") % {"count": len(own)},
            )


def _doubt_halves(rows: list[OfficeRow]) -> None:
    """Certificates of some parents only: their sum would be too small, so that somebody must look."""
    matched: dict[Household, list[OfficeRow]] = {}
    for one in rows:
        if one.state == MatchState.MATCHED and one.household is not None:
            matched.setdefault(one.household, []).append(one)
    for household, own in matched.items():
        parents = household.facts.in_force().exclude(parent=None).values("parent").distinct().count()
        if len(own) != max(1, parents):
            for one in own:
                one.state = MatchState.DOUBTFUL
                one.doubt = _("保護者%(parents)s人のうち%(count)s人分です。取り込むと、この表の合計が世帯の額になります。") % {
                    "parents": parents,
                    "count": len(own),
                }


def _take(one: OfficeRow, by: User | None) -> None:
    """Put the row's facts in force; of certificates, the sum of all rows of the family that nobody left."""
    assert one.household is not None
    values = {fact: one.values[column] for column, fact in KINDS[one.list.kind].items() if one.values.get(column) is not None}
    rows, reason = [one], ""
    if one.list.kind == "certificate":
        standing = one.list.rows.filter(household=one.household).exclude(state=MatchState.LEFT)
        rows = list({(row.values["issuer"], row.values.get("tax")): row for row in standing}.values())
        values = {"tax_amount": sum(row.values.get("tax") or 0 for row in rows)}
        reason = _("%(issuers)sの証明書") % {"issuers": "、".join(dict.fromkeys(row.values["issuer"] for row in rows))}
    put_facts(household=one.household, values=values, source=Source.OFFICE, by=by, reason=reason)
    OfficeRow.objects.filter(pk__in=[row.pk for row in rows]).update(state=MatchState.TAKEN)
    one.state = MatchState.TAKEN


@transaction.atomic
def judge_office_row(*, row: OfficeRow, take: bool, by: User) -> OfficeRow:
    """A doubtful row is taken over or left. Raises Refused for one without a family, or that somebody judged before."""
    one = OfficeRow.objects.select_for_update(of=("self",)).select_related("list__round__procedure__division", "household").get(pk=row.pk)
    if one.state not in (MatchState.DOUBTFUL, MatchState.UNMATCHED):
        raise Refused(_("ほかの人が先に確かめました。画面を開き直してください。"), code="stale")
    if take and one.household is None:
        raise Refused(_("世帯が決まっていないため、取り込めません。番号を確かめて、もう一度取り込んでください。"), code="no_household")
    if take:
        _take(one, by)
    else:
        one.state = MatchState.LEFT
        one.save(update_fields=["state"])
    record("nursery.judge_office_row", by=by, on=one, division=one.list.round.procedure.division, taken=take)
    return one


def columns_of(kind: str) -> list[str]:
    """How sheets write the columns of a kind of list, for the page that asks for one."""
    return [ways[0] for key, ways in OFFICE_COLUMNS.items() if key in ("code", "name", *OFFICE_NEEDS.get(kind, ()))]
