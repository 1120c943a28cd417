"""The sample city before anybody applies: municipalities, divisions, staff, procedures with their rounds, code lists."""

from __future__ import annotations

import copy
import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django_scopes import scope

from madoguchi.accounts.actions import add_member, open_municipality
from madoguchi.accounts.models import Division, Membership, Municipality, User
from madoguchi.demo import people
from madoguchi.procedures.actions import LIBRARY, adopt, publish, publish_code_list, reopen
from madoguchi.procedures.models import Procedure, ProcedureVersion

Json = dict[str, Any]
WARD = re.compile(r"(?<![一-鿿|])区(?=[がはのにへをでもか内民報長役議])")
CONTACT_TIME: Json = {
    "id": "contact_time",
    "type": "choice",
    "concept": "contact.time",
    "label": {"ja": "電話に出やすい時間", "plain": "{電話|でんわ}に {出|で}やすい {時間|じかん}", "en": "Best time to call you"},
    "choices": [
        {"id": "am", "label": {"ja": "午前", "plain": "{午前|ごぜん}", "en": "Morning"}},
        {"id": "pm", "label": {"ja": "午後", "plain": "{午後|ごご}", "en": "Afternoon"}},
        {"id": "any", "label": {"ja": "いつでもよい", "plain": "いつでも いい", "en": "Any time"}},
    ],
}


@dataclass
class Office:
    """A division with the people who work in it."""

    division: Division
    clerks: list[Membership] = field(default_factory=list)
    chief: Membership | None = None


@dataclass
class City:
    """A municipality as the filling knows it."""

    municipality: Municipality
    offices: dict[str, Office] = field(default_factory=dict)
    ict: User | None = None
    procedures: dict[str, Procedure] = field(default_factory=dict)

    def office_of(self, procedure: Procedure) -> Office:
        return self.offices[procedure.division.code]


def found(rng: Random) -> dict[str, City]:
    """Every municipality with its divisions and staff, by slug."""
    facts, cities = people.data("city"), {}
    password = make_password(facts["password"])  # once: it is slow on purpose, and everybody has the same
    for row in facts["municipalities"]:
        municipality = open_municipality(is_invented=True, **row)
        with scope(municipality=municipality):
            cities[municipality.slug] = _staffed(City(municipality), rng, password)
    return cities


def _staffed(city: City, rng: Random, password: str) -> City:
    slug = city.municipality.slug
    personas = [one for one in people.data("city")["personas"] if one["municipality"] == slug]
    for number, row in enumerate(people.data("city")["divisions"][slug], 1):
        facts = {key: row[key] for key in ("code", "name", "name_en", "place", "place_en")}
        phone = f"03-5555-{(100 if slug == 'koto' else 900) + number:04d}"
        division = Division.objects.create(phone=phone, email=f"{row['code']}@example.jp", **facts)
        city.offices[division.code] = Office(division)
    for persona in personas:
        office = city.offices.get(persona["division"] or "")
        member = _member(persona["username"], persona["name"], persona["role"], office, password)
        city.ict = member.user if persona["role"] == "ict" else city.ict
    for row in people.data("city")["divisions"][slug]:
        _add_staff(city.offices[row["code"]], row["clerks"], "" if slug == "koto" else f"{slug}-", rng, password)
    return city


def _add_staff(office: Office, clerks: int, before: str, rng: Random, password: str) -> None:
    code = f"{before}{office.division.code}"
    for number in range(len(office.clerks) + 1, clerks + 1):
        _member(f"{code}-{number}", _staff_name(rng), "clerk", office, password)
    if clerks and office.chief is None:
        _member(f"{code}-chief", _staff_name(rng), "chief", office, password)


def _staff_name(rng: Random) -> str:
    family = rng.choice(people.families())
    sex: people.Sex = "female" if rng.random() < 0.5 else "male"
    return f"{family.name.written} {people.given_for(family, sex, date(1984, 1, 1), rng).written}"


def _member(username: str, name: str, role: str, office: Office | None, password: str) -> Membership:
    user = User(username=username, name=name, email=f"{username}@example.jp", password=password)
    user.save()
    member = add_member(user=user, role=role, division=office.division if office else None)
    if office is not None and role == "clerk":
        office.clerks.append(member)
    if office is not None and role == "chief":
        office.chief = member
    return member


# -- procedures ----------------------------------------------------------------------------------------------------------------


def take_over(city: City, today: date) -> None:
    """Adopt the procedures of a city and publish its lists; those with rounds are opened for the round before this one."""
    slug = city.municipality.slug
    wanted = people.data("city")["procedures"][slug]
    ids = sorted(folder.name for folder in LIBRARY.iterdir() if (folder / "form.json").exists()) if wanted == "*" else wanted
    ids = [one for one in ids if one not in people.data("city")["left_out"].get(slug, ())]  # so that others have what this one has not
    if slug == "koto":
        nurseries = people.data("nursery-facilities")
        publish_code_list(name="nursery-facilities", version=nurseries["version"], entries=nurseries["entries"], by=city.ict)
        for one in ids:
            city.procedures[one] = adopt(one, by=city.ict, today=today)
    else:
        with tempfile.TemporaryDirectory() as folder:
            for one in ids:
                city.procedures[one] = adopt(reworded(LIBRARY / one, Path(folder)), by=city.ict, today=today)
    for one, opening in people.data("city")["rounds"].items():
        if one in city.procedures:
            open_round(city, one, opening["before"], today)


def open_round(city: City, procedure: str, days: list[int], today: date) -> None:
    """Set the days on which a procedure takes applications, counted from the day the demo starts."""
    first, last = (today + timedelta(days=number) for number in days)
    city.procedures[procedure] = reopen(procedure=city.procedures[procedure], opens_on=first, closes_on=last, by=city.ict)


def reworded(entry: Path, folder: Path, say: Callable[[str], str] | None = None) -> Path:
    """A copy of a library entry in the words of another city (Midori's unless `say` knows others): 区 → 市 where the city is meant."""
    target = folder / entry.name
    (target / "notices").mkdir(parents=True)
    for file in [*entry.glob("*.json"), *entry.glob("notices/*.json")]:
        (target / file.relative_to(entry)).write_text((say or in_midori)(file.read_text(encoding="utf-8")), encoding="utf-8")
    return target


def in_midori(text: str) -> str:
    return in_words(text, people.data("city")["words_of_midori"], "市", "city")


def in_words(text: str, words: list[list[str]], kind: str, kind_en: str) -> str:
    """A text about Koto as another municipality would have it."""
    for old, new in words:
        text = text.replace(old, new)
    return re.sub(r"\bward\b", kind_en, WARD.sub(kind, text))


def second_version(city: City) -> ProcedureVersion:
    """One procedure gets another wording and one more question, while drafts stand on its first version."""
    plan = people.data("city")["second_version"]
    procedure = city.procedures[plan["procedure"]]
    document = copy.deepcopy(json.loads(json.dumps(procedure.current.document)))
    for page in document["pages"]:
        for part in page.get("sections", [page]):
            ids = [question["id"] for question in part.get("questions", [])]
            if plan["after"] in ids:
                part["questions"].insert(ids.index(plan["after"]) + 1, CONTACT_TIME)
                page["title"]["en"] = page["title"]["en"].rstrip(".") + " (and when to call you)"
    version = publish(procedure=procedure, document=document, by=city.ict, note="電話に出やすい時間を追加")
    procedure.refresh_from_db()
    return version
