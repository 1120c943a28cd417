"""Points: tables of real wards' rows, groups and caps, what is unknown, what nearly counted, and the keys between equals."""

from __future__ import annotations

import copy
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.placement.points import (
    LAST_OFFSET,
    Facts,
    FaultyRules,
    NoRules,
    class_age,
    first_month,
    lint,
    load,
    min_age_ok,
    rules_for,
    score,
    shipped,
    shipped_names,
    to_child,
)

APRIL = date(2027, 4, 1)
FULL = {"reason": "work", "days": 20, "hours": 40, "work_status": "working"}
CHILD = {"birth": "2025-08-01", "care_now": "parent"}


def koto(parents=(FULL, FULL), child=None, facilities=None, siblings=None, name="koto-2027", **household):
    children = {"a": {**CHILD, **(child or {})}, **(siblings or {})}
    facts = Facts({"single": "two", "tax_amount": 100_000, **household}, tuple(parents), children)
    return score(load(shipped(name)), facts, child="a", month=APRIL, facilities=facilities)


def counted(result) -> set[str]:
    return {row.row for row in result.counted if row.counts}


# -- the shipped documents ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped_names())
def test_what_is_shipped_loads_and_has_no_row_that_never_counts(name):
    assert [finding for finding in lint(load(shipped(name))) if finding.level == "error"] == []


def test_koto_is_marked_as_unconfirmed_and_the_invented_ward_as_invented():
    assert {load(shipped(name)).status for name in shipped_names() if name.startswith("koto")} == {"要確認"}
    assert load(shipped("hinata-2026")).status == "invented"


@pytest.mark.parametrize(
    ("days", "hours", "points"),
    [(20, 40, 12), (20, 39, 11), (20, 34, 10), (16, 40, 11), (16, 30, 10), (16, 20, 9), (15, 40, 9), (12, 16, 8), (5, 12, 7), (5, 11, 0)],
)
def test_kotos_table_of_work(days, hours, points):
    assert koto(parents=[{**FULL, "days": days, "hours": hours}]).base == points


def test_a_couple_in_full_time_has_24():
    assert (koto().base, koto().per_parent) == (24, (12, 12))


@pytest.mark.parametrize(
    ("parent", "points"),
    [
        ({"reason": "illness", "illness": "hospital"}, 12),
        ({"reason": "illness", "illness": "outpatient"}, 8),
        ({"reason": "disability", "disability_grade": "2"}, 12),
        ({"reason": "disability", "disability_grade": "5"}, 8),
        ({"reason": "care", "days": 20, "hours": 30}, 10),
        ({"reason": "birth", "due": "2027-05-20"}, 12),
        ({"reason": "birth", "due": "2027-07-01"}, 0),
        ({"reason": "study", "days": 16, "hours": 20}, 10),
        ({"reason": "job_seeking"}, 5),
    ],
)
def test_kotos_other_reasons(parent, points):
    assert koto(parents=[parent]).base == points


def test_a_sibling_counts_only_where_the_sibling_is_and_not_if_about_to_leave():
    wished: dict[str, dict[str, str]] = {"100010": {}, "200010": {}}
    assert koto(facilities=wished, siblings_at=["100010"]).bonus == {"100010": 2}
    assert koto(facilities=wished, siblings_at=["100010"], siblings_leaving=["100010"]).bonus == {}


def test_only_the_largest_of_a_group_counts_and_the_other_is_shown():
    outside = {"care_now": "unlicensed", "care_now_days": 20, "care_now_hours": 8}
    alone = koto(child=outside)
    both = koto(child=outside, siblings={"b": {"birth": "2023-05-01", **outside}})
    assert (alone.points, both.points) == (26, 27)
    assert {row.row for row in both.counted if not row.counts} == {"unlicensed-one"}


def test_twins_are_seen_from_their_births():
    assert "twins" in counted(koto(siblings={"b": dict(CHILD)}))
    assert "twins" not in counted(koto(siblings={"b": {**CHILD, "birth": "2024-08-01"}}))


def test_who_accepts_not_being_placed_comes_after_all_others_but_stays():
    result = koto(parents=[{**FULL, "leave_kind": "childcare"}, FULL], leave_extension="accept_wait")
    assert (result.is_last, result.points, result.placed_points) == (True, 24, 24 - LAST_OFFSET)
    assert result.as_data()["points"] == 24 - LAST_OFFSET


def test_two_years_of_rules_stand_side_by_side():
    rules = [load(shipped(name)) for name in ("koto-2026", "koto-2027")]
    assert [rules_for(rules, month).id for month in (date(2027, 3, 1), date(2027, 4, 1))] == ["koto-2026", "koto-2027"]
    for documents, month, count in ((rules, date(2029, 4, 1), 0), ([*rules, rules[0]], date(2026, 5, 1), 2)):
        with pytest.raises(NoRules) as none:
            rules_for(documents, month)
        assert none.value.count == count


