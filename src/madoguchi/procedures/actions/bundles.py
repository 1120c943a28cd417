"""Bundles of procedures for what happens in a life: read from `bundles/`, fitted to a municipality, judged by the guide's answers."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import Division, User
from madoguchi.engines.forms import Faulty, Form, Text, Walk, lint, load
from madoguchi.lib.errors import Refused
from madoguchi.procedures.models import LifeEvent, LifeEventBundle, Procedure

BUNDLES = Path(__file__).resolve().parents[1] / "bundles"
KEYS = frozenset({"slug", "division", "name", "why", "deadline", "required_by_law", "concerns", "counter", "unsure"})
LANGUAGES = ("ja", "plain", "en")
Verdict = Literal["yes", "perhaps", "no"]
Json = dict[str, Any]


@dataclass(frozen=True)
class BundleMember:
    """One procedure of a bundle. `at_counter` where it cannot be done online anywhere; `rule` is its calculation in the guide."""

    slug: str
    division: str
    name: Text
    why: Text
    rule: str
    deadline: Text | None = None
    required_by_law: bool = False
    at_counter: bool = False
    unsure: str = ""


@dataclass(frozen=True)
class Bundle:
    """A bundle as shipped. `guide` asks which of its procedures concern somebody."""

    id: str
    life_event: str
    title: Text
    intro: Text
    members: tuple[BundleMember, ...]
    guide: Form
    unsure: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfferedMember:
    """A member here: with the procedure where it can be done online, else with the division to go to (None: the municipality's desk)."""

    member: BundleMember
    procedure: Procedure | None
    division: Division | None

    @property
    def name(self) -> Text:
        """As the municipality calls it; in a language in which it has no name, as the bundle does."""
        return {**self.member.name, **self.procedure.name} if self.procedure is not None else self.member.name


@dataclass(frozen=True)
class OfferedBundle:
    """A bundle in this municipality; `row` holds its choices, if it made some."""

    bundle: Bundle
    members: tuple[OfferedMember, ...]
    row: LifeEventBundle | None = None

    @property
    def is_on(self) -> bool:
        """Whether residents see it: not switched off, and something of it can be done online."""
        return (self.row is None or self.row.is_on) and any(one.procedure is not None for one in self.members)


@cache
def bundles() -> tuple[Bundle, ...]:
    """All bundles that we ship, in the order of the life events. Raises Faulty or ValueError where a file is not sound."""
    found = [read_bundle(file) for file in sorted(BUNDLES.glob("*.json"))]
    events = list(LifeEvent.values)
    return tuple(sorted(found, key=lambda one: (events.index(one.life_event), one.id)))


def read_bundle(file: Path) -> Bundle:
    """A bundle from its file; raises ValueError, or Faulty where the guide is no form."""
    raw = json.loads(file.read_text(encoding="utf-8"))
    if raw["life_event"] not in LifeEvent.values or raw["id"] != file.stem:
        raise ValueError(f"{file}: id or life_event")
    slugs = [each["slug"] for each in raw["members"]]
    if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        raise ValueError(f"{file}: twice: {', '.join(twice)}")
    members, rules = [], []
    for each in raw["members"]:
        if unknown := set(each) - KEYS:
            raise ValueError(f"{file}: {each.get('slug')}: {', '.join(sorted(unknown))}")
        rule = f"m_{each['slug'].replace('-', '_')}"[:40]
        rules.append({"id": rule, "type": "yes_no", "value": each.get("concerns", True)})
        members.append(_member(each, rule))
    guide = load({**raw["guide"], "calculations": rules})
    return Bundle(raw["id"], raw["life_event"], raw["title"], raw["intro"], tuple(members), guide, tuple(raw.get("unsure", ())))


def _member(each: Mapping[str, Any], rule: str) -> BundleMember:
    return BundleMember(
        slug=each["slug"],
        division=each.get("division", ""),
        name=each["name"],
        why=each["why"],
        rule=rule,
        deadline=each.get("deadline"),
        required_by_law=bool(each.get("required_by_law")),
        at_counter=bool(each.get("counter")),
        unsure=each.get("unsure", ""),
    )


def check_bundle(file: Path) -> list[str]:
    """Everything that is wrong with a bundle's file, one line each: its guide is linted as every form, its texts are whole."""
    try:
        found = read_bundle(file)
    except Faulty as faulty:
        return [f"guide {path}: {message}" for path, message in faulty.problems]
    except (ValueError, KeyError) as error:
        return [str(error)]
    faults = [f"guide {one.path}: {one.message or one.key}" for one in lint(found.guide) if one.level == "error"]
    texts = [found.title, found.intro, *(text for one in found.members for text in (one.name, one.why, one.deadline) if text is not None)]
    return [*faults, *(f"no text in {language}: {text}" for text in texts for language in LANGUAGES if not text.get(language))]


def offered_bundles(*, procedures: Collection[Procedure] | None = None, with_off: bool = False) -> list[OfferedBundle]:
    """The bundles of the open municipality in its order; `procedures` are the public ones where they are known already."""
    rows = {row.bundle: row for row in LifeEventBundle.objects.all()}
    public = _by_slug(procedures if procedures is not None else Procedure.objects.public().for_lists())
    divisions = {one.code: one for one in Division.objects.all()} if with_off else {}
    found = [_offered(bundle, rows.get(bundle.id), public, divisions) for bundle in bundles()]
    found = [one for one in found if with_off or one.is_on]
    places = {bundle.id: place for place, bundle in enumerate(bundles())}
    return sorted(found, key=lambda one: (one.row.position if one.row else 100, places[one.bundle.id]))


def offered_bundle(name: str, *, whole: bool = False) -> OfferedBundle | None:
    """One bundle as the open municipality offers it, switched off or not; None for one that we do not ship.

    `whole`: as we ship it, what the municipality left out included.
    """
    bundle = next((one for one in bundles() if one.id == name), None)
    if bundle is None:
        return None
    slugs = [one.slug for one in bundle.members]
    procedures = Procedure.objects.public().select_related("division", "current").defer("current__document").filter(slug__in=slugs)
    divisions = {one.code: one for one in Division.objects.all()}
    row = None if whole else LifeEventBundle.objects.filter(bundle=name).first()
    return _offered(bundle, row, _by_slug(procedures), divisions)


def _by_slug(procedures: Collection[Procedure]) -> dict[str, Procedure]:
    return {one.slug: one for one in procedures}


def _offered(
    bundle: Bundle, row: LifeEventBundle | None, public: Mapping[str, Procedure], divisions: Mapping[str, Division]
) -> OfferedBundle:
    order = list(row.order) if row is not None else []
    left_out = set(row.left_out) if row is not None else set()
    shipped = [one for one in bundle.members if one.slug not in left_out]
    shipped.sort(key=lambda one: order.index(one.slug) if one.slug in order else len(order))
    members = []
    for one in shipped:
        procedure = public.get(one.slug)
        members.append(OfferedMember(one, procedure, procedure.division if procedure is not None else divisions.get(one.division)))
    return OfferedBundle(bundle, tuple(members), row)


def verdicts(*, bundle: Bundle, walked: Walk) -> dict[str, Verdict]:
    """What the guide's answers say of each member: it concerns you, perhaps (an answer is missing), probably not. Advice, never a gate."""
    words: Mapping[Any, Verdict] = {True: "yes", False: "no"}
    return {one.slug: words.get(walked.calculations.get(one.rule), "perhaps") for one in bundle.members}


@transaction.atomic
def set_bundle(*, name: str, is_on: bool, position: int, order: Sequence[str], left_out: Collection[str], by: User) -> LifeEventBundle:
    """Show a bundle or not, put its procedures in order, leave some out; raises Refused where nothing would be left of it."""
    bundle = next((one for one in bundles() if one.id == name), None)
    if bundle is None:
        raise Refused(_("このまとまりはありません。一覧から選び直してください。"), code="no_bundle")
    slugs = [one.slug for one in bundle.members]
    out = [slug for slug in slugs if slug in set(left_out)]
    if len(out) == len(slugs):
        raise Refused(_("手続きを1つ以上残してください。見せたくないときは、まとまりごと止めてください。"), code="empty_bundle")
    facts = {"is_on": is_on, "position": position, "order": [slug for slug in order if slug in slugs], "left_out": out}
    row, _made = LifeEventBundle.objects.update_or_create(bundle=name, defaults=facts)
    record("procedures.set_bundle", by=by, on=row, bundle=name, is_on=is_on, left_out=out)
    return row
