"""What to put online first: volume × burden saved × feasibility, as expected hours that residents save in a year.

Every part of a score is shown with what it was made from; weights are given, never hidden here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Track = Literal["A", "B"]


@dataclass(frozen=True)
class Weights:
    """`minutes` a filing costs a resident for each burden; `chances` by which each barrier leaves the saving. All can be changed.

    The numbers are ours (要確認): a way to the counter and back, a seal, a paper fetched elsewhere. They order a list and prove nothing.
    """

    minutes: Mapping[str, float] = field(
        default_factory=lambda: {
            "in_person": 60.0,
            "seal": 5.0,
            "attachment": 20.0,
            "originals": 15.0,
            "fee": 10.0,
            "issued": 30.0,
            "form": 10.0,
        }
    )
    chances: Mapping[str, float] = field(
        default_factory=lambda: {
            "identity": 0.7, "registered_seal": 0.4, "originals": 0.5, "fee": 0.8, "in_person": 0.5, "issued": 0.8, "partly": 0.7,
        }
    )  # fmt: skip
    unknown_volume: float = 12.0  # filings a year where nobody counted


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: `key` names it, `amount` is minutes, a factor between 0 and 1, or a number of filings."""

    key: str
    amount: float


@dataclass(frozen=True)
class Score:
    """`hours` = volume × minutes saved × feasibility / 60."""

    hours: float
    volume: Part
    burdens: tuple[Part, ...]
    chances: tuple[Part, ...]
    track: Track
    online_now: float  # share of the volume that comes online already

    @property
    def minutes(self) -> float:
        return sum(part.amount for part in self.burdens)

    @property
    def feasibility(self) -> float:
        product = 1.0
        for part in self.chances:
            product *= part.amount
        return product


NEEDS_A_RULE: Final = ("law", "ordinance", "rule", "guideline", "practice")


def score(values: Mapping[str, Any], weights: Weights | None = None) -> Score:
    """The score of one procedure from its inventory columns. What is not known counts as absent, except the volume."""
    weights = weights or Weights()
    total = values.get("count_total")
    volume = Part("count_total" if total is not None else "unknown_volume", float(total if total is not None else weights.unknown_volume))
    burdens, chances = tuple(_burdens(values, weights)), tuple(_chances(values, weights))
    online = values.get("count_online") or 0
    share = min(1.0, online / total) if total else 0.0
    product = 1.0
    for part in chances:
        product *= part.amount
    hours = volume.amount * (1 - share) * sum(part.amount for part in burdens) * product / 60
    return Score(round(hours, 2), volume, burdens, chances, track_of(values), share)


def track_of(values: Mapping[str, Any]) -> Track:
    """A: can go online now. B: a law, ordinance, rule, guideline or practice must change first."""
    return "B" if set(values.get("rule_change") or ()) & set(NEEDS_A_RULE) else "A"


def _burdens(values: Mapping[str, Any], weights: Weights) -> list[Part]:
    papers = [one for one in values.get("attachments") or () if one != "添付書類なし"]
    at_counter = values.get("in_person") == "yes" or values.get("reception") == ["counter"]
    found = [
        ("in_person", 1 if at_counter else 0),
        ("seal", 1 if values.get("seal") in ("required", "reviewable") else 0),
        ("attachment", len(papers)),
        ("originals", 1 if values.get("originals") == "yes" else 0),
        ("fee", 1 if values.get("fee") == "2" or (values.get("fee_yen") or 0) > 0 else 0),
        ("issued", 1 if values.get("issued") == "yes" else 0),
        ("form", 1),
    ]
    return [Part(key, weights.minutes[key] * times) for key, times in found if times and weights.minutes.get(key)]


def _chances(values: Mapping[str, Any], weights: Weights) -> list[Part]:
    found = {
        "registered_seal": values.get("identity_method") == "1",
        "identity": values.get("identity_needed") == "yes" or values.get("identity_method") in ("2", "3", "4", "5"),
        "originals": values.get("originals") == "yes",
        "fee": values.get("fee") == "2" or (values.get("fee_yen") or 0) > 0,
        "in_person": values.get("in_person") == "yes",
        "issued": values.get("issued") == "yes",
        "partly": values.get("can_online") == "partly",
    }
    if values.get("can_online") == "no":
        return [Part("no", 0.0)]
    return [Part(key, weights.chances[key]) for key, holds in found.items() if holds and key in weights.chances]
