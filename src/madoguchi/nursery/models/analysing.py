"""What a finished run says beyond its places: one more seat everywhere, and how fair it is by group and by row of the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from django.utils.translation import gettext_noop

from madoguchi.engines.placement import Child, Instance, outcomes_by_group, row_effects, sensitivity
from madoguchi.engines.placement.points import Rules as Rulebook
from madoguchi.engines.placement.points import Score
from madoguchi.lib.errors import Refused
from madoguchi.nursery.models.facility import District, Facility
from madoguchi.nursery.models.household import Candidate, Fact, Household
from madoguchi.nursery.models.placing import input_of, places_of
from madoguchi.nursery.models.rulebook import compiled
from madoguchi.nursery.models.run import Run
from madoguchi.nursery.models.scores import Family, children_of, families_of, score_family

Tick = Callable[[], None]
# Bands of 区市町村民税所得割額 in yen a year, upper bounds: our own, to have groups large enough to be shown.
BANDS = (
    (0, gettext_noop("0円")),
    (50_000, gettext_noop("5万円まで")),
    (150_000, gettext_noop("15万円まで")),
    (300_000, gettext_noop("30万円まで")),
)
ABOVE, UNKNOWN = gettext_noop("30万円を超える"), gettext_noop("分からない")
ONE, TWO = gettext_noop("保護者1人"), gettext_noop("保護者2人")
ALONE, SIBLINGS = gettext_noop("1人で申込み"), gettext_noop("きょうだいで申込み")


def steps_of(run: Run, kind: str) -> int:
    """How many steps an analysis takes, for its progress bar."""
    instance = input_of(run).instance
    if kind == "sensitivity":
        return max(1, sum(number is not None for facility in instance.facilities for number in facility.capacity))
    return len(rows_of(rules_of(run))) + 1


def rules_of(run: Run) -> Rulebook:
    if run.rules is None:
        raise Refused("この試行は、利用調整基準が分かりません。", code="no_rules")
    return compiled(run.rules)


def rows_of(rules: Rulebook) -> list[tuple[str, Mapping[str, str]]]:
    """Every row that can move somebody, with its text."""
    return [(each.id, each.text) for each in (*rules.base, *rules.adjustments, *rules.resets)]


def one_more_seat(run: Run, tick: Tick) -> dict[str, Any]:
    """{"rows": [...]}: each facility and class with one more seat, tried alone; most gained first."""
    frozen = input_of(run)
    found = sensitivity(
        frozen.instance, places_of(run), rule=str(run.options.get("rule", "points")), on_progress=lambda done, total: tick()
    )
    found.sort(key=lambda one: (-one.more_seated, -one.better, one.facility, one.age))
    return {"rows": [asdict(one) for one in found]}


def fairness(run: Run, tick: Tick) -> dict[str, Any]:
    """{"groups": {dimension: [figures]}, "rows": [effects]}. Raises Refused where the families changed since the run."""
    frozen, places = input_of(run), places_of(run)
    children = {candidate.code: candidate for row in children_of(run.round).values() for candidate in row}
    groups = outcomes_by_group(frozen.instance, places, _groups(run, children))
    tick()
    effects = row_effects(
        frozen.instance,
        places,
        _rescored(run, frozen.instance, children),
        rule=str(run.options.get("rule", "points")),
        on_progress=lambda done: tick(),
    )
    effects.sort(key=lambda one: (-one.moves, one.row))
    return {
        "groups": {name: [one.as_data() for one in rows] for name, rows in groups.items()},
        "rows": [one.as_data() for one in effects],
    }


def _groups(run: Run, children: Mapping[str, Candidate]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    districts = {row.code: row.name["ja"] for row in District.objects.all()}
    taxes, parents = _taxes(run), _parents(run)
    sizes: dict[int, int] = defaultdict(int)
    for candidate in children.values():
        sizes[candidate.household_id] += 1
    for code, candidate in children.items():
        family = candidate.household
        found["district"][code] = districts.get(family.district, UNKNOWN)
        found["household"][code] = ONE if parents.get(family.pk, 0) == 1 else TWO
        found["siblings"][code] = SIBLINGS if sizes[family.pk] > 1 else ALONE
        found["income"][code] = band(taxes.get(family.pk))
    return found


def _taxes(run: Run) -> dict[int, Any]:
    facts = Fact.objects.in_force().filter(household__round=run.round, key="tax_amount")
    return dict(facts.values_list("household", "value"))


def _parents(run: Run) -> dict[int, int]:
    found: dict[int, set[int]] = defaultdict(set)
    facts = Fact.objects.in_force().filter(household__round=run.round).exclude(parent=None)
    for household, parent in facts.order_by().values_list("household", "parent").distinct():
        found[household].add(parent)
    return {household: len(numbers) for household, numbers in found.items()}


def band(tax: Any) -> str:
    """The band of an amount; UNKNOWN for none."""
    if not isinstance(tax, (int, float)):
        return UNKNOWN
    return next((name for most, name in BANDS if tax <= most), ABOVE)


def _rescored(run: Run, instance: Instance, children: Mapping[str, Candidate]) -> Iterator[tuple[str, int, dict[str, Child]]]:
    """(row, for how many it counted, {child id: the child scored without it}); only those for whom it counted are scored anew."""
    rules, now = rules_of(run), {child.id: child for child in instance.children}
    facilities = {facility.code: facility for facility in Facility.objects.all()}
    by_household: dict[Household, list[Candidate]] = {}
    for code in sorted(children):
        by_household.setdefault(children[code].household, []).append(children[code])
    families = families_of([household.pk for household in by_household])
    concerned = _concerned(run, rules, by_household, families, facilities, now)
    for row, _text in rows_of(rules):
        less, changed = rules.without(row), {}
        for household in concerned[row]:
            scores = score_family(run.round, less, families[household.pk], by_household[household], facilities)
            for candidate in by_household[household]:
                if candidate.code in now:
                    changed[candidate.code] = with_score(now[candidate.code], scores[candidate.pk])
        yield row, len(concerned[row]), changed


def _concerned(
    run: Run,
    rules: Rulebook,
    by_household: Mapping[Household, list[Candidate]],
    families: Mapping[int, Family],
    facilities: Mapping[str, Facility],
    now: Mapping[str, Child],
) -> dict[str, list[Household]]:
    """{row: families for whom it counts}. Raises Refused where a score is no longer what the run was made from."""
    found: dict[str, list[Household]] = defaultdict(list)
    for household, members in by_household.items():
        scores = score_family(run.round, rules, families[household.pk], members, facilities)
        rows: set[str] = set()
        for candidate in members:
            score = scores[candidate.pk]
            child = now.get(candidate.code)
            if child is None or child.points != score.placed_points:
                raise Refused("この試行の後に、家庭の内容か基準が変わっています。もう一度試行してから調べてください。", code="run_stale")
            rows |= {one.row for one in score.counted if one.counts} | ({score.reset} if score.reset else set())
        for row in rows:
            found[row].append(household)
    return found


def with_score(child: Child, score: Score) -> Child:
    """The child with other points, keys and bonuses; its wishes as they are."""
    bonus = {code: points for code, points in score.bonus.items() if code in child.preferences or code == child.current}
    return replace(child, points=score.placed_points, tiebreak=score.tiebreak or (0,), bonus=bonus)
