"""Families, facts and points as rows for the desk's pages, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madoguchi.engines.forms import pick
from madoguchi.engines.placement.points import FactKind, Rules
from madoguchi.lib.tags import date_ja, reader
from madoguchi.nursery.models.facility import Facility
from madoguchi.nursery.models.household import Candidate, Fact, FactState, Household
from madoguchi.nursery.models.papers import EmploymentCertificate
from madoguchi.nursery.models.rulebook import rulebook_of

CONDITION_WORDS = {
    "same_facility": gettext_noop("同じ園に同時に入れるときだけ"),
    "same_facility_first": gettext_noop("同時に入れるときだけ。同じ園を優先"),
    "same_time": gettext_noop("同時に入れるときだけ。別の園でもよい"),
    "any": gettext_noop("1人だけでもよい。2人入れるほうを優先"),
    "any_same_first": gettext_noop("1人だけでもよい。同じ園、別の園の順に優先"),
    "same_or_partial": gettext_noop("2人とも入るなら同じ園。1人だけでもよい"),
    "independent": gettext_noop("お子さまごとに別々に決める"),
    "single": gettext_noop("1人の申込み"),
}


@dataclass(frozen=True)
class FamilyRow:
    """A family and its children on the list."""

    household: Household
    children: list[Candidate]
    names: Mapping[str, str]

    @property
    def points(self) -> list[str]:
        return [points_of(child) for child in self.children]

    def cells(self) -> list[list[Any]]:
        """One row a child, for a sheet."""
        missing = "\n".join(one["text"] for one in self.household.missing)
        return [
            [
                self.household.code,
                self.household.name,
                child.code,
                child.name,
                child.kana,
                child.day_of_birth,
                child.age_class,
                self.names.get(child.current.code, "") if child.current is not None else "",
                "\n".join(f"{number} {self.names.get(code, code)}" for number, code in enumerate(child.wishes, 1)),
                child.score.get("shown_points", ""),
                str(child.get_state_display()),
                self.names.get(child.placed.code, "") if child.placed is not None else "",
                missing,
            ]
            for child in self.children
        ]


def points_of(child: Candidate) -> str:
    """The points as the ward writes them; "–" before the first scoring."""
    if not child.score:
        return "–"
    return f"{child.score['shown_points'] / child.score.get('scale', 1):g}"


def family_rows(households: list[Household]) -> list[FamilyRow]:
    by_household: dict[int, list[Candidate]] = {}
    for child in Candidate.objects.filter(household__in=households).select_related("current", "placed").order_by("order"):
        by_household.setdefault(child.household_id, []).append(child)
    names = names_of_facilities()
    return [FamilyRow(household, by_household.get(household.pk, []), names) for household in households]


def names_of_facilities(language: str | None = None) -> dict[str, str]:
    return {code: pick(name, language or reader()) for code, name in Facility.objects.values_list("code", "name")}


@dataclass
class FactRow:
    """A fact in force (or None) with what is proposed beside it and what stood there before."""

    label: str
    value: str
    fact: Fact | None
    proposed: list[tuple[Fact, str]] = field(default_factory=list)
    earlier: list[tuple[Fact, str]] = field(default_factory=list)


@dataclass
class Group:
    """Facts about one person or the household; `certificate` where a parent's 就労証明書 is."""

    title: str
    rows: list[FactRow]
    parent: int | None = None
    certificate: EmploymentCertificate | None = None


@dataclass
class ScoreRow:
    text: str
    points: str
    who: str
    because: str
    counts: bool = True


@dataclass
class ChildPage:
    """A child's wishes and points."""

    child: Candidate
    wishes: list[str]
    total: str
    bonus: list[tuple[str, str]]
    counted: list[ScoreRow]
    near: list[ScoreRow]
    keys: list[tuple[str, str]]


@dataclass
class FamilyPage:
    condition: str
    groups: list[Group]
    children: list[ChildPage]
    has_proposals: bool


def fact_label(household: Household, key: str) -> str:
    """A fact's name in the reader's language."""
    own = {
        "wishes": _("希望"),
        "condition": _("きょうだいの条件"),
        "priority_child": _("先に入れる子"),
        "other_year": _("ほかの年度の申込み"),
        "current": _("いまの園"),
    }
    if key in own:
        return own[key]
    fact = rulebook_of(household.round).facts.get(key)
    return pick(fact.text, reader()) if fact is not None else key


def family_page(household: Household) -> FamilyPage:
    """Everything that one family's page shows."""
    rules, names = rulebook_of(household.round), names_of_facilities()
    children = list(household.candidates.select_related("current", "placed").order_by("order"))
    groups = _groups(household, rules, children, names)
    return FamilyPage(
        condition=str(_(CONDITION_WORDS.get(household.condition, ""))),
        groups=groups,
        children=[child_page(child, rules, names) for child in children],
        has_proposals=any(row.proposed for group in groups for row in group.rows),
    )


def _groups(household: Household, rules: Rules, children: Iterable[Candidate], names: Mapping[str, str]) -> list[Group]:
    by_slot: dict[str, dict[str, list[Fact]]] = {}
    for fact in household.facts.select_related("by", "revision").order_by("id"):
        by_slot.setdefault(fact.slot, {}).setdefault(fact.key, []).append(fact)
    certificates = {row.parent: row for row in EmploymentCertificate.objects.filter(household=household, replaced_by=None)}
    titles: list[tuple[str, str, int | None]] = [("household", _("家庭"), None)]
    titles += [(f"parent{number}", _("保護者%(number)s") % {"number": number}, number) for number in (1, 2) if f"parent{number}" in by_slot]
    titles += [(f"child{child.pk}", child.name or child.code, None) for child in children]
    return [
        Group(title, _fact_rows(household, rules, by_slot.get(slot, {}), names), parent, certificates.get(parent) if parent else None)
        for slot, title, parent in titles
    ]


