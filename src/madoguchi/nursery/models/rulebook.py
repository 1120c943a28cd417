"""Rules rows as compiled documents: which rules apply to a month of intake."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from madoguchi.engines.placement.points import NoRules, load, rules_for
from madoguchi.engines.placement.points import Rules as Rulebook
from madoguchi.lib.errors import Refused
from madoguchi.nursery.models.round import Round, Rules


def newest_rules() -> list[Rules]:
    """The newest document of each fiscal year."""
    rows: dict[int, Rules] = {}
    for row in Rules.objects.order_by("number"):
        rows[row.fiscal_year] = row
    return list(rows.values())


def rules_row_for(month: date) -> Rules:
    """The row whose document covers a month of intake. Raises Refused for a month without rules or with two."""
    rows = newest_rules()
    try:
        found = rules_for([compiled(row) for row in rows], month)
    except NoRules as none:
        sentence = (
            _("%(month)sの利用調整基準がありません。基準を公開してください。")
            if none.count == 0
            else _("%(month)sの利用調整基準が2つあります。どちらかの期間を直してください。")
        )
        raise Refused(sentence % {"month": f"{month.year}年{month.month}月"}, code="rules") from none
    return next(row for row in rows if compiled(row) is found)


def rulebook_of(row: Round) -> Rulebook:
    """The compiled rules of a round: those it was given, else those of its month."""
    return compiled(row.rules if row.rules is not None else rules_row_for(row.month))


def compiled(row: Rules) -> Rulebook:
    """The same hash is the same document, so compiled ones are shared."""
    return _compiled(row.hash, row.pk)


@lru_cache(maxsize=64)
def _compiled(hash: str, pk: int) -> Rulebook:  # noqa: A002 the document's hash is the key
    return load(Rules.objects.with_scopes_disabled().get_queryset().only("document").get(pk=pk).document)
