"""An invented ward-year for the placement: districts, facilities, families with what they would answer. Pure but for the rows it is given.

Shares follow what is published of such wards: classes 24/42/13/14/5/2 %, wishes by nearness and name, points with heavy ties at two
full-time parents, 15 % with siblings, 5 % transfers. Everything is seeded; nobody in it exists.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from madoguchi.demo import people
from madoguchi.engines.placement.points import class_age, shipped
from madoguchi.lib.invented import people as invented

Json = dict[str, Any]
DATA = Path(__file__).parent / "data"
CLASSES, SHARES = range(6), (24, 42, 13, 14, 5, 2)
SUPPLY = (0.97, 0.86, 0.95, 1.15, 1.8, 2.4)  # seats for each applicant; class 1 is the tightest
SIBLINGS, THREE, TRANSFERS, UNBORN, EXTENSIONS = 0.15, 0.1, 0.05, 0.02, 0.04
WHOLE_WARD = 213  # facilities (江東区 募集人員一覧, 2026-09)
KINDS = {"区立": "public", "公設民営": "public_private", "私立": "private", "小規模保育": "small_a", "認定こども園": "kodomo_en"}
PAPER = {"files": [], "later": True}
# (日数, 時間) of a parent in work and how often: most are in full time, so that most couples tie.
WORK = (((20, 40.0), 62), ((20, 37.5), 12), ((16, 32.0), 10), ((16, 24.0), 8), ((12, 18.0), 5), ((12, 24.0), 3))
CONDITIONS = (
    ("required", "required", None), ("required", "preferred_over_rank", None), ("required", "any", None),
    ("preferred", "preferred_over_rank", "either"), ("preferred", "any", "elder"), ("preferred", "required", "younger"), ("no", "any", "either"),
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A facility as the generator knows it: its code, where it lies, how sought after it is, its classes."""

    code: str
    label: str
    x: int
    y: int
    weight: float
    classes: tuple[int, int]
    min_age_days: int


@dataclass
class Ward:
    """The whole of it; `seats` by facility and class for the round."""

    districts: list[Json]
    facilities: list[Json]
    places: list[Place]
    seats: dict[str, list[int | None]] = field(default_factory=dict)


@cache
def _districts() -> list[Json]:
    found: list[Json] = json.loads((DATA / "nursery-districts.json").read_text("utf-8"))["districts"]
    return found


def ward_of(rng: Random, *, children: int) -> Ward:
    """Districts, facilities and seats for so many children: the sample's facilities, or 213 for a whole ward-year."""
    entries = list(people.data("nursery-facilities")["entries"])
    count = WHOLE_WARD if children > 2000 else len(entries)
    entries += [_more(rng, number) for number in range(len(entries), count)]
    rng.shuffle(entries)
    rows = [_facility(entry, rng) for entry in entries[:count]]
    ward = Ward(_districts(), [row for row, _ in rows], [place for _, place in rows])
    ward.seats = _seats(ward.places, children, rng)
    return ward


def _more(rng: Random, number: int) -> Json:
    """One more invented facility, for a whole ward."""
    district = rng.choice(_districts())
    name = rng.choice(
        ["あおぞら", "こもれび", "なないろ", "ほしぞら", "わかば", "ひだまり", "かざぐるま", "どんぐり", "みずいろ", "そよかぜ"]
    )
    is_small = rng.random() < 0.3
    label = f"{name}{district['name']['ja']}{'保育室' if is_small else '保育園'} 第{number}"
    return {
        "id": f"{210500 + number if is_small else 201500 + number}",
        "label": {"ja": label, "plain": label, "en": f"Invented Nursery {number}"},
        "kana": "",
        "group": district["name"],
        "facts": {
            "type": "小規模保育" if is_small else "私立", "classes": "0～2歳児" if is_small else "0～5歳児", "min_age_days": 57,
            "opens": "7:30", "closes": "18:30", "station": "",
        },
    }  # fmt: skip