# -- what is unknown, what nearly counted ---------------------------------------------------------------------------------------


def test_a_missing_fact_counts_for_nothing_and_is_named():
    result = koto(parents=[{"reason": "work", "days": 20}])
    assert (result.base, ("parent1", "hours") in result.unknown) == (0, True)


def test_a_row_that_failed_by_two_hours_is_said_with_the_nearest_step():
    near = {row.row: row for row in koto(parents=[{**FULL, "hours": 38}, FULL]).near}
    assert (near["work-20-40"].points, near["work-20-40"].fact, near["work-20-40"].have, near["work-20-40"].wanted) == (1, "hours", 38, 40)


def test_another_reason_or_family_is_no_near_miss():
    assert not {row.row for row in koto().near} & {"single-parent", "disaster", "absent"}


def test_points_from_a_fact_that_nobody_confirmed_are_named():
    facts = Facts({"single": "two"}, (FULL,), {"a": CHILD}, frozenset({("parent1", "hours"), ("household", "tax_amount")}))
    assert score(load(shipped("koto-2027")), facts, child="a", month=APRIL).provisional == (("parent1", "hours"),)


# -- how parents are put together, caps, resets ----------------------------------------------------------------------------------


def small(**changes):
    """Rows in the manner of other wards (品川 20 × 8 = 20, 練馬 8h = 40, 江戸川 cap 50), facts section 2.6."""
    text = {"ja": "行", "en": "row"}
    document: dict[str, object] = {
        "id": "small",
        "name": text,
        "status": "invented",
        "months": ["2027-04", "2028-03"],
        "facts": {
            "hours": {"scope": "parent", "type": "number", "text": text},
            "far": {"scope": "household", "type": "bool", "text": text},
        },
        "groups": {},
        "base": [
            {"id": "eight", "points": 40, "when": {">=": [{"var": "hours"}, 8]}, "text": text},
            {"id": "five", "points": 31, "when": {">=": [{"var": "hours"}, 5]}, "text": text},
        ],
        "adjustments": [],
        "tie_breaks": [{"id": "base", "kind": "base", "text": text}],
    }
    return load({**document, **changes})


def base_of(rules, *hours):
    return score(rules, Facts({}, tuple({"hours": each} for each in hours), {"a": CHILD}), child="a", month=APRIL).base


@pytest.mark.parametrize(
    ("parents", "points"),
    [
        ({"combine": "sum"}, 71),
        ({"combine": "min"}, 31),
        ({"combine": "average"}, 35),
        ({"combine": "sum", "cap": 35}, 66),
        ({"combine": "sum", "household_cap": 60}, 60),
    ],
)
def test_parents_are_put_together_as_the_ward_says(parents, points):
    assert base_of(small(parents=parents), 8, 5) == points


def test_a_reset_sets_the_total_and_takes_the_adjustments():
    text = {"ja": "行", "en": "row"}
    resets = [{"id": "far", "to": -500, "when": {"==": [{"var": "far"}, True]}, "text": text}]
    facts = Facts({"far": True}, ({"hours": 8},), {"a": CHILD})
    assert score(small(resets=resets), facts, child="a", month=APRIL).points == -500


def test_a_group_is_capped_and_deductions_count_by_their_size():
    text = {"ja": "行", "en": "row"}
    rows = [
        {"id": "plus", "scope": "household", "points": 9, "group": "g", "when": True, "text": text},
        {"id": "more", "scope": "household", "points": 4, "group": "g", "when": True, "text": text},
        {"id": "minus", "scope": "household", "points": -6, "group": "m", "when": True, "text": text},
        {"id": "less", "scope": "household", "points": 2, "group": "m", "when": True, "text": text},
    ]
    rules = small(adjustments=rows, groups={"g": {"rule": "sum", "cap": 10}, "m": {"rule": "largest"}})
    assert score(rules, Facts({}, ({"hours": 8},), {"a": CHILD}), child="a", month=APRIL).points == 40 + 10 - 6


# -- keys between equals ---------------------------------------------------------------------------------------------------------


def test_otas_order_decides_between_equals():
    """大田区 (令和6年度): new entry before transfer, base points, one parent … tax, and at the facility of a sibling."""
    plain = koto(name="ota-2024", facilities={"100010": {}})
    transfer = koto(name="ota-2024", facilities={"100010": {}}, child={"is_transfer": True})
    single = koto(name="ota-2024", facilities={"100010": {}}, single="one")
    sibling = koto(name="ota-2024", facilities={"100010": {}}, siblings_at=["100010"])
    assert plain.tiebreak[0] < transfer.tiebreak[0]
    assert single.tiebreak[2] < plain.tiebreak[2]
    assert sibling.tiebreak[-1] == {"100010": 0, "*": 1}
    assert plain.tiebreak[-1] == {"100010": 1, "*": 1}


