"""The order in which to put procedures online, and how a score came about, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.engines.inventory import Score, Weights
from madoguchi.procedures.models.inventory import InventoryEntry

BURDENS = {
    "in_person": gettext_lazy("窓口に来る"),
    "seal": gettext_lazy("押印"),
    "attachment": gettext_lazy("添付書類"),
    "originals": gettext_lazy("原本"),
    "fee": gettext_lazy("手数料"),
    "issued": gettext_lazy("交付物を受け取る"),
    "form": gettext_lazy("様式の記入"),
}
CHANCES = {
    "identity": gettext_lazy("本人確認"),
    "registered_seal": gettext_lazy("実印と印鑑証明"),
    "originals": gettext_lazy("原本"),
    "fee": gettext_lazy("手数料"),
    "in_person": gettext_lazy("対面"),
    "issued": gettext_lazy("交付物"),
    "partly": gettext_lazy("条件付き"),
    "no": gettext_lazy("オンライン化できない"),
}


@dataclass(frozen=True)
class Ranked:
    """An entry at its place; `by_hand` where somebody put it there, with the place that its score would give."""

    place: int
    entry: InventoryEntry
    score: Score
    scored_place: int

    @property
    def by_hand(self) -> bool:
        return self.entry.hand_rank is not None

    @property
    def burdens(self) -> list[tuple[str, str]]:
        return [(str(BURDENS[part.key]), f"{part.amount:g}") for part in self.score.burdens]

    @property
    def chances(self) -> list[tuple[str, str]]:
        return [(str(CHANCES[part.key]), f"{part.amount:g}") for part in self.score.chances]

    @property
    def volume(self) -> str:
        assumed = "" if self.score.volume.key == "count_total" else _("（件数が分からないため仮の数）")
        return f"{self.score.volume.amount:,.0f}{assumed}"


def ranked(entries: Iterable[InventoryEntry], weights: Weights) -> list[Ranked]:
    """By score, the highest first; then those that somebody placed by hand are put where they said. Ties: by number."""
    scored = sorted(((entry.score(weights), entry) for entry in entries), key=lambda pair: (-pair[0].hours, pair[1].number))
    own = {entry.pk: (place, found) for place, (found, entry) in enumerate(scored, 1)}
    order = [entry for _score, entry in scored if entry.hand_rank is None]
    for entry in sorted((entry for _score, entry in scored if entry.hand_rank is not None), key=lambda one: (one.hand_rank, one.number)):
        order.insert(min(len(order), (entry.hand_rank or 1) - 1), entry)
    return [Ranked(place, entry, own[entry.pk][1], own[entry.pk][0]) for place, entry in enumerate(order, 1)]