def _facility(entry: Json, rng: Random) -> tuple[Json, Place]:
    district = next(one for one in _districts() if one["name"]["ja"] == entry["group"]["ja"])
    x, y = _inside(district["outline"], rng)
    first, last = (int(part) for part in entry["facts"]["classes"].removesuffix("歳児").split("～"))
    row = {
        "code": entry["id"], "name": entry["label"], "kana": entry.get("kana", ""), "kind": KINDS.get(entry["facts"]["type"], "private"),
        "district": district["code"], "station": entry["facts"].get("station", ""), "x": x, "y": y,
        "min_age_days": entry["facts"]["min_age_days"], "oldest_class": last, "opens": entry["facts"]["opens"], "closes": entry["facts"]["closes"],
    }  # fmt: skip
    days = entry["facts"]["min_age_days"]
    return row, Place(entry["id"], entry["label"]["ja"], x, y, rng.lognormvariate(0, 0.6), (first, last), days)


def _inside(outline: list[list[int]], rng: Random) -> tuple[int, int]:
    """A point in a district: a mixture of its corners."""
    weights = [rng.gammavariate(0.8, 1) for _ in outline]
    total = sum(weights)
    return (
        round(sum(point[0] * weight for point, weight in zip(outline, weights, strict=True)) / total),
        round(sum(point[1] * weight for point, weight in zip(outline, weights, strict=True)) / total),
    )


def _seats(places: list[Place], children: int, rng: Random) -> dict[str, list[int | None]]:
    """Seats by class so that supply and demand are as in such wards; a class that a facility lacks is None."""
    seats: dict[str, list[int | None]] = {place.code: [None] * 6 for place in places}
    for age in CLASSES:
        having = [place for place in places if place.classes[0] <= age <= place.classes[1]]
        wanted = round(children * SHARES[age] / 100 * SUPPLY[age])
        for place in having:
            seats[place.code][age] = 0
        for place in rng.choices(having, k=wanted) if having else ():
            seats[place.code][age] = (seats[place.code][age] or 0) + 1
    return seats


def rules_for_demo(month: date) -> list[Json]:
    """The two documents of Koto (要確認), with their years put around the month; the facts that they lack stay 要確認."""
    year = month.year - (month.month < 4)
    found = []
    for name, first in (("koto-2026", year - 1), ("koto-2027", year)):
        document = json.loads(json.dumps(shipped(name)))
        document["id"] = f"koto-{first}"
        document["months"] = [f"{first}-04", f"{first + 1}-03"]
        document["name"] = {"ja": f"江東区 {first}年度（要確認）", "en": f"Koto City, fiscal year {first} (unconfirmed)"}
        found.append(document)
    return found


# -- families ------------------------------------------------------------------------------------------------------------------------


@dataclass
class Kin:
    """A family to come: canonical answers of the form, how it is reached, the tax that the office will say."""

    answers: Json
    name: str
    email: str
    tax: int
    children: int


def families(rng: Random, ward: Ward, *, children: int, month: date, on: date, telephones: Any) -> Iterator[Kin]:
    """Families until there are so many children."""
    left = children
    while left > 0:
        size = 1 if rng.random() > SIBLINGS else 3 if rng.random() < THREE else 2
        kin = _family(rng, ward, min(size, left), month, on, telephones)
        left -= kin.children
        yield kin