def test_who_pays_less_tax_comes_first_and_unknown_last():
    less, more, unknown = (koto(tax_amount=amount).tiebreak[0] for amount in (50_000, 90_000, None))
    assert less < more < unknown


def test_a_lottery_number_is_the_last_key():
    facts = Facts({"tax_amount": 1}, (FULL,), {"a": CHILD})
    assert score(load(shipped("koto-2027")), facts, child="a", month=APRIL, lottery=77).tiebreak[-1] == 77


def test_no_tie_breaks_for_who_declined():
    result = score(
        load(shipped("hinata-2027")), Facts({"declined_before": True, "resident": True}, (FULL,), {"a": CHILD}), child="a", month=APRIL
    )
    assert result.tiebreak[0] == 1


def test_a_score_becomes_a_child_of_the_placement():
    child = to_child(
        koto(facilities={"100010": {}}, siblings_at=["100010"]).as_data(), code="C1", family="F1", age=1, preferences=["100010"]
    )
    assert (child.points, child.bonus, child.tiebreak) == (24, {"100010": 2}, (100_000, -24, 1))


# -- ages ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("birth", "month", "age"),
    [
        (date(2026, 4, 2), APRIL, 0),
        (date(2026, 4, 1), APRIL, 1),
        (date(2025, 4, 2), APRIL, 1),
        (date(2026, 4, 1), date(2027, 3, 1), 0),
        (date(2027, 1, 5), APRIL, 0),
        (date(2027, 6, 5), APRIL, 0),
        (date(2021, 4, 2), APRIL, 5),
    ],
)
def test_the_class_follows_the_school_year_of_the_month(birth, month, age):
    assert class_age(birth, month) == age


def test_57_days_are_reached_on_the_first_of_the_month():
    assert min_age_ok(date(2027, 2, 3), 57, APRIL)
    assert not min_age_ok(date(2027, 2, 4), 57, APRIL)
    assert first_month(date(2027, 2, 4), 57) == date(2027, 5, 1)
    assert first_month(date(2026, 11, 10), 57) == date(2027, 2, 1)


# -- documents that cannot be used -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (["base", 0, "when"], {">=": [{"var": "wage"}, 8]}, "base/eight/when/>=/0/var"),
        (["base", 0, "when"], {"exec": "x"}, "base/eight/when"),
        (["base", 0, "points"], 1.5, "base/eight/points"),
        (["base", 1, "id"], "eight", "eight"),
        (["months"], ["2027-13", "2028-03"], "months"),
        (["months"], ["2028-04", "2027-03"], "months"),
        (["tie_breaks"], [], "tie_breaks"),
        (["base", 0, "text"], {"ja": "行"}, "base/eight/text"),
        (["base", 0, "group"], "none", "base/eight/group"),
    ],
)
def test_every_problem_of_a_document_is_named_with_its_path(path, value, where):
    document = copy.deepcopy(dict(small().document))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(FaultyRules) as faulty:
        load(document)
    assert where in [path for path, _ in faulty.value.problems]


def test_an_expression_is_no_bomb():
    deep: dict[str, object] = {"var": "hours"}
    for _ in range(40):
        deep = {"not": deep}
    with pytest.raises(FaultyRules):
        small(base=[{"id": "deep", "points": 1, "when": deep, "text": {"ja": "a", "en": "a"}}])


def test_lint_finds_a_row_that_can_never_count():
    text = {"ja": "行", "en": "row"}
    row = {"id": "never", "scope": "household", "points": 1, "when": {">=": [{"var": "hours"}, 1]}, "text": text}
    assert [finding.path for finding in lint(small(adjustments=[row])) if finding.level == "error"] == ["never"]


# -- properties ----------------------------------------------------------------------------------------------------------------------

PARENT = st.fixed_dictionaries(
    {},
    optional={"reason": st.sampled_from(["work", "care", "study", "job_seeking"]), "days": st.integers(0, 31), "hours": st.integers(0, 60)},
)


@given(st.lists(PARENT, min_size=1, max_size=2), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_means_nothing(parents, rng):
    document = copy.deepcopy(shipped("koto-2027"))
    rng.shuffle(document["base"])
    rng.shuffle(document["adjustments"])
    facts = Facts({"single": "two"}, tuple(parents), {"a": CHILD})
    one, other = (score(load(each), facts, child="a", month=APRIL) for each in (shipped("koto-2027"), document))
    assert (one.points, one.bonus, one.tiebreak) == (other.points, other.bonus, other.tiebreak)


@given(PARENT, st.integers(0, 60), st.integers(0, 20))
def test_more_hours_never_bring_fewer_points(parent, hours, more):
    less, not_less = (koto(parents=[{**parent, "hours": each}]).points for each in (hours, hours + more))
    assert not_less >= less
