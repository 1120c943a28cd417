"""An application as the placement reads it: by concept, never by question id. What is read keeps its path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from madoguchi.applications.models import Answers, Application, by_concept, full_name, walk_revision
from madoguchi.engines.forms import Item, Walk
from madoguchi.engines.placement.points import Rules, class_age
from madoguchi.nursery.models.facility import District
from madoguchi.nursery.models.promised import Paper, promised

OLDEST, BORN_AFTER = 5, 120  # class; days after the first of the month of intake
NO_ANSWER = (None, "", [])
NONE_OF_THEM = "none"  # the choice that says "nothing of this"
STAYS_THERE = ("licensed", "small_leaving")  # the seat held now is one of the municipality's

# (同じ月, 同じ園) → the engine's condition, placement-format.md; a blank is read as Fujisawa does: same time, same facility first.
CONDITIONS: Mapping[tuple[str, str], str] = {
    ("required", "required"): "same_facility",
    ("required", "preferred_over_rank"): "same_facility_first",
    ("required", "rank_first"): "same_time",
    ("required", "any"): "same_time",
    ("preferred", "required"): "same_or_partial",
    ("preferred", "preferred_over_rank"): "any_same_first",
    ("preferred", "rank_first"): "any",
    ("preferred", "any"): "any",
    ("no", "required"): "same_or_partial",
    ("no", "preferred_over_rank"): "any_same_first",
    ("no", "rank_first"): "independent",
    ("no", "any"): "independent",
}


@dataclass(frozen=True)
class Said:
    """One value and where it stands in the answers."""

    value: Any
    path: str = ""


@dataclass
class ChildReading:
    """One child: `path` is that of its Subject; `facts` by key of the rules document."""

    path: str
    name: str
    kana: str
    birth: date
    is_expected: bool
    month: date
    current: str
    wishes: list[str]
    wishes_path: str
    facts: dict[str, Said] = field(default_factory=dict)


@dataclass
class Reading:
    """A family as it stands in one revision."""

    revision: Answers
    name: str
    district: str
    condition: Said
    priority: Said
    other_year: Said
    household: dict[str, Said]
    parents: list[dict[str, Said]]
    children: list[ChildReading]
    papers: list[Paper]


def read_application(application: Application, rules: Rules, revision: Answers | None = None) -> Reading:
    """The newest revision (or the one given) as facts. Children without a birth or a month are left out: they cannot be placed."""
    revision = revision or application.latest()
    walked = walk_revision(application, revision)
    single = _first(walked, "parent.single")
    count = 2 if single.value == "two" else 1
    where = _first(walked, "applicant.address").value
    household = {key: said for key, said in _household(walked, rules, application).items() if said.value is not None}
    return Reading(
        revision=revision,
        name=full_name(_first(walked, "applicant.name").value)[0],
        district=district_of(where),
        condition=_condition(walked),
        priority=_first(walked, "nursery.alone_ok"),
        other_year=_first(walked, "nursery.other_year"),
        household=household,
        parents=[_parent(walked, rules, number) for number in range(count)],
        children=[child for path in _child_paths(walked) if (child := _child(walked, rules, path)) is not None],
        papers=promised(walked),
    )


def _first(walked: Walk, concept: str) -> Said:
    return next((Said(item.value, item.path) for item in by_concept(walked, concept)), Said(None))


def district_of(address: Any) -> str:
    """The code of the district whose towns hold the address's town; "" where none does."""
    town = (address or {}).get("town") or "" if isinstance(address, Mapping) else ""
    if not town:
        return ""
    found = [(name, district.code) for district in District.objects.all() for name in district.towns if town.startswith(name)]
    return max(found, key=lambda pair: len(pair[0]), default=("", ""))[1]


def _condition(walked: Walk) -> Said:
    time, place = _first(walked, "nursery.same_time"), _first(walked, "nursery.same_facility")
    if time.value is None and place.value is None:
        return Said("single")
    return Said(CONDITIONS.get((time.value or "required", place.value or "preferred_over_rank"), "same_facility_first"), time.path)