def _family(rng: Random, ward: Ward, size: int, month: date, on: date, telephones: Any) -> Kin:
    family = people.any_family(rng)
    mother_born = date(on.year - rng.randint(24, 42), rng.randint(1, 12), rng.randint(1, 28))
    mother = people.given_for(family, "female", mother_born, rng)
    home = rng.choice(ward.places)
    single = rng.random() < 0.04
    email = people.email(mother, family, rng).replace("..", ".")
    answers: Json = {
        "name": people.person_name(family, mother), "birth": mother_born.isoformat(), "address": _address(rng, home), "phone": telephones(),
        "email": email, "relation": "mother", "parents": "one" if single else "two", "has_others": False, "priority": ["none"], "other_year": "withdraw",
        **_parent("p1", rng),
        **dict.fromkeys(("declare_true", "declare_change", "declare_cancel", "declare_share", "declare_check"), True),
    }  # fmt: skip
    if single:
        answers |= {"one_reason": "divorced", "one_paper": PAPER}
    else:
        father_born = mother_born - timedelta(days=rng.randint(-1500, 2500))
        father = people.given_for(family, "male", father_born, rng)
        answers |= {
            "p2_name": people.person_name(family, father),
            "p2_birth": father_born.isoformat(),
            "p2_together": True,
            **_parent("p2", rng),
        }
    answers["child"] = list(_children(rng, ward, home, family, size, month, on))
    if size > 1:
        time, place, alone = rng.choice(CONDITIONS)
        answers |= {"same_time": time, "same_facility": place} | ({"alone_ok": alone} if alone else {})
    if "childcare" in (answers.get("p1_leave_kind"), answers.get("p2_leave_kind")):
        answers["leave_extension"] = "accept_wait" if rng.random() < EXTENSIONS * 3 else "enter"
    tax = 0 if rng.random() < 0.04 else round(rng.lognormvariate(12.1, 0.6) / 100) * 100
    return Kin(answers, f"{family.name.written} {mother.written}", email, tax, size)


def _address(rng: Random, home: Place) -> Json:
    """A town of the district where the family looks first; the number may or may not exist."""
    district = min(_districts(), key=lambda one: _far(one["outline"], home))
    towns = {town: (postal, chome) for postal, town, chome in invented.data("towns")["koto"]["towns"]}
    town = rng.choice([name for name in district["towns"] if name in towns] or ["大島"])
    postal, chome = towns[town]
    number = f"{rng.randint(1, 28)}-{rng.randint(1, 24)}"
    block = f"{rng.randint(1, chome)}-{number}" if chome else number
    return {"postal": postal, "prefecture": "東京都", "city": "江東区", "town": town, "block": block, "building": ""}


def _far(outline: list[list[int]], place: Place) -> float:
    x, y = sum(point[0] for point in outline) / len(outline), sum(point[1] for point in outline) / len(outline)
    return (x - place.x) ** 2 + (y - place.y) ** 2


# What a parent with another reason than work answers.
OTHER_REASONS: dict[str, Json] = {
    "illness": {"illness": "rest", "illness_paper": PAPER},
    "care": {
        "care_name": {"family": "架空", "given": "ハル", "family_kana": "カクウ", "given_kana": "ハル"}, "care_relation": "祖母",
        "care_place": "home", "care_state": "care_high", "care_paper": PAPER,
    },
    "study": {"school": "架空専門学校", "school_from": "2026-04-01", "school_until": "2029-03-31", "study_paper": PAPER, "commute": 30},
    "job_seeking": {"seek_how": ["hello_work"]},
}  # fmt: skip


def _parent(prefix: str, rng: Random) -> Json:
    """Most work; some are ill, care, study or look for work."""
    kind = rng.choices(["work", *OTHER_REASONS], [90, 2, 1, 2, 5])[0]
    own: Json = {"reason": kind, "jan1": "koto", **(OTHER_REASONS.get(kind) or _work(prefix, rng))}
    if kind in ("work", "care", "study"):
        days, hours = rng.choices([one for one, _ in WORK], [share for _, share in WORK])[0]
        own |= {"days": days, "hours": f"{hours:.1f}"}
    return {f"{prefix}_{key}": value for key, value in own.items()}


def _work(prefix: str, rng: Random) -> Json:
    own: Json = {"employment": "employee", "employer": "架空商事", "workplace": "江東区", "work_paper": PAPER}
    own |= {"work_status": "leave" if prefix == "p1" and rng.random() < 0.35 else "working"}
    own |= {"nursery_staff": rng.random() < 0.02, "irregular": rng.random() < 0.2, "commute": rng.choice([15, 30, 45, 60])}
    return own | ({"staff_paper": PAPER} if own["nursery_staff"] else {})


