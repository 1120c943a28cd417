"""The order in which to go online: more filings, more burden and fewer barriers come first, and each part is shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.inventory import Weights, score, track_of

BURDEN = {"count_total": 1200, "in_person": "yes", "seal": "required", "attachments": ["住民票", "戸籍"], "fee_yen": 300}


def test_a_score_is_what_its_parts_say():
    found = score(BURDEN)
    assert {part.key: part.amount for part in found.burdens} == {"in_person": 60, "seal": 5, "attachment": 40, "fee": 10, "form": 10}
    assert {part.key: part.amount for part in found.chances} == {"fee": 0.8, "in_person": 0.5}
    assert found.hours == round(1200 * 125 * 0.8 * 0.5 / 60, 2)
    assert (found.track, found.minutes, found.feasibility) == ("A", 125, 0.4)


def test_what_is_online_already_saves_nothing_more():
    assert score({**BURDEN, "count_online": 600}).hours == round(score(BURDEN).hours / 2, 2)
    assert score({**BURDEN, "count_online": 1200}).hours == 0


def test_what_cannot_go_online_has_no_score_and_a_rule_sets_the_track():
    assert score({**BURDEN, "can_online": "no"}).hours == 0
    assert track_of({"rule_change": ["ordinance"]}) == "B"
    assert track_of({"rule_change": ["none"]}) == track_of({}) == "A"


def test_nobody_counted_is_not_nobody_came():
    found = score({"in_person": "yes"})
    assert (found.volume.key, found.volume.amount) == ("unknown_volume", Weights().unknown_volume)
    assert score({"in_person": "yes", "count_total": 0}).hours == 0


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_filings_never_come_later(one, two):
    less, more = sorted((one, two))
    assert score({**BURDEN, "count_total": less}).hours <= score({**BURDEN, "count_total": more}).hours


@given(st.sampled_from(["identity_needed", "originals", "issued"]))
def test_a_barrier_never_makes_it_easier(barrier):
    assert score({**BURDEN, barrier: "yes"}).feasibility < score(BURDEN).feasibility