def canonical(value: Any, kind: str) -> Any:
    """An answer as the rules compare it: numbers as numbers, choices and entries of lists as their ids; None for nothing."""
    if value in NO_ANSWER:
        return None
    if isinstance(value, Mapping):
        value = value.get("id")
    if kind == "number":
        number = float(str(value))
        return int(number) if number == int(number) else number
    if kind == "list":
        ids = [each.get("id") if isinstance(each, Mapping) else each for each in (value if isinstance(value, list) else [value])]
        return [each for each in ids if each and each != NONE_OF_THEM]
    return bool(value) if kind == "bool" else value


def in_a_class(birth: date, month: date) -> bool:
    """Whether a child born (or expected) on a day can be in a class in a month: not of school age, and born soon after it at the latest."""
    return class_age(birth, month) <= OLDEST and (birth - month).days <= BORN_AFTER


def _facts(items: Mapping[str, list[Item]], rules: Rules, scope: str, place: int = 0) -> dict[str, Said]:
    found: dict[str, Said] = {}
    for fact in rules.facts.values():
        if fact.scope != scope or len(fact.concepts) <= place:
            continue
        answers = items.get(fact.concepts[place], [])
        if not answers:
            continue
        if fact.type == "list":
            values = [each for item in answers for each in canonical(item.value, "list") or []]
            found[fact.id] = Said(values, answers[0].path)
        else:
            found[fact.id] = Said(canonical(answers[0].value, fact.type), answers[0].path)
    return {key: said for key, said in found.items() if said.value is not None}


def _by_concept(items: Iterable[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        if item.question.concept and item.answered:
            found.setdefault(item.question.concept, []).append(item)
    return found


def _household(walked: Walk, rules: Rules, application: Application) -> dict[str, Said]:
    found = _facts(_by_concept(walked.items()), rules, "household")
    where, moving = _first(walked, "applicant.address"), _first(walked, "moving.date")
    city = where.value.get("city") if isinstance(where.value, Mapping) else None
    if "resident" in rules.facts and city:
        found["resident"] = Said(city == application.municipality.name or moving.value is not None, where.path)
    if "siblings_at" in rules.facts:
        found.setdefault("siblings_at", Said([]))
    if "siblings_leaving" in rules.facts:
        found["siblings_leaving"] = Said(list(_leaving(walked)))
    return found


def _leaving(walked: Walk) -> Iterator[str]:
    """Facilities of siblings who will have left: the answers of one row of the household belong together."""
    rows = {item.row.path for item in by_concept(walked, "household.member_leaving") if item.row is not None and item.value is True}
    for item in by_concept(walked, "household.member_facility"):
        if item.row is not None and item.row.path in rows and (code := canonical(item.value, "text")):
            yield code


def _parent(walked: Walk, rules: Rules, place: int) -> dict[str, Said]:
    return _facts(_by_concept(walked.items()), rules, "parent", place)


def _child_paths(walked: Walk) -> list[str]:
    births = by_concept(walked, "child.birth")
    return [item.row.path if item.row is not None else "" for item in births]


def _child(walked: Walk, rules: Rules, path: str) -> ChildReading | None:
    own = _by_concept(item for item in walked.items() if item.row is not None and item.row.path == path)
    birth, month = _value(own, "child.birth"), _value(own, "nursery.start_month")
    if not isinstance(birth, str) or not isinstance(month, str):
        return None
    name, kana = full_name(_value(own, "child.name"))
    wishes = own.get("nursery.wishes", [])
    stays = _value(own, "child.care_now") in STAYS_THERE
    return ChildReading(
        path=path,
        name=name,
        kana=kana,
        birth=date.fromisoformat(birth),
        is_expected=_value(own, "child.expected") is True,
        month=date.fromisoformat(f"{month[:7]}-01"),
        current=canonical(_value(own, "nursery.current_facility"), "text") or "" if stays else "",
        wishes=canonical(wishes[0].value, "list") or [] if wishes else [],
        wishes_path=wishes[0].path if wishes else "",
        facts=_facts(own, rules, "child"),
    )


def _value(items: Mapping[str, list[Item]], concept: str) -> Any:
    found = items.get(concept)
    return found[0].value if found else None