def on_leave(answers: Json, on: date, month: date) -> None:
    """Give a parent who is on leave the days of it, around the day of filing and the month of intake."""
    for prefix in ("p1", "p2"):
        if answers.get(f"{prefix}_work_status") == "leave" and f"{prefix}_leave_kind" not in answers:
            answers[f"{prefix}_leave_kind"] = "childcare"
            answers[f"{prefix}_leave_from"] = (on - timedelta(days=200)).isoformat()
            answers[f"{prefix}_leave_until"] = (month + timedelta(days=29)).isoformat()
            answers[f"{prefix}_return_on"] = (month + timedelta(days=30)).isoformat()
            answers[f"{prefix}_short_hours"] = False


def _children(rng: Random, ward: Ward, home: Place, family: Any, size: int, month: date, on: date) -> Iterator[Json]:
    twins = size > 1 and rng.random() < 0.1
    ages = sorted(rng.sample(range(6), size)) if not twins else [rng.choices(CLASSES, SHARES)[0]] * size
    if size == 1:
        ages = [rng.choices(CLASSES, SHARES)[0]]
    birth: date | None = None
    for number, age in enumerate(ages, 1):
        birth = birth if twins and birth is not None else _birth(rng, age, month, on)
        is_expected = birth > on
        sex: people.Sex = "female" if rng.random() < 0.5 else "male"
        child: Json = {
            "row": f"r{number}", "child_expected": is_expected, "child_birth": birth.isoformat(), "child_relation": "child",
            "start_month": f"{month:%Y-%m}", "health": ["none"], "allergy": ["none"], "medical_care": False, "now": "parent", "care_hours": "standard",
        }  # fmt: skip
        if not is_expected:
            child["child_name"] = people.person_name(family, people.given_for(family, sex, birth, rng))
        wishes = _wishes(rng, ward, home, class_age(birth, month))
        if class_age(birth, month) >= 1 and rng.random() < TRANSFERS:
            now = next(
                (
                    place
                    for place in wishes[::-1]
                    if place.classes[1] >= class_age(birth, month) and place.classes[0] < class_age(birth, month)
                ),
                None,
            )
            if now is not None and len(wishes) > 1:
                wishes = [place for place in wishes if place is not now]
                child |= {
                    "now": "licensed",
                    "now_facility": {"id": now.code, "label": now.label},
                    "now_since": (on - timedelta(days=150)).isoformat(),
                }
                child["transfer_reason"] = "家に近い園に通わせたいため"
        elif class_age(birth, month) >= 1 and rng.random() < 0.12:
            child |= {"now": "unlicensed", "now_name": "架空保育室（江東区）", "now_since": (on - timedelta(days=120)).isoformat()}
            child |= {"now_days": 20, "now_hours": "8.0", "now_paper": PAPER}
        child["wishes"] = [{"id": place.code, "label": place.label} for place in wishes]
        yield child


def _birth(rng: Random, age: int, month: date, on: date) -> date:
    """A day of birth in the class; one in fifty of class 0 is not born yet, and all others are."""
    year = month.year - (month.month < 4)
    first = date(year - age - 1, 4, 2)
    if age == 0 and rng.random() < UNBORN * 3:
        latest = month - timedelta(days=60)
        return on + timedelta(days=rng.randint(5, max(6, (latest - on).days)))
    last = min(first + timedelta(days=364), on - timedelta(days=10))
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))


def _wishes(rng: Random, ward: Ward, home: Place, age: int) -> list[Place]:
    """One to five facilities that have the class, near home and sought after."""
    having = [place for place in ward.places if place.classes[0] <= age <= place.classes[1]]
    scored = sorted(
        having, key=lambda place: ((place.x - home.x) ** 2 + (place.y - home.y) ** 2) ** 0.5 / 120 - place.weight + rng.gauss(0, 0.6)
    )
    return scored[: rng.choices([1, 2, 3, 4, 5], [6, 10, 18, 22, 44])[0]]