def _fact_rows(household: Household, rules: Rules, facts: Mapping[str, list[Fact]], names: Mapping[str, str]) -> list[FactRow]:
    order = {key: number for number, key in enumerate(rules.facts)}
    rows = []
    for key in sorted(facts, key=lambda each: order.get(each, 999)):
        row = FactRow(fact_label(household, key), "", None)
        for fact in facts[key]:
            text = value_words(fact.value, rules.facts.get(key), names, key)
            if fact.state == FactState.IN_FORCE:
                row.fact, row.value = fact, text
            elif fact.state == FactState.PROPOSED:
                row.proposed.append((fact, text))
            else:
                row.earlier.append((fact, text))
        rows.append(row)
    return rows


def value_words(value: Any, fact: FactKind | None, names: Mapping[str, str], key: str = "") -> str:
    """A value as people read it: choices and facilities by name, yes and no, days, numbers with their unit."""
    if value is None or value == []:
        return "–"
    if isinstance(value, list):
        return "、".join(value_words(each, fact, names, key) for each in value)
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if key == "condition":
        return str(_(CONDITION_WORDS.get(value, value)))
    if key == "birth" or (fact is not None and fact.type == "date"):
        return _day(value)
    if fact is not None and fact.choices.get(value):
        return pick(fact.choices[value], reader())
    if isinstance(value, (int, float)):
        unit = pick(fact.unit, reader()) if fact is not None and fact.unit else ""
        return f"{int(value) if value == int(value) else value:,}{unit}"
    return names.get(str(value), str(value))


def _day(value: Any) -> str:
    try:
        return date_ja(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def child_page(child: Candidate, rules: Rules, names: Mapping[str, str]) -> ChildPage:
    score, language = child.score, reader()
    scale = score.get("scale", 1) if score else 1
    wishes = [f"{number}. {names.get(code, code)}" for number, code in enumerate(child.wishes, 1)]
    if not score:
        return ChildPage(child, wishes, "–", [], [], [], [])
    bonus = [(names.get(code, code), f"{points / scale:+g}") for code, points in sorted(score["bonus"].items())]
    keys = [(pick(key.text, language), _key_words(value)) for key, value in zip(rules.tie_breaks, score["tiebreak"], strict=False)]
    counted = [score_row(one, rules, names, scale) for one in score["counted"]]
    near = [near_row(one, rules, names, scale) for one in score["near"]]
    return ChildPage(child, wishes, points_of(child), bonus, counted, near, keys)


def _key_words(value: Any) -> str:
    if isinstance(value, Mapping):
        return "、".join(f"{code}" for code, key in sorted(value.items()) if key == 0) or "–"
    return f"{abs(value):,}" if abs(value) < 2**50 else "–"


def _who(slot: str) -> str:
    if slot.startswith("parent"):
        return _("保護者%(number)s") % {"number": slot.removeprefix("parent")}
    return _("施設ごと") if slot == "facility" else _("お子さま") if slot.startswith("child") else _("家庭")


def score_row(one: Mapping[str, Any], rules: Rules, names: Mapping[str, str], scale: int) -> ScoreRow:
    row = rules.row(one["row"])
    text = pick(row.text, reader()) if row is not None else one["row"]
    because = [_because(each, rules, names) for each in one["because"]]
    if one["facilities"]:
        because = [names.get(code, code) for code in one["facilities"]]
    return ScoreRow(text, f"{one['points'] / scale:+g}", _who(one["slot"]), "、".join(filter(None, because)), one["counts"])


def _because(each: Mapping[str, Any], rules: Rules, names: Mapping[str, str]) -> str:
    fact = rules.facts.get(each["fact"])
    if fact is None or each["value"] in ([], None):
        return ""
    return f"{pick(fact.text, reader())} {value_words(each['value'], fact, names)}"


# What the rules work out by themselves from facts.
DERIVED = {
    "month_hours": gettext_noop("1か月の時間"), "age_class": gettext_noop("クラスの年齢"), "is_transfer": gettext_noop("転園"),
    "twin": gettext_noop("双子など"), "siblings_applying": gettext_noop("同時に申し込むきょうだい"), "parents": gettext_noop("保護者の数"),
    "base_points": gettext_noop("基準の指数"), "facility": gettext_noop("施設"),
}  # fmt: skip
EQUAL = gettext_noop("%(value)sのとき数えます")
WANTED = {
    ">=": gettext_noop("%(value)s以上で数えます"), "<=": gettext_noop("%(value)s以下で数えます"), ">": gettext_noop("%(value)sより多いと数えます"),
    "<": gettext_noop("%(value)s未満で数えます"), "!=": gettext_noop("%(value)s以外で数えます"),
}  # fmt: skip


def _wanted(operator: str, value: str) -> str:
    """What would be enough, in words: an operator says nothing to a parent."""
    return str(_(WANTED.get(operator, EQUAL))) % {"value": value}


def near_row(one: Mapping[str, Any], rules: Rules, names: Mapping[str, str], scale: int) -> ScoreRow:
    row, fact = rules.row(one["row"]), rules.facts.get(one["fact"])
    text = pick(row.text, reader()) if row is not None else one["row"]
    label = pick(fact.text, reader()) if fact is not None else str(_(DERIVED.get(one["fact"], one["fact"])))
    have = value_words(one["have"], fact, names) if one["have"] is not None else _("分からない")
    wanted = _wanted(one["operator"], value_words(one["wanted"], fact, names)) if one["wanted"] is not None else ""
    because = f"{label}：{have}" + (f"（{wanted}）" if wanted else "")
    return ScoreRow(text, f"{one['points'] / scale:+g}", _who(one["slot"]), because)
